"""Which places are conversations, in memory: it is asked for every message of every thread."""

import time
from collections import OrderedDict
from collections.abc import Callable
from typing import Final

from storage.chats import Chats, RoomRecord

UNKNOWN_SECONDS: Final = 5.0
"""For how long a place that is no room counts as none; another part of us may open it."""

KNOWN_SECONDS: Final = 300.0
MOST_KEPT: Final = 20_000


class RoomCache:
    """Rooms as read lately."""

    def __init__(self, chats: Chats, now: Callable[[], float] = time.monotonic) -> None:
        self._chats = chats
        self._now = now
        self._kept: OrderedDict[str, tuple[float, RoomRecord | None]] = OrderedDict()

    async def find(self, place: str, *, fresh: bool = False) -> RoomRecord | None:
        """The room at a place; ``fresh``: it is likely to be one, so ask the database unless it is known."""
        known = self._kept.get(place)
        if known is not None:
            until, room = known
            if self._now() < until and (room is not None or not fresh):
                return room
        room = await self._chats.room(place)
        self._kept[place] = (self._now() + (UNKNOWN_SECONDS if room is None else KNOWN_SECONDS), room)
        if len(self._kept) > MOST_KEPT:
            self._kept.popitem(last=False)
        return room

    def forget(self, *places: str) -> None:
        """They changed, or are gone."""
        for place in places:
            self._kept.pop(place, None)

    def forget_all(self) -> None:
        """Much is gone."""
        self._kept.clear()
