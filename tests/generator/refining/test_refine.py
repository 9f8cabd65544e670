"""Pixels of a model against what was asked, measured in the finished bytes."""

import io

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageDraw, ImageFilter

from generator.models.table import KLEIN, QWEN_IMAGE_21
from generator.refining.blank import is_blank
from generator.refining.refine import refine
from generator.refining.restoring import as_it_was
from generator.refining.sizes import model_size
from generator.request import GenerationRequest, Intent, Reference, ReferenceRole, TextBlock
from generator.scene import TextRole

KEY = "#00b140"
SIDE = 512


def drawn(background: str, *, over: int = 4, noise: float = 0.0, side: int = SIDE) -> np.ndarray:
    """A red ring, a blue bar and thin gray lines, antialiased, on a plain color; the hole shows it too."""
    image = Image.new("RGB", (side * over, side * over), background)
    pen = ImageDraw.Draw(image)
    unit = side * over // 16
    pen.ellipse((2 * unit, 2 * unit, 10 * unit, 10 * unit), fill="#d92222")
    pen.ellipse((5 * unit, 5 * unit, 7 * unit, 7 * unit), fill=background)
    pen.rectangle((9 * unit, 11 * unit, 14 * unit, 13 * unit), fill="#2438c8")
    for number in range(5):
        pen.line((11 * unit, (2 + number) * unit, 14 * unit, (3 + number) * unit), fill="#606060", width=2 * over)
    pixels = np.asarray(image.resize((side, side), Image.Resampling.BOX), dtype=np.float64) / 255
    noisy: np.ndarray = np.clip(pixels + np.random.default_rng(1).normal(0, noise, pixels.shape), 0, 1)
    return noisy


def opened(png: bytes) -> np.ndarray:
    return np.asarray(Image.open(io.BytesIO(png)), dtype=np.float64) / 255


def wanted(**more) -> GenerationRequest:
    return GenerationRequest(**{"width": SIDE, "height": SIDE, **more})


def over(rgba: np.ndarray, color: float) -> np.ndarray:
    mixed: np.ndarray = rgba[..., 3:] * rgba[..., :3] + (1 - rgba[..., 3:]) * color
    return mixed


@pytest.mark.parametrize("noise", [0.0, 0.01])
@pytest.mark.parametrize("told", [KEY, "#08a848"])
def test_a_key_color_becomes_transparent_without_a_fringe_on_any_ground(noise, told):
    refined = refine(drawn(KEY, noise=noise), wanted(background="transparent"), told)
    rgba = opened(refined.png)

    assert refined.has_alpha
    assert refined.unmet == ()
    for ground, color in ((0.0, "#000000"), (0.5, "#808080"), (1.0, "#ffffff")):
        exact = drawn(color)
        off = np.abs(over(rgba, ground) - exact)
        greenish = over(rgba, ground) @ [-0.5, 1, -0.5] - exact @ [-0.5, 1, -0.5]
        assert off.mean() < 0.004 + noise
        assert np.quantile(greenish, 0.9999) < 0.06 + 4 * noise


def test_the_hole_of_a_ring_is_transparent_and_the_ring_is_not():
    rgba = opened(refine(drawn(KEY), wanted(background="transparent"), KEY).png)
    unit = SIDE // 16

    assert rgba[6 * unit, 6 * unit, 3] == 0
    assert rgba[3 * unit, 6 * unit, 3] == 1
    assert rgba[0, 0, 3] == 0


def test_an_object_that_only_resembles_the_key_stays():
    pixels = drawn(KEY)
    pixels[200:300, 330:430] = np.array([60, 200, 120]) / 255
    rgba = opened(refine(pixels, wanted(background="transparent"), KEY).png)

    assert (rgba[210:290, 340:420, 3] == 1).all()


def test_a_picture_without_a_plain_background_is_told_not_cut():
    noise = np.random.default_rng(2).random((SIDE, SIDE, 3))
    refined = refine(noise, wanted(background="transparent"), KEY)

    assert not refined.has_alpha
    assert [notice.key for notice in refined.unmet] == ["transparency-not-made"]


def test_alpha_that_a_model_made_itself_is_kept_and_its_absence_told():
    rgba = np.dstack([drawn("#ffffff"), np.zeros((SIDE, SIDE))])
    rgba[100:300, 100:300, 3] = 1
    assert refine(rgba, wanted(background="transparent")).has_alpha
    rgba[..., 3] = 1
    assert refine(rgba, wanted(background="transparent")).unmet[0].key == "transparency-not-made"


@pytest.mark.parametrize("noise", [0.0, 0.01])
def test_a_background_that_is_nearly_the_asked_one_becomes_exactly_it(noise):
    pixels = opened(refine(drawn("#fdeccb", noise=noise), wanted(background="#ffeecc")).png)

    assert (np.round(pixels[:40, :40] * 255) == [0xFF, 0xEE, 0xCC]).all()
    exact = drawn("#ffeecc")
    assert np.abs(pixels - exact).mean() < 0.004 + noise
    assert np.quantile(np.abs(pixels - exact), 0.9999) < 0.1 + 5 * noise


def test_a_background_that_is_another_color_is_left_to_the_receipt():
    pixels = drawn("#3060ff")
    assert np.abs(opened(refine(pixels, wanted(background="#ffeecc")).png) - pixels).max() < 0.01


def test_flat_areas_get_the_asked_color_and_edges_stay_soft():
    pixels = opened(refine(drawn("#ffffff", noise=0.004), wanted(palette=("#dc2626", "#1d39d0"))).png)
    unit = SIDE // 16

    assert (np.round(pixels[3 * unit, 5 * unit : 7 * unit] * 255) == [0xDC, 0x26, 0x26]).all()
    assert (np.round(pixels[12 * unit, 10 * unit : 13 * unit] * 255) == [0x1D, 0x39, 0xD0]).all()


def test_photographs_and_gradients_are_not_touched():
    ramp = np.linspace(0.1, 0.9, SIDE)
    gradient = np.dstack([np.tile(ramp, (SIDE, 1)), np.full((SIDE, SIDE), 0.4), np.tile(ramp[::-1], (SIDE, 1))])
    noise = Image.effect_noise((SIDE, SIDE), 60).filter(ImageFilter.GaussianBlur(2)).convert("RGB")
    for pixels in (gradient, np.asarray(noise) / 255):
        middle = pixels[SIDE // 2, SIDE // 2] * 255
        asked = "#" + "".join(f"{round(value):02x}" for value in middle)
        assert np.abs(opened(refine(pixels, wanted(palette=(asked,))).png) - pixels).max() < 0.01


@pytest.mark.parametrize("size", [(700, 500), (300, 300), (512, 1030)])
def test_the_size_is_exact_and_a_small_difference_of_shape_is_squeezed(size):
    width, height = size
    near = np.zeros((height * 2 + 9, width * 2, 3))
    near[:, : width // 2] = 1
    refined = refine(near, wanted(width=width, height=height))

    assert opened(refined.png).shape == (height, width, 3)
    assert refined.unmet == ()


def test_another_shape_is_cropped_evenly_and_told():
    assert refine(np.random.default_rng(3).random((500, 900, 3)), wanted()).unmet[0].key == "shape-cropped"


def test_what_is_no_picture_is_known():
    assert is_blank(np.zeros((8, 8, 3)), wanted())
    assert is_blank(np.full((8, 8, 3), 0.7), wanted())
    assert is_blank(np.full((8, 8, 3), np.nan), wanted(background="#000000"))
    assert not is_blank(drawn("#ffffff"), wanted())
    broken = drawn("#ffffff")
    broken[3, 3, 0] = np.inf
    assert is_blank(broken, wanted())


def test_a_plain_color_that_was_asked_for_is_a_picture():
    plain = np.full((8, 8, 3), 0.0) + np.array([0xFF, 0xED, 0xCA]) / 255
    title = TextBlock(text="Hello", role=TextRole.TITLE)

    assert not is_blank(plain, wanted(background="#ffeecc"))
    assert is_blank(plain, wanted(background="#3060ff"))
    assert is_blank(plain, wanted(background="#ffeecc", text_blocks=(title,)))
    assert is_blank(plain, wanted(background="transparent"))


@pytest.mark.parametrize("softness", [0.7, 2.0, 4.0])
def test_the_edges_of_a_soft_picture_have_no_fringe_either(softness):
    def soft(background):
        image = Image.fromarray((drawn(background) * 255).round().astype(np.uint8))
        return np.asarray(image.filter(ImageFilter.GaussianBlur(softness)), dtype=np.float64) / 255

    rgba = opened(refine(soft(KEY), wanted(background="transparent"), KEY).png)
    ring = np.zeros((SIDE, SIDE), dtype=bool)
    ring[: 11 * SIDE // 16, : 11 * SIDE // 16] = True  # the thin lines beside it are no whole object any more

    for ground, color in ((0.0, "#000000"), (0.5, "#808080"), (1.0, "#ffffff")):
        greenish = (over(rgba, ground) @ [-0.5, 1, -0.5] - soft(color) @ [-0.5, 1, -0.5])[ring]
        assert np.quantile(greenish, 0.9999) < 0.08, (ground, softness)
        assert np.abs(over(rgba, ground) - soft(color))[ring].mean() < 0.01


def test_an_enclosed_thing_of_nearly_the_background_s_color_stays_and_a_hole_does_not():
    pixels = drawn(KEY, noise=0.004)
    unit = SIDE // 16
    pixels[3 * unit : 4 * unit, 5 * unit : 7 * unit] = np.array([0x00, 0xA0, 0x48]) / 255  # a leaf on the ring
    rgba = opened(refine(pixels, wanted(background="transparent"), KEY).png)

    assert (rgba[3 * unit + 4 : 4 * unit - 4, 5 * unit + 4 : 7 * unit - 4, 3] == 1).all()
    assert (rgba[6 * unit - 8 : 6 * unit + 8, 6 * unit - 8 : 6 * unit + 8, 3] == 0).all()


@pytest.mark.parametrize(("low", "high", "asked"), [(225, 245, "#ffffff"), (100, 120, "#808080")])
def test_a_slow_gradient_near_an_asked_color_keeps_its_shades(low, high, asked):
    ramp = np.tile(np.linspace(low, high, SIDE), (SIDE, 1)) / 255
    pixels = np.dstack([ramp] * 3)
    y, x = np.mgrid[-1 : 1 : SIDE * 1j, -1 : 1 : SIDE * 1j]
    vignette = np.dstack([high / 255 - (high - low) / 255 * np.clip(x * x + y * y, 0, 1)] * 3)
    for shaded in (pixels, vignette):
        assert np.abs(opened(refine(shaded, wanted(palette=(asked,))).png) - shaded).max() < 0.01


def test_a_flat_area_in_a_shaded_picture_is_still_found():
    ramp = np.tile(np.linspace(60, 200, SIDE), (SIDE, 1)) / 255
    pixels = np.dstack([ramp] * 3)
    pixels[100:300, 100:300] = np.array([0xDA, 0x28, 0x24]) / 255
    pixels += np.random.default_rng(4).normal(0, 0.004, pixels.shape)
    found = opened(refine(pixels, wanted(palette=("#dc2626",))).png)

    assert (np.round(found[120:280, 120:280] * 255) == [0xDC, 0x26, 0x26]).all()


def test_an_undo_shows_the_very_pixels_again():
    target = io.BytesIO()
    Image.fromarray((drawn("#ffffff") * 255).astype(np.uint8)).save(target, "PNG")
    edit = Reference(digest="d", role=ReferenceRole.EDIT)
    again = as_it_was(wanted(intent=Intent.UNDO, references=(edit,)), {"d": target.getvalue()})

    assert again is not None
    assert (opened(again.png) == opened(target.getvalue())).all()
    assert as_it_was(wanted(intent=Intent.REVISE, references=(edit,)), {"d": target.getvalue()}) is None


@given(st.integers(256, 4096), st.integers(256, 4096), st.sampled_from([KLEIN, QWEN_IMAGE_21]))
def test_the_models_size_has_the_wanted_shape_and_is_what_it_can_draw(width, height, card):
    if max(width, height) > 3 * min(width, height):
        return
    columns, rows = model_size(width, height, card)

    assert columns % card.multiple == 0
    assert rows % card.multiple == 0
    assert columns * rows <= card.most
    assert columns * rows >= 0.4 * card.native
    assert max(columns / rows / (width / height), rows / columns / (height / width)) - 1 <= 0.025


@pytest.mark.parametrize(
    ("size", "drawn_at"), [((1024, 1024), (1024, 1024)), ((512, 512), (720, 720)), ((1536, 1024), (1536, 1024))]
)
def test_a_size_that_a_model_draws_well_is_drawn_as_it_is(size, drawn_at):
    assert model_size(size[0], size[1], KLEIN) == drawn_at
