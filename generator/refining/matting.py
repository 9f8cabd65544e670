"""What is background and what is not, where a picture stands on one plain color: for transparency, and for exact color.

A pixel at an edge is a mixture C = alpha F + (1 - alpha) K of the object's color F and the background's K (Porter and
Duff, "Compositing Digital Images", 1984). K is what the picture's frame really shows, for models do not hit a color
exactly; F is the purest color close by. So alpha follows, and the object's color without any of K.
"""

from dataclasses import dataclass
from itertools import product
from typing import Any, Final

import cv2
import numpy as np
from numpy.typing import NDArray

from generator.colors import to_lab, to_rgb

FRAME: Final = 0.02
"""Of the shorter side: the frame in which nothing but background is expected."""

NEAR: Final = 9.0
"""Distance in CIELAB from the background's color up to which a pixel is background: what noise and compression make."""

REACH: Final = 3 / 1024
"""Of the longer side: how far from the background a pixel can be a mixture."""

PLAIN: Final = 4.0
"""Standard deviation in CIELAB, of the quieter half of the frame, up to which it is one color."""

PURE: Final = 0.98

Pixels = NDArray[np.float32]


@dataclass(frozen=True, slots=True, kw_only=True)
class Matte:
    """A picture taken apart.

    Attributes:
        alpha: (height, width), from 0 for background to 1.
        color: (height, width, 3), from 0 to 1: the objects' own colors, without the background's.
        background: ``(3,)``, from 0 to 1: the color that the background has.
    """

    alpha: Pixels
    color: Pixels
    background: Pixels


def matte(pixels: NDArray[Any], wanted: str, tolerance: float) -> Matte | None:
    """Tell objects from the plain background.

    Args:
        pixels: (height, width, 3), from 0 to 1, sRGB.
        wanted: ``#rrggbb`` that the background was to have.
        tolerance: How far in CIELAB it may be off.

    Returns:
        None if the frame does not show one plain color near the wanted one.
    """
    picture = np.clip(pixels[..., :3], 0, 1).astype(np.float32)
    lab = to_lab(picture * 255).astype(np.float32)
    background = _background(picture, lab)
    if background is None:
        return None
    target = to_lab(np.array([[to_rgb(wanted)]], dtype=np.float64))[0, 0]
    color = to_lab(background[None, None] * 255)[0, 0]
    if np.linalg.norm(color - target) > tolerance:
        return None
    distance = np.linalg.norm(lab - color.astype(np.float32), axis=-1)
    return _apart(picture, distance, background)


def _background(picture: Pixels, lab: Pixels) -> Pixels | None:
    """What most of the frame shows, if that is one color; objects may reach into some of it."""
    height, width = picture.shape[:2]
    edge = max(1, round(FRAME * min(height, width)))
    inside = np.zeros((height, width), dtype=bool)
    inside[edge : height - edge, edge : width - edge] = True
    frame, frame_lab = picture[~inside], lab[~inside]
    off = np.linalg.norm(frame_lab - np.median(frame_lab, axis=0), axis=-1)
    quiet = off <= np.median(off)
    if frame_lab[quiet].std(axis=0).max() > PLAIN or np.median(off) > 2 * PLAIN:
        return None
    return np.asarray(np.median(frame[quiet], axis=0), dtype=np.float32)


def _apart(picture: Pixels, distance: Pixels, background: Pixels) -> Matte:
    height, width = distance.shape
    reach = max(1, round(REACH * max(height, width)))
    is_background = distance <= NEAR
    around = cv2.dilate(is_background.astype(np.uint8), np.ones((2 * reach + 1,) * 2, np.uint8)).astype(bool)
    alpha = np.where(is_background, 0, 1).astype(np.float32)
    color = picture.copy()
    rows, columns = np.nonzero(around & ~is_background)
    if len(rows):
        pure = _purest(picture, distance, rows, columns, reach)
        mixed = picture[rows, columns]
        towards = pure - background
        length = np.maximum((towards * towards).sum(axis=-1), 1e-6)
        share = np.clip(((mixed - background) * towards).sum(axis=-1) / length, 0, 1)
        own = np.clip((mixed - (1 - share[:, None]) * background) / np.maximum(share[:, None], 1e-3), 0, 1)
        # The less there is of it, the less its own color can be told from the background's.
        own = share[:, None] * own + (1 - share[:, None]) * pure
        whole = share >= PURE
        alpha[rows, columns] = np.where(whole, 1, share)
        color[rows, columns] = np.where(whole[:, None], mixed, own)
    color[is_background] = _spread(color, alpha, is_background)
    return Matte(alpha=alpha, color=color, background=background)


def _purest(picture: Pixels, distance: Pixels, rows: NDArray[np.intp], columns: NDArray[np.intp], reach: int) -> Pixels:
    """The color farthest from the background within reach of each of these pixels."""
    height, width = distance.shape
    best = distance[rows, columns].copy()
    pure: Pixels = picture[rows, columns].copy()
    for down, right in product(range(-reach, reach + 1), repeat=2):
        y, x = np.clip(rows + down, 0, height - 1), np.clip(columns + right, 0, width - 1)
        better = distance[y, x] > best
        best[better] = distance[y, x][better]
        pure[better] = picture[y, x][better]
    return pure


def _spread(color: Pixels, alpha: Pixels, empty: NDArray[np.bool_]) -> Pixels:
    """For pixels of which nothing is left, the color of what is near: whoever scales the picture mixes it in."""
    weight = cv2.blur(alpha, (9, 9))
    near = cv2.blur(color * alpha[..., None], (9, 9)) / np.maximum(weight[..., None], 1e-3)
    return np.asarray(np.where(weight[..., None] > 1e-3, near, 0)[empty], dtype=np.float32)
