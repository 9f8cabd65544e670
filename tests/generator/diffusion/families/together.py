"""Tasks run alone by diffusers' own forward, and together in packed ones, without a device thread between."""

from collections.abc import Sequence

import torch

from generator.diffusion.families.base import Family, Loaded
from generator.diffusion.fibers import Fiber
from generator.diffusion.task import Task


def alone(family: Family, model: Loaded, task: Task) -> torch.Tensor:
    """The image of a task whose pipeline is called as diffusers does: nothing halts, nothing is packed."""
    with torch.no_grad():
        return family.body(model, task, lambda _done, _estimate: None)()


def together(family: Family, model: Loaded, tasks: Sequence[Task]) -> tuple[list[torch.Tensor], list[int]]:
    """The images of tasks that share every forward that they can, and how many shared each."""
    fibers = [Fiber(family.body(model, task, lambda _done, _estimate: None)) for task in tasks]
    packs: list[int] = []
    with torch.no_grad():
        for fiber in fibers:
            fiber.start()
        while waiting := [fiber for fiber in fibers if fiber.call is not None]:
            for fiber in waiting:
                while fiber.call is not None and fiber.call.kind == "aside":
                    fiber.answer(fiber.call.alone())
            stepping = [fiber for fiber in waiting if fiber.call is not None]
            if not stepping:
                break
            packs.append(len(stepping))
            answers = family.forward(model, [fiber.call for fiber in stepping if fiber.call is not None])
            for fiber, answer in zip(stepping, answers, strict=True):
                fiber.answer(answer)
    return [fiber.result for fiber in fibers], packs
