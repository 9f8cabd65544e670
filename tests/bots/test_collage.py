"""Planning collages and their colors, and what a tenant's default style does."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bots.conversation import Attachment, Conversation, Options, Turn
from bots.planning.collage import dressed, is_collage
from bots.planning.palette import dress_of, shared_palette
from bots.planning.plan import Plan
from bots.planning.rules import plan_by_rules
from generator.colors import contrast
from generator.scene import CARD_MASK, TRANSPARENT, Kind
from tests.bots.threads import drawn, image, thread

COLORS = st.lists(
    st.lists(st.integers(0, 0xFFFFFF).map(lambda value: f"#{value:06x}"), max_size=5), min_size=2, max_size=6
)


def _uploads(count: int, *, name: str = "") -> tuple[Attachment, ...]:
    return tuple(
        Attachment(digest=f"{number:x}" * 64, width=600, height=400, name=name and f"{name}{number}.png")
        for number in range(count)
    )


def _planned(text: str = "", count: int = 3, *, name: str = "", action: bool = True, **options: Any) -> Plan:
    turn = Turn(author="ana", text=text, attachments=_uploads(count, name=name))
    given = Options(action="blend" if action else None, **options)
    return plan_by_rules(Conversation(id="cli:x", turns=(turn,), options=given))


def _cards(plan: Plan) -> int:
    assert plan.request is not None
    assert plan.request.scene is not None
    return sum(item.mask == CARD_MASK for item in plan.request.scene.objects)


@pytest.mark.parametrize(
    "text",
    [
        "make a collage of these",
        "blend these two photos",
        "@threadbrush please merge these pictures into one",
        "combine both",
        'a collage titled "Us"',
        "이 사진들을 합쳐줘",
        "콜라주로 만들어줘",
    ],
)
def test_words_that_ask_to_blend_the_uploads_make_a_collage(text: str) -> None:
    plan = _planned(text, 2, action=False)

    assert plan.outcome == "draw"
    assert _cards(plan) == 2
    assert [note.key for note in plan.notes] == ["collage"]
    assert not plan.unmet


@pytest.mark.parametrize("text", ["put these photos next to a tree", "이 사진들을 나무 옆에 놓아줘"])
def test_other_words_about_uploads_make_no_collage(text: str) -> None:
    assert _cards(_planned(text, 2, action=False)) == 0


def test_words_options_and_texts_apply() -> None:
    plan = _planned('as a poster titled "Summer 2026", background #ffeecc, 3:2, 2 versions, as webp')
    request = plan.request
    assert request is not None
    assert request.scene is not None

    assert request.scene.style == "poster"
    assert request.background == "#ffeecc"
    assert (request.width, request.height) == (1536, 1024)
    assert request.num_images_per_prompt == 2
    assert request.output_format == "webp"
    assert [block.text for block in request.text_blocks] == ["Summer 2026"]
    assert not plan.unmet


def test_what_a_collage_cannot_show_is_told() -> None:
    plan = _planned("blend these with a red car and a flurbel")

    assert [notice.key for notice in plan.unmet] == ["collage-shows-uploads-only"]
    assert "car" in str(plan.unmet[0].args["things"])


def test_cards_are_called_by_their_files_or_by_number() -> None:
    for name, label in (("beach", "beach0.png"), ("", "image 1")):
        plan = _planned(name=name)
        assert plan.request is not None
        assert plan.request.scene is not None
        assert plan.request.scene.objects[0].label == label


def test_an_impossible_option_is_said() -> None:
    assert _planned("in 9000x9000").outcome == "invalid"


def test_without_an_asked_size_the_canvas_suits_the_pictures() -> None:
    tall = Turn(
        author="ana",
        text="",
        attachments=tuple(Attachment(digest=str(n) * 64, width=300, height=900) for n in range(2)),
    )
    plan = plan_by_rules(Conversation(id="x", turns=(tall,), options=Options(action="blend")))
    wide = _planned(count=2)
    assert plan.request is not None
    assert wide.request is not None

    assert plan.request.height >= plan.request.width
    assert wide.request.height >= wide.request.width  # one above the other


@given(colors=COLORS, poster=st.booleans())
def test_ink_reads_well_on_every_background_that_is_chosen(colors: list[list[str]], *, poster: bool) -> None:
    dress = dress_of(colors, poster=poster, given=None)

    assert isinstance(dress.background, tuple)
    assert all(contrast(dress.ink, shade) >= 4 for shade in dress.background)


@given(COLORS, st.sampled_from(["#ffffff", "#101010", "#777777", ("#000000", "#ffffff"), TRANSPARENT]))
def test_a_given_background_stays(colors: list[list[str]], given_one: str) -> None:
    assert dress_of(colors, poster=False, given=given_one).background == given_one


def test_a_palette_names_first_what_most_pictures_have() -> None:
    palette = shared_palette([["#ff0000", "#0000ff"], ["#00ff00", "#0101fe"], ["#ffff00", "#0000fd"]])

    assert palette[0] == "#0000ff"
    assert len(palette) == 4
    assert shared_palette([[], []]) == ()


def test_colors_are_taken_once_and_never_over_what_was_asked() -> None:
    plan = _planned('titled "Hi"', background="#123456")
    assert plan.request is not None
    assert is_collage(plan.request)
    request = dressed(plan.request, [["#ff0000"], ["#00ff00"], ["#ff0000"]])
    assert request.scene is not None

    assert not is_collage(request)
    assert request.background == request.scene.background == "#123456"
    assert request.palette == ("#ff0000", "#00ff00")
    assert all(item.outline for item in request.scene.objects if item.kind is Kind.IMAGE)
    assert all(item.color for item in request.scene.objects if item.kind is Kind.TEXT)


@pytest.mark.parametrize(
    ("text", "given_style", "default", "style"),
    [
        ("a cat", None, "paper", "paper"),
        ("a cat", "outline", "paper", "outline"),
        ("a poster of a cat", None, "paper", "poster"),
        ("a cat", None, None, "flat"),
        ("a cat", None, "watercolor", "flat"),
    ],
)
def test_a_tenants_default_style_is_for_new_pictures_without_a_style(
    text: str, given_style: str | None, default: str | None, style: str
) -> None:
    conversation = replace(thread(text), default_style=default, options=Options(style=given_style))
    plan = plan_by_rules(conversation)
    assert plan.request is not None

    assert plan.request.style == style


def test_a_tenants_default_style_leaves_revisions_alone() -> None:
    plan = plan_by_rules(replace(thread("make the car red", drawn(image("one"))), default_style="paper"))
    assert plan.request is not None

    assert plan.request.style == "flat"
