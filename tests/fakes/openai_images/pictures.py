"""What the fake draws: stripes whose colors follow from the prompt, the seed and the images that it draws upon."""

import base64
import hashlib
import io

from PIL import Image, ImageDraw


def drawn(width: int, height: int, clue: str, *, transparent: bool = False) -> bytes:
    """A PNG of that size; equal clues give equal pictures."""
    colors = hashlib.sha256(clue.encode()).digest()
    image = Image.new("RGBA", (width, height), (0, 0, 0, 0) if transparent else (255, 255, 255, 255))
    draw = ImageDraw.Draw(image)
    for index in range(5):
        red, green, blue = colors[3 * index : 3 * index + 3]
        left = width * (2 * index + 1) // 12
        draw.rectangle((left, height // 6, left + width // 12, height * 5 // 6), fill=(red, green, blue, 255))
    target = io.BytesIO()
    (image if transparent else image.convert("RGB")).save(target, "PNG", compress_level=1)
    return target.getvalue()


def in_base64(file: bytes) -> str:
    """As answers carry it."""
    return base64.b64encode(file).decode()
