"""Whether the background is the asked color, gradient or transparency, measured where no object stands."""

import numpy as np

from generator.checks.pixels import CLEAR, OPAQUE, Mask, Picture, Pixels, Rgb, covered, hex_of, tally, thinned
from generator.colors import to_rgb
from generator.receipt import ReceiptLine
from generator.request import GenerationRequest
from generator.scene import TRANSPARENT, Background, Scene

_SHARE = 0.99  # of the free area must be as asked
_CORNER = 4  # px, side of the patches looked at when nothing is known about where objects stand
_EDGE = 0.01  # share of the height that counts as the top and the bottom edge of a gradient
_MIN_FREE = 16  # px


def check_background(picture: Picture, request: GenerationRequest, scene: Scene | None) -> tuple[ReceiptLine, ...]:
    """One line if a background was asked, else none."""
    asked = request.background
    if asked is None:
        return ()
    free = free_area(picture, scene)
    words = asked if isinstance(asked, str) else f"{asked[0]} to {asked[1]}"
    if int(free.sum()) < _MIN_FREE:
        return (_uncovered(picture, asked, words),)
    measured: str
    passed: bool | None
    if asked == TRANSPARENT:
        measured, passed = _transparency(picture, free)
    elif isinstance(asked, str):
        measured, passed = _flat(picture, free, to_rgb(asked))
    else:
        measured, passed = _gradient(picture, free, asked)
    return (ReceiptLine(check="background", asked=words, measured=measured, passed=passed),)


def free_area(picture: Picture, scene: Scene | None) -> Mask:
    """``(H, W)``: True where the picture shows nothing but background; the four corners if no boxes are known."""
    width, height = picture.width, picture.height
    boxes = () if scene is None else tuple(box for item in scene.objects for box in item.boxes)
    if scene is not None and (boxes or not scene.objects):
        return ~covered(picture.boxes(scene, boxes), picture.tolerance.bleed, width, height)
    corners = np.zeros((height, width), dtype=np.bool_)
    for rows in (slice(0, _CORNER), slice(-_CORNER, None)):
        corners[rows, :_CORNER] = corners[rows, -_CORNER:] = True
    return corners


def backdrop(picture: Picture, free: Mask) -> Rgb | None:
    """The one opaque color of the free area, or None if it has no single one."""
    pixels = picture.rgba[free]
    solid = pixels[pixels[:, 3] >= OPAQUE][:, :3]
    if len(solid) < max(1, len(pixels) // 2):
        return None
    solid = thinned(solid)
    distinct, counts = tally(solid)
    red, green, blue = (int(value) for value in distinct[counts.argmax()])
    near = _equal(picture, distinct, (red, green, blue))
    return (red, green, blue) if counts[near].sum() >= len(solid) // 2 else None


def _transparency(picture: Picture, free: Mask) -> tuple[str, bool]:
    pixels = picture.rgba[free]
    clear = float((pixels[:, 3] <= CLEAR).mean())
    if clear >= _SHARE:
        return TRANSPARENT, True
    found = _common(pixels[pixels[:, 3] > CLEAR][:, :3])
    return f"{found} on {1 - clear:.1%}" if clear > 0 else found, False


def _flat(picture: Picture, free: Mask, asked: Rgb) -> tuple[str, bool]:
    pixels = picture.rgba[free]
    solid = pixels[:, 3] >= OPAQUE
    if float(solid.mean()) < 0.5:
        return TRANSPARENT, False
    share = float((solid & _equal(picture, pixels[:, :3], asked)).mean())
    found = _common(pixels[solid][:, :3])
    if share >= _SHARE:
        return found, True
    return f"{found}, as asked on {share:.1%}", False


def _gradient(picture: Picture, free: Mask, asked: tuple[str, str]) -> tuple[str, bool | None]:
    """Median colors of the free parts of the top and the bottom edge."""
    rows = max(1, round(picture.height * _EDGE))
    edges = (slice(0, rows), slice(-rows, None))
    found = (_middle(picture.rgba[edge][free[edge]]) for edge in edges)
    colors = [color for color in found if color is not None]
    if len(colors) < len(edges):
        return "not checked: objects cover an edge", None
    # The outermost percent of a gradient is up to one percent of the way to the other color.
    drift = np.abs(np.subtract(to_rgb(asked[0]), to_rgb(asked[1]))).max() * _EDGE
    limit = picture.tolerance.channel + drift
    passed = all(
        np.abs(np.subtract(color, to_rgb(end))).max() <= limit for color, end in zip(colors, asked, strict=True)
    )
    return f"{hex_of(colors[0])} to {hex_of(colors[1])}", bool(passed)


def _uncovered(picture: Picture, asked: Background, words: str) -> ReceiptLine:
    """Objects cover everything; only an image without any transparent pixel can still be told to be wrong."""
    if asked == TRANSPARENT and int(picture.rgba[..., 3].min()) >= OPAQUE:
        return ReceiptLine(check="background", asked=words, measured="opaque", passed=False)
    return ReceiptLine(check="background", asked=words, measured="not checked: no free area", passed=None)


def _equal(picture: Picture, colors: Pixels, asked: Rgb) -> Mask:
    """``(N,)``: within the tolerance in every channel."""
    offset = np.abs(colors.astype(np.int16) - np.array(asked, dtype=np.int16)).max(axis=1)
    return np.asarray(offset <= picture.tolerance.channel)


def _common(colors: Pixels) -> str:
    if not len(colors):
        return TRANSPARENT
    distinct, counts = tally(thinned(colors))
    return hex_of(distinct[counts.argmax()])


def _middle(pixels: Pixels) -> tuple[float, float, float] | None:
    solid = pixels[pixels[:, 3] >= OPAQUE]
    if not len(solid):
        return None
    red, green, blue = np.median(solid[:, :3], axis=0)
    return float(red), float(green), float(blue)
