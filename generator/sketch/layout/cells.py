"""All instances of a scene in one grid of equal cells."""

import math
import random
from collections.abc import Sequence
from itertools import accumulate

from generator.scene import Box, Scene, SceneObject
from generator.sketch.layout.clusters import STEPS
from generator.sketch.layout.grouping import directed
from generator.sketch.layout.metrics import Metrics
from generator.sketch.layout.orders import topological

_FILL = 0.8
"""Share of a cell that the largest object takes."""

_SWAPS = 600
"""Exchanges that the search for an order may try."""


def fill(
    scene: Scene, items: Sequence[SceneObject], metrics: Metrics, region: Box, seed: int
) -> dict[str, tuple[Box, ...]]:
    """Boxes by object id; cells are filled in reading order. A grid that is too small gets more rows.

    Objects trade cells while that lets more of the scene's directional relations hold.

    Args:
        scene: Its ``grid`` is not None.
        items: What to place, in reading order.
        metrics: Sizes of drawings.
        region: Where the grid goes, in px.
        seed: For the trades.
    """
    rows, columns = scene.grid or (1, 1)
    columns = max(columns, 1)
    total = sum(item.count for item in items)
    rows = max(rows, math.ceil(total / columns))
    order = _order(scene, items, columns, seed)
    largest = max(STEPS[item.size] for item in items)
    wide, high = (region[2] - region[0]) / columns, (region[3] - region[1]) / rows
    boxes: dict[str, tuple[Box, ...]] = {}
    cell = 0
    for item in order:
        aspect = metrics.aspect(item) if item.text is None else _text_aspect(item, metrics, wide, high)
        share = _FILL * STEPS[item.size] / largest
        own_wide = min(wide * share, high * share * aspect)
        own_high = own_wide / aspect
        instances = []
        for _ in range(item.count):
            row, column = divmod(cell, columns)
            x = region[0] + column * wide + (wide - own_wide) / 2
            y = region[1] + row * high + (high - own_high) / 2
            instances.append((x, y, x + own_wide, y + own_high))
            cell += 1
        boxes[item.id] = tuple(instances)
    return boxes


def _text_aspect(item: SceneObject, metrics: Metrics, wide: float, high: float) -> float:
    own_wide, own_high = metrics.fit_text(item, wide, high)
    return own_wide / max(own_high, 1e-6)


def _broken(order: Sequence[SceneObject], pairs: Sequence[tuple[str, str, str]], columns: int) -> int:
    """How many of the pairs do not hold when cells are filled in this order."""
    spans: dict[str, tuple[int, int, int, int]] = {}
    ends = list(accumulate(item.count for item in order))
    for item, end in zip(order, ends, strict=True):
        taken = [divmod(cell, columns) for cell in range(end - item.count, end)]
        spans[item.id] = (
            min(column for _, column in taken),
            min(row for row, _ in taken),
            max(column for _, column in taken),
            max(row for row, _ in taken),
        )
    axis = {"x": 0, "y": 1}
    return sum(spans[first][axis[name] + 2] >= spans[second][axis[name]] for name, first, second in pairs)


def _order(scene: Scene, items: Sequence[SceneObject], columns: int, seed: int) -> list[SceneObject]:
    by_id = {item.id: item for item in items}
    pairs = [
        (axis, first, second)
        for relation in scene.relations
        for axis, found in [directed(relation)]
        for first, second in found
        if first in by_id and second in by_id
    ]
    order = list(items)
    least = _broken(order, pairs, columns)
    if least:
        order = [by_id[name] for name in topological(list(by_id), [(first, second) for _, first, second in pairs])]
        least = _broken(order, pairs, columns)
    chance = random.Random(seed)
    for _ in range(_SWAPS if least else 0):
        one, other = chance.randrange(len(order)), chance.randrange(len(order))
        order[one], order[other] = order[other], order[one]
        now = _broken(order, pairs, columns)
        if now <= least:
            least = now
        else:
            order[one], order[other] = order[other], order[one]
        if least == 0:
            break
    return order
