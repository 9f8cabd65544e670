"""Panels that charts and cards stand on: their colors, and words set inside them."""

import math
from dataclasses import dataclass

from generator.colors import contrast, luminance
from generator.scene import Box
from generator.sketch.canvas import Canvas, Report
from generator.sketch.text import Block, fit

PALETTE = ("#2563eb", "#f59e0b", "#10b981", "#ef4444", "#8b5cf6", "#06b6d4", "#ec4899", "#84cc16")


@dataclass(frozen=True, slots=True, kw_only=True)
class Panel:
    """Colors of one panel: its surface, words, quieter words and hairlines."""

    surface: str
    edge: str
    ink: str
    quiet: str
    hairline: str

    def frame(self, box: Box, radius: float) -> str:
        """SVG of the surface with its edge, inside the box."""
        x0, y0, x1, y1 = box
        return (
            f'<rect x="{x0 + 0.75:.2f}" y="{y0 + 0.75:.2f}" width="{max(1.0, x1 - x0 - 1.5):.2f}" '
            f'height="{max(1.0, y1 - y0 - 1.5):.2f}" rx="{radius:.2f}" fill="{self.surface}" '
            f'stroke="{self.edge}" stroke-width="1.5"/>'
        )


_LIGHT = Panel(surface="#ffffff", edge="#e2e8f0", ink="#111827", quiet="#526075", hairline="#e5e9f0")
_DARK = Panel(surface="#1c2536", edge="#334155", ink="#f8fafc", quiet="#b6c2d4", hairline="#334155")


def panel_for(canvas: Canvas, box: Box) -> Panel:
    """Dark panels on dark backgrounds, white ones everywhere else."""
    behind = canvas.behind(box)
    return _DARK if behind is not None and luminance(behind) < 0.1 else _LIGHT


def accent_ink(color: str, panel: Panel) -> str:
    """The color itself where it can be read on the panel, else the panel's ink."""
    return color if contrast(color, panel.surface) >= 2.6 else panel.ink


@dataclass(slots=True)
class Words:
    """Sets words in a panel and reports what could not be set. ``name`` is what the user calls the panel."""

    report: Report
    name: str
    prefix: str
    count: int = 0

    def put(self, block: Block, box: Box, color: str, align: str = "center") -> str:
        """SVG of a block, vertically in the middle of a box."""
        self.report.note(block, self.name)
        self.count += 1
        top = (box[1] + box[3] - block.height) / 2
        body = block.markup(box[0], top, box[2] - box[0], align, f"{self.prefix}t{self.count}x")
        return f'<g fill="{color}">{body}</g>'


def common_size(
    texts: list[str], width: float, height: float, *, weight: int, max_size: float, max_lines: int = 1
) -> float:
    """The largest px per em at which every text fits a box of this size."""
    sizes = (
        fit(text, width, height, weight=weight, max_size=max_size, max_lines=max_lines).size for text in texts if text
    )
    return min(sizes, default=max_size)


def nice_step(span: float, count: int) -> float:
    """A round number near ``span / count``: 1, 2, 2.5 or 5 times a power of ten."""
    raw = span / max(1, count)
    if not math.isfinite(raw) or raw <= 0:
        return 1.0
    power = 10.0 ** math.floor(math.log10(raw))
    return next((factor * power for factor in (1, 2, 2.5, 5) if factor * power >= raw), 10 * power)


def number_text(value: float) -> str:
    """A number as charts write it: 1,250 · 3.5 · 2.4M."""
    size = abs(value)
    for limit, unit in ((1e12, "T"), (1e9, "B"), (1e6, "M")):
        if size >= limit:
            return f"{value / limit:.3g}{unit}"
    if value == int(value):
        return f"{int(value):,}"
    return f"{value:,.4g}" if size < 1000 else f"{value:,.0f}"
