"""Objects that share a line, side by side, become one block: rows, neighbours, and what stands between two.

It knows nothing of the canvas. A demand that cannot be met together with earlier ones is left out; the checks tell.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise

from generator.scene import Relation, RelationKind
from generator.sketch.layout.blocks import Block, block_of, in_line
from generator.sketch.layout.orders import closure

GAP = 0.16
"""Distance between blocks, in units."""

_SEARCH_LIMIT = 800
"""Placements that the search for an order of one row may try."""

Pair = tuple[int, int]


def directed(relation: Relation) -> tuple[str, list[tuple[str, str]]]:
    """Axis ``x``, ``y`` or nothing, and pairs of ids of which the first lies left of or above the second."""
    first = [(relation.subject, other) for other in relation.objects]
    second = [(other, relation.subject) for other in relation.objects]
    return {
        RelationKind.LEFT_OF: ("x", first),
        RelationKind.RIGHT_OF: ("x", second),
        RelationKind.ABOVE: ("y", first),
        RelationKind.BELOW: ("y", second),
        RelationKind.IN_ROW: ("x", list(pairwise((relation.subject, *relation.objects)))),
    }.get(relation.kind, ("", []))


@dataclass(slots=True)
class _Line:
    """Demands on the order of one row, by block index."""

    members: list[int]
    neighbors: list[Pair] = field(default_factory=list)
    middles: list[tuple[int, int, int]] = field(default_factory=list)  # middle, one end, other end

    def joined(self, other: "_Line") -> "_Line":
        """Both lines as one."""
        members = sorted({*self.members, *other.members})
        return _Line(members, [*self.neighbors, *other.neighbors], [*self.middles, *other.middles])

    def order(self, reached: Sequence[int]) -> list[int] | None:
        """An order from left to right that meets all demands, or None.

        Args:
            reached: For each block the bit mask of the blocks that must lie right of it.
        """
        partners: dict[int, set[int]] = {member: set() for member in self.members}
        for first, second in self.neighbors:
            partners[first].add(second)
            partners[second].add(first)
        if any(len(names) > 2 for names in partners.values()):
            return None
        ahead = {member: [m for m in self.members if reached[m] >> member & 1] for member in self.members}
        budget = _SEARCH_LIMIT
        stack: list[list[int]] = [[]]
        while stack and budget > 0:
            placed = stack.pop()
            if len(placed) == len(self.members):
                return placed
            budget -= 1
            stack += [
                [*placed, new]
                for new in reversed(self.members)
                if new not in placed and self._fits(placed, new, partners, ahead)
            ]
        return None

    def _fits(self, placed: list[int], new: int, partners: dict[int, set[int]], ahead: dict[int, list[int]]) -> bool:
        """Whether ``new`` may come right after ``placed``."""
        if any(earlier not in placed for earlier in ahead[new]):
            return False
        if placed and not partners[placed[-1]] <= {new, *placed}:
            return False
        if any(partner in placed[:-1] for partner in partners[new]):
            return False
        return all((one in placed) != (other in placed) for middle, one, other in self.middles if middle == new)


@dataclass(frozen=True, slots=True, kw_only=True)
class Grouped:
    """Blocks after rows were joined.

    Attributes:
        blocks: The blocks to place.
        columns: Triples of ids that stand above each other: the upper end, the middle, the lower end.
    """

    blocks: tuple[Block, ...]
    columns: tuple[tuple[str, str, str], ...]


def _owners(blocks: Sequence[Block]) -> dict[str, int]:
    return {item: index for index, block in enumerate(blocks) for item in block.boxes}


def _reach(blocks: Sequence[Block], relations: Sequence[Relation], axis: str) -> list[int]:
    owners = _owners(blocks)
    pairs = [
        (owners[first], owners[second])
        for relation in relations
        if directed(relation)[0] == axis
        for first, second in directed(relation)[1]
        if first in owners and second in owners and owners[first] != owners[second]
    ]
    return closure(len(blocks), pairs)


def group_rows(blocks: Sequence[Block], relations: Sequence[Relation], *, tall: bool) -> Grouped:
    """Join blocks that must share a line.

    Args:
        blocks: One block per object without host.
        relations: All relations of the scene; those of unknown objects are ignored.
        tall: The canvas is much higher than wide, so what stands between two prefers a column.
    """
    owners = _owners(blocks)
    right_of, below = _reach(blocks, relations, "x"), _reach(blocks, relations, "y")
    lines: list[_Line] = []
    members: dict[int, str] = {}
    columns: list[tuple[str, str, str]] = []
    for relation in relations:
        names = (relation.subject, *relation.objects)
        known = all(name in owners for name in names)
        if not known or len({owners[name] for name in names}) < len(names):
            continue
        column = _column(relation, owners, (right_of, below), tall=tall)
        if column:
            columns.append(column)
            continue
        wanted = _line_of(relation, owners)
        if wanted is not None and _merge(lines, wanted, right_of, below):
            for name in names:
                members.setdefault(owners[name], name)
    return Grouped(blocks=tuple(_joined(blocks, lines, members, right_of)), columns=tuple(columns))


def _line_of(relation: Relation, owners: dict[str, int]) -> _Line | None:
    subject = owners[relation.subject]
    others = [owners[other] for other in relation.objects]
    if relation.kind is RelationKind.IN_ROW:
        return _Line([subject, *others])
    if relation.kind is RelationKind.NEXT_TO:
        return _Line([subject, *others], neighbors=[(subject, other) for other in others])
    if relation.kind is RelationKind.BETWEEN and len(others) == 2:
        return _Line([subject, *others], middles=[(subject, others[0], others[1])])
    return None


def _column(
    relation: Relation, owners: dict[str, int], reached: tuple[Sequence[int], Sequence[int]], *, tall: bool
) -> tuple[str, str, str] | None:
    """The ids of a vertical "between", from above, if that is the axis that fits."""
    if relation.kind is not RelationKind.BETWEEN or len(relation.objects) != 2:
        return None
    first, second = relation.objects
    middle = relation.subject
    right_of, below = reached

    def orders(masks: Sequence[int], upper: str, lower: str) -> bool:
        pairs = ((upper, lower), (upper, middle), (middle, lower))
        return any(masks[owners[one]] >> owners[other] & 1 for one, other in pairs)

    if orders(below, first, second):
        return (first, middle, second)
    if orders(below, second, first):
        return (second, middle, first)
    beside = orders(right_of, first, second) or orders(right_of, second, first)
    return (first, middle, second) if tall and not beside else None


def _merge(lines: list[_Line], wanted: _Line, right_of: Sequence[int], below: Sequence[int]) -> bool:
    """Join ``wanted`` with the lines it touches, unless no order would do."""
    touched = [line for line in lines if set(line.members) & set(wanted.members)]
    for line in touched:
        wanted = wanted.joined(line)
    stacked = any(below[first] >> second & 1 for first in wanted.members for second in wanted.members)
    if stacked or wanted.order(right_of) is None:
        return False
    lines[:] = [line for line in lines if line not in touched] + [wanted]
    return True


def _joined(
    blocks: Sequence[Block], lines: Sequence[_Line], members: dict[int, str], right_of: Sequence[int]
) -> Collection[Block]:
    result: dict[int, Block] = dict(enumerate(blocks))
    for line in lines:
        order = line.order(right_of) or line.members
        row = [blocks[index] for index in order]
        names = {blocks[index].root: members[index] for index in order}
        place = next((block.place for block in row if block.place is not None), None)
        joined = block_of(row[0].root, in_line(row, names, GAP), place)
        lowest = max(joined.part(block.root)[3] for block in row)
        for index in order:
            del result[index]
        result[min(order)] = replace(joined, base=lowest)
    return [result[index] for index in sorted(result)]
