"""Several processes take one workspace's events by HTTP, on one PostgreSQL: one of them runs the line."""

import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path

import pytest
from pydantic import SecretStr

from bots.session import open_session
from tests.contract.postgres import administer
from tests.contract.slack_watch import Watch, check_everything
from tests.fakes.slack import Channel, FakeSlack, Interaction, Message, Sent, User
from tests.slack.bot import Bot, settings_for
from tests.slack.process import BotProcess

pytestmark = [pytest.mark.slow, pytest.mark.postgres, pytest.mark.xdist_group("slack replicas")]

HEAVY = "a cat, a dog, a car, a tree, a house, three red apples, two birds, a boat and a sun, four pictures, 2048x2048"
TAKEN_OVER_SECONDS = 20.0  # one look a second, and an engine that must be started
_numbers = count(1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Replicas:
    """Two processes, of which ``first`` was there first and runs the line, and somebody who looks into the records."""

    bot: Bot
    first: BotProcess
    second: BotProcess
    channel: Channel
    people: tuple[User, ...]

    @property
    def posts(self) -> list[Message]:
        """What the bot said in the channel and stands."""
        return self.bot.of_bot(self.channel)

    def acknowledged(self, process: BotProcess) -> list[Sent]:
        """What a process took."""
        return [sent for sent in self.bot.fake.sent if sent.acknowledged and sent.to == process.events_url]


@asynccontextmanager
async def _replicas(fake: FakeSlack, watch: Watch, url: str, folder: Path) -> AsyncIterator[Replicas]:
    team = fake.add_team("home")
    fake.delivery.retry_delays = (0.2, 2.0, 6.0)
    people = tuple(team.add_user(name) for name in ("ana", "ben", "cho"))
    first, second = (
        BotProcess(fake, folder / "data", folder / name, mode="http", database_url=url, THREADBRUSH_LOG__LEVEL="info")
        for name in ("first", "second")
    )
    settings = settings_for(fake, folder / "data", mode="http", database_url=SecretStr(url))
    async with AsyncExitStack() as stack:
        for process in (first, second):
            await process.start()
            stack.push_async_callback(_ended, process)
        fake.delivery.event_urls = [first.events_url, second.events_url]
        session = await stack.enter_async_context(open_session(settings, serve=False))
        bot = Bot(fake=fake, session=session, watch=watch, team=team)
        yield Replicas(bot=bot, first=first, second=second, channel=team.add_channel("images"), people=people)


async def _ended(process: BotProcess) -> None:
    if process.runs:
        await process.kill()


@pytest.fixture
async def replicas(cluster: str, tmp_path: Path) -> AsyncIterator[Replicas]:
    name = f"replicas{next(_numbers)}"
    administer(cluster, f"CREATE DATABASE {name}")
    async with FakeSlack() as fake:
        watch = check_everything(fake)
        async with _replicas(fake, watch, cluster.format(database=name), tmp_path) as running:
            yield running
            for process in (running.first, running.second):
                assert "Traceback" not in process.log
        watch.assert_clean()


async def test_s6_two_replicas_share_the_traffic_and_everything_is_answered_once(replicas: Replicas) -> None:
    bot, channel = replicas.bot, replicas.channel
    ana, ben, cho = replicas.people
    said = [await channel.say(ana, f"{bot.mention} a {color} car, 256x256") for color in ("red", "blue", "green")]
    answers = [await bot.delivered(each, within=60) for each in said]
    more: list[Message | Interaction] = [
        await channel.say(ben, "make the car yellow", thread=said[0]),
        await ben.click(answers[1].there, "vary"),
        await cho.click(answers[2].there, "vary"),
        await cho.command(channel, "/imagine", "a house, 256x256"),
        await bot.team.open_dm(cho).say(cho, "a boat, 256x256"),
    ]
    answers += [await bot.delivered(each, within=60) for each in more]
    await bot.quiet()

    assert [answer.job.outcome for answer in answers] == ["image"] * 8
    assert answers[3].image.parents == (answers[0].image.id,)
    assert answers[4].image.parents == (answers[1].image.id,)
    assert len({answer.there.ts for answer in answers}) == 8
    assert len(replicas.posts) == 7
    assert len(bot.of_bot(bot.team.open_dm(cho))) == 1
    taken = [len(replicas.acknowledged(process)) for process in (replicas.first, replicas.second)]
    assert min(taken) >= sum(taken) // 4
    assert bot.fake.delivery.undelivered == []


async def test_s2_s3_an_event_told_four_times_and_its_mention_to_both_replicas_are_one_job(replicas: Replicas) -> None:
    bot, ana = replicas.bot, replicas.people[0]
    bot.fake.delivery.retry_delays = (0.05, 0.05, 0.05)
    bot.fake.faults.socket_lost_probability = 1.0
    said = await replicas.channel.say(ana, f"{bot.mention} a red car, 256x256")
    told = await bot.fake.wait_until(lambda: each if len(each := _told(bot.fake, said)) == 8 else None, 30)
    bot.fake.faults.clear()
    answer = await bot.delivered(said, within=60)
    await bot.quiet()
    await bot.silent(replicas.channel)

    kinds = ("message", "app_mention")
    assert {(sent.body["event"]["type"], sent.attempt) for sent in told} == {(k, n) for k in kinds for n in range(4)}
    assert {sent.to for sent in told} == {replicas.first.events_url, replicas.second.events_url}
    assert answer.job.outcome == "image"
    assert replicas.posts == [answer.there]
    assert await bot.session.app.records.usage(answer.job.tenant) == 1


def _told(fake: FakeSlack, said: Message) -> list[Sent]:
    return [sent for sent in fake.sent if sent.body.get("event", {}).get("event_ts") == said.ts]


async def test_the_other_replica_takes_over_what_was_in_flight_when_one_is_killed(replicas: Replicas) -> None:
    bot, channel, ana = replicas.bot, replicas.channel, replicas.people[0]
    _, before = await bot.ask(channel, ana, f"{bot.mention} a red car, 256x256")
    heavy = await channel.say(ana, f"{bot.mention} {HEAVY}")
    in_flight = [heavy, *[await channel.say(ana, f"{bot.mention} a {each}, 256x256") for each in ("cat", "dog", "sun")]]
    await bot.until(lambda: _is_running(bot, heavy), 30)
    await replicas.first.kill()
    killed = time.monotonic()
    assert await _is_running(bot, heavy)
    after = [
        await channel.say(ana, f"{bot.mention} a boat, 256x256"),
        await channel.say(ana, "make the car blue", thread=before.there.thread_ts),
    ]
    await bot.until(lambda: "line_taken_over" in replicas.second.log, TAKEN_OVER_SECONDS)
    took = time.monotonic() - killed
    answers = [await bot.delivered(each, within=120) for each in (*in_flight, *after)]
    await bot.quiet()
    await bot.silent(channel, 1.0)

    assert took < TAKEN_OVER_SECONDS
    assert [answer.job.outcome for answer in answers] == ["image"] * 6
    assert len(answers[0].images) == 4
    assert answers[-1].image.parents == (before.image.id,)
    assert sorted(each.ts for each in replicas.posts) == sorted(each.there.ts for each in (before, *answers))
    assert all(each.images for each in replicas.posts)
    assert bot.fake.delivery.undelivered == []


async def test_a_replica_that_was_killed_comes_back_and_stands_by(replicas: Replicas) -> None:
    bot, channel, ana = replicas.bot, replicas.channel, replicas.people[0]
    await replicas.first.kill()
    _, answer = await bot.ask(channel, ana, f"{bot.mention} a red car, 256x256")
    await replicas.first.start()
    asked = [await channel.say(ana, f"{bot.mention} a {color} car, 256x256") for color in ("blue", "green")]
    answers = [await bot.delivered(each, within=60) for each in asked]
    await bot.quiet()

    assert replicas.acknowledged(replicas.first) != []
    assert "line_taken_over" not in replicas.first.log
    assert {each.there.ts for each in (answer, *answers)} == {each.ts for each in replicas.posts}
    assert len(replicas.posts) == 3


async def _is_running(bot: Bot, said: Message) -> bool:
    job = await bot.jobs_of(said)
    return job is not None and job.status == "running"
