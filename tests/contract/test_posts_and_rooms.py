import asyncio
from dataclasses import replace

import pytest

from storage.errors import DatabaseConflict, UnknownJob
from storage.posts import open_post
from storage.rooms import RoomRecord
from tests.storage.samples import WHEN, open_job

ROOM = RoomRecord(place="chat:9", conversation="thread", tenant="guild", owned=False, opened_at=WHEN)


async def opened(records, job: str, place: str = "chat:room", requester: str = "ana") -> None:
    await open_job(records, job, requester=requester)
    async with records.database.write() as connection:
        await open_post(connection, job, place)


async def test_a_post_waits_is_placed_and_is_delivered(records, chats):
    await opened(records, "job")
    waiting = await chats.post("job")
    placed = await chats.place_post("job", "chat:9", "chat:77")
    delivered = await chats.close_post("job", "delivered")

    assert (waiting.state, waiting.place, waiting.message, waiting.placed_at) == ("waiting", "chat:room", None, None)
    assert (placed.state, placed.place, placed.message) == ("placed", "chat:9", "chat:77")
    assert delivered.state == "delivered"
    assert waiting.created_at <= placed.placed_at <= delivered.delivered_at
    assert await chats.post("job") == await chats.post_at("chat:77") == delivered
    assert (await chats.post("other"), await chats.post_at("chat:78")) == (None, None)


async def test_of_parallel_placeholders_the_first_wins_and_everybody_learns_which(records, chats):
    await opened(records, "job")
    placed = await asyncio.gather(*[chats.place_post("job", "chat:9", f"chat:{i}") for i in range(12)])

    assert len({post.message for post in placed}) == 1


async def test_a_private_answer_has_a_place_and_no_message(records, chats):
    await opened(records, "job")

    assert (await chats.place_post("job", "chat:9", None)).state == "placed"
    assert (await chats.place_post("job", "chat:9", "chat:1")).message is None


async def test_the_first_end_of_a_post_stays(records, chats):
    await opened(records, "job")

    assert (await chats.close_post("job", "dropped")).delivered_at is None
    assert (await chats.close_post("job", "delivered")).state == "dropped"
    assert (await chats.place_post("job", "chat:9", "chat:1")).state == "dropped"
    assert await chats.close_post("other", "delivered") is None


async def test_d30_a_post_whose_message_was_deleted_is_dropped_but_still_found(records, chats):
    await opened(records, "job")
    await chats.place_post("job", "chat:9", "chat:77")
    await chats.close_post("job", "delivered")
    forgotten = await chats.post_forgotten("chat:77")

    assert (forgotten.state, forgotten.message, forgotten.job) == ("dropped", "chat:77", "job")
    assert await chats.post_at("chat:77") == forgotten
    assert await chats.post_forgotten("chat:unknown") is None


async def test_undelivered_posts_come_oldest_first(records, chats):
    for job in ("a", "b", "c", "d"):
        await opened(records, job)
    await chats.place_post("b", "chat:9", "chat:1")
    await chats.close_post("c", "delivered")
    await chats.close_post("d", "dropped")

    assert [post.job for post in await chats.undelivered_posts()] == ["a", "b"]


async def test_a_second_opening_changes_nothing_and_a_post_needs_its_job(records, chats):
    await opened(records, "job")
    await opened(records, "job", place="elsewhere")

    assert (await chats.post("job")).place == "chat:room"
    with pytest.raises(UnknownJob):
        await chats.place_post("never", "chat:9", "chat:1")
    with pytest.raises(DatabaseConflict):
        async with records.database.write() as connection:
            await open_post(connection, "never", "chat:room")


async def test_the_posts_of_a_person_are_found_in_one_tenant_or_all(records, chats):
    await opened(records, "a")
    await opened(records, "b", requester="ben")

    assert [post.job for post in await chats.posts_of("ana")] == ["a"]
    assert [post.job for post in await chats.posts_of("ben", tenant="guild")] == ["b"]
    assert await chats.posts_of("ben", tenant="another guild") == ()


async def test_a_room_keeps_its_first_conversation_and_may_become_ours(chats):
    assert await chats.open_room(ROOM) == ROOM
    assert await chats.open_room(replace(ROOM, conversation="another")) == ROOM
    assert await chats.open_room(replace(ROOM, owned=True)) == replace(ROOM, owned=True)
    assert await chats.open_room(ROOM) == replace(ROOM, owned=True)
    assert await chats.room("chat:9") == replace(ROOM, owned=True)


async def test_rooms_of_a_tenant_are_closed_together(chats):
    for i in range(3):
        await chats.open_room(replace(ROOM, place=f"chat:{i}"))
    await chats.open_room(replace(ROOM, place="chat:x", tenant="another"))

    assert [room.place for room in await chats.rooms_of("guild")] == ["chat:0", "chat:1", "chat:2"]
    assert await chats.close_rooms(["chat:0", "chat:2", "chat:unknown"]) == 2
    assert [room.place for room in await chats.rooms_of("guild")] == ["chat:1"]
    assert await chats.room("chat:0") is None
    assert await chats.close_rooms([]) == 0


async def test_a_watermark_of_numbers_never_moves_back(chats):
    assert await chats.seen("chat:9") is None
    assert await chats.mark_seen("chat:9", "99") == "99"
    assert await chats.mark_seen("chat:9", "1310000000000000000") == "1310000000000000000"
    assert await chats.mark_seen("chat:9", "98") == "1310000000000000000"
    assert await chats.seen("chat:9") == "1310000000000000000"
    assert await chats.mark_seen("other", "cursor-b") == "cursor-b"
    assert await chats.mark_seen("other", "cursor-a") == "cursor-a"


async def test_parallel_watermarks_end_at_the_largest(chats):
    await asyncio.gather(*[chats.mark_seen("chat:9", str(i)) for i in (5, 30, 7, 29, 1, 12)])

    assert await chats.seen("chat:9") == "30"
