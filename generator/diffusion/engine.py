"""The diffusion engine: chooses a model for a request, says the request to it, has it drawn, and makes it exact.

The only place where requests, models, the device and the finishing touches meet.
"""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import diffusers
import numpy as np
import structlog
import torch

from generator.diffusion.calibration import Measured, measure
from generator.diffusion.device import Device
from generator.diffusion.families import family_of
from generator.diffusion.families.base import Family, Loaded
from generator.diffusion.loading import Placement, drop, load
from generator.diffusion.rendering import Rendering, Terms
from generator.diffusion.residency import Residency
from generator.diffusion.settings import GIB, Setup
from generator.diffusion.task import Task
from generator.diffusion.tasks import mask_of, opened, tasks_of
from generator.engine import CancelFlag, Capabilities, Engine, OnProgress, Party
from generator.errors import RenderFailed
from generator.models.abilities import capabilities_of
from generator.models.card import ModelCard
from generator.models.routing import Needs, choose
from generator.prompting.wording import Wording
from generator.prompting.words import worded
from generator.refining.blank import is_blank
from generator.refining.finished import finished
from generator.refining.restoring import as_it_was
from generator.request import SEED_LIMIT, GeneratedImage, GenerationRequest
from generator.scheduling.scheduler import Budget, Scheduler
from generator.scheduling.ticket import Lane

VERSION: Final = "1"
NOBODY: Final = Party(tenant="")
AGAIN: Final = 104_729  # a prime, far from the seeds of a request's other images, which count up by one

Loader = Callable[[Family, ModelCard, str, Placement], Loaded]

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ready:
    """A model in memory, and what it takes."""

    family: Family
    model: Loaded
    measured: Measured


class Diffusion:
    """Implements ``Engine`` and ``Shared`` on open-weight models. One instance owns the device."""

    def __init__(
        self,
        setup: Setup,
        cards: Mapping[str, ModelCard],
        on_lost: Callable[[], None] = lambda: None,
        loader: Loader = load,
    ) -> None:
        """Start the device's thread; nothing is loaded yet.

        Args:
            setup: What the operator decided.
            cards: Of the models of the setup, by what the setup calls them.
            on_lost: Called in another thread once the device does not answer any more: the process must end.
            loader: Brings a model into memory.
        """
        self._setup, self._cards = setup, tuple(cards.values())
        self._sources = {card.id: source for source, card in cards.items()}
        device = _device(setup.device)
        self._placement = Placement(
            device=device,
            dtype=torch.bfloat16 if device.type == "cuda" else torch.float32,
            offload=setup.offload,
            quantize=setup.quantize,
            local_only=setup.local_only,
            encodings=setup.encodings * 2**20,
            compile=setup.compile,
        )
        self._loader = loader
        self._models: dict[str, Ready] = {}
        self._base: Measured | None = None
        self._device = Device(Scheduler(), self._forward, device, lambda _: on_lost())
        self._residency: Residency[Ready] = Residency(self._load, self._drop, _memory(setup, device))

    @property
    def name(self) -> str:
        """``diffusion``."""
        return "diffusion"

    @property
    def version(self) -> str:
        """Ours, and that of diffusers, whose pipelines draw."""
        return f"{VERSION}/diffusers-{diffusers.__version__}"

    @property
    def capabilities(self) -> Capabilities:
        """What the models can do together."""
        return capabilities_of(self._cards)

    async def warm(self) -> None:
        """Load and measure the default model.

        Raises:
            OSError, ValueError, ImportError: It cannot be loaded.
        """
        async with self._residency.lease(self._cards[0]):
            log.info("warm", model=self._cards[0].id)

    async def close(self) -> None:
        """Stop everything and return the memory."""
        await asyncio.to_thread(self._device.close)
        await self._residency.clear()

    def estimate(self, request: GenerationRequest, n: int) -> float:
        """Milliseconds of the device; before the model was measured for the first time 0."""
        card = choose(Needs.of(request), self._cards, self._residency.resident).card
        ready = self._models.get(card.id)
        if ready is None:
            return 0.0
        task = tasks_of(request, card, worded(request, card), (), 1)[0]
        return 1000 * n * _seconds(ready, task)

    def on_behalf(self, party: Party) -> Engine:
        """See ``Shared.on_behalf``."""
        return _OnBehalf(self, party)

    async def render(
        self,
        request: GenerationRequest,
        references: Mapping[str, bytes],
        n: int,
        on_progress: OnProgress,
        cancel: CancelFlag,
    ) -> tuple[GeneratedImage, ...]:
        """See ``Engine.render``; for nobody in particular."""
        return await self.render_for(NOBODY, request, references, n, on_progress, cancel)

    async def render_for(
        self,
        party: Party,
        request: GenerationRequest,
        references: Mapping[str, bytes],
        n: int,
        on_progress: OnProgress,
        cancel: CancelFlag,
    ) -> tuple[GeneratedImage, ...]:
        """See ``Engine.render``.

        Raises:
            RequestUnsupported: None of the models can.
        """
        if (before := await asyncio.to_thread(as_it_was, request, references)) is not None:
            return (replace(before, engine=self.name),)
        choice = choose(Needs.of(request), self._cards, self._residency.resident)
        wording = worded(request, choice.card)
        tasks = await asyncio.to_thread(_prepared, request, references, choice.card, wording, n)
        async with self._residency.lease(choice.card) as ready:
            lane = Lane.INTERACTIVE if self._is_quick(ready, tasks, party) else Lane.BULK
            terms = Terms(
                party=party,
                lane=lane,
                scale=self._scale(ready),
                timeout_seconds=self._setup.timeout_seconds,
                previews=self._setup.previews,
            )
            drawn = await self._drawn(ready, request, tasks, terms, on_progress, cancel)
        unmet = (*choice.unmet, *wording.unmet)
        images = [
            await asyncio.to_thread(
                finished,
                pixels,
                request,
                key_color=wording.key_color,
                index=index,
                seed=task.seed,
                drawn_by=(self.name, choice.card.id),
                unmet=unmet,
            )
            for index, (task, pixels) in enumerate(drawn)
        ]
        return tuple(replace(image, model_license=choice.card.license.name) for image in images)

    async def _drawn(
        self,
        ready: Ready,
        request: GenerationRequest,
        tasks: Sequence[Task],
        terms: Terms,
        on_progress: OnProgress,
        cancel: CancelFlag,
    ) -> list[tuple[Task, np.ndarray]]:
        """Every task with its pixels; one that came out blank is drawn once more from other noise.

        Raises:
            RenderFailed: It is blank again.
        """
        drawn: dict[int, tuple[Task, np.ndarray]] = {}
        left = dict(enumerate(tasks))
        for attempt in range(2):
            rendering = Rendering(
                device=self._device,
                family=ready.family,
                model=ready.model,
                tasks=tuple(left.values()),
                terms=terms,
                on_progress=on_progress,
            )
            for index, pixels in zip(tuple(left), await rendering.run(cancel), strict=True):
                array = pixels.permute(1, 2, 0).numpy()
                if not is_blank(array, request):
                    drawn[index] = (left.pop(index), array)
            if not left:
                return [drawn[index] for index in sorted(drawn)]
            log.warning("blank_image", model=ready.model.card.id, images=len(left), attempt=attempt)
            left = {index: replace(task, seed=(task.seed + AGAIN) % SEED_LIMIT) for index, task in left.items()}
        raise RenderFailed("the model draws nothing but one color")

    def _is_quick(self, ready: Ready, tasks: Sequence[Task], party: Party) -> bool:
        seconds = sum(_seconds(ready, task) for task in tasks)
        return party.waiting and seconds <= self._setup.interactive_seconds

    def _scale(self, ready: Ready) -> float:
        """What a step of this model takes over one of the model that was measured first."""
        if self._base is None:
            return 1.0
        length = ready.measured.tokens
        return ready.measured.costs.alone(length) / self._base.costs.alone(length)

    def _forward(self, model: str, calls: Sequence[Any]) -> Sequence[Any]:
        ready = self._models[model]
        return ready.family.forward(ready.model, calls)

    async def _load(self, card: ModelCard) -> Ready:
        family = family_of(card.family)
        model = await asyncio.to_thread(self._loader, family, card, self._sources[card.id], self._placement)

        def measured() -> Measured:
            found = measure(family, model, self._placement.device)
            if self._base is None:
                self._base = found
                self._device.scheduler.measured(found.costs, Budget(tokens=found.tokens))
            return found

        ready = Ready(family=family, model=model, measured=await asyncio.wrap_future(self._device.call(measured)))
        self._models[card.id] = ready
        return ready

    async def _drop(self, ready: Ready) -> None:
        del self._models[ready.model.card.id]
        await asyncio.to_thread(drop, ready.model)


class _OnBehalf:
    """The engine as one party sees it."""

    def __init__(self, engine: Diffusion, party: Party) -> None:
        self._engine, self._party = engine, party

    @property
    def name(self) -> str:
        return self._engine.name

    @property
    def version(self) -> str:
        return self._engine.version

    @property
    def capabilities(self) -> Capabilities:
        return self._engine.capabilities

    def estimate(self, request: GenerationRequest, n: int) -> float:
        return self._engine.estimate(request, n)

    async def render(
        self,
        request: GenerationRequest,
        references: Mapping[str, bytes],
        n: int,
        on_progress: OnProgress,
        cancel: CancelFlag,
    ) -> tuple[GeneratedImage, ...]:
        return await self._engine.render_for(self._party, request, references, n, on_progress, cancel)


def _device(wanted: str) -> torch.device:
    if wanted != "auto":
        return torch.device(wanted)
    return torch.device("cuda:0" if torch.cuda.is_available() else "cpu")


def _memory(setup: Setup, device: torch.device) -> int:
    if setup.memory is not None:
        return int(setup.memory * GIB)
    if device.type == "cuda":
        return int(0.8 * torch.cuda.get_device_properties(device).total_memory)
    return 2**62  # the host's memory is the operator's business


def _seconds(ready: Ready, task: Task) -> float:
    costs = ready.measured.costs
    step = costs.fixed + costs.alone(ready.family.tokens(ready.model, task))
    return ready.family.forwards(ready.model, task) * step


def _prepared(
    request: GenerationRequest, references: Mapping[str, bytes], card: ModelCard, wording: Wording, n: int
) -> list[Task]:
    pictures = opened(request, references, card)
    tasks = tasks_of(request, card, wording, pictures, n)
    mask = mask_of(request, references, pictures[0][1].size) if pictures else None
    return [replace(task, mask=mask) for task in tasks]
