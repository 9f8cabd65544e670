"""Engines that misbehave in one way each, around the real one. They implement the whole port and really draw."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import replace

from generator.engine import CancelFlag, Capabilities, OnProgress
from generator.errors import RenderCancelled, RenderFailed, RequestUnsupported
from generator.request import GeneratedImage, GenerationRequest
from generator.scene import Notice, Scene
from generator.sketch.engine import Sketch


class Honest:
    """The sketch engine, with one place to misbehave."""

    def __init__(self) -> None:
        self.sketch = Sketch()
        self.rendered = 0

    @property
    def name(self) -> str:
        return self.sketch.name

    @property
    def version(self) -> str:
        return self.sketch.version

    @property
    def capabilities(self) -> Capabilities:
        return self.sketch.capabilities

    def estimate(self, request: GenerationRequest, n: int) -> float:
        return self.sketch.estimate(request, n)

    async def render(
        self,
        request: GenerationRequest,
        references: Mapping[str, bytes],
        n: int,
        on_progress: OnProgress,
        cancel: CancelFlag,
    ) -> tuple[GeneratedImage, ...]:
        self.rendered += 1
        return await self.sketch.render(request, references, n, on_progress, cancel)

    async def redraw(
        self, scenes: Sequence[Scene], references: Mapping[str, bytes], longest_side: int
    ) -> tuple[bytes, ...]:
        return await self.sketch.redraw(scenes, references, longest_side)


class Broken(Honest):
    """Breaks every time."""

    async def render(self, *_: object) -> tuple[GeneratedImage, ...]:
        self.rendered += 1
        raise RenderFailed("out of ink")


class Refusing(Honest):
    """Cannot draw what is asked, and says why."""

    async def render(self, *_: object) -> tuple[GeneratedImage, ...]:
        self.rendered += 1
        raise RequestUnsupported(Notice(key="remote-refused"))


class Forgetful(Honest):
    """Leaves the last object out in its first ``times`` pictures and claims to have drawn it."""

    def __init__(self, times: int) -> None:
        super().__init__()
        self._times = times

    async def render(
        self,
        request: GenerationRequest,
        references: Mapping[str, bytes],
        n: int,
        on_progress: OnProgress,
        cancel: CancelFlag,
    ) -> tuple[GeneratedImage, ...]:
        whole = await super().render(request, references, n, on_progress, cancel)
        if self.rendered > self._times:
            return whole
        poorer = []
        for image in whole:
            assert image.scene is not None
            scene = replace(image.scene, objects=image.scene.objects[:-1])
            png = (await self.redraw([scene], references, max(scene.width, scene.height)))[0]
            poorer.append(replace(image, png=png))
        return tuple(poorer)


class Patient(Honest):
    """Draws only when told to, and stops when cancelled."""

    def __init__(self) -> None:
        super().__init__()
        self.started = asyncio.Event()
        self.proceed = asyncio.Event()
        self.stopped = False

    async def render(
        self,
        request: GenerationRequest,
        references: Mapping[str, bytes],
        n: int,
        on_progress: OnProgress,
        cancel: CancelFlag,
    ) -> tuple[GeneratedImage, ...]:
        self.started.set()
        while not self.proceed.is_set():
            if cancel.is_set():
                self.stopped = True
                raise RenderCancelled
            await asyncio.sleep(0.01)
        return await super().render(request, references, n, on_progress, cancel)


class Misspelling(Honest):
    """Draws as a model does: from the words, without places, and misspells what is to be written its first ``times``."""

    def __init__(self, times: int) -> None:
        super().__init__()
        self._times = times

    @property
    def capabilities(self) -> Capabilities:
        return replace(self.sketch.capabilities, neural=True, exact_text=False)

    async def render(
        self,
        request: GenerationRequest,
        references: Mapping[str, bytes],
        n: int,
        on_progress: OnProgress,
        cancel: CancelFlag,
    ) -> tuple[GeneratedImage, ...]:
        assert request.scene is not None
        written = request if self.rendered >= self._times else replace(request, scene=_misspelled(request.scene))
        images = await super().render(written, references, n, on_progress, cancel)
        return tuple(replace(image, scene=request.scene, model="misspelling") for image in images)


def _misspelled(scene: Scene) -> Scene:
    objects = [
        replace(item, text=item.text[1::-1] + item.text[2:]) if item.text and len(item.text) > 2 else item
        for item in scene.objects
    ]
    return replace(scene, objects=tuple(objects))
