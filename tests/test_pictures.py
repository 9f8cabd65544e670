"""Promises about finished pictures, measured on real drawings and pixels: consistency of revisions, and whole scenes."""

import asyncio
import random
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from generator.checks import RapidOcr
from generator.scene import Box, Kind, Place, Relation, RelationKind, Scene, SceneObject, TextRole
from generator.sketch.art import load_drawing
from generator.sketch.layout import holds, problems
from generator.sketch.layout.checks import allowed_overlaps
from generator.sketch.layout.geometry import overlap
from generator.sketch.nouns import all_nouns
from generator.sketch.recolor import main_color
from generator.sketch.styles import STYLES
from generator.sketch.workers import lay_out
from tests.generator.scenes import random_scene
from tests.generator.sketch_scenes import inside, pixels, share

ARTS = tuple(noun.art for noun in all_nouns() if noun.group in {"animal", "food", "vehicle", "plant"})
TITLES = ("SALE 50%", "Summer fair by the lake", "Grand opening", "Coffee and cake")
BATCHES, BATCH = 20, 5
LEAST_SHARE = 0.04  # of a drawing's own area in its exact color


def furnished(seed: int) -> Scene:
    """A random scene of 5 to 20 objects with real drawings, random colors and a title that OCR can read."""
    scene = random_scene(seed, least=4, most=19)
    chance = random.Random(seed)
    objects = [
        replace(item, art=chance.choice(ARTS), color=f"#{chance.randrange(2**24):06x}")
        for item in scene.objects
        if item.kind is Kind.ART
    ]
    title = SceneObject(id="title1", kind=Kind.TEXT, role=TextRole.TITLE, text=chance.choice(TITLES))
    return replace(scene, objects=(*objects, title), background="#fdf6e3")


def visible_share(picture: np.ndarray, item: SceneObject) -> float:
    """Largest share of an instance's box that has the object's color within 2/255."""
    return max(
        share(picture[round(y0) : round(y1), round(x0) : round(x1)], item.color or "") for x0, y0, x1, y1 in item.boxes
    )


def covered(scene: Scene, item: SceneObject) -> bool:
    """Whether something that a relation puts in front may hide the object's color."""
    pairs = allowed_overlaps(scene)
    return any(
        (item.id, other.id) in pairs and any(min(overlap(a, b)) > 0 for a in item.boxes for b in other.boxes)
        for other in scene.objects
    )


@pytest.mark.slow
@pytest.mark.parametrize("batch", range(BATCHES))
def test_generated_scenes_are_as_asked_down_to_the_pixels(batch):
    reader = RapidOcr(threads=1)
    for seed in range(batch * BATCH, (batch + 1) * BATCH):
        layout = lay_out(furnished(seed), {}, seed)
        scene = layout.scene
        assert 5 <= len(scene.objects) <= 20
        assert (seed, problems(scene), layout.unmet) == (seed, (), ())
        picture = pixels(scene)
        for item in scene.objects:
            if item.kind is Kind.ART:
                least = 0.002 if covered(scene, item) else 0.01
                assert visible_share(picture, item) >= least, (seed, item.id, item.art, item.color)
        title = scene.find("title1")
        assert title is not None
        x0, y0, x1, y1 = (round(value) for value in title.boxes[0])
        crop = picture[max(0, y0 - 12) : y1 + 12, max(0, x0 - 12) : x1 + 12, :3].astype(np.uint8)
        read = "".join(asyncio.run(reader.read(crop)))
        # The recognizer drops spaces before digits, however wide they are set; every letter must be right.
        assert (seed, read.replace(" ", "")) == (seed, (title.text or "").replace(" ", ""))
    reader.close()


@pytest.mark.slow
def test_every_curated_drawing_has_a_main_color_that_shows():
    for noun in all_nouns():
        drawing = load_drawing(noun.art)
        assert drawing is not None
        assert dict(drawing.palette)[main_color(drawing)] >= LEAST_SHARE, noun.name


def market(style: str) -> Scene:
    """A small poster without boxes."""
    objects = (
        SceneObject(id="apple1", art="1f34e", count=3, color="#dc2626"),
        SceneObject(id="car1", art="1f697", color="#2563eb"),
        SceneObject(id="tree1", art="1f332"),
        SceneObject(id="cat1", art="1f408"),
        SceneObject(id="title1", kind=Kind.TEXT, role=TextRole.TITLE, text="SALE 50%"),
    )
    relation = Relation(kind=RelationKind.LEFT_OF, subject="apple1", objects=("car1",))
    return Scene(width=640, height=640, background="#ffeecc", style=style, objects=objects, relations=(relation,))


def edited(scene: Scene, object_id: str, **fields: Any) -> Scene:
    """The scene with one object changed."""
    return replace(
        scene, objects=tuple(replace(item, **fields) if item.id == object_id else item for item in scene.objects)
    )


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("name", ["apple1", "car1", "tree1", "cat1"])
def test_a_recolor_changes_no_pixel_outside_the_boxes(style, name):
    before = lay_out(market(style), {}, 1).scene
    after = lay_out(edited(before, name, color="#16a34a" if name != "tree1" else "#9333ea"), {}, 2).scene
    assert {item.id: item.boxes for item in after.objects} == {item.id: item.boxes for item in before.objects}
    changed = (pixels(before) != pixels(after)).any(axis=-1)
    target = before.find(name)
    assert target is not None
    own = np.zeros_like(changed)
    for box in target.boxes:
        own |= inside(changed[..., None], box, 2)
    assert changed.any()
    assert not (changed & ~own).any()


@pytest.mark.parametrize("style", STYLES)
def test_moving_one_thing_to_a_free_place_keeps_all_others_and_their_pixels(style):
    scene = replace(
        market(style), width=1024, objects=market(style).objects[:2] + market(style).objects[4:], relations=()
    )
    boxes: dict[str, tuple[Box, ...]] = {
        "apple1": ((60.0, 320.0, 160.0, 420.0), (180.0, 320.0, 280.0, 420.0), (300.0, 320.0, 400.0, 420.0))
    }
    boxes |= {"car1": ((440.0, 320.0, 580.0, 420.0),), "title1": ((60.0, 40.0, 960.0, 120.0),)}
    before = replace(scene, objects=tuple(replace(item, boxes=boxes[item.id]) for item in scene.objects))
    after = lay_out(edited(before, "car1", boxes=(), at=Place.BOTTOM_RIGHT), {}, 7).scene
    car = after.find("car1")
    assert car is not None
    assert all(item.boxes == boxes[item.id] for item in after.objects if item.id != "car1")
    changed = (pixels(before) != pixels(after)).any(axis=-1)
    own = inside(changed[..., None], boxes["car1"][0], 2) | inside(changed[..., None], car.boxes[0], 2)
    assert changed.any()
    assert not (changed & ~own).any()


@pytest.mark.parametrize("size", [(640, 960), (960, 640), (640, 640)])
def test_what_is_left_of_something_stands_beside_it(size):
    scene = lay_out(replace(market("flat"), width=size[0], height=size[1]), {}, 0).scene
    assert all(holds(relation, scene) for relation in scene.relations)
    apples, car = scene.find("apple1"), scene.find("car1")
    assert apples is not None
    assert car is not None
    top, bottom = min(box[1] for box in apples.boxes), max(box[3] for box in apples.boxes)
    assert top < (car.boxes[0][1] + car.boxes[0][3]) / 2 < bottom


def test_labels_of_words_with_and_without_descenders_are_equally_large():
    label = SceneObject(id="l", kind=Kind.TEXT, role=TextRole.LABEL)
    names = {"cat": "1f408", "dog": "1f415"}
    objects = [SceneObject(id=name, art=key) for name, key in names.items()]
    objects += [replace(label, id=f"{name}-label", text=name) for name in names]
    relations = tuple(Relation(kind=RelationKind.ON, subject=f"{name}-label", objects=(name,)) for name in names)
    scene = lay_out(Scene(width=640, height=640, objects=tuple(objects), relations=relations), {}, 0).scene
    heights = [item.boxes[0][3] - item.boxes[0][1] for item in scene.objects if item.kind is Kind.TEXT]
    assert heights[0] == pytest.approx(heights[1], rel=0.08)
