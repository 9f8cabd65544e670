"""The rules planner on whole conversations."""

import re
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bots.conversation import MAX_TEXT, Attachment, Conversation, Options, ReplyTo, Turn
from bots.planning.plan import Plan
from bots.planning.rules import RulesPlanner, plan_by_rules
from generator.request import GenerationRequest, Intent, ReferenceRole
from generator.scene import Kind, Place, Scene
from storage.records import Credential, GenerationRecord
from tests.bots.threads import drawn, image, thread

DIGEST = "ab" * 32
ROOT = Path(__file__).parents[2] / "bots"


def conversation(*turns: Turn, **fields) -> Conversation:
    return Conversation(id="cli:test", turns=turns, **fields)


def planned(text: str, **fields) -> Plan:
    return plan_by_rules(conversation(Turn(author="ana", text=text), **fields))


def record(plan: Plan, number: int) -> GenerationRecord:
    """A record as the line would keep it, its boxes made up."""
    request = plan.request
    assert request is not None
    assert request.scene is not None
    objects = tuple(
        item
        if item.boxes
        else replace(item, boxes=tuple((9.0 * n, 10.0 * row, 9.0 * n + 8, 10.0 * row + 9) for n in range(item.count)))
        for row, item in enumerate(request.scene.objects)
    )
    return GenerationRecord(
        id=f"g{number}",
        job=f"j{number}",
        index=0,
        tenant="local",
        conversation="cli:test",
        requester="ana",
        created_at=datetime(2026, 1, 1, tzinfo=UTC),
        request=request,
        scene=replace(request.scene, objects=objects),
        verdicts=(),
        receipt=(),
        parents=request.parents,
        digest="d",
        draft_digest="d",
        media_type="image/png",
        width=request.width,
        height=request.height,
        has_alpha=False,
        size_bytes=1,
        engine="sketch",
        engine_version="1",
        model="sketch",
        seed=request.seed,
        mark_id=number,
        credential=Credential(signed=True, manifest="urn"),
    )


TWELVE = (
    ('@threadbrush a poster: three red apples left of a blue car, title "SALE 50%", background #ffeecc', None),
    ("make the car yellow", None),
    ("move the apples to the right", None),
    ("add a green tree next to the car", None),
    ('change the title to "SOLD OUT"', None),
    ("a transparent sticker of the car", None),
    ("portrait version", None),
    ("undo", None),
    ("another one", None),
    ("what did you change?", None),
    ("make the car purple", 3),
    ("차를 초록색으로 바꾸고 사과를 다섯 개로 바꿔줘", None),
)


def replay() -> list[Plan]:
    turns: tuple[Turn, ...] = ()
    plans = []
    for number, (text, reply) in enumerate(TWELVE):
        turn = Turn(author="ana", text=text, reply_to=None if reply is None else ReplyTo(turn=reply))
        plan = plan_by_rules(conversation(*turns, turn))
        plans.append(plan)
        turns = (*turns, replace(turn, generations=(record(plan, number),) if plan.request else ()))
    return plans


def test_a_design_conversation_of_twelve_turns_is_planned():
    plans = replay()

    assert [plan.outcome for plan in plans] == ["draw"] * 9 + ["answer"] + ["draw"] * 2
    assert not any(plan.unmet for plan in plans)
    requests = [plan.request for plan in plans if plan.request is not None]
    assert [one.parents for one in requests] == [
        *((), ("g0",), ("g1",), ("g2",), ("g3",), ("g4",), ("g5",), ("g5",), ("g7",)),
        ("g3",),
        ("g10",),
    ]
    assert [[change.key for change in one.changes] for one in requests] == [
        [],
        ["changed-color"],
        ["moved-to"],
        ["added"],
        ["changed-text"],
        ["isolated"],
        ["changed-canvas"],
        ["undone"],
        ["varied"],
        ["changed-color"],
        ["changed-color", "changed-count"],
    ]


def test_undo_draws_the_older_scene_with_its_boxes_and_seed():
    plans = replay()
    sticker, undone = plans[5].request, plans[7].request

    assert sticker is not None
    assert undone is not None
    assert undone.scene is not None
    assert undone.intent is Intent.UNDO
    assert undone.seed == sticker.seed
    assert all(item.boxes for item in undone.scene.objects)


def test_a_variation_has_no_boxes_and_another_seed():
    plans = replay()
    before, varied = plans[7].request, plans[8].request

    assert before is not None
    assert varied is not None
    assert varied.scene is not None
    assert varied.intent is Intent.VARY
    assert varied.seed != before.seed
    assert not any(item.boxes for item in varied.scene.objects)


async def test_planning_again_plans_the_same():
    talk = conversation(Turn(author="ana", text="a cat on a box"))

    assert await RulesPlanner().plan(talk) == plan_by_rules(talk)


def test_options_and_words_fill_the_whole_request():
    plan = planned('a cat, title "HELLO", 1536x1024, seed 7, transparent background, as webp', options=Options(count=2))

    request = plan.request
    assert request is not None
    assert (request.width, request.height, request.seed, request.num_images_per_prompt) == (1536, 1024, 7, 2)
    assert (request.background, request.output_format) == ("transparent", "webp")
    assert [block.text for block in request.text_blocks] == ["HELLO"]
    assert request.scene is not None
    assert request.scene.background == "transparent"


@pytest.mark.parametrize(
    ("text", "outcome"),
    [
        ("", "question"),
        ("x" * (MAX_TEXT + 1), "invalid"),
        ("a cat, 40000x40000", "invalid"),
        ("a florbnitz", "question"),
    ],
)
def test_what_cannot_be_planned_is_said(text, outcome):
    plan = planned(text)

    assert plan.outcome == outcome
    assert plan.words is not None
    assert plan.request is None


def test_an_unknown_noun_beside_known_ones_is_unmet():
    plan = planned("a cat and a florbnitz")

    assert plan.outcome == "draw"
    assert [one.key for one in plan.unmet] == ["unknown-noun"]


def test_a_missing_noun_is_asked_about_with_what_is_there():
    first = planned("a red cat and a dog")
    talk = conversation(
        Turn(author="ana", text="a red cat and a dog", generations=(record(first, 0),)),
        Turn(author="ana", text="make the elephant blue"),
    )

    plan = plan_by_rules(talk)

    assert plan.outcome == "question"
    assert plan.words is not None
    assert plan.words.key == "not-in-picture"
    assert plan.words.args["objects"] == "cat, dog"


@pytest.mark.parametrize(
    ("text", "role", "images"),
    [
        ("put this on a beach", ReferenceRole.OBJECT, 1),
        ("a cat in the colours of this image", ReferenceRole.PALETTE, 0),
        ("이 사진의 색으로 고양이를 그려줘", ReferenceRole.PALETTE, 0),
    ],
)
def test_an_upload_is_placed_or_lends_its_colors(text, role, images):
    upload = Attachment(digest=DIGEST, width=64, height=64)

    request = plan_by_rules(conversation(Turn(author="ana", text=text, attachments=(upload,)))).request

    assert request is not None
    assert request.scene is not None
    assert [(one.digest, one.role) for one in request.references] == [(DIGEST, role)]
    assert len([item for item in request.scene.objects if item.image == DIGEST]) == images


def test_a_jpeg_becomes_a_png_when_its_background_goes():
    first = planned("a cat and a car, as jpeg")
    talk = conversation(
        Turn(author="ana", text="a cat and a car, as jpeg", generations=(record(first, 0),)),
        Turn(author="ana", text="a transparent sticker of the car"),
    )

    request = plan_by_rules(talk).request

    assert request is not None
    assert request.output_format == "png"


def test_every_notice_has_words_in_both_languages():
    written = "\n".join(path.read_text(encoding="utf-8") for path in ROOT.glob("planning/**/*.py"))
    keys = set(re.findall(r"""(?:key=|_tell\()"([a-z-]+)\"""", written))
    assert {"drawn-as", "changed-color"} <= keys

    for locale in ("en", "ko"):
        catalogue = "\n".join(path.read_text(encoding="utf-8") for path in ROOT.glob(f"locales/{locale}/*.ftl"))
        known = set(re.findall(r"^([a-z][a-z-]*) =", catalogue, re.MULTILINE))

        assert keys <= known
        own = (ROOT / f"locales/{locale}/planning.ftl").read_text(encoding="utf-8")
        assert all(f'"{key}"' in written for key in re.findall(r"^([a-z][a-z-]*) =", own, re.MULTILINE))


def drawing(plan: Plan) -> tuple[GenerationRequest, Scene]:
    """The request and the scene of a plan that draws."""
    assert plan.request is not None
    assert plan.request.scene is not None
    return plan.request, plan.request.scene


@pytest.mark.parametrize("text", ["five apples", "give me 5 apples", "make it 5 apples", "i said five apples!"])
def test_a_bare_count_of_what_is_there_changes_the_count(text):
    plan = plan_by_rules(thread(text, drawn(image("one"))))

    assert plan.request is not None
    assert plan.request.intent is Intent.REVISE
    assert {item.id: item.count for item in drawing(plan)[1].objects} == {"apple1": 5, "car1": 1, "title1": 1}


@pytest.mark.parametrize("text", ["hmm", "nvm", "idk...", "not like this", "음..", "글쎄", "이거 아닌데"])
def test_musing_changes_nothing_and_is_answered(text):
    plan = plan_by_rules(thread(text, drawn(image("one"))))

    assert plan.outcome == "question"
    assert plan.words is not None
    assert plan.words.key == "what-to-change"


def test_a_correction_changes_what_was_meant_on_the_picture_before():
    first = image("one")
    second = plan_by_rules(thread("make the car yellow", drawn(first))).request
    assert second is not None
    revised = replace(image("two", parents=("one",)), request=second, scene=second.scene)
    turns = (drawn(first), drawn(revised, text="make the car yellow"))

    request = plan_by_rules(thread("no, I meant the apples", *turns)).request

    assert request is not None
    assert request.parents == ("one",)
    colors = {item.id: item.color for item in request.scene.objects} if request.scene else {}
    assert (colors["apple1"], colors["car1"]) == ("#ffff00", "#0000ff")


@pytest.mark.parametrize(("text", "locale"), [("why is the car blue?", "en"), ("차가 왜 파란색이야?", "ko")])
def test_a_question_for_reasons_is_answered_honestly(text, locale):
    plan = plan_by_rules(thread(text, drawn(image("one")), locale=locale))

    assert plan.outcome == "answer"
    assert plan.words is not None
    assert plan.words.key == "answer-why"


def test_undoing_twice_goes_back_twice():
    turns: list[Turn] = []
    for number, text in enumerate(("a red car and a tree", "make the car blue", "make the car green", "undo")):
        plan = plan_by_rules(thread(text, *turns))
        assert plan.request is not None
        made = image(f"g{number}", parents=plan.request.parents, scene=plan.request.scene)
        turns.append(drawn(replace(made, request=plan.request), text=text))

    again = plan_by_rules(thread("undo", *turns)).request

    assert again is not None
    assert again.scene is not None
    assert again.scene.objects[0].color == "#ff0000"
    assert again.parents == ("g0",)


def test_an_upload_put_somewhere_in_a_picture_is_placed_and_moves_nothing():
    plan = plan_by_rules(thread("put my photo in the top right and use its colors", drawn(image("one")), attachments=1))

    assert plan.request is not None
    photo = drawing(plan)[1].objects[-1]
    assert (photo.kind, photo.at) == (Kind.IMAGE, Place.TOP_RIGHT)
    assert {one.role for one in plan.request.references} == {ReferenceRole.OBJECT, ReferenceRole.PALETTE}
    assert [change.key for change in plan.changes] == ["added"]


def test_the_named_thing_chooses_the_image_that_shows_it():
    rocket = image("one", scene=drawing(plan_by_rules(thread("a rocket")))[1])
    turns = (drawn(rocket), drawn(image("two"), author="ben"))

    assert drawing(plan_by_rules(thread("make the rocket green", *turns)))[0].parents == ("one",)
    assert drawing(plan_by_rules(thread("make the car green", *turns)))[0].parents == ("two",)
    assert plan_by_rules(thread("make it green", *turns)).outcome == "question"
    assert drawing(plan_by_rules(thread("로켓을 초록색으로 바꿔줘", *turns)))[0].parents == ("one",)
    assert drawing(plan_by_rules(thread("add the rocket next to the car", *turns)))[0].parents == ("two",)
