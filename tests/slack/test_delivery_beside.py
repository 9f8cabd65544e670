"""Beside the answers on Slack: progress, refusals, excuses, and taking answers down."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from bots.courier import Placed, TryLater
from bots.order import Answer, Order
from bots.progress import Standing
from bots.slack import delivering
from bots.slack.courier import SlackCourier
from bots.slack.takedown import take_down
from bots.slack.where import where
from generator.scene import Notice
from tests.slack.answers import Stage, answering, words

DRAWING = Standing(stage="stage-drawing", fraction=0.4)
REASON = "That is against the rules, because of a secret reason."


@pytest_asyncio.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Stage]:
    async with answering(tmp_path) as made:
        yield made


async def _overtaken(stage: Stage, by: SlackCourier, order: Order, placed: Placed, answer: Answer) -> None:
    """Progress is shown, the answer delivered, asked for once more later, and overtaken by that progress."""
    delivered = asyncio.Event()
    stage.fake.faults.add("slow_commit", "chat.update", until=delivered)
    await stage.courier.show(order, placed, DRAWING)
    with pytest.raises(TryLater) as told:
        await by.deliver(order, placed, answer)
    delivered.set()
    message = stage.at(placed.message)
    await stage.fake.wait_until(lambda: message.blocks[0]["type"] == "plan")

    assert told.value.seconds == delivering.AGAIN_SECONDS
    assert message.history[-1].startswith(("Here is your picture", "I can't draw that"))


@pytest.mark.parametrize("outcome", ["refused", "held"])
async def test_why_something_is_refused_only_the_requester_reads(stage: Stage, outcome: Any) -> None:
    order = await stage.ask()
    placed = await stage.courier.place(order)
    await stage.courier.deliver(order, placed, Answer(job=order.job, outcome=outcome, reply=REASON))
    message = stage.at(placed.message)
    (told,) = stage.fake.ephemerals

    assert REASON not in words(message) + message.text
    assert "Only ana sees why" in words(message)
    assert (told["user"], told["channel"]) == (stage.ana.id, stage.channel.id)
    assert told["thread_ts"] == where(order).thread
    assert REASON in told["text"]
    assert stage.of_bot() == [message]


async def test_a_refusal_that_cannot_be_told_beside_is_told_directly(stage: Stage) -> None:
    order = await stage.ask()
    placed = await stage.courier.place(order)
    stage.channel.members.discard(stage.ana.id)
    await stage.courier.deliver(order, placed, Answer(job=order.job, outcome="refused", reply=REASON))
    (direct,) = stage.of_bot(stage.team.open_dm(stage.ana))

    assert REASON not in words(stage.at(placed.message))
    assert REASON in words(direct)


async def test_a_refusal_that_reaches_nobody_is_delivered_all_the_same(stage: Stage) -> None:
    order = await stage.ask()
    placed = await stage.courier.place(order)
    stage.channel.members.discard(stage.ana.id)
    del stage.team.users[stage.ana.id]
    await stage.courier.deliver(order, placed, Answer(job=order.job, outcome="refused", reply=REASON))

    assert "Only ana sees why" in words(stage.at(placed.message))
    assert stage.fake.ephemerals == []


async def test_in_direct_messages_a_refusal_says_why_where_it_stands(stage: Stage) -> None:
    order = await stage.command(manner="direct")
    placed = await stage.courier.place(order)
    await stage.courier.deliver(order, placed, Answer(job=order.job, outcome="refused", reply=REASON))

    assert REASON in words(stage.at(placed.message))
    assert stage.fake.ephemerals == []


async def test_s12_progress_moves_through_the_plan(stage: Stage) -> None:
    order = await stage.ask()
    placed = await stage.courier.place(order)
    stage.app.board.stage(order.job, "generate")
    await stage.courier.show(order, placed, DRAWING)
    message = stage.at(placed.message)
    statuses = [task["status"] for task in message.blocks[0]["tasks"]]

    assert statuses == ["complete", "complete", "in_progress", "pending", "pending", "pending"]
    assert {each["action_id"] for each in message.buttons} == {"tb1:cancel"}
    assert message.metadata is not None


async def test_s24_progress_that_slack_refuses_is_left_unsaid_for_a_while(stage: Stage) -> None:
    order = await stage.ask()
    placed = await stage.courier.place(order)
    stage.fake.faults.add("rate_limit", "chat.update", seconds=20)
    for _ in range(3):
        await stage.courier.show(order, placed, DRAWING)

    assert len(stage.fake.calls("chat.update")) == 1


async def test_progress_in_plans_goes_on_in_words_where_plans_are_refused(stage: Stage) -> None:
    order = await stage.ask()
    placed = await stage.courier.place(order)
    stage.fake.world.refuses_blocks = lambda block: block["type"] == "plan"
    await stage.courier.show(order, placed, DRAWING)
    await stage.courier.show(order, placed, DRAWING)

    assert stage.at(placed.message).blocks[0]["type"] == "section"


async def test_progress_that_comes_after_the_answer_is_put_right(stage: Stage) -> None:
    order = await stage.ask()
    placed = await stage.courier.place(order)
    answer = await stage.draw(order)
    await _overtaken(stage, stage.courier, order, placed, answer)
    await stage.courier.deliver(order, placed, answer)

    assert len(stage.shown(stage.at(placed.message))) == 1


@pytest.mark.parametrize("manner", ["thread", "channel"])
async def test_an_excuse_is_for_the_requester_alone(stage: Stage, manner: str) -> None:
    order = await (stage.ask() if manner == "thread" else stage.command())
    await stage.courier.excuse(order, Notice(key="slack-thread-locked"))
    (told,) = stage.fake.ephemerals

    assert stage.of_bot() == []
    assert told["user"] == stage.ana.id
    assert "locked" in told["text"]


async def test_an_excuse_that_cannot_be_told_beside_is_told_directly(stage: Stage) -> None:
    order = await stage.ask()
    stage.channel.members.discard(stage.team.bot.id)
    await stage.courier.excuse(order, Notice(key="slack-place-closed"))
    (direct,) = stage.of_bot(stage.team.open_dm(stage.ana))

    assert "Invite me" in words(direct)


async def test_an_excuse_that_reaches_nobody_is_given_up(stage: Stage) -> None:
    order = await stage.ask()
    stage.team.installed = False
    stage.parts.workspaces.forget(stage.team.id)
    await stage.courier.excuse(order, Notice(key="slack-not-allowed"))

    assert stage.fake.ephemerals == []


async def test_taking_down_removes_all_messages_and_files_of_an_answer(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(delivering, "MOST_IMAGES", 2)
    monkeypatch.setattr("bots.slack.takedown.MOST_IMAGES", 2)
    order, other = await stage.ask(), await stage.ask("a pear")
    await stage.answered(order, 5)
    kept = await stage.answered(other)
    post = await stage.app.chats.post(order.job)
    images = await stage.app.records.generations_of_job(order.job)
    assert post is not None

    assert await take_down(stage.parts, await stage.workspace(), images, [post])
    assert stage.of_bot() == [kept]
    assert sorted(file.deleted for file in stage.fake.world.files.values()) == [False, *[True] * 5]
    assert [await stage.app.chats.files_of(image.id) for image in images] == [()] * 5


async def test_taking_down_removes_images_that_were_shared_beside_the_answer(stage: Stage) -> None:
    stage.fake.world.refuses_blocks = lambda block: block["type"] == "image"
    order = await stage.ask()
    await stage.answered(order, 2)
    post = await stage.app.chats.post(order.job)
    assert post is not None

    assert len(stage.of_bot()) == 3
    assert await take_down(
        stage.parts, await stage.workspace(), await stage.app.records.generations_of_job(order.job), [post]
    )
    assert stage.of_bot() == []


@pytest.mark.parametrize("method", ["chat.delete", "files.delete"])
@pytest.mark.parametrize("fault", ["cut", "refuse"])
async def test_taking_down_says_when_something_may_be_left(stage: Stage, method: str, fault: Any) -> None:
    order = await stage.ask()
    await stage.answered(order)
    post = await stage.app.chats.post(order.job)
    images = await stage.app.records.generations_of_job(order.job)
    assert post is not None
    stage.fake.faults.add(fault, method)

    assert not await take_down(stage.parts, await stage.workspace(), images, [post])
    assert await take_down(stage.parts, await stage.workspace(), images, [post])
    assert stage.of_bot() == []


async def test_taking_down_what_somebody_deleted_already_is_fine(stage: Stage) -> None:
    order = await stage.ask()
    message = await stage.answered(order)
    post = await stage.app.chats.post(order.job)
    images = await stage.app.records.generations_of_job(order.job)
    await message.delete()
    for file in stage.fake.world.files.values():
        file.deleted = True
    assert post is not None

    assert await take_down(stage.parts, await stage.workspace(), images, [post])


async def test_the_agent_view_and_workflows_are_told(stage: Stage) -> None:
    told: list[tuple[str, object]] = []

    class Listener:
        async def processing(self, order: Order, standing: Standing | None) -> None:
            told.append((order.job, standing))

        async def settled(self, order: Order, answer: Answer) -> None:
            told.append((order.job, answer.outcome))

    listening = SlackCourier(replace(stage.parts, sessions=(Listener(),)))
    order = await stage.ask()
    placed = await listening.place(order)
    await listening.show(order, placed, DRAWING)
    await listening.deliver(order, placed, Answer(job=order.job, outcome="answer", reply="Hello."))

    assert told == [(order.job, None), (order.job, DRAWING), (order.job, "answer")]


async def test_a_refusal_is_put_right_when_progress_comes_after_it(stage: Stage) -> None:
    order = await stage.ask()
    placed = await stage.courier.place(order)
    answer = Answer(job=order.job, outcome="refused", reply=REASON)
    await _overtaken(stage, stage.courier, order, placed, answer)
    await stage.courier.deliver(order, placed, answer)

    assert "Only ana sees why" in words(stage.at(placed.message))
    assert len(stage.fake.ephemerals) == 1


async def test_the_agent_view_is_told_when_nothing_could_be_delivered(stage: Stage) -> None:
    told: list[str] = []

    class Listener:
        async def processing(self, order: Order, standing: Standing | None) -> None:
            """Nothing."""

        async def settled(self, order: Order, answer: Answer) -> None:
            told.extend((order.job, answer.outcome))

    order = await stage.ask()
    listening = SlackCourier(replace(stage.parts, sessions=(Listener(),)))
    await listening.excuse(order, Notice(key="slack-place-gone"))

    assert told == [order.job, "failed"]


async def test_progress_of_an_earlier_life_that_comes_after_the_answer_is_put_right(stage: Stage) -> None:
    order = await stage.ask()
    placed = await stage.courier.place(order)
    answer = await stage.draw(order)
    another = SlackCourier(stage.parts)
    await _overtaken(stage, another, order, placed, answer)
    await another.deliver(order, placed, answer)

    assert len(stage.shown(stage.at(placed.message))) == 1


async def test_an_answer_that_nothing_can_overtake_is_sent_once(stage: Stage) -> None:
    await stage.answered(await stage.ask())

    assert len(stage.fake.calls("chat.update")) == 1
