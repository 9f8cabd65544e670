"""Explicit options are exact wherever they stand, and impossible ones are refused with a reason."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bots.conversation import Options
from bots.planning.options import extract
from bots.replies import say
from generator.scene import TRANSPARENT

_OPTION_WORDS = [
    "a",
    "1",
    ":",
    "x",
    "0",
    "#",
    "f",
    '"',
    "'",
    "“",
    "”",
    "background",
    "blue",
    "to",
    "가로",
    "배경",
    "장",
    "px",
]
_OPTION_WORDS += ["transparent", "square", ",", ".", "seed", "⟦", "gradient", "images", "style", "투명"]


def read(text, given=None):
    return extract(text, "en", given or Options())


@pytest.mark.parametrize(
    ("text", "size", "rest"),
    [
        ("a cat 16:9", (1536, 864), "a cat"),
        ("16:9 cat", (1536, 864), "cat"),
        ("a cat in 9:16", (864, 1536), "a cat"),
        ("a cat, aspect ratio 3:2", (1536, 1024), "a cat"),
        ("1:1 cat", (1024, 1024), "cat"),
        ("a 1536x1024 cat", (1536, 1024), "a cat"),
        ("1920×1080 dog", (1920, 1080), "dog"),
        ("size 800 by 600, a dog", (800, 600), "a dog"),
        ("a dog 801 x 777 px", (801, 777), "a dog"),
        ("width 1200 height 800 cat", (1200, 800), "cat"),
        ("가로 800 세로 600 고양이", (800, 600), "고양이"),
        ("고양이 1024x512로 그려줘", (1024, 512), "고양이 그려줘"),
        ("a square poster of a dog", (1024, 1024), "a poster of a dog"),
        ("make it square", (1024, 1024), "make it"),
        ("portrait version", (1024, 1536), ""),
        ("a portrait of a dog", (1024, 1536), "a picture of a dog"),
        ("a dog, landscape", (1536, 1024), "a dog"),
        ("세로로 고양이", (1024, 1536), "고양이"),
        ("가로형 고양이 포스터", (1536, 1024), "고양이 포스터"),
        ("정사각형 고양이", (1024, 1024), "고양이"),
        ("512 px cat", (512, 512), "cat"),
        ("a cat 800x600, no, 1000x700", (1000, 700), "a cat, no"),
        ("portrait 16:9 cat", (1536, 864), "cat"),
        ("portrait 1000x900 cat", (1000, 900), "cat"),
        ("a red square next to a circle", None, "a red square next to a circle"),
        ("a 4x4 grid of apples", None, "a 4x4 grid of apples"),
        ("가로로 나란히 고양이 세 마리", None, "가로로 나란히 고양이 세 마리"),
        ("a clock at 10:30", None, "a clock at 10:30"),
        ("가로등 아래 고양이", None, "가로등 아래 고양이"),
        ('a sign "16:9"', None, "a sign ⟦0⟧"),
        ("a 3 px outline", None, "a 3 px outline"),
    ],
)
def test_a_size_is_exact_and_leaves_the_sentence(text, size, rest):
    found = read(text)

    assert (found.width, found.height) == (size or (None, None))
    assert found.size_said == (size is not None)
    assert found.rest == rest
    assert found.invalid is None


@pytest.mark.parametrize(
    ("text", "background", "rest"),
    [
        ("a cat, background #ffeecc", "#ffeecc", "a cat"),
        ("a cat on a #FEC background", "#ffeecc", "a cat"),
        ("a cat on a white background", "#ffffff", "a cat"),
        ("white bg red apple", "#ffffff", "red apple"),
        ("a red apple on a green background with a white cat", "#008000", "a red apple with a white cat"),
        ("change the background to light blue", "#add8e6", ""),
        ("background: cornflowerblue, a dog", "#6495ed", "a dog"),
        ("transparent background, a cat", TRANSPARENT, "a cat"),
        ("make the background transparent", TRANSPARENT, ""),
        ("remove the background", TRANSPARENT, ""),
        ("a cat with no background", TRANSPARENT, "a cat"),
        ("transparent sticker of the car", TRANSPARENT, "sticker of the car"),
        ("투명 배경 고양이", TRANSPARENT, "고양이"),
        ("배경을 투명하게 해줘", TRANSPARENT, ""),
        ("배경 없애줘", TRANSPARENT, ""),
        ("배경 파란색 고양이", "#0000ff", "고양이"),
        ("배경은 #ffeecc로 해줘", "#ffeecc", ""),
        ("배경색을 노란색으로 바꿔줘", "#ffff00", ""),
        ("분홍 배경에 빨간 사과 세 개", "#ffc0cb", "빨간 사과 세 개"),
        ("with a gradient background from blue to pink, a cat", ("#0000ff", "#ffc0cb"), "a cat"),
        ("blue to green gradient background with a dog", ("#0000ff", "#008000"), "with a dog"),
        ("배경을 파란색에서 분홍색 그라데이션으로 바꿔줘", ("#0000ff", "#ffc0cb"), ""),
        ("a red apple", None, "a red apple"),
        ("a transparent umbrella", None, "a transparent umbrella"),
        ("빨간 사과", None, "빨간 사과"),
    ],
)
def test_a_background_is_exact_and_an_objects_color_stays(text, background, rest):
    found = read(text)

    assert found.background == background
    assert found.rest == rest
    assert found.invalid is None


@pytest.mark.parametrize(
    ("text", "count", "rest"),
    [
        ("four variations of a cat", 4, "a cat"),
        ("3 versions", 3, ""),
        ("a cat, 5 pictures", 5, "a cat"),
        ("give me two different options of a logo", 2, "a logo"),
        ("고양이 네 장 그려줘", 4, "고양이"),
        ("고양이 3장", 3, "고양이"),
        ("세 가지 버전으로 고양이", 3, "고양이"),
        ("카드 네 장", None, "카드 네 장"),
        ("the two images side by side", None, "the two images side by side"),
        ("three cats", None, "three cats"),
        ("장미 다섯 송이", None, "장미 다섯 송이"),
    ],
)
def test_a_count_of_images_is_not_a_count_of_things(text, count, rest):
    found = read(text)

    assert (found.count, found.rest, found.invalid) == (count, rest, None)


@pytest.mark.parametrize(
    ("text", "style", "rest"),
    [
        ("line art cat", "outline", "cat"),
        ("선화 고양이", "outline", "고양이"),
        ("a cat in flat style", "flat", "a cat"),
        ("a sticker of a fox", "sticker", "a sticker of a fox"),
        ("고양이 스티커", "sticker", "고양이 스티커"),
        ("a poster: two cats", "poster", "a poster: two cats"),
        ("a flat style poster with a cat", "flat", "poster with a cat"),
        ("make the poster yellow", None, "make the poster yellow"),
        ("a cat with a red outline", None, "a cat with a red outline"),
    ],
)
def test_a_style_is_read(text, style, rest):
    found = read(text)

    assert (found.style, found.rest, found.unmet) == (style, rest, ())


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("an oil painting of a cat", "oil painting"),
        ("watercolor cat", "watercolor"),
        ("수채화 스타일 고양이", "수채화"),
        ("a cat in the style of Monet", "Monet"),
    ],
)
def test_a_style_that_the_engine_lacks_is_reported(text, name):
    found = read(text)

    assert [(notice.key, notice.args["style"]) for notice in found.unmet] == [("style-unavailable", name)]
    assert found.style is None


@pytest.mark.parametrize(
    ("text", "seed", "output_format"),
    [
        ("cat seed 7", 7, None),
        ("시드 42로 고양이", 42, None),
        ("a cat with seed 0, as a jpeg", 0, "jpeg"),
        ("PNG 파일로 고양이", None, "png"),
        ("cat.webp", None, None),
    ],
)
def test_seed_and_format_are_read(text, seed, output_format):
    found = read(text)

    assert found.seed == seed
    assert found.output_format == output_format or "webp" in text


def test_every_option_of_one_sentence_is_read():
    found = read("a car, transparent background, 3:2, four variations, seed 5, webp, title “A: B”")

    assert found.rest == "a car, title ⟦0⟧"
    assert found.texts == ("A: B",)
    assert (found.width, found.height, found.background, found.count, found.seed, found.output_format) == (
        1536, 1024, TRANSPARENT, 4, 5, "webp",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("a cat 0x0", "size-impossible"),
        ("a cat, 40000 px", "size-impossible"),
        ("a 100x100 cat", "size-impossible"),
        ("a cat 5000x4000", "size-impossible"),
        ("a cat 4096x1000", "aspect-impossible"),
        ("a 10:1 cat", "aspect-impossible"),
        ("a cat 0:1", "aspect-impossible"),
        ("background #GGHHII", "color-invalid"),
        ("a #12345 cat", "color-invalid"),
        ("99 images of a cat", "count-impossible"),
        ("고양이 99장", "count-impossible"),
        ("zero images of a cat", "count-impossible"),
        ("cat seed 4294967296", "seed-impossible"),
        ("cat seed -1", "seed-impossible"),
        ("a cat on a transparent background as a jpeg", "jpeg-transparent"),
    ],
)
@pytest.mark.parametrize("locale", ["en", "ko"])
def test_an_impossible_option_is_refused_in_words(text, key, locale):
    invalid = read(text).invalid

    assert invalid is not None
    assert invalid.key == key
    assert say(invalid, locale) not in {"", key}


@pytest.mark.parametrize("text", ["#fff cat", "a #a1b2c3 car", "player #1", "for #general"])
def test_a_good_color_and_a_mere_number_are_no_error(text):
    assert read(text).invalid is None


@pytest.mark.parametrize(
    ("text", "texts", "rest"),
    [
        ('title "SALE 50%"', ("SALE 50%",), "title ⟦0⟧"),
        ("“one” and ‘two’ and 'three'", ("one", "two", "three"), "⟦0⟧ and ⟦1⟧ and ⟦2⟧"),
        ("「안녕」 «salut» 『하이』", ("안녕", "salut", "하이"), "⟦0⟧ ⟦1⟧ ⟦2⟧"),
        ("제목 '여름 세일'이라고 써줘", ("여름 세일",), "제목 ⟦0⟧ 이라고 써줘"),
        ("a sign 'it's open' and ben's cat", ("it's open",), "a sign ⟦0⟧ and ben's cat"),
        ("the dogs' house isn't here", (), "the dogs' house isn't here"),
        ('nothing "" here', (), "nothing here"),
        ('a 24" screen', (), 'a 24" screen'),
        ('forged ⟦0⟧ "x"', ("x",), "forged [0] ⟦0⟧"),
        ('"#GGHHII 0x0 99 images"', ("#GGHHII 0x0 99 images",), "⟦0⟧"),
    ],
)
def test_quoted_words_are_text_letter_by_letter(text, texts, rest):
    found = read(text)

    assert (found.texts, found.rest, found.invalid) == (texts, rest, None)


def test_given_options_win_over_the_words():
    options = Options(width=640, height=480, background="#000000", style="flat", count=2, seed=9, output_format="png")
    found = read("a poster 16:9, background red, 4 images, seed 1, as webp", options)

    assert (found.width, found.height, found.background, found.style) == (640, 480, "#000000", "flat")
    assert (found.count, found.seed, found.output_format) == (2, 9, "png")


@pytest.mark.parametrize(
    ("options", "key"),
    [
        (Options(width=0, height=0), "size-impossible"),
        (Options(width=4096, height=256), "aspect-impossible"),
        (Options(count=99), "count-impossible"),
        (Options(count=0), "count-impossible"),
        (Options(seed=-1), "seed-impossible"),
        (Options(background=TRANSPARENT, output_format="jpeg"), "jpeg-transparent"),
    ],
)
def test_given_options_are_checked_too(options, key):
    invalid = read("a cat", options).invalid

    assert invalid is not None
    assert invalid.key == key


@given(st.text(max_size=400))
def test_any_text_is_read_without_harm(text):
    found = read(text)

    assert found.invalid is not None or found.count is None or 1 <= found.count <= 10
    assert all(text for text in found.texts)


@given(st.lists(st.sampled_from(_OPTION_WORDS), max_size=40))
def test_any_order_of_option_words_is_read_without_harm(words):
    found = read(" ".join(words))

    assert found.invalid is not None or found.width is None or 256 <= found.width <= 4096


@given(st.integers(256, 4096), st.integers(256, 4096))
def test_a_possible_size_is_delivered_as_said(width, height):
    found = read(f"a cat {width}x{height} please")

    assert (found.width, found.height) == (width, height)
    assert (found.invalid is None) == (max(width, height) <= 3 * min(width, height))


def _seconds(text):
    start = time.process_time()
    read(text)
    return time.process_time() - start


@pytest.mark.slow
@pytest.mark.parametrize(
    "piece", ["“", "'a ", "1:", "1x1 ", "배경 ", "background ", "gradient blue to ", ",:; ", "\u202e", "a ", "#", "-"]
)
def test_reading_time_grows_with_the_length_and_not_faster(piece):
    short, long = ((piece * 100_000)[:length] for length in (6_250, 50_000))
    seconds = _seconds(short)

    assert _seconds(long) < 40 * seconds + 0.5
