"""``threadbrush`` with a look at its event loop: when it stops, it prints how late a 5 ms timer came."""

import asyncio
import json
import sys
import time

from bots.chat.desk import Desk
from bots.cli import main
from bots.discord import start

_serve = start.run
TICK_SECONDS = 0.005


async def _watched(desk: Desk, stop: asyncio.Event) -> None:
    stalls: list[float] = []
    async with asyncio.TaskGroup() as tasks:
        ticker = tasks.create_task(_tick(stalls))
        try:
            await _serve(desk, stop)
        finally:
            ticker.cancel()
    stalls.sort()
    figures = {
        "stall_median_ms": round(stalls[len(stalls) // 2], 1),
        "stall_p99_ms": round(stalls[int(len(stalls) * 0.99)], 1),
        "stall_worst_ms": round(stalls[-1], 1),
    }
    sys.stdout.write(json.dumps(figures) + "\n")
    sys.stdout.flush()


async def _tick(stalls: list[float]) -> None:
    while True:
        before = time.perf_counter()
        await asyncio.sleep(TICK_SECONDS)
        stalls.append((time.perf_counter() - before - TICK_SECONDS) * 1000)


if __name__ == "__main__":  # worker processes import this file again
    start.run = _watched
    main()
