"""A device's thread with a model, and count of what it computed."""

from collections.abc import Sequence
from typing import Any

import torch

from generator.diffusion.device import Device, Work
from generator.diffusion.families.base import Loaded
from generator.diffusion.families.flux2 import Flux2
from generator.diffusion.fibers import Call
from generator.diffusion.task import Task
from generator.scheduling.costs import StepCosts
from generator.scheduling.scheduler import Budget, Scheduler
from generator.scheduling.ticket import Lane, Ticket

SECONDS = 60.0
CPU = torch.device("cpu")
COSTS = StepCosts(fixed=0.001, linear=1e-5)
FAMILY = Flux2()


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
            tenant=more.pop("tenant", "home"),
            steps=FAMILY.forwards(self.model, task),
            tokens=FAMILY.tokens(self.model, task),
            lane=more.pop("lane", Lane.BULK),
        )
        work = Work(ticket=ticket, open=lambda: FAMILY.body(self.model, task, lambda _done, _estimate: None), **more)
        self.device.submit(work)
        return work


def task(**more: Any) -> Task:
    return Task(**{"prompt": "a cat", "width": 64, "height": 64, "steps": 3, "guidance": 1.0, "seed": 1, **more})
