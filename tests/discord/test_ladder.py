"""Copies of what is too large to be posted: full size, with their transparency, signed, and made once (D17)."""

import io
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from bots.app import App
from bots.chat.ladder import MANIFEST_BYTES, TooLarge, fitting
from storage.errors import BlobMissing
from storage.provenance import verify
from storage.records import GenerationRecord
from tests.chat.images import ANA, TENANT, quiet_session
from tests.fakes.noise import noise
from tests.storage.samples import claim, generation

SIDE = 768  # random pixels: about 1.7 MiB opaque, 2.3 MiB with alpha, whatever the lossless format


def _opaque() -> bytes:
    pixels = np.random.default_rng(7).integers(0, 256, (SIDE, SIDE, 3), dtype=np.uint8)
    return _png(Image.fromarray(pixels, "RGB"), compress_level=1)


def _flat() -> bytes:
    """An uncompressed file of few colors: large, and small in any better encoding."""
    return _png(Image.new("RGBA", (SIDE, SIDE), (255, 0, 0, 128)), compress_level=0)


def _png(picture: Image.Image, **options: int) -> bytes:
    file = io.BytesIO()
    picture.save(file, "PNG", **options)
    return file.getvalue()


async def _kept(app: App, plain: bytes, *, has_alpha: bool) -> GenerationRecord:
    """A signed image in the records, as the line leaves it."""
    job = "discord:i:1"
    image = replace(generation(job), tenant=TENANT, requester=ANA, width=SIDE, height=SIDE, has_alpha=has_alpha)
    signed = await app.credentials.sign(plain, "image/png", claim(image.id))
    image = replace(
        image,
        digest=await app.blobs.put(signed.data, "image/png"),
        size_bytes=len(signed.data),
        credential=replace(image.credential, manifest=signed.manifest),
    )
    await app.records.open_job(job, tenant=TENANT, conversation=image.conversation, requester=ANA, private=False)
    return await app.records.add_generation(image)


def _pixels(data: bytes) -> Image.Image:
    with Image.open(io.BytesIO(data)) as picture:
        picture.load()
        return picture


async def test_d17_p1_what_fits_is_posted_as_it_was_signed(tmp_path: Path) -> None:
    async with quiet_session(tmp_path) as session:
        image = await _kept(session.app, _opaque(), has_alpha=False)
        data, media_type, words = await fitting(session.app, image, image.size_bytes)

        assert data == await session.app.blobs.get(image.digest)
        assert (media_type, words) == ("image/png", None)


async def test_d17_a_lossless_copy_is_preferred(tmp_path: Path) -> None:
    async with quiet_session(tmp_path) as session:
        image = await _kept(session.app, _flat(), has_alpha=True)
        data, media_type, words = await fitting(session.app, image, MANIFEST_BYTES + 64 * 1024)

    assert media_type == "image/webp"
    assert _pixels(data).convert("RGBA").tobytes() == _pixels(_flat()).tobytes()
    assert words is not None
    assert words.args == {"megabytes": "2.3"}


@pytest.mark.parametrize("kind", ["JPEG", "WEBP"])
async def test_d17_a_copy_has_the_same_size_its_transparency_and_our_signature(tmp_path: Path, kind: str) -> None:
    has_alpha = kind == "WEBP"  # the only one of them that can
    plain = noise(SIDE, SIDE, 7) if has_alpha else _opaque()
    async with quiet_session(tmp_path) as session:
        app = session.app
        image = await _kept(app, plain, has_alpha=has_alpha)
        limit = image.size_bytes * 3 // 4
        data, media_type, words = await fitting(app, image, limit)
        found = await verify(data, app.records, app.credentials)
        copy = _pixels(data)

    assert len(data) <= limit
    assert copy.format == kind
    assert media_type == f"image/{kind.lower()}"
    assert copy.size == (SIDE, SIDE)
    assert ("A" in copy.getbands()) == has_alpha
    assert words is not None
    assert words.key == "card-copy"
    assert (found.verdict, found.generation) == ("ours", image.id)


async def test_d17_a_copy_is_made_once_and_goes_with_its_image(tmp_path: Path) -> None:
    async with quiet_session(tmp_path) as session:
        app = session.app
        image = await _kept(app, _flat(), has_alpha=True)
        limit = MANIFEST_BYTES + 64 * 1024
        first, again = await fitting(app, image, limit), await fitting(app, image, limit)
        kept = await app.records.rendition(image.id, f"limit-{limit}")
        assert kept is not None
        stored = await app.blobs.get(kept.digest)
        await app.records.remove(image.id, "deleted", app.blobs)

        assert first == again
        assert stored == first[0]
        with pytest.raises(BlobMissing):
            await app.blobs.get(kept.digest)


async def test_d17_what_fits_at_no_quality_is_never_made_smaller_in_pixels(tmp_path: Path) -> None:
    async with quiet_session(tmp_path) as session:
        image = await _kept(session.app, _opaque(), has_alpha=False)
        with pytest.raises(TooLarge):
            await fitting(session.app, image, MANIFEST_BYTES + 1024)

        assert await session.app.records.rendition(image.id, f"limit-{MANIFEST_BYTES + 1024}") is None
