"""Files for signing: exact size, exact pixels where the format can, nothing but pixels inside."""

import io

import numpy as np
import pytest
from PIL import Image, PngImagePlugin

from generator.errors import RenderFailed
from generator.finishing import Probe, encode, finish, fit, probe
from generator.request import GeneratedImage, GenerationRequest
from tests.generator.pictures import draw, png_of, poster


def pixels_of(encoded: bytes) -> np.ndarray:
    with Image.open(io.BytesIO(encoded)) as image:
        return np.asarray(image.convert("RGBA"))


def drawn(image: Image.Image) -> GeneratedImage:
    return GeneratedImage(
        index=0,
        png=png_of(image),
        width=image.width,
        height=image.height,
        has_alpha=image.mode == "RGBA",
        seed=0,
        engine="test",
        model="test",
    )


async def test_a_png_passes_unchanged():
    image = drawn(draw(poster(width=300, height=300)))

    finished = await finish(image, GenerationRequest(width=300, height=300))

    assert finished.data == image.png
    assert (finished.media_type, finished.width, finished.height, finished.has_alpha) == ("image/png", 300, 300, False)


async def test_webp_keeps_every_pixel_and_the_alpha():
    image = drawn(draw(poster("transparent", 300, 300)))

    finished = await finish(image, GenerationRequest(width=300, height=300, output_format="webp"))

    assert (finished.media_type, finished.has_alpha, finished.unmet) == ("image/webp", True, ())
    assert np.array_equal(pixels_of(finished.data), pixels_of(image.png))


async def test_jpeg_keeps_the_hue_of_small_text():
    image = Image.new("RGB", (64, 64), "#ffffff")
    image.paste("#d62828", (20, 20, 22, 60))

    encoded = encode(png_of(image), "jpeg")

    assert np.abs(pixels_of(encoded)[40, 20, :3].astype(int) - (0xD6, 0x28, 0x28)).max() <= 8


async def test_a_transparent_picture_as_jpeg_becomes_white_and_says_so():
    image = drawn(draw(poster("transparent", 300, 300)))
    request = GenerationRequest(width=300, height=300, output_format="jpeg", background="transparent")

    finished = await finish(image, request)

    assert [notice.key for notice in finished.unmet] == ["transparency-lost"]
    assert (finished.media_type, finished.has_alpha) == ("image/jpeg", False)
    assert tuple(pixels_of(finished.data)[1, 1]) == (255, 255, 255, 255)


async def test_jpeg_is_flattened_onto_the_asked_background():
    image = drawn(Image.new("RGBA", (300, 300), (0, 0, 0, 0)))
    request = GenerationRequest(width=300, height=300, output_format="jpeg", background="#336699")

    finished = await finish(image, request)

    assert finished.unmet == ()
    assert np.abs(pixels_of(finished.data)[150, 150, :3].astype(int) - (0x33, 0x66, 0x99)).max() <= 2


@pytest.mark.parametrize("output_format", ["png", "webp", "jpeg"])
@pytest.mark.parametrize(("width", "height"), [(256, 256), (512, 300), (257, 511), (1024, 1024)])
async def test_every_format_comes_in_exactly_the_asked_size(output_format, width, height):
    image = drawn(draw(poster(width=400, height=400)))

    finished = await finish(image, GenerationRequest(width=width, height=height, output_format=output_format))

    assert probe(finished.data)[:3] == (f"image/{output_format}", width, height)
    assert (finished.width, finished.height) == (width, height)


def test_another_aspect_is_cropped_evenly_and_not_stretched():
    image = Image.new("RGB", (400, 200), "#ffffff")
    image.paste("#000000", (150, 50, 250, 150))

    fitted = pixels_of(fit(png_of(image), 200, 200))

    dark = np.argwhere(fitted[..., 0] < 128)
    assert dark.min(axis=0).tolist() == [50, 50]
    assert dark.max(axis=0).tolist() == [149, 149]


def test_resizing_draws_no_dark_rim_around_transparency():
    image = Image.new("RGBA", (200, 200), (0, 0, 0, 0))
    image.paste((255, 240, 200, 255), (50, 50, 150, 150))

    fitted = pixels_of(fit(png_of(image), 333, 333))

    seen = fitted[fitted[..., 3] > 16]
    assert (seen[:, :3].astype(int) - (255, 240, 200)).min() >= -12


@pytest.mark.parametrize("output_format", ["png", "webp", "jpeg"])
def test_no_metadata_survives(output_format):
    notes = PngImagePlugin.PngInfo()
    notes.add_text("Comment", "SECRET-PROMPT")
    notes.add_itxt("XML:com.adobe.xmp", "SECRET-PROMPT")
    exif = Image.Exif()
    exif[0x010E] = "SECRET-PROMPT"
    image = Image.new("RGB", (64, 64), "#336699")
    png = png_of(image, pnginfo=notes, exif=exif, icc_profile=b"SECRET-PROMPT" * 20)

    encoded = encode(png, output_format)

    with Image.open(io.BytesIO(encoded)) as reopened:
        assert set(reopened.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density", "loop", "background"}
        assert not reopened.getexif()
    assert b"SECRET" not in encoded


def test_bytes_behind_the_end_of_a_png_are_dropped():
    png = png_of(Image.new("RGB", (8, 8)))

    assert encode(png, "png") == png
    assert encode(png + b"SECRET", "png").endswith(b"IEND\xaeB`\x82")


def test_probing_goes_by_content():
    rgba, palette = Image.new("RGBA", (9, 7)), Image.new("RGB", (9, 7)).convert("P")

    assert probe(png_of(rgba)) == Probe("image/png", 9, 7, has_alpha=True)
    assert probe(png_of(rgba, "WEBP")) == Probe("image/webp", 9, 7, has_alpha=True)
    assert probe(png_of(rgba.convert("RGB"), "WEBP")) == Probe("image/webp", 9, 7, has_alpha=False)
    assert probe(png_of(rgba.convert("RGB"), "JPEG")) == Probe("image/jpeg", 9, 7, has_alpha=False)
    assert probe(png_of(palette, transparency=0)) == Probe("image/png", 9, 7, has_alpha=True)


@pytest.mark.parametrize(
    "broken", [b"", b"<svg xmlns='http://www.w3.org/2000/svg'/>", b"\x89PNG\r\n\x1a\n" + b"\0" * 40]
)
def test_what_is_no_image_is_refused(broken):
    with pytest.raises(RenderFailed):
        probe(broken)


def test_a_truncated_image_is_refused_when_it_is_converted():
    png = png_of(Image.effect_noise((200, 200), 80))

    with pytest.raises(RenderFailed):
        encode(png[: len(png) // 2], "webp")


def test_lower_quality_makes_smaller_files():
    png = png_of(Image.effect_noise((200, 200), 60).convert("RGB"))

    for output_format in ("webp", "jpeg"):
        sizes = [len(encode(png, output_format, quality=quality)) for quality in ("low", "medium", "high")]
        assert sizes == sorted(sizes)
        assert sizes[0] < sizes[2]
