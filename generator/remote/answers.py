"""What a server answered, taken as hostile: JSON to image files, image files to pixels, partial images to previews.

Pure and blocking: call it in a thread. A URL in an answer is never followed.
"""

import base64
import binascii
import io
import json
from typing import Final

import numpy as np
from PIL import Image

from generator.errors import RenderFailed
from generator.request import MAX_SIDE

FORMATS: Final = ("PNG", "JPEG", "WEBP")
MAX_PIXELS: Final = MAX_SIDE * MAX_SIDE
PREVIEW_SIDE: Final = 256  # px, see generator.engine.Progress


def images_in(body: bytes, count: int) -> list[bytes]:
    """The files of an answer to a call for ``count`` images.

    Raises:
        RenderFailed: It is no such answer, or has fewer images; what more it has is left out.
    """
    try:
        answer = json.loads(body)
    except (ValueError, RecursionError):
        raise RenderFailed("the image server did not answer in JSON") from None
    data = answer.get("data") if isinstance(answer, dict) else None
    if not isinstance(data, list) or len(data) < count:
        raise RenderFailed("the image server answered with too few images")
    return [decoded(item.get("b64_json") if isinstance(item, dict) else None) for item in data[:count]]


def decoded(text: object) -> bytes:
    """The bytes of a base64 text.

    Raises:
        RenderFailed: It is none.
    """
    if not isinstance(text, str) or not text:
        raise RenderFailed("the image server answered without the image itself")
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise RenderFailed("the image server answered with broken base64") from None


def pixels_of(file: bytes) -> np.ndarray:
    """An image file as (H, W, 3) or, where it has transparency, (H, W, 4) float32 from 0 to 1, sRGB, straight alpha.

    Raises:
        RenderFailed: It is no PNG, JPEG or WebP, is broken, or is larger than 4096 x 4096 pixels.
    """
    image = _opened(file)
    return np.asarray(image, dtype=np.float32) / np.float32(255)


def preview_of(file: bytes) -> bytes:
    """A PNG of at most 256 px.

    Raises:
        RenderFailed: See ``pixels_of``.
    """
    image = _opened(file)
    image.thumbnail((PREVIEW_SIDE, PREVIEW_SIDE))
    target = io.BytesIO()
    image.save(target, "PNG", compress_level=1)
    return target.getvalue()


def _opened(file: bytes) -> Image.Image:
    """RGB or RGBA. What the file is, its first bytes say: names and types of an answer count for nothing."""
    try:
        image: Image.Image = Image.open(io.BytesIO(file), formats=FORMATS)
        if image.width * image.height <= MAX_PIXELS:
            return image.convert("RGBA" if image.has_transparency_data else "RGB")
    except (Image.DecompressionBombWarning, Image.DecompressionBombError):
        pass
    except (OSError, ValueError, SyntaxError):
        raise RenderFailed("the image server answered with something that is no image") from None
    raise RenderFailed("the image server answered with too large an image")
