"""What is background and what is not, where a picture stands on one plain color: for transparency, and for exact color.

A pixel at an edge is a mixture C = alpha F + (1 - alpha) K of the object's color F and the background's K (Porter and
Duff, "Compositing Digital Images", 1984). K is what the picture's frame really shows, for models do not hit a color
exactly; F is the purest color close by. So alpha follows, and the object's color without any of K.
"""

from dataclasses import dataclass
from typing import Any, Final

import cv2
import numpy as np
from numpy.typing import NDArray

from generator.colors import to_lab, to_rgb

FRAME: Final = 0.02
"""Of the shorter side: the frame in which nothing but background is expected."""

NEAR: Final = 9.0
"""Distance in CIELAB from the background's color up to which a pixel is background: what noise and compression make."""

REACHES: Final = (3 / 1024, 6 / 1024, 12 / 1024, 24 / 1024)
"""Of the longer side: how far from the background a pixel can be a mixture. The least that the picture's edges need."""

PURER: Final = 1.05
"""By how much what is found within the next reach must be farther from the background for an edge to be that soft."""

HOLE: Final = 3.0
"""Distance in CIELAB from the background up to which what is enclosed by an object is background, or twice the noise."""

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
    return _apart(picture, distance, background, _shows_background(distance))


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


def _shows_background(distance: Pixels) -> NDArray[np.bool_]:
    """Where nothing but background is: around the objects, and in their holes if these show the very same color.

    What an object encloses and only resembles the background is a part of it.
    """
    near = distance <= NEAR
    count, labels, stats, _ = cv2.connectedComponentsWithStats(near.astype(np.uint8), connectivity=8)
    height, width = near.shape
    sides = stats[:, cv2.CC_STAT_LEFT], stats[:, cv2.CC_STAT_TOP]
    ends = sides[0] + stats[:, cv2.CC_STAT_WIDTH], sides[1] + stats[:, cv2.CC_STAT_HEIGHT]
    outside = (sides[0] == 0) | (sides[1] == 0) | (ends[0] == width) | (ends[1] == height)
    outside[0] = False  # what is not near
    around = outside[labels]
    noise = float(np.quantile(distance[around], 0.9)) if around.any() else 0.0
    sums = np.bincount(labels.ravel(), weights=distance.ravel(), minlength=count)
    same = sums / np.maximum(stats[:, cv2.CC_STAT_AREA], 1) <= max(HOLE, 2 * noise)
    return np.asarray(near & (outside | same)[labels])


def _reach(distance: Pixels, is_background: NDArray[np.bool_]) -> int:
    """How far in pixels mixtures lie from the background, by the softness of most edges."""
    side = int(max(distance.shape))
    reaches: list[int] = [max(1, round(part * side)) for part in REACHES]
    rim = cv2.dilate(is_background.astype(np.uint8), np.ones((3, 3), np.uint8)).astype(bool) & ~is_background
    if not rim.any():
        return reaches[0]
    found = [cv2.dilate(distance, np.ones((2 * reach + 1,) * 2, np.uint8))[rim] for reach in reaches]
    for index, reach in enumerate(reaches[:-1]):
        if np.median(found[index + 1] / found[index]) <= PURER:
            return reach
    return reaches[-1]


def _apart(picture: Pixels, distance: Pixels, background: Pixels, is_background: NDArray[np.bool_]) -> Matte:
    reach = _reach(distance, is_background)
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
    best, where = distance, np.arange(distance.size).reshape(distance.shape)
    for axis in (0, 1):  # the farthest of a square is the farthest of its columns' farthest
        best, where = _farthest(best, where, reach, axis)
    pure: Pixels = picture.reshape(-1, 3)[where[rows, columns]]
    return pure


def _farthest(distance: Pixels, where: NDArray[np.intp], reach: int, axis: int) -> tuple[Pixels, NDArray[np.intp]]:
    """The greatest distance within reach along one axis, and whose it is."""
    best, whose = distance.copy(), where.copy()
    for shift in (*range(-reach, 0), *range(1, reach + 1)):
        here, there = [slice(None)] * 2, [slice(None)] * 2
        here[axis] = slice(max(0, -shift), distance.shape[axis] - max(0, shift))
        there[axis] = slice(max(0, shift), distance.shape[axis] - max(0, -shift))
        to, of = tuple(here), tuple(there)
        better = distance[of] > best[to]
        best[to] = np.where(better, distance[of], best[to])
        whose[to] = np.where(better, where[of], whose[to])
    return best, whose


def _spread(color: Pixels, alpha: Pixels, empty: NDArray[np.bool_]) -> Pixels:
    """For pixels of which nothing is left, the color of what is near: whoever scales the picture mixes it in."""
    weight = cv2.blur(alpha, (9, 9))
    near = cv2.blur(color * alpha[..., None], (9, 9)) / np.maximum(weight[..., None], 1e-3)
    return np.asarray(np.where(weight[..., None] > 1e-3, near, 0)[empty], dtype=np.float32)
