"""Revisions: what has its boxes stays, what is free finds its spot, only what blocks gives way."""

from dataclasses import replace

import pytest

from generator.scene import Kind, Place, RelationKind, Scene, Size, TextRole
from generator.sketch.layout import Layout, problems, solve
from generator.sketch.layout.geometry import center, union
from tests.generator.scenes import FixedMetrics, art, random_scene, relate, text

METRICS = FixedMetrics()
SEEDS = range(12)


def first(seed: int) -> Scene:
    return solve(random_scene(seed, least=5, most=12), METRICS, seed=seed).scene


def changed(before: Scene, after: Layout) -> set[str]:
    """Ids of objects of both scenes whose boxes differ."""
    return {
        item.id for item in before.objects if (new := after.scene.find(item.id)) is not None and new.boxes != item.boxes
    }


@pytest.mark.parametrize("seed", SEEDS)
def test_a_solved_scene_stays_exactly_as_it_is(seed):
    scene = first(seed)
    again = solve(scene, METRICS, seed=seed + 1)
    assert again.clean
    assert again.scene == scene


@pytest.mark.parametrize("seed", SEEDS)
def test_adding_something_small_moves_nothing(seed):
    scene = first(seed)
    after = solve(replace(scene, objects=(*scene.objects, art("newcomer", size=Size.TINY))), METRICS, seed=0)
    assert after.clean
    assert changed(scene, after) == set()


@pytest.mark.parametrize("seed", SEEDS)
def test_adding_a_label_moves_nothing(seed):
    scene = first(seed)
    host = next(item.id for item in scene.objects if item.kind is Kind.ART)
    label = text("label", "a name", TextRole.LABEL)
    after = solve(
        replace(
            scene,
            objects=(*scene.objects, label),
            relations=(*scene.relations, relate("label", RelationKind.ON, host)),
        ),
        METRICS,
        seed=0,
    )
    assert after.clean
    assert changed(scene, after) == set()


@pytest.mark.parametrize("kind", [RelationKind.LEFT_OF, RelationKind.ABOVE, RelationKind.NEXT_TO, RelationKind.ON])
def test_a_newcomer_with_a_relation_finds_its_spot(kind):
    scene = first(3)
    host = next(item.id for item in scene.objects if item.kind is Kind.ART and not item.id.startswith("guest"))
    grown = replace(
        scene,
        objects=(*scene.objects, art("newcomer", size=Size.SMALL)),
        relations=(*scene.relations, relate("newcomer", kind, host)),
    )
    assert solve(grown, METRICS, seed=0).clean


def row_of_three() -> Scene:
    boxes = {
        "car": (50.0, 400.0, 250.0, 600.0),
        "tree": (400.0, 400.0, 600.0, 600.0),
        "house": (750.0, 400.0, 950.0, 600.0),
    }
    return Scene(width=1000, height=1000, objects=tuple(art(name, boxes=(box,)) for name, box in boxes.items()))


def test_moving_something_to_a_free_corner_moves_nothing_else():
    scene = row_of_three()
    objects = tuple(replace(o, boxes=(), at=Place.BOTTOM_RIGHT) if o.id == "car" else o for o in scene.objects)
    after = solve(replace(scene, objects=objects), METRICS, seed=0)
    assert after.clean
    assert changed(scene, after) == {"car"}
    assert min(center(union(after.scene.objects[0].boxes))) > 2000 / 3


def test_moving_something_to_where_another_stands_releases_only_that():
    scene = replace(row_of_three(), height=420, objects=())
    boxes = {"car": 30.0, "tree": 360.0, "house": 690.0}
    objects = tuple(art(name, boxes=((x, 60.0, x + 280.0, 360.0),)) for name, x in boxes.items())
    scene = replace(scene, objects=objects)
    moved = tuple(replace(o, boxes=(), at=Place.RIGHT) if o.id == "car" else o for o in scene.objects)
    after = solve(replace(scene, objects=moved), METRICS, seed=0)
    assert after.clean
    assert changed(scene, after) == {"car", "house"}


def test_what_stands_on_a_moved_thing_moves_with_it():
    scene = Scene(
        width=1024,
        height=1024,
        objects=(art("table"), art("cup", size=Size.SMALL), art("door"), art("lamp")),
        relations=(relate("cup", RelationKind.ON, "table"),),
    )
    before = solve(scene, METRICS, seed=0).scene
    objects = tuple(replace(o, boxes=(), at=Place.BOTTOM_LEFT) if o.id == "table" else o for o in before.objects)
    after = solve(replace(before, objects=objects), METRICS, seed=0)
    assert after.clean
    assert {"table", "cup"} <= changed(before, after)


def test_a_new_relation_between_two_pins_moves_its_subject():
    scene = row_of_three()
    after = solve(replace(scene, relations=(relate("car", RelationKind.BELOW, "tree"),)), METRICS, seed=0)
    assert after.clean
    assert changed(scene, after) == {"car"}


def test_a_changed_count_is_solved_near_where_the_thing_was():
    scene = row_of_three()
    objects = tuple(replace(o, count=3) if o.id == "tree" else o for o in scene.objects)
    after = solve(replace(scene, objects=objects), METRICS, seed=0)
    assert after.clean
    assert "tree" in changed(scene, after)
    assert changed(scene, after) <= {"tree", "car", "house"}
    tree = after.scene.find("tree")
    assert tree is not None
    x, y = center(union(tree.boxes))
    assert abs(x - 500) < 350
    assert abs(y - 500) < 350


def test_a_title_added_to_a_full_picture_makes_room_for_itself():
    before = solve(Scene(width=1024, height=1024, objects=tuple(art(f"o{i}") for i in range(9))), METRICS, seed=0).scene
    after = solve(replace(before, objects=(*before.objects, text("title", "Nine things"))), METRICS, seed=0)
    assert after.clean
    title = after.scene.find("title")
    assert title is not None
    assert title.boxes[0][3] < 1024 / 3


def test_an_impossible_addition_is_solved_anew_rather_than_badly():
    before = solve(Scene(width=1024, height=1024, objects=(art("a"), art("b"))), METRICS, seed=0).scene
    grown = replace(before, objects=(*before.objects, *(art(f"o{i}", size=Size.HUGE) for i in range(8))))
    after = solve(grown, METRICS, seed=0)
    assert problems(after.scene) == ()
    assert after.clean


def test_what_cannot_be_met_moves_nothing_on_a_revision():
    relations = (relate("a", RelationKind.LEFT_OF, "b"), relate("b", RelationKind.LEFT_OF, "a"))
    objects = (art("a"), art("b"), art("c"), art("d"))
    before = solve(Scene(width=1024, height=1024, objects=objects, relations=relations), METRICS, seed=0).scene
    again = solve(before, METRICS, seed=5)
    assert again.scene == before
    assert [notice.key for notice in again.unmet] == ["relation-impossible"]
    grown = replace(before, objects=(*before.objects, art("newcomer", size=Size.TINY)))
    assert changed(before, solve(grown, METRICS, seed=0)) == set()


@pytest.mark.parametrize("seed", SEEDS)
def test_whatever_is_freed_the_scene_is_solved_again(seed):
    scene = first(seed)
    objects = tuple(replace(o, boxes=()) if index % 3 == 0 else o for index, o in enumerate(scene.objects))
    assert solve(replace(scene, objects=objects), METRICS, seed=0).clean
