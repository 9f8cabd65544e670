"""Up to where everything that was said is handled, per server: what a restart does not have to look at again.

Only numbers: message ids, which grow with time. Knows neither Discord nor the database.
"""

from dataclasses import dataclass, field
from typing import Final

MARGIN_MILLISECONDS: Final = 10_000
"""Messages of one server may arrive so much out of order."""

DISCORD_EPOCH: Final = 1_420_070_400_000
TIME_SHIFT: Final = 22


def snowflake_at(seconds: float) -> int:
    """The lowest id of that moment, in seconds since the epoch; 0 for what was before Discord."""
    return max(0, int(seconds * 1000) - DISCORD_EPOCH) << TIME_SHIFT


@dataclass(slots=True)
class _Mark:
    highest: int = 0
    open: dict[int, int] = field(default_factory=dict)
    floors: dict[int, int] = field(default_factory=dict)


class Watermarks:
    """What is handled, by key: a server's id, or whatever stands for the direct messages."""

    def __init__(self) -> None:
        self._marks: dict[str, _Mark] = {}

    def begin(self, key: str, message: int) -> None:
        """A message came. Until ``end`` is called as often, nothing from it on counts as handled."""
        mark = self._marks.setdefault(key, _Mark())
        mark.open[message] = mark.open.get(message, 0) + 1

    def end(self, key: str, message: int) -> None:
        """It is handled."""
        mark = self._marks[key]
        mark.highest = max(mark.highest, message)
        left = mark.open[message] - 1
        if left:
            mark.open[message] = left
        else:
            del mark.open[message]

    def hold(self, key: str, until: int) -> int:
        """What came after ``until`` may have been missed; returns a ticket for ``release``."""
        mark = self._marks.setdefault(key, _Mark())
        ticket = max(mark.floors, default=0) + 1
        mark.floors[ticket] = until
        return ticket

    def release(self, key: str, ticket: int, reached: int = 0) -> None:
        """What was missed is handled, up to ``reached``."""
        mark = self._marks[key]
        mark.floors.pop(ticket, None)
        mark.highest = max(mark.highest, reached)

    def forget(self, key: str) -> None:
        """The server is gone."""
        self._marks.pop(key, None)

    def reached(self, key: str) -> int | None:
        """Up to where everything is handled, less the margin; None if nothing is known."""
        mark = self._marks.get(key)
        if mark is None or not mark.highest:
            return None
        handled = min(mark.highest, *(message - 1 for message in mark.open)) if mark.open else mark.highest
        safe = max(0, handled - (MARGIN_MILLISECONDS << TIME_SHIFT))
        return min(safe, *mark.floors.values()) if mark.floors else safe

    @property
    def keys(self) -> tuple[str, ...]:
        """Every key of which something is known."""
        return tuple(self._marks)
