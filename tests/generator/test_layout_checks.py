"""The judges of a layout: each kind of fault is seen, and what is right is not complained about."""

from dataclasses import replace

import pytest

from generator.scene import Box, Relation, RelationKind, Scene, SceneObject, TextRole
from generator.sketch.layout import holds, problems
from tests.generator.scenes import art, relate, text

LEFT: Box = (100.0, 400.0, 300.0, 600.0)
RIGHT: Box = (700.0, 400.0, 900.0, 600.0)


def scene_of(boxes: dict[str, Box], *relations: Relation) -> Scene:
    objects = tuple(art(name, boxes=(box,)) for name, box in boxes.items())
    return Scene(width=1000, height=1000, objects=objects, relations=relations)


def with_box(scene: Scene, name: str, *boxes: Box) -> Scene:
    return replace(scene, objects=tuple(replace(o, boxes=boxes) if o.id == name else o for o in scene.objects))


def test_a_good_scene_has_no_problems():
    assert problems(scene_of({"a": LEFT, "b": RIGHT}, relate("a", RelationKind.LEFT_OF, "b"))) == ()


@pytest.mark.parametrize(
    ("boxes", "fault"),
    [
        ((), "count a"),
        ((LEFT, (100.0, 100.0, 200.0, 200.0)), "count a"),
        (((-30.0, 400.0, 170.0, 600.0),), "off canvas a"),
        (((100.0, 900.0, 300.0, 1100.0),), "off canvas a"),
        (((100.0, 400.0, 100.0, 600.0),), "empty a"),
        (((600.0, 450.0, 800.0, 650.0),), "overlap a b"),
        (((750.0, 100.0, 950.0, 300.0),), "relation a left_of b"),
    ],
)
def test_every_class_of_fault_is_found(boxes, fault):
    good = scene_of({"a": LEFT, "b": RIGHT}, relate("a", RelationKind.LEFT_OF, "b"))
    assert any(found.startswith(fault) for found in problems(with_box(good, "a", *boxes)))


def test_overlapping_instances_of_one_object_are_found():
    objects = (SceneObject(id="a", count=2, boxes=(LEFT, (200.0, 500.0, 400.0, 700.0))),)
    assert problems(Scene(width=1000, height=1000, objects=objects)) == ("overlap a a",)


@pytest.mark.parametrize(
    ("kind", "subject", "other"),
    [
        (RelationKind.LEFT_OF, LEFT, RIGHT),
        (RelationKind.RIGHT_OF, RIGHT, LEFT),
        (RelationKind.ABOVE, (400.0, 100.0, 500.0, 300.0), LEFT),
        (RelationKind.BELOW, (400.0, 700.0, 500.0, 800.0), LEFT),
        (RelationKind.ON, (120.0, 220.0, 280.0, 410.0), LEFT),
        (RelationKind.INSIDE, (150.0, 450.0, 250.0, 550.0), LEFT),
        (RelationKind.BEHIND, (250.0, 300.0, 450.0, 550.0), LEFT),
        (RelationKind.IN_FRONT_OF, (250.0, 450.0, 450.0, 650.0), LEFT),
        (RelationKind.NEXT_TO, (320.0, 450.0, 500.0, 600.0), LEFT),
    ],
)
def test_a_relation_holds_where_it_is_true_and_not_where_things_stand_far_apart(kind, subject, other):
    names = ("s", "o") if kind is RelationKind.BEHIND else ("o", "s")
    scene = scene_of({name: subject if name == "s" else other for name in names})
    relation = relate("s", kind, "o")
    assert holds(relation, scene)
    astray = {RelationKind.LEFT_OF: (950.0, 0.0, 990.0, 40.0), RelationKind.ABOVE: (0.0, 950.0, 40.0, 990.0)}
    if kind is RelationKind.RIGHT_OF:
        astray[kind] = (0.0, 0.0, 40.0, 40.0)
    assert not holds(relation, with_box(scene, "s", astray.get(kind, (950.0, 0.0, 990.0, 40.0))))


def test_behind_needs_the_drawing_order_too():
    wrong_order = scene_of({"house": LEFT, "tree": (250.0, 300.0, 450.0, 550.0)})
    assert not holds(relate("tree", RelationKind.BEHIND, "house"), wrong_order)


def test_what_is_wholly_covered_is_not_behind():
    scene = scene_of({"tree": (150.0, 450.0, 250.0, 550.0), "house": LEFT})
    assert not holds(relate("tree", RelationKind.BEHIND, "house"), scene)


def test_between_means_on_the_line_and_not_merely_in_the_gap():
    relation = relate("m", RelationKind.BETWEEN, "a", "b")
    assert holds(relation, scene_of({"a": LEFT, "b": RIGHT, "m": (450.0, 450.0, 550.0, 550.0)}))
    assert not holds(relation, scene_of({"a": LEFT, "b": RIGHT, "m": (450.0, 50.0, 550.0, 150.0)}))
    assert not holds(relation, scene_of({"a": LEFT, "b": RIGHT, "m": (250.0, 450.0, 350.0, 550.0)}))


def test_a_row_is_in_order_and_on_one_line():
    relation = relate("a", RelationKind.IN_ROW, "m", "b")
    level = scene_of({"a": LEFT, "b": RIGHT, "m": (450.0, 450.0, 550.0, 550.0)})
    assert holds(relation, level)
    assert not holds(relation, with_box(level, "m", (450.0, 500.0, 550.0, 600.0)))
    assert not holds(relate("b", RelationKind.IN_ROW, "m", "a"), level)


def test_a_relation_to_something_unknown_does_not_hold():
    assert not holds(relate("a", RelationKind.LEFT_OF, "ghost"), scene_of({"a": LEFT}))


def test_a_label_may_stand_just_below_its_object_but_no_further():
    relation = relate("label", RelationKind.ON, "a")
    scene = scene_of({"a": LEFT})
    label = text("label", "Apple", TextRole.LABEL)
    below = replace(scene, objects=(*scene.objects, replace(label, boxes=((150.0, 610.0, 250.0, 650.0),))))
    assert holds(relation, below)
    assert not holds(relation, with_box(below, "label", (150.0, 700.0, 250.0, 740.0)))


def test_what_stands_on_something_inside_a_third_thing_may_overlap_that_too():
    box: Box = (100.0, 100.0, 900.0, 900.0)
    cat: Box = (300.0, 500.0, 700.0, 800.0)
    hat: Box = (400.0, 400.0, 600.0, 510.0)
    relations = (relate("cat", RelationKind.INSIDE, "box"), relate("hat", RelationKind.ON, "cat"))
    assert problems(scene_of({"box": box, "cat": cat, "hat": hat}, *relations)) == ()
    assert any(f == "overlap box hat" for f in problems(scene_of({"box": box, "cat": cat, "hat": hat}, relations[0])))
