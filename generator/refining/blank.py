"""Pictures that are none: numbers that are not, and nothing but one color."""

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

SAME: Final = 1.5 / 255
"""Standard deviation of every channel below which a picture is one color: less than what rounding leaves visible."""


def is_blank(pixels: NDArray[Any]) -> bool:
    """Whether a model failed: a value is not a number, or all pixels are one color.

    Even a request for a plain background has something on it, and a model that draws one color all over is broken.

    Args:
        pixels: (height, width, channels), from 0 to 1.
    """
    if not np.isfinite(pixels).all():
        return True
    return bool((pixels.reshape(-1, pixels.shape[-1]).std(axis=0) < SAME).all())
