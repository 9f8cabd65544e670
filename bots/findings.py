"""What the doctor finds, as one value."""

from dataclasses import dataclass
from typing import Literal

Status = Literal["ok", "absent", "broken"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One examined part. ``absent`` is something optional that is not there; only ``broken`` needs mending."""

    part: str
    status: Status
    detail: str
    mend: str = ""
