"""What a receipt is made of: one line per check, measured from decoded pixels, never echoed from the plan."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiptLine:
    """One check of one finished image: what was asked, what was measured from its decoded pixels.

    ``passed`` is None when it could not be checked (``measured`` then says why).
    """

    check: str  # "size", "background", "color", "text", "object"
    asked: str
    measured: str
    passed: bool | None
    target: str = ""  # object id, or "" for the whole image
