"""Where writing goes: bands at the top and bottom, columns at the sides, and the region that is left for everything else.

It knows text roles and places; it knows nothing of drawings or relations.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from generator.scene import Box, Place, SceneObject, TextRole
from generator.sketch.layout.metrics import Metrics

MARGIN = 0.04
"""Margin as a share of the canvas's shorter side."""

_SHARES = {TextRole.TITLE: 0.15, TextRole.SUBTITLE: 0.075, TextRole.CAPTION: 0.06, TextRole.LABEL: 0.08}
_RANKS = {TextRole.TITLE: 0, TextRole.SUBTITLE: 1, TextRole.BODY: 2, TextRole.LABEL: 3, TextRole.CAPTION: 4}


def column_of(place: Place | None) -> float | None:
    """0 for left, 1 for right, 0.5 for the middle, None if nothing was said."""
    if place is None:
        return None
    return 0.0 if place.value.endswith("left") else 1.0 if place.value.endswith("right") else 0.5


def row_of(place: Place | None) -> float | None:
    """0 for top, 1 for bottom, 0.5 for the middle, None if nothing was said."""
    if place is None:
        return None
    return 0.0 if place.value.startswith("top") else 1.0 if place.value.startswith("bottom") else 0.5


def carve(region: Box, taken: Box, pad: float) -> Box:
    """The largest rectangle of ``region`` on one side of ``taken``; the region itself if they do not meet."""
    left, top, right, bottom = region
    if taken[2] <= left or taken[0] >= right or taken[3] <= top or taken[1] >= bottom:
        return region
    sides = (
        (left, min(taken[3] + pad, bottom), right, bottom),
        (left, top, right, max(taken[1] - pad, top)),
        (min(taken[2] + pad, right), top, right, bottom),
        (left, top, max(taken[0] - pad, left), bottom),
    )
    return max(sides, key=lambda side: (side[2] - side[0]) * (side[3] - side[1]))


@dataclass(slots=True)
class Bands:
    """Places text blocks and shrinks the region that is left.

    Attributes:
        width: Canvas width in px.
        height: Canvas height in px.
        region: What is left for objects, in px; shrinks with every block.
        alone: There is nothing but text, so it may be large.
        shrink: Factor on every block's height, for a second try in a crowd.
    """

    width: int
    height: int
    metrics: Metrics
    region: Box
    alone: bool
    shrink: float = 1.0

    @property
    def pad(self) -> float:
        """Distance between a text block and what follows it."""
        return 0.7 * MARGIN * min(self.width, self.height)

    def place(self, texts: Sequence[SceneObject]) -> dict[str, Box]:
        """Boxes of ``texts``, tight around the writing."""
        ordered = sorted(texts, key=lambda text: _RANKS[text.role])
        zones = self._zones(ordered)
        placed: dict[str, Box] = {}
        squeeze = self._squeeze([text for text in ordered if self.alone or zones[text.id] != 0.5])
        for zone in (0.0, 1.0):
            lines = _shared_lines([text for text in ordered if zones[text.id] == zone])
            for line in lines if zone == 0 else reversed(lines):
                placed |= self._band(line, zone, squeeze)
        middle = [text for text in ordered if zones[text.id] == 0.5]
        for column in (0.0, 1.0):
            beside = [text for text in middle if column_of(text.at) == column and not self.alone]
            if beside:
                placed |= self._column(beside, column)
        return placed | self._stack([text for text in middle if text.id not in placed])

    def _zones(self, texts: Sequence[SceneObject]) -> dict[str, float]:
        """0 for the top band, 1 for the bottom, 0.5 for what stands in the middle."""
        title = next((text for text in texts if text.role is TextRole.TITLE), None)
        head = (row_of(title.at) if title else None) or 0.0
        zones: dict[str, float] = {}
        for text in texts:
            said = row_of(text.at)
            if said is not None:
                zones[text.id] = said
            elif text.role in {TextRole.TITLE, TextRole.SUBTITLE}:
                zones[text.id] = head
            elif text.role is TextRole.CAPTION:
                zones[text.id] = 1.0
            else:
                zones[text.id] = 0.5 if self.alone else 1.0
        return zones

    def _share(self, text: SceneObject) -> float:
        """Wanted height of the block in px."""
        if text.text_size > 0:
            return min(text.text_size, 0.9) * self.height
        long = len(text.text or "")
        share = _SHARES.get(text.role, 0.12 if long < 60 else 0.2)
        if text.role is TextRole.TITLE and long > 30:
            share *= 1.45
        return self.shrink * share * (2.4 if self.alone else 1.0) * min(self.height, 1.25 * self.width)

    def _squeeze(self, texts: Sequence[SceneObject]) -> float:
        """Factor that keeps objects at least 45 % of the canvas height."""
        wanted = sum(self._share(text) + self.pad for text in texts)
        room = (0.9 if self.alone else 0.5) * self.height
        return min(1.0, room / wanted) if wanted else 1.0

    def _band(self, line: Sequence[SceneObject], zone: float, squeeze: float) -> dict[str, Box]:
        left, top, right, bottom = self.region
        share = max(self._share(text) for text in line) * squeeze
        # What stands in the middle needs as much room on both sides.
        shares = 3 if any(column_of(text.at) == 0.5 for text in line) else len(line)
        each = (right - left - self.pad * (shares - 1)) / shares
        sizes = {
            text.id: self.metrics.fit_text(text, each if len(line) > 1 else self._reach(text), share) for text in line
        }
        high = max(size[1] for size in sizes.values())
        y = top if zone == 0 else bottom - high
        placed = {}
        for text in line:
            wide, own = sizes[text.id]
            x = left + (right - left - wide) * self._align(text)
            placed[text.id] = (x, y + (high - own) * zone, x + wide, y + (high - own) * zone + own)
        cut = high + self.pad
        self.region = (left, top + cut, right, bottom) if zone == 0 else (left, top, right, bottom - cut)
        return placed

    def _reach(self, text: SceneObject) -> float:
        """Width that a block alone on its line may take: a corner is not the whole line."""
        share = 1.0 if column_of(text.at) in {None, 0.5} else 0.6
        return (self.region[2] - self.region[0]) * share

    def _align(self, text: SceneObject) -> float:
        """Where the block lies between the margins: 0 left, 1 right."""
        column = column_of(text.at)
        if column is not None:
            return column
        return {"left": 0.0, "right": 1.0}.get(text.align, 0.5)

    def _column(self, texts: Sequence[SceneObject], side: float) -> dict[str, Box]:
        left, top, right, bottom = self.region
        wide = 0.32 * (right - left)
        x = left if side == 0 else right - wide
        placed = self._pile(texts, (x, top, x + wide, bottom), side)
        self.region = (left + wide + self.pad, top, right, bottom) if side == 0 else (left, top, x - self.pad, bottom)
        return placed

    def _stack(self, texts: Sequence[SceneObject]) -> dict[str, Box]:
        return self._pile(texts, self.region, None) if texts else {}

    def _pile(self, texts: Sequence[SceneObject], room: Box, side: float | None) -> dict[str, Box]:
        """Blocks one above the other, centred in ``room`` as a whole."""
        wide, high = room[2] - room[0], room[3] - room[1] - self.pad * (len(texts) - 1)
        wanted = [min(self._share(text) * (1.0 if self.alone else 2.5), high) for text in texts]
        squeeze = min(1.0, high / sum(wanted))
        sizes = [self.metrics.fit_text(text, wide, want * squeeze) for text, want in zip(texts, wanted, strict=True)]
        y = (room[1] + room[3] - sum(size[1] for size in sizes) - self.pad * (len(texts) - 1)) / 2
        placed = {}
        for text, (own, tall) in zip(texts, sizes, strict=True):
            x = room[0] + (wide - own) * (self._align(text) if side is None else side)
            placed[text.id] = (x, y, x + own, y + tall)
            y += tall + self.pad
        return placed


def _shared_lines(texts: Sequence[SceneObject]) -> list[list[SceneObject]]:
    """Lines of a band, from the top; blocks in different corners share a line."""
    lines: list[list[SceneObject]] = []
    for text in texts:
        column = column_of(text.at)
        last = lines[-1] if lines else []
        taken = {column_of(other.at) for other in last}
        if last and column is not None and None not in taken and column not in taken:
            last.append(text)
        else:
            lines.append([text])
    return lines
