"""What holds when the bot is stopped, killed, away or started again."""

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from bots.queues import dbos_client
from bots.session import Session, open_session
from bots.steps.drawing import Drawing
from tests.contract.slack_watch import Watch, check_everything
from tests.fakes.engines import Patient
from tests.fakes.slack import Channel, FakeSlack, Message, Request, Team, User
from tests.slack.bot import Bot, Mode, bot_on, job_of, settings_for, verbs
from tests.slack.process import BotProcess

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("slack restarting")]

PROMPT = "a red car and a green tree, 512x512"
HEAVY = (
    "a cat, a dog, a car, a tree, a house, three red apples, two birds, a boat, a bicycle, a fish, a horse and a sun, "
    "four pictures, 2048x2048"
)
RETRIES = (0.5, 5.0, 15.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A workspace that the bot comes and goes in, its data folder, and how it hears."""

    fake: FakeSlack
    watch: Watch
    team: Team
    channel: Channel
    ana: User
    ben: User
    folder: Path
    mode: Mode
    processes: list[BotProcess] = field(default_factory=list)

    @property
    def here(self) -> Callable[[], Any]:
        """Run the bot in this process."""
        return partial(bot_on, self.fake, self.folder, self.watch, mode=self.mode)

    def process(self) -> BotProcess:
        """The bot in a process of its own."""
        process = BotProcess(self.fake, self.folder, self.folder.parent / "log", mode=self.mode)
        self.processes.append(process)
        if self.mode == "http":
            self.fake.delivery.event_urls = [process.events_url]
        return process

    def posts(self, channel: Channel | None = None) -> list[Message]:
        """What the bot said and stands."""
        return self.fake.messages_of_bot(channel or self.channel)

    async def mention(self, prompt: str) -> Message:
        """Ana asks in the channel."""
        return await self.channel.say(self.ana, f"{self.team.mention} {prompt}")

    def looking_on(self, session: Session) -> Bot:
        """For waiting for answers of a bot in another process."""
        return Bot(fake=self.fake, session=session, watch=self.watch, team=self.team)


@pytest.fixture(params=["socket", "http"])
async def place(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Place]:
    async with FakeSlack() as fake:
        team = fake.add_team("home")
        fake.delivery.retry_delays = RETRIES
        ana, ben = team.add_user("ana"), team.add_user("ben")
        channel, watch = team.add_channel("images"), check_everything(fake)
        made = Place(
            fake=fake,
            watch=watch,
            team=team,
            channel=channel,
            ana=ana,
            ben=ben,
            folder=tmp_path / "data",
            mode=request.param,
        )
        yield made
        for process in made.processes:
            if process.runs:
                await process.kill()
        watch.assert_clean()


@pytest.fixture
def engine(monkeypatch: pytest.MonkeyPatch) -> Patient:
    """Every bot in this process draws with it: only when told to."""
    patient = Patient()
    monkeypatch.setattr("bots.app.Drawing", lambda _, *more: Drawing(patient, *more))
    return patient


async def _is_drawing(session: Session, job: str) -> bool:
    client = await asyncio.to_thread(dbos_client, session.app.queue_engine)
    try:
        found = await client.list_workflows_async(workflow_ids=[f"{job}/gen/0"])
    finally:
        client.destroy()
    return any(workflow.status == "PENDING" for workflow in found)


async def test_kill_9_in_the_middle_of_a_render_is_exactly_one_answer(place: Place) -> None:
    process = place.process()
    await process.start()
    said = await place.mention(HEAVY)
    async with open_session(settings_for(place.fake, place.folder), serve=False) as session:
        bot = place.looking_on(session)
        await bot.until(lambda: _is_drawing(session, job_of(said)), 30)
        [placeholder] = await place.fake.wait_until(place.posts, 10)
        was_drawing = await _is_drawing(session, job_of(said))
        await process.kill()
        assert placeholder.images == []
        await process.start()
        answer = await bot.delivered(said, within=120)
        await bot.silent(place.channel, 1.0)
        assert await process.stop() == 0

    assert was_drawing
    assert answer.job.outcome == "image"
    assert len(answer.images) == len(answer.there.images) == 4
    assert place.posts() == [placeholder] == [answer.there]
    assert "Traceback" not in process.log


async def test_s2_what_was_said_while_the_bot_was_away_is_answered_after_the_restart_once(place: Place) -> None:
    direct = place.team.open_dm(place.ana)
    async with place.here() as bot:
        first_said, first = await bot.ask(place.channel, place.ana, f"{bot.mention} {PROMPT}")
    said = [
        await place.channel.say(place.ben, "make the car blue", thread=first_said),
        await place.mention("a yellow sun, 512x512"),
        await direct.say(place.ana, "a green frog, 512x512"),
    ]
    await place.fake.wait_until(lambda: _attempts(place.fake, said[-1]) == 2)
    async with place.here() as bot:
        answers = [await bot.delivered(each, within=60) for each in said]
        await bot.quiet()
    async with place.here() as bot:
        await bot.silent(place.channel, 1.0)

    assert [answer.job.outcome for answer in answers] == ["image"] * 3
    assert answers[0].image.parents == (first.image.id,)
    assert [answer.there.thread_ts for answer in answers] == [first_said.ts, said[1].ts, said[2].ts]
    assert len(place.posts()) == 3
    assert place.posts(direct) == [answers[2].there]
    assert place.fake.delivery.undelivered == []


def _attempts(fake: FakeSlack, message: Message) -> int:
    return sum(
        sent.body["event"].get("ts") == message.ts and sent.body["event"]["type"] == "message" for sent in fake.sent
    )


async def test_buttons_under_old_answers_work_after_a_restart(place: Place) -> None:
    async with place.here() as bot:
        said, first = await bot.ask(place.channel, place.ana, f"{bot.mention} {PROMPT}")
    assert {"vary", "revise", "retry"} <= verbs(first.there)
    async with place.here() as bot:
        asked = await place.ben.click(first.there, "vary")
        answer = await bot.delivered(asked)
        await place.ben.click(first.there, "revise")
        form = await place.ben.view()

    assert asked.acknowledged_after is not None
    assert answer.image.parents == (first.image.id,)
    assert answer.there.thread_ts == said.ts
    assert form.open


async def test_s1_the_cancel_button_of_a_placeholder_works_after_a_restart(place: Place, engine: Patient) -> None:
    async with place.here() as bot:
        said = await place.mention(PROMPT)
        await asyncio.wait_for(engine.started.wait(), 20)
        await bot.until(lambda: _placed(bot, said))
    [placeholder] = place.posts()
    async with place.here() as bot:
        await place.ana.click(placeholder, "cancel")
        answer = await bot.delivered(said)
        used = await bot.session.app.records.usage(answer.job.tenant)

    assert answer.job.outcome == "cancelled"
    assert place.posts() == [placeholder]
    assert placeholder.images == []
    assert "cancel" not in verbs(placeholder)
    assert used == 0


async def test_s10_stop_in_the_agent_view_ends_a_job_from_before_a_restart(place: Place, engine: Patient) -> None:
    direct = place.team.open_dm(place.ana)
    async with place.here() as bot:
        said = await direct.say(place.ana, PROMPT)
        await asyncio.wait_for(engine.started.wait(), 20)
        await bot.until(lambda: _placed(bot, said))
    engine.started.clear()
    async with place.here() as bot:
        await asyncio.wait_for(engine.started.wait(), 20)
        await place.ana.stop_session(direct, said.ts)
        answer = await bot.delivered(said)
        await place.fake.wait_until(lambda: engine.stopped)
        used = await bot.session.app.records.usage(answer.job.tenant)

    assert answer.job.outcome == "cancelled"
    assert place.posts(direct) == [answer.there]
    assert answer.there.images == []
    assert used == 0


async def _placed(bot: Bot, said: Message) -> bool:
    post = await bot.session.app.chats.post(job_of(said))
    return post is not None and post.state == "placed"


async def test_s19_a_placeholder_that_nobody_knows_to_stand_is_adopted_after_a_kill(place: Place) -> None:
    process = place.process()
    await process.start()
    place.fake.faults.add("answer_lost", "chat.postMessage")
    said = await place.mention(PROMPT)
    await place.fake.wait_until(place.posts, 30)
    await process.kill()
    [placeholder] = place.posts()
    async with place.here() as bot:
        answer = await bot.delivered(said, within=60)

    assert answer.there is placeholder
    assert answer.job.outcome == "image"
    assert place.posts() == [placeholder]
    assert len(_posted(place.fake)) == 1


async def test_s19_of_two_placeholders_the_lowest_is_adopted_after_a_kill_and_the_other_one_swept(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bots.errand.TWIN_SECONDS", 1.0)
    process = place.process()
    await process.start()
    place.fake.faults.add("slow_commit", "chat.postMessage", seconds=6.0)
    place.fake.faults.add("answer_lost", "chat.postMessage")
    said = await place.mention(PROMPT)
    await place.fake.wait_until(place.posts, 30)
    await process.kill()
    [lower, higher] = await place.fake.wait_until(lambda: place.posts() if len(place.posts()) == 2 else None, 30)
    async with place.here() as bot:
        answer = await bot.delivered(said, within=60)
        await place.fake.wait_until(lambda: len(place.posts()) == 1, 30)

    assert lower.ts < higher.ts
    assert answer.there is lower
    assert answer.job.outcome == "image"
    assert place.posts() == [lower]


async def test_s19_the_twin_of_a_slow_commit_is_swept_although_the_bot_was_stopped_in_between(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bots.errand.TWIN_SECONDS", 4.0)
    place.fake.faults.add("slow_commit", "chat.postMessage", seconds=3.0)
    async with place.here() as bot:
        said = await place.mention(PROMPT)
        answer = await bot.delivered(said)
        await place.fake.wait_until(lambda: len(place.posts()) == 2)
    async with place.here():
        await place.fake.wait_until(lambda: len(place.posts()) == 1, 30)

    assert place.posts() == [answer.there]
    assert len(answer.there.images) == 1


def _posted(fake: FakeSlack) -> list[Request]:
    return [each for each in fake.requests if each.method == "chat.postMessage"]


@pytest.mark.parametrize("place", ["socket"], indirect=True)
async def test_s6_a_socket_that_breaks_off_is_replaced_and_nothing_is_lost_or_doubled(place: Place) -> None:
    async with place.here() as bot:
        for connection in list(place.fake.delivery.connections):
            await connection.cut()
        said = await place.mention(PROMPT)
        answer = await bot.delivered(said, within=60)
        await bot.quiet()
        await bot.silent(place.channel, 0.5)

    assert answer.job.outcome == "image"
    assert place.posts() == [answer.there]
    assert place.fake.delivery.undelivered == []
