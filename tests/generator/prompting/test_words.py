"""What a model is told: the person's words, and beside them only what they do not say themselves."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.colors import delta_e_2000
from generator.models.table import FLUX3_KLEIN, KLEIN, QWEN_IMAGE_21, Z_IMAGE
from generator.prompting.color_names import name_of
from generator.prompting.keying import KEYS, key_color_for
from generator.prompting.words import LONGEST, worded
from generator.request import GenerationRequest, Intent, Reference, ReferenceRole, TextBlock
from generator.scene import Scene, SceneObject, TextRole


def said(**more) -> str:
    return worded(GenerationRequest(**{"prompt": "a red car", **more}), KLEIN).prompt


def test_a_plain_request_is_the_persons_own_words():
    assert said() == "a red car."
    assert said(prompt="빨간 자동차 두 대") == "빨간 자동차 두 대."
    assert said(prompt="  a\ncar!  ") == "a car!"


def test_a_hex_gets_the_name_that_models_know():
    assert said(prompt="a #dc2626 car") == "a red (#dc2626) car."
    assert said(prompt="a red (#dc2626) car") == "a red (#dc2626) car."
    assert said(background="#fef9c3") == "a red car. The background is a plain solid pale yellow (#fef9c3)."


def test_a_background_in_the_persons_words_is_not_said_twice():
    assert said(prompt="a car on #ffffff", background="#ffffff") == "a car on white (#ffffff)."


def test_a_gradient_and_a_palette_are_said():
    assert "gradient from sky blue (#7dd3fc) at the top to white (#ffffff) at the bottom" in said(
        background=("#7dd3fc", "#ffffff")
    )
    assert "Use these colors: gold (#d4a017), black (#000000)." in said(palette=("#d4a017", "#000000"))


def test_a_style_is_named_once_and_the_default_never():
    assert said(style="watercolor") == "a red car. In watercolor style."
    assert said(prompt="a Watercolor car", style="watercolor") == "a Watercolor car."
    assert "flat" not in said(style="flat")


def test_texts_are_quoted_letter_by_letter_unless_the_person_did():
    block = TextBlock(text='SALE 50% "now"', role=TextRole.TITLE)
    assert 'The title reads "SALE 50% ”now”".' in said(text_blocks=(block,))
    assert said(prompt='a sign "OPEN"', text_blocks=(TextBlock(text="OPEN"),)) == 'a sign "OPEN".'


def test_an_edit_says_what_stays():
    edit = Reference(digest="0" * 64, role=ReferenceRole.EDIT)
    assert said(prompt="make it blue", intent=Intent.REVISE, references=(edit,)).endswith("exactly as it is.")
    assert "Keep everything" not in said(intent=Intent.VARY, references=(edit,))


def test_transparency_is_said_to_who_can_and_keyed_for_the_others():
    request = GenerationRequest(prompt="a red car", background="transparent")
    native, keyed = worded(request, QWEN_IMAGE_21), worded(request, KLEIN)

    assert native.key_color is None
    assert "transparent" in native.prompt
    assert keyed.key_color == KEYS[0]
    assert keyed.key_color in keyed.prompt


@pytest.mark.parametrize("color", ["green", "#00b140", "lime", "magenta"])
def test_the_key_is_far_from_every_asked_color(color):
    key = key_color_for(GenerationRequest(prompt=f"a {color} frog", background="transparent"))
    assert delta_e_2000(key, {"green": "#008000", "lime": "#00ff00", "magenta": "#ff00ff"}.get(color, color)) > 25


def test_only_who_takes_a_negative_prompt_gets_it():
    request = GenerationRequest(prompt="a car", negative_prompt="people")
    assert worded(request, Z_IMAGE).negative_prompt == "people"
    assert worded(request, KLEIN).negative_prompt == ""


def test_boxes_are_shares_of_the_canvas_for_who_places_objects():
    car = SceneObject(id="car1", label="car", color="#dc2626", boxes=((0, 100, 200, 200), (150, 0, 900, 100)))
    request = GenerationRequest(prompt="a car", scene=Scene(width=400, height=200, objects=(car,)))

    assert worded(request, KLEIN).boxes == ()
    (box,) = worded(request, FLUX3_KLEIN).boxes
    assert (box.words, box.box) == ("red (#dc2626) car", (0.0, 0.5, 0.5, 1.0))


@given(st.text(max_size=9000), st.text(max_size=9000))
def test_whatever_people_write_the_prompt_is_bounded_and_the_same_every_time(prompt, text):
    request = GenerationRequest(prompt=prompt, text_blocks=(TextBlock(text=text),), background="transparent")
    wording = worded(request, KLEIN)

    assert len(wording.prompt) <= LONGEST
    assert wording == worded(replace(request), KLEIN)


def test_colors_have_the_names_that_people_give_them():
    assert [name_of(color) for color in ("#ffeecc", "#ff0000", "#101010", "#1e3a8a")] == [
        "cream", "bright red", "black", "navy blue",
    ]  # fmt: skip
