"""Measuring a model on this device: what a step costs by its length, and how long a pack may be.

Done once for every model that is loaded, with the model's own forwards; nothing is assumed of the card.
"""

import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Final

import torch
from PIL import Image

from generator.diffusion.families.base import Family, Loaded
from generator.diffusion.fibers import Call, Fiber
from generator.diffusion.task import Task
from generator.scheduling.costs import StepCosts, fit

SHARES: Final = (0.25, 0.5, 1.0)
"""Sides of the measured images over the model's own."""

PACKS: Final = (1, 2, 4)
REPEATS: Final = 3
WASTE: Final = 0.05
"""A pack is long enough when what a forward takes anyway is this part of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """What a device takes for a model.

    Attributes:
        tokens: Of a pack beyond which a longer one gains nothing, or does not fit.
        memory: Bytes that a forward needs for each token, beside the weights; 0 where that is not measured.
    """

    costs: StepCosts
    tokens: int
    memory: float


def measure(family: Family, model: Loaded, device: torch.device) -> Measured:
    """Time forwards of several lengths. Call it in the thread that owns the device.

    Raises:
        torch.OutOfMemoryError: Not even one image of the model's own size fits.
    """
    samples: list[tuple[Sequence[int], float]] = []
    peak, longest = 0.0, 0
    side = int(model.card.native**0.5)
    for share in SHARES:
        task = _task(model, max(model.card.multiple, round(share * side)))
        tokens, call = family.tokens(model, task), _first_forward(family, model, task)
        for pack in PACKS if family.packs else PACKS[:1]:
            try:
                seconds, held = _timed(family, model, [call] * pack, device)
            except torch.OutOfMemoryError:
                if pack == 1:
                    raise
                break
            samples.append(((tokens,) * pack, seconds))
            peak, longest = max(peak, held / (tokens * pack)), max(longest, tokens * pack)
    costs = fit(samples)
    return Measured(costs=costs, tokens=_enough(costs, samples, _room(device, peak)), memory=peak)


def _enough(costs: StepCosts, samples: Sequence[tuple[Sequence[int], float]], room: float) -> int:
    single = max(lengths[0] for lengths, _ in samples)
    if costs.linear <= 0:
        return int(min(room, single))
    return int(max(1, min(room, max(single, costs.fixed / (WASTE * costs.linear)))))


def _room(device: torch.device, per_token: float) -> float:
    """Tokens that fit into what is left of the memory, with a tenth kept back for what is done aside."""
    if device.type != "cuda" or per_token <= 0:
        return float("inf")
    free, _ = torch.cuda.mem_get_info(device)
    return 0.9 * free / per_token


def _task(model: Loaded, side: int) -> Task:
    side -= side % model.card.multiple
    side = max(side, model.card.multiple)
    able = model.card.abilities
    # A model that only changes images is measured with one.
    shown = () if able.create and not able.layers else (Image.new("RGB", (side, side), "gray"),)
    return Task(
        prompt="a gray square",
        width=side,
        height=side,
        steps=model.card.steps,
        guidance=1.0,
        seed=0,
        references=shown,
        layers=2 if able.layers else 0,
    )


def _first_forward(family: Family, model: Loaded, task: Task) -> Call:
    """What the pipeline first asks its transformer for."""
    fiber = Fiber(family.body(model, task, lambda _done, _estimate: None))
    fiber.start()
    while fiber.call is not None and fiber.call.kind != "forward":
        fiber.answer(fiber.call.alone())
    if fiber.call is None:
        raise RuntimeError(f"{model.card.id} never called its transformer")
    call = fiber.call
    with suppress(_Enough):
        fiber.fail(_Enough())
    return call


class _Enough(Exception):
    """Ends a pipeline whose first call is all that was wanted."""


def _timed(family: Family, model: Loaded, calls: Sequence[Call], device: torch.device) -> tuple[float, float]:
    """Seconds of the fastest of several forwards, and bytes that it needed at most."""
    best, cuda = float("inf"), device.type == "cuda"
    held = torch.cuda.memory_allocated(device) if cuda else 0
    if cuda:
        torch.cuda.reset_peak_memory_stats(device)
    for _ in range(1 + REPEATS):  # the first one warms up; it is never the fastest
        started = time.perf_counter()
        family.forward(model, calls)
        if cuda:
            torch.cuda.synchronize(device)
        best = min(best, time.perf_counter() - started)
    return best, (torch.cuda.max_memory_allocated(device) - held if cuda else 0.0)
