"""Rough rows: which block stands in which row, in which order, and how large everything can be.

A trial assigns rows and orders at random within what the model allows; because all distances scale together, the best
scale of a trial is known at once and every trial that is taken keeps the directional relations by construction.
"""

import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from generator.sketch.layout.constraints import Edge, earliest
from generator.sketch.layout.grouping import GAP
from generator.sketch.layout.model import Model
from generator.sketch.layout.orders import closure, topological
from generator.sketch.layout.regions import column_of, row_of

_FEW = 8
"""Up to so many blocks, what is left or right of something stands in one row with it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rows:
    """One candidate.

    Attributes:
        rows: Block indices of each row, top row first, each from left to right.
        edges: All edges on the x axis, in units.
        scale: px per unit at which everything fits.
        score: Larger is better.
    """

    rows: tuple[tuple[int, ...], ...]
    edges: tuple[Edge, ...]
    scale: float
    score: float


@dataclass(slots=True)
class RowSearch:
    """Proposes rows for a model.

    Attributes:
        width: Width of the region in px.
        height: Height of the region in px.
        cap: Largest scale in px per unit that sizes and places on the canvas allow.
        grounded: Blocks of a row stand on one ground line instead of being centred.
    """

    model: Model
    width: float
    height: float
    cap: float
    grounded: bool
    widths: list[float] = field(init=False)
    heights: list[float] = field(init=False)
    bases: list[float] = field(init=False)
    depth_above: list[int] = field(init=False)
    depth_below: list[int] = field(init=False)
    before: list[tuple[int, int]] = field(init=False)
    apart: list[int] = field(init=False)
    beside: list[tuple[int, int]] = field(init=False)

    def __post_init__(self) -> None:
        blocks = self.model.blocks
        self.widths = [block.width for block in blocks]
        self.heights = [block.height for block in blocks]
        self.bases = [block.base if self.grounded else block.height / 2 for block in blocks]
        steps = [(first, second, 1.0) for first, second in self.model.down]
        zeros = [0.0] * len(blocks)
        self.depth_above = [round(depth) for depth in earliest(zeros, steps) or zeros]
        upward = [(second, first, 1.0) for first, second, _ in steps]
        self.depth_below = [round(depth) for depth in earliest(zeros, upward) or zeros]
        self._order_pairs()

    def _order_pairs(self) -> None:
        """Blocks that must lie before each other in both ways never share a row."""
        count = len(self.widths)
        lined = {frozenset(pair) for pair in self.model.lined}
        pairs = [(a, b) for a, b, _ in self.model.across if frozenset((a, b)) not in lined]
        reached = closure(count, pairs)
        self.apart = [0] * count
        for first in range(count):
            for second in range(count):
                if reached[first] >> second & 1 and reached[second] >> first & 1:
                    self.apart[first] |= 1 << second
        for one, other in self.model.lined:
            self.apart[one] |= 1 << other
            self.apart[other] |= 1 << one
        self.before = [(a, b) for a, b in pairs if not self.apart[a] >> b & 1]
        rows = [row_of(block.place) for block in self.model.blocks]
        self.beside = [(a, b) for a, b in self.before if count <= _FEW and None in {rows[a], rows[b]}]

    @property
    def fewest(self) -> int:
        """Rows that the vertical relations need."""
        return max(self.depth_above, default=0) + 1

    def counts(self) -> list[int]:
        """Numbers of rows worth trying, the most promising first."""
        count = len(self.widths)
        area = sum(w * h for w, h in zip(self.widths, self.heights, strict=True))
        unit = (0.6 * self.width * self.height / area) ** 0.5
        ideal = round(sum(self.widths) * unit / self.width) or 1
        tops = {round((row_of(block.place) or 0.0) * 2) for block in self.model.blocks if block.place is not None}
        needed = max(self.fewest, len(tops))
        offered = [ideal, ideal + 1, ideal - 1, ideal + 2, ideal - 2, 1, needed, needed + 1]
        kept = [number for number in offered if self.fewest <= number <= max(count, self.fewest)]
        return list(dict.fromkeys([*kept, self.fewest, max(count, self.fewest)]))

    def trial(self, number: int, chance: random.Random, noise: float) -> Rows | None:
        """One candidate with ``number`` rows, or None if this draw does not work out.

        Args:
            number: How many rows.
            chance: Where randomness comes from.
            noise: 0 keeps the scene's order, 1 is wild.
        """
        order = self._order(chance, noise)
        assigned = self._reading_order(number) if noise == 0 else None
        assigned = assigned or self._assign(number, chance, noise)
        if assigned is None:
            return None
        rows = tuple(row for r in range(number) if (row := tuple(i for i in order if assigned[i] == r)))
        beside = [(a, b, self.widths[a] + GAP) for row in rows for a, b in pairwise(row)]
        edges = (*beside, *self.model.across)
        places = earliest([0.0] * len(self.widths), edges)
        if places is None:
            return None
        wide = max(place + width for place, width in zip(places, self.widths, strict=True))
        high = sum(self.row_height(row) for row in rows) + GAP * (len(rows) - 1)
        scale = min(self.width / wide, self.height / high, self.cap)
        return Rows(rows=rows, edges=edges, scale=scale, score=self._score(rows, scale))

    def row_height(self, row: Sequence[int]) -> float:
        """Height of a row in units, when its blocks are aligned."""
        return max(self.bases[i] for i in row) + max(self.heights[i] - self.bases[i] for i in row)

    def _score(self, rows: Sequence[Sequence[int]], scale: float) -> float:
        count = len(self.widths)
        loads = [sum(self.widths[i] + GAP for i in row) for row in rows]
        mean = sum(loads) / len(loads)
        uneven = sum(abs(load - mean) for load in loads) / (mean * len(loads))
        few = count <= 3 and not any(block.place for block in self.model.blocks)
        hero = 1.25 if few and len(rows) == 1 and self.width > 0.95 * self.height else 1.0
        told = 1.06 if [i for row in rows for i in row] == list(range(count)) else 1.0
        lost: float = sum(
            abs(wanted - r / max(len(rows) - 1, 1)) > 0.34
            for r, row in enumerate(rows)
            for i in row
            if len(rows) > 1 and (wanted := row_of(self.model.blocks[i].place)) is not None
        )
        row_by_block = {i: r for r, row in enumerate(rows) for i in row}
        if count <= _FEW:  # one thing in a corner must not pull all others to its edge
            lost += 0.4 * sum(len(row) for row in rows if self._is_mixed(row))
        lost += sum(row_by_block[a] != row_by_block[b] for a, b in self.beside)
        return scale * hero * told * (1 - 0.15 * uneven) / (1 + lost)

    def _is_mixed(self, row: Sequence[int]) -> bool:
        places = {row_of(self.model.blocks[i].place) for i in row}
        return None in places and bool(places & {0.0, 1.0})

    def _order(self, chance: random.Random, noise: float) -> list[int]:
        count = len(self.widths)
        keys = [noise * chance.random() + (1 - noise) * (i + 0.5) / count for i in range(count)]
        for i, block in enumerate(self.model.blocks):
            column = column_of(block.place)
            if column is not None:
                keys[i] = 0.5 + (column - 0.5) * 4 if column != 0.5 else 0.5
        for one, other in self.model.lined:
            keys[one] = keys[other] = (keys[one] + keys[other]) / 2
        return topological(range(count), self.before, keys.__getitem__)

    def _reading_order(self, number: int) -> list[int] | None:
        """Rows filled in the scene's order, evenly; None where something else than the order matters."""
        count = len(self.widths)
        if self.model.down or any(self.apart) or any(block.place for block in self.model.blocks):
            return None
        total = sum(self.widths) + GAP * count
        assigned, reached = [], 0.0
        for width in self.widths:
            assigned.append(min(int((reached + (width + GAP) / 2) / total * number), number - 1))
            reached += width + GAP
        return assigned

    def _assign(self, number: int, chance: random.Random, noise: float) -> list[int] | None:
        """A row for each block: the constrained ones from above, then the free ones, largest first."""
        count = len(self.widths)
        related = {i for pair in self.model.down for i in pair}
        order = sorted(
            range(count),
            key=lambda i: (
                self.depth_above[i] if i in related else number,
                self.model.blocks[i].place is None,
                -self.heights[i] * (1 + noise * (chance.random() - 0.5)),
            ),
        )
        loads, tops, masks = [0.0] * number, [0.0] * number, [0] * number
        assigned = [-1] * count
        average = max((sum(self.widths) + GAP * count) / number, 1e-6)
        for i in order:
            low = max([self.depth_above[i], *(assigned[a] + 1 for a, b in self.model.down if b == i)])
            high = number - 1 - self.depth_below[i]
            options = [r for r in range(low, high + 1) if not masks[r] & self.apart[i]]
            if not options:
                return None
            best = min(
                options,
                key=lambda r: (
                    (loads[r] + self.widths[i]) / average
                    + (0.7 * max(0.0, self.heights[i] - tops[r]) if tops[r] else 0.0)
                    + 6 * self._stray(i, r, number)
                    + 2 * (count <= _FEW and self._is_mixed([i, *(j for j in range(count) if assigned[j] == r)]))
                    + 2 * sum(assigned[j] not in {-1, r} for pair in self.beside if i in pair for j in pair if j != i)
                    + 0.5 * noise * chance.random()
                ),
            )
            assigned[i] = best
            loads[best] += self.widths[i] + GAP
            tops[best] = max(tops[best], self.heights[i])
            masks[best] |= 1 << i
        return assigned

    def _stray(self, block: int, row: int, number: int) -> float:
        """How far the row is from where the block was asked to be, 0 to 1."""
        wanted = row_of(self.model.blocks[block].place)
        return 0.0 if wanted is None or number == 1 else abs(wanted - row / (number - 1))
