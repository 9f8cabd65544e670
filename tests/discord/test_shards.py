"""Several shards, also in several processes: who connects when, what each hears, and what is counted of it."""

import asyncio
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from prometheus_client import REGISTRY
from pydantic import SecretStr

from bots.config import DiscordSettings, Settings
from bots.discord.client import intents_for
from bots.discord.identify import FARTHEST_SECONDS, GAP_SECONDS, IdentifyGate
from bots.session import open_session
from tests.discord.listening import attending, job_id, listening
from tests.discord.places import Place
from tests.fakes.discord import FakeDiscord


def test_d12_the_bot_asks_to_be_told_of_servers_and_messages_and_nothing_else() -> None:
    names = {name for name, wanted in intents_for(reads_content=False) if wanted}

    assert names == {"guilds", "guild_messages", "dm_messages", "messages"} & names
    assert {"guilds", "guild_messages", "dm_messages"} <= names
    assert intents_for(reads_content=True).message_content


async def test_d28_two_processes_share_a_bot_and_each_hears_its_own_servers(tmp_path: Path) -> None:
    async with FakeDiscord() as fake:
        first, second = Place(fake), Place(fake)
        book = tmp_path / "identify"
        shared: dict[str, Any] = {"shard_count": 2, "identify_lock": book}
        async with (
            listening(fake, tmp_path / "a", shard_ids=(0,), **shared) as even,
            listening(fake, tmp_path / "b", shard_ids=(1,), **shared) as odd,
        ):
            messages = [await place.channel.say(place.ana, f"{fake.bot.mention} an apple") for place in (first, second)]
            await even.job(messages[0])
            await odd.job(messages[1])

            assert await even.app.records.job(job_id(messages[1])) is None
            assert await odd.app.records.job(job_id(messages[0])) is None
            assert [one["shard"] for one in fake.gateway.identifies] == [[0, 2], [1, 2]]
        assert book.is_file()


async def test_d28_one_process_runs_several_shards_and_counts_each(tmp_path: Path) -> None:
    def value(name: str, **labels: str) -> float:
        return REGISTRY.get_sample_value(f"threadbrush_discord_{name}_total", labels) or 0.0

    async with FakeDiscord() as fake:
        places = [Place(fake), Place(fake)]
        before = (
            value("messages", shard="1", fate="enqueued"),
            value("identifies", shard="1"),
            value("resumes", shard="1"),
        )
        async with listening(fake, tmp_path, shard_ids=(0, 1), shard_count=2) as bot:
            for place in places:
                await bot.job(await place.channel.say(place.ana, f"{fake.bot.mention} an apple"))
            fake.gateway.cut(shard=1)
            await bot.until(lambda: fake.gateway.counts["resumed"])
            await bot.job(await places[1].channel.say(places[1].ana, f"{fake.bot.mention} a pear"))
            await bot.until(lambda: value("resumes", shard="1") > before[2])

        assert value("messages", shard="1", fate="enqueued") == before[0] + 2
        assert value("identifies", shard="1") == before[1] + 1
        assert value("events", event="MESSAGE_CREATE") >= 3


async def test_d28_the_gateway_s_requests_to_come_again_lose_nothing(tmp_path: Path) -> None:
    async with FakeDiscord() as fake:
        place = Place(fake)
        async with listening(fake, tmp_path) as bot:
            fake.gateway.reconnect()
            await bot.until(lambda: fake.gateway.counts["resumed"] == 1)
            await bot.job(await place.channel.say(place.ana, f"{fake.bot.mention} an apple"))


@pytest.mark.slow
async def test_d28_an_invalid_session_is_begun_anew_and_caught_up_with(tmp_path: Path) -> None:
    async with FakeDiscord() as fake:
        place = Place(fake)
        async with listening(fake, tmp_path) as bot:
            await bot.job(await place.channel.say(place.ana, f"{fake.bot.mention} an apple"))
            fake.gateway.invalidate()
            missed = await place.channel.say(place.ana, f"{fake.bot.mention} a pear")
            await bot.job(missed)
            assert fake.gateway.counts["identified"] == 2


class Time:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def test_d28_identifies_of_a_bucket_are_five_seconds_apart_and_buckets_do_not_wait_for_each_other() -> None:
    gate = IdentifyGate(None, Time())
    gate.concurrency = 2

    assert [gate._book(str(shard % 2)) for shard in range(4)] == [1000, 1000, 1000 + GAP_SECONDS, 1000 + GAP_SECONDS]


def test_d28_processes_book_in_the_same_file_and_rubbish_in_it_holds_nobody_up(tmp_path: Path) -> None:
    book, time = tmp_path / "identify", Time()
    moments = [IdentifyGate(book, time)._book("0") for _ in range(3)]
    book.write_text("no JSON {")
    after_rubbish = IdentifyGate(book, time)._book("0")
    book.write_text(f'{{"0": {1000 + 2 * FARTHEST_SECONDS}, "1": "x"}}')

    assert moments == [1000, 1000 + GAP_SECONDS, 1000 + 2 * GAP_SECONDS]
    assert after_rubbish == 1000
    assert IdentifyGate(book, time)._book("0") == 1000


BOOKING = """
import sys
from pathlib import Path
from bots.discord.identify import IdentifyGate
gate = IdentifyGate(Path(sys.argv[1]), lambda: 1000.0)
for _ in range(20):
    print(gate._book("0"))
"""


def test_d28_no_moment_is_booked_twice_by_processes_that_book_at_once(tmp_path: Path) -> None:
    command = [sys.executable, "-c", BOOKING, str(tmp_path / "identify")]
    processes = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    moments = [float(line) for process in processes for line in process.communicate(timeout=60)[0].split()]

    assert sorted(moments) == [1000 + number * GAP_SECONDS for number in range(40)]


async def test_d28_a_shard_waits_for_the_moment_it_booked() -> None:
    gate = IdentifyGate(None, asyncio.get_running_loop().time)
    gate._booked["0"] = asyncio.get_running_loop().time() - GAP_SECONDS + 0.05
    before = asyncio.get_running_loop().time()
    await gate.wait(0)

    assert asyncio.get_running_loop().time() - before >= 0.045


async def test_handlers_that_break_are_logged_without_words_or_tokens(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with FakeDiscord() as fake:
        place = Place(fake)
        settings = Settings(data_dir=tmp_path, discord=DiscordSettings(
            token=SecretStr(fake.token), api_url=fake.api_url, gateway_url=fake.gateway_url,
        ))  # fmt: skip
        async with open_session(settings, serve=False) as session, attending(fake, session) as bot:

            async def broken(heard):
                raise RuntimeError(f"cannot read {heard.text}")

            monkeypatch.setattr(bot.client.incoming, "_decide", broken)
            await place.channel.say(place.ana, f"{fake.bot.mention} a secret apple")
            said: list[str] = []

            def logged() -> bool:
                said.append(capsys.readouterr().out + caplog.text)
                return "handler_broke" in "".join(said)

            await bot.until(logged)

    assert "RuntimeError" in "".join(said)
    assert "secret apple" not in "".join(said)
    assert fake.token not in "".join(said)
