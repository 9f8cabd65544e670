"""Whether colored objects show exactly the asked color, by CIEDE2000 over the pixels in their boxes."""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from generator.checks.objects import Presence
from generator.checks.pixels import OPAQUE, Mask, Picture, Pixels, Rgb, hex_of, span, tally
from generator.colors import delta_e_2000_array, to_rgb
from generator.receipt import ReceiptLine
from generator.scene import Kind, Scene, SceneObject

_SHARE = 0.03  # of an object's visible pixels must have its color; shades, faces and wheels keep their own
_INK_SHARE = 0.02  # of a text block's, whose box is mostly plate or background
_SAMPLES = 20_000  # pixels looked at per box


def check_colors(
    picture: Picture, scene: Scene | None, presences: Mapping[str, Presence], backdrop: Rgb | None
) -> tuple[ReceiptLine, ...]:
    """One line for every object that must have a color.

    Args:
        picture: The delivered image.
        scene: The solved scene.
        presences: What the object check found, by object id; may be empty.
        backdrop: The color around the objects, if it is a single one.
    """
    if scene is None:
        return ()
    return tuple(
        _check(picture, scene, item, presences.get(item.id), backdrop)
        for item in scene.objects
        if item.color is not None
    )


def _check(
    picture: Picture, scene: Scene, item: SceneObject, presence: Presence | None, backdrop: Rgb | None
) -> ReceiptLine:
    asked = (item.color or "").lower()
    colors = np.zeros((0, 3), dtype=np.uint8)
    if presence is None or presence.visible:
        parts = [_visible(picture, scene, box, presence) for box in item.boxes]
        colors = np.concatenate([colors, *parts])
    if presence is None and backdrop is not None:
        colors = _unlike(colors, backdrop, to_rgb(asked), picture)
    if not len(colors):
        why = "not checked: nothing visible" if item.boxes else "not checked: no box"
        return ReceiptLine(check="color", asked=asked, measured=why, passed=None, target=item.id)
    share = _INK_SHARE if item.kind is Kind.TEXT else _SHARE
    measured, passed = _measure(colors, to_rgb(asked), share, picture.tolerance.delta_e)
    return ReceiptLine(check="color", asked=asked, measured=measured, passed=passed, target=item.id)


def _visible(
    picture: Picture, scene: Scene, box: tuple[float, float, float, float], presence: Presence | None
) -> Pixels:
    """``(N, 3)``: solid pixels of one box, only those where the object shows if that is known; thinned, never blended."""
    (area,) = picture.boxes(scene, (box,))
    rows, columns = span(area, 0, picture.width, picture.height)
    height, width = rows.stop - rows.start, columns.stop - columns.start
    step = max(1, int(np.sqrt(height * width / _SAMPLES)))
    y = np.arange(rows.start, rows.stop, step)
    x = np.arange(columns.start, columns.stop, step)
    pixels = picture.rgba[np.ix_(y, x)]
    keep: Mask = pixels[..., 3] >= OPAQUE
    if presence is not None:
        small_height, small_width = presence.mask.shape
        keep &= presence.mask[np.ix_(y * small_height // picture.height, x * small_width // picture.width)]
    return np.asarray(pixels[keep][:, :3])


def _unlike(colors: Pixels, backdrop: Rgb, asked: Rgb, picture: Picture) -> Pixels:
    """Without the pixels that are background, unless the object was asked in that very color."""
    limit = 2 * picture.tolerance.delta_e
    if not len(colors) or delta_e_2000_array(np.array([backdrop], dtype=np.uint8), np.array(asked))[0] <= limit:
        return colors
    offset = np.abs(colors.astype(np.int16) - np.array(backdrop, dtype=np.int16)).max(axis=1)
    return np.asarray(colors[offset > picture.tolerance.channel])


def _measure(colors: Pixels, asked: Rgb, least: float, limit: float) -> tuple[str, bool]:
    distinct, counts = tally(colors)
    apart = delta_e_2000_array(distinct, np.array(asked))
    near = apart <= limit
    share = float(counts[near].sum() / counts.sum())
    if share >= least:
        best = np.where(near, counts, 0).argmax()
        return _words(distinct[best], float(apart[best])), True
    color, distance = _nearest_dominant(distinct, counts, apart)
    return _words(color, distance) + (f", {share:.1%} as asked" if share > 0 else ""), False


def _nearest_dominant(distinct: Pixels, counts: NDArray[np.int64], apart: NDArray[np.float64]) -> tuple[Pixels, float]:
    """Of the color groups (16 levels a channel) at least half as large as the largest, the one nearest to the asked."""
    _, group = np.unique(distinct >> 4, axis=0, return_inverse=True)
    group = group.ravel()
    weights = np.bincount(group, weights=counts)
    eligible = np.where(weights[group] >= weights.max() / 2, apart, np.inf)
    best = np.where(group == group[eligible.argmin()], counts, 0).argmax()
    return distinct[best], float(apart[best])


def _words(color: Pixels, distance: float) -> str:
    return hex_of(color) if distance < 0.05 else f"{hex_of(color)}, \N{GREEK CAPITAL LETTER DELTA}E {distance:.1f}"
