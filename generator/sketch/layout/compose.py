"""From blocks to a composition: the best of a few candidates, spread evenly over the region.

It knows the region in px, but neither texts nor pins.
"""

import math
import random
from collections.abc import Sequence
from dataclasses import dataclass

from generator.scene import Box, Size
from generator.sketch.layout.blocks import Block
from generator.sketch.layout.constraints import near
from generator.sketch.layout.grouping import GAP
from generator.sketch.layout.model import Model
from generator.sketch.layout.regions import column_of, row_of
from generator.sketch.layout.rows import Rows, RowSearch

_TRIALS = 20
"""Draws for each number of rows; the first one keeps the scene's order."""

_SPREADS = 40
"""Candidates that are spread out at most; the first that has everything in its place is taken."""

_RESCUE_TRIALS = 60
"""Further draws when none of the first ones works out."""

_HERO = {Size.TINY: 0.35, Size.SMALL: 0.58, Size.MEDIUM: 0.84, Size.LARGE: 0.94, Size.HUGE: 1.0}
"""Share of the region that a lone block may take."""

_VARIETY = 0.22
"""By how much chance may favor a candidate, so that another seed may bring another composition."""

_LIKELY_FILL = 0.4
"""Share of the region that blocks cover in a usual composition."""

_MOST_EASED = 0.4
"""No block gets smaller than this for the sake of its place."""

_LEAST_CAP = 0.7
"""Rather than shrink the others below this share of the usual scale, a block misses its third, and that is said."""

_GROUNDED, _ONE_HEIGHT = 4, 1.7
"""Up to so many blocks stand on one line; heaps up to so many times as high as the lowest block do, too."""

Placed = list[tuple[float, float]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """Where blocks may go.

    Attributes:
        canvas: The whole image in px.
        region: What is left of it for blocks, in px.
        lone_size: Size step of a single block; None lets it fill the region.
    """

    canvas: Box
    region: Box
    lone_size: Size | None = None


def compose(model: Model, room: Room, seed: int) -> tuple[Placed, float]:
    """Top left of each block in px, and the scale in px per unit.

    Whatever the model demands is kept; that always works, because in the last resort each block has a row of its own.
    """
    wide, high = room.region[2] - room.region[0], room.region[3] - room.region[1]
    search = RowSearch(model, wide, high, _cap(model.blocks, room), grounded=_is_grounded(model.blocks))
    candidates = _candidates(search, seed)
    best: tuple[float, Placed, float] | None = None
    for rows in candidates[:_SPREADS]:
        places = _spread(search, rows, room)
        if places is None:
            continue
        strays = sum(
            stray(block, (x, y), rows.scale, room.canvas) for block, (x, y) in zip(model.blocks, places, strict=True)
        )
        cost = strays - rows.score / candidates[0].score
        if best is None or cost < best[0]:
            best = (cost, places, rows.scale)
        if strays == 0:
            break
    if best is None:
        return _stairs(model, room)
    return best[1], best[2]


def _is_grounded(blocks: Sequence[Block]) -> bool:
    """A few stand on one ground line, a mouse by a house too; only beside a high heap things are centred on it."""
    heights = [block.height for block in blocks]
    uneven = max(heights) >= _ONE_HEIGHT * min(heights)
    heap = any(len(block.boxes[block.root]) > 1 and block.height == max(heights) for block in blocks)
    return len(blocks) <= _GROUNDED and not (uneven and heap)


def stray(block: Block, at: tuple[float, float], scale: float, canvas: Box) -> bool:
    """Whether the block's middle is outside the third of the canvas where it was asked to be."""
    middle = (at[0] + block.width * scale / 2, at[1] + block.height * scale / 2)
    for value, wanted, length in (
        (middle[0], column_of(block.place), canvas[2]),
        (middle[1], row_of(block.place), canvas[3]),
    ):
        if wanted is not None and not wanted * 2 * length / 3 - 1 <= value <= (wanted * 2 + 1) * length / 3 + 1:
            return True
    return False


def _candidates(search: RowSearch, seed: int) -> list[Rows]:
    chance = random.Random(seed)
    found: list[Rows] = []
    for number in search.counts():
        for draw in range(_TRIALS):
            rows = search.trial(number, chance, 0.0 if draw == 0 else 0.6)
            if rows is not None:
                found.append(rows)
    for _ in range(_RESCUE_TRIALS if not found else 0):
        number = chance.randint(search.fewest, max(search.fewest, len(search.widths)))
        rows = search.trial(number, chance, 1.0)
        if rows is not None:
            found.append(rows)
    distinct = list({rows.rows: rows for rows in found}.values())
    varied = [(rows.score * (1 + _VARIETY * chance.random()), index) for index, rows in enumerate(distinct)]
    return [distinct[index] for _, index in sorted(varied, reverse=True)]


def _cap(blocks: Sequence[Block], room: Room) -> float:
    """Largest scale that lone sizes and places on the canvas allow."""
    others = any(block.place is None for block in blocks)
    least = _LEAST_CAP * _likely_scale(blocks, room) if others else 0.0
    limits = [max(_place_cap(block, room), least) for block in blocks]
    if len(blocks) == 1 and room.lone_size is not None:
        share = _HERO[room.lone_size]
        wide, high = room.region[2] - room.region[0], room.region[3] - room.region[1]
        limits += [share * wide / blocks[0].width, share * high / blocks[0].height]
    return min(limits)


def _place_cap(block: Block, room: Room) -> float:
    """Largest scale at which the block's middle can lie in the third of the canvas where it belongs."""
    left, top, right, bottom = room.region
    column, row = column_of(block.place), row_of(block.place)
    limit = math.inf
    if column in {0.0, 1.0}:
        limit = _third(room.canvas[2], left if column == 0 else room.canvas[2] - right) / block.width
    if row in {0.0, 1.0}:
        limit = min(limit, _third(room.canvas[3], top if row == 0 else room.canvas[3] - bottom) / block.height)
    return limit


def _likely_scale(blocks: Sequence[Block], room: Room) -> float:
    """Scale in px per unit of a usual composition of these blocks."""
    wide, high = room.region[2] - room.region[0], room.region[3] - room.region[1]
    return math.sqrt(_LIKELY_FILL * wide * high / sum(block.width * block.height for block in blocks))


def eased(blocks: Sequence[Block], room: Room) -> list[Block]:
    """Blocks of which those squeezed into a third of the canvas are a little smaller, so that not all must shrink."""
    likely = _likely_scale(blocks, room)
    if all(block.place is not None for block in blocks):
        return list(blocks)
    factors = [min(1.0, max(_MOST_EASED, _place_cap(block, room) / likely)) for block in blocks]
    return [block if factor == 1.0 else block.resized(factor) for block, factor in zip(blocks, factors, strict=True)]


def _third(length: float, edge: float) -> float:
    """Longest side that still has its middle in the outer third when it starts at ``edge``."""
    room = 2 * (length / 3 - edge)
    return 0.9 * min(room, 0.5 * length) if room > 0.12 * length else 0.3 * length


def _spread(search: RowSearch, rows: Rows, room: Room) -> Placed | None:
    """Even distances within the region, as far as constraints and wishes allow."""
    scale = rows.scale
    ys = _row_tops(search, rows, room)
    wishes = [0.0] * len(search.widths)
    for row in rows.rows:
        for index, wish in zip(row, _row_wishes(search, row, scale, room), strict=True):
            wishes[index] = wish
    left, _, right, _ = room.region
    ends = [right - width * scale for width in search.widths]
    edges = [(a, b, distance * scale) for a, b, distance in rows.edges]
    xs = near(wishes, [left] * len(ends), [max(left, end) for end in ends], edges)
    if xs is None:
        return None
    if not any(block.place for block in search.model.blocks):
        extent = max(x + width * scale for x, width in zip(xs, search.widths, strict=True))
        shift = (left + right - min(xs) - extent) / 2
        xs = [x + shift for x in xs]
    places: Placed = [(0.0, 0.0)] * len(xs)
    for row, top in zip(rows.rows, ys, strict=True):
        base = max(search.bases[i] for i in row)
        free = search.row_height(row) - base
        for i in row:
            y = top + (base - search.bases[i]) * scale
            wanted = row_of(search.model.blocks[i].place)
            if wanted == 0:
                y = top
            elif wanted == 1:
                y = top + (base + free - search.heights[i]) * scale
            places[i] = (xs[i], y)
    return places


def _row_wishes(search: RowSearch, row: Sequence[int], scale: float, room: Room) -> list[float]:
    """Left edges for one row: even gaps, centred; blocks with a place go there."""
    left, _, right, _ = room.region
    widths = [search.widths[i] * scale for i in row]
    slack = (right - left) - sum(widths)
    gap = min(max(slack, 0.0) / (len(row) + 0.5), 0.9 * scale) if len(row) > 1 else 0.0
    x = (left + right - sum(widths) - gap * (len(row) - 1)) / 2
    wishes = []
    for i, width in zip(row, widths, strict=True):
        column = column_of(search.model.blocks[i].place)
        wishes.append({0.0: left, 0.5: (room.canvas[2] - width) / 2, 1.0: right - width}.get(column or 0.0, x))
        if column is None:
            wishes[-1] = x
        x += width + gap
    return wishes


def _row_tops(search: RowSearch, rows: Rows, room: Room) -> list[float]:
    """Top of each row: even gaps, centred; rows with places at the top, middle or bottom go there."""
    _, top, _, bottom = room.region
    scale = rows.scale
    heights = [search.row_height(row) * scale for row in rows.rows]
    slack = (bottom - top) - sum(heights)
    count = len(heights)
    gap = min(max(slack, 0.0) / (count + 0.5), 0.7 * scale) if count > 1 else 0.0
    wanted = [_row_place(search, row) for row in rows.rows]
    # Rows without a place share what those at the top and at the bottom leave.
    upper = sum(height + gap for height, place in zip(heights, wanted, strict=True) if place == 0.0)
    lower = sum(height + gap for height, place in zip(heights, wanted, strict=True) if place == 1.0)
    free = [height for height, place in zip(heights, wanted, strict=True) if place not in {0.0, 1.0}]
    y = (top + upper + bottom - lower - sum(free) - gap * (len(free) - 1)) / 2
    wishes = []
    for place, height in zip(wanted, heights, strict=True):
        if place in {0.0, 1.0}:
            wishes.append(top if place == 0.0 else bottom - height)
            continue
        wishes.append((room.canvas[1] + room.canvas[3] - height) / 2 if place == 0.5 else y)
        y += height + gap
    starts, ends = [top] * count, [bottom - height for height in heights]
    edges = [(r, r + 1, heights[r] + min(GAP * scale, max(slack, 0.0) / count)) for r in range(count - 1)]
    return near(sorted(wishes), starts, ends, edges) or wishes


def _row_place(search: RowSearch, row: Sequence[int]) -> float | None:
    """Where on the canvas a row belongs: 0 at the top, 1 at the bottom, 0.5 in the middle, None if nothing was said."""
    wanted = {row_of(search.model.blocks[i].place) for i in row}
    return next((place for place in (0.0, 1.0, 0.5) if place in wanted), None)


def _stairs(model: Model, room: Room) -> tuple[Placed, float]:
    """Each block below and right of the one before: a last resort that keeps at least all distances."""
    left, top, right, bottom = room.region
    wide = sum(block.width + GAP for block in model.blocks)
    high = sum(block.height + GAP for block in model.blocks)
    scale = min((right - left) / wide, (bottom - top) / high)
    x, y = left, top
    places: Placed = []
    for block in model.blocks:
        places.append((x, y))
        x += (block.width + GAP) * scale
        y += (block.height + GAP) * scale
    return places, scale
