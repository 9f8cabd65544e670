"""The whole line in a running service: moderation, plan, draw, check without OCR, sign, record.

Run with ``python -m tests.benchmarks.line``; prints medians in seconds and the worst stall of the event loop.
"""

import asyncio
import statistics
import sys
import tempfile
import time
from pathlib import Path

from bots.config import ChecksSettings, Settings
from bots.conversation import Conversation, Turn
from bots.engines import prepared
from bots.logs import configure_logs
from bots.order import Order
from bots.session import Session, open_session

ROUNDS = 12
GOAL_SECONDS = 1.2
GOAL_STALL_MS = 50.0
PROMPTS = {
    "3 objects": 'a poster: three red apples left of a blue car, title "SALE 50%", background #ffeecc',
    "20 objects": (
        "a cat, a dog, a car, a tree, a house, a rocket, a fish, a guitar, a book, a clock, a rose, a banana, "
        "a bicycle, a tent, a key, an umbrella, a star, a mushroom, a boat, and a red apple"
    ),
}


async def _ask(session: Session, number: int, prompt: str) -> float:
    turn = Turn(author="ana", text=prompt)
    order = Order(
        job=f"cli:bench-{number}", conversation=Conversation(id=f"cli:bench-{number}", turns=(turn,)), requester="ana"
    )
    started = time.perf_counter()
    answer = await session.ask(order)
    if answer.outcome != "image":
        raise SystemExit(f"the benchmark's prompt ended as {answer.outcome}: {answer.reply}")
    return time.perf_counter() - started


async def _stall(stalls: list[float]) -> None:
    """How late a 5 ms timer comes, over and over: what blocks the loop shows here."""
    while True:
        before = time.perf_counter()
        await asyncio.sleep(0.005)
        stalls.append((time.perf_counter() - before - 0.005) * 1000)


async def main() -> None:
    """Measure and print."""
    configure_logs("error", "console")
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(data_dir=Path(folder), checks=ChecksSettings(ocr=False))
        async with open_session(settings) as session:
            await prepared(settings.engine, session.app.engine)
            number = 0
            for name, prompt in PROMPTS.items():
                for _ in range(2):  # classifiers and queues wake up with the first jobs
                    await _ask(session, number, prompt)
                    number += 1
                stalls: list[float] = []
                ticker = asyncio.get_running_loop().create_task(_stall(stalls))
                seconds = []
                for _ in range(ROUNDS):
                    seconds.append(await _ask(session, number, prompt))
                    number += 1
                ticker.cancel()
                sys.stdout.write(
                    f"line, {name}: median {statistics.median(seconds):.2f} s (goal {GOAL_SECONDS}), "
                    f"worst {max(seconds):.2f} s; loop stall median {statistics.median(stalls):.1f} ms, "
                    f"p99 {sorted(stalls)[int(len(stalls) * 0.99)]:.0f} ms, worst {max(stalls):.0f} ms (goal {GOAL_STALL_MS:.0f})\n"
                )


if __name__ == "__main__":
    asyncio.run(main())
