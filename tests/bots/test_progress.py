"""What a waiting person is told, and which previews may be shown."""

import asyncio

import pytest

from bots.previews import MAX_BYTES, Previews
from bots.progress import ProgressBoard
from bots.replies import say
from generator.engine import Progress
from moderation.types import Action, Verdict

JOB = "cli:one"


@pytest.fixture
def board():
    it = ProgressBoard()
    it.stage(JOB, "generate/0")
    return it


@pytest.mark.parametrize(
    ("place", "seconds", "english", "korean"),
    [
        (2, 11.2, "3rd in line, about 15 s", "3번째로 기다리는 중, 약 15초"),
        (0, 2.1, "next in line, about 3 s", "바로 다음 차례예요, 약 3초"),
        (11, None, "number 12 in line", "12번째로 기다리는 중"),
        (None, None, "drawing", "그리는 중"),
    ],
)
def test_who_waits_is_told_their_place_and_about_how_long(board, place, seconds, english, korean):
    board.drawing(JOB, Progress(stage="waiting", fraction=0.0, place=place, seconds=seconds))
    words = board.standing(JOB).words

    assert (say(words, "en"), say(words, "ko")) == (english, korean)


def test_who_is_drawn_has_no_place_any_more(board):
    board.drawing(JOB, Progress(stage="waiting", fraction=0.0, place=1, seconds=9.0))
    board.drawing(JOB, Progress(stage="drawing", fraction=0.5))

    assert say(board.standing(JOB).words, "en") == "drawing"


@pytest.mark.parametrize("seconds", [float("nan"), float("inf"), -1.0, 0.0])
def test_a_forecast_that_is_none_is_not_told(board, seconds):
    board.drawing(JOB, Progress(stage="drawing", fraction=0.5, seconds=seconds))

    assert board.standing(JOB).seconds is None


class Judge:
    """Allows what begins with ``ok``; the first judgment waits until it is let go."""

    def __init__(self):
        self.go = asyncio.Event()
        self.seen = []
        self.asked = asyncio.Event()

    async def check(self, png):
        self.seen.append(png)
        self.asked.set()
        await self.go.wait()
        if png == b"broken":
            raise OSError("no image")
        return Verdict(action=Action.ALLOW if png.startswith(b"ok") else Action.BLOCK)


async def shown(board, judge, *previews):
    """What stands on the board after these previews, the later ones sent while the first is judged."""
    gate = Previews(board, judge.check)
    async with asyncio.TaskGroup() as tasks:
        watch = tasks.create_task(gate.watch(JOB))
        await asyncio.sleep(0)
        for number, png in enumerate(previews):
            gate.report(JOB, Progress(stage="drawing", fraction=0.1, preview=png))
            if not number:
                await judge.asked.wait()
                assert board.preview(JOB) is None, "nothing is shown before it was judged"
        judge.go.set()
        while len(judge.seen) < min(2, len(previews)):
            await asyncio.sleep(0)
        for _ in range(3):
            await asyncio.sleep(0)
        watch.cancel()
    return board.preview(JOB)


async def test_a_preview_that_passed_is_on_the_board(board):
    assert await shown(board, Judge(), b"ok 1") == b"ok 1"


@pytest.mark.parametrize("png", [b"nude", b"broken"])
async def test_a_preview_that_did_not_pass_is_dropped(board, png):
    assert await shown(board, Judge(), png) is None


async def test_a_preview_that_did_not_pass_takes_the_earlier_one_away(board):
    assert await shown(board, Judge(), b"ok 1", b"nude") is None


async def test_only_the_latest_preview_is_judged(board):
    judge = Judge()

    assert await shown(board, judge, b"ok 1", b"ok 2", b"ok 3") == b"ok 3"
    assert judge.seen == [b"ok 1", b"ok 3"]


async def test_what_is_too_large_for_a_preview_is_not_even_judged(board):
    judge = Judge()
    gate = Previews(board, judge.check)
    async with asyncio.TaskGroup() as tasks:
        watch = tasks.create_task(gate.watch(JOB))
        await asyncio.sleep(0)
        gate.report(JOB, Progress(stage="drawing", fraction=0.1, preview=bytes(MAX_BYTES + 1)))
        for _ in range(3):
            await asyncio.sleep(0)
        watch.cancel()

    assert not judge.seen


async def test_the_preview_goes_with_the_step_that_drew(board):
    await shown(board, Judge(), b"ok 1")
    board.stage(JOB, "measure/0")

    assert board.preview(JOB) is None
