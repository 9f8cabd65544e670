"""Step cards: numbered cards in a row or, in a tall box, one below the other."""

from generator.colors import parse_color, readable_ink
from generator.scene import Box, SceneObject
from generator.sketch.canvas import Canvas, Report
from generator.sketch.panels import PALETTE, Panel, Words, common_size, panel_for
from generator.sketch.text import fit

MAX_STEPS = 12
_ROW_FROM = 1.25  # width divided by height from which the cards stand side by side


def card_aspect(item: SceneObject) -> float:
    """Width divided by height that the cards of an object look best at."""
    return min(3.2, 0.62 * max(1, len(_steps(item))) + 0.35)


def draw_cards(item: SceneObject, box: Box, canvas: Canvas, report: Report, prefix: str) -> str:
    """SVG of numbered step cards in a box."""
    steps = _steps(item)
    if not steps:
        return ""
    panel = panel_for(canvas, box)
    words = Words(report=report, name=item.label or item.id, prefix=prefix)
    accent = parse_color(item.color) if item.color else None
    colors = [accent or PALETTE[number % len(PALETTE)] for number in range(len(steps))]
    width, height = box[2] - box[0], box[3] - box[1]
    in_row = width / height >= _ROW_FROM
    gap = 0.035 * (width if in_row else height)
    each = ((width if in_row else height) - gap * (len(steps) - 1)) / len(steps)
    boxes = [
        (box[0] + n * (each + gap), box[1], box[0] + n * (each + gap) + each, box[3])
        if in_row
        else (box[0], box[1] + n * (each + gap), box[2], box[1] + n * (each + gap) + each)
        for n in range(len(steps))
    ]
    layout = _upright if in_row else _lying
    return layout(steps, boxes, colors, panel, words) + _arrows(boxes, gap, panel, in_row=in_row)


def _steps(item: SceneObject) -> list[tuple[str, str]]:
    rows = (item.data or {}).get("steps") or ()
    found = []
    for row in list(rows)[:MAX_STEPS]:
        if isinstance(row, list | tuple) and row:
            found.append((str(row[0]), str(row[1]) if len(row) > 1 and row[1] else ""))
        elif isinstance(row, str):
            found.append((row, ""))
    return found


def _upright(steps: list[tuple[str, str]], boxes: list[Box], colors: list[str], panel: Panel, words: Words) -> str:
    """Badge on top, title below it, words below that; the tallest card decides where all of them start."""
    x0, y0, x1, y1 = boxes[0]
    width, height = x1 - x0, y1 - y0
    pad = 0.1 * min(width, height)
    badge = min(0.38 * width, 0.26 * height)
    room = width - 1.5 * pad
    has_text = any(text for _, text in steps)
    title_high = (0.24 if has_text else 0.5) * height
    text_high = max(1.0, height - 3.2 * pad - badge - title_high)
    titles = common_size([t for t, _ in steps], room, title_high, weight=750, max_size=0.16 * width, max_lines=3)
    texts = common_size([t for _, t in steps], room, text_high, weight=450, max_size=0.66 * titles, max_lines=9)
    heads = [fit(title, room, title_high, weight=750, max_size=titles, max_lines=3) for title, _ in steps]
    bodies = [fit(text, room, text_high, weight=450, max_size=texts) for _, text in steps]
    head_high, body_high = max(head.height for head in heads), max(body.height for body in bodies)
    gap = 0.45 * pad if has_text else 0.0
    top = max(y0 + 0.6 * pad, (y0 + y1 - (badge + 0.8 * pad + head_high + gap + body_high)) / 2)
    parts = []
    for number, (head, body, box, color) in enumerate(zip(heads, bodies, boxes, colors, strict=True), 1):
        left = box[0] + 0.75 * pad
        parts.append(panel.frame(box, 0.07 * min(width, height)))
        parts.append(_badge(number, (box[0] + box[2]) / 2, top + badge / 2, badge, color, words))
        y = top + badge + 0.8 * pad
        parts.append(words.put(head, (left, y, left + room, y + head_high), panel.ink))
        y += head_high + gap
        parts.append(words.put(body, (left, y, left + room, y + body.height), panel.quiet))
    return "".join(parts)


def _lying(steps: list[tuple[str, str]], boxes: list[Box], colors: list[str], panel: Panel, words: Words) -> str:
    """Badge at the left, title and words at its right."""
    x0, y0, x1, y1 = boxes[0]
    width, height = x1 - x0, y1 - y0
    pad = 0.16 * min(width, height)
    badge = min(0.2 * width, height - 2 * pad)
    left = x0 + 1.8 * pad + badge
    room = max(1.0, x1 - pad - left)
    has_text = any(text for _, text in steps)
    title_high = (0.36 if has_text else 0.7) * (height - 2 * pad)
    titles = common_size([t for t, _ in steps], room, title_high, weight=750, max_size=0.3 * height, max_lines=2)
    text_high = max(1.0, height - 2 * pad - title_high - 0.15 * height)
    texts = common_size([t for _, t in steps], room, text_high, weight=450, max_size=0.75 * titles, max_lines=4)
    parts = []
    for number, ((title, text), box, color) in enumerate(zip(steps, boxes, colors, strict=True), 1):
        parts.append(panel.frame(box, 0.12 * min(width, height)))
        parts.append(_badge(number, x0 + pad + badge / 2, (box[1] + box[3]) / 2, badge, color, words))
        head = fit(title, room, title_high, weight=750, max_size=titles, max_lines=2)
        body = fit(text, room, text_high, weight=450, max_size=texts) if text else None
        gap = 0.09 * height if body else 0.0
        high = head.height + (body.height + gap if body else 0.0)
        top = (box[1] + box[3] - high) / 2
        parts.append(words.put(head, (left, top, left + room, top + head.height), panel.ink, "left"))
        if body:
            top += head.height + gap
            parts.append(words.put(body, (left, top, left + room, top + body.height), panel.quiet, "left"))
    return "".join(parts)


def _badge(number: int, x: float, y: float, side: float, color: str, words: Words) -> str:
    disc = f'<circle cx="{x:.2f}" cy="{y:.2f}" r="{side / 2:.2f}" fill="{color}"/>'
    block = fit(str(number), 0.66 * side, 0.44 * side, weight=800)
    return disc + words.put(block, (x - side / 2, y - side / 2, x + side / 2, y + side / 2), readable_ink(color))


def _arrows(boxes: list[Box], gap: float, panel: Panel, *, in_row: bool) -> str:
    """A small chevron on every gap, on a disc of the panel's color."""
    parts = []
    radius = 0.75 * gap
    for one in boxes[:-1]:
        x, y = (one[2] + gap / 2, (one[1] + one[3]) / 2) if in_row else ((one[0] + one[2]) / 2, one[3] + gap / 2)
        turn = "" if in_row else f" rotate(90 {x:.2f} {y:.2f})"
        parts.append(
            f'<circle cx="{x:.2f}" cy="{y:.2f}" r="{radius:.2f}" fill="{panel.surface}" stroke="{panel.edge}" stroke-width="1.5"/>'
            f'<path transform="translate(0 0){turn}" d="M{x - 0.2 * radius:.2f} {y - 0.42 * radius:.2f}L{x + 0.26 * radius:.2f} {y:.2f}'
            f'L{x - 0.2 * radius:.2f} {y + 0.42 * radius:.2f}" fill="none" stroke="{panel.quiet}" '
            f'stroke-width="{0.22 * radius:.2f}" stroke-linecap="round" stroke-linejoin="round"/>'
        )
    return "".join(parts)
