"""Copies of images that a platform would not take: other encodings at the same size, signed anew (platforms D17, P1).

Never smaller, never without transparency that the original has. What fits at no quality is not posted.
"""

import asyncio
import hashlib
import io
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Final

from PIL import Image

from bots.app import App
from generator.scene import Notice
from storage.credentials import Claim
from storage.errors import BlobMissing
from storage.records import GenerationRecord
from storage.renditions import RenditionRecord

MANIFEST_BYTES: Final = 256 * 1024  # what signing adds at most to a copy; the parent goes in as a thumbnail
PNG, JPEG, WEBP = "image/png", "image/jpeg", "image/webp"
EVERY_FORMAT: Final = frozenset({PNG, JPEG, WEBP})
QUALITIES: Final = (95, 90, 85, 80, 75, 70, 65, 60)
MEGABYTE: Final = 1024 * 1024


class TooLarge(Exception):
    """No encoding of an image at its own size fits."""


def megabytes(size: int) -> str:
    """For people, with one decimal."""
    return f"{size / MEGABYTE:.1f}"


async def fitting(
    app: App, image: GenerationRecord, limit: int, formats: frozenset[str] = EVERY_FORMAT
) -> tuple[bytes, str, Notice | None]:
    """Signed bytes of the image that fit, their media type, and what is to be said if they are a copy.

    Args:
        app: The wired parts.
        image: With its blob.
        limit: Largest file that can be posted, in bytes.
        formats: Media types that the platform shows.

    Raises:
        TooLarge: Nothing fits.
        BlobMissing: The image was removed.
    """
    original = await app.blobs.get(image.digest)
    if len(original) <= limit and image.media_type in formats:
        return original, image.media_type, None
    words = _words(len(original), image.media_type, formats)
    reason = f"limit-{limit}" + ("" if formats == EVERY_FORMAT else f"-{'-'.join(sorted(map(_short, formats)))}")
    known = await app.records.rendition(image.id, reason)
    if known is not None and known.size_bytes <= limit:
        try:
            return await app.blobs.get(known.digest), known.media_type, words
        except BlobMissing:
            pass
    steps = _copies(original, formats, has_alpha=image.has_alpha)
    while (made := await asyncio.to_thread(next, steps, None)) is not None:
        data, media_type = made
        if len(data) + MANIFEST_BYTES > limit:
            continue
        signed = await _signed(app, image, original, data, media_type)
        if len(signed[0]) > limit:
            continue
        digest = await app.blobs.put(signed[0], media_type)
        await app.records.add_rendition(
            RenditionRecord(
                digest=digest,
                generation=image.id,
                media_type=media_type,
                width=image.width,
                height=image.height,
                size_bytes=len(signed[0]),
                manifest=signed[1],
                reason=reason,
            )
        )
        return signed[0], media_type, words
    raise TooLarge(image.id)


def _words(size: int, media_type: str, formats: frozenset[str]) -> Notice:
    if media_type not in formats:
        return Notice(key="card-copy-format", args={"format": _short(media_type).upper()})
    return Notice(key="card-copy", args={"megabytes": megabytes(size)})


def _short(media_type: str) -> str:
    return media_type.rpartition("/")[2]


def _copies(original: bytes, formats: frozenset[str], *, has_alpha: bool) -> Iterator[tuple[bytes, str]]:
    """Encodings at the same size, best first."""
    with Image.open(io.BytesIO(original)) as opened:
        picture = opened.convert("RGBA" if has_alpha else "RGB")
    if WEBP in formats:
        yield _encoded(picture, "WEBP", lossless=True, method=4), WEBP
    else:
        yield _encoded(picture, "PNG", optimize=True), PNG
    for quality in QUALITIES:
        if not has_alpha:
            yield _encoded(picture, "JPEG", quality=quality, subsampling=0), JPEG
        elif WEBP in formats:
            yield _encoded(picture, "WEBP", quality=quality, method=4), WEBP


def _encoded(picture: Image.Image, kind: str, **options: object) -> bytes:
    file = io.BytesIO()
    picture.save(file, kind, **options)
    return file.getvalue()


VECTOR_ENGINE: Final = "sketch"
"""The one engine that computes its pictures without a model."""


async def _signed(
    app: App, image: GenerationRecord, original: bytes, data: bytes, media_type: str
) -> tuple[bytes, str]:
    """The copy with a manifest whose parent is the original."""
    claim = Claim(
        generation=image.id,
        engine=image.engine,
        engine_version=image.engine_version,
        model=image.model,
        neural=image.engine != VECTOR_ENGINE,  # of the engine that drew it, whichever draws today
        when=datetime.now(UTC),
        prompt_digest=hashlib.sha256(image.request.prompt.encode()).hexdigest(),
        parent=original,
        parent_title="original",
        changes=("transcoded",),
    )
    signed = await app.credentials.sign(data, media_type, claim)
    return signed.data, signed.manifest
