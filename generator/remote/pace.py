"""How long images take, learnt from those that were drawn."""

from dataclasses import dataclass, field
from typing import Final

WEIGHT: Final = 0.2  # of the newest; the mean of about the last ten


@dataclass(slots=True)
class Pace:
    """A running mean of seconds per image, apart for each kind of work. Knows nothing before the first."""

    _seconds: dict[str, float] = field(default_factory=dict)

    def took(self, kind: str, seconds: float) -> None:
        """An image of this kind took so long."""
        before = self._seconds.get(kind)
        self._seconds[kind] = seconds if before is None else before + WEIGHT * (seconds - before)

    def seconds(self, kind: str) -> float | None:
        """That one image of this kind will take; None where none was drawn yet."""
        return self._seconds.get(kind)
