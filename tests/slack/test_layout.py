"""What an answer looks like on Slack: it fits, says what it is, formats nothing and mentions nobody."""

import json
from dataclasses import replace
from html import unescape
from pathlib import Path
from typing import Any, get_args

import jsonschema_rs
import pytest
from hypothesis import given
from hypothesis import strategies as st
from slack_sdk.models.blocks import Block as SdkBlock

from bots.chat.cards import Card, Press, Verb, answer_card, progress_card, receipt_line
from bots.chat.preferences import Preferences
from bots.conversation import Conversation, Turn
from bots.order import Answer, Order
from bots.progress import Standing
from bots.slack.layout import LONGEST_ALT, STAGES, Picture, blocks, escaped, fallback, fitted, working
from generator.receipt import ReceiptLine
from generator.sketch.engine import Sketch
from moderation.types import Locale
from tests.storage.samples import generation

SCHEMA = Path(__file__).parents[2].parent / "shared" / "data" / "slack" / "schemas" / "block.json"
ABSENT = "Slack's schemas are not beside the checkout (../shared/data/slack)"

PICTURES = tuple(Picture(file=f"F{number:08}", alt="A red apple." * 300) for number in range(10))
STANDINGS = st.none() | st.builds(
    Standing, stage=st.sampled_from([key for key, _, _ in STAGES]), fraction=st.floats(0, 1)
)
LOCALES = st.sampled_from(get_args(Locale))
CARDS = st.builds(
    Card,
    locale=LOCALES,
    words=st.text(max_size=4000),
    notes=st.lists(st.text(max_size=600), max_size=12).map(tuple),
    presses=st.lists(st.sampled_from(get_args(Verb)), unique=True)
    .flatmap(lambda verbs: st.text(max_size=80).map(lambda target: [Press(verb=each, target=target) for each in verbs]))
    .map(tuple),
)


def _order(locale: Locale = "en", author: str = "ana") -> Order:
    turn = Turn(author=author, text="a red apple")
    conversation = Conversation(id="slack:T1:C1:1.000001", turns=(turn,), locale=locale)
    return Order(job="slack:m:T1:C1:1.000001", conversation=conversation, requester="slack:T1:U1")


def _card(locale: Locale = "en", words: str = "Here is your picture.", author: str = "ana", images: int = 1) -> Card:
    order = _order(locale, author)
    records = [generation(order.job, index, width=512, height=512) for index in range(images)]
    answer = Answer(job=order.job, outcome="image", reply=words, generations=tuple(one.id for one in records))
    return answer_card(order, answer, records, Preferences(), Sketch().capabilities)


def _elements(made: Any, kind: str) -> list[dict[str, Any]]:
    """Everything of a type, at any depth."""
    if isinstance(made, list):
        return [found for each in made for found in _elements(each, kind)]
    if not isinstance(made, dict):
        return []
    here = [made] if made.get("type") == kind else []
    return here + [found for each in made.values() for found in _elements(each, kind)]


def _texts(made: Any) -> str:
    return "\n".join(each["text"] for each in _elements(made, "plain_text"))


def _complaints(made: list[dict[str, Any]]) -> list[str]:
    if not SCHEMA.is_file():
        pytest.skip(ABSENT)
    schema = json.loads(SCHEMA.read_text(encoding="utf-8"))
    # Which of twenty kinds a block failed to be says nothing: judge it as the kind that it claims to be.
    kinds = {
        "section": "SectionBlock",
        "image": "ImageBlock",
        "context": "ContextBlock",
        "actions": "ActionsBlock",
        "context_actions": "ContextActionsBlock",
        "plan": "PlanBlock",
    }
    found = []
    for block in made:
        judge = jsonschema_rs.validator_for(
            {"$ref": f"#/definitions/{kinds[block['type']]}", "definitions": schema["definitions"]}
        )
        found += [str(error.message) for error in judge.iter_errors(block)]
    for task in _elements(made, "task_card"):
        judge = jsonschema_rs.validator_for(
            {"$ref": "#/definitions/TaskCardBlock", "definitions": schema["definitions"]}
        )
        found += [str(error.message) for error in judge.iter_errors(task)]
    return found


@given(card=CARDS, images=st.integers(0, 10))
def test_s17_any_answer_is_made_of_blocks_that_slack_knows_and_fits(card: Card, images: int) -> None:
    made = blocks(card, PICTURES[:images])
    names = [each["action_id"] for each in _flat(made) if "action_id" in each]

    assert _complaints(made) == []
    for block in made:
        SdkBlock.parse(block).validate_json()  # type: ignore[union-attr]  # known kinds only
    assert 0 < len(made) <= 50
    assert all(len(each["text"]["text"]) <= 3000 for each in _elements(made, "section"))
    assert all(0 < len(each["alt_text"]) <= 2000 for each in _elements(made, "image"))
    assert all(0 < len(each["elements"]) <= 25 for each in _elements(made, "actions"))
    assert all(0 < len(each["elements"]) <= 10 for each in _elements(made, "context"))
    assert all(len(each["text"]["text"]) <= 75 and len(each["value"]) <= 2000 for each in _elements(made, "button"))
    assert len(names) == len(set(names))


@given(card=CARDS, standing=STANDINGS, plan=st.booleans())
def test_s12_s17_any_placeholder_is_made_of_blocks_that_slack_knows(
    card: Card, standing: Standing | None, *, plan: bool
) -> None:
    made = working(card, standing, plan=plan)

    assert _complaints(made) == []
    for block in made:
        SdkBlock.parse(block).validate_json()  # type: ignore[union-attr]  # known kinds only
    assert bool(_elements(made, "plan")) == plan


def _flat(made: Any) -> list[dict[str, Any]]:
    if isinstance(made, list):
        return [found for each in made for found in _flat(each)]
    if isinstance(made, dict):
        return [made, *[found for each in made.values() for found in _flat(each)]]
    return []


@pytest.mark.parametrize(
    ("fraction", "statuses"),
    [
        (0.0, ["in_progress", "pending", "pending", "pending", "pending", "pending"]),
        (0.1, ["complete", "in_progress", "pending", "pending", "pending", "pending"]),
        (0.45, ["complete", "complete", "in_progress", "pending", "pending", "pending"]),
        (0.8, ["complete", "complete", "complete", "complete", "in_progress", "pending"]),
        (1.0, ["complete"] * 6),
    ],
)
def test_s12_a_plan_tells_what_is_done_what_goes_on_and_what_is_left(fraction: float, statuses: list[str]) -> None:
    standing = Standing(stage="stage-drawing", fraction=fraction)
    made = working(progress_card(_order(), standing), standing, plan=True)

    assert [task["status"] for task in _elements(made, "task_card")] == statuses
    assert "drawing" in made[0]["title"]


@pytest.mark.parametrize("plan", [True, False])
@pytest.mark.parametrize("locale", ["en", "ko"])
def test_a_placeholder_says_how_far_it_is_and_can_be_stopped(locale: Locale, *, plan: bool) -> None:
    order = _order(locale)
    standing = Standing(stage="stage-drawing", fraction=0.4)
    made = working(progress_card(order, standing), standing, plan=plan)
    (button,) = _elements(made, "button")

    assert "40" in json.dumps(made, ensure_ascii=False)
    assert (button["action_id"], button["value"]) == ("tb1:cancel", order.job)


@given(words=st.text("a<>&!@#UC가", max_size=4000), author=st.text("a<>&!@", min_size=1, max_size=60))
def test_s20_nobodys_words_ping_link_or_format(words: str, author: str) -> None:
    card = _card(words=f"<!channel> <@U12345678> *{words}*", author=f"<!here>{author}")
    made = blocks(card, PICTURES[:1])

    assert _elements(made, "mrkdwn") == []
    for text in (*[each["text"] for each in _elements(made, "plain_text")], fallback(card)):
        assert "<" not in text
        assert ">" not in text
        assert unescape(text.rstrip("…")).count("&") == text.rstrip("…").count("&amp;")
    assert all(each.get("emoji") is False for each in _elements(made, "plain_text"))


@given(text=st.text(max_size=300), longest=st.integers(5, 200))
def test_s20_cutting_never_leaves_half_of_an_escape(text: str, longest: int) -> None:
    cut = fitted(text, longest)

    assert len(cut) <= longest
    assert escaped(text.strip()).startswith(cut.removesuffix("…")) or cut == escaped(text.strip())
    assert not cut.removesuffix("…").endswith(("&am", "&amp", "&l", "&lt", "&g", "&gt", "&a"))


@given(words=st.text(max_size=5000), texts=st.lists(st.text("a*_ 가", min_size=200, max_size=700), max_size=4))
def test_p3_a_long_receipt_leaves_room_for_saying_that_the_image_is_generated(words: str, texts: list[str]) -> None:
    receipt = tuple(ReceiptLine(check="text", asked=text, measured=text, passed=True) for text in texts)
    image = replace(generation("slack:m:1"), receipt=receipt)
    card = _card(words=words)
    card = replace(card, notes=(card.notes[0], receipt_line(image, "en"), *card.notes[2:]))

    assert "AI-generated" in _texts(blocks(card, PICTURES[:1]))
    assert "AI-generated" in fallback(card)


@pytest.mark.parametrize("locale", ["en", "ko"])
def test_p3_s18_every_post_with_an_image_says_that_it_is_ai_generated_in_blocks_and_in_text(locale: Locale) -> None:
    card = _card(locale)
    said = {"en": "AI-generated", "ko": "AI 생성"}[locale]

    assert said in _texts([each for each in blocks(card, PICTURES[:1]) if each["type"] == "context"])
    assert said in fallback(card)


@given(card=CARDS)
def test_s18_there_are_always_words_for_notifications_and_screen_readers(card: Card) -> None:
    assert 0 < len(fallback(card)) <= 3000


def test_s15_images_are_shown_by_their_file_with_alt_text_of_their_own() -> None:
    made = _elements(blocks(_card(), (*PICTURES[:2], Picture(file="F3", alt=" "))), "image")

    assert [each["slack_file"] for each in made] == [{"id": "F00000000"}, {"id": "F00000001"}, {"id": "F3"}]
    assert [len(each["alt_text"]) for each in made[:2]] == [LONGEST_ALT, LONGEST_ALT]
    assert "AI-generated" in made[2]["alt_text"]


def test_s20_alt_text_mentions_nobody_and_is_read_out_without_escapes() -> None:
    (image,) = _elements(blocks(_card(), [Picture(file="F1", alt='It reads "<!channel> <@U1> a < b & c".')]), "image")

    assert image["alt_text"] == 'It reads "‹!channel> ‹@U1> a < b & c".'


@pytest.mark.parametrize("locale", ["en", "ko"])
def test_an_answer_has_all_buttons_asks_before_deleting_and_takes_opinions(locale: Locale) -> None:
    card = _card(locale)
    made = blocks(card, PICTURES[:1])
    buttons = {each["action_id"]: each for each in _elements(made, "button")}
    (feedback,) = _elements(made, "feedback_buttons")
    target = card.images[0].id

    assert buttons.keys() == {f"tb1:{verb}" for verb in ("vary", "revise", "retry", "upscale", "details", "delete")}
    assert {each["value"] for each in buttons.values()} == {target}
    assert all(any(letter.isalpha() for letter in each["text"]["text"]) for each in buttons.values())
    assert [key for key, each in buttons.items() if "confirm" in each] == ["tb1:delete"]
    assert feedback["action_id"] == "tb1:feedback"
    assert feedback["positive_button"]["value"] == f"like:{target}"
    assert feedback["negative_button"]["value"] == f"dislike:{target}"


def test_buttons_carry_ids_and_no_words_of_the_request() -> None:
    made = blocks(_card(), PICTURES[:1])

    assert "apple" not in json.dumps([_elements(made, "button"), _elements(made, "feedback_buttons")])
