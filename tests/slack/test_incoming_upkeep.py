"""What is edited, deleted or left in Slack is edited, emptied or purged in the records, and what runs for it stops."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from storage.chats import RoomRecord
from tests.fakes.slack import Channel, Message
from tests.slack.listening import Listener, job_id, key, listening
from tests.storage.samples import WHEN


@pytest.fixture
async def bot(tmp_path: Path) -> AsyncIterator[Listener]:
    async with listening(tmp_path / "data") as listener:
        yield listener


async def ask(bot: Listener, text: str = "an apple", channel: Channel | None = None) -> Message:
    said = await (channel or bot.channel).say(bot.ana, f"{bot.team.mention} {text}")
    await bot.job(said)
    return said


async def outcome(bot: Listener, message: Message) -> str | None:
    """How the message's job ended; None if it runs."""
    await bot.heard()
    job = await bot.app.records.job(job_id(message))
    assert job is not None
    return job.outcome


async def text_of(bot: Listener, message: Message) -> str | None:
    await bot.heard()
    turn = await bot.turn(message)
    return None if turn is None else turn.text


async def test_s4_an_edited_message_changes_the_record_and_asks_for_nothing_new(bot: Listener) -> None:
    said = await ask(bot)
    await said.edit(f"{bot.team.mention} a pear &amp; a plum")

    assert await text_of(bot, said) == "a pear & a plum"
    assert (await bot.order(said)).conversation.newest.text == "an apple"
    assert await bot.jobs() == [job_id(said)]


async def test_s4_what_was_not_kept_is_not_kept_for_being_edited(bot: Listener) -> None:
    said = await bot.channel.say(bot.ana, "nothing for you")
    await said.edit("still nothing for you")

    assert await text_of(bot, said) is None


async def test_s4_a_preview_that_is_added_to_a_message_is_no_edit(bot: Listener) -> None:
    said = await ask(bot)
    event = {
        "type": "message",
        "subtype": "message_changed",
        "message": {"type": "message", "user": bot.ana.id, "text": "something else", "ts": said.ts},
        "channel": bot.channel.id,
        "ts": bot.fake.world.ts(),
        "channel_type": "channel",
    }
    bot.fake.world.people.event(bot.channel, event)

    assert await text_of(bot, said) == "an apple"


async def test_s4_a_deleted_request_is_emptied_and_stops(bot: Listener) -> None:
    said = await ask(bot)
    await said.delete()

    assert await outcome(bot, said) == "cancelled"
    turn = await bot.turn(said)
    assert turn is not None
    assert (turn.text, turn.deleted_at is not None) == ("", True)


async def test_s4_a_deleted_request_with_replies_becomes_a_tombstone_and_stops_too(bot: Listener) -> None:
    said = await ask(bot)
    tombstone = {
        "type": "message",
        "subtype": "tombstone",
        "user": "USLACKBOT",
        "text": "This message was deleted.",
        "hidden": True,
        "ts": said.ts,
        "thread_ts": said.ts,
    }
    event = {"type": "message", "subtype": "message_changed", "message": tombstone, "channel": bot.channel.id}
    bot.fake.world.people.event(bot.channel, {**event, "ts": bot.fake.world.ts(), "channel_type": "channel"})

    assert await outcome(bot, said) == "cancelled"
    assert await text_of(bot, said) == ""


async def test_s4_a_deleted_answer_is_forgotten(bot: Listener) -> None:
    said = await ask(bot)
    posted = await bot.answer(said)
    await posted.delete()
    await bot.heard()
    post = await bot.app.chats.post(job_id(said))

    assert post is not None
    assert post.state == "dropped"


async def test_s4_who_deletes_the_placeholder_stops_the_job(bot: Listener) -> None:
    said = await ask(bot)
    workspace = await bot.parts.workspaces.find(bot.team.id)
    posted = await workspace.client.chat_postMessage(channel=bot.channel.id, thread_ts=said.ts, text="…")
    stands = bot.channel.message(str(posted["ts"]))
    await bot.app.chats.place_post(job_id(said), key(said), key(stands))
    await stands.delete()

    assert await outcome(bot, said) == "cancelled"


async def test_s4_what_happens_to_other_messages_concerns_nobody(bot: Listener) -> None:
    said, other = await ask(bot), await bot.channel.say(bot.ben, "hello")
    await other.delete()

    assert await outcome(bot, said) is None
    assert await text_of(bot, said) == "an apple"


async def test_a_deleted_channel_takes_everything_with_it_and_leaves_the_others_alone(bot: Listener) -> None:
    elsewhere = bot.team.add_channel("elsewhere")
    drawn, running, left = await ask(bot), await ask(bot, "a pear"), await ask(bot, "a plum", elsewhere)
    await bot.answer(drawn)
    image = (await bot.app.records.generations_of_job(job_id(drawn)))[0]
    bot.fake.world.people.delete_channel(bot.channel)

    assert await outcome(bot, running) == "cancelled"
    assert await outcome(bot, left) is None
    assert await text_of(bot, drawn) == ""
    assert await text_of(bot, left) == "a plum"
    assert await bot.app.records.generation(image.id) is None
    assert await bot.app.records.tombstone(image.id) is not None


async def test_a_channel_that_removed_the_bot_keeps_its_images_but_its_threads_are_not_ours(bot: Listener) -> None:
    said, tenant = await ask(bot), f"slack:{bot.team.id}"
    await bot.answer(said)
    places = [key(said), f"slack:{bot.team.id}:C0ELSEWHERE:1.000001"]
    for place in places:
        room = RoomRecord(place=place, conversation=place, tenant=tenant, owned=True, opened_at=WHEN)
        await bot.app.chats.open_room(room)
    event = {"type": "channel_left", "channel": bot.channel.id, "actor_id": bot.ana.id}
    bot.fake.world.people.event(bot.channel, {**event, "event_ts": bot.fake.world.ts()})
    await bot.heard()

    assert [room.place for room in await bot.app.chats.rooms_of(tenant)] == places[1:]
    assert len(await bot.app.records.generations_of_job(job_id(said))) == 1
