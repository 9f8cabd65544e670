"""Flat areas that have nearly an asked color get it exactly. Photographs, gradients and textures stay as they are."""

from collections.abc import Iterable
from typing import Any, Final

import cv2
import numpy as np
from numpy.typing import NDArray

from generator.colors import to_lab, to_rgb

NEAR: Final = 10.0
"""Distance in CIELAB up to which a color was meant to be the asked one."""

STILL: Final = 1.2
"""Standard deviation of lightness among the neighbors of a pixel in a flat area."""

ALIKE: Final = 2.5
"""Standard deviation of a whole flat area; a gradient has more."""

SMALLEST: Final = 0.004  # of the picture
WINDOW: Final = 9  # px


def snap(pixels: NDArray[Any], colors: Iterable[str]) -> NDArray[np.float32]:
    """The picture with its flat areas in exactly the asked colors.

    Args:
        pixels: (height, width, 3), from 0 to 1.
        colors: ``#rrggbb``, the first one wins where two are near.
    """
    picture = np.asarray(pixels, dtype=np.float32).copy()
    lab = to_lab(picture * 255).astype(np.float32)
    still = _still(lab[..., 0])
    for color in reversed(list(dict.fromkeys(colors))):
        exact = np.array(to_rgb(color), dtype=np.float32) / 255
        target = to_lab(exact[None, None] * 255)[0, 0].astype(np.float32)
        candidates = still & (np.linalg.norm(lab - target, axis=-1) <= NEAR)
        picture[_areas(candidates, lab)] = exact
    return picture


def _still(lightness: NDArray[np.float32]) -> NDArray[np.bool_]:
    mean = cv2.blur(lightness, (WINDOW, WINDOW))
    square = cv2.blur(lightness * lightness, (WINDOW, WINDOW))
    return np.asarray(square - mean * mean <= STILL**2)


def _areas(candidates: NDArray[np.bool_], lab: NDArray[np.float32]) -> NDArray[np.bool_]:
    """Those of the candidates that form large areas of one color."""
    count, labels, stats, _ = cv2.connectedComponentsWithStats(candidates.astype(np.uint8), connectivity=4)
    found = np.zeros_like(candidates)
    for label in range(1, count):
        if stats[label, cv2.CC_STAT_AREA] < SMALLEST * candidates.size:
            continue
        area = labels == label
        if lab[area].std(axis=0).max() <= ALIKE:
            found |= area
    return found
