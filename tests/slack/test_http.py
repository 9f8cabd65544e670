"""Events by HTTP: only what Slack signed just now is read, bolt answers it, and trouble makes Slack send again; S6."""

import gzip
import hashlib
import hmac
import io
import json
import time
from dataclasses import replace
from urllib.parse import quote, urlencode

import pytest
import pytest_asyncio
from pydantic import SecretStr
from slack_bolt.app.async_app import AsyncApp

from bots.chat.desk import Desk
from bots.exits import CommandFailed
from bots.slack.http import FRESH_SECONDS, LARGEST, slack_open
from storage.errors import DatabaseUnavailable
from tests.chat.images import quiet_session
from tests.fakes.slack import FakeSlack
from tests.slack.web import listening

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def running(tmp_path_factory):
    async with FakeSlack() as fake:
        team = fake.add_team("home")
        fake.delivery.retry_delays = (0.05, 0.05, 0.05)
        async with listening(tmp_path_factory.mktemp("http"), fake, bot_token=SecretStr(team.token)) as listener:
            yield listener


@pytest_asyncio.fixture(loop_scope="module")
async def listener(running):
    running.heard.clear()
    running.trouble = None
    running.fake.requests.clear()
    yield running
    running.fake.faults.clear()


def mention(listener, text="a red car", **more):
    team = next(iter(listener.fake.world.teams.values()))
    event = {"type": "app_mention", "user": "U1", "text": text, "ts": "1.2", "channel": "C1"}
    body = {"type": "event_callback", "team_id": team.id, "event_id": "Ev1", "event_time": 1, "event": event, **more}
    return json.dumps({**body, "authorizations": [{"team_id": team.id, "enterprise_id": None}]})


def command(listener, text):
    team = next(iter(listener.fake.world.teams.values()))
    return urlencode({"command": "/imagine", "text": text, "team_id": team.id, "user_id": "U1", "trigger_id": "1.2"})


NOBODYS = "xoxb-nobody"
FORM = "application/x-www-form-urlencoded"


async def test_s6_what_slack_signed_reaches_its_listener(listener):
    reply = await listener.post(mention(listener))

    assert (reply.status, reply.text) == (200, "")
    assert [body["event"]["text"] for body in listener.heard] == ["a red car"]


async def test_s6_slack_learns_that_the_address_is_ours(listener):
    reply = await listener.post(json.dumps({"type": "url_verification", "challenge": "3eZbrw1a"}))

    assert reply.status == 200
    assert json.loads(reply.text) == {"challenge": "3eZbrw1a"}


async def test_s1_the_fake_slack_is_heard_by_http_and_its_repetitions_are_not_dropped(listener):
    team = next(iter(listener.fake.world.teams.values()))
    ana, channel = team.add_user("ana"), team.add_channel("images")
    listener.fake.faults.add("error", "auth.test")
    listener.trouble = DatabaseUnavailable("locked")
    await channel.say(ana, f"{team.mention} a red car")
    await listener.fake.wait_until(lambda: any(sent.attempt for sent in listener.fake.sent))
    listener.trouble = None

    await listener.fake.wait_until(lambda: listener.heard)
    assert "a red car" in listener.heard[0]["event"]["text"]


STALE = FRESH_SECONDS + 5


ANOTHER = "another secret"
FORGED = {
    "unsigned": lambda *_: {},
    "no time": lambda slack, data: {"X-Slack-Signature": slack.signed(data)["X-Slack-Signature"]},
    "no signature": lambda *_: {"X-Slack-Request-Timestamp": str(int(time.time()))},
    "another secret": lambda slack, data: slack.signed(data, secret=ANOTHER),
    "another body": lambda slack, data: slack.signed(data + " "),
    "long ago": lambda slack, data: slack.signed(data, at=int(time.time()) - STALE),
    "in the future": lambda slack, data: slack.signed(data, at=int(time.time()) + STALE),
    "another time": lambda slack, data: slack.signed(data) | {"X-Slack-Request-Timestamp": str(int(time.time()) - 1)},
    "no number": lambda slack, data: slack.signed(data) | {"X-Slack-Request-Timestamp": "yesterday"},
    "endless number": lambda slack, data: slack.signed(data) | {"X-Slack-Request-Timestamp": "1" * 400},
    "no ASCII": lambda slack, data: slack.signed(data) | {"X-Slack-Signature": "v0=é"},
    "another version": lambda slack, data: slack.signed(data) | {"X-Slack-Signature": "v1=" + "0" * 64},
}


@pytest.mark.parametrize("forged", FORGED.values(), ids=FORGED)
async def test_s6_what_slack_did_not_sign_just_now_is_refused_unread(listener, forged):
    data = mention(listener)
    reply = await listener.post(data, forged(listener.fake.delivery, data))

    assert reply.status == 401
    assert listener.heard == []
    assert listener.fake.requests == []


@pytest.mark.parametrize("data", ["{", '{"type": ', "payload=%7B", "\x00", "[" * 100_000])
async def test_s6_nothing_is_parsed_before_the_signature(listener, data):
    kinds = [await listener.post(data, {}, kind=kind) for kind in ("application/json", FORM)]

    assert [reply.status for reply in kinds] == [401, 401]


async def test_s6_what_nobody_can_read_is_a_bad_request_even_when_it_is_signed(listener):
    statuses = [(await listener.post(data)).status for data in ("{", "payload=%7B")]

    assert statuses == [400, 400]
    assert (await listener.post(mention(listener))).status == 200


async def test_s6_bytes_that_are_no_text_are_a_bad_request(listener):
    data, stamp = b'{"type": "\xff"}', str(int(time.time()))
    digest = hmac.new(listener.fake.signing_secret.encode(), b"v0:" + stamp.encode() + b":" + data, hashlib.sha256)
    headers = {"X-Slack-Request-Timestamp": stamp, "X-Slack-Signature": f"v0={digest.hexdigest()}"}

    assert (await listener.post(data, headers)).status == 400


async def test_s6_a_huge_body_is_refused(listener):
    data = json.dumps({"text": "x" * LARGEST})
    signed = listener.fake.delivery.signed(data)
    nothing: dict[str, str] = {}
    replies = [await listener.post(io.BytesIO(data.encode()), headers) for headers in (signed, nothing)]

    assert [reply.status for reply in replies] == [413, 401]


async def test_s6_a_small_body_that_is_large_inside_is_not_unpacked(listener):
    data = json.dumps({"text": "x" * LARGEST})
    headers = {**listener.fake.delivery.signed(data), "Content-Encoding": "gzip"}
    reply = await listener.post(io.BytesIO(gzip.compress(data.encode())), headers)

    assert reply.status == 401


async def test_s6_a_body_that_does_not_come_is_not_waited_for(listener, monkeypatch):
    monkeypatch.setattr("bots.slack.http.READ_SECONDS", 0.1)
    answered: list[int] = []

    async def half():
        yield b'{"type":'
        await listener.fake.wait_until(lambda: answered, 5)

    headers = {**listener.fake.delivery.signed("{}"), "Content-Type": "application/json"}
    async with listener.http.post(f"{listener.address}/slack/events", data=half(), headers=headers) as response:
        answered.append(response.status)

    assert answered == [408]


async def test_s1_a_listener_that_breaks_is_not_acknowledged(listener):
    for trouble in (DatabaseUnavailable("locked"), RuntimeError("xoxb-secret")):
        listener.trouble = trouble
        reply = await listener.post(mention(listener))

        assert reply.status >= 500
        assert "xoxb" not in reply.text


async def test_s8_a_command_is_heard_whatever_words_it_has(listener):
    words = ["a cat", "a rocket with its payload", 'payload={"type": 1}', "payload", "&payload=1&", "ㄱ %70ayload"]
    for text in words:
        reply = await listener.post(command(listener, text), kind=FORM)
        assert (reply.status, reply.text) == (200, "")

    assert [body["text"] for body in listener.heard] == words


async def test_a_button_is_heard(listener):
    team = next(iter(listener.fake.world.teams.values()))
    action = {"type": "button", "action_id": "tb1:vary", "value": "1", "block_id": "b", "action_ts": "1"}
    payload = {"type": "block_actions", "team": {"id": team.id}, "user": {"id": "U1"}, "actions": [action]}
    reply = await listener.post(f"payload={quote(json.dumps(payload))}", kind=FORM)

    assert reply.status == 200
    assert listener.heard[0]["actions"][0]["value"] == "1"


async def test_slack_may_look_at_the_certificate_unsigned_and_learns_nothing(listener):
    assert (await listener.post("token=abc&ssl_check=1", {}, kind=FORM)).text == ""
    statuses = [
        (await listener.post(data, {}, kind=FORM)).status
        for data in (
            "token=abc&ssl_check=1",
            "ssl_check=1",
            "ssl_check=1&payload={}",
            "ssl_check=10",
            "text=ssl_check=1",
        )
    ]

    assert statuses == [200, 200, 401, 401, 401]
    assert listener.heard == []


async def test_the_listener_says_that_it_listens_and_shows_nothing_else(listener):
    replies = [
        await listener.send(method, path)
        for method, path in (
            ("GET", "/healthz"),
            ("GET", "/slack/events"),
            ("GET", "/"),
            ("GET", "/metrics"),
            ("GET", "/slack/install"),
            ("PUT", "/slack/events"),
        )
    ]

    assert [reply.status for reply in replies] == [200, 405, 404, 404, 404, 405]
    assert replies[0].text == "ok"
    for reply in replies:
        assert reply.headers["X-Content-Type-Options"] == "nosniff"
        assert "default-src 'none'" in reply.headers["Content-Security-Policy"]
        assert reply.headers["Cache-Control"] == "no-store"


async def test_an_address_that_is_taken_ends_the_start_with_words(listener):
    with pytest.raises(CommandFailed, match="cannot listen on"):
        async with slack_open(AsyncApp(token=NOBODYS), listener.parts):
            pytest.fail("it listens twice")


async def test_without_a_signing_secret_nothing_is_listened_to(listener, tmp_path):
    async with quiet_session(tmp_path) as session:
        parts = replace(listener.parts, desk=Desk(session=session))
        with pytest.raises(CommandFailed, match="SIGNING_SECRET"):
            async with slack_open(AsyncApp(token=NOBODYS), parts):
                pytest.fail("it listens without a secret")
