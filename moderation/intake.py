"""Uploads become plain PNG files: decoded by content, bounded, turned upright, stripped of everything but pixels.

Knows file formats and their tricks. Does not know what a picture shows, nor who sent it or what it is for.
"""

import hashlib
import io
from dataclasses import dataclass

import numpy as np
from PIL import ExifTags, Image, ImageCms
from PIL.Image import Transpose

MAX_BYTES = 25 * 1024 * 1024
MAX_PIXELS = 50_000_000
MAX_SIDE = 16_384
MIN_SIDE = 8
# A reference larger than this gains nothing: no engine draws above it. The longest side is scaled down to it.
MAX_KEPT_SIDE = 4096
# Real display and print profiles are below 3 MiB.
_MAX_PROFILE = 4 * 1024 * 1024
_SNIFFED = 512

_SUPPORTED_MAGIC = ((b"\x89PNG\r\n\x1a\n", "PNG"), (b"\xff\xd8\xff", "JPEG"), (b"GIF87a", "GIF"), (b"GIF89a", "GIF"))
_KNOWN_MAGIC = (
    b"BM",
    b"II*\x00",
    b"MM\x00*",
    b"%PDF",
    b"8BPS",
    b"\x00\x00\x01\x00",
    b"\xff\x0a",
    b"PK\x03\x04",
    b"\x1f\x8b",
)
_UPRIGHT = {
    2: Transpose.FLIP_LEFT_RIGHT,
    3: Transpose.ROTATE_180,
    4: Transpose.FLIP_TOP_BOTTOM,
    5: Transpose.TRANSPOSE,
    6: Transpose.ROTATE_270,
    7: Transpose.TRANSVERSE,
    8: Transpose.ROTATE_90,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class CleanImage:
    """An upload that is safe to keep and to hand on.

    Attributes:
        png: An sRGB, 8-bit RGB or RGBA PNG file with no metadata at all.
        digest: SHA-256 of ``png``, 64 hex digits.
        width: Pixels, ``MIN_SIDE`` to ``MAX_KEPT_SIDE`` after scaling.
        height: Pixels, likewise.
    """

    png: bytes
    digest: str
    width: int
    height: int


class IntakeError(Exception):
    """An upload that is not taken.

    Attributes:
        code: A stable word; ``intake-`` plus it is a message of the catalogue.
        args_for_words: What the message names.
    """

    code = "not-an-image"

    def __init__(self, **args_for_words: int | str) -> None:
        self.args_for_words: dict[str, int | str] = args_for_words
        super().__init__(self.code)

    @property
    def key(self) -> str:
        """Id of the message that tells the user."""
        return f"intake-{self.code}"


class NotAnImage(IntakeError):
    """Neither a picture we read nor one we know."""


class UnsupportedType(IntakeError):
    """A known kind of file, but not PNG, JPEG, WebP or GIF."""

    code = "unsupported-type"


class TooLarge(IntakeError):
    """More bytes than ``MAX_BYTES``."""

    code = "too-large"


class TooManyPixels(IntakeError):
    """The header announces more pixels, or a longer side, than is decoded."""

    code = "too-many-pixels"


class TooSmall(IntakeError):
    """A side shorter than ``MIN_SIDE``."""

    code = "too-small"


class Animated(IntakeError):
    """More than one frame."""

    code = "animated"


class Truncated(IntakeError):
    """The file ends early or is damaged."""

    code = "truncated"


def sanitize(data: bytes) -> CleanImage:
    """Decode an uploaded file by its content and keep nothing but upright sRGB pixels.

    Blocks for up to about two seconds on the largest allowed picture: call it in a thread.

    Args:
        data: The file as it came, of any length.

    Returns:
        The clean picture, at most ``MAX_KEPT_SIDE`` pixels on its longest side.

    Raises:
        IntakeError: One of its subclasses says why the file is not taken.
    """
    if len(data) > MAX_BYTES:
        raise TooLarge(megabytes=MAX_BYTES // (1024 * 1024))
    kind = _sniff(data)
    try:
        return _encode(_plain(_decode(data, kind)))
    except IntakeError:
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as exc:
        raise TooManyPixels(megapixels=MAX_PIXELS // 1_000_000, side=MAX_SIDE) from exc
    except Exception as exc:
        # Hostile files make the decoders raise nearly anything.
        raise Truncated from exc


def _sniff(data: bytes) -> str:
    """Pillow's name of the format, from the first bytes alone."""
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "WEBP"
    for magic, kind in _SUPPORTED_MAGIC:
        if data.startswith(magic):
            return kind
    head = data[:_SNIFFED].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if data.startswith(_KNOWN_MAGIC) or data[4:8] == b"ftyp" or head.startswith((b"<?xml", b"<svg", b"<!doctype")):
        raise UnsupportedType
    raise NotAnImage


def _decode(data: bytes, kind: str) -> Image.Image:
    """The first frame's pixels; the size is judged from the header, before anything is decoded."""
    image = Image.open(io.BytesIO(data), formats=[kind])
    width, height = image.size
    if width * height > MAX_PIXELS or max(width, height) > MAX_SIDE:
        raise TooManyPixels(megapixels=MAX_PIXELS // 1_000_000, side=MAX_SIDE)
    if min(width, height) < MIN_SIDE:
        raise TooSmall(side=MIN_SIDE)
    # Phones store a preview behind a JPEG as a second picture; that is not an animation.
    if kind != "JPEG" and getattr(image, "is_animated", False):
        raise Animated
    image.load()
    return image


def _plain(image: Image.Image) -> Image.Image:
    """Upright, sRGB, 8 bits a channel, not larger than is kept, without a trace of the file it came from."""
    orientation = _UPRIGHT.get(_orientation(image))
    profile = image.info.get("icc_profile")
    pixels = _to_srgb(_eight_bits(image), profile if isinstance(profile, bytes) else b"")
    if orientation is not None:
        pixels = pixels.transpose(orientation)
    if max(pixels.size) > MAX_KEPT_SIDE:
        scale = MAX_KEPT_SIDE / max(pixels.size)
        size = (max(MIN_SIDE, round(pixels.width * scale)), max(MIN_SIDE, round(pixels.height * scale)))
        pixels = pixels.resize(size, Image.Resampling.LANCZOS)
    # Only pixels cross over: a copy would carry the file's text, profile and EXIF along.
    bare = Image.new(pixels.mode, pixels.size)
    bare.paste(pixels)
    return bare


def _orientation(image: Image.Image) -> int:
    """The EXIF orientation, 1 when there is none or it cannot be read."""
    try:
        return int(image.getexif().get(ExifTags.Base.Orientation, 1))
    except Exception:  # noqa: BLE001 - damaged EXIF must not cost the user the picture
        return 1


def _eight_bits(image: Image.Image) -> Image.Image:
    """16-bit gray scaled to 8 bits, which Pillow's own conversion would clip to white."""
    if not image.mode.startswith("I"):
        return image
    samples = np.asarray(image)
    if samples.dtype != np.uint16:
        samples = np.clip(samples, 0, 0xFFFF).astype(np.uint16)
    return Image.fromarray((samples >> 8).astype(np.uint8))


def _to_srgb(image: Image.Image, profile: bytes) -> Image.Image:
    """Colors converted through the embedded profile where it fits the pixels; alpha is kept."""
    target = "RGBA" if image.has_transparency_data else "RGB"
    if not profile or len(profile) > _MAX_PROFILE:
        return image.convert(target)
    source = image.convert(target) if image.mode not in {"RGB", "CMYK", "L"} or target == "RGBA" else image
    alpha = source.getchannel("A") if target == "RGBA" else None
    opaque = source.convert("RGB") if alpha is not None else source
    try:
        converted = ImageCms.profileToProfile(
            opaque, ImageCms.ImageCmsProfile(io.BytesIO(profile)), ImageCms.createProfile("sRGB"), outputMode="RGB"
        )
    except (ImageCms.PyCMSError, OSError, ValueError):
        return image.convert(target)
    result = converted if converted is not None else opaque.convert("RGB")
    if alpha is not None:
        result.putalpha(alpha)
    return result


def _encode(image: Image.Image) -> CleanImage:
    buffer = io.BytesIO()
    image.save(buffer, format="PNG", compress_level=3)
    png = buffer.getvalue()
    return CleanImage(png=png, digest=hashlib.sha256(png).hexdigest(), width=image.width, height=image.height)
