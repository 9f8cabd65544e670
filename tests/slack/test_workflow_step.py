"""The step of a workflow: one execution is one job, and its end completes the step."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from bots.conversation import MAX_TEXT
from bots.courier import TryLater
from bots.order import Answer, Order
from bots.replies import say
from bots.slack.manifest import manifest
from bots.slack.where import Where, channel_key, requester_of, tenant_of
from bots.slack.workflow_step import LONGEST_ERROR, STEP, job_of_step
from generator.scene import Notice
from storage.records import JobRecord
from tests.slack.pages import JSON, Stage, pages


@pytest_asyncio.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Stage]:
    async with pages(tmp_path) as made:
        yield made


async def opened(stage: Stage, execution: str) -> JobRecord:
    """The job of an execution."""
    async with asyncio.timeout(10):
        while (record := await stage.app.records.job(job_of_step(stage.team.id, execution))) is None:
            await asyncio.sleep(0.01)
    await stage.fake.wait_until(lambda: stage.fake.delivery.pending == 0)
    return record


async def completed(stage: Stage) -> JSON:
    """How the only step ended."""
    await stage.fake.wait_until(lambda: stage.fake.world.completions)
    (completion,) = stage.fake.world.completions
    return completion


def inputs(stage: Stage, **more: Any) -> JSON:
    return {"prompt": "a red apple", "user": stage.ana.id, "channel": stage.channel.id, **more}


async def order_of(stage: Stage, execution: str = "Fx1") -> Order:
    """The order of an execution, its job open."""
    at = Where(
        manner="channel",
        team=stage.team.id,
        user=stage.ana.id,
        channel=stage.channel.id,
        asked_at=stage.fake.world.now(),
        execution=execution,
    )
    return await stage.open(at, job_of_step(stage.team.id, execution), "a red apple")


def test_the_manifest_offers_the_step_with_what_it_takes_and_gives() -> None:
    step = manifest()["functions"][STEP]
    assert {name for name, one in step["input_parameters"].items() if one["is_required"]} == {"prompt", "user"}
    assert set(step["input_parameters"]) == {"prompt", "user", "channel"}
    assert set(step["output_parameters"]) == {"permalink", "file_ids"}


async def test_s1_an_execution_is_a_durable_job_before_it_is_acknowledged(stage: Stage) -> None:
    execution = await stage.run_step(inputs(stage))
    job = await opened(stage, execution)
    turn = await stage.app.chats.turn(job.id)
    post = await stage.app.chats.post(job.id)

    assert (job.tenant, job.requester) == (tenant_of(stage.team.id), requester_of(stage.team.id, stage.ana.id))
    assert turn is not None
    assert turn.text == "a red apple"
    assert post is not None
    assert post.place == channel_key(stage.team.id, stage.channel.id)
    assert stage.fake.world.completions == []


@pytest.mark.slow
async def test_s2_an_execution_that_slack_tells_of_again_is_the_same_job(stage: Stage) -> None:
    stage.fake.faults.socket_lost_probability = 1.0
    stage.fake.delivery.retry_delays, stage.fake.delivery.ack_seconds = (0.0, 0.0, 0.0), 0.3
    execution = await stage.run_step(inputs(stage))
    job = await opened(stage, execution)

    assert len([each for each in stage.fake.sent if each.kind == "events_api"]) == 4
    unfinished = await stage.app.records.unfinished_jobs()
    assert [each.id for each in unfinished] == [job.id]


@pytest.mark.slow
async def test_s2_an_execution_that_cannot_be_committed_is_told_again(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    stage.fake.delivery.retry_delays = (0.0, 0.0, 0.0)
    submit, attempts = stage.parts.desk.session.submit, []

    async def flaky(*given: Any) -> None:
        attempts.append(given)
        if len(attempts) == 1:
            raise RuntimeError("no database")
        await submit(*given)

    monkeypatch.setattr(stage.parts.desk.session, "submit", flaky)
    execution = await stage.run_step(inputs(stage))
    await stage.fake.wait_until(lambda: len(attempts) == 2)

    assert (await opened(stage, execution)).status != "done"


@pytest.mark.parametrize(
    ("given", "key"),
    [
        ({"prompt": "   "}, "slack-step-no-prompt"),
        ({"prompt": None}, "slack-step-no-prompt"),
        ({"user": "somebody"}, "slack-step-no-person"),
        ({"user": ["U1"]}, "slack-step-no-person"),
        ({"prompt": "x" * (MAX_TEXT + 1)}, "text-too-long"),
    ],
)
async def test_an_execution_without_prompt_or_person_fails_and_says_why(stage: Stage, given: JSON, key: str) -> None:
    execution = await stage.run_step(inputs(stage, **given))
    completion = await completed(stage)

    assert (completion["ok"], completion["function_execution_id"]) == (False, execution)
    assert completion["error"] == say(Notice(key=key, args={"limit": MAX_TEXT}), "en")
    assert await stage.app.records.unfinished_jobs() == ()


async def test_what_a_step_lacks_is_said_in_the_language_of_the_person_in_it(stage: Stage) -> None:
    await stage.run_step(inputs(stage, user=stage.ben.id, prompt=""))

    assert (await completed(stage))["error"] == say(Notice(key="slack-step-no-prompt"), "ko")


async def test_a_step_fails_where_the_workspace_does_not_let_the_bot_draw(stage: Stage) -> None:
    await stage.app.chats.change_tenant(tenant_of(stage.team.id), preferences={"channels": ["C0ELSEWHERE"]})
    await stage.run_step(inputs(stage, user=stage.ben.id))
    completion = await completed(stage)

    assert completion["error"] == say(Notice(key="channel-not-allowed"), "ko")
    assert "서버" not in completion["error"]  # a word of Discord's


async def test_a_step_without_a_channel_goes_to_the_person_directly(stage: Stage) -> None:
    execution = await stage.run_step(inputs(stage, channel=None))
    job = await opened(stage, execution)
    post = await stage.app.chats.post(job.id)

    assert job.private
    assert post is not None
    assert post.place == channel_key(stage.team.id, stage.ana.id)


async def test_a_step_is_completed_with_the_link_and_the_files_of_its_image(stage: Stage) -> None:
    image = await stage.draw(stage.ana, 1)
    order = await order_of(stage)
    answer = Answer(job=image.job, outcome="image", reply="Here is your picture.", generations=(image.id,))
    await stage.steps.settled(order, answer)
    completion = await completed(stage)

    assert (completion["ok"], completion["function_execution_id"]) == (True, "Fx1")
    (record,) = await stage.app.chats.files_of(image.id)
    assert completion["outputs"]["file_ids"] == [record.key.rpartition(":")[2]]
    assert completion["outputs"]["permalink"].startswith(f"{stage.fake.world.base_url}/archives/{stage.channel.id}/p")


@pytest.mark.parametrize("outcome", ["answer", "question", "invalid", "failed", "cancelled"])
async def test_a_step_without_an_image_fails_with_what_the_answer_says(stage: Stage, outcome: Any) -> None:
    order = await order_of(stage)
    await stage.steps.settled(order, Answer(job=order.job, outcome=outcome, reply="Which color? " * 200))
    completion = await completed(stage)

    assert completion["ok"] is False
    assert completion["error"].startswith("Which color?")
    assert len(completion["error"]) <= LONGEST_ERROR


@pytest.mark.parametrize("outcome", ["refused", "held"])
async def test_why_something_was_refused_is_not_told_to_the_workflow(stage: Stage, outcome: Any) -> None:
    order = await order_of(stage)
    await stage.steps.settled(order, Answer(job=order.job, outcome=outcome, reply="You asked for something bad."))

    assert (await completed(stage))["error"] == say(Notice(key="card-refused", args={"name": "ana"}), "en")


async def test_a_completion_that_slack_does_not_hear_is_tried_again_by_the_errand(stage: Stage) -> None:
    order = await order_of(stage)
    stage.fake.faults.add("error", "functions.completeError")
    with pytest.raises(TryLater):
        await stage.steps.settled(order, Answer(job=order.job, outcome="failed", reply="It failed."))
    await stage.steps.settled(order, Answer(job=order.job, outcome="failed", reply="It failed."))

    assert (await completed(stage))["error"] == "It failed."


@pytest.mark.parametrize("code", ["function_execution_not_found", "token_revoked"])
async def test_a_completion_that_slack_refuses_is_given_up(stage: Stage, code: str) -> None:
    order = await order_of(stage)
    stage.fake.faults.add("refuse", "functions.completeError", code=code)
    await stage.steps.settled(order, Answer(job=order.job, outcome="failed", reply="It failed."))

    assert stage.fake.world.completions == []


async def test_an_answer_that_is_of_no_step_completes_none(stage: Stage) -> None:
    order = await stage.ask()
    await stage.steps.settled(order, Answer(job=order.job, outcome="failed", reply="It failed."))

    assert stage.fake.calls("functions.completeError") == []
