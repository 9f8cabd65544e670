"""Cards of a collage: pictures in frames, each in its own proportions, that together fill a region without waste.

It knows aspects and px; neither what the pictures show nor in which colors they are framed.
"""

import math
import random
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise

from generator.scene import CARD_MASK, Box, Kind, SceneObject
from generator.sketch.layout.metrics import Metrics
from generator.sketch.layout.regions import MARGIN

FRAME, CAST = 1.15, 0.8
"""Percent of the canvas's shorter side: the frame around a picture, and the room for the shadow around that."""

_GAP = 1.3  # the same, between two boxes
_EXTREME = 2.6  # more elongated pictures are matted inside a card of this aspect
_SMALLEST = 7.0  # percent: no picture's shorter side is smaller where that can be avoided
_UNEVEN = 0.16  # cost of pictures of unequal areas, against that of unused room
_MOST_FREE = 6  # pictures; beyond that there are too many trees
_VARIETY = 0.16  # arrangements that cost this much more than the best may be drawn, by seed

Tree = int | tuple["Tree", ...]
"""A picture by number, or several parts; parts of the root's parts are divided the other way."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Linear:
    """How wide something is for its height: ``slope * height + offset``, in px."""

    slope: float
    offset: float


def is_collage(items: Mapping[str, SceneObject]) -> bool:
    """Whether all of these are cards."""
    return all(item.kind is Kind.IMAGE and item.mask == CARD_MASK for item in items.values())


def fill(
    items: Sequence[SceneObject], metrics: Metrics, region: Box, unit: float, seed: int
) -> dict[str, tuple[Box, ...]]:
    """One box for each card, in reading order, as large as they get.

    Args:
        items: The cards; one that counts more than one is repeated.
        metrics: Aspects of the pictures.
        region: Where they go, in px.
        unit: One percent of the canvas's shorter side, in px.
        seed: Draws one of the best arrangements.
    """
    cards = [item for item in items for _ in range(item.count)]
    page = _Page(_bounded(metrics.aspect(item) for item in cards), region, unit)
    arrangements = list(page.arrangements())
    costs = [page.cost(boxes) for boxes in arrangements]
    good = [boxes for boxes, cost in zip(arrangements, costs, strict=True) if cost <= min(costs) + _VARIETY]
    if len(good) == 1:  # another seed is to look different
        good += [page.turned(good[0])]
    boxes = random.Random(seed).choice(good)
    placed: dict[str, tuple[Box, ...]] = {}
    for item, box in zip(cards, boxes, strict=True):
        placed[item.id] = (*placed.get(item.id, ()), box)
    return placed


def waste(aspects: Iterable[float], width: float, height: float) -> float:
    """How badly pictures of these aspects fill a canvas of this size; only for comparing canvases."""
    unit = 0.01 * min(width, height)
    margin = 100 * MARGIN * unit
    page = _Page(_bounded(aspects), (margin, margin, width - margin, height - margin), unit)
    return min(page.cost(boxes) for boxes in page.arrangements())


def _bounded(aspects: Iterable[float]) -> tuple[float, ...]:
    return tuple(min(_EXTREME, max(1 / _EXTREME, aspect)) for aspect in aspects)


@dataclass(slots=True)
class _Page:
    """Pictures of these aspects on a region."""

    aspects: Sequence[float]
    region: Box
    unit: float

    def arrangements(self) -> Iterator[list[Box]]:
        """All ways to divide the region into rows and columns, in a stable order."""
        for tree in _trees(len(self.aspects)):
            for across in (True, False):
                yield self._placed(tree, across=across)

    def cost(self, boxes: Sequence[Box]) -> float:
        """What is wrong with an arrangement: unused room, unequal areas, tiny pictures."""
        edge = 2 * (FRAME + CAST) * self.unit
        sizes = [(box[2] - box[0] - edge, box[3] - box[1] - edge) for box in boxes]
        smallest = min(min(size) for size in sizes)
        if smallest <= 0:
            return math.inf
        areas = [wide * high for wide, high in sizes]
        room = (self.region[2] - self.region[0]) * (self.region[3] - self.region[1])
        uneven = math.log(max(areas) / min(areas)) ** 2
        tiny = max(0.0, _SMALLEST * self.unit / smallest - 1)
        return -math.log(sum(areas) / room) + _UNEVEN * uneven + tiny

    def turned(self, boxes: Sequence[Box]) -> list[Box]:
        """The arrangement turned by half: what came first is last."""
        left, top, right, bottom = self.region
        return [
            (left + right - x1, top + bottom - y1, left + right - x0, top + bottom - y0) for x0, y0, x1, y1 in boxes
        ]

    def _placed(self, tree: Tree, *, across: bool) -> list[Box]:
        left, top, right, bottom = self.region
        line = self._line(tree, across=across)
        high = min(bottom - top, (right - left - line.offset) / line.slope)
        wide = line.slope * high + line.offset
        boxes: dict[int, Box] = {}
        self._put(tree, ((left + right - wide) / 2, (top + bottom - high) / 2, wide, high), boxes, across=across)
        return [boxes[number] for number in range(len(self.aspects))]

    def _line(self, tree: Tree, *, across: bool) -> _Linear:
        if isinstance(tree, int):
            edge = 2 * (FRAME + CAST) * self.unit
            return _Linear(slope=self.aspects[tree], offset=edge * (1 - self.aspects[tree]))
        parts = [self._line(part, across=not across) for part in tree]
        gaps = (len(parts) - 1) * _GAP * self.unit
        if across:
            return _Linear(slope=sum(part.slope for part in parts), offset=sum(part.offset for part in parts) + gaps)
        share = 1 / sum(1 / part.slope for part in parts)
        return _Linear(slope=share, offset=share * (sum(part.offset / part.slope for part in parts) - gaps))

    def _put(self, tree: Tree, place: Box, boxes: dict[int, Box], *, across: bool) -> None:
        """``place`` is left, top, width and height."""
        left, top, wide, high = place
        if isinstance(tree, int):
            boxes[tree] = (left, top, left + wide, top + high)
            return
        for part in tree:
            line = self._line(part, across=not across)
            own = (left, top, line.slope * high + line.offset, high)
            if not across:
                own = (left, top, wide, (wide - line.offset) / line.slope)
            self._put(part, own, boxes, across=not across)
            if across:
                left += own[2] + _GAP * self.unit
            else:
                top += own[3] + _GAP * self.unit


@cache
def _trees(count: int) -> tuple[Tree, ...]:
    """All trees over the pictures 0 to ``count - 1`` in order; with many of them, plain rows only."""
    return (0,) if count == 1 else tuple(_divided(0, count, deep=count <= _MOST_FREE))


def _divided(start: int, end: int, *, deep: bool) -> Iterator[Tree]:
    for parts in _partitions(start, end):
        yield from _joined(parts, deep=deep)


def _joined(parts: Sequence[tuple[int, int]], *, deep: bool) -> Iterator[tuple[Tree, ...]]:
    if not parts:
        yield ()
        return
    (start, end), *rest = parts
    if end - start == 1:
        heads: list[Tree] = [start]
    elif deep:
        heads = list(_divided(start, end, deep=True))
    else:
        heads = [tuple(range(start, end))]
    for head in heads:
        for tail in _joined(rest, deep=deep):
            yield (head, *tail)


def _partitions(start: int, end: int) -> Iterator[list[tuple[int, int]]]:
    """Into two or more runs."""
    length = end - start
    for bits in range(1, 2 ** min(length - 1, 12)):
        cuts = [start, *(start + place + 1 for place in range(length - 1) if bits >> place & 1), end]
        yield list(pairwise(cuts))
