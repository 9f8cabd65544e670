"""Collages: every picture whole and in its own proportions, nothing overlaps, nothing is tiny, little room is lost."""

import io
from dataclasses import replace
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from generator.checks import measure
from generator.colors import contrast, to_rgb
from generator.request import GenerationRequest
from generator.scene import CARD_MASK, TRANSPARENT, Box, Kind, Scene, SceneObject, TextRole
from generator.sketch.engine import Sketch
from generator.sketch.layout import Layout, solve
from generator.sketch.metrics import SketchMetrics
from generator.sketch.styles import STYLES
from tests.generator.sketch_scenes import pixels, share

SIZES = ((90, 60), (60, 90), (80, 80), (160, 60), (50, 120), (64, 48))
COLORS = ("#aa3322", "#2255aa", "#33aa55", "#ddbb22", "#8833aa", "#111133")


def _png(size: tuple[int, int], color: str, *, hole: bool = False) -> bytes:
    picture = Image.new("RGBA", size, color)
    if hole:
        picture.paste((0, 0, 0, 0), (0, 0, size[0] // 2, size[1] // 2))
    target = io.BytesIO()
    picture.save(target, "PNG")
    return target.getvalue()


IMAGES = {str(number): _png(size, COLORS[number]) for number, size in enumerate(SIZES)}


def _cards(count: int) -> tuple[SceneObject, ...]:
    return tuple(
        SceneObject(id=f"image{number}", kind=Kind.IMAGE, image=str(number), mask=CARD_MASK, outline="#fffaf0")
        for number in range(count)
    )


def _solved(count: int, *more: SceneObject, width: int = 512, height: int = 512, seed: int = 1) -> Layout:
    scene = Scene(width=width, height=height, background="#dde7f0", objects=(*_cards(count), *more))
    return solve(scene, SketchMetrics(IMAGES), seed=seed)


def _boxes(layout: Layout) -> list[Box]:
    return [item.boxes[0] for item in layout.scene.objects if item.mask == CARD_MASK]


def _apart(one: Box, two: Box) -> bool:
    return one[2] <= two[0] or two[2] <= one[0] or one[3] <= two[1] or two[3] <= one[1]


@settings(max_examples=60)
@given(
    count=st.integers(2, 6),
    size=st.sampled_from([(512, 512), (768, 512), (512, 768), (1024, 384), (384, 1024)]),
    seed=st.integers(0, 2**32 - 1),
    titled=st.booleans(),
)
def test_cards_lie_apart_on_the_canvas_and_none_is_tiny(
    count: int, size: tuple[int, int], seed: int, *, titled: bool
) -> None:
    title = SceneObject(id="title1", kind=Kind.TEXT, role=TextRole.TITLE, text="Summer")
    layout = _solved(count, *((title,) if titled else ()), width=size[0], height=size[1], seed=seed)
    boxes = [item.boxes[0] for item in layout.scene.objects]

    assert not layout.unmet
    assert len(boxes) == count + titled
    assert all(_apart(one, two) for one, two in combinations(boxes, 2))
    assert all(box[0] >= 0 and box[1] >= 0 and box[2] <= size[0] and box[3] <= size[1] for box in boxes)
    assert min(min(box[2] - box[0], box[3] - box[1]) for box in _boxes(layout)) > 0.06 * min(size)


@pytest.mark.parametrize("count", [2, 3, 4, 5, 6])
def test_pictures_fill_most_of_a_square(count: int) -> None:
    covered = sum((box[2] - box[0]) * (box[3] - box[1]) for box in _boxes(_solved(count)))

    assert covered > 0.36 * 512 * 512


@pytest.mark.parametrize("count", [2, 3, 4, 5, 6])
def test_a_seed_draws_one_of_several_good_arrangements(count: int) -> None:
    drawn = {tuple(_boxes(_solved(count, seed=seed))) for seed in range(12)}

    assert len(drawn) > 1
    assert _boxes(_solved(count, seed=3)) == _boxes(_solved(count, seed=3))


@pytest.mark.parametrize("style", STYLES)
def test_every_picture_is_whole_framed_and_in_its_own_proportions(style: str) -> None:
    scene = replace(_solved(4).scene, style=style)
    shown = pixels(scene, IMAGES)
    for item in scene.objects:
        box = item.boxes[0]
        color = np.array(to_rgb(COLORS[int(item.image or 0)]))
        mask = (np.abs(shown[..., :3] - color).max(axis=-1) <= 3)[
            int(box[1]) : int(box[3]) + 1, int(box[0]) : int(box[2]) + 1
        ]
        rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
        aspect = (columns[-1] - columns[0] + 1) / (rows[-1] - rows[0] + 1)
        size = SIZES[int(item.image or 0)]

        assert aspect == pytest.approx(size[0] / size[1], rel=0.06)
        assert share(shown[int(box[1]) : int(box[3]), int(box[0]) : int(box[2])], "#fffaf0", 3) > 0.01


@pytest.mark.parametrize(
    ("style", "background"),
    [
        ("flat", ("#000000", "#ffffff")),
        ("outline", "#dde7f0"),
        ("sticker", TRANSPARENT),
        ("poster", ("#46aa5e", "#972f20")),
        ("paper", ("#46aa5e", "#972f20")),
    ],
)
async def test_a_collage_is_measured_as_asked(style: str, background: str | tuple[str, str]) -> None:
    engine = Sketch()
    scene = Scene(width=384, height=384, background=background, style=style, objects=_cards(3))
    request = GenerationRequest(width=384, height=384, background=background, style=style, scene=scene, seed=5)
    images = {name: data for name, data in IMAGES.items() if name in {"0", "1", "2"}}
    layout = solve(scene, SketchMetrics(images), seed=5)
    (png,) = await engine.redraw([layout.scene], images, 384)
    lines = await measure(png, request, layout.scene, redraws=engine, references=images, ocr=None)

    assert lines
    assert not [line for line in lines if line.passed is False]


def test_through_a_transparent_upload_its_frame_shows() -> None:
    images = {"0": _png((80, 80), "#aa3322", hole=True), "1": _png((80, 80), "#2255aa")}
    layout = solve(Scene(width=512, height=512, background="#112233", objects=_cards(2)), SketchMetrics(images), seed=1)
    shown = pixels(layout.scene, images)
    box = layout.scene.objects[0].boxes[0]
    quarter = shown[
        int(box[1]) + 20 : int((box[1] + box[3]) / 2) - 8, int(box[0]) + 20 : int((box[0] + box[2]) / 2) - 8
    ]

    assert share(quarter, "#fffaf0", 2) > 0.95


def test_a_very_long_picture_is_matted_and_not_cropped() -> None:
    images = {"0": _png((900, 90), "#aa3322"), "1": _png((80, 80), "#2255aa")}
    layout = solve(Scene(width=512, height=512, background="#112233", objects=_cards(2)), SketchMetrics(images), seed=1)
    shown = pixels(layout.scene, images)
    box = layout.scene.objects[0].boxes[0]
    row = shown[int((box[1] + box[3]) / 2), :, :3]
    wide = int((np.abs(row - np.array(to_rgb("#aa3322"))).max(axis=-1) <= 3).sum())

    assert (box[2] - box[0]) / (box[3] - box[1]) < 3
    assert wide > 0.85 * (box[2] - box[0])
    assert contrast("#fffaf0", "#aa3322") > 3
