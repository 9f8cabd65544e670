"""Text objects: weight, ink, plate and contour of a block of words, set as large as its box allows."""

from dataclasses import dataclass

from generator.colors import LIGHT_INK, contrast, parse_color, readable_ink
from generator.scene import Box, SceneObject, TextRole
from generator.sketch.canvas import Canvas, Report
from generator.sketch.text import Block, fit

_CONTOUR = 0.075  # em around the glyphs
_DEFAULT_WEIGHT = 700  # what a text has when nobody asked for a weight
_ROLE_WEIGHTS = {TextRole.TITLE: 800, TextRole.SUBTITLE: 560, TextRole.BODY: 560}
_FAINT = 1.9  # contrast below which an asked ink gets a contour
_PLATE_PAD = (0.06, 0.2)  # of the box's width and height, at most, between plate and words


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """A block and the px it keeps free around it for its plate or its contour."""

    block: Block
    pad_x: float
    pad_y: float

    @property
    def size(self) -> tuple[float, float]:
        """Width and height in px of everything that is drawn."""
        return self.block.width + 2 * self.pad_x, self.block.height + 2 * self.pad_y


def set_text(item: SceneObject, width: float, height: float) -> Setting:
    """Set a text object's words as large as fits ``width`` by ``height`` px, with room for plate and contour."""
    heavy = _ROLE_WEIGHTS.get(item.role, item.weight) if item.weight == _DEFAULT_WEIGHT else item.weight
    if item.plate:
        pad_y = min(_PLATE_PAD[1] * height, _PLATE_PAD[0] * width)
        pad_x = min(1.4 * pad_y, 0.1 * width)
    else:
        pad_x = pad_y = min(0.03 * height, 0.012 * width)  # room for a contour, whether or not there is one
    even = item.role is TextRole.LABEL
    block = fit(item.text or "", max(1.0, width - 2 * pad_x), max(1.0, height - 2 * pad_y), weight=heavy, even=even)
    return Setting(block=block, pad_x=pad_x, pad_y=pad_y)


def draw_text(item: SceneObject, box: Box, canvas: Canvas, report: Report, prefix: str) -> str:
    """SVG of a text object in its box."""
    width, height = box[2] - box[0], box[3] - box[1]
    setting = set_text(item, width, height)
    block = report.note(setting.block, item.text or item.id)
    if not block.lines:
        return ""
    wide, high = setting.size
    left = box[0] + {"left": 0.0, "right": width - wide}.get(item.align, (width - wide) / 2)
    top = box[1] + (height - high) / 2
    plate = parse_color(item.plate) if item.plate else None
    behind = plate or canvas.behind(box)
    ink = (parse_color(item.color) if item.color else None) or (readable_ink(plate) if plate else canvas.ink(box))
    body = block.markup(left + setting.pad_x, top + setting.pad_y, block.width, item.align, prefix)
    parts = []
    if plate:
        radius = min(0.28 * high, 0.5 * block.size)
        parts.append(
            f'<rect x="{left:.2f}" y="{top:.2f}" width="{wide:.2f}" height="{high:.2f}" rx="{radius:.2f}" fill="{plate}"/>'
        )
    contour = _contour(item, ink, behind, canvas)
    if contour:
        reach = min(_CONTOUR * block.size, setting.pad_x, setting.pad_y)
        edge = f'stroke="{contour}" stroke-width="{2000 * reach / block.size:.1f}" stroke-linejoin="round"'
        again = block.markup(left + setting.pad_x, top + setting.pad_y, block.width, item.align, f"{prefix}c")
        parts.append(f'<g fill="{contour}" {edge}>{again}</g>')
    parts.append(f'<g fill="{ink}">{body}</g>')
    return "".join(parts)


def _contour(item: SceneObject, ink: str, behind: str | None, canvas: Canvas) -> str | None:
    """Asked, or needed: over nothing, over a drawing, or where the asked ink would vanish."""
    if item.outline:
        return parse_color(item.outline)
    if item.plate:
        return None
    opposite = readable_ink(ink)
    if behind is None or (canvas.style == "sticker" and ink != LIGHT_INK) or contrast(ink, behind) < _FAINT:
        return opposite
    return behind if item.role is TextRole.LABEL else None
