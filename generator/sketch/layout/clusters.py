"""How the instances of one object stand together, in units: a lone medium object has area 1.

It knows nothing of the canvas, other objects or pixels.
"""

import math

from generator.scene import Arrangement, Box, Kind, SceneObject, Size

STEPS = {Size.TINY: 1.5**-2, Size.SMALL: 1.5**-1, Size.MEDIUM: 1.0, Size.LARGE: 1.5, Size.HUGE: 1.5**2}
"""Linear size of each step; each is 1.5 times the one before."""

_GENEROUS = {Kind.CHART: 2.2, Kind.CARD: 2.8}
"""Charts and cards carry writing, so they get more room than a drawing."""

_CROWD = 4
"""Up to so many instances stand at full size; more of them shrink gently."""


def unit_size(item: SceneObject) -> float:
    """Square root of the area of one instance, in units."""
    crowding: float = min(1.0, (_CROWD / max(item.count, 1)) ** 0.35)
    return STEPS[item.size] * _GENEROUS.get(item.kind, 1.0) * crowding


def grid_is_too_small(item: SceneObject) -> bool:
    """Whether the object's own grid has fewer cells than the object has instances."""
    return item.arrangement is Arrangement.GRID and item.grid is not None and item.grid[0] * item.grid[1] < item.count


def _even_rows(count: int, rows: int) -> list[int]:
    """Row lengths that differ by at most one; longer rows below, so that the heap stands firmly."""
    short, longer = divmod(count, rows)
    return [short] * (rows - longer) + [short + 1] * longer


def _best_rows(count: int, aspect: float, wanted: float) -> int:
    """Number of rows whose block comes nearest to the wanted width/height."""

    def error(rows: int) -> float:
        longest = math.ceil(count / rows)
        return abs(math.log(longest * aspect / rows / wanted)) + 0.35 * (longest * rows - count) / longest

    return min(range(1, count + 1), key=error)


def row_lengths(item: SceneObject, aspect: float, wanted: float, *, flat: bool = False) -> list[int]:
    """How many instances stand in each row, top row first.

    Args:
        item: The object; its count, arrangement and grid matter.
        aspect: Width/height of one instance.
        wanted: Width/height that a free cluster should come near to.
        flat: A cluster of a few must be one row, because something stands on it or it stands on something.
    """
    count = max(item.count, 1)
    if item.arrangement is Arrangement.ROW or (flat and item.arrangement is Arrangement.CLUSTER and count <= 6):
        return [count]
    if item.arrangement is Arrangement.COLUMN:
        return [1] * count
    if item.arrangement is Arrangement.GRID:
        columns = max(1, item.grid[1]) if item.grid else math.ceil(math.sqrt(count))
        full, rest = divmod(count, columns)
        return [columns] * full + ([rest] if rest else [])
    return _even_rows(count, _best_rows(count, aspect, wanted))


def arrange(item: SceneObject, aspect: float, wanted: float, *, flat: bool = False) -> tuple[Box, ...]:
    """Boxes of all instances in units, origin at the top left of the block; arguments as for ``row_lengths``."""
    unit = unit_size(item)
    width, height = unit * math.sqrt(aspect), unit / math.sqrt(aspect)
    gap = (0.07 if item.count > 9 else 0.11) * min(width, height, unit)
    lengths = row_lengths(item, aspect, wanted, flat=flat)
    widest = max(lengths) * (width + gap) - gap
    boxes: list[Box] = []
    for row, length in enumerate(lengths):
        # A grid keeps its columns; every other last row is centred.
        start = 0.0 if item.arrangement is Arrangement.GRID else (widest - length * (width + gap) + gap) / 2
        top = row * (height + gap)
        for column in range(length):
            left = start + column * (width + gap)
            boxes.append((left, top, left + width, top + height))
    return tuple(boxes)
