"""The dominant colors of an image, for requests that take their palette from an upload."""

import io

import numpy as np
from PIL import Image

from generator.colors import delta_e_2000
from generator.request import MAX_SIDE

_SIDE = 256  # px, enough to count colors
_DISTINCT = 10.0  # CIEDE2000: nearer colors are one
_CANDIDATES = 6  # per wanted color


def dominant_colors(png: bytes, n: int = 5) -> tuple[str, ...]:
    """Up to ``n`` clearly different colors as ``#rrggbb``, the most common first.

    Deterministic. Flat colors come back exactly: groups are found by median cut, and each is named by the color that is
    most frequent in it, never by a mean. Pixels that are mostly transparent do not count.

    Args:
        png: A sanitized image.
        n: How many at most, 1 to 16.

    Returns:
        Fewer than ``n`` if the image has no more; empty if all of it is transparent.

    Raises:
        ValueError: The bytes are no image, or one of more than 4 times the largest size.
    """
    pixels = _pixels(png)
    if not len(pixels):
        return ()
    strip = Image.fromarray(pixels[np.newaxis], "RGB")
    groups = np.asarray(strip.quantize(min(256, _CANDIDATES * n), Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE))[
        0
    ]
    packed = pixels.astype(np.uint32) @ np.array([65536, 256, 1], dtype=np.uint32)
    candidates = []
    for group in np.unique(groups):
        values, counts = np.unique(packed[groups == group], return_counts=True)
        candidates.append((int(counts.sum()), int(values[counts.argmax()])))
    chosen: list[str] = []
    for _, value in sorted(candidates, key=lambda pair: (-pair[0], pair[1])):
        color = f"#{value:06x}"
        if len(chosen) < n and all(delta_e_2000(color, other) >= _DISTINCT for other in chosen):
            chosen.append(color)
    return tuple(chosen)


def _pixels(png: bytes) -> "np.ndarray[tuple[int, int], np.dtype[np.uint8]]":
    """``(N, 3)``: solid pixels, picked and not blended when the image is large."""
    try:
        with Image.open(io.BytesIO(png), formats=("PNG", "JPEG", "WEBP")) as image:
            if image.width * image.height > 4 * MAX_SIDE**2:
                raise ValueError("too many pixels")
            rgba = image.convert("RGBA")
    except (OSError, SyntaxError, Image.DecompressionBombError, Image.DecompressionBombWarning) as exc:
        raise ValueError("not an image") from exc
    rgba.thumbnail((_SIDE, _SIDE), Image.Resampling.NEAREST)
    pixels = np.asarray(rgba).reshape(-1, 4)
    return np.ascontiguousarray(pixels[pixels[:, 3] >= 128][:, :3])
