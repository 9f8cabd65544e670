"""The device's thread: unlike requests share forwards, and what befalls one befalls no other."""

import gc
import random
import threading
import weakref
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
import torch

from generator.diffusion.device import Work
from generator.diffusion.encodings import Encodings
from generator.diffusion.families.base import Loaded
from generator.diffusion.fibers import Call, StandIn
from generator.scheduling.ticket import Lane, Ticket
from tests.generator.diffusion.bench import FAMILY, SECONDS, Bench, task
from tests.generator.diffusion.families.together import alone
from tests.generator.diffusion.tiny import card, tiny


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Loaded:
    folder: Path = tiny("flux2_klein", tmp_path_factory)
    pipeline = FAMILY.load(str(folder), {"local_files_only": True})
    return Loaded(card=card("flux2"), pipeline=pipeline, encodings=Encodings(2**20))


@pytest.fixture
def bench(model: Loaded) -> Iterator[Bench]:
    made = Bench(model)
    yield made
    made.device.close()


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


def test_a_small_request_waits_one_step_of_a_large_one_at_most(model: Loaded) -> None:
    bench = Bench(model, tokens=200)  # the large one goes alone
    order: list[str] = []

    def large_stepped(done: int) -> None:
        order.append("large")
        if done == 3:  # in the device's thread: the small one is there before the next step
            bench.submit(task(seed=2, steps=4), lane=Lane.INTERACTIVE, on_step=lambda _: order.append("small"))

    alone(FAMILY, model, task())  # its prompt is encoded now
    large = bench.submit(task(width=256, height=256, steps=20), on_step=large_stepped)
    assert large.future.result(SECONDS).shape == (3, 256, 256)
    bench.device.close()

    assert order.count("small") == 4
    begins = order.index("small")
    assert begins <= 3 + 2  # it is opened between two steps; the prompt's encoding is looked up beside the next
    assert order[begins : begins + 4] == ["small"] * 4


@pytest.mark.parametrize("part", ["waiting", "encoding", "decoding"])
def test_a_request_can_be_cancelled_whatever_it_is_at(bench: Bench, monkeypatch: pytest.MonkeyPatch, part: str) -> None:
    inside, go_on = threading.Event(), threading.Event()

    def held(run: Any) -> Any:
        def call(*args: Any, **kwargs: Any) -> Any:
            inside.set()
            assert go_on.wait(SECONDS)
            return run(*args, **kwargs)

        return call

    encoder, decoder = bench.model.pipeline.text_encoder, bench.model.pipeline.vae
    if part == "waiting":
        bench.device.call(held(lambda: None))
        inside.wait(SECONDS)
    elif part == "encoding":
        monkeypatch.setattr(encoder, "forward", held(encoder.forward))
    else:
        monkeypatch.setattr(decoder, "decode", held(decoder.decode))
    work = bench.submit(task(prompt=f"a cat, {part}"))
    assert inside.wait(SECONDS)
    bench.device.cancel(work.ticket.id)
    if part != "waiting":  # the device's thread does not wait for what is done aside
        assert type(work.future.exception(SECONDS)).__name__ == "RenderCancelled"
    go_on.set()
    assert type(work.future.exception(SECONDS)).__name__ == "RenderCancelled"

    assert bench.submit(task()).future.result(SECONDS).shape == (3, 64, 64)
    assert bench.device.call(lambda: len(bench.device.scheduler)).result(SECONDS) == 0


def test_a_cancelled_request_returns_its_memory(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    held: list[weakref.ref[torch.Tensor]] = []
    reached = threading.Event()
    forward = bench.forward

    def watched(model: str, calls: Sequence[Call]) -> Sequence[Any]:
        held.extend(weakref.ref(call.kwargs["hidden_states"]) for call in calls)
        answers = forward(model, calls)
        held.extend(weakref.ref(answer[0]) for answer in answers)
        if len(held) >= 6:
            reached.set()
        return answers

    monkeypatch.setattr(bench.device, "_forward", watched)
    work = bench.submit(task(steps=1000))
    assert reached.wait(SECONDS)
    bench.device.cancel(work.ticket.id)
    assert type(work.future.exception(SECONDS)).__name__ == "RenderCancelled"
    bench.device.call(lambda: None).result(SECONDS)
    del work
    gc.collect()

    assert [one for one in held if one() is not None] == []


def test_two_hundred_requests_that_come_and_go_leave_nothing_behind(bench: Bench) -> None:
    dice = random.Random(20261123)
    small = StandIn(torch.nn.Linear(4, 4), {"__call__": "forward"})
    bench.device._forward = lambda _, calls: [call.alone() for call in calls]
    works, kept = [], 0
    for number in range(200):
        steps = dice.randrange(1, 6)

        def body(steps: int = steps) -> torch.Tensor:
            value = torch.ones(4)
            for _ in range(steps):
                value = small(value)
            return value

        ticket = Ticket(id=str(number), tenant=f"t{number % 7}", steps=steps, tokens=dice.randrange(1, 400))
        work = Work(ticket=ticket, open=lambda body=body: body)  # type: ignore[misc]
        bench.device.submit(work)
        works.append(work)
        if dice.random() < 0.5:
            bench.device.cancel(str(dice.randrange(number + 1)))

    for work in works:
        error = work.future.exception(SECONDS)
        assert error is None or type(error).__name__ == "RenderCancelled"
        kept += error is None
    assert 0 < kept < 200
    assert bench.device.call(lambda: (len(bench.device.scheduler), len(bench.device._works))).result(SECONDS) == (0, 0)


def test_the_same_requests_in_the_same_pack_give_the_same_bits(bench: Bench) -> None:
    def drawn() -> list[torch.Tensor]:
        there = threading.Event()
        bench.device.call(there.wait)
        works = [bench.submit(one) for one in UNLIKE]
        there.set()
        return [work.future.result(SECONDS) for work in works]

    drawn()  # what is encoded for the first time comes later
    bench.packs.clear()
    first, again = drawn(), drawn()

    assert bench.packs == [3, 3, 3, 2, 1] * 2
    assert all(torch.equal(one, other) for one, other in zip(first, again, strict=True))


def test_a_request_that_needs_more_steps_than_it_said_gets_them(bench: Bench) -> None:
    small = StandIn(torch.nn.Linear(4, 4), {"__call__": "forward"})
    bench.device._forward = lambda _, calls: [call.alone() for call in calls]
    calls: list[int] = []

    def body() -> int:
        for _ in range(7):
            small(torch.ones(4))
        return 7

    ticket = Ticket(id="more", tenant="t", steps=3, tokens=5)
    work = Work(ticket=ticket, open=lambda: body, on_step=calls.append)
    bench.device.submit(work)

    assert work.future.result(SECONDS) == 7
    assert calls == [1, 2, 3, 4, 5, 6, 7]
    assert bench.device.call(lambda: len(bench.device.scheduler)).result(SECONDS) == 0
