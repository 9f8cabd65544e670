"""The bot starts with what Discord allows it, waits out its outages, and says clearly when it never will."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from prometheus_client import REGISTRY
from pydantic import SecretStr

from bots.chat.desk import Desk
from bots.config import DiscordSettings, Settings
from bots.discord import start
from bots.exits import CommandFailed
from bots.session import Session, open_session
from tests.fakes.discord import FakeDiscord

pytestmark = pytest.mark.xdist_group("start")

CONTENT = 1 << 15


@pytest.fixture(autouse=True)
def _soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(start, "FIRST_PAUSE", 0.05)


@asynccontextmanager
async def session_for(fake: FakeDiscord, folder: Path, **more) -> AsyncIterator[Session]:
    given = {"token": SecretStr(fake.token), "api_url": fake.api_url, "gateway_url": fake.gateway_url, **more}
    async with open_session(Settings(data_dir=folder, discord=DiscordSettings(**given))) as session:
        yield session


@asynccontextmanager
async def started(fake: FakeDiscord, folder: Path, **more) -> AsyncIterator[Session]:
    stop = asyncio.Event()
    async with session_for(fake, folder, **more) as session, asyncio.TaskGroup() as tasks:
        tasks.create_task(start.run(Desk(session=session), stop))
        try:
            yield session
        finally:
            stop.set()


@pytest.mark.parametrize("allowed", [True, False])
async def test_d12_the_bot_asks_for_what_messages_say_only_if_its_application_may(
    tmp_path: Path, *, allowed: bool
) -> None:
    async with FakeDiscord(message_content=allowed) as fake:
        async with started(fake, tmp_path):
            await fake.wait_connected()

        assert bool(fake.gateway.identifies[0]["intents"] & CONTENT) is allowed


async def test_d12_insisting_on_an_intent_that_is_off_ends_with_what_to_do(tmp_path: Path) -> None:
    async with FakeDiscord(message_content=False) as fake, session_for(fake, tmp_path, message_content="on") as session:
        with pytest.raises(CommandFailed, match="enable Message Content Intent"):
            await start.run(Desk(session=session), asyncio.Event())


async def test_a_wrong_token_ends_with_what_to_do_and_is_not_repeated(tmp_path: Path) -> None:
    wrong = "MTM5.wrong.token"
    async with FakeDiscord() as fake, session_for(fake, tmp_path, token=SecretStr(wrong)) as session:
        with pytest.raises(CommandFailed, match="refuses the token") as refused:
            await start.run(Desk(session=session), asyncio.Event())

        assert wrong not in str(refused.value)
        assert len(fake.requests) == 1


async def test_no_token_is_said_before_anything_is_asked(tmp_path: Path) -> None:
    async with FakeDiscord() as fake, session_for(fake, tmp_path, token=None) as session:
        with pytest.raises(CommandFailed, match="no token"):
            await start.run(Desk(session=session), asyncio.Event())

        assert fake.requests == []


@pytest.mark.slow
async def test_an_outage_at_the_start_is_waited_out(tmp_path: Path) -> None:
    async with FakeDiscord() as fake:
        fake.faults.cut(times=12, path="/users/@me")
        async with started(fake, tmp_path):
            await fake.wait_connected(timeout=30)

        assert fake.faults.counts["cut"] >= 2


async def test_stopping_while_discord_is_out_of_reach_does_not_wait_for_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(start, "FIRST_PAUSE", 60.0)
    async with FakeDiscord() as fake:
        fake.faults.error(times=None, status=400, path="/users/@me")
        async with asyncio.timeout(20):
            async with started(fake, tmp_path):
                await fake.wait_until(lambda: fake.faults.counts["error"])


async def test_a_stopped_bot_says_good_bye_and_keeps_up_to_where_it_heard(tmp_path: Path) -> None:
    def overheard() -> float:
        labels = {"shard": "0", "fate": "ignored"}
        return REGISTRY.get_sample_value("threadbrush_discord_messages_total", labels) or 0.0

    async with FakeDiscord() as fake:
        guild = fake.add_guild("studio")
        channel, ana = guild.add_text_channel("art"), fake.add_user("ana")
        guild.add_member(ana)
        kept = f"discord:seen:{guild.id}"
        async with started(fake, tmp_path) as session:
            async with asyncio.timeout(20):
                while (begun := await session.app.chats.seen(kept)) is None:
                    await asyncio.sleep(0.02)
            fake.clock.advance(60)
            before = overheard()
            said = await channel.say(ana, "hello everybody")
            await fake.wait_until(lambda: overheard() > before)
        assert fake.gateway.connections == []
    async with open_session(Settings(data_dir=tmp_path), serve=False) as session:
        reached = await session.app.chats.seen(kept)

    assert reached is not None
    assert int(begun) < int(reached) < said.id
