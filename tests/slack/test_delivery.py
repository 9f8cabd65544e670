"""What comes of a job on Slack: the same messages however often it is delivered, and nothing of it in the wrong place."""

import itertools
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from bots.courier import TryLater
from bots.order import Answer, Order
from bots.progress import Standing
from bots.slack import courier, delivering
from bots.slack.takedown import take_down
from bots.slack.where import where
from generator.scene import Notice
from tests.fakes.slack import Message
from tests.slack.answers import Stage, answering, words

DRAWING = Standing(stage="stage-drawing", fraction=0.4)
REASON = "That is against the rules, because of a secret reason."


@pytest_asyncio.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Stage]:
    async with answering(tmp_path) as made:
        yield made


async def _drawn(stage: Stage, order: Order, images: int = 1, **more: Any) -> Message:
    """The job from placeholder to answer."""
    placed = await stage.courier.place(order)
    await stage.courier.deliver(order, placed, await stage.draw(order, images, **more))
    return stage.at(placed.message)


def _shown(stage: Stage, message: Message) -> list[bytes]:
    """The bytes of the images in a message's blocks."""
    return [stage.fake.world.files[block["slack_file"]["id"]].data for block in message.images]


def _forget_shares(stage: Stage) -> None:
    """Slack does not share what it said it would."""
    for file in stage.fake.world.files.values():
        file.shares.clear()


async def test_p1_p3_s15_the_placeholder_becomes_the_answer(stage: Stage) -> None:
    order = await stage.ask()
    message = await _drawn(stage, order)
    (image,) = await stage.app.records.generations_of_job(order.job)

    assert stage.of_bot() == [message]
    assert _shown(stage, message) == [await stage.app.blobs.get(image.digest)]
    assert [block["alt_text"] for block in message.images] == [image.alt]
    assert "AI-generated" in words(message)
    assert "Asked by ana" in words(message)
    assert "seed 7" in words(message)
    assert {each["action_id"] for each in message.buttons} >= {"tb1:vary", "tb1:delete", "tb1:feedback"}
    assert "AI-generated" in message.text
    assert message.metadata == {"event_type": "threadbrush_job", "event_payload": {"job": order.job}}


async def test_delivering_again_leaves_the_same_messages_and_files(stage: Stage) -> None:
    order = await stage.ask()
    placed = await stage.courier.place(order)
    answer = await stage.draw(order, 3)
    await stage.courier.deliver(order, placed, answer)
    before = stage.at(placed.message).blocks
    await stage.courier.deliver(order, placed, answer)

    assert stage.at(placed.message).blocks == before
    assert len(stage.of_bot()) == 1
    assert len(stage.fake.world.files) == 3


@pytest.mark.parametrize(
    ("fault", "method"),
    [
        *itertools.product(
            ["error", "rate_limit", "cut", "answer_lost"],
            ["chat.update", "files.getUploadURLExternal", "files.completeUploadExternal", "upload"],
        ),
        ("error", "files.info"),  # where nothing is changed, aiohttp asks again by itself after a cut
        ("rate_limit", "files.info"),
    ],
)
async def test_whatever_breaks_the_next_attempt_delivers_once(stage: Stage, method: str, fault: Any) -> None:
    order = await stage.ask()
    placed = await stage.courier.place(order)
    answer = await stage.draw(order)
    stage.fake.world.file_slowness = 2 if method == "files.info" else 0
    stage.fake.faults.add(fault, method)
    with pytest.raises(TryLater):
        await stage.courier.deliver(order, placed, answer)
    await stage.courier.deliver(order, placed, answer)

    assert [stage.key(each) for each in stage.of_bot()] == [placed.message]
    assert len(_shown(stage, stage.at(placed.message))) == 1


async def test_s15_blocks_wait_until_slack_has_processed_their_files(stage: Stage) -> None:
    stage.fake.world.file_slowness = 3
    message = await _drawn(stage, await stage.ask(), 2)

    assert len(_shown(stage, message)) == 2
    assert stage.of_bot() == [message]


async def test_s14_where_blocks_do_not_show_images_they_stand_in_the_thread(stage: Stage) -> None:
    stage.fake.world.refuses_blocks = lambda block: block["type"] == "image"
    order = await stage.ask()
    placed = await stage.courier.place(order)
    answer = await stage.draw(order, 2)
    await stage.courier.deliver(order, placed, answer)
    stage.fake.world.refuses_blocks = lambda _: False
    await stage.courier.deliver(order, placed, answer)  # Slack takes them now, but they must not be there twice
    card, *shared = stage.of_bot()

    assert stage.key(card) == placed.message
    assert card.images == []
    assert "AI-generated" in words(card)
    assert {each["action_id"] for each in card.buttons} >= {"tb1:vary", "tb1:delete"}
    assert len(shared) == 2
    assert {message.thread_ts for message in shared} == {where(order).thread}


async def test_s14_an_image_of_a_command_is_shared_under_its_placeholder(stage: Stage) -> None:
    stage.fake.world.refuses_blocks = lambda block: block["type"] == "image"
    message = await _drawn(stage, await stage.command())

    assert [each.thread_ts for each in stage.of_bot()] == [None, message.ts]


async def test_an_image_that_slack_shows_in_no_way_is_told_of(stage: Stage) -> None:
    stage.fake.world.refuses_blocks = lambda block: block["type"] == "image"
    stage.fake.on_request.append(lambda _: _forget_shares(stage))
    order = await stage.ask()
    message = await _drawn(stage, order)
    (image,) = await stage.app.records.generations_of_job(order.job)

    assert image.id in words(message)


async def test_where_no_blocks_are_taken_the_words_stand_alone(stage: Stage) -> None:
    order = await stage.ask()
    placed = await stage.courier.place(order)
    stage.fake.world.refuses_blocks = lambda _: True
    await stage.courier.deliver(order, placed, Answer(job=order.job, outcome="answer", reply="It is red."))
    message = stage.at(placed.message)

    assert message.blocks == []
    assert "It is red." in message.text


@pytest.mark.parametrize("manner", ["thread", "channel"])
async def test_what_does_not_fit_follows_in_further_messages_that_are_the_same_for_every_attempt(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, manner: str
) -> None:
    monkeypatch.setattr(delivering, "MOST_IMAGES", 2)
    order = await (stage.ask() if manner == "thread" else stage.command())
    placed = await stage.courier.place(order)
    answer = await stage.draw(order, 5)
    for fault in ("answer_lost", "cut", "answer_lost"):
        stage.fake.faults.add(fault, "chat.postMessage")
        with pytest.raises(TryLater):
            await stage.courier.deliver(order, placed, answer)
    await stage.courier.deliver(order, placed, answer)
    await stage.courier.deliver(order, placed, answer)
    messages = stage.of_bot()

    assert [len(_shown(stage, message)) for message in messages] == [2, 2, 1]
    assert [message.metadata["event_payload"].get("part") for message in messages if message.metadata] == [None, 1, 2]
    assert {message.thread_ts for message in messages[1:]} == {where(order).thread or messages[0].ts}
    assert all("AI-generated" in words(message) for message in messages)
    assert [bool(message.buttons) for message in messages] == [True, False, False]


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


async def test_in_direct_messages_a_refusal_says_why_where_it_stands(stage: Stage) -> None:
    order = await stage.command(manner="direct")
    placed = await stage.courier.place(order)
    await stage.courier.deliver(order, placed, Answer(job=order.job, outcome="refused", reply=REASON))

    assert REASON in words(stage.at(placed.message))
    assert stage.fake.ephemerals == []


async def test_an_answer_that_moved_to_direct_messages_still_says_why(stage: Stage) -> None:
    order = await stage.command(channel=stage.team.add_channel("elsewhere", bot=False))
    message = await _drawn(stage, order)

    assert message.channel.kind == "im"
    assert "/invite" in words(message)
    assert len(_shown(stage, message)) == 1


async def test_a_placeholder_that_somebody_deleted_is_not_brought_back(stage: Stage) -> None:
    order = await stage.ask()
    placed = await stage.courier.place(order)
    await stage.at(placed.message).delete()
    await stage.courier.show(order, placed, DRAWING)
    await stage.courier.deliver(order, placed, await stage.draw(order, 2))

    assert stage.of_bot() == []
    assert len(stage.fake.calls("chat.postMessage")) == 1


async def test_an_order_whose_post_was_dropped_before_it_stood_is_delivered_nowhere(stage: Stage) -> None:
    order = await stage.ask()
    await stage.app.chats.close_post(order.job, "dropped")
    placed = await stage.courier.place(order)
    await stage.courier.show(order, placed, DRAWING)
    await stage.courier.deliver(order, placed, await stage.draw(order))
    await stage.courier.sweep(order, placed)

    assert stage.of_bot() == []


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
    stage.fake.faults.add("slow_commit", "chat.update", seconds=0.1)
    await stage.courier.show(order, placed, DRAWING)
    await stage.courier.deliver(order, placed, answer)
    message = stage.at(placed.message)
    await stage.fake.wait_until(lambda: message.blocks[0]["type"] == "plan")
    await stage.parts.later.settle()

    assert len(_shown(stage, message)) == 1


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
    await _drawn(stage, order, 5)
    kept = await _drawn(stage, other)
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
    await _drawn(stage, order, 2)
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
    await _drawn(stage, order)
    post = await stage.app.chats.post(order.job)
    images = await stage.app.records.generations_of_job(order.job)
    assert post is not None
    stage.fake.faults.add(fault, method)

    assert not await take_down(stage.parts, await stage.workspace(), images, [post])
    assert await take_down(stage.parts, await stage.workspace(), images, [post])
    assert stage.of_bot() == []


async def test_taking_down_what_somebody_deleted_already_is_fine(stage: Stage) -> None:
    order = await stage.ask()
    message = await _drawn(stage, order)
    post = await stage.app.chats.post(order.job)
    images = await stage.app.records.generations_of_job(order.job)
    await message.delete()
    for file in stage.fake.world.files.values():
        file.deleted = True
    assert post is not None

    assert await take_down(stage.parts, await stage.workspace(), images, [post])


async def test_p2_an_image_that_was_removed_meanwhile_is_left_out(stage: Stage) -> None:
    order = await stage.ask()
    placed = await stage.courier.place(order)
    answer = await stage.draw(order, 2)
    await stage.app.records.remove(answer.generations[0], "deleted", stage.app.blobs)
    await stage.courier.deliver(order, placed, answer)

    assert len(_shown(stage, stage.at(placed.message))) == 1


async def test_the_agent_view_and_workflows_are_told(stage: Stage) -> None:
    told: list[tuple[str, object]] = []

    class Listener:
        async def processing(self, order: Order, standing: Standing | None) -> None:
            told.append((order.job, standing))

        async def settled(self, order: Order, answer: Answer) -> None:
            told.append((order.job, answer.outcome))

    listening = courier.SlackCourier(replace(stage.parts, sessions=(Listener(),)))
    order = await stage.ask()
    placed = await listening.place(order)
    await listening.show(order, placed, DRAWING)
    await listening.deliver(order, placed, Answer(job=order.job, outcome="answer", reply="Hello."))

    assert told == [(order.job, None), (order.job, DRAWING), (order.job, "answer")]


async def test_an_answer_whose_placeholder_can_no_longer_be_changed_stands_below_it_once(stage: Stage) -> None:
    order = await stage.ask()
    placed = await stage.courier.place(order)
    answer = await stage.draw(order)
    stage.fake.faults.add("refuse", "chat.update", times=None, code="edit_window_closed")
    await stage.courier.deliver(order, placed, answer)
    await stage.courier.deliver(order, placed, answer)
    placeholder, message = stage.of_bot()

    assert stage.key(placeholder) == placed.message
    assert len(_shown(stage, message)) == 1
    assert message.thread_ts == where(order).thread


async def test_a_refusal_is_put_right_when_progress_comes_after_it(stage: Stage) -> None:
    order = await stage.ask()
    placed = await stage.courier.place(order)
    stage.fake.faults.add("slow_commit", "chat.update", seconds=0.1)
    await stage.courier.show(order, placed, DRAWING)
    await stage.courier.deliver(order, placed, Answer(job=order.job, outcome="refused", reply=REASON))
    message = stage.at(placed.message)
    await stage.fake.wait_until(lambda: message.blocks[0]["type"] == "plan")
    await stage.parts.later.settle()

    assert "Only ana sees why" in words(message)


async def test_where_nothing_can_be_shown_or_shared_the_deleted_placeholder_brings_up_nothing(stage: Stage) -> None:
    order = await stage.ask()
    placed = await stage.courier.place(order)
    await stage.at(placed.message).delete()
    stage.fake.world.refuses_blocks = lambda block: block["type"] == "image"
    await stage.courier.deliver(order, placed, await stage.draw(order))

    assert stage.of_bot() == []


async def test_the_agent_view_is_told_when_nothing_could_be_delivered(stage: Stage) -> None:
    told: list[str] = []

    class Listener:
        async def processing(self, order: Order, standing: Standing | None) -> None:
            """Nothing."""

        async def settled(self, order: Order, answer: Answer) -> None:
            told.extend((order.job, answer.outcome))

    order = await stage.ask()
    listening = courier.SlackCourier(replace(stage.parts, sessions=(Listener(),)))
    await listening.excuse(order, Notice(key="slack-place-gone"))

    assert told == [order.job, "failed"]


async def test_progress_of_an_earlier_life_that_comes_after_the_answer_is_put_right(stage: Stage) -> None:
    order = await stage.ask()
    placed = await stage.courier.place(order)
    answer = await stage.draw(order)
    stage.fake.faults.add("slow_commit", "chat.update", seconds=0.1)
    await stage.courier.show(order, placed, DRAWING)
    await courier.SlackCourier(stage.parts).deliver(order, placed, answer)
    message = stage.at(placed.message)
    await stage.fake.wait_until(lambda: message.blocks[0]["type"] == "plan")
    await stage.parts.later.settle()

    assert len(_shown(stage, message)) == 1


async def test_an_answer_that_nothing_can_overtake_is_sent_once(stage: Stage) -> None:
    await _drawn(stage, await stage.ask())
    await stage.parts.later.settle()

    assert len(stage.fake.calls("chat.update")) == 1
