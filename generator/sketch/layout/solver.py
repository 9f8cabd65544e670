"""The whole solve: writing first, then everything else around pins or afresh, then the judgement."""

import random
from collections.abc import Mapping
from dataclasses import dataclass, replace
from itertools import product

from generator.scene import TRANSPARENT, Arrangement, Box, Kind, Notice, RelationKind, Scene, SceneObject
from generator.sketch.layout import cells, collage, pins
from generator.sketch.layout.bands import is_band
from generator.sketch.layout.checks import holds, overlapping, problems
from generator.sketch.layout.clusters import grid_is_too_small
from generator.sketch.layout.compose import Room, compose, eased, stray
from generator.sketch.layout.geometry import center, union
from generator.sketch.layout.grouping import directed, group_rows
from generator.sketch.layout.leaves import Leaves, settle_texts
from generator.sketch.layout.metrics import Metrics
from generator.sketch.layout.model import build_model
from generator.sketch.layout.nesting import Nesting, attachments
from generator.sketch.layout.regions import MARGIN, Bands, carve, column_of, row_of
from generator.sketch.layout.zorder import drawing_order

_STICKER_MARGIN = 0.075
"""A lone thing on a transparent ground fills 85 % of the canvas."""


_FEW = 5
"""Up to so many objects, several shapes of their clusters and panels are tried."""

_HEAPS = (1.0, 2.6, 0.4)
"""Factors on the shape of clusters: a heap, a row, a column."""

_FLEXES = (1.0, 0.7, 0.33)
"""Factors on the shape of panels."""

_VARIETY = 0.25
"""By how much chance may favor a shape."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """A solved scene.

    Attributes:
        scene: Every object has one box per instance; objects are in drawing order.
        unmet: Demands that could not be held, for the user.
        clean: Nothing overlaps without need, nothing is off the canvas, every relation and count holds.
    """

    scene: Scene
    unmet: tuple[Notice, ...]
    clean: bool


def solve(scene: Scene, metrics: Metrics, *, seed: int) -> Layout:
    """Find a box for every instance.

    Objects that have one box per instance already are pins and stay exactly there, unless the others cannot be placed
    around them; then only the pins in the way are released. Pure, and the same for the same seed.

    Args:
        scene: What to lay out; counts are at least 1.
        metrics: Sizes of drawings and text.
        seed: Draws another of several good layouts.
    """
    scene = replace(scene, objects=drawing_order(scene))
    if not scene.objects:
        return Layout(scene=scene, unmet=(), clean=True)
    pinned = {item.id: item.boxes for item in scene.objects if item.boxes and len(item.boxes) == item.count}
    if any(item.kind is not Kind.TEXT and item.id in pinned for item in scene.objects):
        solved = pins.solve_around(scene, metrics, pinned, lambda kept: _afresh(scene, metrics, seed, kept))
    else:
        solved = _afresh(scene, metrics, seed, pinned)
    return _judged(solved)


def _afresh(scene: Scene, metrics: Metrics, seed: int, kept: Mapping[str, tuple[Box, ...]]) -> Scene:
    """Everything solved anew but for pinned writing."""
    bands = [item for item in scene.objects if is_band(item, scene) and item.id not in kept]
    movable = {item.id: item for item in scene.objects if not is_band(item, scene) and item.id not in kept}
    region = _inner(scene)
    canvas: Box = (0.0, 0.0, float(scene.width), float(scene.height))
    for pin in kept.values():
        region = carve(region, union(pin), MARGIN * min(scene.width, scene.height))
    page = Bands(scene.width, scene.height, metrics, region, alone=not movable)
    writing = page.place(bands)
    boxes: dict[str, tuple[Box, ...]] = {**kept, **{name: (box,) for name, box in writing.items()}}
    if movable and scene.grid is not None:
        boxes |= cells.fill(scene, list(movable.values()), metrics, page.region, seed)
    elif movable and collage.is_collage(movable):
        unit = 0.01 * min(scene.width, scene.height)
        boxes |= collage.fill(list(movable.values()), metrics, page.region, unit, seed)
    elif movable:
        boxes |= _composed(scene, movable, metrics, Room(canvas=canvas, region=page.region), seed)
    return replace(scene, objects=tuple(replace(item, boxes=tuple(boxes[item.id])) for item in scene.objects))


def _composed(
    scene: Scene, movable: Mapping[str, SceneObject], metrics: Metrics, room: Room, seed: int
) -> dict[str, tuple[Box, ...]]:
    """The roomiest of a few shapes of clusters and panels; chance has a say, so that another seed looks different."""
    chance = random.Random(seed)
    best: tuple[float, dict[str, tuple[Box, ...]]] | None = None
    for leaf in _shapes(scene, movable, metrics, room):
        boxes, value = _composed_of(leaf, movable, room, seed)
        value *= 1 + _VARIETY * chance.random()
        if best is None or value > best[0]:
            best = value, boxes
    return settle_texts(best[1] if best else {}, movable, metrics)


def _shapes(scene: Scene, movable: Mapping[str, SceneObject], metrics: Metrics, room: Room) -> list[Leaves]:
    wide, high = room.region[2] - room.region[0], room.region[3] - room.region[1]
    wanted = wide / high if len(movable) == 1 else min(max((wide / high) ** 0.5, 0.7), 1.6)
    few = len(movable) <= _FEW
    heaped = any(item.count > 1 and item.arrangement is Arrangement.CLUSTER for item in movable.values())
    panels = any(item.kind in {Kind.CHART, Kind.CARD} for item in movable.values())
    factors = _HEAPS if few and heaped and len(movable) > 1 else (1.0,)
    flexes = _FLEXES if few and panels else (1.0,)
    return [
        Leaves(scene=scene, metrics=metrics, wanted=wanted * factor, flex=flex)
        for factor, flex in product(factors, flexes)
    ]


def _composed_of(
    leaf: Leaves, movable: Mapping[str, SceneObject], room: Room, seed: int
) -> tuple[dict[str, tuple[Box, ...]], float]:
    """Boxes by object id, and how good they are: the scale, less where blocks miss their places."""
    scene = leaf.scene
    links = attachments(scene.relations, movable.keys())
    before = [pair for relation in scene.relations if directed(relation)[0] == "x" for pair in directed(relation)[1]]
    nesting = Nesting(items=movable, links=links, leaf=leaf, before=before)
    grouped = group_rows(nesting.blocks(), scene.relations, tall=scene.height > 1.5 * scene.width)
    model = build_model(replace(grouped, blocks=tuple(eased(grouped.blocks, room))), scene.relations)
    only = movable[model.blocks[0].root]
    if len(movable) == 1 and not _is_sticker(scene) and only.kind not in {Kind.CHART, Kind.CARD}:
        room = replace(room, lone_size=only.size)
    places, scale = compose(model, room, seed)
    boxes: dict[str, tuple[Box, ...]] = {}
    strays = 0
    for block, (x, y) in zip(model.blocks, places, strict=True):
        boxes |= block.put(x, y, scale)
        strays += stray(block, (x, y), scale, room.canvas)
    return boxes, scale / (1 + strays)


def _is_sticker(scene: Scene) -> bool:
    return scene.background == TRANSPARENT and len(scene.objects) == 1


def _inner(scene: Scene) -> Box:
    """The canvas without its margins."""
    if _is_sticker(scene):
        wide, high = _STICKER_MARGIN * scene.width, _STICKER_MARGIN * scene.height
    else:
        wide = high = MARGIN * min(scene.width, scene.height)
    return (wide, high, scene.width - wide, scene.height - high)


def _judged(scene: Scene) -> Layout:
    """What does not hold is said, never hidden."""
    unmet = [*_broken_relations(scene), *_strays(scene)]
    unmet += [
        Notice(key="grid-too-small", args={"object": _name(item), "count": item.count})
        for item in scene.objects
        if grid_is_too_small(item)
    ]
    total = sum(item.count for item in scene.objects if not is_band(item, scene))
    if scene.grid is not None and total > scene.grid[0] * scene.grid[1]:
        unmet.append(Notice(key="scene-grid-too-small", args={"count": total, "cells": scene.grid[0] * scene.grid[1]}))
    unmet += [
        Notice(key="overlap-unavoidable", args={"subject": _named(scene, first), "object": _named(scene, second)})
        for first, second in overlapping(scene)
    ]
    found = problems(scene)
    if any(found_one.startswith(("off canvas", "empty", "count")) for found_one in found):
        unmet.append(Notice(key="no-room", args={"count": len(scene.objects)}))
    return Layout(scene=scene, unmet=tuple(unmet), clean=not found and not unmet)


def _broken_relations(scene: Scene) -> list[Notice]:
    return [
        Notice(
            key="relation-impossible",
            args={
                "relation": str(relation.kind),
                "subject": _named(scene, relation.subject),
                "object": ", ".join(_named(scene, other) for other in relation.objects),
            },
        )
        for relation in scene.relations
        if not holds(relation, scene)
    ]


def _strays(scene: Scene) -> list[Notice]:
    """Objects whose middle is not in the third of the canvas that was asked for; one notice each."""
    hosted = {relation.subject for relation in scene.relations if relation.kind is not RelationKind.IN_ROW}
    notices = []
    for item in scene.objects:
        if item.at is None or item.id in hosted:
            continue
        middle = center(union(item.boxes))
        for value, wanted, length in (
            (middle[0], column_of(item.at), scene.width),
            (middle[1], row_of(item.at), scene.height),
        ):
            low = (wanted or 0.0) * 2 * length / 3
            if not low - 2 <= value <= low + length / 3 + 2:
                notices.append(
                    Notice(
                        key="place-impossible", args={"object": _name(item), "place": item.at.value.replace(" ", "_")}
                    )
                )
                break
    return notices


def _named(scene: Scene, object_id: str) -> str:
    item = scene.find(object_id)
    return _name(item) if item is not None else object_id


def _name(item: SceneObject) -> str:
    return item.label or item.id
