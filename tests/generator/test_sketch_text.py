"""Text: fitting, line breaking, scripts, what is missing, and hostile strings."""

from importlib.util import find_spec
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from generator.scene import TextRole
from generator.sketch.fonts import scripts_available
from generator.sketch.metrics import SketchMetrics
from generator.sketch.svg import to_svg
from generator.sketch.text import fit
from tests.generator.sketch_scenes import APPLE, art, inside, pixels, scene, share, text

needs_cjk = pytest.mark.skipif(find_spec("cvttf_NotoSansCJK_Bold") is None, reason="the cjk extra is not installed")
HOSTILE = ["<script>alert(1)</script>", "a & b", "]]>", "<!--", '"\'/>', "&#0;", "\x00\x07bell\x1b[31m", "\u202eabc\u202c", "\ufeff", "\ud800", "{}%s"]  # fmt: skip


@pytest.mark.parametrize("box", [(700.0, 120.0), (300.0, 300.0), (120.0, 600.0)])
@pytest.mark.parametrize("words", ["SALE", "Autumn market every Saturday in the old harbor", "one\ntwo\nthree"])
def test_text_fits_its_box_and_fills_it(words, box):
    block = fit(words, *box)

    assert block.width <= box[0] + 0.5
    assert block.height <= box[1] + 0.5
    assert block.width > 0.8 * box[0] or block.height > 0.6 * box[1]
    assert not block.shortened


def test_the_last_line_is_not_left_alone():
    block = fit("The quick brown fox jumps over the lazy dog again", 400.0, 90.0)
    widths = [sum(word.advance for word in line) for line in block.lines]

    assert len(widths) > 1
    assert min(widths) > 0.5 * max(widths)


def test_given_line_breaks_are_kept():
    assert len(fit("a\nb\nc", 500.0, 500.0).lines) == 3


@pytest.mark.parametrize("words", ["", "   ", "\n\n", "\u200b", "\x00"])
def test_empty_text_draws_nothing(words):
    picture = pixels(scene(text(words)))

    assert share(picture, "#ffffff", 0) == 1.0


def test_huge_text_is_cut_and_reported():
    item = text("word " * 5000)
    picture = scene(item)
    _, notices = to_svg(picture, {})
    drawn = pixels(picture)

    assert [notice.key for notice in notices] == ["text-shortened"]
    assert share(drawn[~inside(drawn, item.boxes[0], 1)], "#ffffff", 0) == 1.0


def test_a_word_wider_than_its_box_is_broken():
    block = fit("x" * 200, 100.0, 200.0)

    assert len(block.lines) > 1
    assert block.width <= 100.5


@pytest.mark.parametrize("words", HOSTILE)
def test_hostile_strings_do_not_break_the_svg(words):
    svg, _ = to_svg(scene(text(words)), {})

    assert ET.fromstring(svg).tag.endswith("svg")  # noqa: S314 - our own output
    assert "script" not in svg


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=40), st.floats(1, 400), st.floats(1, 400))
def test_any_text_in_any_box_can_be_set(words, width, height):
    block = fit(words, width, height)

    ET.fromstring(f"<g>{block.markup(0, 0, width, 'center', 'p')}</g>")  # noqa: S314 - our own output


@needs_cjk
def test_korean_japanese_and_chinese_are_drawn():
    picture = scene(text("안녕하세요 日本語 かな 你好"))
    _, notices = to_svg(picture, {})

    assert {"hangul", "kana", "han"} <= set(scripts_available())
    assert not notices
    assert share(pixels(picture), "#ffffff", 0) < 0.98


@needs_cjk
def test_korean_breaks_at_spaces_and_chinese_between_characters():
    korean = fit("가을 장터에 오신 것을 환영합니다", 200.0, 200.0)
    chinese = fit("这是一个没有空格的很长的句子", 200.0, 120.0)

    assert all(line[-1].text.endswith(" ") for line in korean.lines[:-1])
    assert len(chinese.lines) > 1


def test_greek_and_cyrillic_are_drawn_without_the_cjk_extra():
    assert {"latin", "greek", "cyrillic"} <= set(scripts_available())
    assert not fit("Ελληνικά Жизнь naïve Łódź", 500.0, 100.0).missing


def test_a_missing_glyph_is_reported_and_leaves_no_empty_box():
    _, notices = to_svg(scene(text("abc שלום")), {})
    with_missing, without = pixels(scene(text("abc שלום"))), pixels(scene(text("abc")))

    assert [notice.key for notice in notices] == ["missing-glyph"]
    assert set(str(notices[0].args["characters"]).split()) == set("שלום")
    assert (with_missing == without).all()


def test_emoji_in_text_are_drawn_inline():
    picture = pixels(scene(text("I 🍎 2️⃣")))

    assert share(picture, "#dd2e44") > 0.005
    assert not fit("🍎👩‍🚀🇰🇷", 300.0, 100.0).missing


@pytest.mark.parametrize("style", ["flat", "sticker", "poster"])
@pytest.mark.parametrize("background", ["#ffffff", "#000000", "#777777", "#ffff00", ("#102030", "#f0f0f0")])
def test_text_without_a_color_reads_on_any_background(style, background):
    picture = pixels(scene(text("READ"), style=style, background=background))

    assert max(share(picture, "#111827"), share(picture, "#ffffff")) > 0.02


def test_ink_and_plate_are_exactly_as_asked():
    picture = pixels(scene(text("SALE", color="#ffcc00", plate="#224466")))

    assert share(picture, "#ffcc00") > 0.01
    assert share(picture, "#224466") > 0.05


def test_white_words_on_white_get_a_contour():
    assert share(pixels(scene(text("ghost", color="#ffffff"))), "#111827") > 0.002


def test_the_metrics_say_what_is_drawn():
    item = text("Autumn sale", role=TextRole.TITLE, plate="#224466")
    x0, y0, x1, y1 = item.boxes[0]
    picture = pixels(scene(item))
    rows = (picture[..., :3] != 255).any(axis=(1, 2)).nonzero()[0]

    width, height = SketchMetrics({}).fit_text(item, x1 - x0, y1 - y0)

    assert width <= x1 - x0
    assert rows[-1] + 1 - rows[0] == pytest.approx(height, abs=2)


def test_a_turned_drawing_needs_a_wider_box():
    metrics = SketchMetrics({})

    assert metrics.aspect(art(APPLE)) < 1
    assert metrics.aspect(art(APPLE, angle=90.0)) == pytest.approx(1 / metrics.aspect(art(APPLE)))


def test_a_subtitle_stays_below_its_title():
    metrics = SketchMetrics({})
    title, subtitle = (text("Autumn market", role=role) for role in (TextRole.TITLE, TextRole.SUBTITLE))

    assert metrics.fit_text(subtitle, 800.0, 200.0)[0] < 0.8 * metrics.fit_text(title, 800.0, 200.0)[0]
