"""Moving boxes that are there: a step from the present place, and an exchange of places.

Works on solved scenes; what has no boxes yet cannot be moved from where it is.
"""

from collections.abc import Iterable
from dataclasses import replace
from typing import Final

from generator.scene import Box, Relation, RelationKind, Scene, SceneObject

CARRIED: Final = frozenset({RelationKind.ON, RelationKind.INSIDE})
"""Who stands on or in something goes where that goes."""

_MARGIN: Final = 0.02  # of the canvas's shorter side, that a step leaves free


def with_carried(scene: Scene, identities: Iterable[str]) -> set[str]:
    """These and everything that stands on or in them."""
    found = set(identities)
    for _ in scene.relations:
        carried = {one.subject for one in scene.relations if one.kind in CARRIED and found & set(one.objects)}
        if carried <= found:
            break
        found |= carried
    return found


def is_laid_out(scene: Scene, *identities: str) -> bool:
    """Whether each of them has its boxes."""
    return all((item := scene.find(identity)) is not None and item.boxes for identity in identities)


def shifted(scene: Scene, identity: str, right: float, down: float, *, margin: float = _MARGIN) -> Scene:
    """The object and what it carries moved by so many pixels, at most to the canvas's margin (a share of its side)."""
    group = with_carried(scene, [identity])
    left, top, end, bottom = _around(box for item in scene.objects if item.id in group for box in item.boxes)
    air = margin * min(scene.width, scene.height)
    right = min(max(right, min(0.0, air - left)), max(0.0, scene.width - air - end))
    down = min(max(down, min(0.0, air - top)), max(0.0, scene.height - air - bottom))
    return replace(
        scene, objects=tuple(_moved(item, right, down) if item.id in group else item for item in scene.objects)
    )


def exchanged(scene: Scene, first: str, second: str) -> Scene:
    """Each where the other was, center on center, and each in the other's relations and place."""
    one, other = scene.find(first), scene.find(second)
    if one is None or other is None:
        return scene
    other_name = {first: second, second: first}
    relations = tuple(_renamed(relation, other_name) for relation in scene.relations)
    if is_laid_out(scene, first, second):
        from_x, from_y = _center(one)
        to_x, to_y = _center(other)
        scene = shifted(scene, first, to_x - from_x, to_y - from_y, margin=0)
        scene = shifted(scene, second, from_x - to_x, from_y - to_y, margin=0)
    places = {first: other.at, second: one.at}
    objects = tuple(replace(item, at=places[item.id]) if item.id in places else item for item in scene.objects)
    return replace(scene, objects=objects, relations=relations)


def _renamed(relation: Relation, names: dict[str, str]) -> Relation:
    """The relation between the other things; a label stays on what it names."""
    if relation.kind in CARRIED and relation.subject not in names:
        return relation
    return replace(
        relation,
        subject=names.get(relation.subject, relation.subject),
        objects=tuple(names.get(name, name) for name in relation.objects),
    )


def _moved(item: SceneObject, right: float, down: float) -> SceneObject:
    boxes = tuple((x0 + right, y0 + down, x1 + right, y1 + down) for x0, y0, x1, y1 in item.boxes)
    return replace(item, boxes=boxes)


def _center(item: SceneObject) -> tuple[float, float]:
    left, top, right, bottom = _around(item.boxes)
    return (left + right) / 2, (top + bottom) / 2


def _around(boxes: Iterable[Box]) -> Box:
    columns = tuple(zip(*boxes, strict=True))
    return (min(columns[0]), min(columns[1]), max(columns[2]), max(columns[3]))
