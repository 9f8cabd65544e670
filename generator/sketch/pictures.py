"""Uploaded images as placed objects: decoded once, scaled to what is needed, masked, embedded as PNG."""

import base64
from functools import lru_cache
from io import BytesIO

from PIL import Image

from generator.scene import CARD_MASK, Box, SceneObject
from generator.sketch import frames
from generator.sketch.canvas import Canvas
from generator.sketch.styles import contour_width, rotated

_ROUNDING = 0.07  # of the shorter side


def image_aspect(data: bytes, mask: str) -> float:
    """Width divided by height of what is shown of an image; 1 for circles.

    Raises:
        OSError: It is no image.
    """
    if mask == "circle":
        return 1.0
    with Image.open(BytesIO(data), formats=["PNG", "JPEG", "WEBP"]) as image:
        return image.width / image.height


def draw_image(item: SceneObject, data: bytes, box: Box, canvas: Canvas, prefix: str) -> str:
    """SVG of an uploaded image in its box, proportions kept; a circle shows the middle.

    Raises:
        OSError: It is no image.
    """
    card = item.mask == CARD_MASK
    border = contour_width(canvas, box) if not card and (canvas.style == "sticker" or item.outline) else 0.0
    inside = frames.inner(box, canvas) if card else box
    room = inside[2] - inside[0] - 2 * border, inside[3] - inside[1] - 2 * border
    aspect = image_aspect(data, item.mask)
    wide, high = rotated(aspect, 1.0, item.angle)
    scale = min(room[0] / wide, room[1] / high)
    width, height = aspect * scale, scale
    href = _embedded(data, _bucket(width), _bucket(height), item.mask == "circle")
    radii = {"circle": min(width, height) / 2, "rounded": _ROUNDING * min(width, height)}
    radius = frames.corner(box, canvas) if card else radii.get(item.mask, 0.0)
    frame = f'x="{-width / 2:.3f}" y="{-height / 2:.3f}" width="{width:.3f}" height="{height:.3f}"'
    rounded = f'{frame} rx="{radius:.3f}"'
    edge = item.outline or "#ffffff"
    border_markup = f'<rect {rounded} fill="{edge}" stroke="{edge}" stroke-width="{2 * border:.3f}"/>' if border else ""
    flip = " scale(-1 1)" if item.flip else ""
    center = f"translate({(box[0] + box[2]) / 2:.3f} {(box[1] + box[3]) / 2:.3f}) rotate({item.angle:g}){flip}"
    below = frames.draw_frame(box, canvas, frames.frame_color(item.outline, canvas)) if card else ""
    return (
        f'{below}<defs><clipPath id="{prefix}m"><rect {rounded}/></clipPath></defs><g transform="{center}">{border_markup}'
        f'<g clip-path="url(#{prefix}m)"><image {frame} preserveAspectRatio="none" href="{href}"/></g></g>'
    )


def _bucket(side: float) -> int:
    """Twice the shown side, in coarse steps so that small moves hit the cache."""
    return max(64, -(-int(2 * side) // 64) * 64)


@lru_cache(maxsize=16)
def _embedded(data: bytes, width: int, height: int, square: bool) -> str:  # noqa: FBT001 - the cache's key
    with Image.open(BytesIO(data), formats=["PNG", "JPEG", "WEBP"]) as opened:
        image = opened.convert("RGBA")
    if square:
        side = min(image.size)
        left, top = (image.width - side) // 2, (image.height - side) // 2
        image = image.crop((left, top, left + side, top + side))
    image.thumbnail((width, height), Image.Resampling.LANCZOS)
    out = BytesIO()
    image.save(out, "PNG", compress_level=1)
    return "data:image/png;base64," + base64.b64encode(out.getvalue()).decode("ascii")
