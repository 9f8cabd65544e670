"""When a shard may identify: Discord lets so many begin in five seconds, over all processes of a bot (platforms D28).

Each shard books the next free moment of its bucket and waits for it. With a file, processes on one machine book in the
same book; it is locked only for the booking, so a process that dies holds nobody up.
"""

import asyncio
import fcntl
import json
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

GAP_SECONDS: Final = 5.25
"""Between two identifies of a bucket; Discord says 5, and clocks differ."""

FARTHEST_SECONDS: Final = 3600.0
"""A booking further ahead is of a clock that was wrong."""

_LARGEST: Final = 65_536


class IdentifyGate:
    """Books moments.

    Args:
        file: Shared by the processes of one bot; None when this is the only one.
        now: Seconds since the epoch.
    """

    def __init__(self, file: Path | None, now: Callable[[], float] = time.time) -> None:
        self._file = file
        self._now = now
        self._booked: dict[str, float] = {}
        self.concurrency = 1
        """How many shards may identify at once; shards that are equal modulo it share a bucket."""

    async def wait(self, shard: int) -> None:
        """Return when this shard may identify.

        Raises:
            OSError: The file cannot be used.
        """
        moment = await asyncio.to_thread(self._book, str(shard % self.concurrency))
        await asyncio.sleep(max(0.0, moment - self._now()))

    def _book(self, bucket: str) -> float:
        if self._file is None:
            return self._next(self._booked, bucket)
        descriptor = os.open(self._file, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            booked = _read(os.pread(descriptor, _LARGEST, 0))
            moment = self._next(booked, bucket)
            os.ftruncate(descriptor, 0)
            os.pwrite(descriptor, json.dumps(booked).encode(), 0)
        finally:
            os.close(descriptor)
        return moment

    def _next(self, booked: dict[str, float], bucket: str) -> float:
        now = self._now()
        earliest = booked.get(bucket, 0.0) + GAP_SECONDS
        moment = now if earliest > now + FARTHEST_SECONDS else max(now, earliest)
        booked[bucket] = moment
        return moment


def _read(data: bytes) -> dict[str, float]:
    try:
        document = json.loads(data)
    except ValueError:
        return {}
    if not isinstance(document, dict):
        return {}
    return {bucket: float(moment) for bucket, moment in document.items() if isinstance(moment, int | float)}
