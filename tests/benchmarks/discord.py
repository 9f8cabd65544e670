"""From an interaction to its acknowledgement, the commit of the order included, while images are drawn.

Run with ``python -m tests.benchmarks.discord``. The bot is a process of its own with the real discord.py client; the
fake Discord lives in this process and measures from the moment it tells of an interaction until it was answered.
"""

import asyncio
import json
import sys
import tempfile
import time
from pathlib import Path

from tests.discord.process import BotProcess
from tests.fakes.discord import FakeDiscord, Interaction

GOAL_MS = 250.0
RATES = {50: 20, 5: 20}  # interactions a second: for so many seconds
CHANNELS = 20
LATE_SECONDS = 3.0  # what Discord waits


async def _measure(folder: Path, rate: int, seconds: int) -> None:
    async with FakeDiscord() as fake:
        guild = fake.add_guild("studio")
        ana = fake.add_user("ana")
        guild.add_member(ana)
        channels = [guild.add_text_channel(f"images-{number}") for number in range(CHANNELS)]
        process = BotProcess(fake, folder / "data", folder / "log", module="tests.benchmarks.stalled_bot")
        await process.start()
        warm = await ana.command(channels[0], "imagine", {"prompt": "a red car, 256x256"})
        await warm.wait_acknowledged(10)
        await fake.wait_until(lambda: any(each.attachments for each in channels[0].messages), 60)
        asked: list[Interaction] = []
        began = time.monotonic()
        while len(asked) < rate * seconds:
            await asyncio.sleep(max(0.0, began + len(asked) / rate - time.monotonic()))
            channel = channels[len(asked) % CHANNELS]
            asked.append(await ana.command(channel, "imagine", {"prompt": "a red car and a tree, 256x256"}))
        await asyncio.sleep(LATE_SECONDS)
        drawn = sum(bool(each.attachments) for channel in channels for each in channel.messages)
        await process.stop()
        stalls = [json.loads(line) for line in process.log.splitlines() if line.startswith('{"stall')]
    taken = sorted((each.acknowledged_after or float("inf")) * 1000 for each in asked)
    late = sum(each > LATE_SECONDS * 1000 for each in taken)
    sys.stdout.write(
        f"discord, {rate} interactions a second for {seconds} s while {drawn} images were drawn: acknowledged p50 "
        f"{taken[len(taken) // 2]:.0f} ms, p99 {taken[int(len(taken) * 0.99)]:.0f} ms (goal {GOAL_MS:.0f}), worst "
        f"{taken[-1]:.0f} ms, too late {late} of {len(taken)}; the bot's loop {stalls[-1] if stalls else 'unmeasured'}\n"
    )


async def main() -> None:
    """Measure and print."""
    for rate, seconds in RATES.items():
        with tempfile.TemporaryDirectory() as folder:
            await _measure(Path(folder), rate, seconds)


if __name__ == "__main__":
    asyncio.run(main())
