"""What holds when the bot is stopped, killed, away or started again."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bots.queues import dbos_client
from bots.session import Session, open_session
from tests.contract.discord_watch import Watch, check_everything
from tests.discord.bot import Bot, bot_on, job_of, settings_for
from tests.discord.process import BotProcess
from tests.fakes.discord import Channel, FakeDiscord, Message, User
from tests.fakes.engines import Patient

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("discord restarting")]

PROMPT = "a red car and a green tree, 512x512"
HEAVY = (
    "a cat, a dog, a car, a tree, a house, three red apples, two birds, a boat, a bicycle, a fish, a horse and a sun, "
    "four pictures, 2048x2048"
)


@pytest.fixture
async def fake() -> AsyncIterator[FakeDiscord]:
    async with FakeDiscord() as running:
        yield running


@pytest.fixture
def watch(fake: FakeDiscord) -> Watch:
    return check_everything(fake)


@pytest.fixture
def people(fake: FakeDiscord) -> tuple[Channel, User, User]:
    guild = fake.add_guild("studio")
    ana, ben = fake.add_user("ana"), fake.add_user("ben")
    guild.add_member(ana)
    guild.add_member(ben)
    return guild.add_text_channel("images"), ana, ben


def _answers(fake: FakeDiscord, channel: Channel) -> list[Message]:
    places = [channel, *channel.threads]
    return [each for place in places for each in place.messages if each.author is fake.bot and each.attachments]


def _posts(fake: FakeDiscord, channel: Channel) -> list[Message]:
    places = [channel, *channel.threads]
    return [each for place in places for each in place.messages if each.author is fake.bot and each.type in (0, 19)]


async def _is_drawing(session: Session, job: str) -> bool:
    client = await asyncio.to_thread(dbos_client, session.app.queue_engine)
    try:
        found = await client.list_workflows_async(workflow_ids=[f"{job}/gen/0"])
    finally:
        client.destroy()
    return any(workflow.status == "PENDING" for workflow in found)


async def test_kill_9_in_the_middle_of_a_render_is_exactly_one_delivery(
    fake: FakeDiscord, watch: Watch, people: tuple[Channel, User, User], tmp_path: Path
) -> None:
    channel, ana, _ = people
    process = BotProcess(fake, tmp_path / "data", tmp_path / "log")
    await process.start()
    said = await channel.say(ana, f"{fake.bot.mention} {HEAVY}")
    async with open_session(settings_for(fake, tmp_path / "data"), serve=False) as session:
        async with asyncio.timeout(30):
            while not await _is_drawing(session, job_of(said)):
                await asyncio.sleep(0.01)
        await fake.wait_until(lambda: _posts(fake, channel), 10)
        was_drawing = await _is_drawing(session, job_of(said))
        await process.kill()
        assert _answers(fake, channel) == []
        await process.start()
        bot = Bot(fake=fake, session=session, watch=watch)
        answer = await bot.delivered(said, within=120)
        await bot.silent(answer.there.channel, 1.0)
        assert await process.stop() == 0

    assert was_drawing
    assert answer.job.outcome == "image"
    assert len(answer.images) == len(answer.there.attachments) == 4
    assert _posts(fake, channel) == [answer.there]
    assert "Traceback" not in process.log
    watch.assert_clean()


async def test_what_was_said_while_the_bot_was_away_is_answered_after_the_restart_once(
    fake: FakeDiscord, watch: Watch, people: tuple[Channel, User, User], tmp_path: Path
) -> None:
    channel, ana, ben = people
    async with bot_on(fake, tmp_path / "data", watch) as bot:
        _, first = await bot.ask(channel, ana, f"{fake.bot.mention} {PROMPT}")
        await bot.ask(fake.open_dm(ana), ana, "thank you")  # Discord does not list direct messages: one is known by use
    thread = first.there.channel
    in_thread = await thread.say(ben, "make the car blue")
    in_channel = await channel.say(ana, f"{fake.bot.mention} a yellow sun, 512x512")
    direct = await fake.open_dm(ana).say(ana, "a green frog, 512x512")
    async with bot_on(fake, tmp_path / "data", watch) as bot:
        answers = [await bot.delivered(said, within=60) for said in (in_thread, in_channel, direct)]
    async with bot_on(fake, tmp_path / "data", watch) as bot:
        await bot.silent(thread, 1.0)

    assert [answer.job.outcome for answer in answers] == ["image"] * 3
    assert answers[0].image.parents == (first.image.id,)
    assert len(_answers(fake, channel)) == 3
    assert len(_posts(fake, channel)) == 3
    assert len([each for each in fake.open_dm(ana).messages if each.author is fake.bot]) == 2
    watch.assert_clean()


async def test_d7_buttons_work_after_a_restart(
    fake: FakeDiscord, watch: Watch, people: tuple[Channel, User, User], tmp_path: Path
) -> None:
    channel, ana, ben = people
    async with bot_on(fake, tmp_path / "data", watch) as bot:
        _, first = await bot.ask(channel, ana, f"{fake.bot.mention} {PROMPT}")
    async with bot_on(fake, tmp_path / "data", watch) as bot:
        answer = await bot.delivered(await bot.press(ben, first.there, "vary"))
        asked = await bot.press(ben, first.there, "details")
        told = await asked.wait_for(lambda message: message.text and not message.is_loading)

    assert answer.image.parents == (first.image.id,)
    assert told.only_for is ben
    watch.assert_clean()


async def test_d7_the_cancel_button_of_a_placeholder_works_after_a_restart(
    fake: FakeDiscord, watch: Watch, people: tuple[Channel, User, User], tmp_path: Path
) -> None:
    channel, ana, _ = people
    async with bot_on(fake, tmp_path / "data", watch) as bot:
        bot.session.app.line.drawing.engine = engine = Patient()
        said = await channel.say(ana, f"{fake.bot.mention} {PROMPT}")
        await asyncio.wait_for(engine.started.wait(), 20)
        await fake.wait_until(lambda: _posts(fake, channel), 10)
        await bot.until(lambda: _placed(bot, said))
    [placeholder] = _posts(fake, channel)
    async with bot_on(fake, tmp_path / "data", watch) as bot:
        pressed = await bot.press(ana, placeholder, "cancel")
        await pressed.wait_acknowledged()
        answer = await bot.delivered(said)

    assert answer.job.outcome in ("cancelled", "image")  # the drawing went on at once and may have won
    assert _posts(fake, channel) == [placeholder]
    watch.assert_clean()


async def _placed(bot: Bot, said: Message) -> bool:
    post = await bot.session.app.chats.post(job_of(said))
    return post is not None and post.state == "placed"


async def test_a_gateway_that_breaks_off_is_resumed_and_nothing_is_lost_or_doubled(
    fake: FakeDiscord, watch: Watch, people: tuple[Channel, User, User], tmp_path: Path
) -> None:
    channel, ana, _ = people
    async with bot_on(fake, tmp_path / "data", watch) as bot:
        for connection in list(fake.gateway.connections):
            connection.cut()
        said = await channel.say(ana, f"{fake.bot.mention} {PROMPT}")
        answer = await bot.delivered(said, within=60)
        await bot.silent(answer.there.channel, 0.5)

    assert answer.job.outcome == "image"
    assert _posts(fake, channel) == [answer.there]
    watch.assert_clean()
