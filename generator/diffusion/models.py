"""The models of an engine: in memory when they are leased, measured when they come, known to the device's thread."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Any

import torch

from generator.diffusion.calibration import Measured, measure
from generator.diffusion.device import Device
from generator.diffusion.families import family_of
from generator.diffusion.families.base import Family, Loaded
from generator.diffusion.loading import Placement, drop
from generator.diffusion.residency import Residency
from generator.diffusion.settings import GIB, Setup
from generator.diffusion.task import Task
from generator.models.card import ModelCard
from generator.models.fits import ROOM
from generator.scheduling.scheduler import Budget

Loader = Callable[[Family, ModelCard, str, Placement], Loaded]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ready:
    """A model in memory, and what it takes."""

    family: Family
    model: Loaded
    measured: Measured

    def seconds(self, task: Task) -> float:
        """What the device takes for a task that has it for itself."""
        costs = self.measured.costs
        step = costs.fixed + costs.alone(self.family.tokens(self.model, task))
        return self.family.forwards(self.model, task) * step


class Models:
    """Brings models into memory and takes them out again. Belongs to the event loop; ``forward`` to the device's thread."""

    def __init__(self, setup: Setup, cards: Mapping[str, ModelCard], loader: Loader) -> None:
        """Nothing is loaded yet.

        Args:
            setup: What the operator decided.
            cards: Of the models of the setup, by what the setup calls them; the first is the default.
            loader: Brings a model into memory.
        """
        self.device = _device(setup.device)
        self.cards = tuple(cards.values())
        self._sources = {card.id: source for source, card in cards.items()}
        self._placement = Placement(
            device=self.device,
            dtype=torch.bfloat16 if self.device.type == "cuda" else torch.float32,
            offload=setup.offload,
            quantize=setup.quantize,
            local_only=setup.local_only,
            encodings=setup.encodings * 2**20,
            compile=setup.compile,
        )
        self._loader = loader
        self._ready: dict[str, Ready] = {}
        self._first: Measured | None = None
        self._thread: Device | None = None
        self._residency: Residency[Ready] = Residency(self._load, self._drop, _memory(setup, self.device))

    def serve(self, thread: Device) -> None:
        """Measure in this thread from now on, and tell its scheduler what was found."""
        self._thread = thread

    @property
    def resident(self) -> tuple[str, ...]:
        """Ids of the models in memory."""
        return self._residency.resident

    def lease(self, card: ModelCard) -> AbstractAsyncContextManager[Ready]:
        """The model, which stays in memory while the block runs; see ``Residency.lease``."""
        return self._residency.lease(card)

    def ready(self, card: ModelCard) -> Ready | None:
        """The model if it is in memory."""
        return self._ready.get(card.id)

    def scale(self, ready: Ready) -> float:
        """What a step of this model takes over one of the model that was measured first."""
        if self._first is None:
            return 1.0
        length = ready.measured.tokens
        return ready.measured.costs.alone(length) / self._first.costs.alone(length)

    def forward(self, model: str, calls: Sequence[Any]) -> Sequence[Any]:
        """One forward of a model in memory for all calls; see ``Family.forward``."""
        ready = self._ready[model]
        return ready.family.forward(ready.model, calls)

    async def clear(self) -> None:
        """Return all memory, after whoever uses it is done."""
        await self._residency.clear()

    async def _load(self, card: ModelCard) -> Ready:
        thread = self._thread
        if thread is None:
            raise RuntimeError("there is no thread to measure in")
        family = family_of(card.family)
        model = await asyncio.to_thread(self._loader, family, card, self._sources[card.id], self._placement)

        def measured() -> Measured:
            found = measure(family, model, self.device)
            if self._first is None:
                self._first = found
                thread.scheduler.measured(found.costs, Budget(tokens=found.tokens))
            return found

        ready = Ready(family=family, model=model, measured=await asyncio.wrap_future(thread.call(measured)))
        self._ready[card.id] = ready
        return ready

    async def _drop(self, ready: Ready) -> None:
        del self._ready[ready.model.card.id]
        await asyncio.to_thread(drop, ready.model)


def _device(wanted: str) -> torch.device:
    if wanted != "auto":
        return torch.device(wanted)
    return torch.device("cuda:0" if torch.cuda.is_available() else "cpu")


def _memory(setup: Setup, device: torch.device) -> int:
    if setup.memory is not None:
        return int(setup.memory * GIB)
    if device.type == "cuda":
        return int(ROOM * torch.cuda.get_device_properties(device).total_memory)
    return 2**62  # the host's memory is the operator's business
