"""Whether a solved scene is what was asked, measured on its boxes alone.

Tests and receipts use these functions; the solver uses them as its judge. Relations are measured on the
union box of an object's instances. It knows nothing of how a layout is found.
"""

from collections.abc import Callable, Mapping
from itertools import pairwise

from generator.scene import Box, Kind, Relation, RelationKind, Scene, SceneObject, TextRole
from generator.sketch.layout.geometry import area, center, overlap, overlap_area, segment_meets, size, union

TOLERANCE = 1.0
"""Pixels that rounding may cost."""

OVERLAPPING = frozenset({RelationKind.ON, RelationKind.INSIDE, RelationKind.BEHIND, RelationKind.IN_FRONT_OF})
"""Relations that ask for an overlap."""


def union_box(item: SceneObject) -> Box:
    """The box around all instances.

    Raises:
        ValueError: The object has no box.
    """
    return union(item.boxes)


def is_label(item: SceneObject) -> bool:
    """Whether the object is writing that belongs to another object."""
    return item.kind is Kind.TEXT and item.role is TextRole.LABEL


def _left_of(first: Box, second: Box) -> bool:
    return first[2] <= second[0] + TOLERANCE


def _above(first: Box, second: Box) -> bool:
    return first[3] <= second[1] + TOLERANCE


def _within(inner: Box, outer: Box, axis: int) -> bool:
    return inner[axis] >= outer[axis] - TOLERANCE and inner[axis + 2] <= outer[axis + 2] + TOLERANCE


def _inside(inner: Box, outer: Box) -> bool:
    return _within(inner, outer, 0) and _within(inner, outer, 1)


def _stands_on(subject: Box, base: Box) -> bool:
    depth = subject[3] - base[1]
    slight = -TOLERANCE <= depth <= 0.35 * size(base)[1] + TOLERANCE
    return slight and subject[1] < base[1] and _within(subject, base, 0)


def _is_written_on(label: Box, base: Box) -> bool:
    """On the object, or just below it: no further away than the label is high."""
    column = base[0] - TOLERANCE <= center(label)[0] <= base[2] + TOLERANCE
    return column and base[1] - TOLERANCE <= label[1] <= base[3] + size(label)[1]


def _overlap_partly(first: Box, second: Box) -> bool:
    common = overlap_area(first, second)
    return 0 < common <= 0.9 * min(area(first), area(second))


def _side_by_side(first: Box, second: Box) -> bool:
    wide, high = overlap(first, second)
    larger = max(*size(first), *size(second))
    return high > 0 and wide <= TOLERANCE and -wide < larger


def _between(subject: Box, first: Box, second: Box) -> bool:
    for before in (_left_of, _above):
        for start, end in ((first, second), (second, first)):
            if before(start, subject) and before(subject, end):
                return segment_meets(center(start), center(end), subject)
    return False


def _in_row(boxes: list[Box]) -> bool:
    line = [center(box)[1] for box in boxes]
    tolerance = max(TOLERANCE, 0.02 * max(size(box)[1] for box in boxes))
    return max(line) - min(line) <= tolerance and all(_left_of(a, b) for a, b in pairwise(boxes))


_PAIR_TESTS: Mapping[RelationKind, Callable[[Box, Box], bool]] = {
    RelationKind.LEFT_OF: _left_of,
    RelationKind.RIGHT_OF: lambda subject, other: _left_of(other, subject),
    RelationKind.ABOVE: _above,
    RelationKind.BELOW: lambda subject, other: _above(other, subject),
    RelationKind.ON: _stands_on,
    RelationKind.INSIDE: _inside,
    RelationKind.BEHIND: _overlap_partly,
    RelationKind.IN_FRONT_OF: _overlap_partly,
    RelationKind.NEXT_TO: _side_by_side,
}


def _order_holds(relation: Relation, scene: Scene) -> bool:
    """Objects are drawn first at the back, so ``behind`` is a matter of their order too."""
    order = {item.id: index for index, item in enumerate(scene.objects)}
    subject = order[relation.subject]
    if relation.kind is RelationKind.BEHIND:
        return all(subject < order[other] for other in relation.objects)
    if relation.kind in {RelationKind.IN_FRONT_OF, RelationKind.INSIDE, RelationKind.ON}:
        return all(subject > order[other] for other in relation.objects)
    return True


def holds(relation: Relation, scene: Scene) -> bool:
    """Whether ``relation`` is true of the scene's boxes and drawing order.

    A relation that names an unknown object, an object without a box, or the wrong number of objects does not hold.
    """
    subject = scene.find(relation.subject)
    others = [scene.find(other) for other in relation.objects]
    if subject is None or not subject.boxes or not others:
        return False
    found = [union_box(other) for other in others if other is not None and other.boxes]
    if len(found) != len(others):
        return False
    box = union_box(subject)
    if relation.kind is RelationKind.BETWEEN:
        return len(found) == 2 and _between(box, found[0], found[1])
    if relation.kind is RelationKind.IN_ROW:
        return _in_row([box, *found])
    if relation.kind is RelationKind.ON and is_label(subject):
        return all(_is_written_on(box, other) for other in found) and _order_holds(relation, scene)
    test = _PAIR_TESTS[relation.kind]
    return all(test(box, other) for other in found) and _order_holds(relation, scene)


def allowed_overlaps(scene: Scene) -> frozenset[tuple[str, str]]:
    """Pairs of ids, in both orders, that may overlap because relations demand it.

    What stands on something inside a third thing may overlap that third thing too, so chains count.
    """
    reached: dict[str, set[str]] = {item.id: set() for item in scene.objects}
    for relation in scene.relations:
        if relation.kind in OVERLAPPING and relation.subject in reached:
            reached[relation.subject].update(other for other in relation.objects if other in reached)
    changed = True
    while changed:
        changed = False
        for hosts in reached.values():
            further = {beyond for host in hosts for beyond in reached[host]} - hosts
            hosts.update(further)
            changed = changed or bool(further)
    return frozenset(pair for item, hosts in reached.items() for host in hosts for pair in ((item, host), (host, item)))


def overlapping(scene: Scene) -> tuple[tuple[str, str], ...]:
    """Pairs of objects whose instances overlap by more than the tolerance, though no relation demands it.

    Instances of one object among themselves give the pair of that object with itself.
    """
    allowed = allowed_overlaps(scene)
    found: list[tuple[str, str]] = []
    for index, item in enumerate(scene.objects):
        if any(_clash(a, b) for i, a in enumerate(item.boxes) for b in item.boxes[i + 1 :]):
            found.append((item.id, item.id))
        found.extend(
            (item.id, other.id)
            for other in scene.objects[index + 1 :]
            if (item.id, other.id) not in allowed and any(_clash(a, b) for a in item.boxes for b in other.boxes)
        )
    return tuple(found)


def _clash(first: Box, second: Box) -> bool:
    return min(overlap(first, second)) > TOLERANCE


def problems(scene: Scene) -> tuple[str, ...]:
    """Everything that is wrong with the solved scene, as short technical strings; empty when all is well.

    Found are: a missing or surplus box, an empty box, a box off the canvas, an overlap that no relation demands and a
    relation that does not hold.
    """
    found: list[str] = []
    canvas: Box = (0.0, 0.0, float(scene.width), float(scene.height))
    for item in scene.objects:
        if len(item.boxes) != item.count:
            found.append(f"count {item.id}: {len(item.boxes)} boxes for {item.count}")
        if any(min(size(box)) <= 0 for box in item.boxes):
            found.append(f"empty {item.id}")
        if any(not _inside(box, canvas) for box in item.boxes):
            found.append(f"off canvas {item.id}")
    found.extend(f"overlap {first} {second}" for first, second in overlapping(scene))
    found.extend(
        f"relation {relation.subject} {relation.kind} {' '.join(relation.objects)}"
        for relation in scene.relations
        if not holds(relation, scene)
    )
    return tuple(found)
