"""Sentences to scenes, in both languages, as tables."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bots.planning.grammar import notices, read_scene
from generator.scene import Kind, RelationKind

TEXTS = ("SALE", "TODAY")


def told(sentence: str) -> str:
    """The scene as one line: ``id xcount color size @place arrangement "text"``, then relations."""
    draft = read_scene(sentence, TEXTS)
    parts = []
    for item in draft.objects:
        words = [item.id]
        words += [f"x{item.count}"] if item.count != 1 else []
        words += [item.color] if item.color else []
        words += [item.size.value] if item.size.value != "medium" else []
        words += [f"@{item.at.value}"] if item.at else []
        words += [item.arrangement.value] if item.arrangement.value != "cluster" else []
        words += [f'"{item.text}"'] if item.text else []
        parts.append(" ".join(words))
    parts += [f"{one.subject} {one.kind.value} {'+'.join(one.objects)}" for one in draft.relations]
    return "; ".join(parts)


ENGLISH = [
    ("a red and white basket", "basket1 #ff0000"),
    ("5 balloons (2 red, 3 blue) at the top", "balloon1 x2 #ff0000 @top; balloon2 x3 #0000ff @top"),
    ("a table with a lamp on it", "lamp1"),
    ("two people and a dog pls", "person1 x2; dog1"),
    (
        "a sign that says KEEP OUT next to a tree",
        'sign1; label1 "KEEP OUT"; tree1; label1 on sign1; sign1 next_to tree1',
    ),
    (
        "a poster: three red apples left of a blue car, title ⟦0⟧",
        'apple1 x3 #ff0000; car1 #0000ff; title1 "SALE"; apple1 left_of car1',
    ),
    ("a red car and a blue house", "car1 #ff0000; house1 #0000ff"),
    ("red and yellow flowers", "flower1 x3 #ff0000; flower2 x3 #ffff00"),
    ("three red and two blue balloons", "balloon1 x3 #ff0000; balloon2 x2 #0000ff"),
    ("four red and yellow balloons", "balloon1 x2 #ff0000; balloon2 x2 #ffff00"),
    ("an orange car", "car1 #ffa500"),
    ("an orange and a banana", "orange1; banana1"),
    ("two oranges", "orange1 x2"),
    ("a car in #2563eb", "car1 #2563eb"),
    ("a car (#2563EB)", "car1 #2563eb"),
    ("a #f00 car", "car1 #ff0000"),
    ("a big dog and a tiny bird", "dog1 large; bird1 tiny"),
    ("a cat on a box", "cat1; box1; cat1 on box1"),
    ("a cat inside a box", "cat1; box1; cat1 inside box1"),
    ("a cat behind a box", "cat1; box1; cat1 behind box1"),
    ("a cat in front of a house", "cat1; house1; cat1 in_front_of house1"),
    ("a cat to the right of a house", "cat1; house1; cat1 right_of house1"),
    ("a bird above a tree", "bird1; tree1; bird1 above tree1"),
    ("a dog under a tree", "dog1; tree1; dog1 below tree1"),
    ("a dog next to a tree", "dog1; tree1; dog1 next_to tree1"),
    ("a tree between a red house and a blue car", "tree1; house1 #ff0000; car1 #0000ff; tree1 between house1+car1"),
    ("a boat between two trees", "boat1; tree1; tree2; boat1 between tree1+tree2"),
    ("a cat and a dog on a box", "cat1; dog1; box1; cat1 on box1; dog1 on box1"),
    ("a cat left of a dog and above a tree", "cat1; dog1; tree1; cat1 left_of dog1; cat1 above tree1"),
    ("a house, behind it a tree", "house1; tree1; tree1 behind house1"),
    ("a cat and a dog. the dog is on a box", "cat1; dog1; box1; dog1 on box1"),
    ("a sun in the top right", "sun1 @top right"),
    ("a sun at the top of the poster", "sun1 @top"),
    ("a cat on the left and a dog on the right", "cat1 @left; dog1 @right"),
    ("on the left a cat and on the right a dog", "cat1 @left; dog1 @right"),
    ("a cat, a dog and a fox in a row", "cat1; dog1; fox1; cat1 in_row dog1+fox1"),
    ("five stars in a row", "star1 x5 row"),
    ("a row of five stars", "star1 x5 row"),
    ("4x4 grid of cats", "cat1 x16 grid"),
    ("six apples in a 2x3 grid", "apple1 x6 grid"),
    ("a sign that says ⟦0⟧", 'sign1; label1 "SALE"; label1 on sign1'),
    ("a box, label ⟦0⟧ on the box", 'box1; label1 "SALE"; label1 on box1'),
    ("a box labelled ⟦0⟧", 'box1; label1 "SALE"; label1 on box1'),
    ("a cat, title ⟦0⟧, subtitle ⟦1⟧", 'cat1; title1 "SALE"; subtitle1 "TODAY"'),
    ("a red title ⟦0⟧ at the bottom", 'title1 #ff0000 @bottom "SALE"'),
    ("title: Spring Sale, a cat", 'title1 "Spring Sale"; cat1'),
    ("⟦0⟧ as a caption", 'caption1 "SALE"'),
    ("an astronaut riding a unicorn", "astronaut1; unicorn1; astronaut1 next_to unicorn1"),
    ("a house without a tree", "house1"),
    ("a couple of dogs", "dog1 x2"),
    ("a dozen eggs", "egg1 x12"),
    ("an ice cream and a hot dog", "ice_cream1; hot_dog1"),
]
KOREAN = [
    (
        "빨간 사과 세 개를 파란 차 왼쪽에, 제목 ⟦0⟧",
        'apple1 x3 #ff0000; car1 #0000ff; title1 "SALE"; apple1 left_of car1',
    ),
    ("차 옆에 나무", "car1; tree1; tree1 next_to car1"),
    ("고양이 두 마리와 개", "cat1 x2; dog1"),
    ("세 마리의 고양이", "cat1 x3"),
    ("차와 집 사이에 나무", "car1; house1; tree1; tree1 between car1+house1"),
    ("사과는 왼쪽에, 차는 오른쪽에", "apple1 @left; car1 @right"),
    ("오른쪽 위에 해, 왼쪽 아래에 나무", "sun1 @top right; tree1 @bottom left"),
    ("집 위에 구름", "house1; cloud1; cloud1 above house1"),
    ("소파 위에 고양이", "sofa1; cat1; cat1 on sofa1"),
    ("고양이가 집 앞에 있는 그림", "cat1; house1; cat1 in_front_of house1"),
    ("집 뒤에 나무 세 그루", "house1; tree1 x3; tree1 behind house1"),
    ("큰 집 앞에 작은 빨간 차", "house1 large; car1 #ff0000 small; car1 in_front_of house1"),
    ("고양이, 개, 여우를 한 줄로", "cat1; dog1; fox1; cat1 in_row dog1+fox1"),
    ("별 다섯 개를 한 줄로", "star1 x5 row"),
    ("⟦0⟧라고 적힌 표지판", 'label1 "SALE"; sign1; label1 on sign1'),
    ("표지판에 ⟦0⟧", 'sign1; label1 "SALE"; label1 on sign1'),
    ("⟦0⟧라는 제목", 'title1 "SALE"'),
    ("제목: 봄 세일, 사과 세 개", 'title1 "봄 세일"; apple1 x3'),
    ("유니콘을 타고 있는 우주비행사", "unicorn1; astronaut1; astronaut1 next_to unicorn1"),
    ("차를 #2563eb로", "car1 #2563eb"),
]


@pytest.mark.parametrize(("sentence", "scene"), ENGLISH + KOREAN)
def test_a_sentence_becomes_exactly_its_scene(sentence, scene):
    assert told(sentence) == scene


@pytest.mark.parametrize(
    ("sentence", "key", "words"),
    [
        ("an astronaut riding a unicorn", "deed-not-drawn", "riding"),
        ("two cats holding hands", "deed-not-drawn", "holding hands"),
        ("a florbnitz and a cat", "unknown-noun", "florbnitz"),
        ("a sleepy fox", "trait-not-drawn", "sleepy"),
        ("행복한 강아지", "trait-not-drawn", "행복한"),
        ("유니콘을 타고 있는 우주비행사", "deed-not-drawn", "타고"),
    ],
)
def test_what_cannot_be_drawn_is_told(sentence, key, words):
    told_of = {one.key: str(next(iter(one.args.values()))) for one in notices(read_scene(sentence, ()))}

    assert words in told_of[key]


def test_twenty_nouns_become_twenty_objects():
    nouns = [
        "cat",
        "dog",
        "fox",
        "bear",
        "tiger",
        "lion",
        "cow",
        "pig",
        "frog",
        "monkey",
        "chicken",
        "penguin",
        "owl",
        "bat",
        "wolf",
        "horse",
        "unicorn",
        "bee",
        "snail",
        "turtle",
    ]

    draft = read_scene(", ".join(f"a {noun}" for noun in nouns), ())

    assert [item.id for item in draft.objects] == [f"{noun}1" for noun in nouns]


@pytest.mark.parametrize(
    ("sentence", "kind", "labels"),
    [
        ("bar chart: Mon 3, Tue 5, Wed 9", "bar", ["Mon", "Tue", "Wed"]),
        ("pie chart of apples 40%, pears 60%", "pie", ["apples", "pears"]),
        ("막대 그래프: 월 3, 화 5, 수 9", "bar", ["월", "화", "수"]),
    ],
)
def test_a_chart_keeps_its_numbers(sentence, kind, labels):
    (chart,) = read_scene(sentence, ()).objects

    assert chart.kind is Kind.CHART
    assert chart.data is not None
    assert chart.data["type"] == kind
    assert [item[0] for item in chart.data["items"]] == labels


@pytest.mark.parametrize(("sentence", "steps"), [("steps: mix, bake, eat", 3), ("단계: 섞기, 굽기, 먹기", 3)])
def test_steps_become_a_card(sentence, steps):
    (card,) = read_scene(sentence, ()).objects

    assert card.kind is Kind.CARD
    assert card.data is not None
    assert len(card.data["steps"]) == steps


@pytest.mark.parametrize(
    "word", ["a cat on the left and ", "고양이 옆에 개, ", "red and ", "title ", "bar chart: a 1, "]
)
def test_reading_takes_time_in_proportion_to_the_text(word):
    read_scene(word, ())
    start = time.process_time()
    read_scene(word * (8_000 // len(word)), ())

    assert time.process_time() - start < 3


_COLORS = {"red": "#ff0000", "blue": "#0000ff", "yellow": "#ffff00", "#2563eb": "#2563eb"}
_RELATIONS = {
    "left of": RelationKind.LEFT_OF,
    "behind": RelationKind.BEHIND,
    "above": RelationKind.ABOVE,
    "next to": RelationKind.NEXT_TO,
}
_NOUNS = ("cat", "car", "house", "tree", "apple")


@settings(max_examples=60, deadline=None)
@given(
    st.integers(2, 12),
    st.sampled_from(sorted(_COLORS)),
    st.permutations(_NOUNS),
    st.sampled_from(sorted(_RELATIONS)),
)
def test_a_generated_sentence_parses_to_exactly_that_scene(count, color, nouns, relation):
    first, second = nouns[:2]

    draft = read_scene(f"{count} {color} {first}s {relation} a {second}", ())

    assert [(item.id, item.count, item.color) for item in draft.objects] == [
        (f"{first}1", count, _COLORS[color]),
        (f"{second}1", 1, None),
    ]
    assert [(one.kind, one.subject, one.objects) for one in draft.relations] == [
        (_RELATIONS[relation], f"{first}1", (f"{second}1",))
    ]


@settings(max_examples=80, deadline=None)
@given(st.text(max_size=120))
def test_any_text_at_all_is_read(text):
    draft = read_scene(text, ("x",))

    ids = [item.id for item in draft.objects]
    assert len(ids) == len(set(ids))
    assert all({one.subject, *one.objects} <= set(ids) for one in draft.relations)


@pytest.mark.parametrize(
    ("text", "relation"),
    [
        ("a boat on the left and two fish below it", ("below", "fish1", "boat1")),
        ("a box with a lamp on it", ("on", "lamp1", "box1")),
        ("a table with a lamp on it", None),
        ("a house, a tree behind it and a dog in front of it", ("in_front_of", "dog1", "house1")),
    ],
)
def test_it_after_the_newest_thing_means_the_thing_before(text, relation):
    found = [(one.kind.value, one.subject, *one.objects) for one in read_scene(text, ()).relations]

    assert found[-1:] == ([relation] if relation else [])
