import asyncio
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from storage.errors import DatabaseConflict, UnknownJob
from storage.generations import UploadRecord
from tests.storage.samples import digest_of, generation, keep, open_job


async def test_a_record_comes_back_exactly_as_it_was_kept(records):
    kept = await keep(records, "job")

    assert kept == generation("job")
    assert await records.generation(kept.id) == kept
    assert await records.generation("unknown") is None


async def test_a_second_record_of_the_same_id_leaves_the_first_untouched(records):
    first = await keep(records, "job")
    again = await records.add_generation(replace(first, alt="other words", digest=digest_of("other")))

    assert again == first
    assert await records.referenced_digests() == {first.digest}


async def test_twenty_parallel_writers_of_one_image_keep_one(records):
    await open_job(records, "job")
    made = [replace(generation("job"), digest=digest_of(str(i))) for i in range(20)]
    kept = await asyncio.gather(*[records.add_generation(record) for record in made])

    assert len({record.digest for record in kept}) == 1
    assert await records.referenced_digests() == {kept[0].digest}


async def test_an_image_needs_an_opened_job_and_leaves_nothing_without(records):
    with pytest.raises(UnknownJob):
        await records.add_generation(generation("never"))

    assert await records.referenced_digests() == set()


async def test_a_mark_belongs_to_one_image(records):
    first = await keep(records, "a")
    await open_job(records, "b")

    with pytest.raises(DatabaseConflict):
        await records.add_generation(replace(generation("b"), mark_id=first.mark_id))

    assert await records.generations_of_job("b") == ()
    assert await records.referenced_digests() == {first.digest}


async def test_images_come_in_the_order_of_jobs_and_indexes(records):
    await open_job(records, "early")
    late = await keep(records, "late")
    second, first = await keep(records, "early", 1), await keep(records, "early", 0)
    await keep(records, "elsewhere", conversation="another thread")

    assert await records.generations_of_conversation("thread") == (first, second, late)
    assert await records.generations_of_job("early") == (first, second)


async def test_an_image_is_found_by_signed_digest_draft_digest_and_manifest(records):
    kept = await keep(records, "job")

    assert await records.by_digest(kept.digest) == kept
    assert await records.by_digest(kept.draft_digest) == kept
    assert await records.by_manifest(kept.credential.manifest) == kept
    assert await records.by_digest(digest_of("nobody's")) is None
    assert await records.by_manifest("urn:c2pa:nobody") is None


async def test_signed_bytes_win_over_equal_draft_bytes(records):
    await keep(records, "a", draft_digest=digest_of("same"))
    signed = await keep(records, "b", digest=digest_of("same"))

    assert await records.by_digest(digest_of("same")) == signed


async def test_history_walks_all_parents_to_the_roots_once(records):
    root = await keep(records, "root")
    other = await keep(records, "other")
    left = await keep(records, "left", parents=(root.id,))
    right = await keep(records, "right", parents=(root.id, other.id))
    merged = await keep(records, "merged", parents=(left.id, right.id))

    history = await records.history(merged.id)

    assert history[0] == merged.id
    assert set(history[1:3]) == {left.id, right.id}
    assert set(history[3:]) == {root.id, other.id}
    assert await records.history(root.id) == (root.id,)
    assert await records.history("unknown") == ()


async def test_a_circle_of_parents_ends(records):
    record = generation("a")
    await keep(records, "a", parents=(record.id,))

    assert await records.history(record.id) == (record.id,)


async def test_marks_are_48_bit_stable_and_unique(records):
    marks = await asyncio.gather(*[records.new_mark_id(f"generation{i % 10}") for i in range(20)])

    assert len(set(marks)) == 10
    assert all(0 <= mark < 2**48 for mark in marks)
    assert marks[:10] == [await records.new_mark_id(f"generation{i}") for i in range(10)]


async def test_uploads_are_kept_once_per_job_and_referenced(records):
    await open_job(records, "a")
    await open_job(records, "b")
    for job in ("b", "a", "a"):
        await records.add_upload(
            UploadRecord(
                digest=digest_of("cat"),
                job=job,
                tenant="guild",
                conversation="thread",
                requester="ana",
                media_type="image/png",
                size_bytes=12,
                width=4,
                height=3,
                position=0,
                created_at=datetime.now(UTC),
            )
        )

    uploads = await records.uploads_of_conversation("thread")

    assert [(upload.job, upload.digest, upload.size_bytes) for upload in uploads] == [
        ("a", digest_of("cat"), 12),
        ("b", digest_of("cat"), 12),
    ]
    assert await records.referenced_digests() == {digest_of("cat")}
