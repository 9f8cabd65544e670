"""Planning for engines that read: words stay, nothing is refused for want of a drawing, pictures are edited as pixels."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bots.conversation import Options
from bots.planning.options import own_words
from bots.planning.rules import plan_by_rules
from generator.engine import Capabilities
from generator.request import Intent, ReferenceRole
from generator.scene import Kind
from tests.bots.threads import drawn, image, thread

PAINTER = Capabilities(
    edit=True,
    references=4,
    exact_text=True,
    exact_color=False,
    transparency=True,
    boxes=False,
    upscale=False,
    styles=(),
    neural=True,
)
WRITER = replace(PAINTER, edit=False, references=0)


def planned(text, *earlier, capabilities=PAINTER, options=None, **more):
    conversation = thread(text, *earlier, **more)
    return plan_by_rules(replace(conversation, options=options or Options()), capabilities)


@pytest.mark.parametrize("text", ["a gryphon over Seoul", "서울 위를 나는 그리핀을 그려줘"])
def test_a_noun_without_a_drawing_is_drawn_in_the_persons_own_words(text):
    plan = planned(text)

    assert plan.outcome == "draw"
    assert plan.request.prompt == text
    assert not plan.unmet
    assert plan_by_rules(thread(text)).outcome == "question", "the embedded engine cannot: the text tests something"


def test_options_leave_the_prompt_and_become_fields():
    request = planned("a fox in the snow, 1536x1024, seed 42, 3 images, as webp").request

    assert request.prompt == "a fox in the snow"
    assert (request.width, request.height, request.seed, request.num_images_per_prompt) == (1536, 1024, 42, 3)
    assert request.output_format == "webp"


def test_a_transparent_background_is_said_by_the_field_alone():
    request = planned("a fox on a transparent background").request

    assert (request.prompt, request.background) == ("a fox", "transparent")


def test_what_stands_in_quotes_stays_quoted_and_is_to_be_measured():
    request = planned('a poster with a rocket, title "To the Moon"').request

    assert '"To the Moon"' in request.prompt
    assert [block.text for block in request.text_blocks] == ["To the Moon"]


@pytest.mark.parametrize("style", ["watercolor", "anime", "수채화"])
def test_a_style_that_the_embedded_engine_lacks_is_asked_for(style):
    plan = planned(f"a fox, {style}")

    assert plan.request.style == style
    assert style in plan.request.prompt
    assert not plan.unmet


def test_a_style_from_a_form_is_asked_for_too():
    plan = planned("a fox", options=Options(style="woodcut"))

    assert plan.request.style == "woodcut"
    assert not plan.unmet


def test_what_was_understood_is_kept_as_a_plan_without_boxes():
    scene = planned("three red apples left of a blue car").request.scene

    assert {(item.label, item.count) for item in scene.objects} == {("apple", 3), ("car", 1)} | {
        (item.label, item.count) for item in scene.objects if item.label not in ("apple", "car")
    }
    assert scene.relations
    assert not any(item.boxes for item in scene.objects)


def test_things_that_only_the_embedded_engine_would_choose_are_not_planned():
    assert not planned("16 different animals").request.scene.objects


def test_uploads_are_looked_at_and_not_pasted():
    request = planned("put my photo on a beach", attachments=1).request

    assert [(one.digest, one.role) for one in request.references] == [("0" * 64, ReferenceRole.OBJECT)]
    assert not [item for item in request.scene.objects if item.kind is Kind.IMAGE]


def test_the_style_of_an_upload_is_taken_without_an_excuse():
    plan = planned("a castle in the style of my photo", attachments=1)

    assert plan.request.references[0].role is ReferenceRole.STYLE
    assert not plan.unmet


def test_a_revision_edits_the_pixels_of_its_parent_first():
    before = image("one")
    request = planned(
        "make it look like a rainy night, with my photo on the wall", drawn(before), attachments=1
    ).request

    assert request.intent is Intent.REVISE
    assert request.parents == ("one",)
    assert [one.role for one in request.references] == [ReferenceRole.EDIT, ReferenceRole.OBJECT]
    assert request.references[0].digest == before.digest
    assert "rainy night" in request.prompt


def test_a_change_that_is_not_understood_is_the_models_business():
    plan = planned("make it more dramatic", drawn(image("one")))

    assert plan.outcome == "draw"
    assert plan.request.prompt == "make it more dramatic"


def test_a_change_that_is_understood_reaches_the_plan_and_is_not_told_as_done():
    plan = planned("make the car yellow", drawn(image("one")))
    car = plan.request.scene.find("car1")

    assert car.color not in (None, "#0000ff")
    assert [change.key for change in plan.request.changes] == ["changed-color"]
    assert not plan.changes


def test_a_background_to_change_stays_in_the_words():
    assert "blue" in planned("make the background blue", drawn(image("one"))).request.prompt


def test_another_size_alone_repeats_what_the_picture_shows():
    request = planned("make it 1536x1024", drawn(image("one"))).request

    assert (request.width, request.height, request.prompt) == (1536, 1024, "a poster")


def test_another_one_has_the_same_words_and_references_and_another_seed():
    first = image("one")
    second = replace(
        image("two", parents=("one",), intent=Intent.REVISE),
        request=planned("make it night", drawn(first)).request,
    )
    request = planned("another one", drawn(first), drawn(second)).request

    assert request.intent is Intent.VARY
    assert request.prompt == "make it night"
    assert request.references == second.request.references
    assert request.seed != second.request.seed


def test_what_was_brought_back_is_varied_like_the_picture_that_it_shows():
    first, second = image("one"), image("two", parents=("one",), intent=Intent.REVISE)
    undone = planned("undo", drawn(first), drawn(second)).request
    third = replace(image("three", parents=("one",), intent=Intent.UNDO), request=undone)
    request = planned("another one", drawn(first), drawn(second), drawn(third)).request

    assert not request.references, "the first picture was drawn from words alone"
    assert request.prompt == first.request.prompt


def test_undo_names_the_very_image_that_is_shown_again():
    first, second = replace(image("one"), digest="a" * 64), image("two", parents=("one",), intent=Intent.REVISE)
    request = planned("undo", drawn(first), drawn(second)).request

    assert request.intent is Intent.UNDO
    assert [(one.digest, one.role) for one in request.references] == [("a" * 64, ReferenceRole.EDIT)]
    assert (request.width, request.height, request.seed) == (first.width, first.height, first.seed)


def test_a_revision_by_the_embedded_engine_is_retried_as_an_edit_of_its_parent():
    first, second = replace(image("one"), digest="a" * 64), image("two", parents=("one",), intent=Intent.REVISE)
    request = planned("", drawn(first), drawn(second), options=Options(action="retry")).request

    assert (request.references[0].digest, request.references[0].role) == ("a" * 64, ReferenceRole.EDIT)
    assert request.parents == ("one",)


def test_blending_gives_the_model_all_uploads():
    request = planned("", attachments=3, options=Options(action="blend")).request

    assert [one.role for one in request.references] == [ReferenceRole.OBJECT] * 3
    assert request.prompt


def test_upscaling_is_not_offered():
    plan = planned("", drawn(image("one")), options=Options(action="upscale"))

    assert plan.words.key == "upscale-unavailable"


def test_a_model_that_cannot_edit_says_so_instead_of_drawing_something_else():
    plan = planned("make it more dramatic", drawn(image("one")), capabilities=WRITER)

    assert (plan.outcome, plan.words.key) == ("invalid", "neural-cannot-revise")


def test_a_model_that_cannot_look_says_so_instead_of_ignoring_an_upload():
    plan = planned("put my photo on a beach", attachments=1, capabilities=WRITER)

    assert (plan.outcome, plan.words.key) == ("invalid", "neural-cannot-look")


def test_a_private_picture_stays_private():
    secret = replace(image("one"), private=True)

    assert all(planned(text, drawn(secret)).request.private for text in ("make it dramatic", "another one"))


def test_talk_between_people_is_not_drawn_although_the_model_could():
    conversation = thread("lol the meeting was so long today", drawn(image("one")))
    overheard = replace(conversation, turns=(*conversation.turns[:-1], replace(conversation.newest, addressed=False)))

    assert plan_by_rules(overheard, PAINTER).outcome == "ignore"


def test_an_order_that_nobody_addressed_is_drawn():
    conversation = thread("draw a gryphon over Seoul")
    overheard = replace(conversation, turns=(replace(conversation.newest, addressed=False),))

    assert plan_by_rules(overheard, PAINTER).outcome == "draw"


@given(text=st.text(max_size=80))
def test_own_words_hold_no_token_and_do_not_change_when_read_again(text):
    words = own_words(text)

    assert "⟦" not in words
    assert plan_by_rules(thread(text), PAINTER).outcome in ("draw", "answer", "question", "invalid", "ignore")
