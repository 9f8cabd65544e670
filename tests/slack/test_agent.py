"""The agent view: prompts, the status of a thread, Stop."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from bots.order import Answer, Order
from bots.replies import say
from bots.slack import agent
from bots.slack.agent import LOADING, PROMPTS, prompts
from bots.slack.manifest import manifest
from bots.slack.where import message_key, tenant_of, where
from generator.scene import Notice
from storage.chats import RoomRecord
from tests.slack.pages import Stage, arguments, complaints, pages
from tests.storage.samples import WHEN


@pytest_asyncio.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Stage]:
    async with pages(tmp_path) as made:
        yield made


def statuses(stage: Stage) -> list[tuple[str, str]]:
    """What was set, and how."""
    return [(each["method"], each["status"]) for each in stage.fake.world.statuses]


def answer(order: Order, outcome: Any = "image") -> Answer:
    return Answer(job=order.job, outcome=outcome, reply="Here is your picture.")


async def done(stage: Stage, order: Order, outcome: Any = "image") -> None:
    await stage.app.records.finish_job(order.job, outcome=outcome)
    await stage.agent.settled(order, answer(order, outcome))


async def test_s9_opening_the_agent_view_suggests_at_most_four_prompts_without_a_thread(stage: Stage) -> None:
    await stage.ana.open_home("messages")
    await stage.fake.wait_until(lambda: stage.fake.world.prompts)
    (call,) = arguments(stage.fake, "assistant.threads.setSuggestedPrompts")

    assert 1 <= len(call["prompts"]) <= 4
    assert "thread_ts" not in call
    assert call["channel_id"] == stage.team.open_dm(stage.ana).id
    assert complaints("assistant.threads.setSuggestedPrompts", call) == []
    assert "views.publish" not in {request.method for request in stage.fake.requests}


async def test_s9_a_korean_is_suggested_korean_prompts(stage: Stage) -> None:
    await stage.ben.open_home("messages")
    await stage.fake.wait_until(lambda: stage.fake.world.prompts)

    assert stage.fake.world.prompts[0]["prompts"] == prompts("ko")
    assert prompts("ko") != prompts("en")


def test_s9_the_manifest_suggests_the_same_as_the_program() -> None:
    assert manifest()["features"]["agent_view"]["suggested_prompts"] == prompts("en")
    assert len(PROMPTS) <= 4


async def test_s9_a_workspace_without_the_scope_has_no_prompts_and_nothing_breaks(stage: Stage) -> None:
    stage.team.scopes.discard("assistant:write")
    await stage.ana.open_home("messages")
    await stage.fake.wait_until(lambda: stage.fake.calls("assistant.threads.setSuggestedPrompts"))
    await stage.parts.later.settle()

    assert stage.fake.world.prompts == []


async def test_s10_a_thread_is_processing_while_its_job_runs_and_active_when_it_ends(stage: Stage) -> None:
    order = await stage.ask("a red apple\non a table")
    await stage.agent.processing(order, None)
    await stage.agent.processing(order, None)
    await done(stage, order)

    assert statuses(stage) == [("agents", "processing"), ("agents", "active")]
    first, last = stage.fake.world.statuses
    assert first["title"] == "a red apple on a table"
    assert first["initiator_user_id"] == stage.ana.id
    assert (first["channel_id"], first["thread_ts"]) == (where(order).channel, where(order).thread)
    assert "title" not in last


async def test_s10_the_title_has_at_most_200_characters_and_mentions_nobody(stage: Stage) -> None:
    order = await stage.ask("<!channel> " + "apple & " * 100)
    await stage.agent.processing(order, None)

    title = stage.fake.world.statuses[0]["title"]
    assert len(title) <= 200
    assert "<" not in title


async def test_s10_only_the_message_that_begins_a_thread_gives_it_a_title(stage: Stage) -> None:
    dm = stage.team.open_dm(stage.ana)
    root = await dm.say(stage.ana, "a red apple")
    order = await stage.ask("make it blue", thread=root)
    await stage.agent.processing(order, None)

    assert "title" not in stage.fake.world.statuses[0]


async def test_s10_a_question_leaves_the_thread_waiting_for_a_person(stage: Stage) -> None:
    order = await stage.ask()
    await stage.agent.processing(order, None)
    await done(stage, order, "question")

    assert statuses(stage)[-1] == ("agents", "suspended")


async def test_s10_a_thread_with_another_running_job_goes_on_processing(stage: Stage) -> None:
    first = await stage.ask()
    root = stage.team.open_dm(stage.ana).messages[0]
    second = await stage.ask("make it blue", thread=root)
    await stage.agent.processing(first, None)
    await stage.agent.processing(second, None)
    await done(stage, first)
    assert statuses(stage) == [("agents", "processing")] * 2

    await done(stage, second)
    assert statuses(stage)[-1] == ("agents", "active")


async def test_outside_of_the_agent_view_no_status_is_set(stage: Stage) -> None:
    order = await stage.ask()
    plain = replace(order, address=replace(where(order), agent=False).address())
    await stage.agent.processing(plain, None)
    await done(stage, plain)

    assert statuses(stage) == []


@pytest.mark.parametrize("code", ["unknown_method", "missing_scope", "not_allowed", "not_allowed_token_type"])
async def test_s11_without_sessions_the_older_status_is_set_and_cleared(stage: Stage, code: str) -> None:
    stage.fake.faults.add("refuse", "agents.sessions.setStatus", code=code, times=None)
    order = await stage.ask()
    await stage.agent.processing(order, None)
    await done(stage, order)

    assert [status for _, status in statuses(stage)] == [say(Notice(key="slack-agent-working"), "en"), ""]
    first = stage.fake.world.statuses[0]
    assert 1 <= len(first["loading_messages"]) <= 10
    assert len(first["loading_messages"]) == len(LOADING)
    for call in arguments(stage.fake, "assistant.threads.setStatus"):
        assert complaints("assistant.threads.setStatus", call) == []
    assert len(stage.fake.calls("agents.sessions.setStatus")) == 1, "once is enough to know"


async def test_s11_the_older_status_is_refreshed_while_the_job_runs(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(agent, "REFRESH_SECONDS", 0.02)
    stage.fake.faults.add("refuse", "agents.sessions.setStatus", code="unknown_method", times=None)
    order = await stage.ask()
    await stage.agent.processing(order, None)
    await stage.fake.wait_until(lambda: len(stage.fake.world.statuses) >= 3)
    await done(stage, order)
    await stage.parts.later.settle()

    assert [status for _, status in statuses(stage)][-1] == ""


async def test_s11_a_workspace_that_gets_sessions_later_is_found_out(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(agent, "OLDER_SECONDS", 0.0)
    stage.fake.faults.add("refuse", "agents.sessions.setStatus", code="unknown_method", times=1)
    order = await stage.ask()
    await stage.agent.processing(order, None)
    await done(stage, order)

    assert [method for method, _ in statuses(stage)] == ["assistant", "agents"]


async def test_s10_a_status_that_slack_could_not_take_is_set_later(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    passed = _no_waiting(monkeypatch)
    stage.fake.faults.add("rate_limit", "agents.sessions.setStatus", seconds=7)
    order = await stage.ask()
    await stage.agent.processing(order, None)
    await stage.parts.later.settle()

    assert statuses(stage) == [("agents", "processing")]
    assert passed == [7.0], "S24: as long as Slack asked for"


async def test_s10_a_status_that_is_not_wanted_any_more_is_not_set_later(stage: Stage) -> None:
    stage.fake.faults.add("error", "agents.sessions.setStatus")
    order = await stage.ask()
    await stage.agent.processing(order, None)
    await done(stage, order)
    await stage.parts.later.settle()

    assert statuses(stage) == [("agents", "active")]


async def test_s10_a_workspace_that_removed_the_app_breaks_nothing(stage: Stage) -> None:
    order = await stage.ask()
    stage.team.installed = False
    stage.parts.workspaces.forget(stage.team.id)
    await stage.agent.processing(order, None)
    await done(stage, order)

    assert statuses(stage) == []


async def test_s10_stop_cancels_every_running_job_of_the_thread_and_moves_the_status(stage: Stage) -> None:
    first = await stage.ask()
    dm = stage.team.open_dm(stage.ana)
    root = dm.messages[0]
    second = await stage.ask("make it blue", thread=root)
    other = await stage.ask("a cat")
    await stage.ana.stop_session(dm, root.ts)
    await stage.fake.wait_until(lambda: statuses(stage))

    assert statuses(stage) == [("agents", "active")]
    assert stage.fake.world.statuses[0]["thread_ts"] == root.ts
    ended = [await stage.app.records.job(each.job) for each in (first, second, other)]
    assert [job.outcome if job else None for job in ended] == ["cancelled", "cancelled", None]


async def test_s10_stop_ends_what_a_command_began_in_the_thread(stage: Stage) -> None:
    order = await stage.ask()
    channel = stage.team.open_dm(stage.ana)
    root = await channel.say(stage.ana, "elsewhere")
    place = message_key(stage.team.id, channel.id, root.ts)
    tenant, conversation = tenant_of(stage.team.id), order.conversation.id
    await stage.app.chats.open_room(
        RoomRecord(place=place, conversation=conversation, tenant=tenant, owned=True, opened_at=WHEN)
    )
    await stage.ana.stop_session(channel, root.ts)
    await stage.fake.wait_until(lambda: statuses(stage))

    job = await stage.app.records.job(order.job)
    assert job is not None
    assert job.outcome == "cancelled"


async def test_s10_stop_ends_only_what_the_person_asked_for_themselves(stage: Stage) -> None:
    order = await stage.ask()
    dm = stage.team.open_dm(stage.ana)
    await stage.ben.stop_session(dm, dm.messages[0].ts)
    await stage.fake.wait_until(lambda: statuses(stage))

    job = await stage.app.records.job(order.job)
    assert job is not None
    assert job.status != "done"


def _no_waiting(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """For how long it would have waited."""
    passed: list[float] = []

    async def passes(event: asyncio.Event, seconds: float) -> bool:
        passed.append(seconds)
        return event.is_set()

    monkeypatch.setattr(agent, "_passes", passes)
    return passed
