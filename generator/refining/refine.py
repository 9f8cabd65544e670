"""A model's pixels made into what was asked: transparent, on the asked color, in the asked colors, of the asked size."""

import io
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps

from generator.colors import parse_color, to_rgb
from generator.refining.flat_colors import snap
from generator.refining.matting import Matte, matte
from generator.request import GenerationRequest
from generator.scene import TRANSPARENT, Notice

KEY_OFF: Final = 45.0
"""How far in CIELAB a model's background may be from the key that it was told; only that it is plain matters."""

BACKGROUND_OFF: Final = 20.0
"""How far it may be from an asked background to be set to it: farther, the model meant something else."""

GONE: Final = (0.02, 0.985)
"""Of the picture that is transparent: less is no background, more is no picture."""

SQUEEZE: Final = 0.02
"""How much a shape may be stretched, unseen; what is off by more is cropped evenly, and said."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Refined:
    """``png``: 8-bit RGB, or RGBA with straight alpha. ``unmet``: what could not be had."""

    png: bytes
    has_alpha: bool
    unmet: tuple[Notice, ...] = ()


def refine(pixels: NDArray[Any], request: GenerationRequest, key_color: str | None = None) -> Refined:
    """Make a picture what was asked for. Blocking; some tenths of a second.

    Args:
        pixels: (height, width, 3 or 4), from 0 to 1, in any size.
        request: Asks for a background, colors and a size.
        key_color: The plain background that the model was told to draw, to be taken away.
    """
    picture = np.clip(np.asarray(pixels, dtype=np.float32), 0, 1)
    unmet: list[Notice] = []
    if request.background == TRANSPARENT:
        picture, made = _transparent(picture, key_color)
        if not made:
            unmet.append(Notice(key="transparency-not-made"))
    else:
        picture = _opaque(picture, request.background)
        background = request.background if isinstance(request.background, str) else None
        if background is not None and (found := matte(picture, background, BACKGROUND_OFF)) is not None:
            picture = _over(found, background)
    colors = list(_asked_colors(request))
    if colors:
        picture = np.dstack([snap(picture[..., :3], colors), picture[..., 3:]])
    image, cropped = _sized(picture, request.width, request.height)
    if cropped:
        unmet.append(Notice(key="shape-cropped"))
    target = io.BytesIO()
    image.save(target, "PNG", compress_level=4)
    return Refined(png=target.getvalue(), has_alpha=image.mode == "RGBA", unmet=tuple(unmet))


def _transparent(picture: NDArray[np.float32], key_color: str | None) -> tuple[NDArray[np.float32], bool]:
    """The picture with alpha, and whether its background is gone."""
    if picture.shape[-1] == 4:
        return picture, _is_cut(picture[..., 3])
    found = None if key_color is None else matte(picture, key_color, KEY_OFF)
    if found is None or not _is_cut(found.alpha):
        return picture, False
    return np.dstack([found.color, found.alpha]), True


def _is_cut(alpha: NDArray[np.float32]) -> bool:
    return bool(GONE[0] <= (alpha < 0.5).mean() <= GONE[1])


def _opaque(picture: NDArray[np.float32], background: object) -> NDArray[np.float32]:
    """Without alpha: what a model left transparent shows the asked background, or white."""
    if picture.shape[-1] == 3:
        return picture
    color = parse_color(background) if isinstance(background, str) else None
    behind = np.array(to_rgb(color or "#ffffff"), dtype=np.float32) / 255
    alpha = picture[..., 3:]
    return np.asarray(alpha * picture[..., :3] + (1 - alpha) * behind, dtype=np.float32)


def _over(found: Matte, background: str) -> NDArray[np.float32]:
    color = np.array(to_rgb(background), dtype=np.float32) / 255
    alpha = found.alpha[..., None]
    return np.asarray(alpha * found.color + (1 - alpha) * color, dtype=np.float32)


def _asked_colors(request: GenerationRequest) -> Iterator[str]:
    """Those of the palette, and those that objects were to have."""
    yield from (color for color in map(parse_color, request.palette) if color is not None)
    if request.scene is not None:
        yield from (item.color for item in request.scene.objects if item.color is not None and item.text is None)


def _sized(picture: NDArray[np.float32], width: int, height: int) -> tuple[Image.Image, bool]:
    """As an image of exactly this size, and whether something of it had to be cropped."""
    image = Image.fromarray((picture * 255 + 0.5).astype(np.uint8))
    if image.size == (width, height):
        return image, False
    stretch = (image.width / image.height) / (width / height)
    if max(stretch, 1 / stretch) - 1 <= SQUEEZE:
        return image.resize((width, height), Image.Resampling.LANCZOS), False
    return ImageOps.fit(image, (width, height), Image.Resampling.LANCZOS), True
