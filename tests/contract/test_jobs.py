import asyncio

import pytest

from generator.request import GenerationRequest
from moderation.types import Action, Finding, Verdict
from storage.errors import UnknownJob
from tests.storage.samples import open_job

FINDING = Finding(layer="text_rules", policy="hate", label="slur", score=0.9, threshold=0.5, rule="hate-1")


async def test_twenty_parallel_openings_of_one_job_make_one(records):
    opened = await asyncio.gather(*[open_job(records, "job") for _ in range(20)])

    assert {job.position for job in opened} == {opened[0].position}
    assert [job.id for job in await records.unfinished_jobs()] == ["job"]


async def test_an_opened_job_comes_back_as_it_was_first_opened(records):
    first = await open_job(records, "job", ordered=False, private=True)
    again = await open_job(records, "job", conversation="elsewhere", requester="ben")

    assert again == first
    assert (first.status, first.ordered, first.private, first.conversation) == ("waiting", False, True, "thread")


async def test_positions_ascend_over_conversations(records):
    positions = [(await open_job(records, f"job{i}", conversation=f"thread{i % 2}")).position for i in range(4)]

    assert positions == sorted(set(positions))


async def test_a_job_sees_the_earlier_unfinished_ones_of_its_own_conversation(records):
    for name in ("a", "b", "c"):
        await open_job(records, name)
    await open_job(records, "other", conversation="another thread")
    await records.start_job("a")

    assert await records.earlier_unfinished("c") == ("a", "b")

    await records.finish_job("a", outcome="image")

    assert await records.earlier_unfinished("c") == ("b",)
    assert await records.earlier_unfinished("other") == ()
    assert [job.id for job in await records.unfinished_jobs()] == ["b", "c", "other"]
    assert [job.id for job in await records.jobs_of_conversation("thread")] == ["a", "b", "c"]


async def test_parallel_jobs_of_a_conversation_line_up_without_gaps_of_sight(records):
    await asyncio.gather(*[open_job(records, f"job{i}") for i in range(12)])
    counts = [len(await records.earlier_unfinished(f"job{i}")) for i in range(12)]

    assert sorted(counts) == list(range(12))


async def test_a_job_keeps_its_first_ending(records):
    await open_job(records, "job")
    verdicts = (Verdict(action=Action.BLOCK, findings=(FINDING,), reason="hate", stage="plan"),)
    ended = await records.finish_job(
        "job",
        outcome="refused",
        reply="so\0 \ud83d 안녕하세요",
        request=GenerationRequest(prompt="p", seed=3),
        verdicts=verdicts,
        unmet=("x",),
    )
    again = await records.finish_job("job", outcome="image", reply="something else")

    assert again == ended == await records.job("job")
    assert (ended.status, ended.outcome, ended.reply) == ("done", "refused", "so\ufffd \ufffd 안녕하세요")
    assert (ended.request, ended.verdicts, ended.unmet) == (GenerationRequest(prompt="p", seed=3), verdicts, ("x",))
    assert ended.finished_at is not None
    assert ended.finished_at >= ended.created_at


async def test_starting_twice_and_starting_a_finished_job_change_nothing(records):
    await open_job(records, "job")

    assert (await records.start_job("job")).status == "running"
    assert (await records.start_job("job")).status == "running"

    await records.finish_job("job", outcome="answer")

    assert (await records.start_job("job")).status == "done"


async def test_what_needs_an_opened_job_says_so_without_one(records):
    assert await records.job("never") is None
    for attempt in (
        records.start_job("never"),
        records.finish_job("never", outcome="image"),
        records.earlier_unfinished("never"),
        records.debit("never", "guild", 1),
        records.count_attempt("never"),
    ):
        with pytest.raises(UnknownJob):
            await attempt


async def test_attempts_are_counted_even_in_parallel(records):
    await open_job(records, "job")
    counted = await asyncio.gather(*[records.count_attempt("job") for _ in range(8)])

    assert sorted(counted) == list(range(1, 9))
