"""The color arithmetic."""

import numpy as np
import pytest
from coloraide import Color
from hypothesis import given
from hypothesis import strategies as st

from generator.colors import (
    contrast,
    delta_e_2000,
    delta_e_2000_array,
    from_oklch,
    mix,
    parse_color,
    readable_ink,
    to_oklch,
    to_rgb,
)

hexes = st.integers(0, 0xFFFFFF).map(lambda value: f"#{value:06x}")


@pytest.mark.parametrize(
    ("text", "color"),
    [
        ("#abc", "#aabbcc"),
        ("#ABCD", "#aabbcc"),
        ("#12aBcd", "#12abcd"),
        ("#12abcd80", "#12abcd"),
        (" Teal ", "#008080"),
        ("RebeccaPurple", "#663399"),
        ("#GGHHII", None),
        ("#12345", None),
        ("transparent", None),
        ("notacolor", None),
        ("", None),
        ("#", None),
        ("rgb(1,2,3)", None),
    ],
)
def test_a_color_is_read_from_hex_digits_and_css_names_only(text, color):
    assert parse_color(text) == color


@given(st.text(max_size=20))
def test_any_text_is_a_color_or_none(text):
    color = parse_color(text)

    assert color is None or (len(color) == 7 and color == color.lower())


@given(hexes, hexes)
def test_ciede2000_agrees_with_coloraide(first, second):
    assert delta_e_2000(first, second) == pytest.approx(Color(first).delta_e(second, method="2000"), abs=0.05)


def test_ciede2000_of_arrays_broadcasts():
    pixels = np.array([[[255, 0, 0], [0, 0, 0]], [[255, 255, 255], [0, 0, 255]]], dtype=np.uint8)

    distances = delta_e_2000_array(pixels, np.array([255, 0, 0]))

    assert distances.shape == (2, 2)
    assert distances[0, 0] == pytest.approx(0.0, abs=1e-6)
    assert distances[0, 1] == pytest.approx(delta_e_2000("#000000", "#ff0000"))


@given(hexes)
def test_oklch_and_back_is_the_same_color(color):
    back = to_rgb(from_oklch(*to_oklch(color)))

    assert max(abs(a - b) for a, b in zip(back, to_rgb(color), strict=True)) <= 1


@given(hexes)
def test_ink_is_readable_on_every_plate(plate):
    assert contrast(readable_ink(plate), plate) >= 3.0


def test_mixing_is_linear_in_srgb():
    assert mix("#000000", "#ffffff", 0.5) == "#808080"
