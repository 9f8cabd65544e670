"""A delivered image as decoded pixels, where its boxes lie on them, and how exactly it may be measured.

Knows nothing of what was asked. Arrays are ``(H, W, channels)``, uint8, sRGB, straight alpha unless said otherwise.
"""

import io
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from generator.request import MAX_SIDE
from generator.scene import Box, Scene

Pixels = NDArray[np.uint8]
Mask = NDArray[np.bool_]
Rgb = tuple[int, int, int]

OPAQUE, CLEAR = 250, 2  # alpha from which a pixel counts as solid, and up to which as absent
_FORMATS = ("PNG", "JPEG", "WEBP")


@dataclass(frozen=True, slots=True, kw_only=True)
class Tolerance:
    """How far decoded pixels may be from what was asked.

    Attributes:
        channel: Largest difference of a flat color in any channel, of 255.
        delta_e: Largest CIEDE2000 distance of a flat color; 2.3 is one just noticeable difference.
        bleed: How many pixels beyond its box an object may color its surroundings.
        noise: Difference in any channel from which two reduced images differ visibly.
    """

    channel: int
    delta_e: float
    bleed: int
    noise: int


LOSSLESS = Tolerance(channel=2, delta_e=2.3, bleed=2, noise=14)
LOSSY = Tolerance(channel=6, delta_e=3.5, bleed=10, noise=24)
"""JPEG at quality 95 without chroma subsampling moves flat areas by up to 3 of 255 and rings within its 8 px blocks."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Picture:
    """One decoded image: ``rgba`` is ``(H, W, 4)``."""

    rgba: Pixels
    tolerance: Tolerance

    @property
    def height(self) -> int:
        """Rows."""
        return int(self.rgba.shape[0])

    @property
    def width(self) -> int:
        """Columns."""
        return int(self.rgba.shape[1])

    def boxes(self, scene: Scene, boxes: Iterable[Box]) -> tuple[Box, ...]:
        """Boxes of the scene in pixels of this image, which has another size only if something went wrong."""
        across, down = self.width / scene.width, self.height / scene.height
        return tuple((x0 * across, y0 * down, x1 * across, y1 * down) for x0, y0, x1, y1 in boxes)


def decode(encoded: bytes) -> Picture | None:
    """The pixels of a PNG, JPEG or WebP; None if these bytes are not one, or one of more than 4 times the largest size."""
    try:
        with Image.open(io.BytesIO(encoded), formats=_FORMATS) as image:
            if image.width * image.height > 4 * MAX_SIDE**2:
                return None
            rgba = np.asarray(image.convert("RGBA"))
            lossy = image.format == "JPEG" or (image.format == "WEBP" and not _is_lossless_webp(encoded))
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError, Image.DecompressionBombWarning):
        return None
    return Picture(rgba=rgba, tolerance=LOSSY if lossy else LOSSLESS)


def _is_lossless_webp(encoded: bytes) -> bool:
    """Whether the image data chunk is ``VP8L``. Source: RFC 9649, section 2 (checked 2026-11)."""
    position = 12
    while position + 8 <= len(encoded):
        name = encoded[position : position + 4]
        if name in {b"VP8L", b"VP8 "}:
            return name == b"VP8L"
        size = int.from_bytes(encoded[position + 4 : position + 8], "little")
        position += 8 + size + size % 2
    return False


def span(box: Box, margin: float, width: int, height: int) -> tuple[slice, slice]:
    """Rows and columns of a box grown by ``margin`` px on every side, clipped to an image; may be empty."""
    x0, y0, x1, y1 = box
    left, top = max(0, int(np.floor(x0 - margin))), max(0, int(np.floor(y0 - margin)))
    right, bottom = min(width, int(np.ceil(x1 + margin))), min(height, int(np.ceil(y1 + margin)))
    return slice(top, max(top, bottom)), slice(left, max(left, right))


def covered(boxes: Iterable[Box], margin: float, width: int, height: int) -> Mask:
    """``(H, W)``: True inside any of the boxes grown by ``margin`` px."""
    mask = np.zeros((height, width), dtype=np.bool_)
    for box in boxes:
        mask[span(box, margin, width, height)] = True
    return mask


def hex_of(color: Iterable[float]) -> str:
    """Three values from 0 to 255 as ``#rrggbb``."""
    return "#" + "".join(f"{round(float(value)):02x}" for value in color)


def tally(colors: Pixels) -> tuple[Pixels, NDArray[np.int64]]:
    """The distinct colors among ``(N, 3)`` and how often each occurs: ``(M, 3)`` and ``(M,)``."""
    packed = (colors.astype(np.uint32) << np.array([16, 8, 0], dtype=np.uint32)).sum(axis=1, dtype=np.uint32)
    values, counts = np.unique(packed, return_counts=True)
    distinct = np.stack([values >> 16, (values >> 8) & 255, values & 255], axis=1).astype(np.uint8)
    return distinct, counts.astype(np.int64)


def thinned(colors: Pixels, limit: int = 40_000) -> Pixels:
    """At most about ``limit`` of ``(N, channels)``, evenly spread: counting a megapixel would cost 60 ms."""
    return colors[:: max(1, -(-len(colors) // limit))]
