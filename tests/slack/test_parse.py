"""What an event of Slack means is read from the event alone, whatever Slack or a person sends."""

import json
import string
from pathlib import Path
from typing import Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bots.conversation import MAX_ATTACHMENTS, MAX_TEXT
from bots.slack.markup import mentioned_users, plain_text
from bots.slack.parse import Ears, Heard, Spot, hear, hear_message, instant, reference, spot_of, thread_of

SAMPLES: Final = Path(__file__).parents[2].parent / "shared" / "data" / "slack"
BOT, ANA, BEN = "U0BOT", "U0ANA", "U0BEN"
TS: Final = "1700000000.000200"
EARS: Final = Ears(bot_user=BOT, bot_id="B0BOT", allowed=("B0OK",), names={f"slack:T0:{BEN}": "Ben"})


def body(text: str = "hello", *, outer: dict[str, Any] | None = None, **event: Any) -> dict[str, Any]:
    said = {"type": "message", "user": ANA, "text": text, "ts": TS, "channel": "C0", "channel_type": "channel"}
    return {
        "type": "event_callback",
        "team_id": "T0",
        "authorizations": [{"team_id": "T0", "enterprise_id": None, "user_id": BOT, "is_bot": True}],
        "event": {**said, **event},
        **(outer or {}),
    }


def read(text: str = "hello", **more: Any) -> Heard:
    heard = hear(body(text, **more), EARS)
    assert heard is not None
    return heard


def file(identity: str = "F1", **more: Any) -> dict[str, Any]:
    url = f"https://files.slack.com/files-pri/T0-{identity}/download/a.png"
    return {"id": identity, "name": "a.png", "mimetype": "image/png", "size": 9, "url_private_download": url, **more}


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        (f"<@{BOT}> a red car", "a red car"),
        (f"a red car <@{BOT}|threadbrush>", "a red car"),
        (f"<@{BEN}> on a <@U0WHO> bike", "@Ben on a @somebody bike"),
        ("<@U0WHO|carla> rides", "@carla rides"),
        ("in <#C123|general> and <#C124|>", "in #general and #channel"),
        ("<!here> <!channel> <!everyone>", "@here @channel @everyone"),
        ("<!subteam^S1|@painters> look", "@painters look"),
        ("on <!date^1700000000^{date}|14 November>", "on 14 November"),
        ("see <https://example.com/a?b=1&amp;c=2|the page>", "see the page"),
        ("see <https://example.com/a?b=1&amp;c=2>", "see https://example.com/a?b=1&c=2"),
        ("<mailto:a@b.example|a@b.example>", "a@b.example"),
        ("R&amp;D: 1 &lt; 2 &gt; 0", "R&D: 1 < 2 > 0"),
        (f"&lt;@{BOT}&gt; is no mention", f"<@{BOT}> is no mention"),
        ("&amp;lt; stays", "&lt; stays"),
        ("a *red* _car_ ~bike~ `#ff0000`", "a red car bike #ff0000"),
        ("2 * 3 * 4 and snake_case_name", "2 * 3 * 4 and snake_case_name"),
        ("```title: SALE```", "title: SALE"),
        ("  a\t\tred   car \n\n  now ", "a red car\n\nnow"),
        ("1 < 2 <unclosed", "1 < 2 <unclosed"),
        ("빨간 *자동차* :car:", "빨간 자동차 :car:"),
        ("a\x00b\ud800c", "a\ufffdb\ufffdc"),
    ],
)
def test_s20_markup_is_read_back_to_what_a_person_reads(raw: str, text: str) -> None:
    assert read(raw).text == text


def test_s3_a_message_and_its_mention_name_the_same_job_whatever_their_event_is_called() -> None:
    message = read(f"<@{BOT}> a car", outer={"event_id": "Ev1"})
    mention = hear(body(f"<@{BOT}> a car", outer={"event_id": "Ev2"}, type="app_mention", channel_type=None), EARS)

    assert mention is not None
    assert message.mentioned
    assert mention.mentioned
    assert message.job == mention.job == f"slack:m:T0:C0:{TS}"


def test_s3_who_passes_on_a_message_that_mentions_the_bot_does_not_ask_for_anything() -> None:
    shared = {"attachments": [{"is_msg_unfurl": True, "text": f"<@{BOT}> a car"}], "type": "app_mention"}

    assert not read("look at this", **shared).mentioned
    assert read(f"<@{BOT}> a bus", **shared).mentioned
    assert read("a bus", type="app_mention").mentioned


def test_s7_a_message_is_answered_in_its_thread_or_becomes_one() -> None:
    root, reply = read(), read(thread_ts="1600000000.000100")
    own = read(thread_ts=TS)

    assert (root.root, root.is_reply, root.place) == (TS, False, f"slack:T0:C0:{TS}")
    assert (reply.root, reply.is_reply) == ("1600000000.000100", True)
    assert (own.root, own.is_reply) == (TS, False)


@pytest.mark.parametrize(
    "event",
    [
        {"user": BOT, "bot_id": "B0BOT"},
        {"user": BOT},
        {"bot_id": "B0BOT"},
        {"subtype": "bot_message", "bot_id": "B0OTHER"},
        {"subtype": "bot_message", "bot_id": None},
        {"bot_id": "B0OTHER"},
        {"subtype": "channel_join"},
        {"subtype": "message_changed"},
        {"subtype": "message_deleted"},
        {"subtype": ["file_share"]},
        {"user": "USLACKBOT"},
        {"hidden": True},
    ],
)
def test_s4_what_no_person_wrote_counts_for_nothing(event: dict[str, Any]) -> None:
    assert not read(**{**event, "subtype": str(event["subtype"]) if "subtype" in event else None}).human


def test_s4_own_messages_never_count_not_even_when_their_bot_is_allowed() -> None:
    ears = Ears(bot_user=BOT, bot_id="B0BOT", allowed=("B0BOT",))
    heard = hear(body(user=None, bot_id="B0BOT", subtype="bot_message"), ears)

    assert heard is not None
    assert not heard.human


def test_s4_a_bot_that_is_allowed_counts_with_or_without_a_user() -> None:
    alone = read(user=None, bot_id="B0OK", subtype="bot_message", username="Weekly  poster")

    assert alone.human
    assert (alone.user, alone.name) == ("B0OK", "Weekly poster")
    assert read(bot_id="B0OK").human


@pytest.mark.parametrize("subtype", [None, "file_share", "thread_broadcast", "me_message"])
def test_s4_what_a_person_writes_counts(subtype: str | None) -> None:
    assert read(subtype=subtype).human


def test_s21_the_workspace_is_that_of_the_authorization() -> None:
    shared = body(
        outer={
            "team_id": "T0THEIRS",
            "context_team_id": "T0CONTEXT",
            "authorizations": [{"team_id": "T0OURS", "enterprise_id": "E1"}],
        }
    )
    org_wide = {**shared, "authorizations": [{"team_id": None, "enterprise_id": "E1"}]}
    bare = {**org_wide, "authorizations": [], "context_team_id": None, "enterprise_id": "E2"}

    assert spot_of(shared) == Spot(team="T0OURS", channel="C0", enterprise="E1")
    assert spot_of(org_wide) == Spot(team="T0CONTEXT", channel="C0", enterprise="E1")
    assert spot_of(bare) == Spot(team="T0THEIRS", channel="C0", enterprise="E2")


def test_direct_messages_are_known_by_their_channel_also_where_slack_does_not_say_its_kind() -> None:
    assert read(channel="D0", channel_type="im").direct
    assert read(channel="D0", channel_type=None).direct
    assert not read(channel="G0", channel_type="mpim").direct


def test_s16_files_that_claim_to_be_images_or_nothing_are_kept_with_their_private_address() -> None:
    heard = read(
        files=[
            file(),
            file("F2", mimetype="application/pdf", name="a.pdf"),
            file("F3", mode="tombstone"),
            {"id": "F4", "file_access": "check_file_info"},
            file("F5", mimetype=None, name="photo.JPG", size="9", url_private_download=None, url_private="https://p"),
            file("../../x"),
            "F6",
        ]
    )
    first, bare, guessed = heard.files

    assert (first.id, first.name, first.media_type, first.size_bytes) == ("F1", "a.png", "image/png", 9)
    assert first.url == "https://files.slack.com/files-pri/T0-F1/download/a.png"
    assert (bare.id, bare.name, bare.url, bare.media_type) == ("F4", "F4", "", None)
    assert (guessed.id, guessed.url, guessed.size_bytes) == ("F5", "https://p", 0)
    assert len(read(files=[file(f"F{number}") for number in range(50)]).files) == MAX_ATTACHMENTS


def test_when_a_message_was_sent_and_edited_is_known_to_the_microsecond() -> None:
    heard = read(edited={"user": ANA, "ts": "1700000001.000001"})

    assert heard.sent_at.microsecond == 200
    assert heard.edited_at == instant("1700000001.000001")
    assert instant("1700000000.2").microsecond == 200_000


def test_changes_of_a_thread_belong_to_the_thread() -> None:
    changed = {"type": "message", "subtype": "message_changed", "ts": "9.9"}

    assert thread_of({**changed, "message": {"ts": TS, "thread_ts": "1.1"}}) == "1.1"
    assert thread_of({**changed, "message": {"ts": TS}}) == TS
    assert thread_of({"deleted_ts": TS, "ts": "9.9", "previous_message": {"ts": TS, "thread_ts": "1.1"}}) == "1.1"
    assert thread_of({"deleted_ts": TS, "ts": "9.9"}) == TS


@pytest.mark.parametrize(
    "event",
    [
        {"ts": "yesterday"},
        {"ts": f"{TS}:x"},
        {"ts": None},
        {"channel": "C0:evil"},
        {"channel": None},
        {"user": "ana", "bot_id": None},
        {"type": "reaction_added"},
    ],
)
def test_what_does_not_look_like_slack_s_ids_is_no_message(event: dict[str, Any]) -> None:
    assert hear(body(**event), EARS) is None


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=40),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner, max_size=4),
    max_leaves=12,
)
KEYS: Final = (
    *("type", "subtype", "user", "text", "ts", "thread_ts", "channel", "channel_type", "bot_id", "bot_profile"),
    *("username", "files", "edited", "hidden", "message", "previous_message", "deleted_ts", "team"),
)
OUTER: Final = ("team_id", "enterprise_id", "context_team_id", "context_enterprise_id", "authorizations", "event")
HOSTILE: Final = st.dictionaries(st.sampled_from(KEYS), JSON, max_size=12)


@given(event=HOSTILE, outer=st.dictionaries(st.sampled_from(OUTER), JSON, max_size=4))
def test_no_event_whatever_is_in_it_breaks_the_reading(event: dict[str, Any], outer: dict[str, Any]) -> None:
    for made in ({**body(), **outer}, body(outer=outer, **event), {"event": {**event, "type": "message"}}):
        heard = hear(made, EARS)
        assert heard is None or (len(heard.text) <= MAX_TEXT + 1 and heard.key.count(":") == 3)
        inner = made.get("event")
        thread_of(inner if isinstance(inner, dict) else {})


@given(event=HOSTILE, one=JSON)
def test_no_file_and_no_message_of_a_history_breaks_the_reading(event: dict[str, Any], one: Any) -> None:
    hear_message(event, Spot(team="T0", channel="C0"), EARS)
    reference(one if isinstance(one, dict) else {"id": "F1", "name": one, "mimetype": one, "size": one})
    read(files=[one, {"id": "F1", "size": one}])


TYPED: Final = st.text(alphabet=f"<>@#!|^&;:{string.ascii_letters}{string.digits} \n가나다", max_size=200)


@given(TYPED)
def test_s20_what_a_person_typed_is_read_as_they_typed_it_and_mentions_nobody(typed: str) -> None:
    sent = typed.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")

    assert mentioned_users(sent) == ()
    assert plain_text(sent, {}, BOT).split() == typed.split()


@pytest.mark.parametrize("text", ["<" * 100_000, "*a" * 50_000, "<@" * 50_000, "&amp;" * 30_000, "_" * 100_000])
def test_very_long_markup_is_read_in_a_moment(text: str) -> None:
    assert len(read(text).text) <= MAX_TEXT + 1


def test_what_is_too_long_can_be_told_from_what_is_just_short_enough() -> None:
    assert len(read("a" * MAX_TEXT).text) == MAX_TEXT
    assert len(read("a" * 40_000).text) == MAX_TEXT + 1


RECORDED: Final = {
    "payload_message": (True, "this is a test message"),
    "payload_message_bot_message": None,  # it does not say where it stands
    "payload_message_channel_join": (False, "@somebody has joined the channel"),
    "payload_message_message_changed": None,  # it is no message, but tells of one
}


def sample(name: str) -> dict[str, Any]:
    path = SAMPLES / name
    if not path.exists():
        pytest.skip("Slack's recorded payloads are kept beside the checkout, not in it")
    loaded: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return loaded


@pytest.mark.parametrize("name", RECORDED)
def test_s4_recorded_events_are_read_for_what_they_are(name: str) -> None:
    heard = hear(sample(f"opsdroid-recorded/{name}.json"), EARS)

    assert (None if heard is None else (heard.human, heard.text)) == RECORDED[name]


def test_s4_a_recorded_change_tells_what_the_message_says_now() -> None:
    event = sample("opsdroid-recorded/payload_message_message_changed.json")["event"]
    heard = hear_message(event["message"], Spot(team="T0", channel=event["channel"]), EARS)

    assert heard is not None
    assert (heard.human, heard.text, heard.ts) == (True, "this is an edited message", "1613632675.006300")
    assert heard.edited_at == instant("1613632704.000000")


@pytest.mark.parametrize(
    ("name", "human"),
    [("AppMention", False), ("Message", False), ("MessageFileShare", True), ("MessageMe", True), ("MessageBot", False)],
)
def test_s3_events_with_every_field_that_slack_ever_sent_are_read(name: str, human: bool) -> None:  # noqa: FBT001 - a column
    recorded = sample(f"java-json-logs/event.{name}.json")
    recorded["authorizations"][0]["team_id"] = "T0"
    event = recorded["event"]
    event |= {"user": ANA, "channel": "C0", "ts": TS, "thread_ts": "1600000000.000100", "text": f"<@{BOT}> a car"}
    event["bot_id"] = "" if human else "B0OTHER"
    event["subtype"] = event.get("subtype") or None
    heard = hear(recorded, EARS)

    assert heard is not None
    assert (heard.human, heard.text, heard.mentioned) == (human, "a car", True)
    assert heard.place == "slack:T0:C0:1600000000.000100"
