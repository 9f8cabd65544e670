"""The looks: what a style does to the background and to one drawing. No filters: they cost seconds.

A style may draw only inside an object's box, so that every object can be recolored, moved or left out alone.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise

from generator.colors import delta_e_2000, from_oklch, luminance, mix, parse_color, to_oklch, to_rgb
from generator.scene import TRANSPARENT, Box, SceneObject
from generator.sketch.art import Drawing
from generator.sketch.canvas import Canvas
from generator.sketch.recolor import main_color, recolored

STYLES = ("flat", "outline", "sticker", "poster", "paper")
"""First one is the default; an unknown style is drawn as that."""

GRADIENTS = (
    ("#ff9a5a", "#ff5e7e"),
    ("#5b8def", "#8b5cf6"),
    ("#22c1a4", "#2a7bd6"),
    ("#ffd166", "#f78c5b"),
    ("#7dd3fc", "#6a8bf5"),
    ("#f9a8d4", "#a78bfa"),
)
"""What a poster stands on when no background was asked; one is chosen by seed."""

_BORDER = 1.1  # percent of the canvas's shorter side: sticker border and contour
_LINE = 0.42  # the same, of the line in line art
_CAST = 0.9  # the same, how far shadows fall
_FAINT = 11.0  # CIEDE2000 between a drawing's main color and what is behind it
_RAYS = 14  # of a poster's sunburst


@dataclass(frozen=True, slots=True, kw_only=True)
class Placement:
    """Where a drawing goes: ``transform`` maps its units to the canvas, ``scale`` px per unit."""

    transform: str
    scale: float
    center: tuple[float, float]


def place(drawing: Drawing, item: SceneObject, box: Box, inset: float) -> Placement:
    """Fit a drawing, turned and flipped, into the box less ``inset`` px on every side."""
    x0, y0, x1, y1 = drawing.bounds
    wide, high = rotated(x1 - x0, y1 - y0, item.angle)
    room = max(1.0, box[2] - box[0] - 2 * inset), max(1.0, box[3] - box[1] - 2 * inset)
    scale = min(room[0] / wide, room[1] / high)
    center = ((box[0] + box[2]) / 2, (box[1] + box[3]) / 2)
    turn = f" rotate({item.angle:g})" if item.angle else ""
    flip = -scale if item.flip else scale
    shift = f"translate({-(x0 + x1) / 2:.4f} {-(y0 + y1) / 2:.4f})"
    transform = f"translate({center[0]:.3f} {center[1]:.3f}){turn} scale({flip:.5f} {scale:.5f}) {shift}"
    return Placement(transform=transform, scale=scale, center=center)


def rotated(width: float, height: float, angle: float) -> tuple[float, float]:
    """Width and height of the upright box around a box turned by ``angle`` degrees."""
    cos, sin = abs(math.cos(math.radians(angle))), abs(math.sin(math.radians(angle)))
    return width * cos + height * sin, width * sin + height * cos


def draw_art(item: SceneObject, drawing: Drawing, box: Box, canvas: Canvas, prefix: str) -> str:
    """SVG of one instance in the canvas's style, inside its box."""
    small = min(box[2] - box[0], box[3] - box[1])
    color = parse_color(item.color) if item.color else None
    paint = recolored(drawing, color) if color else {}
    contour = parse_color(item.outline) if item.outline else None
    if canvas.style == "outline":
        return _line_art(item, drawing, box, canvas, prefix)
    if canvas.style == "sticker" or contour:
        return _sticker(item, drawing, box, canvas, prefix, contour or "#ffffff")
    if canvas.style == "poster":
        cast = min(_CAST * canvas.unit, 0.05 * small)
        spot = place(drawing, item, box, 1.5 * cast)
        shadow = _shadow(drawing, spot, prefix, (0.7 * cast, 1.1 * cast), 0.8 * cast)
        return shadow + _group(spot, drawing.markup(f"{prefix}a", lambda fill: paint.get(fill, fill)))
    if canvas.style == "paper":
        return _paper(item, drawing, box, canvas, prefix, lambda fill: paint.get(fill, fill))
    behind = canvas.behind(box)
    faint = behind is not None and delta_e_2000(color or main_color(drawing), behind) < _FAINT
    width = min(0.3 * canvas.unit, 0.012 * small) if faint else 0.0
    spot = place(drawing, item, box, width)
    rim = _rim(drawing, spot, width, canvas.ink(box), prefix) if faint else ""
    return rim + _group(spot, drawing.markup(f"{prefix}a", lambda fill: paint.get(fill, fill)))


def _rim(drawing: Drawing, spot: Placement, width: float, ink: str, prefix: str) -> str:
    """A thin line around what would melt into the background: a white cat on white paper."""
    stroke = f'stroke="{ink}" fill="{ink}" stroke-width="{2 * width / spot.scale:.3f}" stroke-linejoin="round"'
    return _group(spot, f'<g opacity=".45" {stroke}>{drawing.silhouette(f"{prefix}r")}</g>')


def contour_width(canvas: Canvas, box: Box) -> float:
    """Px of a sticker's border: the same on all objects, thinner on tiny ones."""
    return min(_BORDER * canvas.unit, 0.06 * min(box[2] - box[0], box[3] - box[1]))


def _sticker(item: SceneObject, drawing: Drawing, box: Box, canvas: Canvas, prefix: str, contour: str) -> str:
    color = parse_color(item.color) if item.color else None
    paint = recolored(drawing, color) if color else {}
    border = contour_width(canvas, box)
    cast = 0.75 * border if canvas.style == "sticker" else 0.0
    spot = place(drawing, item, box, border + cast)
    edge = 2 * border / spot.scale
    silhouette = drawing.silhouette(f"{prefix}b")
    body = f'<g fill="{contour}" stroke="{contour}" stroke-width="{edge:.3f}" stroke-linejoin="round">{silhouette}</g>'
    shadow = ""
    if cast:  # the border hides all but its rim, so that one layer is enough
        rim = f'stroke="#0b1020" stroke-width="{edge + 0.5 * cast / spot.scale:.3f}" stroke-linejoin="round"'
        below = drawing.silhouette(f"{prefix}s")
        fall = f"translate(0 {0.6 * cast:.2f}) {spot.transform}"
        shadow = f'<g transform="{fall}" opacity=".24" fill="#0b1020" {rim}>{below}</g>'
    return shadow + _group(spot, body + drawing.markup(f"{prefix}a", lambda fill: paint.get(fill, fill)))


def _shadow(drawing: Drawing, spot: Placement, prefix: str, offset: tuple[float, float], spread: float) -> str:
    """Two silhouettes on top of each other look soft enough and cost no blur. ``offset`` and ``spread`` in px."""
    layers = []
    for name, opacity, width in (("s", 0.10, spread), ("t", 0.14, 0.0)):
        edge = (
            f' stroke="#0b1020" stroke-width="{2 * width / spot.scale:.3f}" stroke-linejoin="round"'
            if width > 0
            else ""
        )
        body = drawing.silhouette(f"{prefix}{name}")
        layers.append(f'<g opacity="{opacity}" fill="#0b1020"{edge}>{body}</g>')
    return f'<g transform="translate({offset[0]:.2f} {offset[1]:.2f}) {spot.transform}">{"".join(layers)}</g>'


def _paper(
    item: SceneObject, drawing: Drawing, box: Box, canvas: Canvas, prefix: str, paint: Callable[[str], str]
) -> str:
    """Every shape is a sheet that throws a shadow on those below it."""
    cast = min(0.7 * _CAST * canvas.unit, 0.022 * min(box[2] - box[0], box[3] - box[1]))
    spot = place(drawing, item, box, 1.3 * cast)
    sheets = []
    for number, shape in enumerate(drawing.shapes):
        name = f"{prefix}{number}"
        width = 1.2 * cast / spot.scale
        below = shape.markup("#0b1020", name, opacity=False)
        sheets.append(
            f'<g transform="translate(0 {0.7 * cast:.2f})"><g transform="{spot.transform}" fill-opacity=".16" '
            f'stroke="#0b1020" stroke-opacity=".08" stroke-width="{width:.3f}" stroke-linejoin="round">{below}</g></g>'
        )
        sheets.append(_group(spot, shape.markup(paint(shape.fill), name)))
        sheets.append(f"<defs>{drawing.definitions(name)}</defs>" if drawing.clips else "")
    return "".join(sheets)


def _line_art(item: SceneObject, drawing: Drawing, box: Box, canvas: Canvas, prefix: str) -> str:
    """Ink lines around pale or, if a color was asked, exactly colored areas."""
    behind = canvas.behind(box) or "#ffffff"
    dark = luminance(behind) < 0.12
    ink = "#f8fafc" if dark else "#1b2233"
    contour = parse_color(item.outline) if item.outline else None
    ink = contour or ink
    color = parse_color(item.color) if item.color else None
    exact = recolored(drawing, color) if color else {}
    width = min(_LINE * canvas.unit, 0.012 * min(box[2] - box[0], box[3] - box[1]))
    spot = place(drawing, item, box, width)

    def paint(fill: str) -> str:
        return exact.get(fill) or _pale(fill, ink, dark=dark, spot_color=fill == main_color(drawing))

    stroke = f'stroke="{ink}" stroke-width="{2 * width / spot.scale:.3f}" stroke-linejoin="round"'
    return _group(spot, f"<g {stroke}>{drawing.markup(f'{prefix}a', paint)}</g>")


def _pale(fill: str, ink: str, *, dark: bool, spot_color: bool) -> str:
    lightness, chroma, hue = to_oklch(fill)
    if lightness < 0.36 and not dark:
        return ink
    if dark:
        return from_oklch(round(0.16 + 0.22 * lightness, 3), round(0.4 * chroma, 3), round(hue, 1))
    pale = 0.9 if spot_color else 0.95
    return from_oklch(
        round(max(pale, min(1.0, lightness)), 3), round((0.36 if spot_color else 0.26) * chroma, 3), round(hue, 1)
    )


def _group(spot: Placement, body: str) -> str:
    return f'<g transform="{spot.transform}">{body}</g>'


def draw_background(canvas: Canvas) -> str:
    """SVG of the background, exactly as asked; a poster's gradient gets rays that spare the edges."""
    if canvas.background == TRANSPARENT:
        return ""
    sheet = f'<rect width="{canvas.width}" height="{canvas.height}" fill="'
    if not isinstance(canvas.background, tuple):
        return f'{sheet}{canvas.background}"/>'
    return _gradient(canvas, *canvas.background) + (_sunburst(canvas) if canvas.style == "poster" else "")


def _gradient(canvas: Canvas, top: str, bottom: str) -> str:
    """Bands finer than a step of 8 bits: the same pixels as a gradient at a fraction of its cost.

    Each reaches below the next one, so that no seam shows through when the picture is drawn smaller.
    """
    steps = max(abs(one - two) for one, two in zip(to_rgb(top), to_rgb(bottom), strict=True))
    count = max(1, min(canvas.height, 2 * steps + 1))
    edges = [round(number * canvas.height / count) for number in range(count + 1)]
    below = canvas.height // 128 + 1
    bands = (
        f'<rect y="{y0}" width="{canvas.width}" height="{min(y1 + below, canvas.height) - y0}" fill="{mix(top, bottom, number / max(1, count - 1))}"/>'
        for number, (y0, y1) in enumerate(pairwise(edges))
    )
    return "".join(bands)


def _sunburst(canvas: Canvas) -> str:
    """Rays of thin white that end before the top and the bottom edge, where the gradient is measured."""
    x, y = canvas.width / 2, 0.54 * canvas.height
    reach = min(0.45 * canvas.height, 0.8 * canvas.width)
    fade = (
        f'<defs><radialGradient id="rays" gradientUnits="userSpaceOnUse" cx="{x:.1f}" cy="{y:.1f}" r="{reach:.1f}">'
        '<stop offset=".2" stop-color="#fff" stop-opacity=".26"/><stop offset="1" stop-color="#fff" stop-opacity="0"/>'
        "</radialGradient></defs>"
    )
    return f'{fade}<g fill="url(#rays)">{_rays(x, y, reach)}</g>'


def _rays(x: float, y: float, reach: float) -> str:
    path = []
    for number in range(_RAYS):
        start, end = 2 * math.pi * number / _RAYS, 2 * math.pi * (number + 0.5) / _RAYS
        (x1, y1), (x2, y2) = ((x + reach * math.cos(angle), y + reach * math.sin(angle)) for angle in (start, end))
        path.append(f"M{x:.1f} {y:.1f}L{x1:.1f} {y1:.1f}A{reach:.1f} {reach:.1f} 0 0 1 {x2:.1f} {y2:.1f}Z")
    return f'<path d="{"".join(path)}"/>'
