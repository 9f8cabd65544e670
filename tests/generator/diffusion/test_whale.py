"""One who asks for hundreds of pictures, and those who ask for one: their waits, in steps of the real device's thread."""

import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import torch

from generator.diffusion.device import Device, Work
from generator.diffusion.fibers import Call, StandIn
from generator.scheduling.costs import StepCosts
from generator.scheduling.scheduler import Budget, Scheduler
from generator.scheduling.ticket import Ticket
from tests.generator.diffusion.bench import CPU, SECONDS
from tests.generator.scheduling.simulation import percentile

WHALE, SMALL, STEPS, TOKENS = 300, 10, 4, 1000
PER_PACK = 4
EVERY = 20  # steps between two of the small ones


@dataclass(slots=True)
class Run:
    """What a day gave.

    Attributes:
        waits: Steps from arrival to the last one, of each small request.
        forwards: Steps until everything was done.
    """

    waits: list[int] = field(default_factory=list)
    forwards: int = 0


def run(*, fair: bool) -> Run:
    """The whale's requests are there at the beginning, the small ones come one by one while they are drawn."""
    found, model = Run(), StandIn(torch.nn.Linear(2, 2), {"__call__": "forward"})
    works: list[Work] = []

    def submit(tenant: str, at: int) -> None:
        def body() -> None:
            for _ in range(STEPS):
                model(torch.ones(2))

        def stepped(done: int) -> None:
            if tenant != "whale" and done == STEPS:
                found.waits.append(found.forwards - at)

        ticket = Ticket(id=str(len(works)), tenant=tenant if fair else "all", steps=STEPS, tokens=TOKENS)
        work = Work(ticket=ticket, open=lambda: body, on_step=stepped)
        works.append(work)
        device.submit(work)

    def forward(_: str, calls: Sequence[Call]) -> Sequence[Any]:
        found.forwards += 1
        if found.forwards % EVERY == 0 and found.forwards // EVERY <= SMALL:
            submit(f"small-{found.forwards // EVERY}", found.forwards)  # there before the next step
        return [call.alone() for call in calls]

    scheduler = Scheduler(StepCosts(fixed=0.004, linear=1e-5), Budget(tokens=PER_PACK * TOKENS))
    device = Device(scheduler, forward, CPU)
    there = threading.Event()
    device.call(there.wait)
    for _ in range(WHALE):
        submit("whale", 0)
    there.set()
    index = 0
    while index < len(works):  # it grows while it is waited for
        works[index].future.result(SECONDS)
        index += 1
    device.close()
    return found


def test_a_whale_of_300_jobs_does_not_make_ten_small_tenants_wait() -> None:
    fair, first_come = run(fair=True), run(fair=False)

    assert len(fair.waits) == len(first_come.waits) == SMALL
    assert percentile(fair.waits, 0.95) <= percentile(first_come.waits, 0.95) / 5
    assert abs(fair.forwards - first_come.forwards) <= 0.03 * first_come.forwards
    assert fair.forwards >= (WHALE + SMALL) * STEPS / PER_PACK


def test_the_same_day_goes_the_same_way_again() -> None:
    assert run(fair=True).waits == run(fair=True).waits
