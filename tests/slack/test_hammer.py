"""Every request is answered once although connections break, Slack refuses and the bot is killed again and again."""

import asyncio
import random
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from bots.courier import TWIN_SECONDS
from bots.session import open_session
from storage.records import generation_id
from tests.contract.slack_watch import check_everything
from tests.discord.hammer import Outcome
from tests.fakes.slack import FakeSlack
from tests.slack.bot import settings_for
from tests.slack.hammer import Hammer
from tests.slack.process import BotProcess

pytestmark = [pytest.mark.slow, pytest.mark.timeout(1800), pytest.mark.xdist_group("slack faults")]

SEED = 20261123
KILLS, IN_FLIGHT, REQUESTS = 20, 15, 300
KINDS = ("mention", "mention", "thread", "thread", "command", "command", "button", "button", "direct", "direct")
WHILE_AWAY = ("mention", "thread", "direct")
STRUCK = ("rate_limit", "error", "error_after", "cut", "answer_lost", "slow_commit", "socket_cut", "ack_lost")


@asynccontextmanager
async def _hammer(folder: Path, module: str = "bots") -> AsyncIterator[Hammer]:
    async with FakeSlack(seed=SEED) as fake:
        team = fake.add_team("home")
        process = BotProcess(fake, folder / "data", folder / "log", module=module)
        async with open_session(settings_for(fake, folder / "data"), serve=False) as session:
            hammer = Hammer(fake=fake, process=process, session=session, chance=random.Random(SEED), team=team)
            hammer.settle_in()
            await process.start()
            for _ in hammer.channels:
                await hammer.ask("mention")
            await hammer.drain(60)
            try:
                yield hammer
            finally:
                if process.runs:
                    await process.kill()


async def _rounds(hammer: Hammer, requests: int, kills: int, drain: float) -> Outcome:
    hammer.trouble()
    for left in range(kills, 0, -1):
        share = (requests - len(hammer.asked)) // left
        for number in range(share):
            if number == share - len(WHILE_AWAY):
                await hammer.kill_at_work()
            away = number - (share - len(WHILE_AWAY))
            await hammer.ask(WHILE_AWAY[away] if away >= 0 else hammer.chance.choice(KINDS))
        await hammer.process.start()
        await hammer.listen()
    await hammer.drain(drain)
    hammer.fake.faults.clear()
    await hammer.swept(TWIN_SECONDS + 30)
    return await hammer.count()


async def test_s2_every_request_is_answered_once_although_everything_breaks(tmp_path: Path) -> None:
    async with _hammer(tmp_path) as hammer:
        watch = check_everything(hammer.fake)
        outcome = await _rounds(hammer, REQUESTS, KILLS, 900)
        records, blobs = hammer.session.app.records, hammer.session.app.blobs
        sys.stdout.write(f"fault run: {outcome}\n")
        (tmp_path / "summary").write_text(str(outcome))
        await hammer.process.kill()

        assert outcome.asked.total() == REQUESTS
        assert (outcome.kills, outcome.in_flight >= IN_FLIGHT) == (KILLS, True), outcome
        given_up = f"Slack gave up on {len(hammer.given_up())} of them\n{hammer.process.log[-4000:]}"
        assert (outcome.lost, outcome.doubled, outcome.stale) == ([], [], []), given_up
        assert set(outcome.outcomes) == {"image"}
        assert {kind for kind in STRUCK if outcome.faults[kind] == 0} == set()
        images = [image for job in hammer.owed() for image in await records.generations_of_job(job)]
        assert sorted(image.id for image in images) == sorted(generation_id(job, 0) for job in hammer.owed())
        unowed = await hammer.unowed_images()
        digests = {image.digest for image in (*images, *unowed)}
        assert set(await blobs.list()) == digests
        tenants = {image.tenant for image in (*images, *unowed)}
        used = await asyncio.gather(*(records.usage(tenant) for tenant in sorted(tenants)))
        assert sum(used) == len(images) + len(unowed)
        watch.assert_clean()


async def test_the_same_run_shows_doubles_where_posting_is_naive(tmp_path: Path) -> None:
    async with _hammer(tmp_path, "tests.fakes.naive_slack") as hammer:
        outcome = await _rounds(hammer, 60, 4, 120)
        sys.stdout.write(f"control run: {outcome}\n")

    assert len(outcome.doubled) + len(outcome.stale) > 0
