"""Forms: what Slack takes of them, what is read back, what is wrong with them, and where their answers go."""

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
import pytest_asyncio
from hypothesis import given
from hypothesis import strategies as st

from bots.planning.styles import STYLES
from bots.slack.interactions import forms
from bots.slack.interactions.filled import Filled
from bots.slack.interactions.forms import LONGEST_METADATA, Subject, read_subject, write_subject
from bots.slack.where import job_of_view, where
from generator.scene import Notice
from moderation.types import Locale
from tests.contract.schema_complaints import check, closed
from tests.fakes.slack import Channel, Interaction, View
from tests.fakes.slack.people import upload_of
from tests.slack.pages import SCHEMAS, complaints, texts
from tests.slack.pressing import Hands, hands_on

IDS = st.from_regex(r"[A-Za-z0-9:.\-]{1,80}", fullmatch=True)
JUNK = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=10,
)
SUBJECT = Subject(generation="g", files=("F1", "F2"), channel="C1", message="1.2", thread="1.1")
LOCALES: tuple[Locale, ...] = ("en", "ko")


@pytest_asyncio.fixture
async def hands(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Hands]:
    async with hands_on(tmp_path, monkeypatch) as made:
        yield made


def every_form(locale: Locale) -> list[dict[str, Any]]:
    return [
        forms.create_form(locale),
        forms.create_form(locale, channel="C1", prompt="x" * 5000),
        forms.create_form(locale, channel="D1"),
        forms.revise_form(locale, SUBJECT),
        forms.reference_form(locale, SUBJECT),
        forms.report_form(locale, SUBJECT),
        forms.words_form("form-report-title", Notice(key="reported"), locale),
    ]


@pytest.fixture(scope="module")
def judge() -> jsonschema_rs.Validator:
    """Slack's schema of forms."""
    file = SCHEMAS / "modal.json"
    if not file.exists():
        pytest.skip("Slack's schemas are kept beside the checkout, not in it")
    return jsonschema_rs.validator_for(closed(json.loads(file.read_text(encoding="utf-8"))))


@pytest.mark.parametrize("locale", LOCALES)
def test_s17_every_form_is_one_that_slack_takes(locale: Locale, judge: jsonschema_rs.Validator) -> None:
    for form in every_form(locale):
        assert list(check(judge, form, "form")) == []
        assert complaints("views.open", {"trigger_id": "1.2.3", "view": form}) == []


def test_the_schema_of_forms_finds_a_form_that_slack_does_not_take(judge: jsonschema_rs.Validator) -> None:
    form = forms.create_form("en")
    form["blocks"][0]["element"]["type"] = "crystal_ball"

    assert list(check(judge, form, "form")) != []


@pytest.mark.parametrize("locale", LOCALES)
def test_s17_the_words_of_every_form_fit_and_are_there(locale: Locale) -> None:
    made = every_form(locale)

    assert all(len(form["title"]["text"]) <= 24 for form in made)
    assert all(len(form["blocks"]) <= 100 for form in made)
    assert all(len(form.get("submit", form["close"])["text"]) <= 24 for form in made)
    assert all(len(form.get("private_metadata", "")) <= LONGEST_METADATA for form in made)
    assert "slack-" not in texts(made)
    assert "form-" not in texts(made)


@given(
    subject=st.builds(
        Subject,
        generation=st.none() | IDS,
        files=st.lists(IDS, max_size=6).map(tuple),
        channel=st.none() | IDS,
        message=st.none() | IDS,
        thread=st.none() | IDS,
    )
)
def test_what_a_form_is_about_comes_back_as_it_went(subject: Subject) -> None:
    written = write_subject(subject)

    assert len(written) <= LONGEST_METADATA
    assert read_subject(written) == subject


@given(text=st.text() | JUNK.map(json.dumps))
def test_whatever_a_form_claims_to_be_about_it_is_ids(text: str) -> None:
    subject = read_subject(text)

    assert all(len(one) <= 80 for one in (*subject.files, *(subject.generation or "", subject.channel or "")))
    assert len(subject.files) <= forms.MOST_REFERENCES


@given(view=JUNK | st.fixed_dictionaries({"state": st.fixed_dictionaries({"values": JUNK})}), inner=JUNK)
def test_whatever_was_filled_in_it_is_read_without_breaking(view: Any, inner: Any) -> None:
    shapes = [view if isinstance(view, dict) else {}, {"state": {"values": {"prompt": {"prompt": inner}}}}]
    for each in map(Filled, shapes):
        read = (each.text("prompt"), each.choice("prompt"), each.channel("prompt"), each.files("prompt"))
        assert len(read[0]) <= forms.LONGEST_PROMPT
        assert len(read[3]) <= forms.MOST_FILES


async def opened(hands: Hands, channel: Channel | None = None) -> View:
    if channel is None:
        await hands.stage.ana.global_shortcut("create_image")
    else:
        await hands.stage.ana.command(channel, "/imagine", "")
    return await hands.opened(hands.stage.ana)


async def sent(hands: Hands, view: View, **values: Any) -> Interaction:
    return await hands.stage.ana.submit(view, {"prompt": "a cat", **values})


async def test_the_form_of_the_command_draws_into_its_channel(hands: Hands) -> None:
    view = await opened(hands, hands.stage.channel)
    await sent(hands, view)
    at = where(hands.order)

    assert (at.manner, at.channel, at.thread) == ("channel", hands.stage.channel.id, None)
    assert hands.order.job == hands.order.conversation.id == job_of_view(hands.stage.team.id, view.id)
    assert hands.stage.fake.ephemerals == []


async def test_everything_that_the_form_offers_is_asked_for(hands: Hands) -> None:
    view = await opened(hands, hands.stage.channel)
    await sent(hands, view, size="1536x1024", background="#ffeecc", style="poster", count="3")
    options = hands.order.conversation.options

    assert (options.width, options.height, options.style, options.count) == (1536, 1024, "poster", 3)
    assert options.background is not None
    assert options.action is None


async def test_transparent_is_a_background(hands: Hands) -> None:
    view = await opened(hands, hands.stage.channel)
    await sent(hands, view, background="transparent")

    assert hands.order.conversation.options.background == "transparent"


async def test_files_of_the_form_travel_with_the_request(hands: Hands) -> None:
    view = await opened(hands, hands.stage.channel)
    file = upload_of(hands.stage.fake.world, hands.stage.ana, "a.png", b"bytes")
    raw = {"id": file.id, "name": file.name, "mimetype": "image/png", "size": 5, "url_private": "https://x/a.png"}
    await sent(hands, view, files=[raw, {"id": 2}, {"id": "F2", "mode": "tombstone"}])

    assert [(one.id, one.url, one.size_bytes) for one in hands.turns[0].attachments] == [
        (file.id, "https://x/a.png", 5)
    ]


@pytest.mark.parametrize(
    ("field", "value"),
    [("size", "as big as a whale"), ("size", "99999x99999"), ("background", "#gg0011")],
)
async def test_what_cannot_be_is_said_at_its_field(hands: Hands, field: str, value: str) -> None:
    view = await opened(hands, hands.stage.channel)
    await sent(hands, view, **{field: value})

    assert view.open
    assert list(view.errors) == [field]
    assert hands.orders == []


async def test_a_form_without_words_says_so_and_can_be_sent_again(hands: Hands) -> None:
    view = await opened(hands, hands.stage.channel)
    await sent(hands, view, prompt="  ")
    empty = dict(view.errors)
    await sent(hands, view)

    assert empty == {"prompt": "Please say what I should draw."}
    assert not view.open
    assert hands.order.job == job_of_view(hands.stage.team.id, view.id)


async def test_without_a_channel_the_answer_comes_directly_and_is_private(hands: Hands) -> None:
    view = await opened(hands)
    await sent(hands, view)

    assert where(hands.order).manner == "direct"
    assert hands.order.conversation.options.private


async def test_another_channel_is_told_that_the_answer_comes_and_gets_it(hands: Hands) -> None:
    other = hands.stage.team.add_channel("other", private=True)
    view = await opened(hands, hands.stage.channel)
    await sent(hands, view, channel=other.id)
    (told,) = hands.stage.fake.ephemerals

    assert (told["channel"], told["user"]) == (other.id, hands.stage.ana.id)
    assert (where(hands.order).manner, where(hands.order).channel) == ("channel", other.id)


@pytest.mark.parametrize("missing", ["person", "bot"])
async def test_nothing_is_posted_into_a_channel_where_the_person_or_the_bot_is_not(hands: Hands, missing: str) -> None:
    other = hands.stage.team.add_channel("other", private=True, bot=missing != "bot")
    if missing == "person":
        other.members.discard(hands.stage.ana.id)
    view = await opened(hands, hands.stage.channel)
    await sent(hands, view, channel=other.id)

    assert list(view.errors) == ["channel"]
    assert hands.orders == []
    assert hands.stage.fake.ephemerals == []
    assert other.messages == []


async def test_s1_when_slack_does_not_say_who_is_in_a_channel_the_form_can_be_sent_again(hands: Hands) -> None:
    other = hands.stage.team.add_channel("other")
    view = await opened(hands, hands.stage.channel)
    hands.stage.fake.faults.add("rate_limit", "chat.postEphemeral")
    tried = await sent(hands, view, channel=other.id)
    words = dict(view.errors)
    await sent(hands, view, channel=other.id)

    assert tried.acknowledged_after is not None
    assert words == {"channel": "Slack does not answer right now. Please send the form again in a moment."}
    assert where(hands.order).channel == other.id


async def test_a_workspace_that_draws_elsewhere_says_so_at_the_channel(hands: Hands) -> None:
    tenant = f"slack:{hands.stage.team.id}"
    await hands.stage.app.chats.change_tenant(tenant, preferences={"channels": ["C0ELSEWHERE"]})
    ben = hands.stage.ben
    await ben.command(hands.stage.channel, "/imagine", "")
    view = await hands.opened(ben)
    await ben.submit(view, {"prompt": "고양이", "channel": hands.stage.channel.id})

    assert list(view.errors) == ["channel"]
    assert hands.orders == []


async def test_the_answer_of_a_form_is_in_the_language_of_its_words(hands: Hands) -> None:
    view = await opened(hands)
    await sent(hands, view, prompt="빨간 사과")

    assert hands.order.conversation.locale == "ko"


@pytest.mark.parametrize("field", ["style", "count"])
async def test_an_option_that_was_not_offered_is_passed_over(hands: Hands, field: str) -> None:
    view = await opened(hands, hands.stage.channel)
    element = next(block["element"] for block in view.body["blocks"] if block["block_id"] == field)
    element["options"].append({"text": {"type": "plain_text", "text": "?"}, "value": "10000"})
    await sent(hands, view, **{field: "10000"})
    options = hands.order.conversation.options

    assert "10000" not in STYLES
    assert (options.style, options.count) == (None, None)
