"""Palettes read from images."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from generator.colors import delta_e_2000
from generator.palette import dominant_colors
from tests.generator.pictures import draw, png_of, poster


def test_flat_colors_come_back_exactly_and_the_most_common_first():
    colors = dominant_colors(png_of(draw(poster("#ffeecc"))))

    assert colors[0] == "#ffeecc"
    assert {"#2563eb", "#d62828"} <= set(colors)


def test_transparent_pixels_do_not_count():
    image = Image.new("RGBA", (60, 60), (255, 0, 0, 0))
    image.paste((0, 128, 0, 255), (0, 0, 20, 20))

    assert dominant_colors(png_of(image)) == ("#008000",)
    assert dominant_colors(png_of(Image.new("RGBA", (9, 9), (1, 2, 3, 0)))) == ()


@pytest.mark.parametrize("output_format", ["PNG", "JPEG", "WEBP"])
def test_a_large_photo_like_image_gives_clearly_different_colors(output_format):
    ramp = Image.merge(
        "RGB", [Image.linear_gradient("L"), Image.radial_gradient("L"), Image.linear_gradient("L").rotate(90)]
    )
    data = png_of(ramp.resize((2000, 1500)), output_format)

    colors = dominant_colors(data, 6)

    assert len(colors) == 6
    assert all(delta_e_2000(a, b) >= 10 for a in colors for b in colors if a != b)


@settings(max_examples=20, deadline=None)
@given(st.binary(min_size=48, max_size=48), st.integers(min_value=1, max_value=16))
def test_any_image_gives_at_most_n_colors_the_same_ones_every_time(raw, n):
    data = png_of(Image.frombytes("RGB", (4, 4), raw))

    colors = dominant_colors(data, n)

    assert 1 <= len(colors) <= n
    assert dominant_colors(data, n) == colors
    assert set(colors) <= {f"#{raw[i : i + 3].hex()}" for i in range(0, 48, 3)}


def test_what_is_no_image_is_refused():
    for broken in (b"", b"GIF89a", png_of(Image.effect_noise((200, 200), 80))[:2000]):
        with pytest.raises(ValueError, match="not an image"):
            dominant_colors(broken)
