"""What is edited, deleted or left in the chat is edited, emptied or purged in the records, and what runs for it stops."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.discord.listening import Listener, job_id, key, listening
from tests.discord.places import Place, answer
from tests.fakes.discord import FakeDiscord, Message
from tests.storage.samples import generation


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


async def ended(bot: Listener, message: Message) -> str | None:
    """How the message's job ended, once it did."""

    async def look() -> bool:
        job = await bot.app.records.job(job_id(message))
        return job is not None and job.status == "done"

    await bot.until(look)
    job = await bot.app.records.job(job_id(message))
    assert job is not None
    return job.outcome


async def text_of(bot: Listener, message: Message) -> str | None:
    turn = await bot.app.chats.turn(key(message))
    return None if turn is None else turn.text


async def ask(bot: Listener, place: Place, text: str = "an apple") -> Message:
    said = await place.channel.say(place.ana, f"{bot.fake.bot.mention} {text}")
    await bot.job(said)
    return said


async def test_d30_an_edited_message_changes_the_record_and_not_the_request(bot: Listener, place: Place) -> None:
    said = await ask(bot, place)
    await said.edit(f"{bot.fake.bot.mention} a pear")

    async def changed() -> bool:
        return await text_of(bot, said) == "a pear"

    await bot.until(changed)
    assert (await bot.gathered(said)).conversation.newest.text == "an apple"
    assert (await bot.job(said)).status == "waiting"


async def test_d30_what_was_never_kept_is_not_kept_for_being_edited(bot: Listener, place: Place) -> None:
    talk = await place.channel.say(place.ben, "hello")
    await talk.edit("hello there")
    await bot.passed(place.channel, talk)

    assert await bot.app.chats.turn(key(talk)) is None


async def test_d30_a_deleted_request_is_stopped_and_its_words_are_gone(bot: Listener, place: Place) -> None:
    said = await ask(bot, place)
    await said.delete()

    assert await ended(bot, said) == "cancelled"
    assert await text_of(bot, said) == ""


async def test_d30_messages_that_are_deleted_at_once_are_all_forgotten(bot: Listener, place: Place) -> None:
    said = [await ask(bot, place, f"apple {number}") for number in range(3)]
    bot.fake.world.posting.delete_many(place.channel, said)

    assert [await ended(bot, message) for message in said] == ["cancelled"] * 3
    assert [await text_of(bot, message) for message in said] == [""] * 3


async def test_d30_a_placeholder_that_somebody_removes_stops_its_job(bot: Listener, place: Place) -> None:
    said = await ask(bot, place)
    placeholder = bot.fake.world.posting.add(place.channel, bot.fake.bot, content="…")
    await bot.app.chats.place_post(job_id(said), key(place.channel), key(placeholder))
    await placeholder.delete()

    assert await ended(bot, said) == "cancelled"
    post = await bot.app.chats.post(job_id(said))
    assert post is not None
    assert post.state == "dropped"


async def test_d30_a_deleted_answer_leaves_its_finished_job_as_it_is(bot: Listener, place: Place) -> None:
    said = await ask(bot, place)
    posted = await answer(bot, said)
    await posted.delete()

    async def dropped() -> bool:
        post = await bot.app.chats.post(job_id(said))
        return post is not None and post.state == "dropped"

    await bot.until(dropped)
    assert await ended(bot, said) == "image"


async def test_d30_a_deleted_thread_takes_its_images_and_words_along(bot: Listener, place: Place) -> None:
    thread = await place.channel.start_thread(place.ana, "ideas")
    said = await thread.say(place.ana, f"{bot.fake.bot.mention} an apple")
    await answer(bot, said)
    waiting = await thread.say(place.ana, f"{bot.fake.bot.mention} a pear")
    await bot.job(waiting)
    kept = await ask(bot, place)
    await thread.delete()

    assert await ended(bot, waiting) == "cancelled"

    async def purged() -> bool:
        return await bot.app.records.generation(generation(job_id(said), 0).id) is None

    await bot.until(purged)
    await bot.until(lambda: _is_empty(bot, said))
    assert await text_of(bot, kept) == "an apple"


async def _is_empty(bot: Listener, message: Message) -> bool:
    return await text_of(bot, message) == ""


async def test_d30_a_deleted_channel_takes_along_what_was_answered_in_it_and_in_its_threads(
    bot: Listener, place: Place
) -> None:
    said = await ask(bot, place)
    await answer(bot, said)
    thread = await place.channel.start_thread(place.ana, "ideas")
    inside = await thread.say(place.ana, f"{bot.fake.bot.mention} a pear")
    await bot.job(inside)
    await place.channel.delete()

    await bot.until(lambda: _is_empty(bot, said))
    assert await ended(bot, inside) == "cancelled"
    await bot.until(lambda: _is_empty(bot, inside))


async def test_d30_a_server_that_removes_the_bot_leaves_nothing_behind(bot: Listener, place: Place) -> None:
    said = await ask(bot, place)
    await answer(bot, said)
    waiting = await ask(bot, place, "a pear")
    elsewhere = Place(bot.fake)
    kept = await ask(bot, elsewhere)
    await place.guild.kick_bot()

    assert await ended(bot, waiting) == "cancelled"
    await bot.until(lambda: _is_empty(bot, said))
    assert await bot.app.records.generation(generation(job_id(said), 0).id) is None
    assert await text_of(bot, kept) == "an apple"


async def test_d30_a_server_that_is_out_of_order_keeps_everything(bot: Listener, place: Place) -> None:
    said = await ask(bot, place)
    bot.fake.world.dispatch("GUILD_DELETE", {"id": str(place.guild.id), "unavailable": True}, guild=place.guild)
    elsewhere = Place(bot.fake)
    await ask(bot, elsewhere)

    assert await text_of(bot, said) == "an apple"
    assert (await bot.job(said)).status == "waiting"
