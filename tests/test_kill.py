"""Kill -9 as a test tool: a real process dies again and again, and every request is answered once.

The process is ``threadbrush demo``, the service that strangers run; orders reach it through the database, as those of
``threadbrush draw`` do while it runs.
"""

import asyncio
import random
import time
from pathlib import Path

import pytest

from bots.config import Settings
from bots.conversation import Conversation, Options, Turn
from bots.order import Order
from bots.session import Session, open_session
from storage.records import generation_id
from tests.fakes.victim import Victim

KILLS = 22
IN_FLIGHT = 15
JOBS = 40
PROMPTS = (
    "three red apples left of a blue car",
    'a poster: a cat above a dog, title "HELLO"',
    "a yellow sun, a green tree and two blue birds",
)


def _order(number: int) -> Order:
    options = Options(count=1 + number % 2, width=512, height=512)
    turn = Turn(author="ana", text=PROMPTS[number % len(PROMPTS)])
    conversation = Conversation(id=f"cli:thread-{number}", turns=(turn,), options=options)
    return Order(job=f"cli:kill-{number}", conversation=conversation, requester="ana")


async def _running(session: Session) -> int:
    return sum(job.status == "running" for job in await session.app.records.unfinished_jobs())


@pytest.mark.slow
@pytest.mark.timeout(900)
async def test_every_request_is_answered_once_although_the_process_is_killed_again_and_again(tmp_path: Path) -> None:
    chance = random.Random(20261122)
    victim = Victim(tmp_path / "data", tmp_path / "log")
    settings = Settings(data_dir=tmp_path / "data")
    async with open_session(settings, serve=False) as session:
        submitted = in_flight = kills = 0
        while kills < KILLS:
            await victim.start()
            for _ in range(min(2, JOBS - submitted)):
                await session.submit(_order(submitted))
                submitted += 1
            limit = time.monotonic() + chance.uniform(0.1, 1.2)
            while time.monotonic() < limit:
                await asyncio.sleep(0.02)
            in_flight += await _running(session) > 0
            await victim.kill()
            kills += 1
        await victim.start()
        orders = [_order(number) for number in range(submitted)]
        async with asyncio.timeout(240):
            for order in orders:
                while (job := await session.app.records.job(order.job)) is None or job.status != "done":
                    await asyncio.sleep(0.05)
        await victim.kill()

        assert in_flight >= IN_FLIGHT
        wanted = {
            generation_id(order.job, index)
            for order in orders
            for index in range(order.conversation.options.count or 1)
        }
        found = [item for order in orders for item in await session.app.records.generations_of_job(order.job)]
        assert sorted(item.id for item in found) == sorted(wanted)
        assert {(await session.app.records.job(order.job)).outcome for order in orders} == {"image"}  # type: ignore[union-attr]
        assert sorted(await session.app.blobs.list()) == sorted(item.digest for item in found)
        for item in found:
            await session.app.blobs.get(item.digest)
        assert await session.app.records.usage("local") == len(wanted)
        assert not [path for path in (tmp_path / "data" / "staging").rglob("*") if path.is_file()]
