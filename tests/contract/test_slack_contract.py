"""The judges of Slack's traffic: what is right passes, what is wrong does not, and every exception is needed."""

import json
import re
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from tests.contract import slack_events, slack_requests
from tests.contract.slack_requests import ARGUMENTS, FOLDER, QUIRKS, SCHEMAS, WITHOUT_SCHEMA
from tests.contract.slack_watch import Watch, judged

pytestmark = pytest.mark.skipif(
    not SCHEMAS.is_dir(), reason="Slack's schemas are kept beside the checkout (../shared/data/slack), not in it"
)

JOB = "slack:m:T1:C1:1700000000.000100"
IMAGE = {"type": "image", "alt_text": "a car", "slack_file": {"id": "F1"}}
NOTE = {"type": "context", "elements": [{"type": "plain_text", "text": "AI-generated image", "emoji": False}]}
ROOT = Path(__file__).parents[2]


def metadata(**payload: Any) -> dict[str, Any]:
    return {"event_type": "threadbrush_job", "event_payload": payload or {"job": JOB}}


def post(**more: Any) -> dict[str, Any]:
    blocks = [{"type": "section", "text": {"type": "plain_text", "text": "Here it is", "emoji": False}}]
    return {
        "channel": "C1",
        "thread_ts": "1700000000.000100",
        "text": "Here it is",
        "blocks": blocks,
        "metadata": metadata(),
        **more,
    }


RIGHT: list[tuple[str, dict[str, Any]]] = [
    ("chat.postMessage", post()),
    ("chat.postMessage", post(thread_ts=None, metadata=metadata(job="slack:i:T1:12.34.ab"))),
    ("chat.update", {"channel": "C1", "ts": "1.2", "text": "a car", "blocks": [IMAGE, NOTE], "metadata": metadata()}),
    ("chat.delete", {"channel": "C1", "ts": "1.2"}),
    ("chat.postEphemeral", {"channel": "C1", "user": "U1", "text": "No.", "thread_ts": "1.2", "parse": "none"}),
    ("conversations.replies", {"channel": "C1", "ts": "1.2", "limit": "15", "include_all_metadata": "1"}),
    ("conversations.history", {"channel": "C1", "limit": "200", "oldest": "1.2", "include_all_metadata": "true"}),
    ("conversations.open", {"users": "U1"}),
    ("users.info", {"user": "U1", "include_locale": "1"}),
    ("files.getUploadURLExternal", {"filename": "a.png", "length": "7", "alt_txt": "a car"}),
    ("files.completeUploadExternal", {"files": json.dumps([{"id": "F1", "title": "a"}])}),
    ("files.info", {"file": "F1"}),
    ("files.delete", {"file": "F1"}),
    ("auth.test", {}),
    ("agents.sessions.setStatus", {"channel_id": "D1", "thread_ts": "1.2", "status": "processing", "title": "a car"}),
]

WRONG: list[tuple[str, dict[str, Any], str]] = [
    ("chat.postMessage", post(colour="red"), "unknown colour"),
    ("chat.postMessage", post(thread_ts=None), "S7"),
    ("chat.postMessage", post(text=""), "S18"),
    ("chat.postMessage", post(metadata=metadata(job=JOB, prompt="a car")), "S19"),
    ("chat.postMessage", post(metadata=metadata(job="a red car")), "S19"),
    ("chat.postMessage", post(text="<!channel> look"), "S20"),
    ("chat.postMessage", post(text="<@U1> look"), "S20"),
    ("chat.postMessage", post(text="xoxb-1-2"), "token"),
    ("chat.postMessage", post(blocks=[{"type": "divider"}] * 51), "S17"),
    ("chat.postMessage", post(blocks=[{"type": "sectoin"}]), "blocks"),
    ("chat.postMessage", post(blocks=[{**IMAGE, "alt_text": " "}, NOTE]), "S15"),
    ("chat.postMessage", post(blocks=[IMAGE]), "P3"),
    ("chat.update", {"channel": "C1", "text": "no ts"}, "ts"),
    ("conversations.replies", {"channel": "C1", "ts": "1.2", "limit": "many"}, "limit"),
    ("files.completeUploadExternal", {"files": "[]", "channel_id": "C1"}, "S14"),
    ("files.delete", {"file": "F1", "really": "1"}, "unknown really"),
    (
        "assistant.threads.setSuggestedPrompts",
        {"channel_id": "D1", "prompts": [{"title": "a", "message": "b"}] * 5},
        "S9",
    ),
    ("agents.sessions.setStatus", {"channel_id": "D1", "status": "active", "title": "t" * 201}, "S10"),
    ("chat.scheduleMessage", {"channel": "C1"}, "no schema"),
]


@pytest.mark.parametrize(("method", "args"), RIGHT)
def test_requests_as_we_make_them_are_right(method: str, args: dict[str, Any]) -> None:
    given = {name: value for name, value in args.items() if value is not None}
    assert judged(method, given, is_json=method.startswith("chat.")) == []


@pytest.mark.parametrize(("method", "args", "complaint"), WRONG)
def test_requests_that_slack_or_a_rule_forbids_are_complained_about(
    method: str, args: dict[str, Any], complaint: str
) -> None:
    given = {name: value for name, value in args.items() if value is not None}
    found = judged(method, given, is_json=method.startswith("chat."))
    assert any(complaint in each for each in found), found


@pytest.mark.parametrize(
    ("quirk", "method", "args"),
    [
        ("team_id", "users.info", {"user": "U1"}),
        ("alt_txt", "files.getUploadURLExternal", {"filename": "a.png", "length": "7"}),
    ],
)
def test_every_named_quirk_is_one_that_the_schema_does_not_know(quirk: str, method: str, args: dict[str, Any]) -> None:
    assert quirk in QUIRKS
    found = slack_requests.validator(method)
    assert found is not None
    assert quirk not in found[1]
    assert judged(method, {**args, quirk: "x"}, is_json=False) == []


def test_there_are_no_other_quirks() -> None:
    assert set(QUIRKS) == {"team_id", "alt_txt"}


def test_every_method_without_a_schema_is_named_and_really_has_none() -> None:
    assert WITHOUT_SCHEMA.keys() == ARGUMENTS.keys()
    assert [method for method in WITHOUT_SCHEMA if (SCHEMAS / f"req.{method}.json").is_file()] == []


def test_every_method_that_the_adapter_calls_is_judged() -> None:
    called = set()
    for file in (ROOT / "bots" / "slack").rglob("*.py"):
        text = file.read_text(encoding="utf-8")
        called |= set(re.findall(r'api_call\(\s*"([\w.]+)"', text))
        called |= {
            name.replace("_", ".", 1) for name in re.findall(r"client\.((?:chat|files|views|users|auth)_\w+)\(", text)
        }
    assert len(called) > 5
    unknown = {each for each in called if not (SCHEMAS / f"req.{each}.json").is_file()} - WITHOUT_SCHEMA.keys()
    assert unknown == set()


NO_EVENT = "payload_url_verification"  # Slack asks whether the address is ours
RECORDED = [file for file in sorted((FOLDER / "opsdroid-recorded").glob("payload_*.json")) if file.stem != NO_EVENT]


@pytest.mark.parametrize("file", RECORDED, ids=lambda file: file.stem)
def test_recorded_events_pass_the_judge_of_events(file: Path) -> None:
    body = json.loads(file.read_text(encoding="utf-8"))
    kind = (body["event"]["type"], body["event"].get("subtype"))
    if kind in slack_events.UNFIT:
        assert list(slack_events._against("event", body["event"], "event"))  # the exception is needed
    assert [each for each in slack_events.told("events_api", body) if "recorded" in each] == []


def test_an_event_with_a_key_that_slack_never_sends_is_complained_about() -> None:
    body = json.loads((FOLDER / "opsdroid-recorded" / "payload_message.json").read_text(encoding="utf-8"))
    assert list(slack_events.told("events_api", body)) == []
    strange = {**body, "event": {**body["event"], "prompt": "a car"}}
    assert list(slack_events.told("events_api", strange)) == ["message: prompt, which no recorded payload has"]
    short = {key: value for key, value in body["event"].items() if key not in ("user", "event_ts")}
    assert list(slack_events.told("events_api", {**body, "event": short}))


def test_a_watch_that_saw_nothing_or_something_wrong_is_not_clean() -> None:
    with pytest.raises(AssertionError, match="nothing was judged"):
        Watch(present=True).assert_clean()
    watch = Watch(present=True, complaints=["S7", "S7"])
    watch.seen["x"] += 1
    with pytest.raises(AssertionError, match="2 times S7"):
        watch.assert_clean()


def test_a_request_is_judged_quickly(capsys: pytest.CaptureFixture[str]) -> None:
    args = post()
    judged("chat.postMessage", args, is_json=True)
    begun = time.perf_counter()
    for _ in range(200):
        judged("chat.postMessage", args, is_json=True)
    micros = (time.perf_counter() - begun) / 200 * 1e6
    with capsys.disabled():
        sys.stdout.write(f"\na Slack request is judged in {micros:.0f} µs\n")
    assert micros < 20_000
