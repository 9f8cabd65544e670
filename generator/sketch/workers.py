"""What runs inside a worker process: plain functions of plain values, so that they can be pickled and killed."""

from collections.abc import Mapping
from dataclasses import dataclass

from generator.scene import Box, Kind, Notice, Scene, SceneObject
from generator.sketch.layout import Layout, solve
from generator.sketch.metrics import SketchMetrics
from generator.sketch.raster import rasterize
from generator.sketch.svg import to_svg

_COMMON_ART = ("1f697", "1f34e", "1f332", "1f3e0", "2b50", "1f431", "1f436", "2600", "1f33b", "1f680")


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    """A PNG and what could not be drawn in it."""

    png: bytes
    notices: tuple[Notice, ...]


def lay_out(scene: Scene, references: Mapping[str, bytes], seed: int) -> Layout:
    """Solve the boxes of a scene."""
    return solve(scene, SketchMetrics(references), seed=seed)


def draw(scene: Scene, references: Mapping[str, bytes], longest_side: int | None) -> Drawn:
    """Draw a solved scene; None draws it in its own size."""
    svg, notices = to_svg(scene, references)
    return Drawn(png=rasterize(svg, longest_side, scene.width, scene.height), notices=notices)


def warm_up() -> None:
    """Load fonts, line breaking tables and the renderer, so that the first picture is not the slow one."""
    title = SceneObject(id="title", kind=Kind.TEXT, text="Warm 가", boxes=((10.0, 10.0, 240.0, 60.0),))
    box: Box = (10.0, 70.0, 240.0, 240.0)
    art = tuple(SceneObject(id=key, art=key, boxes=(box,), color="#2563eb") for key in _COMMON_ART)
    draw(Scene(width=256, height=256, objects=(title, *art)), {}, None)
