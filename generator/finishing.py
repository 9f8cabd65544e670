"""Turns an engine's PNG into the file that is signed: exact size, asked format, no metadata.

Knows formats and sizes, nothing of scenes, receipts or credentials.
"""

import asyncio
import io
from dataclasses import dataclass
from typing import Literal, NamedTuple

from PIL import Image, ImageOps

from generator.errors import RenderFailed
from generator.request import MAX_SIDE, GeneratedImage, GenerationRequest, OutputFormat
from generator.scene import TRANSPARENT, Notice

Quality = Literal["auto", "low", "medium", "high"]

_MEDIA_TYPES = {"PNG": "image/png", "WEBP": "image/webp", "JPEG": "image/jpeg"}
SUFFIX = {"image/png": "png", "image/webp": "webp", "image/jpeg": "jpg"}
"""Endings of file names, by media type."""

_LOSSY_QUALITY: dict[Quality, int] = {"low": 80, "medium": 90, "high": 95, "auto": 95}
_PIXEL_CHUNKS = frozenset({b"IHDR", b"PLTE", b"tRNS", b"IDAT", b"IEND", b"sRGB"})
_SIGNATURE = b"\x89PNG\r\n\x1a\n"


class Probe(NamedTuple):
    """What an encoded image is, from its content. ``has_alpha``: it has an alpha channel, used or not."""

    media_type: str
    width: int
    height: int
    has_alpha: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Finished:
    """The file to sign. ``unmet`` says what the format could not keep."""

    data: bytes
    media_type: str
    width: int
    height: int
    has_alpha: bool
    unmet: tuple[Notice, ...] = ()


async def finish(image: GeneratedImage, request: GenerationRequest) -> Finished:
    """The engine's picture in the request's size and format, off the event loop.

    Raises:
        RenderFailed: The bytes are not an image of bearable size.
    """
    return await asyncio.to_thread(_finish, image.png, request)


def encode(png: bytes, output_format: OutputFormat, *, quality: Quality = "auto", backdrop: str = "#ffffff") -> bytes:
    """A PNG in another format, without any metadata.

    WebP is lossless (flat colors stay exact and it is smaller than JPEG for flat art) unless a low or medium quality is
    asked, JPEG has no chroma subsampling so that small colored text stays sharp. A clean PNG passes unchanged.

    Args:
        png: 8-bit PNG, RGB or RGBA.
        output_format: What to write.
        quality: ``auto`` and ``high``: as exact as the format can; ``medium`` and ``low`` trade exactness for size.
        backdrop: ``#rrggbb`` behind transparent pixels, for JPEG only.

    Raises:
        RenderFailed: The bytes are not an image of bearable size.
    """
    if output_format == "png" and _is_clean(png):
        return png
    image = _load(png)
    target = io.BytesIO()
    if output_format == "png":
        image.save(target, "PNG")
    elif output_format == "webp":
        lossless = quality in {"auto", "high"}
        # Lossless: "quality" is the effort; exact keeps the color of fully transparent pixels as it was.
        image.save(
            target,
            "WEBP",
            lossless=lossless,
            quality=30 if lossless else _LOSSY_QUALITY[quality],
            method=3,
            exact=lossless,
        )
    else:
        _flattened(image, backdrop).save(target, "JPEG", quality=_LOSSY_QUALITY[quality], subsampling=0, optimize=True)
    return target.getvalue()


def probe(encoded: bytes) -> Probe:
    """What these bytes are.

    Raises:
        RenderFailed: They are no PNG, WebP or JPEG of bearable size.
    """
    with _opened(encoded) as image:
        media_type = _MEDIA_TYPES[image.format or ""]
        return Probe(
            media_type, image.width, image.height, image.mode in {"RGBA", "LA", "PA"} or "transparency" in image.info
        )


def fit(png: bytes, width: int, height: int) -> bytes:
    """The PNG at exactly this size: scaled with Lanczos to cover it, what juts out is cropped evenly. Unchanged if it fits.

    Raises:
        RenderFailed: The bytes are not an image of bearable size.
    """
    if probe(png)[1:3] == (width, height):
        return png
    target = io.BytesIO()
    ImageOps.fit(_load(png), (width, height), Image.Resampling.LANCZOS).save(target, "PNG")
    return target.getvalue()


def _finish(png: bytes, request: GenerationRequest) -> Finished:
    before = probe(png)
    background = request.background
    backdrop = background if isinstance(background, str) and background != TRANSPARENT else "#ffffff"
    encoded = encode(
        fit(png, request.width, request.height), request.output_format, quality=request.quality, backdrop=backdrop
    )
    after = probe(encoded)
    lost = background == TRANSPARENT and before.has_alpha and not after.has_alpha
    return Finished(
        data=encoded,
        media_type=after.media_type,
        width=after.width,
        height=after.height,
        has_alpha=after.has_alpha,
        unmet=(Notice(key="transparency-lost", args={"format": request.output_format}),) if lost else (),
    )


def _opened(encoded: bytes) -> Image.Image:
    try:
        image = Image.open(io.BytesIO(encoded), formats=tuple(_MEDIA_TYPES))
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError, Image.DecompressionBombWarning) as exc:
        raise RenderFailed("not an image") from exc
    if image.width * image.height > 4 * MAX_SIDE**2:
        image.close()
        raise RenderFailed("too many pixels")
    return image


def _load(encoded: bytes) -> Image.Image:
    """Pixels alone, RGB or RGBA: what Pillow would carry over into the next file is dropped."""
    with _opened(encoded) as image:
        try:
            has_alpha = image.mode in {"RGBA", "LA", "PA"} or "transparency" in image.info
            pixels = image.convert("RGBA" if has_alpha else "RGB")
        except (OSError, ValueError, SyntaxError) as exc:
            raise RenderFailed("not an image") from exc
    pixels.info = {}
    return pixels


def _flattened(image: Image.Image, backdrop: str) -> Image.Image:
    if image.mode != "RGBA":
        return image
    plate = Image.new("RGBA", image.size, backdrop)
    return Image.alpha_composite(plate, image).convert("RGB")


def _is_clean(png: bytes) -> bool:
    """Whether it is a PNG that holds pixels and nothing else. Source: PNG 3rd edition, section 5.3."""
    if not png.startswith(_SIGNATURE):
        return False
    position, name = len(_SIGNATURE), b""
    while position + 12 <= len(png):
        size, name = int.from_bytes(png[position : position + 4]), png[position + 4 : position + 8]
        if name not in _PIXEL_CHUNKS:
            return False
        position += 12 + size
    return name == b"IEND" and position == len(png)
