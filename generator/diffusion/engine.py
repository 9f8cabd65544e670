"""The diffusion engine: chooses a model for a request, says the request to it, has it drawn, and makes it exact.

The only place where requests, models, the device and the finishing touches meet.
"""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

import diffusers
import numpy as np
import structlog

from generator.diffusion.device import Device
from generator.diffusion.loading import load
from generator.diffusion.models import Loader, Models, Ready
from generator.diffusion.on_behalf import OnBehalf
from generator.diffusion.rendering import Rendering, Terms
from generator.diffusion.settings import Setup
from generator.diffusion.task import Task
from generator.diffusion.tasks import cut_tasks, mask_of, opened, tasks_of
from generator.engine import CancelFlag, Capabilities, Engine, OnProgress, Party, Progress
from generator.errors import RenderFailed
from generator.models.abilities import capabilities_of
from generator.models.card import ModelCard
from generator.models.routing import Choice, Needs, choose, cutter_for
from generator.prompting.wording import Wording
from generator.prompting.words import worded
from generator.refining.blank import is_blank
from generator.refining.finished import finished
from generator.refining.restoring import as_it_was
from generator.request import SEED_LIMIT, GeneratedImage, GenerationRequest
from generator.scheduling.scheduler import Scheduler
from generator.scheduling.ticket import Lane

VERSION: Final = "1"
NOBODY: Final = Party(tenant="")
AGAIN: Final = 104_729  # a prime, far from the seeds of a request's other images, which count up by one

Drawn = list[tuple[Task, np.ndarray]]

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asked:
    """A request with all that its drawing is told."""

    request: GenerationRequest
    party: Party
    on_progress: OnProgress
    cancel: CancelFlag


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
        self._setup = setup
        self._models = Models(setup, cards, loader)
        self._device = Device(Scheduler(), self._models.forward, self._models.device, lambda _: on_lost())
        self._models.serve(self._device)

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
        return capabilities_of(self._models.cards)

    async def warm(self) -> None:
        """Load and measure the default model.

        Raises:
            OSError, ValueError, ImportError: It cannot be loaded.
        """
        async with self._models.lease(self._models.cards[0]) as ready:
            log.info("warm", model=ready.model.card.id)

    async def close(self) -> None:
        """Stop everything and return the memory."""
        await asyncio.to_thread(self._device.close)
        await self._models.clear()

    def estimate(self, request: GenerationRequest, n: int) -> float:
        """Milliseconds of the device; before the model was measured for the first time 0."""
        card = self._choice(request).card
        ready = self._models.ready(card)
        if ready is None:
            return 0.0
        task = tasks_of(request, card, worded(request, card), (), 1)[0]
        return 1000 * n * ready.seconds(task)

    def on_behalf(self, party: Party) -> Engine:
        """See ``Shared.on_behalf``."""
        return OnBehalf(self, party)

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
        choice = self._choice(request)
        card, cutter = choice.card, cutter_for(request, choice.card, self._models.cards)
        wording = worded(request if cutter is None else replace(request, background=None), card)
        tasks = await asyncio.to_thread(_prepared, request, references, card, wording, n)
        asked = _Asked(request=request, party=party, on_progress=on_progress, cancel=cancel)
        if cutter is None:
            drawn = await self._drawn(card, tasks, asked)
        else:
            half = replace(asked, on_progress=_part(on_progress, 0.0))
            drawn = await self._drawn(card, tasks, half)
            drawn = await self._cut(cutter, drawn, replace(asked, on_progress=_part(on_progress, 0.5)))
        images = [
            await asyncio.to_thread(
                finished,
                pixels,
                request,
                key_color=wording.key_color,
                index=index,
                seed=task.seed,
                drawn_by=(self.name, card.id),
                unmet=(*choice.unmet, *wording.unmet),
            )
            for index, (task, pixels) in enumerate(drawn)
        ]
        return tuple(replace(image, model_license=card.license.name) for image in images)

    def _choice(self, request: GenerationRequest) -> Choice:
        return choose(Needs.of(request), self._models.cards, self._models.resident)

    async def _drawn(self, card: ModelCard, tasks: Sequence[Task], asked: _Asked) -> Drawn:
        """Every task with its pixels; one that came out blank is drawn once more from other noise.

        Raises:
            RenderFailed: It is blank again.
        """
        drawn: dict[int, tuple[Task, np.ndarray]] = {}
        left = dict(enumerate(tasks))
        async with self._models.lease(card) as ready:
            for attempt in range(2):
                pixels = await self._rendered(ready, tuple(left.values()), asked)
                for index, array in zip(tuple(left), pixels, strict=True):
                    if not is_blank(array, asked.request):
                        drawn[index] = (left.pop(index), array)
                if not left:
                    return [drawn[index] for index in sorted(drawn)]
                log.warning("blank_image", model=card.id, images=len(left), attempt=attempt)
                left = {index: replace(task, seed=(task.seed + AGAIN) % SEED_LIMIT) for index, task in left.items()}
        raise RenderFailed("the model draws nothing but one color")

    async def _cut(self, cutter: ModelCard, drawn: Drawn, asked: _Asked) -> Drawn:
        """The images without their backgrounds, by a model that takes images apart; the tasks stay those of drawing."""
        tasks = await asyncio.to_thread(cut_tasks, cutter, drawn)
        async with self._models.lease(cutter) as ready:
            pixels = await self._rendered(ready, tasks, asked)
        return [(task, array) for (task, _), array in zip(drawn, pixels, strict=True)]

    async def _rendered(self, ready: Ready, tasks: Sequence[Task], asked: _Asked) -> list[np.ndarray]:
        """The pixels of tasks: (height, width, 3 or 4), from 0 to 1."""
        quick = asked.party.waiting and sum(map(ready.seconds, tasks)) <= self._setup.interactive_seconds
        terms = Terms(
            party=asked.party,
            lane=Lane.INTERACTIVE if quick else Lane.BULK,
            scale=self._models.scale(ready),
            timeout_seconds=self._setup.timeout_seconds,
            previews=self._setup.previews,
        )
        rendering = Rendering(
            device=self._device,
            family=ready.family,
            model=ready.model,
            tasks=tasks,
            terms=terms,
            on_progress=asked.on_progress,
        )
        return [pixels.permute(1, 2, 0).numpy() for pixels in await rendering.run(asked.cancel)]


def _prepared(
    request: GenerationRequest, references: Mapping[str, bytes], card: ModelCard, wording: Wording, n: int
) -> list[Task]:
    pictures = opened(request, references, card)
    tasks = tasks_of(request, card, wording, pictures, n)
    mask = mask_of(request, references, pictures[0][1].size) if pictures else None
    return [replace(task, mask=mask) for task in tasks]


def _part(on_progress: OnProgress, begin: float) -> OnProgress:
    """What is told of one half of the work."""

    def told(progress: Progress) -> None:
        on_progress(replace(progress, fraction=begin + progress.fraction / 2))

    return told
