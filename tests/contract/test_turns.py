import asyncio
import unicodedata
from dataclasses import replace
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from storage.folding import fold, storable
from storage.posts import open_post
from storage.rooms import RoomRecord
from storage.turns import MAX_ATTACHMENTS, MAX_TEXT, AttachmentRef, note_turn
from tests.storage.samples import WHEN, generation, open_job, turn

LATER = WHEN + timedelta(minutes=5)
HAT = AttachmentRef(id="1", name="hat.png", url="https://cdn.example/hat?ex=1", media_type="image/png", size_bytes=7)


async def test_a_turn_comes_back_as_it_was_noted(chats):
    said = turn("chat:1", to_bot=False, reply_to="chat:0", attachments=(HAT,), edited_at=LATER, tenant="guild")

    assert await chats.note_turn(said) == said
    assert await chats.turn("chat:1") == said
    assert await chats.turns_of("thread") == (said,)
    assert await chats.turn("chat:2") is None


async def test_twenty_parallel_notes_of_one_message_are_one_turn(chats):
    await asyncio.gather(*[chats.note_turn(turn("chat:1", job="job" if i == 7 else None)) for i in range(20)])

    assert [(kept.message, kept.job) for kept in await chats.turns_of("thread")] == [("chat:1", "job")]


async def test_a_job_once_set_stays_and_makes_its_turn_one_for_the_bot(chats):
    await chats.note_turn(turn("chat:1", to_bot=False, job="first"))
    kept = await chats.note_turn(turn("chat:1", to_bot=False, job="second"))

    assert (kept.job, kept.to_bot) == ("first", True)
    assert await chats.note_turn(turn("chat:1")) == kept


async def test_an_older_version_changes_nothing_but_the_job(chats):
    await chats.note_turn(turn("chat:1", "new words", edited_at=LATER))
    kept = await chats.note_turn(turn("chat:1", "old words", job="job"))

    assert (kept.text, kept.edited_at, kept.job) == ("new words", LATER, "job")
    assert not await chats.edit_turn("chat:1", "older words", (), LATER - timedelta(seconds=1))
    assert await chats.edit_turn("chat:1", "newest words", (HAT,), LATER + timedelta(seconds=1))

    kept = await chats.turn("chat:1")

    assert (kept.text, kept.attachments, kept.job) == ("newest words", (HAT,), "job")


async def test_d20_a_fresh_link_replaces_an_expired_one(chats):
    await chats.note_turn(turn("chat:1", attachments=(HAT,)))
    fresh = replace(HAT, url="https://cdn.example/hat?ex=2")

    assert (await chats.note_turn(turn("chat:1", attachments=(fresh,)))).attachments == (fresh,)


async def test_d30_a_deleted_turn_is_empty_and_does_not_come_back(chats):
    said = await chats.note_turn(turn("chat:1", "secret", attachments=(HAT,), job="job"))
    await chats.note_turn(turn("chat:2"))

    assert await chats.delete_turns(["chat:1", "chat:unknown", "chat:1"]) == (said,)
    assert await chats.delete_turns(["chat:1"]) == ()
    assert not await chats.edit_turn("chat:1", "again", (), LATER)

    kept = await chats.note_turn(turn("chat:1", "again", edited_at=LATER))

    assert (kept.text, kept.attachments, kept.job) == ("", (), "job")
    assert kept.deleted_at is not None
    assert kept == await chats.turn("chat:1")
    assert [other.message for other in await chats.turns_of("thread")] == ["chat:2"]


async def test_a_deleted_turn_whose_image_stands_is_still_one_of_the_conversation_without_its_words(
    records, chats, blobs
):
    for number in (1, 2):
        await chats.note_turn(turn(f"chat:{number}", "secret", seconds=number, job=f"job{number}"))
        await open_job(records, f"job{number}")
    await records.add_generations("job1", [image := generation("job1")])
    await chats.delete_turns(["chat:1", "chat:2"])

    assert [(kept.job, kept.text) for kept in await chats.turns_of("thread")] == [("job1", "")]

    await records.remove(image.id, "deleted", blobs)

    assert await chats.turns_of("thread") == ()


async def test_a_message_that_is_known_to_be_deleted_when_it_is_noted_has_no_words(chats):
    kept = await chats.note_turn(turn("chat:1", "secret", deleted_at=LATER))

    assert (kept.text, kept.deleted_at) == ("", LATER)
    assert await chats.turns_of("thread") == ()


async def test_an_edit_of_an_unknown_message_is_told_as_such(chats):
    assert not await chats.edit_turn("chat:1", "words", (), LATER)
    assert await chats.turn("chat:1") is None


async def test_the_newest_turns_come_in_the_order_of_sending(chats):
    for number, seconds in ((1, 30), (2, 10), (3, 20), (4, 40)):
        await chats.note_turn(turn(f"chat:{number}", seconds=seconds))
    await chats.note_turn(turn("chat:5", seconds=50, conversation="elsewhere"))

    assert [kept.message for kept in await chats.turns_of("thread", limit=3)] == ["chat:3", "chat:1", "chat:4"]
    assert await chats.turns_of("thread", limit=0) == ()


async def test_messages_of_one_instant_come_by_their_numbers(chats):
    for number in (10, 9, 100):
        await chats.note_turn(turn(f"chat:{number}"))

    assert [kept.message for kept in await chats.turns_of("thread")] == ["chat:9", "chat:10", "chat:100"]


async def test_what_no_database_stores_is_replaced_and_the_rest_is_bounded(chats):
    files = tuple(replace(HAT, id=str(i), name="n" * 1000, url="u\0" * 5000) for i in range(MAX_ATTACHMENTS + 5))
    kept = await chats.note_turn(turn("chat:1", "a\0b\ud83d" + "x" * MAX_TEXT, attachments=files))

    assert kept.text.startswith("a\ufffdb\ufffd")
    assert len(kept.text) == MAX_TEXT
    assert len(kept.attachments) == MAX_ATTACHMENTS
    assert max(len(item.url) for item in kept.attachments) == 4000
    assert await chats.turn("chat:1") == kept


async def test_a_turn_finds_its_tenant_through_its_job_its_conversation_or_its_room(records, chats):
    await open_job(records, "job")
    await chats.open_room(RoomRecord(place="chat:9", conversation="room", tenant="other", owned=True, opened_at=WHEN))

    assert (await chats.note_turn(turn("chat:1", job="job", conversation="new"))).tenant == "guild"
    assert (await chats.note_turn(turn("chat:2"))).tenant == "guild"
    assert (await chats.note_turn(turn("chat:3", conversation="room"))).tenant == "other"
    assert (await chats.note_turn(turn("chat:4", conversation="nowhere"))).tenant is None
    assert (await chats.note_turn(turn("chat:4", conversation="nowhere", tenant="told"))).tenant == "told"


async def test_job_post_and_turn_are_written_in_one_transaction_or_not_at_all(records, chats):
    await open_job(records, "job")

    async def fail() -> None:
        async with records.database.write() as connection:
            await note_turn(connection, turn("chat:1", job="job"))
            await open_post(connection, "job", "chat:room")
            raise RuntimeError("on purpose")

    for _ in range(2):
        await asyncio.gather(fail(), return_exceptions=True)
    assert (await chats.turn("chat:1"), await chats.post("job")) == (None, None)


def test_korean_typed_decomposed_is_the_same_korean():
    assert fold(unicodedata.normalize("NFD", "빨간  모자\n")) == fold("빨간 모자") == "빨간 모자"
    assert fold("STRASSE") == fold("Straße")
    assert fold("ＲＥＤ") == "red"


@given(st.text())
def test_folding_is_final_and_can_be_stored(text):
    folded = fold(text)

    assert fold(folded) == folded == storable(folded)
