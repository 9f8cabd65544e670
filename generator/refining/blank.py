"""Pictures that are none: numbers that are not, and nothing but one color."""

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from generator.colors import parse_color, to_lab, to_rgb
from generator.request import GenerationRequest

SAME: Final = 1.5 / 255
"""Standard deviation of every channel below which a picture is one color: less than what rounding leaves visible."""


MEANT: Final = 10.0
"""Distance in CIELAB up to which a picture of one color was meant to be the asked background."""


def is_blank(pixels: NDArray[Any], request: GenerationRequest) -> bool:
    """Whether a model failed: a value is not a number, or all pixels are one color that nobody asked for.

    Args:
        pixels: (height, width, channels), from 0 to 1.
        request: May ask for a plain color and nothing on it.
    """
    if not np.isfinite(pixels).all():
        return True
    flat = pixels.reshape(-1, pixels.shape[-1])
    if (flat.std(axis=0) >= SAME).any():
        return False
    return not _is_asked(flat.mean(axis=0)[:3], request)


def _is_asked(color: NDArray[Any], request: GenerationRequest) -> bool:
    """Whether a picture of nothing but this color is what was asked for."""
    background = parse_color(request.background) if isinstance(request.background, str) else None
    if background is None or request.text_blocks or (request.scene is not None and request.scene.objects):
        return False
    asked = np.array(to_rgb(background), dtype=np.float64)
    return bool(np.linalg.norm(to_lab(color[None, None] * 255) - to_lab(asked[None, None])) <= MEANT)
