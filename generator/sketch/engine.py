"""The sketch engine: lays scenes out and draws them as vectors, in worker processes.

It needs a planned scene; it cannot read prompts. What it draws for a scene and a seed is always the same bytes.
"""

import time
from collections.abc import Mapping, Sequence
from dataclasses import replace

from generator.engine import CancelFlag, Capabilities, OnProgress, Progress
from generator.errors import RequestUnsupported
from generator.request import MAX_REFERENCES, SEED_LIMIT, GeneratedImage, GenerationRequest
from generator.scene import TRANSPARENT, Kind, Notice, Scene
from generator.sketch.pool import NEVER, WorkerPool, together
from generator.sketch.styles import GRADIENTS, STYLES
from generator.sketch.workers import Drawn, draw, lay_out, warm_up

_VERSION = "1"
_MODEL = "threadbrush-sketch-1"
_FIXED_COST, _LAYOUT_COST = 5.0, 1.0  # ms per image and per object
_STYLE_COSTS = {  # ms per megapixel, and per megapixel and object
    "flat": (25.0, 2.6),
    "outline": (25.0, 4.0),
    "sticker": (25.0, 7.2),
    "poster": (105.0, 7.2),
    "paper": (25.0, 6.4),
}
_DEFAULT_BACKGROUND = "#ffffff"  # what a scene has when nobody asked for any


class Sketch:
    """The embedded vector engine; implements ``Engine`` and ``Redraws``."""

    def __init__(self, *, timeout_seconds: float = 20.0) -> None:
        """``timeout_seconds`` limits one layout and one drawing each."""
        self._pool = WorkerPool(timeout_seconds)

    @property
    def name(self) -> str:
        """``sketch``."""
        return "sketch"

    @property
    def version(self) -> str:
        """Counts up whenever the same scene would give other pixels."""
        return _VERSION

    @property
    def capabilities(self) -> Capabilities:
        """Exact in text, color and place; revises scenes, not pixels."""
        return Capabilities(
            edit=True,
            references=MAX_REFERENCES,
            exact_text=True,
            exact_color=True,
            transparency=True,
            boxes=True,
            upscale=True,
            styles=STYLES,
            neural=False,
        )

    async def warm(self) -> None:
        """Start all workers and load what every picture needs; drawing works without it, only slower at first."""
        await self._pool.warm(warm_up)

    def estimate(self, request: GenerationRequest, n: int) -> float:
        """Expected milliseconds of processor time, calibrated with ``tests/benchmarks/sketch.py``."""
        scene = request.scene
        objects = 0 if scene is None else sum(max(1, item.count) for item in scene.objects)
        area, each = _STYLE_COSTS[_style(request.style if scene is None else scene.style)]
        return n * (
            _FIXED_COST + _LAYOUT_COST * objects + request.width * request.height / 1e6 * (area + each * objects)
        )

    async def render(
        self,
        request: GenerationRequest,
        references: Mapping[str, bytes],
        n: int,
        on_progress: OnProgress,
        cancel: CancelFlag,
    ) -> tuple[GeneratedImage, ...]:
        """Lay out and draw images 0 to n-1; see ``Engine.render``."""
        scene = request.scene
        if scene is None:
            raise RequestUnsupported(Notice(key="engine-needs-scene"))
        scene = replace(scene, width=request.width, height=request.height, style=_style(scene.style))
        used = _used(scene, references)
        finished = 0

        def step(stage: str) -> None:
            nonlocal finished
            finished += 1
            on_progress(Progress(stage=stage, fraction=finished / (2 * n)))

        async def one(index: int) -> None:
            seed = (request.seed + index) % SEED_LIMIT
            started = time.monotonic()
            layout = await self._pool.call(cancel, lay_out, _dressed(scene, request, seed), used, seed)
            step("layout" if finished < 2 * n - 1 else "drawing")
            laid_out = time.monotonic()
            drawn = await self._pool.call(cancel, draw, layout.scene, used, None)
            timings = {"layout": 1000 * (laid_out - started), "drawing": 1000 * (time.monotonic() - laid_out)}
            images[index] = _image(index, seed, layout.scene, layout.unmet, drawn, timings)
            step("drawing")

        images: dict[int, GeneratedImage] = {}
        on_progress(Progress(stage="layout", fraction=0.0))
        await together(one, n)
        return tuple(images[index] for index in range(n))

    async def redraw(
        self, scenes: Sequence[Scene], references: Mapping[str, bytes], longest_side: int
    ) -> tuple[bytes, ...]:
        """Draw solved scenes again, smaller or larger; see ``Redraws.redraw``."""
        drawn: dict[int, bytes] = {}

        async def one(index: int) -> None:
            scene = scenes[index]
            result = await self._pool.call(NEVER, draw, scene, _used(scene, references), longest_side)
            drawn[index] = result.png

        await together(one, len(scenes))
        return tuple(drawn[index] for index in range(len(scenes)))


def _style(style: str) -> str:
    return style if style in STYLES else STYLES[0]


def _used(scene: Scene, references: Mapping[str, bytes]) -> dict[str, bytes]:
    """Only the images that stand in the scene travel to the worker."""
    wanted = {item.image for item in scene.objects if item.kind is Kind.IMAGE}
    return {digest: data for digest, data in references.items() if digest in wanted}


def _dressed(scene: Scene, request: GenerationRequest, seed: int) -> Scene:
    """A poster for which no background was asked gets one of the gradients."""
    if request.background is not None:
        return replace(scene, background=request.background)
    if scene.style == "poster" and scene.background == _DEFAULT_BACKGROUND:
        return replace(scene, background=GRADIENTS[seed % len(GRADIENTS)])
    return scene


def _image(
    index: int, seed: int, scene: Scene, unmet: tuple[Notice, ...], drawn: Drawn, timings: Mapping[str, float]
) -> GeneratedImage:
    return GeneratedImage(
        index=index,
        png=drawn.png,
        width=scene.width,
        height=scene.height,
        has_alpha=scene.background == TRANSPARENT,
        seed=seed,
        engine="sketch",
        model=_MODEL,
        scene=scene,
        unmet=(*unmet, *drawn.notices),
        timings=timings,
    )
