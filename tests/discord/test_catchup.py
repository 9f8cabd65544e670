"""What was said while the bot was away is read from the channels' histories, and nothing is asked twice."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bots.chat.preferences import change_preferences
from bots.config import Settings
from bots.discord.catchup import MOST_MESSAGES, WINDOW_SECONDS
from bots.discord.watermarks import MARGIN_MILLISECONDS, TIME_SHIFT, Watermarks, snowflake_at
from bots.session import open_session
from storage.chats import RoomRecord
from tests.discord.listening import Listener, job_id, key, listening
from tests.discord.places import Place
from tests.fakes.discord import FakeDiscord, Message, Recorded
from tests.storage.samples import WHEN

MARGIN = MARGIN_MILLISECONDS << TIME_SHIFT


@pytest.fixture
async def fake() -> AsyncIterator[FakeDiscord]:
    async with FakeDiscord() as running:
        yield running


@pytest.fixture
def place(fake: FakeDiscord) -> Place:
    return Place(fake)


async def been_there(fake: FakeDiscord, folder: Path, place: Place) -> None:
    """The bot was there, heard something, and went."""
    async with listening(fake, folder) as bot:
        await bot.job(await place.channel.say(place.ana, f"{fake.bot.mention} the first apple"))


async def has_job(bot: Listener, message: Message) -> bool:
    return await bot.app.records.job(job_id(message)) is not None


async def test_d28_what_was_asked_while_the_bot_was_away_is_answered_in_order(
    fake: FakeDiscord, place: Place, tmp_path: Path
) -> None:
    await been_there(fake, tmp_path, place)
    fake.gateway.forget_sessions()
    asked = [await place.channel.say(place.ana, f"{fake.bot.mention} apple {number}") for number in range(5)]
    talk = await place.channel.say(place.ben, "what are you doing?")
    async with listening(fake, tmp_path) as bot:
        jobs = [await bot.job(message) for message in asked]

        assert [job.position for job in jobs] == sorted(job.position for job in jobs)
        assert not await has_job(bot, talk)


async def test_d28_what_was_taken_before_is_the_same_job_when_it_is_read_again(
    fake: FakeDiscord, place: Place, tmp_path: Path
) -> None:
    async with listening(fake, tmp_path) as bot:
        asked = await place.channel.say(place.ana, f"{fake.bot.mention} an apple")
        before = await bot.job(asked)
    async with listening(fake, tmp_path) as bot:
        assert fake.sent("GET", "/channels/{channel}/messages"), "the margin makes it read the message again"
        assert await bot.app.records.job(job_id(asked)) == before
        assert len(await bot.app.records.unfinished_jobs()) == 1


@pytest.mark.slow
async def test_d28_a_session_that_cannot_be_resumed_is_caught_up_with(
    fake: FakeDiscord, place: Place, tmp_path: Path
) -> None:
    async with listening(fake, tmp_path) as bot:
        await bot.job(await place.channel.say(place.ana, f"{fake.bot.mention} an apple"))
        session = bot.client.session_of(place.guild.id)
        fake.gateway.cut()
        fake.gateway.forget_sessions()
        missed = await place.channel.say(place.ana, f"{fake.bot.mention} a pear")
        await bot.until(lambda: bot.client.session_of(place.guild.id) > session)

        assert (await bot.job(missed)).conversation == key(missed)
        assert fake.gateway.counts["resumed"] == 0


async def test_d28_a_resumed_session_needs_no_reading(fake: FakeDiscord, place: Place, tmp_path: Path) -> None:
    async with listening(fake, tmp_path) as bot:
        await bot.job(await place.channel.say(place.ana, f"{fake.bot.mention} an apple"))
        before = len(fake.sent("GET", "/channels/{channel}/messages"))
        fake.gateway.cut()
        missed = await place.channel.say(place.ana, f"{fake.bot.mention} a pear")
        await bot.job(missed)

        assert fake.gateway.counts["resumed"] == 1
        assert len(fake.sent("GET", "/channels/{channel}/messages")) == before


async def test_d12_threads_of_the_bot_and_direct_messages_are_caught_up_with_too(
    fake: FakeDiscord, place: Place, tmp_path: Path
) -> None:
    direct = fake.open_dm(place.ana)
    async with listening(fake, tmp_path) as bot:
        await bot.gathered(await direct.say(place.ana, "an apple"))
        first = await place.channel.say(place.ana, f"{fake.bot.mention} an apple")
        await bot.job(first)
        thread = await place.channel.start_thread(fake.bot, "apple", first)
        room = RoomRecord(
            place=key(thread), conversation=key(first), tenant=key(place.guild), owned=True, opened_at=WHEN
        )
        await bot.app.chats.open_room(room)
    fake.gateway.forget_sessions()
    missed = [await thread.say(place.ben, "make it blue"), await direct.say(place.ana, "make it red")]
    async with listening(fake, tmp_path) as bot:
        jobs = [await bot.job(message) for message in missed]

        assert [job.conversation for job in jobs] == [key(first), key(direct)]


async def test_d28_in_a_new_server_nothing_from_before_the_invitation_is_answered(
    fake: FakeDiscord, place: Place, tmp_path: Path
) -> None:
    async with listening(fake, tmp_path) as bot:
        guild = fake.add_guild("other", bot=False)
        channel = guild.add_text_channel("art")
        guild.add_member(place.ana)
        early = await channel.say(place.ana, f"{fake.bot.mention} an apple")
        guild.add_bot()
        await bot.until(lambda: bot.app.chats.seen(f"discord:seen:{guild.id}"))
        late = await channel.say(place.ana, f"{fake.bot.mention} a pear")
        await bot.job(late)

        assert not await has_job(bot, early)


async def test_d30_in_a_server_that_invites_the_bot_again_the_time_between_is_not_read(
    fake: FakeDiscord, place: Place, tmp_path: Path
) -> None:
    async with listening(fake, tmp_path) as bot:
        await bot.job(await place.channel.say(place.ana, f"{fake.bot.mention} an apple"))
        await bot.client.catch_up.write()
        await place.guild.kick_bot()
        kept = f"discord:seen:{place.guild.id}"
        await bot.until(lambda: _is_left(bot, kept))
        between = await place.channel.say(place.ana, f"{fake.bot.mention} a pear")
        place.guild.add_bot()
        await bot.until(lambda: _is_number(bot, kept))
        await bot.job(await place.channel.say(place.ana, f"{fake.bot.mention} a plum"))

        assert not await has_job(bot, between)


async def _is_left(bot: Listener, kept: str) -> bool:
    return await bot.app.chats.seen(kept) == "left"


async def _is_number(bot: Listener, kept: str) -> bool:
    return (await bot.app.chats.seen(kept) or "").isdecimal()


async def test_d28_what_was_said_too_long_ago_is_not_answered_any_more(
    fake: FakeDiscord, place: Place, tmp_path: Path
) -> None:
    await been_there(fake, tmp_path, place)
    fake.gateway.forget_sessions()
    old = await place.channel.say(place.ana, f"{fake.bot.mention} an old apple")
    fake.clock.advance(WINDOW_SECONDS + 60)
    new = await place.channel.say(place.ana, f"{fake.bot.mention} a new apple")
    async with listening(fake, tmp_path) as bot:
        await bot.job(new)

        assert not await has_job(bot, old)


async def test_d28_of_a_busy_channel_the_newest_messages_are_read(
    fake: FakeDiscord, place: Place, tmp_path: Path
) -> None:
    await been_there(fake, tmp_path, place)
    fake.gateway.forget_sessions()
    first = await place.channel.say(place.ana, f"{fake.bot.mention} an apple")
    for _ in range(MOST_MESSAGES - 1):
        await place.channel.say(place.ben, "chatter")
    last = await place.channel.say(place.ana, f"{fake.bot.mention} a pear")
    async with listening(fake, tmp_path) as bot:
        await bot.job(last)

        assert not await has_job(bot, first)


async def test_d25_channels_that_may_not_be_read_are_passed_over(
    fake: FakeDiscord, place: Place, tmp_path: Path
) -> None:
    await been_there(fake, tmp_path, place)
    fake.gateway.forget_sessions()
    closed = place.guild.add_text_channel("closed")
    await closed.say(place.ana, f"{fake.bot.mention} an apple")
    closed.deny_bot("read_message_history")
    asked = await place.channel.say(place.ana, f"{fake.bot.mention} a pear")
    async with listening(fake, tmp_path) as bot:
        await bot.job(asked)

        assert not any(str(closed.id) in one.path for one in fake.sent("GET"))


async def test_d28_the_rules_of_a_server_hold_for_what_is_read_later(
    fake: FakeDiscord, place: Place, tmp_path: Path
) -> None:
    await been_there(fake, tmp_path, place)
    fake.gateway.forget_sessions()
    role = place.guild.add_role("painter")
    place.guild.members[place.ana.id].extra_roles.append(role)
    async with open_session(Settings(data_dir=tmp_path), serve=False) as session:
        await change_preferences(session.app.chats, key(place.guild), roles=(str(role.id),))
    asked = [await place.channel.say(user, f"{fake.bot.mention} an apple") for user in (place.ana, place.ben)]
    async with listening(fake, tmp_path) as bot:
        await place.channel.wait_for(lambda message: message.author is fake.bot and message.reference is asked[1])

        assert [await has_job(bot, message) for message in asked] == [True, False]


@pytest.mark.slow
async def test_d28_trouble_while_catching_up_loses_nothing(fake: FakeDiscord, place: Place, tmp_path: Path) -> None:
    await been_there(fake, tmp_path, place)
    fake.gateway.forget_sessions()
    asked = await place.channel.say(place.ana, f"{fake.bot.mention} an apple")
    fake.faults.error(1, status=503, method="GET", path="/channels/*/messages")
    async with listening(fake, tmp_path) as bot:
        await bot.job(asked)

        assert fake.faults.counts["error"] == 1


async def test_d28_what_is_said_during_catching_up_is_handled_after_what_was_missed(
    fake: FakeDiscord, place: Place, tmp_path: Path
) -> None:
    await been_there(fake, tmp_path, place)
    fake.gateway.forget_sessions()
    missed = await place.channel.say(place.ana, f"{fake.bot.mention} an apple")
    said: list[Message] = []

    def say_more(request: Recorded) -> None:
        if request.template == "/channels/{channel}/messages" and not said:
            said.append(fake.world.people.say(place.channel, place.ana, f"{fake.bot.mention} a pear"))

    fake.faults.slow(1, seconds=0.3, method="GET", path="/channels/*/messages")
    fake.on_request = say_more
    async with listening(fake, tmp_path) as bot:
        await bot.until(lambda: said)

        assert (await bot.job(missed)).position < (await bot.job(said[0])).position


async def test_d28_while_a_message_is_not_handled_the_watermark_stays_before_it() -> None:
    marks = Watermarks()
    marks.begin("1", 5 * MARGIN)
    marks.end("1", 5 * MARGIN)
    marks.begin("1", 7 * MARGIN)
    marks.begin("1", 9 * MARGIN)
    marks.end("1", 9 * MARGIN)

    assert marks.reached("1") == 7 * MARGIN - 1 - MARGIN
    marks.end("1", 7 * MARGIN)
    assert marks.reached("1") == 8 * MARGIN


async def test_d28_what_comes_during_catching_up_does_not_carry_the_watermark_over_what_was_missed() -> None:
    marks = Watermarks()
    ticket = marks.hold("1", 3 * MARGIN)
    marks.begin("1", 9 * MARGIN)
    marks.end("1", 9 * MARGIN)

    assert marks.reached("1") == 3 * MARGIN
    marks.release("1", ticket, 10 * MARGIN)
    assert marks.reached("1") == 9 * MARGIN


@given(st.lists(st.tuples(st.integers(1, 60), st.booleans()), max_size=60))
def test_d28_the_watermark_never_passes_a_message_that_is_not_handled(events: list[tuple[int, bool]]) -> None:
    marks, open_messages = Watermarks(), []
    for number, begins in events:
        message = number * MARGIN
        if begins:
            marks.begin("1", message)
            open_messages.append(message)
        elif open_messages:
            marks.end("1", open_messages.pop(0))
        reached = marks.reached("1")
        if reached is not None and open_messages:
            assert reached < min(open_messages)


@pytest.mark.parametrize("seconds", [0.0, -5.0, 1_420_070_400.0])
def test_moments_before_discord_have_the_lowest_id(seconds: float) -> None:
    assert snowflake_at(seconds) == 0
