"""Pictures in frames, as a collage has them: a mat with rounded corners, a soft shadow."""

from generator.scene import TRANSPARENT, Box
from generator.sketch.canvas import Canvas
from generator.sketch.layout.collage import CAST, FRAME

_SHADOW = "#0b1020"
_CORNERS = {"sticker": 2.8, "paper": 0.35, "outline": 0.9}  # percent of the canvas's shorter side
_CORNER = 1.5
_LAYERS = {  # how far down, how far out (shares of the cast), opacity
    "poster": ((0.85, 0.15, 0.20), (0.6, 0.4, 0.12), (0.35, 0.65, 0.06)),
    "paper": ((0.8, 0.05, 0.22), (0.5, 0.4, 0.10)),
    "outline": (),
}
_SOFT = ((0.7, 0.2, 0.08), (0.5, 0.4, 0.06), (0.3, 0.7, 0.04))


def inner(box: Box, canvas: Canvas) -> Box:
    """Where the picture goes in a card's box."""
    return _shrunk(box, min((FRAME + CAST) * canvas.unit, 0.2 * _short(box)))


def corner(box: Box, canvas: Canvas) -> float:
    """Radius in px of the picture's own corners."""
    return min(0.5 * _radius(canvas), 0.2 * _short(box))


def draw_frame(box: Box, canvas: Canvas, color: str) -> str:
    """SVG of the frame and its shadow, inside the box; the picture goes on top of it."""
    cast = min(CAST * canvas.unit, 0.08 * _short(box))
    mat = _shrunk(box, cast)
    radius = min(_radius(canvas), 0.2 * _short(box))
    layers = [
        _sheet(
            _shrunk(mat, -out * cast), radius + out * cast, down * (1 - out) * cast, f'{_SHADOW}" opacity="{opacity}'
        )
        for down, out, opacity in _LAYERS.get(canvas.style, _SOFT)
    ]
    stroke = ""
    if canvas.style == "outline":
        width = 0.4 * canvas.unit
        mat = _shrunk(mat, width / 2)
        stroke = f'" stroke="{canvas.ink(box)}" stroke-width="{width:.2f}'
    return "".join(layers) + _sheet(mat, radius, 0.0, color + stroke)


def frame_color(outline: str | None, canvas: Canvas) -> str:
    """The frame's color: as asked, else white paper."""
    if outline:
        return outline
    return "#ffffff" if canvas.background != TRANSPARENT else "#f8fafc"


def _radius(canvas: Canvas) -> float:
    return _CORNERS.get(canvas.style, _CORNER) * canvas.unit


def _short(box: Box) -> float:
    return min(box[2] - box[0], box[3] - box[1])


def _shrunk(box: Box, by: float) -> Box:
    return (box[0] + by, box[1] + by, box[2] - by, box[3] - by)


def _sheet(box: Box, radius: float, down: float, paint: str) -> str:
    return (
        f'<rect x="{box[0]:.2f}" y="{box[1] + down:.2f}" width="{box[2] - box[0]:.2f}" height="{box[3] - box[1]:.2f}" '
        f'rx="{radius:.2f}" fill="{paint}"/>'
    )
