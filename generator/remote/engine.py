"""The remote engine: says a request to an images server, has it drawn there, and makes it exact here."""

import asyncio
import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final

import numpy as np
import openai

from generator.engine import CancelFlag, Capabilities, OnProgress, Progress
from generator.errors import GeneratorError, RenderCancelled, RenderFailed, RenderTimeout, RequestUnsupported
from generator.models.abilities import capabilities_of
from generator.models.routing import Needs, choose
from generator.prompting.words import worded
from generator.refining.blank import is_blank
from generator.refining.finished import finished
from generator.refining.restoring import as_it_was
from generator.remote.answers import pixels_of
from generator.remote.order import Call, Order, calls, kind_of, order_of
from generator.remote.pace import Pace
from generator.remote.server import Server
from generator.remote.setup import RemoteSetup
from generator.request import SEED_LIMIT, GeneratedImage, GenerationRequest

VERSION: Final = "1"
POLL_SECONDS: Final = 0.05  # between two looks at the cancel flag


class Remote:
    """Implements ``Engine`` over a server that speaks OpenAI's images API."""

    def __init__(self, setup: RemoteSetup) -> None:
        """Nothing is asked of the server yet."""
        self._setup, self._card = setup, setup.card
        self._server = Server(setup)
        self._slots = asyncio.Semaphore(setup.concurrency)
        self._pace = Pace()
        self._ahead = 0  # images whose calls are waiting or under way

    @property
    def name(self) -> str:
        """``remote``."""
        return "remote"

    @property
    def version(self) -> str:
        """Ours, and that of the client."""
        return f"{VERSION}/openai-{openai.__version__}"

    @property
    def capabilities(self) -> Capabilities:
        """What the server's model can do, with our words and finishing touches."""
        return capabilities_of((self._card,))

    def estimate(self, request: GenerationRequest, n: int) -> float:
        """Milliseconds that the server was seen to take for as many images; before the first of its kind 0."""
        return 1000 * n * (self._pace.seconds(kind_of(request)) or 0.0)

    async def close(self) -> None:
        """Close all connections."""
        await self._server.close()

    async def render(
        self,
        request: GenerationRequest,
        references: Mapping[str, bytes],
        n: int,
        on_progress: OnProgress,
        cancel: CancelFlag,
    ) -> tuple[GeneratedImage, ...]:
        """See ``Engine.render``. Where the server takes no seed, the seeds of the images say only which is which."""
        if (before := await asyncio.to_thread(as_it_was, request, references)) is not None:
            return (replace(before, engine=self.name),)
        choice = choose(Needs.of(request), (self._card,), ())
        wording = worded(request, self._card)
        order = await asyncio.to_thread(order_of, request, references, wording, self._setup)
        drawn = await self._drawn(order, n, on_progress, cancel)
        await asyncio.to_thread(_look_at, drawn, request)
        unmet = (*choice.unmet, *wording.unmet)

        def finish(index: int, pixels: np.ndarray) -> GeneratedImage:
            return finished(
                pixels,
                request,
                key_color=wording.key_color,
                index=index,
                seed=(request.seed + index) % SEED_LIMIT,
                drawn_by=(self.name, self._card.id),
                unmet=unmet,
            )

        return tuple([await asyncio.to_thread(finish, index, pixels) for index, pixels in enumerate(drawn)])

    async def _drawn(self, order: Order, n: int, on_progress: OnProgress, cancel: CancelFlag) -> list[np.ndarray]:
        """The images' pixels, in order.

        Raises:
            GeneratorError: See ``Engine.render``; the first reason, when several calls fail.
        """
        telling = _Telling(on_progress, n)
        if self._slots.locked():
            each = self._pace.seconds(order.kind)
            seconds = None if each is None else each * self._ahead / self._setup.concurrency
            on_progress(Progress(stage="waiting", fraction=0.0, place=self._ahead, seconds=seconds))
        dialect = self._setup.dialect
        wanted = calls(order, n, streamed=self._setup.previews and dialect.stream, several=dialect.several)
        self._ahead += n
        try:
            async with asyncio.TaskGroup() as group:
                watching = group.create_task(_until(cancel))
                drawing = [group.create_task(self._called(order, call, telling)) for call in wanted]
                await asyncio.wait(drawing)
                watching.cancel()
        except ExceptionGroup as failed:
            reason = _reason(failed)
        else:
            return [pixels for task in drawing for pixels in task.result()]
        finally:
            self._ahead -= n
        raise reason

    async def _called(self, order: Order, call: Call, telling: "_Telling") -> list[np.ndarray]:
        async with self._slots:
            telling.drawing()
            started = time.monotonic()
            try:
                async with asyncio.timeout(self._setup.timeout_seconds):
                    files = await self._server.draw(order, call, telling.preview)
            except TimeoutError:
                raise RenderTimeout(self._setup.timeout_seconds) from None
            self._pace.took(order.kind, (time.monotonic() - started) / call.count)
        found = await asyncio.to_thread(lambda: [pixels_of(file) for file in files])
        telling.done(call.count)
        return found


class _Telling:
    """Tells how far a request is."""

    def __init__(self, on_progress: OnProgress, n: int) -> None:
        self._on_progress, self._n, self._done = on_progress, n, 0

    def drawing(self) -> None:
        self._tell(None)

    def preview(self, png: bytes) -> None:
        self._tell(png)

    def done(self, count: int) -> None:
        self._done += count
        self._tell(None)

    def _tell(self, png: bytes | None) -> None:
        self._on_progress(Progress(stage="drawing", fraction=self._done / self._n, preview=png))


async def _until(cancel: CancelFlag) -> None:
    while not cancel.is_set():
        await asyncio.sleep(POLL_SECONDS)
    raise RenderCancelled


def _look_at(images: Sequence[np.ndarray], request: GenerationRequest) -> None:
    """Raises RenderFailed where a server answers with plain nothing."""
    if any(is_blank(pixels, request) for pixels in images):
        raise RenderFailed("the image server drew nothing but one color")


def _reason(failed: ExceptionGroup) -> Exception:
    """What to tell of several errors: what somebody wanted or may do something about comes first."""
    order = (RenderCancelled, RequestUnsupported, RenderTimeout, GeneratorError)
    for kind in order:
        if (matching := failed.subgroup(kind)) is not None:
            return matching.exceptions[0]
    return failed
