"""What a model computes while a task is drawn: the transformer's calls, what runs in the fiber itself, estimates."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import torch
from greenlet import getcurrent

from generator.diffusion.families.base import Family, Loaded
from generator.diffusion.task import Task


@contextmanager
def calls_of(module: torch.nn.Module) -> Iterator[list[dict[str, Any]]]:
    """The keywords of every call of a module, as they come."""
    calls: list[dict[str, Any]] = []
    handle = module.register_forward_pre_hook(lambda _module, _args, kwargs: calls.append(kwargs), with_kwargs=True)
    try:
        yield calls
    finally:
        handle.remove()


@contextmanager
def calls_in_fibers(*modules: torch.nn.Module) -> Iterator[list[bool]]:
    """Of every call of the modules, whether it was made in a fiber, where it keeps others from stepping."""
    calls: list[bool] = []
    outside = getcurrent()
    handles = [
        module.register_forward_pre_hook(lambda *_: calls.append(getcurrent() is not outside)) for module in modules
    ]
    try:
        yield calls
    finally:
        for handle in handles:
            handle.remove()


def drawn(family: Family, model: Loaded, task: Task) -> tuple[torch.Tensor, list[torch.Tensor]]:
    """The image of a task drawn alone, and the estimates of all of its steps."""
    estimates: list[torch.Tensor] = []

    def on_step(_: int, estimate: Callable[[], torch.Tensor]) -> None:
        estimates.append(estimate())

    with torch.no_grad():
        return family.body(model, task, on_step)(), estimates
