import asyncio
import json
from dataclasses import replace
from datetime import timedelta

import pytest

from storage.errors import BlobMissing, GenerationRemoved, JobOver
from storage.posts import open_post
from storage.rooms import RoomRecord
from storage.turns import AttachmentRef
from tests.storage.samples import WHEN, digest_of, generation, keep, open_job, rendition, turn, upload

HAT = AttachmentRef(id="1", name="secret-name.png", url="https://cdn.example/secret-link")


async def live(records, chats, blobs, name, *, tenant="guild", conversation=None, requester="ana", days=0):
    """A finished request with everything that belongs to one; returns the image and the digests of its blobs."""
    conversation = conversation or f"thread of {name}"
    when = WHEN + timedelta(days=days)
    own = {"tenant": tenant, "conversation": conversation, "requester": requester, "created_at": when}
    drawn, small, photo = [await blobs.put(f"{what} {name}".encode(), "image/png") for what in ("drawn", "small", "up")]
    await records.open_job(name, tenant=tenant, conversation=conversation, requester=requester)
    async with records.database.write() as connection:
        await open_post(connection, name, f"place of {name}")
    await chats.note_turn(
        turn(f"chat:{name}", "secret words", conversation=conversation, author=requester, job=name, attachments=(HAT,),
             sent_at=when)
    )  # fmt: skip
    await records.add_upload(upload(name, photo, **own))
    image = await records.add_generation(replace(generation(name), digest=drawn, **own))
    await records.add_rendition(rendition(image, small))
    await chats.add_feedback(image.id, requester, 1)
    await chats.add_report(tenant=tenant, reporter=requester, reason="secret reason", generation=image.id)
    await records.debit(name, tenant, 1)
    await records.finish_job(name, outcome="image", reply="secret reply", request=image.request, unmet=("secret",))
    await chats.place_post(name, f"place of {name}", f"chat:answer to {name}")
    return image, {drawn, small, photo}


async def rows(records, table):
    """Every row of a table, as text."""
    async with records.database.read() as connection:
        return str((await connection.exec_driver_sql(f"SELECT * FROM {table}")).all())  # noqa: S608 - a test's names


TABLES = ("jobs", "requesters", "generations", "uploads", "turns", "posts", "feedback", "reports", "renditions")


async def test_a_person_gets_everything_that_is_kept_about_them_and_nothing_of_others(records, chats, blobs):
    image, digests = await live(records, chats, blobs, "mine")
    await live(records, chats, blobs, "elsewhere", tenant="another")
    await live(records, chats, blobs, "theirs", requester="ben")

    document = json.loads(json.dumps(await records.export_of("guild", "ana")))

    assert (document["schema"], document["requester"], document["tenant"]) == (1, "ana", "guild")
    assert [job["id"] for job in document["jobs"]] == ["mine"]
    assert document["jobs"][0]["reply"] == "secret reply"
    assert document["generations"][0]["request"]["prompt"] == image.request.prompt
    assert {document["generations"][0]["digest"], document["renditions"][0]["digest"],
            document["uploads"][0]["digest"]} == digests  # fmt: skip
    assert [(said["text"], said["attachments"][0]["name"]) for said in document["turns"]] == [
        ("secret words", "secret-name.png")
    ]
    assert document["feedback"] == [{**document["feedback"][0], "generation": image.id, "score": 1}]
    assert [report["reason"] for report in document["reports"]] == ["secret reason"]
    assert [(post["job"], post["message"]) for post in document["posts"]] == [("mine", "chat:answer to mine")]
    assert [entry["units"] for entry in document["quota"]] == [1]

    everywhere = await records.export_of(None, "ana")

    assert [job["id"] for job in everywhere["jobs"]] == ["mine", "elsewhere"]
    assert {name: len(value) for name, value in everywhere.items() if isinstance(value, list)} == dict.fromkeys(
        ("jobs", "generations", "renditions", "uploads", "turns", "posts", "feedback", "reports", "quota"), 2
    )


async def test_erasing_a_person_in_one_tenant_leaves_the_others(records, chats, blobs):
    gone, _ = await live(records, chats, blobs, "mine")
    _, left = await live(records, chats, blobs, "elsewhere", tenant="another")
    _, others = await live(records, chats, blobs, "theirs", requester="ben")
    await records.erase("guild", "ana", blobs)

    assert await blobs.list() == left | others
    assert await records.generation(gone.id) is None
    assert (await records.export_of("guild", "ana"))["turns"] == []
    assert len((await records.export_of("another", "ana"))["turns"]) == 1
    assert (await chats.turn("chat:mine")).author == "erased"


async def test_erasing_a_person_everywhere_leaves_neither_words_nor_name_in_any_table(records, chats, blobs):
    await live(records, chats, blobs, "mine")
    await live(records, chats, blobs, "elsewhere", tenant="another")
    await chats.note_turn(turn("chat:stray", "secret words", conversation="unknown"))
    await chats.note_turn(turn("chat:told", "secret words", conversation="unknown", tenant="third"))
    await records.erase_everywhere("ana", blobs)
    await records.erase_everywhere("ana", blobs)

    left = {table: await rows(records, table) for table in TABLES}

    assert [table for table in left if "secret" in left[table] or "'ana'" in left[table]] == []
    assert await blobs.list() == set()
    empty = await records.export_of(None, "ana")
    assert [name for name, value in empty.items() if isinstance(value, list) and value] == []
    assert await chats.turns_of("unknown") == ()
    kept = await records.job("mine")
    assert (kept.requester, kept.outcome, kept.request) == ("erased", "image", None)


async def test_what_runs_for_an_erased_person_ends_and_keeps_nothing(records, blobs):
    await open_job(records, "running")
    await records.start_job("running")
    await records.debit("running", "guild", 4)
    await records.erase("guild", "ana", blobs)

    job = await records.job("running")

    assert (job.status, job.outcome, job.requester) == ("done", "cancelled", "erased")
    assert await records.usage("guild") == 0
    with pytest.raises(JobOver):
        await records.add_generations("running", [generation("running")])
    with pytest.raises(JobOver):
        await records.add_upload(upload("running", digest_of("late")))
    assert "'ana'" not in await rows(records, "requesters")


async def test_an_upload_that_is_known_may_be_kept_again_after_its_job(records):
    await open_job(records, "job")
    await records.add_upload(upload("job", digest_of("cat")))
    await records.finish_job("job", outcome="answer")
    await records.add_upload(upload("job", digest_of("cat")))

    assert len(await records.uploads_of_conversation("thread")) == 1


async def test_what_outlived_its_tenants_retention_goes_with_a_tombstone(records, chats, blobs):
    await chats.change_tenant("guild", retention_days=30)
    old, _ = await live(records, chats, blobs, "old", days=-31)
    _, young = await live(records, chats, blobs, "young", days=-29)
    _, kept = await live(records, chats, blobs, "kept", tenant="another", days=-400)

    assert await records.expire(WHEN, blobs) == 3
    assert await records.expire(WHEN, blobs) == 0

    assert await blobs.list() == young | kept
    assert (await records.tombstone(old.digest)).reason == "retention"
    assert (await chats.turn("chat:old")).text == ""
    assert (await chats.turn("chat:young")).text == "secret words"
    with pytest.raises(GenerationRemoved):
        await records.add_generation(old)


async def test_the_words_of_old_jobs_expire_but_not_those_of_a_job_that_runs(records, chats, blobs):
    await chats.change_tenant("guild", retention_days=1)
    await live(records, chats, blobs, "done")
    await open_job(records, "running")
    now = (await records.job("running")).created_at + timedelta(days=2)
    await records.expire(now, blobs)

    done = await records.job("done")

    assert (done.reply, done.request, done.unmet, done.outcome) == ("", None, (), "image")
    assert (await chats.post("done")).message == "chat:answer to done"
    assert (await records.job("running")).status == "waiting"


async def test_a_turn_that_was_noted_before_its_job_expires_with_its_tenant(records, chats, blobs):
    await chats.note_turn(turn("chat:early", "secret words"))
    await open_job(records, "job")
    await chats.change_tenant("guild", retention_days=1)

    assert await records.expire(WHEN + timedelta(days=2), blobs) == 1
    assert (await chats.turn("chat:early")).text == ""


async def test_many_images_expire_in_one_go(records, chats, blobs):
    await chats.change_tenant("guild", retention_days=1)
    await open_job(records, "job")
    await records.add_generations("job", [generation("job", i) for i in range(70)])

    assert await records.expire(WHEN + timedelta(days=2), blobs) == 70
    assert await records.referenced_digests() == set()


async def test_d30_a_guild_that_removed_the_bot_leaves_tombstones_and_nothing_else(records, chats, blobs):
    gone, _ = await live(records, chats, blobs, "gone")
    _, left = await live(records, chats, blobs, "left", tenant="another")
    await chats.change_tenant("guild", plan="team", preferences={"channels": ["1"]})
    await chats.open_room(RoomRecord(place="chat:9", conversation="c", tenant="guild", owned=True, opened_at=WHEN))
    await open_job(records, "running")
    await records.debit("running", "guild", 2)

    assert await records.purge_tenant("guild", blobs, "guild-removed") == 3
    assert await records.purge_tenant("guild", blobs, "guild-removed") == 0

    assert await blobs.list() == left
    assert (await records.tombstone(gone.id)).reason == "guild-removed"
    assert (await records.job("running")).outcome == "cancelled"
    assert await records.usage("guild") == 1
    assert await chats.rooms_of("guild") == ()
    assert (await chats.post("gone")).state == "dropped"
    assert (await chats.post("left")).state == "placed"
    tenant = await chats.tenant("guild")
    assert (tenant.plan, tenant.preferences) == ("team", {})


@pytest.mark.parametrize("how", ["conversation", "room", "post"])
async def test_d30_a_deleted_thread_or_channel_takes_its_conversations_with_it(records, chats, blobs, how):
    place = {"conversation": "thread of gone", "room": "chat:room", "post": "place of gone"}[how]
    gone, _ = await live(records, chats, blobs, "gone")
    _, left = await live(records, chats, blobs, "left")
    room = RoomRecord(place="chat:room", conversation="thread of gone", tenant="guild", owned=True, opened_at=WHEN)
    await chats.open_room(room)
    await chats.open_room(replace(room, place="chat:left", conversation="thread of left"))
    await open_job(records, "running", conversation="thread of gone")

    assert await records.purge_place(place, blobs, "thread-deleted") == 3
    assert await records.purge_place(place, blobs, "thread-deleted") == 0

    assert await blobs.list() == left
    assert (await records.tombstone(gone.id)).reason == "thread-deleted"
    assert await chats.turns_of("thread of gone") == ()
    assert len(await chats.turns_of("thread of left")) == 1
    assert (await records.job("running")).outcome == "cancelled"
    assert ((await chats.post("gone")).state, (await chats.post("left")).state) == ("dropped", "placed")
    assert [room.place for room in await chats.rooms_of("guild")] == ["chat:left"]


async def test_d30_a_deleted_channel_takes_its_threads_with_it_and_no_others(records, chats, blobs):
    gone, _ = await live(records, chats, blobs, "gone")
    _, left = await live(records, chats, blobs, "left")
    for name, place in (("gone", "chat:C_1:5.1"), ("left", "chat:CX1:5.1"), ("left", "chat:C_12:5.1")):
        room = RoomRecord(place=place, conversation=f"thread of {name}", tenant="guild", owned=True, opened_at=WHEN)
        await chats.open_room(room)

    assert await records.purge_place("chat:C_1", blobs, "channel-deleted") == 3

    assert await blobs.list() == left
    assert (await records.tombstone(gone.id)).reason == "channel-deleted"
    assert len(await chats.turns_of("thread of left")) == 1
    assert {room.place for room in await chats.rooms_of("guild")} == {"chat:CX1:5.1", "chat:C_12:5.1"}


async def test_purging_a_place_that_nobody_knows_does_nothing(records, chats, blobs):
    _, left = await live(records, chats, blobs, "left")

    assert await records.purge_place("chat:unknown", blobs, "channel-deleted") == 0
    assert await blobs.list() == left


async def test_a_copy_is_its_image_and_goes_with_it(records, blobs):
    digest = await blobs.put(b"signed", "image/png")
    small = await blobs.put(b"signed copy", "image/jpeg")
    image = await keep(records, "job", digest=digest)
    copy = rendition(image, small)

    assert await records.add_rendition(copy) == copy
    assert await records.add_rendition(replace(copy, digest=digest_of("second try"))) == copy
    assert await records.rendition(image.id, "small") == copy
    assert await records.rendition(image.id, "other") is None
    assert await records.by_digest(small) == await records.by_manifest(copy.manifest) == image
    assert await records.referenced_digests() == {digest, small}

    await records.remove(image.id, "takedown", blobs)

    assert await blobs.list() == set()
    assert await records.rendition(image.id, "small") is None
    with pytest.raises(BlobMissing):
        await blobs.get(small)
    with pytest.raises(GenerationRemoved):
        await records.add_rendition(copy)


async def test_of_parallel_copies_for_one_reason_one_is_kept(records):
    image = await keep(records, "job")
    made = [rendition(image, digest_of(str(i))) for i in range(12)]
    kept = await asyncio.gather(*[records.add_rendition(copy) for copy in made])

    assert len({copy.digest for copy in kept}) == 1
    assert await records.referenced_digests() == {image.digest, kept[0].digest}


async def test_copies_and_opinions_that_race_with_a_removal_leave_nothing_behind(records, chats, blobs):
    image = await keep(records, "job")
    await asyncio.gather(
        records.remove(image.id, "takedown", blobs),
        *[records.add_rendition(rendition(image, digest_of(str(i)), reason=str(i))) for i in range(6)],
        *[chats.add_feedback(image.id, f"person{i}", 1) for i in range(6)],
        return_exceptions=True,
    )

    assert await records.generation(image.id) is None
    assert await records.referenced_digests() == set()
    assert await chats.feedback_of(image.id) == {}
