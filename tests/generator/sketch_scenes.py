"""Scenes with given boxes, and what their pictures look like as arrays."""

from io import BytesIO
from typing import Any

import numpy as np
from PIL import Image

from generator.scene import Box, Kind, Scene, SceneObject
from generator.sketch.workers import draw

CAR, APPLE, ROCKET, TREE, SUNFLOWER = "1f697", "1f34e", "1f680", "1f332", "1f33b"
MIDDLE: Box = (64.0, 64.0, 192.0, 192.0)


def art(key: str = CAR, box: Box = MIDDLE, **fields: Any) -> SceneObject:
    return SceneObject(id=fields.pop("id", key), art=key, boxes=(box,), **fields)


def text(words: str, box: Box = (16.0, 16.0, 240.0, 80.0), **fields: Any) -> SceneObject:
    return SceneObject(id="title", kind=Kind.TEXT, text=words, boxes=(box,), **fields)


def scene(*objects: SceneObject, **fields: Any) -> Scene:
    return Scene(**{"width": 256, "height": 256, "objects": objects, **fields})


def pixels(picture: Scene, references: dict[str, bytes] | None = None) -> np.ndarray:
    """``(H, W, 4)`` of the drawn scene."""
    with Image.open(BytesIO(draw(picture, references or {}, None).png)) as image:
        assert image.size == (picture.width, picture.height)
        return np.asarray(image.convert("RGBA")).astype(int)


def share(region: np.ndarray, color: str, tolerance: int = 2) -> float:
    """Share of the pixels that have the color."""
    wanted = [int(color[i : i + 2], 16) for i in (1, 3, 5)]
    return float((np.abs(region[..., :3] - wanted).max(axis=-1) <= tolerance).mean())


def inside(picture: np.ndarray, box: Box, margin: int = 0) -> np.ndarray:
    """``(H, W)``: True inside the box and ``margin`` px around it."""
    mask = np.zeros(picture.shape[:2], dtype=bool)
    x0, y0, x1, y1 = (round(value) for value in box)
    mask[max(0, y0 - margin) : y1 + margin, max(0, x0 - margin) : x1 + margin] = True
    return mask
