"""Questions about an image are answered from its record, in words."""

import pytest

from bots.planning.questions import answer_question
from bots.replies import say
from tests.bots.threads import SCENE, drawn, image, thread, with_changes

RECORD = image("one")


def ask(text, record=RECORD, locale="en"):
    return say(answer_question(thread(text, drawn(record), locale=locale), record), locale)


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("which seed?", "The seed is 7."),
        ("what size is it?", "It is 1024 × 768 pixels."),
        ("how big is the car?", "car is about 100 × 50 pixels large."),
        ("what colour is the car?", "car: blue (#0000ff)."),
        ("what colors did you use?", "The colors are apples: red (#ff0000), car: blue (#0000ff)."),
        ("what's the background?", "The background is #ffeecc."),
        ("how many apples are there?", "apples: 3."),
        ("how many things are there?", "There are 5 things in the picture."),
        ("what style is this?", "The style is flat."),
        ("which engine made this?", "It was drawn by the engine sketch (model sketch-1, version 1)."),
        ("what was the prompt?", "The request was: a poster"),
        ("what file format is it?", "It is a PNG file of 20 kB."),
        ("what does the title say?", "It reads: SALE 50%"),
        ("did anything go wrong?", "As far as it was checked, everything came out as asked."),
        ("what did you change?", "Nothing was changed: this is a new picture."),
        (
            "what is it?",
            "The picture shows 3 × apple, car, title “SALE 50%”. It is 1024 × 768 pixels, drawn by sketch with seed 7.",
        ),
    ],
)
def test_a_question_is_answered_from_the_record(question, answer):
    assert ask(question) == answer


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("시드가 뭐야?", "시드는 7예요."),
        ("차는 무슨 색이야?", "차: 파란색 (#0000ff)."),
        ("사과가 몇 개야?", "사과: 3개예요."),
        ("크기가 어떻게 돼?", "크기는 1024 × 768 픽셀이에요."),
        ("배경색이 뭐야?", "배경색은 #ffeecc예요."),
        ("뭐 바꿨어?", "새로 그린 그림이라 바뀐 것은 없어요."),
    ],
)
def test_a_korean_question_is_answered_in_korean(question, answer):
    assert ask(question, locale="ko") == answer


def test_what_changed_is_told_in_the_words_of_the_revision():
    changed = with_changes(RECORD, ("seed-impossible", {"most": 5}), ("jpeg-transparent", {}))
    answer = ask("what did you change?", changed)

    assert answer.startswith("I changed this: The seed must be")
    assert answer.endswith("PNG or WebP instead.")


@pytest.mark.parametrize("locale", ["en", "ko"])
def test_every_answer_has_words_in_both_languages(locale):
    for question in (
        "seed",
        "size",
        "background",
        "color",
        "change",
        "how many",
        "style",
        "prompt",
        "format",
        "engine",
        "hm",
    ):
        notice = answer_question(thread(question, drawn(RECORD), locale=locale), RECORD)

        assert say(notice, locale) != notice.key


def test_an_image_without_a_scene_is_summed_up():
    plain = image("two", scene=None)

    assert ask("what is it?", plain) == "The picture is 1024 × 768 pixels, drawn by sketch with seed 7."
    assert ask("how many cars?", plain) == ask("what is it?", plain)


def test_the_scene_under_test_has_every_kind_of_object():
    assert {item.kind.value for item in SCENE.objects} == {"art", "text"}
