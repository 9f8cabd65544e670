"""Words that a model keeps misspelling, set over its picture as exact glyphs.

They stand where the model tried to write them, on a plate of the color around it that covers what it wrote; where it did
not try, the layout of the embedded engine finds a place for them by what they are: a title, a caption, a label.
"""

import asyncio
import io
import threading
from collections.abc import Mapping, Sequence
from dataclasses import replace
from difflib import SequenceMatcher
from typing import Final, Protocol

import numpy as np
from PIL import Image

from generator.checks.ocr import FoundLine
from generator.checks.text import folded
from generator.engine import CancelFlag, OnProgress
from generator.request import GeneratedImage, GenerationRequest, TextBlock
from generator.scene import TRANSPARENT, Box, Kind, Scene, SceneObject, TextRole

ALIKE: Final = 0.5
"""How much of what was read must be of the asked words for it to be an attempt at them."""

MOST_LINES: Final = 6
AROUND: Final = 0.15  # of a line's height: how much more than the letters a plate covers
LEAST: Final = (0.25, 0.06)
"""Of the picture's width and height: no words are set smaller."""


class Letterer(Protocol):
    """Sets words: the embedded engine, whose glyphs are exact."""

    async def render(
        self,
        request: GenerationRequest,
        references: Mapping[str, bytes],
        n: int,
        on_progress: OnProgress,
        cancel: CancelFlag,
    ) -> tuple[GeneratedImage, ...]:
        """See ``Engine.render``."""
        ...

    async def redraw(
        self, scenes: Sequence[Scene], references: Mapping[str, bytes], longest_side: int
    ) -> tuple[bytes, ...]:
        """See ``Redraws.redraw``."""
        ...


async def lettered(
    picture: bytes, blocks: Sequence[TextBlock], found: Sequence[FoundLine], letterer: Letterer
) -> tuple[bytes, tuple[SceneObject, ...]]:
    """Set words over a picture.

    Args:
        picture: Any image that Pillow reads.
        blocks: The words.
        found: What was read in the picture, and where.
        letterer: Draws the glyphs.

    Returns:
        The picture as PNG, and the words as they stand in it, each with its box.

    Raises:
        GeneratorError: The words could not be drawn.
    """
    image = await asyncio.to_thread(_opened, picture)
    scene = Scene(
        width=image.width,
        height=image.height,
        background=TRANSPARENT,
        objects=tuple(_object(number, block, found, image.size) for number, block in enumerate(blocks)),
    )
    request = GenerationRequest(width=image.width, height=image.height, background=TRANSPARENT, scene=scene)
    (laid,) = await letterer.render(request, {}, 1, lambda _: None, threading.Event())
    placed = laid.scene or scene
    objects = await asyncio.to_thread(_on_plates, placed.objects, image)
    (glyphs,) = await letterer.redraw([replace(placed, objects=objects)], {}, max(image.size))
    return await asyncio.to_thread(_over, image, glyphs), objects


def _opened(picture: bytes) -> Image.Image:
    with Image.open(io.BytesIO(picture)) as image:
        return image.convert("RGBA" if image.has_transparency_data else "RGB")


def _object(number: int, block: TextBlock, found: Sequence[FoundLine], size: tuple[int, int]) -> SceneObject:
    item = SceneObject(id=f"text{number}", kind=Kind.TEXT, text=block.text, role=block.role, plate="#ffffff")
    if (place := place_of(block.text, found)) is not None:
        return replace(item, boxes=(_roomy(place, size),))
    # What a label is of is not known here: at an edge it covers least.
    return replace(item, role=TextRole.CAPTION) if block.role is TextRole.LABEL else item


def place_of(text: str, found: Sequence[FoundLine]) -> Box | None:
    """Around the lines that were an attempt at the words; None if none were."""
    asked, best, where = folded(text).casefold(), ALIKE, None
    for start in range(len(found)):
        for end in range(start + 1, min(len(found), start + MOST_LINES) + 1):
            lines = found[start:end]
            read = folded(" ".join(line.text for line in lines)).casefold()
            alike = SequenceMatcher(None, asked, read, autojunk=False).ratio()
            if alike > best:
                best, where = alike, lines
    if where is None:
        return None
    lefts, tops, rights, bottoms = zip(*(line.box for line in where), strict=True)
    return min(lefts), min(tops), max(rights), max(bottoms)


def _roomy(box: Box, size: tuple[int, int]) -> Box:
    """A box with a margin, large enough to read, within the picture."""
    more = AROUND * (box[3] - box[1])
    sides = []
    for axis in (0, 1):
        low, high, limit = box[axis] - more, box[axis + 2] + more, size[axis]
        missing = max(0.0, LEAST[axis] * limit - (high - low)) / 2
        low, high = low - missing, high + missing
        low, high = low - max(0.0, high - limit), high - min(0.0, low)  # pushed in at one side, kept as long
        sides.append((max(0.0, low), min(float(limit), high)))
    (left, right), (top, bottom) = sides
    return left, top, right, bottom


def _on_plates(objects: Sequence[SceneObject], image: Image.Image) -> tuple[SceneObject, ...]:
    """The words, each on the color that most of its surroundings have."""
    pixels = np.asarray(image.convert("RGBA"))
    return tuple(replace(item, plate=_around(item.boxes, pixels) or item.plate) for item in objects)


def _around(boxes: Sequence[Box], pixels: np.ndarray) -> str | None:
    """``#rrggbb``: the median of the boxes' rims; None where that is mostly transparent."""
    height, width = pixels.shape[:2]
    rims = []
    for left, top, right, bottom in boxes:
        rows = slice(max(0, round(top) - 3), min(height, round(bottom) + 3))
        columns = slice(max(0, round(left) - 3), min(width, round(right) + 3))
        area = pixels[rows, columns]
        if area.size:
            rims += [
                area[:3].reshape(-1, 4),
                area[-3:].reshape(-1, 4),
                area[:, :3].reshape(-1, 4),
                area[:, -3:].reshape(-1, 4),
            ]
    if not rims:
        return None
    rim = np.concatenate(rims)
    solid = rim[rim[:, 3] >= 128]
    if 2 * len(solid) < len(rim):
        return None
    red, green, blue = np.median(solid[:, :3], axis=0).astype(int)
    return f"#{red:02x}{green:02x}{blue:02x}"


def _over(image: Image.Image, glyphs: bytes) -> bytes:
    with Image.open(io.BytesIO(glyphs)) as opened:
        words = opened.convert("RGBA").resize(image.size, Image.Resampling.LANCZOS)
    under = image.convert("RGBA")
    under.alpha_composite(words)
    target = io.BytesIO()
    (under if image.mode == "RGBA" else under.convert("RGB")).save(target, "PNG", compress_level=4)
    return target.getvalue()
