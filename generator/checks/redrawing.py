"""Which parts of a scene to leave out together, so that few redraws prove every part. Draws and measures nothing."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from generator.scene import Box, Kind, Scene, SceneObject

_APART = 0.025  # of the longest side: neighbours nearer than this are never left out together
_COUNTED = frozenset({Kind.ART, Kind.IMAGE, Kind.CHART, Kind.CARD})


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One instance of one object: ``index`` into its boxes."""

    object_id: str
    index: int
    box: Box


def counted(scene: Scene) -> tuple[SceneObject, ...]:
    """The objects whose presence is measured; texts are read instead."""
    return tuple(item for item in scene.objects if item.kind in _COUNTED)


def groups(scene: Scene, limit: int) -> tuple[tuple[Part, ...], ...]:
    """Every instance in one group; members of a group stand well apart, so that their traces cannot be confused.

    Args:
        scene: The solved scene.
        limit: Most groups to return; what would need more is left out, and then not checked.
    """
    margin = _APART * max(scene.width, scene.height)
    found: list[list[Part]] = []
    for item in counted(scene):
        for index, box in enumerate(item.boxes):
            part = Part(object_id=item.id, index=index, box=box)
            home = next((group for group in found if not _near(part, group, margin)), None)
            if home is not None:
                home.append(part)
            elif len(found) < limit:
                found.append([part])
    return tuple(tuple(group) for group in found)


def without(scene: Scene, parts: Sequence[Part]) -> Scene:
    """The scene with these instances gone and everything else where it was."""
    gone: dict[str, set[int]] = {}
    for part in parts:
        gone.setdefault(part.object_id, set()).add(part.index)
    objects = []
    for item in scene.objects:
        boxes = tuple(box for index, box in enumerate(item.boxes) if index not in gone.get(item.id, ()))
        if item.id not in gone:
            objects.append(item)
        elif boxes:
            objects.append(replace(item, boxes=boxes, count=len(boxes)))
    left = {item.id for item in objects}
    relations = tuple(item for item in scene.relations if left.issuperset({item.subject, *item.objects}))
    return replace(scene, objects=tuple(objects), relations=relations)


def _near(part: Part, group: Sequence[Part], margin: float) -> bool:
    x0, y0, x1, y1 = part.box
    return any(
        x0 - margin < other.box[2]
        and other.box[0] < x1 + margin
        and y0 - margin < other.box[3]
        and other.box[1] < y1 + margin
        for other in group
    )
