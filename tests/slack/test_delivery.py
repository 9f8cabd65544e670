"""What comes of a job on Slack: the same messages however often it is delivered, and nothing of it in the wrong place."""

import itertools
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from bots.courier import TryLater
from bots.order import Answer
from bots.progress import Standing
from bots.slack import delivering
from bots.slack.where import where
from tests.slack.answers import Stage, answering, words

DRAWING = Standing(stage="stage-drawing", fraction=0.4)


@pytest_asyncio.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Stage]:
    async with answering(tmp_path) as made:
        yield made


def _forget_shares(stage: Stage) -> None:
    """Slack does not share what it said it would."""
    for file in stage.fake.world.files.values():
        file.shares.clear()


async def test_p1_p3_s15_the_placeholder_becomes_the_answer(stage: Stage) -> None:
    order = await stage.ask()
    message = await stage.answered(order)
    (image,) = await stage.app.records.generations_of_job(order.job)

    assert stage.of_bot() == [message]
    assert stage.shown(message) == [await stage.app.blobs.get(image.digest)]
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
    assert len(stage.shown(stage.at(placed.message))) == 1


async def test_s15_blocks_wait_until_slack_has_processed_their_files(stage: Stage) -> None:
    stage.fake.world.file_slowness = 3
    message = await stage.answered(await stage.ask(), 2)

    assert len(stage.shown(message)) == 2
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
    message = await stage.answered(await stage.command())

    assert [each.thread_ts for each in stage.of_bot()] == [None, message.ts]


async def test_an_image_that_slack_shows_in_no_way_is_told_of(stage: Stage) -> None:
    stage.fake.world.refuses_blocks = lambda block: block["type"] == "image"
    stage.fake.on_request.append(lambda _: _forget_shares(stage))
    order = await stage.ask()
    message = await stage.answered(order)
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

    assert [len(stage.shown(message)) for message in messages] == [2, 2, 1]
    assert [message.metadata["event_payload"].get("part") for message in messages if message.metadata] == [None, 1, 2]
    assert {message.thread_ts for message in messages[1:]} == {where(order).thread or messages[0].ts}
    assert all("AI-generated" in words(message) for message in messages)
    assert [bool(message.buttons) for message in messages] == [True, False, False]


async def test_an_answer_that_moved_to_direct_messages_still_says_why(stage: Stage) -> None:
    order = await stage.command(channel=stage.team.add_channel("elsewhere", bot=False))
    message = await stage.answered(order)

    assert message.channel.kind == "im"
    assert "/invite" in words(message)
    assert len(stage.shown(message)) == 1


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


async def test_an_image_that_was_removed_meanwhile_is_left_out(stage: Stage) -> None:
    order = await stage.ask()
    placed = await stage.courier.place(order)
    answer = await stage.draw(order, 2)
    await stage.app.records.remove(answer.generations[0], "deleted", stage.app.blobs)
    await stage.courier.deliver(order, placed, answer)

    assert len(stage.shown(stage.at(placed.message))) == 1


async def test_an_answer_whose_placeholder_can_no_longer_be_changed_stands_below_it_once(stage: Stage) -> None:
    order = await stage.ask()
    placed = await stage.courier.place(order)
    answer = await stage.draw(order)
    stage.fake.faults.add("refuse", "chat.update", times=None, code="edit_window_closed")
    await stage.courier.deliver(order, placed, answer)
    await stage.courier.deliver(order, placed, answer)
    placeholder, message = stage.of_bot()

    assert stage.key(placeholder) == placed.message
    assert len(stage.shown(message)) == 1
    assert message.thread_ts == where(order).thread


async def test_where_nothing_can_be_shown_or_shared_the_deleted_placeholder_brings_up_nothing(stage: Stage) -> None:
    order = await stage.ask()
    placed = await stage.courier.place(order)
    await stage.at(placed.message).delete()
    stage.fake.world.refuses_blocks = lambda block: block["type"] == "image"
    await stage.courier.deliver(order, placed, await stage.draw(order))

    assert stage.of_bot() == []
