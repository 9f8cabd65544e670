"""One request on its way through the device: its images side by side, its progress, its previews, its end.

Belongs to the event loop; the device's thread reports into it. Knows a loaded model and tasks, not how they came about.
"""

import asyncio
import io
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Final
from uuid import uuid4

import torch
from PIL import Image

from generator.diffusion.device import Device, Work
from generator.diffusion.families.base import Family, Loaded
from generator.diffusion.task import Task
from generator.engine import CancelFlag, OnProgress, Party, Progress
from generator.errors import RenderCancelled, RenderTimeout
from generator.scheduling.ticket import Lane, Ticket

POLL_SECONDS: Final = 0.05  # between two looks at the cancel flag
FORETELL_SECONDS: Final = 1.0  # between two forecasts for what waits
PREVIEW_SECONDS: Final = 0.7  # between two previews of a request


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """Under which a request is drawn."""

    party: Party
    lane: Lane
    scale: float
    timeout_seconds: float
    previews: bool


@dataclass(slots=True, kw_only=True)
class Rendering:
    """A request under way.

    Attributes:
        tasks: One per image.
    """

    device: Device
    family: Family
    model: Loaded
    tasks: Sequence[Task]
    terms: Terms
    on_progress: OnProgress
    _loop: asyncio.AbstractEventLoop = field(init=False)
    _works: dict[str, Work] = field(init=False, default_factory=dict)
    _done: dict[str, int] = field(init=False, default_factory=dict)
    _previewed: float = field(init=False, default=0.0)

    async def run(self, cancel: CancelFlag) -> tuple[torch.Tensor, ...]:
        """The images of all tasks, in their order; see ``Family.body`` for what a tensor is.

        Raises:
            RenderCancelled: ``cancel`` was set.
            RenderTimeout: The time of the terms passed.
            Exception: What a pipeline raised.
        """
        self._loop = asyncio.get_running_loop()
        for index, task in enumerate(self.tasks):
            work = self._work(task, leads=index == 0)
            self._works[work.ticket.id] = work
            self.device.submit(work)
        futures = {identity: asyncio.wrap_future(work.future) for identity, work in self._works.items()}
        try:
            await self._wait(list(futures.values()), cancel)
            return tuple([future.result() for future in futures.values()])
        finally:
            # Nothing of the request may be computed after this: whoever lent the model may take it back.
            for identity in self._works:
                self.device.cancel(identity)
            await asyncio.wait(futures.values())
            for future in futures.values():
                if not future.cancelled():
                    future.exception()  # looked at, so that nobody is told of it again

    async def _wait(self, futures: Sequence["asyncio.Future[torch.Tensor]"], cancel: CancelFlag) -> None:
        until, foretold = time.monotonic() + self.terms.timeout_seconds, 0.0
        while True:
            ended, open_ = await asyncio.wait(futures, timeout=POLL_SECONDS, return_when=asyncio.FIRST_EXCEPTION)
            if not open_ or any(future.exception() for future in ended):
                return
            if cancel.is_set():
                raise RenderCancelled
            if time.monotonic() > until:
                raise RenderTimeout(self.terms.timeout_seconds)
            if not any(self._done.values()) and time.monotonic() - foretold > FORETELL_SECONDS:
                foretold = time.monotonic()
                await self._foretell()

    async def _foretell(self) -> None:
        """Tell how long it will be, as long as nothing of it is drawn."""
        found = [await asyncio.wrap_future(self.device.estimate(identity)) for identity in self._works]
        known = [one for one in found if one is not None]
        if known and not any(self._done.values()):
            seconds = max(one.seconds for one in known)
            self.on_progress(Progress(stage="waiting", fraction=0.0, place=known[0].place, seconds=seconds))

    def _work(self, task: Task, *, leads: bool) -> Work:
        identity = uuid4().hex
        ticket = Ticket(
            id=identity,
            tenant=self.terms.party.tenant,
            requester=self.terms.party.requester,
            model=self.model.card.id,
            steps=self.family.forwards(self.model, task),
            tokens=self.family.tokens(self.model, task),
            scale=self.terms.scale,
            weight=self.terms.party.weight,
            lane=self.terms.lane,
        )
        previewed = self.terms.previews and leads

        def stepped(done: int, estimate: Callable[[], torch.Tensor]) -> None:
            if previewed and done < task.steps:
                self._preview(task, estimate)

        return Work(
            ticket=ticket,
            open=lambda: self.family.body(self.model, task, stepped),
            on_step=lambda done: self._tell(self._stepped, identity, done),
        )

    def _preview(self, task: Task, estimate: Callable[[], torch.Tensor]) -> None:
        """In the device's thread: have a preview made beside the next steps, unless there was one just now."""
        now = time.monotonic()
        if now - self._previewed < PREVIEW_SECONDS:
            return
        self._previewed = now
        latents = estimate()

        def made(png: bytes | None, _: BaseException | None) -> None:
            if png is not None:
                self._tell(self._report, png)

        self.device.beside(lambda: png_of(self.family.preview(self.model, task, latents)), made)

    def _tell(self, what: Callable[..., None], *given: object) -> None:
        """From the device's threads into the event loop, if that still runs."""
        if not self._loop.is_closed():
            self._loop.call_soon_threadsafe(what, *given)

    def _stepped(self, identity: str, done: int) -> None:
        self._done[identity] = done
        self._report(None)

    def _report(self, preview: bytes | None) -> None:
        steps = sum(work.ticket.steps for work in self._works.values())
        fraction = min(1.0, sum(self._done.values()) / steps)
        self.on_progress(Progress(stage="drawing", fraction=fraction, preview=preview))


def png_of(pixels: torch.Tensor | None) -> bytes | None:
    """A PNG of (3, height, width), from 0 to 1; None of nothing."""
    if pixels is None:
        return None
    target = io.BytesIO()
    image = (pixels * 255).round().clamp(0, 255).to(torch.uint8).permute(1, 2, 0)
    Image.fromarray(image.numpy()).save(target, "PNG", compress_level=1)
    return target.getvalue()
