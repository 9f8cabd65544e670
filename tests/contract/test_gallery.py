import unicodedata
from dataclasses import replace
from datetime import date, timedelta

import pytest

from generator.request import GenerationRequest
from storage.gallery import GalleryQuery
from storage.records import generation_id
from tests.storage.samples import WHEN, generation, keep, open_job


async def draw(records, job, prompt="a hat", seconds=0, **more):
    """Keep an image of ana's (unless said), made so many seconds after the first."""
    requester = more.pop("requester", "ana")
    record = replace(
        generation(job),
        request=GenerationRequest(prompt=prompt),
        created_at=WHEN + timedelta(seconds=seconds),
        requester=requester,
        **more,
    )
    await records.open_job(job, tenant=record.tenant, conversation=record.conversation, requester=requester)
    return await records.add_generation(record)


async def found(records, **query):
    return [image.job for image in await records.gallery(GalleryQuery(**query))]


async def test_images_come_newest_first_and_by_whatever_is_asked(records):
    await draw(records, "a", seconds=1)
    await draw(records, "b", seconds=3, conversation="elsewhere")
    await draw(records, "c", seconds=2, requester="ben")
    await draw(records, "d", seconds=4, tenant="another")

    assert await found(records) == ["d", "b", "c", "a"]
    assert await found(records, tenant="guild") == ["b", "c", "a"]
    assert await found(records, tenant="guild", requester="ana") == ["b", "a"]
    assert await found(records, conversation="thread", tenant="guild") == ["c", "a"]
    assert await found(records, tenant="guild", limit=2) == ["b", "c"]
    assert await found(records, tenant="guild", limit=-1) == []


async def test_an_image_in_the_gallery_is_the_whole_record(records):
    kept = await draw(records, "a")

    assert await records.gallery(GalleryQuery()) == (kept,)


async def test_a_private_image_is_found_by_who_asked_for_it_only(records):
    await draw(records, "public")
    await draw(records, "private", seconds=1, private=True)

    assert await found(records, viewer="ana") == ["private", "public"]
    assert await found(records, viewer="ben") == ["public"]
    assert await found(records) == ["public"]
    assert await found(records, requester="ana", viewer="ben") == ["public"]


async def test_pages_follow_each_other_also_when_images_are_equally_old_or_removed_in_between(records, blobs):
    for i in range(7):
        await draw(records, f"job{i}", seconds=i // 3)
    everything = await records.gallery(GalleryQuery(limit=50))
    seen: list[str] = []
    before = None
    while page := await records.gallery(GalleryQuery(limit=2, before=before)):
        seen += [image.id for image in page]
        before = page[-1].id
        await records.remove(before, "takedown", blobs)

    assert len(set(seen)) == 7
    assert seen == [image.id for image in everything]
    assert await found(records, before="never an image") == []


@pytest.mark.parametrize(
    ("words", "jobs"),
    [
        ("RED", ["red"]),
        ("빨간 모자", ["korean"]),
        (unicodedata.normalize("NFD", "빨간 모자"), ["korean"]),
        ("straße", ["german"]),
        ("STRASSE", ["german"]),
        ("50%", ["sale"]),
        ("5_0", []),
        ("%", ["sale"]),
        ("_", ["under"]),
        ("\\", []),
        ("' OR 1=1 --", []),
        ("  ", ["under", "sale", "german", "korean", "red"]),
    ],
)
async def test_words_are_searched_as_they_stand_whatever_their_case(records, words, jobs):
    for seconds, (job, prompt) in enumerate(
        [
            ("red", "a Red\0 hat"),
            ("korean", "커다란 빨간  모자"),
            ("german", "Straße"),
            ("sale", "SALE 50%, 500"),
            ("under", "a_b"),
        ]
    ):
        await draw(records, job, prompt, seconds=seconds)

    assert await found(records, text=words) == jobs


async def test_d5_own_recent_prompts_complete_what_is_typed(records):
    for seconds, (job, prompt, requester) in enumerate(
        [
            ("a", "A red hat", "ana"),
            ("b", "a red hat", "ana"),
            ("c", "a red car", "ana"),
            ("d", "빨간 모자", "ana"),
            ("e", "a red herring", "ben"),
            ("f", "", "ana"),
        ]
    ):
        await draw(records, job, prompt, seconds=seconds, requester=requester)

    assert await records.recent_prompts("ana", "") == ("빨간 모자", "a red car", "a red hat")
    assert await records.recent_prompts("ana", "A RED") == ("a red car", "a red hat")
    assert await records.recent_prompts("ana", "빨") == ("빨간 모자",)
    assert await records.recent_prompts("ana", "", limit=1) == ("빨간 모자",)
    assert await records.recent_prompts("ana", "%") == ()
    assert await records.recent_prompts("ana", "", tenant="another") == ()
    assert await records.recent_prompts("nobody", "") == ()


async def test_usage_is_counted_by_person_within_the_tenant(records):
    for job, requester, units in (("a", "ana", 2), ("b", "ana", 3), ("c", "ben", 4)):
        await open_job(records, job, requester=requester)
        await records.debit(job, "guild", units)
    await records.refund("b")

    assert await records.usage_by_requester("guild", "ana") == 2
    assert await records.usage_by_requester("guild", "ben") == 4
    assert await records.usage_by_requester("another", "ana") == 0
    assert await records.usage_by_requester("guild", "ana", date(2026, 1, 1)) == 0
    assert await records.usage("guild") == 6


async def test_unfinished_jobs_are_found_by_conversation_person_and_tenant(records):
    await open_job(records, "a")
    await open_job(records, "b", requester="ben")
    await open_job(records, "c", conversation="elsewhere")
    await open_job(records, "d")
    await records.finish_job("d", outcome="image")

    async def jobs(**which):
        return [job.id for job in await records.unfinished_jobs_of(**which)]

    assert await jobs(conversation="thread") == ["a", "b"]
    assert await jobs(requester="ana") == ["a", "c"]
    assert await jobs(requester="ana", conversation="thread", tenant="guild") == ["a"]
    assert await jobs(tenant="another") == []


async def test_a_job_keeps_its_language_and_whether_its_answer_is_silent(records):
    opened = await open_job(records, "job", locale="ko")
    ended = await records.finish_job("job", outcome="answer", silent=True)

    assert (opened.locale, opened.silent) == ("ko", False)
    assert (ended.locale, ended.silent) == ("ko", True)
    assert (await keep(records, "other")).id == generation_id("other", 0)
    assert ((await records.job("other")).locale, (await records.job("other")).silent) == ("en", False)
