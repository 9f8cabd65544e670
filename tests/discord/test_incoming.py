"""Messages of people become requests in the right conversation, once, in order; the rest is left alone."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bots.chat.preferences import change_preferences
from bots.discord.where import where
from bots.session import Session
from storage.chats import RoomRecord
from storage.errors import DatabaseUnavailable
from tests.discord.listening import Listener, job_id, key, listening
from tests.discord.places import Place, answer
from tests.fakes.discord import Channel, FakeDiscord
from tests.storage.samples import WHEN, generation


@pytest.fixture
async def fake() -> AsyncIterator[FakeDiscord]:
    async with FakeDiscord() as running:
        yield running


@pytest.fixture
def place(fake: FakeDiscord) -> Place:
    return Place(fake)


@pytest.fixture
async def bot(fake: FakeDiscord, place: Place, tmp_path: Path) -> AsyncIterator[Listener]:
    assert place.guild.has_bot
    async with listening(fake, tmp_path / "data") as listener:
        yield listener


async def own_room(bot: Listener, thread: Channel, conversation: str) -> None:
    """The thread belongs to the bot."""
    assert thread.guild is not None
    room = RoomRecord(
        place=key(thread), conversation=conversation, tenant=key(thread.guild), owned=True, opened_at=WHEN
    )
    await bot.app.chats.open_room(room)


async def test_d12_a_mention_anywhere_in_a_message_is_a_request_that_opens_a_thread(
    bot: Listener, place: Place
) -> None:
    said = await place.channel.say(place.ana, f"a red apple {bot.fake.bot.mention} please")
    order = await bot.order(said)
    spot = where(order)

    assert order.conversation.newest.text == "a red apple please"
    assert order.conversation.newest.addressed
    assert order.conversation.id == key(said)
    assert order.conversation.tenant == key(place.guild)
    assert order.requester == key(place.ana)
    assert (spot.manner, spot.channel, spot.message, spot.guild, spot.opens_thread) == (
        "reply", place.channel.id, said.id, place.guild.id, True,
    )  # fmt: skip
    turn = await bot.app.chats.turn(key(said))
    assert turn is not None
    assert turn.job == order.job


async def test_d12_bots_webhooks_and_what_people_say_to_each_other_is_left_alone(bot: Listener, place: Place) -> None:
    other = bot.fake.world.add_user("other", bot=True)
    place.guild.add_member(other)
    theirs = await place.channel.say(other, f"{bot.fake.bot.mention} a red apple")
    talk = await place.channel.say(place.ana, "a red apple would be nice")
    await bot.passed(place.channel, talk)

    assert await bot.app.records.job(job_id(theirs)) is None
    assert await bot.app.records.job(job_id(talk)) is None
    assert await bot.app.chats.turn(key(talk)) is None


async def test_d12_a_reply_to_an_answer_goes_on_with_its_conversation_and_its_image(
    bot: Listener, place: Place
) -> None:
    first = await place.channel.say(place.ana, f"{bot.fake.bot.mention} a red apple")
    posted = await answer(bot, first)
    order = await bot.order(await place.channel.say(place.ben, "make it blue", reply_to=posted, ping=False))

    assert order.conversation.id == key(first)
    assert order.source == generation(job_id(first), 0).id
    assert order.conversation.newest.addressed
    assert not where(order).opens_thread


async def test_d30_a_reply_to_an_answer_whose_image_was_removed_points_at_no_other_image(
    bot: Listener, place: Place
) -> None:
    first = await place.channel.say(place.ana, f"{bot.fake.bot.mention} a red apple")
    posted = await answer(bot, first)
    await bot.app.records.remove(generation(job_id(first), 0).id, "test", bot.app.blobs)
    order = await bot.order(await place.channel.say(place.ana, "make it blue", reply_to=posted))

    assert order.source is not None
    assert await bot.app.records.generation(order.source) is None


async def test_d12_every_message_in_a_thread_of_the_bot_is_for_it_without_being_addressed(
    bot: Listener, place: Place
) -> None:
    first = await place.channel.say(place.ana, f"{bot.fake.bot.mention} a red apple")
    await bot.job(first)
    thread = await place.channel.start_thread(bot.fake.bot, "apple", first)
    await own_room(bot, thread, key(first))
    order = await bot.order(await thread.say(place.ben, "make it blue"))

    assert order.conversation.id == key(first)
    assert not order.conversation.newest.addressed


async def test_d12_a_thread_that_the_bot_opened_is_its_own_even_before_that_is_recorded(
    bot: Listener, place: Place
) -> None:
    first = await place.channel.say(place.ana, f"{bot.fake.bot.mention} a red apple")
    placeholder = await answer(bot, first)
    thread = await place.channel.start_thread(bot.fake.bot, "apple", placeholder)
    order = await bot.order(await thread.say(place.ben, "make it blue"))

    assert order.conversation.id == key(first)


async def test_d12_a_mention_in_a_thread_of_people_goes_on_with_that_thread(bot: Listener, place: Place) -> None:
    thread = await place.channel.start_thread(place.ana, "ideas")
    await thread.say(place.ben, "I want an apple")
    order = await bot.order(await thread.say(place.ana, f"{bot.fake.bot.mention} draw that"))

    assert order.conversation.id == key(thread)
    assert not where(order).opens_thread


async def test_d12_direct_messages_need_no_mention_and_belong_to_the_person(bot: Listener, place: Place) -> None:
    direct = bot.fake.open_dm(place.ana)
    order = await bot.order(await direct.say(place.ana, "a red apple"))

    assert order.conversation.id == key(direct)
    assert order.conversation.tenant == f"discord:user:{place.ana.id}"
    assert order.conversation.newest.addressed


async def test_d12_the_words_are_korean_when_the_request_is_or_the_server_is(bot: Listener, fake: FakeDiscord) -> None:
    english, korean = Place(fake), Place(fake, locale="ko")
    orders = [
        await bot.order(await english.channel.say(english.ana, f"{fake.bot.mention} a red apple")),
        await bot.order(await english.channel.say(english.ana, f"{fake.bot.mention} 빨간 사과")),
        await bot.order(await korean.channel.say(korean.ana, f"{fake.bot.mention} a red apple")),
    ]

    assert [order.conversation.locale for order in orders] == ["en", "ko", "ko"]


async def test_d21_files_are_remembered_with_the_request_and_not_looked_at_before_it_is_queued(
    bot: Listener, place: Place
) -> None:
    files = [("photo.png", b"no image at all"), ("notes.txt", b"words"), ("blob", b"?")]
    said = await place.channel.say(place.ana, f"{bot.fake.bot.mention} use this", attachments=files)
    await bot.job(said)
    turn = await bot.app.chats.turn(key(said))

    assert turn is not None
    assert [file.name for file in turn.attachments] == ["photo.png", "blob"]
    assert bot.fake.cdn.fetched == []


async def test_requests_of_a_channel_queue_in_the_order_in_which_they_were_sent(bot: Listener, place: Place) -> None:
    direct = bot.fake.open_dm(place.ana)
    said = [await direct.say(place.ana, f"apple number {number}") for number in range(12)]
    jobs = [await bot.job(message) for message in said]

    assert [job.position for job in jobs] == sorted(job.position for job in jobs)
    assert len({job.position for job in jobs}) == len(jobs)


async def test_a_person_whom_the_server_does_not_let_ask_is_told_once_and_nothing_is_queued(
    bot: Listener, place: Place
) -> None:
    await change_preferences(bot.app.chats, key(place.guild), roles=("4711",))
    said = await place.channel.say(place.ana, f"{bot.fake.bot.mention} a red apple")
    told = await place.channel.wait_for(lambda message: message.author is bot.fake.bot)

    assert "roles" in told.text
    assert told.reference is said
    assert place.ana.id not in told.pinged
    assert await bot.app.records.job(job_id(said)) is None


async def test_what_is_merely_said_where_the_bot_may_not_draw_is_passed_over_in_silence(
    bot: Listener, place: Place
) -> None:
    elsewhere = place.guild.add_text_channel("chat")
    thread = await elsewhere.start_thread(bot.fake.bot, "apple")
    await own_room(bot, thread, key(thread))
    await change_preferences(bot.app.chats, key(place.guild), channels=(str(place.channel.id),))
    said = await thread.say(place.ana, "make it blue")
    await bot.job(await place.channel.say(place.ana, f"{bot.fake.bot.mention} a red apple"))
    await bot.until(lambda: not len(bot.client.incoming._locks))

    assert await bot.app.records.job(job_id(said)) is None
    assert [message.author for message in thread.messages if message.author is bot.fake.bot and message.type == 0] == []


async def test_d12_without_the_intent_a_thread_s_unreadable_message_is_answered_with_a_hint_once(
    tmp_path: Path,
) -> None:
    async with FakeDiscord(message_content=False) as fake:
        place = Place(fake)
        async with listening(fake, tmp_path / "data", reads_content=False) as bot:
            first = await place.channel.say(place.ana, f"{fake.bot.mention} a red apple")
            await bot.job(first)
            thread = await place.channel.start_thread(fake.bot, "apple", first)
            await own_room(bot, thread, key(first))
            unread = [await thread.say(place.ben, words) for words in ("make it blue", "please", "hello?")]
            await thread.wait_for(lambda message: "Mention me" in message.text)
            await bot.job(await thread.say(place.ben, f"{fake.bot.mention} make it blue"))
            hints = [message for message in thread.messages if "Mention me" in message.text]

            assert len(hints) == 1
            assert [await bot.app.records.job(job_id(message)) for message in unread] == [None, None, None]


async def test_a_busy_database_delays_a_message_and_does_not_lose_it(
    bot: Listener, place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, failures = Session.submit, [DatabaseUnavailable("busy"), DatabaseUnavailable("still busy")]

    async def unwilling(*arguments):
        if failures:
            raise failures.pop()
        return await real(*arguments)

    monkeypatch.setattr(Session, "submit", unwilling)
    said = await place.channel.say(place.ana, f"{bot.fake.bot.mention} a red apple")
    next_one = await place.channel.say(place.ana, f"{bot.fake.bot.mention} make it blue")

    assert (await bot.job(said)).position < (await bot.job(next_one)).position
    assert failures == []
