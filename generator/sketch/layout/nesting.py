"""Objects on, in, behind and in front of each other become one block around their host.

It works in units and knows nothing of the canvas. What it cannot arrange well it arranges anyway: the checks tell.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field

from generator.scene import Box, Relation, RelationKind, SceneObject
from generator.sketch.layout.blocks import Block, block_of
from generator.sketch.layout.checks import OVERLAPPING, is_label
from generator.sketch.layout.geometry import size, union
from generator.sketch.layout.orders import topological

LABEL_HEIGHT = 0.2
"""Height of a label's strip below its object, in units."""

_PEEK = 0.3
"""Share of the narrower one's width by which a thing behind is covered."""

_INVERSE = {RelationKind.BEHIND: RelationKind.IN_FRONT_OF, RelationKind.IN_FRONT_OF: RelationKind.BEHIND}

Leaf = Callable[[SceneObject, bool], tuple[Box, ...]]
"""Boxes of an object's instances in units; the flag asks for one flat row."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment:
    """``subject`` belongs to ``host`` in this way."""

    subject: str
    host: str
    kind: RelationKind


def attachments(relations: Sequence[Relation], present: Collection[str]) -> tuple[Attachment, ...]:
    """One host at most for each object, never in a circle; later relations that do not fit are left out.

    Behind and in front of are two words for one thing, so they attach the other way round where only that is free.
    """
    host_of: dict[str, Attachment] = {}

    def attach(subject: str, host: str, kind: RelationKind) -> bool:
        if subject in host_of or subject == host or subject not in present or host not in present:
            return False
        ancestor = host
        while ancestor in host_of:
            ancestor = host_of[ancestor].host
            if ancestor == subject:
                return False
        host_of[subject] = Attachment(subject=subject, host=host, kind=kind)
        return True

    for relation in relations:
        if relation.kind in OVERLAPPING:
            for other in relation.objects:
                if not attach(relation.subject, other, relation.kind) and relation.kind in _INVERSE:
                    attach(other, relation.subject, _INVERSE[relation.kind])
    return tuple(host_of.values())


@dataclass(slots=True, kw_only=True)
class _Nest:
    """A block while it grows around its host."""

    host: Box
    boxes: dict[str, tuple[Box, ...]]
    span: list[float] = field(default_factory=list)  # left and right end of the host's width that is not covered

    def add(self, child: Block, factor: float, x: float, bottom: float) -> None:
        """Put ``child`` so that its root's left edge is at ``x`` and its root stands at ``bottom``."""
        root = child.part(child.root)
        self.boxes |= child.put(x - root[0] * factor, bottom - root[3] * factor, factor)

    def row(self, children: Sequence[Block], factor: float, bottoms: Sequence[float]) -> None:
        """Children side by side, centred over the free span, whole blocks apart."""
        gap = 0.06 * (self.span[1] - self.span[0]) if len(children) > 1 else 0.0
        total = sum(child.width for child in children) * factor + gap * (len(children) - 1)
        x = (self.span[0] + self.span[1] - total) / 2
        for child, bottom in zip(children, bottoms, strict=True):
            self.add(child, factor, x + child.part(child.root)[0] * factor, bottom)
            x += child.width * factor + gap


def _fit(children: Sequence[Block], width: float, height: float, most: float) -> float:
    """Factor at which the children side by side fit ``width`` by ``height``, at most ``most``."""
    gaps = 0.06 * width * (len(children) - 1)
    return min(
        most,
        (width - gaps) / sum(child.width for child in children),
        height / max(child.height for child in children),
    )


def _put_behind(nest: _Nest, children: Sequence[Block]) -> None:
    """To the right, to the left, then above: a corner of each peeks out."""
    wide, high = size(nest.host)
    for child, to_right in zip(children[:2], (True, False), strict=False):
        root_wide, root_high = size(child.part(child.root))
        factor = min(1.0, 1.3 * high / root_high, max(wide, high) / root_wide)
        peek = _PEEK * min(wide, root_wide * factor)
        x = nest.host[2] - peek if to_right else nest.host[0] + peek - root_wide * factor
        nest.span[1 if to_right else 0] += -peek if to_right else peek
        nest.add(child, factor, x, nest.host[3] - 0.08 * high)
    if above := children[2:]:
        factor = _fit(above, nest.span[1] - nest.span[0], high, 0.8)
        nest.row(above, factor, [nest.host[1] + 0.3 * size(child.part(child.root))[1] * factor for child in above])


def _put_on(nest: _Nest, children: Sequence[Block]) -> None:
    _, high = size(nest.host)
    factor = _fit(children, 0.92 * (nest.span[1] - nest.span[0]), 1.1 * high, 0.75)
    sunk = [min(0.06 * high, 0.15 * size(child.part(child.root))[1] * factor) for child in children]
    nest.row(children, factor, [nest.host[1] + depth for depth in sunk])


def _put_pairwise(nest: _Nest, child: Block, instances: Sequence[Box]) -> None:
    """One of the child's instances on each of the host's, as hats on cats."""
    placed = []
    for own, seat in zip(child.boxes[child.root], instances, strict=True):
        wide, high = size(own)
        seat_wide, seat_high = size(seat)
        factor = min(0.75, 0.92 * seat_wide / wide, 0.8 * seat_high / high)
        x = (seat[0] + seat[2] - wide * factor) / 2
        bottom = seat[1] + 0.06 * seat_high
        placed.append((x, bottom - high * factor, x + wide * factor, bottom))
    nest.boxes[child.root] = tuple(placed)


def _put_inside(nest: _Nest, children: Sequence[Block], low: float) -> None:
    """Within the host, from 14 % to ``low`` of its height."""
    _, high = size(nest.host)
    room = 0.84 * (nest.span[1] - nest.span[0])
    factor = _fit(children, room, (low - 0.14) * high, 0.9)
    middle = nest.host[1] + (0.14 + low) / 2 * high
    bottoms = [middle - child.height * factor / 2 + child.part(child.root)[3] * factor for child in children]
    nest.row(children, factor, bottoms)


def _put_in_front(nest: _Nest, children: Sequence[Block], share: float) -> None:
    """Along the host's foot, standing a little lower than it, at most ``share`` of its height."""
    _, high = size(nest.host)
    factor = _fit(children, 0.86 * (nest.span[1] - nest.span[0]), share * high, 0.7)
    nest.row(children, factor, [nest.host[3] + 0.12 * size(child.part(child.root))[1] * factor for child in children])


def _put_labels(nest: _Nest, labels: Sequence[str], *, over: bool) -> None:
    """Strips below everything, or over the foot of a host that stands on something itself."""
    wide, high = size(nest.host)
    strip = min(LABEL_HEIGHT, 0.24 * high) if over else LABEL_HEIGHT
    middle = (nest.host[0] + nest.host[2]) / 2
    reach = (wide if over else max(wide, 2.4 * LABEL_HEIGHT)) / 2
    top = nest.host[3] - strip * (len(labels) + 0.2) if over else nest.host[3] + 0.2 * strip
    if not over:
        top = max(top, min(union(b for boxes in nest.boxes.values() for b in boxes)[3], nest.host[3] + 0.9 * strip))
    for label in labels:
        nest.boxes[label] = ((middle - reach, top, middle + reach, top + strip),)
        top += strip


@dataclass(frozen=True, slots=True, kw_only=True)
class Nesting:
    """Builds the block of every object that has no host.

    Attributes:
        items: The objects to build, by id.
        links: Who belongs to whom.
        leaf: Sizes of single objects.
        before: Pairs of ids, left one first, for siblings beside each other.
    """

    items: Mapping[str, SceneObject]
    links: Sequence[Attachment]
    leaf: Leaf
    before: Collection[tuple[str, str]] = ()

    def blocks(self) -> list[Block]:
        """One block per object without host, in the order of the scene."""
        hosted = {link.subject for link in self.links}
        return [self.block(item) for item in self.items if item not in hosted]

    def block(self, object_id: str, *, nested: bool = False, flat: bool = False) -> Block:
        """The block of ``object_id`` with everything that belongs to it.

        Args:
            object_id: The host.
            nested: It belongs to something itself, so its labels are written over it.
            flat: A few instances stand in one row, because they stand on something.
        """
        item = self.items[object_id]
        links = [link for link in self.links if link.host == object_id]
        labels = [link.subject for link in links if self._is_strip(link)]
        groups = {kind: self._children(links, kind) for kind in OVERLAPPING}
        own = self.leaf(item, flat or bool(groups[RelationKind.ON]))
        host = union(own)
        nest = _Nest(host=host, boxes={object_id: own}, span=[host[0], host[2]])
        if groups[RelationKind.BEHIND]:
            _put_behind(nest, groups[RelationKind.BEHIND])
        if standing := groups[RelationKind.ON]:
            only = standing[0]
            if len(standing) == len(only.boxes) == 1 and len(only.boxes[only.root]) == len(own) > 1:
                _put_pairwise(nest, only, own)
            else:
                _put_on(nest, standing)
        front = groups[RelationKind.IN_FRONT_OF]
        if groups[RelationKind.INSIDE]:
            _put_inside(nest, groups[RelationKind.INSIDE], 0.5 if front else 0.68 if nested and labels else 0.86)
        if front:
            _put_in_front(nest, front, 0.4 if groups[RelationKind.INSIDE] else 0.55)
        if labels:
            _put_labels(nest, labels, over=nested)
        return block_of(object_id, nest.boxes, item.at)

    def _is_strip(self, link: Attachment) -> bool:
        """Whether the subject is a label on which nothing else stands."""
        return is_label(self.items[link.subject]) and all(other.host != link.subject for other in self.links)

    def _children(self, links: Sequence[Attachment], kind: RelationKind) -> list[Block]:
        names = [link.subject for link in links if link.kind is kind and not self._is_strip(link)]
        flat = kind is RelationKind.ON
        return [self.block(name, nested=True, flat=flat) for name in topological(names, self.before)]
