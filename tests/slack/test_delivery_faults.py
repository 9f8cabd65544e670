"""A job through everything that Slack's answers may do to it: in the end one message with the images, and nothing else."""

import random
from pathlib import Path

import pytest

from bots.courier import Placed, TryLater
from bots.order import Answer, Order
from bots.progress import Standing
from tests.fakes.slack.faults import Kind
from tests.slack.answers import Stage, answering

KINDS: tuple[Kind, ...] = ("rate_limit", "error", "error_after", "cut", "answer_lost", "slow_commit")
METHODS = (
    "chat.postMessage",
    "chat.postMessage",
    "chat.update",
    "chat.update",
    "conversations.replies",
    "conversations.history",
    "files.getUploadURLExternal",
    "files.completeUploadExternal",
    "files.info",
)
LATE_SECONDS = 0.15
ROUNDS = 12
MOST_ATTEMPTS = 60


async def _placed(stage: Stage, order: Order) -> Placed:
    for _ in range(MOST_ATTEMPTS):
        try:
            return await stage.courier.place(order)
        except TryLater:
            continue
    raise AssertionError("it was never placed")


async def _delivered(stage: Stage, order: Order, placed: Placed, answer: Answer) -> None:
    for _ in range(MOST_ATTEMPTS):
        try:
            await stage.courier.deliver(order, placed, answer)
        except TryLater:
            await stage.fake.wait_until(lambda: not stage.fake._running)
            continue
        return
    raise AssertionError("it was never delivered")


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.slow
async def test_s2_whatever_slack_does_a_job_leaves_one_message_with_its_images(tmp_path: Path, seed: int) -> None:
    chance = random.Random(seed)
    async with answering(tmp_path) as stage:
        for number in range(ROUNDS):
            order = await (stage.ask() if number % 2 else stage.command())
            for _ in range(chance.randrange(5)):
                stage.fake.faults.add(chance.choice(KINDS), chance.choice(METHODS), seconds=LATE_SECONDS)
            placed = await _placed(stage, order)
            await stage.courier.show(order, placed, Standing(stage="stage-drawing", fraction=0.5))
            images = chance.randrange(1, 3)
            await _delivered(stage, order, placed, await stage.draw(order, images))
            stage.fake.faults.clear()
            await stage.fake.wait_until(lambda: not stage.fake._running)
            if placed.doubtful:
                await stage.courier.sweep(order, placed)
            mine = [each for each in stage.of_bot() if (each.metadata or {})["event_payload"]["job"] == order.job]

            assert [stage.key(each) for each in mine] == [placed.message]
            assert len(mine[0].images) == images
