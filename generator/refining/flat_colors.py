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

DRIFT: Final = 2.0
"""By how much in CIELAB the color of a flat area may change from one side to the other; what changes more is shaded."""

OPEN: Final = 0.1
"""Part of an area's border beyond which the color goes on without an edge: then it is a piece of a gradient."""

BEYOND: Final = 4.0  # in CIELAB: how much farther a gradient is looked for than the color that is snapped

SAMPLES: Final = 4000  # pixels of an area that are looked at for a drift
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
        off = np.linalg.norm(lab - target, axis=-1)
        picture[_areas(still & (off <= NEAR), still & (off <= NEAR + BEYOND), lab)] = exact
    return picture


def _still(lightness: NDArray[np.float32]) -> NDArray[np.bool_]:
    mean = cv2.blur(lightness, (WINDOW, WINDOW))
    square = cv2.blur(lightness * lightness, (WINDOW, WINDOW))
    return np.asarray(square - mean * mean <= STILL**2)


def _areas(candidates: NDArray[np.bool_], beyond: NDArray[np.bool_], lab: NDArray[np.float32]) -> NDArray[np.bool_]:
    """Those of the candidates that form large areas of one color."""
    count, labels, stats, _ = cv2.connectedComponentsWithStats(candidates.astype(np.uint8), connectivity=4)
    found = np.zeros_like(candidates)
    for label in range(1, count):
        if stats[label, cv2.CC_STAT_AREA] < SMALLEST * candidates.size:
            continue
        area = labels == label
        if lab[area].std(axis=0).max() <= ALIKE and not _drifts(area, lab) and not _goes_on(area, beyond):
            found |= area
    return found


def _drifts(area: NDArray[np.bool_], lab: NDArray[np.float32]) -> bool:
    """Whether the color changes over an area as a gradient's or a vignette's does: by a surface of second degree."""
    rows, columns = np.nonzero(area)
    every = max(1, len(rows) // SAMPLES)
    rows, columns = rows[::every], columns[::every]
    y, x = rows / area.shape[0] - 0.5, columns / area.shape[1] - 0.5
    terms = np.stack([np.ones_like(x), x, y, x * x, y * y, x * y], axis=-1)
    fitted = terms @ np.linalg.lstsq(terms, lab[rows, columns].astype(np.float64))[0]
    low, high = np.quantile(fitted, (0.02, 0.98), axis=0)
    return bool((high - low).max() > DRIFT)


def _goes_on(area: NDArray[np.bool_], beyond: NDArray[np.bool_]) -> bool:
    """Whether there is no edge where an area ends, and the color only gets a little too far from the asked one."""
    around = cv2.dilate(area.astype(np.uint8), np.ones((3, 3), np.uint8)).astype(bool) & ~area
    return bool(around.any() and (beyond & around).sum() > OPEN * around.sum())
