"""Bar, line and pie charts as infographics: a title, round numbers on the axis, a label on every value."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from generator.colors import mix, parse_color
from generator.scene import Box, SceneObject
from generator.sketch.canvas import Canvas, Report
from generator.sketch.panels import PALETTE, Panel, Words, accent_ink, common_size, nice_step, number_text, panel_for
from generator.sketch.text import fit

MAX_ITEMS = 24
CHART_ASPECT = 1.5
_LARGEST = 1e100
"""Width divided by height that a chart looks best at."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One value. ``color`` is an asked color or None."""

    label: str
    value: float
    color: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """Checked data of a chart."""

    kind: str
    title: str
    items: tuple[Item, ...]
    accent: str

    @classmethod
    def of(cls, item: SceneObject) -> "Chart":
        """Read a scene object's data; what is no number counts as 0, what is no color as none."""
        data: Mapping[str, Any] = item.data or {}
        rows = data.get("items") or ()
        items = tuple(_item(row) for row in list(rows)[:MAX_ITEMS] if isinstance(row, list | tuple) and row)
        kind = str(data.get("type", "bar"))
        return cls(
            kind=kind if kind in {"bar", "line", "pie"} else "bar",
            title=str(data.get("title") or ""),
            items=items,
            accent=(parse_color(item.color) if item.color else None) or PALETTE[0],
        )


def draw_chart(item: SceneObject, box: Box, canvas: Canvas, report: Report, prefix: str) -> str:
    """SVG of a chart in its box."""
    chart = Chart.of(item)
    panel = panel_for(canvas, box)
    words = Words(report=report, name=chart.title or item.label or item.id, prefix=prefix)
    width, height = box[2] - box[0], box[3] - box[1]
    side = min(width, height)
    margin = 0.065 * side
    parts = [panel.frame(box, 0.045 * side)]
    x0, y0, x1, y1 = box[0] + margin, box[1] + margin, box[2] - margin, box[3] - margin
    if chart.title:
        title = fit(chart.title, x1 - x0, 0.11 * height, weight=750, max_size=0.085 * side, max_lines=2)
        parts.append(words.put(title, (x0, y0, x1, y0 + title.height), panel.ink, "left"))
        y0 += title.height + 0.06 * side
    if chart.items and y1 - y0 > 8 and x1 - x0 > 8:
        draw = {"bar": _bars, "line": _line, "pie": _pie}[chart.kind]
        parts.append(draw(chart, (x0, y0, x1, y1), panel, words))
    return "".join(parts)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Axis:
    """Maps values to y. ``plot`` is where the data goes; ``type_size`` px per em of its labels."""

    plot: Box
    low: float
    high: float
    step: float
    type_size: float

    def y(self, value: float) -> float:
        _, y0, _, y1 = self.plot
        return y1 - (value - self.low) / (self.high - self.low) * (y1 - y0)


def _item(row: list[Any] | tuple[Any, ...]) -> Item:
    try:
        value = float(row[1])
    except (IndexError, TypeError, ValueError):
        value = 0.0
    color = row[2] if len(row) > 2 and isinstance(row[2], str) else ""
    # Sums and steps of larger numbers leave the range of floats; no chart tells them apart anyway.
    value = max(-_LARGEST, min(value, _LARGEST)) if math.isfinite(value) else 0.0
    return Item(label=str(row[0]), value=value, color=parse_color(color))


def _axis(chart: Chart, box: Box, panel: Panel, words: Words) -> tuple[_Axis, str]:
    """The axis with its grid lines, its numbers and the labels below."""
    x0, y0, x1, y1 = box
    values = [item.value for item in chart.items]
    low, high = min(0.0, *values), max(0.0, *values)
    step = nice_step((high - low) or 1.0, 4)
    low, high = math.floor(low / step) * step, math.ceil(high / step) * step
    high = high if high > low else low + step
    side = min(x1 - x0, y1 - y0)
    ticks = [low + number * step for number in range(round((high - low) / step) + 1)]
    small = max(9.0, 0.052 * side)
    texts = [number_text(tick) for tick in ticks]
    room = max(fit(text, 1e4, 1e4, weight=450, max_size=small).width for text in texts) + 0.7 * small
    slot = (x1 - x0 - room) / len(chart.items)
    labels = common_size(
        [i.label for i in chart.items], 0.94 * slot, 2.6 * small, weight=550, max_size=small, max_lines=2
    )
    foot = max((_label(i.label, slot, small, labels).height for i in chart.items), default=0.0) + 0.8 * small
    plot = (x0 + room, y0 + 1.3 * small, x1, y1 - foot)
    axis = _Axis(plot=plot, low=low, high=high, step=step, type_size=small)
    parts = []
    for tick, text in zip(ticks, texts, strict=True):
        y = axis.y(tick)
        color = panel.quiet if tick == 0 else panel.hairline
        line = max(1.0, 0.035 * small) if tick else max(1.5, 0.07 * small)
        parts.append(
            f'<path d="M{plot[0]:.2f} {y:.2f}H{x1:.2f}" stroke="{color}" stroke-width="{line:.2f}" fill="none"/>'
        )
        block = fit(text, room, 2 * small, weight=450, max_size=small)
        parts.append(words.put(block, (x0, y - small, plot[0] - 0.7 * small, y + small), panel.quiet, "right"))
    for number, item in enumerate(chart.items):
        left = plot[0] + number * slot
        block = _label(item.label, slot, small, labels)
        bottom = y1 - foot + 0.8 * small
        parts.append(words.put(block, (left, bottom, left + slot, bottom + block.height), panel.ink))
    return axis, "".join(parts)


def _label(text: str, slot: float, small: float, size: float) -> Any:
    return fit(text, 0.94 * slot, 2.6 * small, weight=550, max_size=size, max_lines=2)


def _bars(chart: Chart, box: Box, panel: Panel, words: Words) -> str:
    axis, parts = _axis(chart, box, panel, words)
    slot = (axis.plot[2] - axis.plot[0]) / len(chart.items)
    width = min(0.64 * slot, 3.2 * axis.type_size + 0.2 * slot)
    bars = []
    size = common_size(
        [number_text(i.value) for i in chart.items],
        0.98 * slot,
        1.2 * axis.type_size,
        weight=700,
        max_size=1.1 * axis.type_size,
    )
    for number, item in enumerate(chart.items):
        center = axis.plot[0] + (number + 0.5) * slot
        zero, top = axis.y(0.0), axis.y(item.value)
        color = item.color or chart.accent
        bars.append(_bar(center - width / 2, width, zero, top, color))
        block = fit(number_text(item.value), slot, 2 * axis.type_size, weight=700, max_size=size)
        edge = top - 1.25 * axis.type_size if item.value >= 0 else top + 0.25 * axis.type_size
        bars.append(words.put(block, (center - slot / 2, edge, center + slot / 2, edge + axis.type_size), panel.ink))
    return parts + "".join(bars)


def _bar(left: float, width: float, zero: float, top: float, color: str) -> str:
    """A bar with its far end rounded."""
    radius = min(0.16 * width, abs(zero - top))
    inner = top + math.copysign(radius, zero - top)
    return (
        f'<path fill="{color}" d="M{left:.2f} {zero:.2f}V{inner:.2f}Q{left:.2f} {top:.2f} {left + radius:.2f} {top:.2f}'
        f'H{left + width - radius:.2f}Q{left + width:.2f} {top:.2f} {left + width:.2f} {inner:.2f}V{zero:.2f}Z"/>'
    )


def _line(chart: Chart, box: Box, panel: Panel, words: Words) -> str:
    axis, parts = _axis(chart, box, panel, words)
    slot = (axis.plot[2] - axis.plot[0]) / len(chart.items)
    points = [(axis.plot[0] + (n + 0.5) * slot, axis.y(item.value)) for n, item in enumerate(chart.items)]
    course = "L".join(f"{x:.2f} {y:.2f}" for x, y in points)
    base = axis.y(0.0)
    stroke = max(2.5, 0.16 * axis.type_size)
    area = (
        f'<path fill="{chart.accent}" fill-opacity=".13" d="M{points[0][0]:.2f} {base:.2f}L{course}L{points[-1][0]:.2f} {base:.2f}Z"/>'
        f'<path fill="none" stroke="{chart.accent}" stroke-width="{stroke:.2f}" stroke-linejoin="round" '
        f'stroke-linecap="round" d="M{course}"/>'
    )
    dots = []
    for (x, y), item in zip(points, chart.items, strict=True):
        color = item.color or chart.accent
        dots.append(
            f'<circle cx="{x:.2f}" cy="{y:.2f}" r="{1.9 * stroke:.2f}" fill="{color}" stroke="{panel.surface}" '
            f'stroke-width="{0.8 * stroke:.2f}"/>'
        )
        block = fit(number_text(item.value), slot, 2 * axis.type_size, weight=700, max_size=axis.type_size)
        top = y - 1.5 * axis.type_size
        dots.append(words.put(block, (x - slot / 2, top, x + slot / 2, top + axis.type_size), panel.ink))
    return parts + area + "".join(dots)


def _pie(chart: Chart, box: Box, panel: Panel, words: Words) -> str:
    items = [item for item in chart.items if item.value > 0]
    total = sum(item.value for item in items)
    if not items:
        return ""
    x0, y0, x1, y1 = box
    beside = x1 - x0 >= 1.15 * (y1 - y0)
    radius = min(0.5 * (y1 - y0), 0.27 * (x1 - x0)) if beside else min(0.5 * (x1 - x0), 0.32 * (y1 - y0))
    center = (x0 + radius, (y0 + y1) / 2) if beside else ((x0 + x1) / 2, y0 + radius)
    legend = (x0 + 2.3 * radius, y0, x1, y1) if beside else (x0, y0 + 2.2 * radius, x1, y1)
    parts, angle = [], -math.pi / 2
    colors = [item.color or _pie_color(chart, number) for number, item in enumerate(items)]
    for item, color in zip(items, colors, strict=True):
        sweep = 2 * math.pi * item.value / total
        parts.append(_slice(center, radius, angle, sweep, color, panel.surface))
        angle += sweep
    return "".join(parts) + _legend(items, colors, total, legend, panel, words)


def _pie_color(chart: Chart, number: int) -> str:
    if chart.accent != PALETTE[0] and number == 0:
        return chart.accent
    color = PALETTE[number % len(PALETTE)]
    return color if number < len(PALETTE) else mix(color, "#ffffff", 0.35)


def _slice(center: tuple[float, float], radius: float, start: float, sweep: float, color: str, gap: str) -> str:
    x, y = center
    if sweep > 2 * math.pi - 1e-6:
        return f'<circle cx="{x:.2f}" cy="{y:.2f}" r="{radius:.2f}" fill="{color}"/>'
    begin = x + radius * math.cos(start), y + radius * math.sin(start)
    end = x + radius * math.cos(start + sweep), y + radius * math.sin(start + sweep)
    large = int(sweep > math.pi)
    return (
        f'<path d="M{x:.2f} {y:.2f}L{begin[0]:.2f} {begin[1]:.2f}A{radius:.2f} {radius:.2f} 0 {large} 1 {end[0]:.2f} '
        f'{end[1]:.2f}Z" fill="{color}" stroke="{gap}" stroke-width="{0.022 * radius:.2f}" stroke-linejoin="round"/>'
    )


def _legend(items: list[Item], colors: list[str], total: float, box: Box, panel: Panel, words: Words) -> str:
    x0, y0, x1, y1 = box
    row = min((y1 - y0) / len(items), 0.16 * max(x1 - x0, y1 - y0))
    swatch = 0.42 * row
    share = 0.26 * (x1 - x0)
    top = (y0 + y1) / 2 - row * len(items) / 2
    room = max(1.0, x1 - x0 - swatch - 0.4 * row - share)
    size = common_size([item.label for item in items], room, 0.62 * row, weight=550, max_size=0.5 * row)
    parts = []
    for number, (item, color) in enumerate(zip(items, colors, strict=True)):
        y = top + number * row
        middle = y + row / 2
        parts.append(
            f'<rect x="{x0:.2f}" y="{middle - swatch / 2:.2f}" width="{swatch:.2f}" height="{swatch:.2f}" '
            f'rx="{0.28 * swatch:.2f}" fill="{color}"/>'
        )
        left = x0 + swatch + 0.3 * row
        label = fit(item.label, room, 0.62 * row, weight=550, max_size=size)
        parts.append(words.put(label, (left, y, left + room, y + row), panel.ink, "left"))
        percent = fit(f"{100 * item.value / total:.0f}%", share, 0.62 * row, weight=750, max_size=size)
        parts.append(words.put(percent, (x1 - share, y, x1, y + row), accent_ink(color, panel), "right"))
    return "".join(parts)
