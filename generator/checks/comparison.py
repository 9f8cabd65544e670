"""Compares the delivered image with redraws of its scene, all reduced to one small size.

Knows pixels and boxes, not receipts. Reduced images are ``(4, h, w)`` int16 from 0 to 255 with premultiplied alpha,
so that a vanished pixel counts whatever color it had. Masks are ``(h, w)``.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFilter

from generator.checks.pixels import OPAQUE, Mask, Picture, Pixels, Rgb, decode

Reduced = NDArray[np.int16]

CHANGE = 6  # of 255: what an object must change in some channel for a pixel to count as its own
_HALFTONE = 0.5  # of an object's strong contrast: pixels below are its soft edge
_KEPT = 0.25  # of the change that an object makes must be found in the delivered image, whatever its color became
_LEAST_KEPT = 12  # of 255, above what resampling alone does


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Comparison:
    """The delivered image beside its redraws.

    Attributes:
        unlike: Where the delivered image is not the redrawn scene, beyond what resampling does.
        changes: By group, ``(h, w)``: what leaving out its parts changes in the redraw, of 255, in the most changed
            channel.
        found: By group, ``(h, w)``: how far the delivered image is from the scene without these parts.
    """

    unlike: Mask
    changes: tuple[Reduced, ...]
    found: tuple[Reduced, ...]

    def trace(self, group: int) -> Mask:
        """Where leaving out the parts of this group changes the picture."""
        return np.asarray(self.changes[group] >= CHANGE)

    def shown(self, group: int, own: Mask) -> float:
        """Share of a part's solid pixels that the delivered image shows; ``own`` is its trace and not empty."""
        change, found = self.changes[group][own], self.found[group][own]
        solid = change >= _HALFTONE * np.percentile(change, 90)
        least = np.minimum(np.maximum(_KEPT * change, _LEAST_KEPT), 0.75 * change)
        return float((found >= least)[solid].mean())

    def strength(self, group: int, own: Mask) -> float:
        """Mean change, of 255, that a part makes where it shows."""
        return float(self.changes[group][own].mean())


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
    delivered = _planes(reduced)
    flattened = backdrop if picture.rgba[..., 3].min() >= OPAQUE else None
    full, *partial = (_redrawn(image, flattened) for image in images)
    return Comparison(
        unlike=_unlike(delivered, full, picture.tolerance.noise),
        changes=tuple(np.abs(full - image).max(axis=0) for image in partial),
        found=tuple(np.abs(delivered - image).max(axis=0) for image in partial),
    )


def _redrawn(rgba: Pixels, backdrop: Rgb | None) -> Reduced:
    """A redraw; put on the backdrop if the delivered image lost its transparency, which is the background's fault."""
    image = Image.fromarray(rgba, "RGBA")
    if backdrop is not None:
        image = Image.alpha_composite(Image.new("RGBA", image.size, backdrop), image)
    return _planes(image.convert("RGBa"))


def _planes(image: Image.Image) -> Reduced:
    return np.ascontiguousarray(np.asarray(image).transpose(2, 0, 1)).astype(np.int16)


def _unlike(delivered: Reduced, full: Reduced, noise: int) -> Mask:
    """Pixels outside the range of values that the redraw has within one pixel: edges fall differently when reduced."""
    unlike = np.zeros(full.shape[1:], dtype=np.bool_)
    for plane, values in zip(full, delivered, strict=True):
        band = Image.fromarray(plane.astype(np.uint8), "L")
        low = np.asarray(band.filter(ImageFilter.MinFilter(3))).astype(np.int16) - noise
        high = np.asarray(band.filter(ImageFilter.MaxFilter(3))).astype(np.int16) + noise
        unlike |= (values < low) | (values > high)
    return unlike


def grown(mask: Mask) -> Mask:
    """The mask and all its neighbours within one pixel."""
    image = Image.fromarray(mask.astype(np.uint8) * 255, "L")
    return np.asarray(image.filter(ImageFilter.MaxFilter(3))) > 0
