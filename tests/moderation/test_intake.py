import hashlib
import io
import struct
import warnings
import zlib
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageCms, PngImagePlugin

from moderation.intake import MAX_BYTES, MAX_KEPT_SIDE, IntakeError, sanitize

SVG = b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>'


def picture(width=64, height=48, mode="RGB"):
    ramp = np.linspace(0, 255, width * height * len(mode)).astype(np.uint8)
    return Image.fromarray(ramp.reshape(height, width, len(mode)), mode=None)


def encoded(image, kind, **options):
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


def png_header(width, height):
    body = b"IHDR" + struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + struct.pack(">I", 13)
        + body
        + struct.pack(">I", zlib.crc32(body))
        + b"\x00\x00\x00\x01IDAT\x00"
    )


def animation(kind):
    frames = [Image.new("RGB", (20, 20), color) for color in ("red", "blue")]
    return encoded(frames[0], kind, save_all=True, append_images=frames[1:], duration=100)


def code_of(data):
    with pytest.raises(IntakeError) as caught:
        sanitize(data)
    return caught.value.code


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "GIF"])
def test_a_still_picture_becomes_a_plain_png(kind):
    clean = sanitize(encoded(picture(), kind))
    with Image.open(io.BytesIO(clean.png)) as image:
        assert (image.format, image.mode, image.size) == ("PNG", "RGB", (64, 48))
    assert clean.digest == hashlib.sha256(clean.png).hexdigest()
    assert (clean.width, clean.height) == (64, 48)


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "not-an-image"),
        (b"hello", "not-an-image"),
        (SVG, "unsupported-type"),
        (b"\xef\xbb\xbf  <svg/>", "unsupported-type"),
        (b"%PDF-1.7", "unsupported-type"),
        (encoded(picture(), "BMP"), "unsupported-type"),
        (encoded(picture(), "TIFF"), "unsupported-type"),
        (b"\x00\x00\x00\x20ftypheic", "unsupported-type"),
        (animation("GIF"), "animated"),
        (animation("PNG"), "animated"),
        (animation("WEBP"), "animated"),
        (png_header(30_000, 30_000), "too-many-pixels"),
        (png_header(12_000, 8_000), "too-many-pixels"),
        (png_header(20_000, 10), "too-many-pixels"),
        (encoded(picture(3, 3), "PNG"), "too-small"),
        (b"\x89PNG\r\n\x1a\n" + b"\0" * MAX_BYTES, "too-large"),
    ],
)
def test_a_hostile_file_is_told_apart_by_content(data, code):
    assert code_of(data) == code


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
@pytest.mark.parametrize("kept", [0.1, 0.5, 0.9])
def test_a_truncated_picture_is_called_truncated(kind, kept):
    noise = Image.fromarray(np.random.default_rng(1).integers(0, 255, (80, 80, 3), np.uint8))
    data = encoded(noise, kind)
    assert code_of(data[: int(len(data) * kept)]) == "truncated"


def test_location_comments_and_profiles_are_gone_and_the_picture_is_upright():
    source = picture(40, 20)
    exif = Image.Exif()
    exif[0x0112] = 6
    exif[0x010E] = "secret description"
    exif.get_ifd(0x8825).update({1: "N", 2: (37.0, 33.0, 0.0), 3: "E", 4: (126.0, 58.0, 0.0)})
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    data = encoded(source, "JPEG", exif=exif, comment=b"secret comment", icc_profile=profile)
    with Image.open(io.BytesIO(data)) as before:
        assert before.getexif().get_ifd(0x8825)
    clean = sanitize(data)
    with Image.open(io.BytesIO(clean.png)) as after:
        assert after.size == (20, 40)
        assert dict(after.getexif()) == {}
        assert after.info == {}
    assert b"secret" not in clean.png


def test_text_chunks_of_a_png_are_gone():
    info = PngImagePlugin.PngInfo()
    info.add_text("prompt", "secret words")
    info.add_itxt("XML:com.adobe.xmp", "<secret/>")
    clean = sanitize(encoded(picture(), "PNG", pnginfo=info))
    chunks = {clean.png[start + 4 : start + 8] for start in _chunk_starts(clean.png)}
    assert chunks == {b"IHDR", b"IDAT", b"IEND"}


def _chunk_starts(png):
    start = 8
    while start < len(png):
        yield start
        start += 12 + struct.unpack(">I", png[start : start + 4])[0]


def test_transparency_is_kept_and_sixteen_bit_gray_is_scaled():
    assert Image.open(io.BytesIO(sanitize(encoded(picture(mode="RGBA"), "PNG")).png)).mode == "RGBA"
    deep = Image.fromarray(np.full((16, 16), 0x8000, np.uint16))
    assert Image.open(io.BytesIO(sanitize(encoded(deep, "PNG")).png)).getpixel((3, 3)) == (128, 128, 128)


def test_a_cmyk_jpeg_becomes_srgb():
    clean = sanitize(encoded(Image.new("CMYK", (16, 16), (0, 255, 255, 0)), "JPEG"))
    red, green, blue = np.asarray(Image.open(io.BytesIO(clean.png)))[8, 8]
    assert red > 200
    assert max(green, blue) < 60


def test_a_large_reference_is_scaled_to_what_is_kept():
    clean = sanitize(encoded(Image.new("RGB", (MAX_KEPT_SIDE * 2, 100), "teal"), "PNG"))
    assert (clean.width, clean.height) == (MAX_KEPT_SIDE, 50)


def test_cleaning_twice_changes_nothing():
    once = sanitize(encoded(picture(), "WEBP", lossless=True))
    assert sanitize(once.png) == once


CODES = {"not-an-image", "unsupported-type", "too-large", "too-many-pixels", "too-small", "animated", "truncated"}


def outcome(data):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return type(sanitize(data)).__name__
        except IntakeError as refused:
            return refused.code


@settings(max_examples=150, deadline=None)
@given(
    st.sampled_from([b"", b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"GIF89a", b"RIFF\x10\0\0\0WEBP", png_header(9, 9)]),
    st.binary(max_size=300),
)
def test_random_bytes_are_refused_by_name(head, tail):
    assert outcome(head + tail) in CODES | {"CleanImage"}


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(["PNG", "JPEG", "WEBP", "GIF"]), st.integers(0, 10_000), st.integers(0, 255))
def test_a_changed_byte_is_taken_or_refused_by_name(kind, place, value):
    data = bytearray(encoded(picture(), kind))
    data[place % len(data)] = value
    assert outcome(bytes(data)) in CODES | {"CleanImage"}


@pytest.mark.parametrize("locale", ["en", "ko"])
def test_every_code_has_words(locale):
    catalog = Path(__file__).parents[2].joinpath("bots", "locales", locale, "intake.ftl").read_text("utf-8")
    assert {line.split(" = ")[0] for line in catalog.splitlines() if " = " in line} == {
        f"intake-{code}" for code in CODES
    }
