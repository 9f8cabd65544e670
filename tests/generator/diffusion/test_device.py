"""The device's thread: unlike requests share forwards, and what befalls one befalls no other."""

import threading
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
import torch

from generator.diffusion.device import Device, Work
from generator.diffusion.encodings import Encodings
from generator.diffusion.families.base import Loaded
from generator.diffusion.families.flux2 import Flux2
from generator.diffusion.fibers import Call
from generator.diffusion.task import Task
from generator.scheduling.costs import StepCosts
from generator.scheduling.scheduler import Budget, Scheduler
from generator.scheduling.ticket import Lane, Ticket
from tests.generator.diffusion.families.together import alone
from tests.generator.diffusion.tiny import card, tiny

SECONDS = 60.0
CPU = torch.device("cpu")
COSTS = StepCosts(fixed=0.001, linear=1e-5)
FAMILY = Flux2()


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Loaded:
    folder: Path = tiny("flux2_klein", tmp_path_factory)
    pipeline = FAMILY.load(str(folder), {"local_files_only": True})
    return Loaded(card=card("flux2"), pipeline=pipeline, encodings=Encodings(2**20))


class Bench:
    """A device with one model, that keeps count of what it computed."""

    def __init__(self, model: Loaded, tokens: int = 10_000) -> None:
        self.model = model
        self.packs: list[int] = []
        self.trouble: list[BaseException | None] = []
        self.lost: list[BaseException] = []
        self.device = Device(Scheduler(COSTS, Budget(tokens=tokens)), self.forward, CPU, self.lost.append)
        self.count = 0

    def forward(self, _: str, calls: Sequence[Call]) -> Sequence[Any]:
        self.packs.append(len(calls))
        if self.trouble and (error := self.trouble.pop(0)) is not None:
            raise error
        return FAMILY.forward(self.model, calls)

    def submit(self, task: Task, **more: Any) -> Work:
        self.count += 1
        ticket = Ticket(
            id=f"t{self.count}",
            tenant="home",
            steps=FAMILY.forwards(self.model, task),
            tokens=FAMILY.tokens(self.model, task),
            lane=more.pop("lane", Lane.BULK),
        )
        work = Work(ticket=ticket, open=lambda: FAMILY.body(self.model, task, lambda _done, _estimate: None), **more)
        self.device.submit(work)
        return work


@pytest.fixture
def bench(model: Loaded) -> Iterator[Bench]:
    made = Bench(model)
    yield made
    made.device.close()


def task(**more: Any) -> Task:
    return Task(**{"prompt": "a cat", "width": 64, "height": 64, "steps": 3, "guidance": 1.0, "seed": 1, **more})


UNLIKE = (
    task(),
    task(prompt="a dog on a hill", width=96, steps=5, seed=2),
    task(prompt="x", width=128, steps=4, seed=3),
)


def test_unlike_requests_share_forwards_and_are_what_each_is_alone(bench: Bench) -> None:
    singles = [alone(FAMILY, bench.model, one) for one in UNLIKE]  # their prompts are encoded now
    all_there = threading.Event()
    bench.device.call(all_there.wait)
    works = [bench.submit(one) for one in UNLIKE]
    all_there.set()
    images = [work.future.result(SECONDS) for work in works]

    assert bench.packs == [3, 3, 3, 2, 1]
    for image, single in zip(images, singles, strict=True):
        torch.testing.assert_close(image, single, atol=1e-5, rtol=0)


def test_a_pack_that_does_not_fit_is_halved_and_nothing_is_lost(bench: Bench) -> None:
    bench.trouble = [None, torch.OutOfMemoryError("too many"), torch.OutOfMemoryError("too many")]
    works = [bench.submit(task(seed=seed, steps=4)) for seed in range(4)]
    images = [work.future.result(SECONDS) for work in works]

    for seed, image in enumerate(images):
        torch.testing.assert_close(image, alone(FAMILY, bench.model, task(seed=seed, steps=4)), atol=1e-5, rtol=0)


def test_what_breaks_a_pack_breaks_only_the_request_that_it_came_from(bench: Bench, monkeypatch: Any) -> None:
    forward = bench.forward

    def broken(model: str, calls: Sequence[Call]) -> Sequence[Any]:
        if any(call.kwargs["hidden_states"].shape[1] == 8 * 4 // 1 for call in calls):
            raise ValueError("that one")
        return forward(model, calls)

    monkeypatch.setattr(bench.device, "_forward", broken)
    good, bad = bench.submit(task(steps=4)), bench.submit(task(width=128, steps=4))

    assert good.future.result(SECONDS).shape == (3, 64, 64)
    with pytest.raises(ValueError, match="that one"):
        bad.future.result(SECONDS)


def test_a_lost_device_ends_everything_and_takes_nothing_more(bench: Bench) -> None:
    bench.trouble = [None, torch.AcceleratorError("an illegal memory access was encountered")]
    works = [bench.submit(task(seed=seed)) for seed in range(3)]
    errors = [work.future.exception(SECONDS) for work in works]
    later = bench.submit(task())

    assert {type(error).__name__ for error in errors} == {"DeviceLost"}
    assert type(later.future.exception(SECONDS)).__name__ == "DeviceLost"
    assert len(bench.lost) == 1


def test_a_cancelled_request_ends_at_its_next_step_and_the_others_go_on(bench: Bench) -> None:
    first: list[int] = []

    def stepped(done: int) -> None:
        first.append(done)
        if done == 5:
            bench.device.cancel("t1")

    work = bench.submit(task(steps=50), on_step=stepped)
    other = bench.submit(task(seed=2, steps=10))

    assert type(work.future.exception(SECONDS)).__name__ == "RenderCancelled"
    assert len(first) == 5
    torch.testing.assert_close(
        other.future.result(SECONDS), alone(FAMILY, bench.model, task(seed=2, steps=10)), atol=1e-5, rtol=0
    )
