"""Changes of a scene, in both languages, as tables."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bots.planning.grammar import place_scene, read_scene
from bots.planning.revisions import revise
from bots.replies import say_all
from generator.scene import Scene, SceneObject

TEXTS = ("SALE 50%", "NEW")


def boxed(item: SceneObject, row: int) -> SceneObject:
    return replace(
        item, boxes=tuple((100.0 * n, 10.0 * row, 100.0 * n + 90, 10.0 * row + 9) for n in range(item.count))
    )


def poster() -> Scene:
    draft = read_scene("three red apples left of a blue car, title ⟦0⟧, a tree", TEXTS)
    scene = place_scene(draft, Scene(width=1024, height=1024))
    return replace(scene, objects=tuple(boxed(item, row) for row, item in enumerate(scene.objects)))


TABLE = [
    ("make the car yellow", "changed-color car1", ""),
    ("recolor car1 to #2563eb", "changed-color car1", ""),
    ("the apples should be green", "changed-color apple1", ""),
    ("make the title red", "changed-color title1", ""),
    ("make the car and the tree purple", "changed-color car1, changed-color tree1", ""),
    ("move the apples to the right", "moved-to apple1", "apple1"),
    ("put the car above the apples", "moved-by car1", "car1"),
    ("put the tree between the apples and the car", "moved-by tree1", "tree1"),
    ("move the title to the bottom", "moved-to title1", "title1"),
    ("make the car bigger", "changed-scale car1", "car1"),
    ("make the tree huge", "changed-scale tree1", "tree1"),
    ("make the car smaller", "changed-scale car1", "car1"),
    ("make everything blue", "changed-color apple1, changed-color car1, changed-color tree1", ""),
    ("swap the car and the tree", "exchanged car1", ""),
    ("the car and the tree should trade places", "exchanged car1", ""),
    ("swap the car with a bus", "replaced bus1", ""),
    ("move the car up", "shifted car1", ""),
    ("move the tree down a bit and make the car red", "shifted tree1, changed-color car1", ""),
    ("nudge the apples slightly to the left", "shifted apple1", ""),
    ("move the car 100 px to the right", "shifted car1", ""),
    ("차를 조금 왼쪽으로 옮겨줘", "shifted car1", ""),
    ("나무를 위로 옮겨줘", "shifted tree1", ""),
    ("차랑 나무 자리 바꿔줘", "exchanged car1", ""),
    ("사과를 두 배로 크게", "changed-scale apple1", "apple1"),
    ("give me four apples", "changed-count apple1", "apple1"),
    ("no, make the car yellow", "changed-color car1", ""),
    ("five apples instead", "changed-count apple1", "apple1"),
    ("make it 5 apples", "changed-count apple1", "apple1"),
    ("one fewer apple", "changed-count apple1", "apple1"),
    ("add two more apples", "changed-count apple1", "apple1"),
    ("only one apple", "changed-count apple1", "apple1"),
    ("another tree", "changed-count tree1", "tree1"),
    ("add a cat next to the car", "added cat1", "cat1"),
    ("add a green hat", "added hat1", "hat1"),
    ("put a dog on the car", "added dog1", "dog1"),
    ("add a sun in the top right corner", "added sun1", "sun1"),
    ("add a subtitle ⟦1⟧", "added subtitle1", "subtitle1"),
    ("remove the tree", "removed tree1", ""),
    ("remove the car and the tree", "removed car1, removed tree1", ""),
    ("replace the car with a bus", "replaced bus1", ""),
    ("turn the car into a bus", "replaced bus1", ""),
    ("a bus instead of the car", "replaced bus1", ""),
    ("title should say ⟦1⟧", "changed-text title1", ""),
    ("change ⟦0⟧ to ⟦1⟧", "changed-text title1", ""),
    ("replace SALE with SOLD", "changed-text title1", ""),
    ("I want the apples on the left side of the car", "moved-by apple1", "apple1"),
    ("put a label ⟦1⟧ on the car", "added label1", "label1"),
    ("flip the car", "flipped car1", ""),
    ("rotate the car 45 degrees", "rotated car1", "car1"),
    ("give the car a white outline", "outlined car1", ""),
    ("apples in a row", "rearranged apple1", "apple1"),
    (
        "make the car yellow and move the apples to the left, title ⟦1⟧",
        "changed-color car1, moved-to apple1, changed-text title1",
        "apple1",
    ),
    ("make the car yellow and make it bigger", "changed-color car1, changed-scale car1", "car1"),
    ("차를 노란색으로 바꿔줘", "changed-color car1", ""),
    ("빨간 사과를 초록색으로", "changed-color apple1", ""),
    ("제목을 빨간색으로", "changed-color title1", ""),
    ("사과를 오른쪽으로 옮겨줘", "moved-to apple1", "apple1"),
    ("나무를 차 왼쪽으로 옮겨줘", "moved-by tree1", "tree1"),
    ("나무를 지워줘", "removed tree1", ""),
    ("사과를 다섯 개로 바꿔줘", "changed-count apple1", "apple1"),
    ("사과 한 개 빼줘", "changed-count apple1", "apple1"),
    ("나무 하나 더 추가해줘", "changed-count tree1", "tree1"),
    ("차를 버스로 바꿔줘", "replaced bus1", ""),
    ("제목을 ⟦1⟧로 바꿔줘", "changed-text title1", ""),
    ("차를 더 크게 해줘", "changed-scale car1", "car1"),
    ("차를 작게", "changed-scale car1", "car1"),
    ("고양이를 차 옆에 추가해줘", "added cat1", "cat1"),
    ("오른쪽 위에 해를 넣어줘", "added sun1", "sun1"),
    ("차를 뒤집어줘", "flipped car1", ""),
    ("차를 노랗게 하고 사과를 왼쪽으로 옮겨줘", "changed-color car1, moved-to apple1", "apple1"),
]


@pytest.mark.parametrize(("words", "changes", "loose"), TABLE)
def test_a_change_is_made_and_only_what_moves_loses_its_boxes(words, changes, loose):
    revised = revise(poster(), words, TEXTS)

    assert ", ".join(f"{one.key} {one.args['id']}" for one in revised.changes) == changes
    assert ", ".join(item.id for item in revised.scene.objects if not item.boxes) == loose
    assert not revised.missing
    assert not revised.unmet


@pytest.mark.parametrize("words", ["a transparent sticker of the car", "차만 투명 스티커로 만들어줘"])
def test_a_sticker_keeps_only_that_object_on_nothing(words):
    scene = revise(poster(), words, TEXTS).scene

    assert [item.id for item in scene.objects] == ["car1"]
    assert (scene.background, scene.style, scene.relations) == ("transparent", "sticker", ())
    assert scene.objects[0].boxes == ()


@pytest.mark.parametrize(("words", "noun"), [("make the elephant red", "elephant"), ("코끼리를 파란색으로", "코끼리")])
def test_what_is_not_in_the_picture_is_missed_and_nothing_changes(words, noun):
    revised = revise(poster(), words, TEXTS)

    assert revised.missing == (noun,)
    assert revised.scene == poster()


def test_it_means_what_was_changed_before():
    assert [one.args["id"] for one in revise(poster(), "make it red", TEXTS, it=("tree1",)).changes] == ["tree1"]


def test_it_without_a_meaning_is_asked_about():
    assert revise(poster(), "make it twice as big", TEXTS).missing == ("?",)


def test_what_stands_on_a_moved_object_moves_with_it():
    scene = revise(poster(), "put a dog on the car", TEXTS).scene
    scene = replace(scene, objects=tuple(boxed(item, row) for row, item in enumerate(scene.objects)))

    moved = revise(scene, "move the car to the left", TEXTS).scene

    assert [item.id for item in moved.objects if not item.boxes] == ["car1", "dog1"]


def test_a_replaced_object_keeps_its_place_and_its_relations():
    before, after = poster(), revise(poster(), "replace the car with a bus", TEXTS).scene

    bus, car = after.find("bus1"), before.find("car1")
    assert bus is not None
    assert car is not None
    assert bus.boxes == car.boxes
    assert [one.objects for one in after.relations] == [("bus1",)]


@settings(max_examples=40, deadline=None)
@given(st.sampled_from(["car", "apples", "tree", "title"]), st.integers(0, 0xFFFFFF))
def test_a_recolor_changes_only_that_field(noun, value):
    color = f"#{value:06x}"
    before = poster()

    after = revise(before, f"make the {noun} {color}", TEXTS).scene

    identity = f"{noun.removesuffix('s')}1"
    expected = tuple(replace(one, color=color) if one.id == identity else one for one in before.objects)
    assert after == replace(before, objects=expected)


@settings(max_examples=80, deadline=None)
@given(st.text(max_size=120))
def test_any_words_leave_a_scene_that_holds_together(words):
    scene = revise(poster(), words, TEXTS).scene

    ids = [item.id for item in scene.objects]
    assert len(ids) == len(set(ids))
    assert all({one.subject, *one.objects} <= set(ids) for one in scene.relations)


def thing(scene: Scene, identity: str) -> SceneObject:
    found = scene.find(identity)
    assert found is not None
    return found


def center(item):
    left, top = min(box[0] for box in item.boxes), min(box[1] for box in item.boxes)
    return (left + max(box[2] for box in item.boxes)) / 2, (top + max(box[3] for box in item.boxes)) / 2


def test_a_step_moves_by_what_was_said_and_moves_nothing_else():
    before = poster()
    after = revise(before, "move the car 100 px to the right", TEXTS).scene

    car, moved = thing(before, "car1"), thing(after, "car1")
    assert moved.boxes == tuple((x0 + 100, y0, x1 + 100, y1) for x0, y0, x1, y1 in car.boxes)
    assert [item for item in after.objects if item.id != "car1"] == [i for i in before.objects if i.id != "car1"]


def test_a_step_ends_at_the_edge_of_the_canvas():
    after = revise(poster(), "move the car way up", TEXTS).scene

    assert thing(after, "car1").boxes[0][1] == thing(poster(), "car1").boxes[0][1]

    below = revise(poster(), "move the car 2000 px down", TEXTS).scene
    assert 1000 < thing(below, "car1").boxes[0][3] < 1024


def test_things_that_change_places_stand_where_the_other_stood():
    before, after = poster(), revise(poster(), "swap the apples and the tree", TEXTS).scene

    assert center(thing(after, "tree1")) == center(thing(before, "apple1"))
    assert [one.subject for one in after.relations if one.kind.value == "left_of"] == ["tree1"]


def test_changes_are_told_with_articles_and_in_the_language_of_the_conversation():
    english = revise(poster(), "make the apples green and add an owl", TEXTS)
    korean = revise(poster(), "사과를 초록색으로 바꾸고 부엉이 추가해줘", TEXTS, locale="ko")

    assert say_all(english.changes, "en") == ("the apples, now green (was red)", "a new owl")
    assert say_all(korean.changes, "ko") == ("사과 색: 빨간색 → 초록색", "부엉이 추가")


@pytest.mark.parametrize("text", ["no", "no!", "no, I don't know", "nope", "아니"])
def test_a_mere_no_removes_nothing(text):
    assert revise(poster(), text, TEXTS, it=("car1",)).scene == poster()
