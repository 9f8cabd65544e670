"""Compares the delivered image with redraws of its scene, all reduced to one small size.

Knows pixels and boxes, not receipts. Reduced images are ``(h, w, 4)`` int16 from 0 to 255 with premultiplied alpha,
so that a vanished pixel counts whatever color it had. Masks are ``(h, w)``.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFilter

from generator.checks.pixels import OPAQUE, Mask, Picture, Rgb, decode

Reduced = NDArray[np.int16]

CHANGE = 6  # of 255: what an object must change in some channel for a pixel to count as its own
_HALFTONE = 0.5  # of an object's strong contrast: pixels below are its soft edge
_KEPT = 0.25  # of the change that the object makes must be found in the delivered image


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Comparison:
    """The delivered image beside its redraws.

    Attributes:
        delivered: The delivered image, reduced.
        full: The whole scene drawn again.
        partial: The scene drawn again without some parts, one per group.
        unlike: Where the delivered image is not the redrawn scene, beyond what resampling does.
        noise: The tolerance that ``unlike`` was made with.
    """

    delivered: Reduced
    full: Reduced
    partial: tuple[Reduced, ...]
    unlike: Mask
    noise: int

    def trace(self, group: int) -> Mask:
        """Where leaving out the parts of this group changes the picture."""
        return np.asarray(self._change(group) >= CHANGE)

    def shown(self, group: int, own: Mask) -> float:
        """Share of a part's own solid pixels (``own`` within the trace) that the delivered image shows."""
        change = self._change(group)
        solid = own & (change >= _HALFTONE * np.percentile(change[own], 90))
        found = np.abs(self.delivered - self.partial[group]).max(axis=2)
        limit = np.maximum(_KEPT * change, min(self.noise, CHANGE * 2))
        return float((found[solid] >= np.minimum(limit, change * 0.75)[solid]).mean())

    def strength(self, group: int, own: Mask) -> float:
        """Mean change, of 255, that a part makes where it shows."""
        return float(self._change(group)[own].mean())

    def _change(self, group: int) -> Reduced:
        return np.asarray(np.abs(self.full - self.partial[group]).max(axis=2))


def compare(picture: Picture, redrawn: Sequence[bytes], backdrop: Rgb | None) -> Comparison | None:
    """Reduce the delivered image to the size of its redraws and compare.

    Args:
        picture: The delivered image.
        redrawn: PNGs: the whole scene first, then one for each group.
        backdrop: The delivered image's single background color, if it has one.

    Returns:
        None if a redraw cannot be decoded or the sizes disagree.
    """
    images = [image.rgba for image in (decode(data) for data in redrawn) if image is not None]
    if not images or len(images) < len(redrawn) or len({image.shape for image in images}) > 1:
        return None
    height, width = images[0].shape[:2]
    reduced = Image.fromarray(picture.rgba, "RGBA").convert("RGBa").resize((width, height), Image.Resampling.BOX)
    delivered = np.asarray(reduced).astype(np.int16)
    flattened = backdrop if picture.rgba[..., 3].min() >= OPAQUE else None
    full, *partial = (_premultiplied(image, flattened) for image in images)
    noise = picture.tolerance.noise
    return Comparison(
        delivered=delivered, full=full, partial=tuple(partial), unlike=_unlike(delivered, full, noise), noise=noise
    )


def _premultiplied(image: NDArray[np.uint8], backdrop: Rgb | None) -> Reduced:
    """A redraw; put on the backdrop if the delivered image lost its transparency, which is the background's fault."""
    alpha = image[..., 3:].astype(np.float32) / 255
    color = image[..., :3] * alpha
    if backdrop is None:
        return np.asarray(np.rint(np.concatenate([color, image[..., 3:]], axis=2)), dtype=np.int16)
    color = color + np.array(backdrop, dtype=np.float32) * (1 - alpha)
    return np.asarray(np.rint(np.concatenate([color, np.full_like(alpha, 255)], axis=2)), dtype=np.int16)


def _unlike(delivered: Reduced, full: Reduced, noise: int) -> Mask:
    """Pixels outside the range of values that the redraw has within one pixel: edges fall differently when reduced."""
    image = Image.fromarray(full.astype(np.uint8), "RGBA")
    channels = [
        (np.asarray(band.filter(ImageFilter.MinFilter(3))), np.asarray(band.filter(ImageFilter.MaxFilter(3))))
        for band in image.split()
    ]
    low = np.stack([pair[0] for pair in channels], axis=2).astype(np.int16) - noise
    high = np.stack([pair[1] for pair in channels], axis=2).astype(np.int16) + noise
    return np.asarray(((delivered < low) | (delivered > high)).any(axis=2))


def grown(mask: Mask) -> Mask:
    """The mask and all its neighbours within one pixel."""
    image = Image.fromarray(mask.astype(np.uint8) * 255, "L")
    return np.asarray(image.filter(ImageFilter.MaxFilter(3))) > 0
