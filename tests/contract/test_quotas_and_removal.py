import asyncio
from datetime import UTC, datetime

import pytest

from storage.errors import BlobMissing, GenerationRemoved
from storage.generations import UploadRecord
from tests.storage.samples import generation, keep, open_job


async def test_twenty_parallel_debits_of_one_job_count_once(records):
    await open_job(records, "job")

    assert all(await asyncio.gather(*[records.debit("job", "guild", 4, 10) for _ in range(20)]))
    assert await records.usage("guild") == 4


async def test_parallel_jobs_never_take_more_than_the_quota(records):
    for i in range(20):
        await open_job(records, f"job{i}")

    granted = await asyncio.gather(*[records.debit(f"job{i}", "guild", 1, 7) for i in range(20)])

    assert sum(granted) == 7
    assert await records.usage("guild") == 7
    assert await records.usage("another guild") == 0


async def test_a_refund_gives_back_once_and_for_good(records):
    await open_job(records, "a")
    await open_job(records, "b")
    await records.debit("a", "guild", 3, 3)

    assert not await records.debit("b", "guild", 1, 3)
    assert [await records.refund("a"), await records.refund("a"), await records.refund("b")] == [True, False, False]
    assert await records.usage("guild") == 0
    assert not await records.debit("a", "guild", 3, 3)
    assert await records.debit("b", "guild", 1, 3)


async def test_no_limit_still_keeps_the_ledger(records):
    await open_job(records, "job")

    assert await records.debit("job", "guild", 1000, 0)
    assert await records.usage("guild") == 1000
    with pytest.raises(ValueError, match="negative"):
        await records.debit("job", "guild", -1, 0)


async def test_a_removed_image_leaves_a_tombstone_and_does_not_come_back(records, blobs):
    digest = await blobs.put(b"signed bytes", "image/png")
    root = await keep(records, "root")
    kept = await keep(records, "job", digest=digest, parents=(root.id,))

    assert await records.remove(kept.id, "takedown", blobs)
    assert not await records.remove(kept.id, "takedown", blobs)

    assert await records.generation(kept.id) is None
    assert await records.by_digest(digest) is None
    for key in (kept.id, digest, kept.draft_digest, kept.credential.manifest):
        tombstone = await records.tombstone(key)
        assert tombstone is not None
        assert (tombstone.generation, tombstone.reason, tombstone.created_at) == (kept.id, "takedown", kept.created_at)
    assert await records.history(kept.id) == (kept.id, root.id)
    with pytest.raises(BlobMissing):
        await blobs.get(digest)
    with pytest.raises(GenerationRemoved):
        await records.add_generation(generation("job", digest=digest))


async def test_bytes_that_another_image_names_survive_a_removal(records, blobs):
    digest = await blobs.put(b"the same bytes", "image/png")
    first, second = await keep(records, "a", digest=digest), await keep(records, "b", digest=digest)

    await records.remove(first.id, "retention", blobs)

    assert await blobs.exists(digest)

    await records.remove(second.id, "retention", blobs)

    assert not await blobs.exists(digest)


async def test_erasing_a_person_takes_images_uploads_and_words_but_no_one_elses(records, blobs):
    drawn, photo = await blobs.put(b"drawn", "image/png"), await blobs.put(b"photo", "image/png")
    shared = await blobs.put(b"shared", "image/png")
    gone = await keep(records, "ana's", digest=drawn)
    await open_job(records, "ben's", requester="ben")
    others = await records.add_generation(generation("ben's", requester="ben"))
    for job, requester, digest in (("ana's", "ana", photo), ("ana's", "ana", shared), ("ben's", "ben", shared)):
        await records.add_upload(
            UploadRecord(
                digest=digest,
                job=job,
                tenant="guild",
                conversation="thread",
                requester=requester,
                media_type="image/png",
                size_bytes=5,
                width=4,
                height=3,
                position=0,
                created_at=datetime.now(UTC),
            )
        )
    await records.finish_job("ana's", outcome="image", reply="here is your hat", request=gone.request, unmet=("x",))

    await records.erase("guild", "ana", blobs)
    await records.erase("guild", "ana", blobs)

    assert await records.generation(gone.id) is None
    assert await records.generation(others.id) == others
    job = await records.job("ana's")
    assert job is not None
    assert (job.requester, job.reply, job.request, job.unmet, job.outcome) == ("erased", "", None, (), "image")
    assert await blobs.list() == {shared}
    assert [upload.requester for upload in await records.uploads_of_conversation("thread")] == ["ben"]
