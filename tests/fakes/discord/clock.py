"""The fake's time and the ids made from it."""

import time
from datetime import UTC, datetime

DISCORD_EPOCH_MS = 1420070400000


class Clock:
    """The machine's time, moved ahead as far as a test likes."""

    def __init__(self) -> None:
        self._ahead = 0.0

    def time(self) -> float:
        """Seconds since the epoch."""
        return time.time() + self._ahead

    def advance(self, seconds: float) -> None:
        """Let time pass at once."""
        self._ahead += seconds


class Snowflakes:
    """Ids that carry their moment and always grow."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._last = 0

    def next(self) -> int:
        """The next id."""
        now = (int(self._clock.time() * 1000) - DISCORD_EPOCH_MS) << 22
        self._last = max(self._last + 1, now)
        return self._last


def stamp(seconds: float) -> str:
    """A moment as Discord writes it."""
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="microseconds")


def moment(snowflake: int) -> float:
    """Seconds since the epoch at which an id was made."""
    return ((snowflake >> 22) + DISCORD_EPOCH_MS) / 1000
