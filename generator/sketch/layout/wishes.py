"""Where a block may and would like to go among what is placed: windows on the canvas and spots that relations suggest.

It knows nothing of what is free there.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np

from generator.scene import Box, Relation, RelationKind, Scene
from generator.sketch.layout.blocks import Block
from generator.sketch.layout.geometry import center, union
from generator.sketch.layout.grouping import directed
from generator.sketch.layout.regions import column_of, row_of
from generator.sketch.layout.spots import Points, Window


@dataclass(frozen=True, slots=True, kw_only=True)
class Wishes:
    """Reads wishes off a scene.

    Attributes:
        scene: Relations and former boxes matter.
        placed: Boxes by id of all that stands already.
        region: Where blocks may go, in px.
    """

    scene: Scene
    placed: Mapping[str, tuple[Box, ...]]
    region: Box

    def middle(self, block: Block, scale: float) -> tuple[float, float] | None:
        """Where the middle would like to be: its place, else where it was."""
        if block.place is not None:
            left, top, right, bottom = self.region
            half_wide, half_high = block.width * scale / 2, block.height * scale / 2
            x = {0.0: left + half_wide, 0.5: (left + right) / 2, 1.0: right - half_wide}
            y = {0.0: top + half_high, 0.5: (top + bottom) / 2, 1.0: bottom - half_high}
            return x[column_of(block.place) or 0.0], y[row_of(block.place) or 0.0]
        root = self.scene.find(block.root)
        return center(union(root.boxes)) if root is not None and root.boxes else None

    def window(self, block: Block, scale: float, later: Sequence[Block]) -> Window:
        """Where the top left corner may lie: canvas, place, and directions to what is placed or still comes."""
        wide, high = block.width * scale, block.height * scale
        low = [self.region[0], self.region[1]]
        high_end = [self.region[2] - wide, self.region[3] - high]
        for axis, wanted, length, own in (
            (0, column_of(block.place), self.scene.width, wide),
            (1, row_of(block.place), self.scene.height, high),
        ):
            if wanted is not None:
                third = wanted * 2 * length / 3
                low[axis] = max(low[axis], third - own / 2)
                high_end[axis] = min(high_end[axis], third + length / 3 - own / 2)
        for relation in self.scene.relations:
            name, pairs = directed(relation)
            for first, second in pairs:
                self._limit(block, scale, later, (0 if name == "x" else 1, first, second), low, high_end)
        return Window(left=low[0], right=high_end[0], top=low[1], bottom=high_end[1])

    def _limit(
        self,
        block: Block,
        scale: float,
        later: Sequence[Block],
        pair: tuple[int, str, str],
        low: list[float],
        high: list[float],
    ) -> None:
        axis, first, second = pair
        if first in block.boxes and second not in block.boxes:
            end = block.part(first)[axis + 2] * scale
            if second in self.placed:
                high[axis] = min(high[axis], union(self.placed[second])[axis] - end)
            else:
                high[axis] = min(high[axis], self.region[axis + 2] - _needed(second, later, axis) * scale - end)
        elif second in block.boxes and first not in block.boxes:
            start = block.part(second)[axis] * scale
            if first in self.placed:
                low[axis] = max(low[axis], union(self.placed[first])[axis + 2] - start)
            else:
                low[axis] = max(low[axis], self.region[axis] + _needed(first, later, axis) * scale - start)

    def spots(self, block: Block, scale: float, local: Sequence[Relation], window: Window) -> Points:
        """Corners to try: those that local relations suggest, else an even raster."""
        if not local:
            return window.points()
        suggested = [point for relation in local for point in self._suggest(block, scale, relation)]
        points = np.asarray(suggested, dtype=float).reshape(-1, 2)
        return window.keep(points)

    def _suggest(self, block: Block, scale: float, relation: Relation) -> list[tuple[float, float]]:
        mine = [name for name in (relation.subject, *relation.objects) if name in block.boxes]
        theirs = [union(self.placed[name]) for name in (relation.subject, *relation.objects) if name in self.placed]
        part = block.part(mine[0])
        wide = block.width * scale
        middle = ((part[0] + part[2]) / 2 * scale, (part[1] + part[3]) / 2 * scale)
        if relation.kind is RelationKind.BETWEEN and mine[0] == relation.subject and len(theirs) == 2:
            start, end = center(theirs[0]), center(theirs[1])
            steps = [step / 20 for step in range(4, 17)]
            return [
                (start[0] + (end[0] - start[0]) * t - middle[0], start[1] + (end[1] - start[1]) * t - middle[1])
                for t in steps
            ]
        pad = 0.1 * scale
        spots = []
        for box, step in product(theirs, range(8)):
            distance = pad * (1 + step)
            lines = [center(box)[1] - middle[1]]
            if relation.kind is RelationKind.NEXT_TO:
                lines += [box[3] - part[3] * scale, box[1] - part[1] * scale]
            spots += [(x, y) for x in (box[0] - wide - distance, box[2] + distance) for y in lines]
        if relation.kind is RelationKind.IN_ROW:
            line = center(theirs[0])[1] - middle[1]
            spots += [(float(x), line) for x in np.linspace(self.region[0], self.region[2] - wide, 40)]
        return spots


def named(relation: Relation) -> set[str]:
    """Ids that the relation speaks of."""
    return {relation.subject, *relation.objects}


def _needed(name: str, later: Sequence[Block], axis: int) -> float:
    """Room in units that a block still to come will need on that axis."""
    return max((block.width if axis == 0 else block.height for block in later if name in block.boxes), default=0.0)
