"""Discord's own documents as judges: what discord.py writes passes, what is wrong does not."""

import hashlib
import json
import re
import timeit
from collections import Counter
from types import SimpleNamespace

import pytest

from tests.contract.discord_gateway import SCHEMAS, WITHOUT_SCHEMA, GatewaySchemas
from tests.contract.discord_loopback import Heard
from tests.contract.discord_openapi import ABSENT, FOLDER, PREVIEW, STABLE, OpenApi
from tests.contract.discord_places import BOT, CALLBACK, COMMANDS, MESSAGES
from tests.contract.discord_quirks import LIMITS, QUIRKS
from tests.contract.discord_samples import PROGRAMS, TOKEN, run_programs, run_sockets
from tests.contract.discord_watch import assert_clean, check_everything
from tests.skips import FIGURE

pytestmark = pytest.mark.skipif(not FOLDER.is_dir(), reason=ABSENT)

HEARTBEAT = 1
DIGESTS = {
    STABLE: "8c1d0707ccdf8e38",
    PREVIEW: "2c17dd33730bbc25",
    f"{SCHEMAS}/GatewayReceivePayload.json": "1eefe9db6b9c848d",
    f"{SCHEMAS}/GatewaySendPayload.json": "40108b3fb976f738",
}
ORIGINS = ("discord/discord-api-spec @74fda0fad", "discord-api-types 0.38.57", "discord/discord-api-docs @c98d64bc")

BODIES = {
    MESSAGES: (
        *(f"message-{number:02}" for number in (5, 6, 7, 8, 9, 10, 11, 13)),
        *(f"reference-{number:02}" for number in (6, 8, 10, 12, 14, 15, 17, 18, 19, 20, 21, 27)),
        *(f"using-message-components-{number:02}" for number in (1, 2, 3)),
    ),
    CALLBACK: (
        *(f"reference-{number:02}" for number in (4, 5, 7, 9, 11, 13, 16, 22, 23, 24, 25, 26)),
        "using-modal-components-01",
    ),
    COMMANDS: tuple(f"application-commands-{number:02}" for number in (2, 4, 5, 6, 7, 8, 10, 12, 14)),
}
EVENTS = {
    "HELLO": ("gateway-02", "gateway-events-10"),
    "IDENTIFY": ("gateway-04", "gateway-events-02"),
    "RESUME": ("gateway-05", "gateway-events-03"),
    "INVALID_SESSION": ("gateway-events-12",),
    "REQUEST_GUILD_MEMBERS": ("gateway-events-05",),
    "UPDATE_PRESENCE": ("gateway-events-09",),
    "VOICE_SERVER_UPDATE": ("gateway-events-15",),
    "CHANNEL_CREATE": ("channel-01", "channel-02", "channel-03", "channel-06"),
    "THREAD_CREATE": ("channel-07",),
    "USER_UPDATE": ("user-01",),
}


@pytest.fixture(scope="module")
def openapi() -> OpenApi:
    return OpenApi.load()


@pytest.fixture(scope="module")
def gateway() -> GatewaySchemas:
    return GatewaySchemas.load()


@pytest.fixture(scope="module")
def asked() -> dict[str, list[Heard]]:
    """What discord.py asked over a socket, by the name of the program that made it ask."""
    return run_programs()


def example(name: str):
    return json.loads((FOLDER / "docs-examples" / f"{name}.json").read_text(encoding="utf-8"))


def test_the_documents_are_those_that_their_list_of_sources_names(openapi):
    sources = (FOLDER.parent / "SOURCES.md").read_text(encoding="utf-8")
    counted = re.search(r"(\d+) paths, (\d+) operations, (\d+) schemas", sources)
    digests = {name: hashlib.sha256((FOLDER / name).read_bytes()).hexdigest()[:16] for name in DIGESTS}

    assert [origin for origin in ORIGINS if origin not in sources] == []
    assert counted is not None
    assert openapi.size == tuple(map(int, counted.groups()))
    assert (openapi.document["openapi"], openapi.document["info"]["version"]) == ("3.1.0", "10")
    assert digests == DIGESTS


def test_every_operation_of_the_document_can_be_judged(openapi):
    paths = openapi.document["paths"]
    operations = [(method, path) for path, item in paths.items() for method in item.keys() - {"parameters"}]
    judged = [openapi.complaints(method, re.sub(r"\{\w+\}", "1", path), None, BOT, None) for method, path in operations]

    assert len(judged) == openapi.size[1]
    assert [each for complaints in judged for each in complaints if "no such" in each] == []


@pytest.mark.parametrize("document", [STABLE, PREVIEW])
@pytest.mark.parametrize("name", ["log in", *PROGRAMS])
def test_what_discord_py_asks_is_what_discord_describes(asked, name, document):
    judge = OpenApi.load(document)

    assert asked[name]
    assert [each for heard in asked[name] for each in judge.complaints(*heard.as_arguments())] == []


def test_the_programs_send_forms_with_files_and_bodies_and_queries(asked):
    heard = [each for group in asked.values() for each in group]

    assert len(heard) > 60
    assert sum(bool(each.files) for each in heard) > 10
    assert sum(each.json is not None for each in heard) > 30
    assert sum(bool(each.query) for each in heard) > 10
    assert {each.headers.get("Authorization") for each in heard} == {f"Bot {TOKEN}", None}


@pytest.mark.parametrize("quirk", QUIRKS, ids=lambda quirk: quirk.name)
def test_each_quirk_is_one_that_discord_py_has(asked, quirk):
    judge = OpenApi.load(quirks=[each for each in QUIRKS if each is not quirk])

    assert quirk.reason
    assert any(judge.complaints(*heard.as_arguments()) for group in asked.values() for heard in group)


def test_a_request_is_judged_in_well_under_a_millisecond(asked, openapi, record_property):
    heard = [each.as_arguments() for group in asked.values() for each in group]
    took = min(timeit.repeat(lambda: [openapi.complaints(*each) for each in heard], number=1, repeat=5)) / len(heard)
    record_property(FIGURE, f"a Discord request is judged in {took * 1e6:.0f} µs (best of 5 rounds of {len(heard)})")

    assert took < 0.001


def test_each_limit_is_narrower_than_the_document():
    for limit in LIMITS:
        for pointer, narrower in limit.places.items():
            described = json.loads((FOLDER / STABLE).read_text(encoding="utf-8"))
            for step in pointer.split("/")[1:]:
                described = described[step]
            assert described["maxLength"] > narrower["maxLength"], pointer


@pytest.mark.parametrize(
    ("where", "name"), [(where, name) for where, names in BODIES.items() for name in names], ids=str
)
def test_the_bodies_in_discords_documentation_pass(openapi, where, name):
    files = [f"files[{number}]" for number in range(10)] if "attachment://" in json.dumps(example(name)) else []
    headers = BOT | ({"Content-Type": "multipart/form-data; boundary=x"} if files else {})

    assert openapi.complaints(*where, None, headers, example(name), files) == []


@pytest.mark.parametrize(("event", "name"), [(event, name) for event, names in EVENTS.items() for name in names])
def test_the_events_in_discords_documentation_pass(gateway, event, name):
    payload = example(name)

    assert gateway.complaints(event, payload["d"] if "op" in payload else payload) == []


@pytest.mark.parametrize("pings", ["message-03", "message-04"])
def test_d15_the_allowed_mentions_in_discords_documentation_pass(openapi, pings):
    assert openapi.complaints(*MESSAGES, None, BOT, {"content": "hi", "allowed_mentions": example(pings)}) == []


def test_the_permissions_in_discords_documentation_are_a_text_where_its_document_has_a_number(openapi):
    assert [
        each.partition(": ")[2] for each in openapi.complaints(*COMMANDS, None, BOT, example("application-commands-01"))
    ] == ['body.default_member_permissions: "0" is not of types "null", "integer"']


def test_every_dispatch_the_schemas_know_can_be_judged(gateway):
    assert {"READY", "GUILD_CREATE", "MESSAGE_CREATE", "MESSAGE_UPDATE", "INTERACTION_CREATE"} < gateway.events
    assert {"THREAD_CREATE", "MESSAGE_DELETE", "GUILD_DELETE", "CHANNEL_DELETE", "TYPING_START"} < gateway.events
    assert len(gateway.events) > 80
    assert [event for event in gateway.events if event not in WITHOUT_SCHEMA and not gateway.complaints(event, 5)] == []


def test_only_a_resumed_session_is_told_without_a_schema(gateway):
    assert set(WITHOUT_SCHEMA) == {"RESUMED"}
    assert gateway.complaints("RESUMED", {}) == []


@pytest.mark.parametrize(
    ("event", "data", "complaint"),
    [
        ("MESSAGE_DELETED", {}, "MESSAGE_DELETED: no such event"),
        ("MESSAGE_DELETE", {"id": "1"}, '"channel_id" is a required property'),
        ("MESSAGE_DELETE", {"id": 1, "channel_id": "2"}, "MESSAGE_DELETE.id"),
        ("HELLO", {"heartbeat_interval": "often"}, "HELLO.heartbeat_interval"),
        ("IDENTIFY", {"token": "t", "intents": 1}, '"properties" is a required property'),
        ("RESUME", {"token": "t", "session_id": "s", "seq": None}, "RESUME.seq"),
        ("READY", {"v": 10}, '"user" is a required property'),
        ("INTERACTION_CREATE", {"type": 44}, "an object of type 44 is none of"),
        ("THREAD_CREATE", {"id": "1", "type": 11}, '"name" is a required property'),
    ],
)
def test_an_event_that_discord_would_not_send_is_complained_of(gateway, event, data, complaint):
    found = gateway.complaints(event, data)

    assert any(complaint in each for each in found), found


def test_what_discord_py_says_over_the_gateway_is_what_discord_describes(gateway):
    names = {2: "IDENTIFY", 3: "UPDATE_PRESENCE", 6: "RESUME"}
    frames = [frame for frame in run_sockets() if frame["op"] != HEARTBEAT]

    assert Counter(frame["op"] for frame in frames) == {2: 2, 6: 1, 3: 3}
    assert [each for frame in frames for each in gateway.complaints(names[frame["op"]], frame["d"])] == []


def test_what_lies_deep_in_an_event_is_told_with_its_place(gateway):
    found = gateway.complaints("INTERACTION_CREATE", example("application-commands-09"))

    assert 'INTERACTION_CREATE: "entitlements" is a required property' in found
    assert "INTERACTION_CREATE.data.resolved.members[809850198683418695]: unknown is_pending" in found


def exchange():
    """A fake with the two places where it tells what happens."""
    return SimpleNamespace(on_request=None, on_dispatch=None)


def test_a_watched_fake_with_nothing_wrong_is_clean(asked):
    fake = exchange()
    watch = check_everything(fake)
    for heard in asked["send a layout"]:
        fake.on_request(heard)
    fake.on_dispatch("MESSAGE_DELETE", {"id": "1", "channel_id": "2"})

    assert_clean(watch)
    assert dict(watch.seen) == {"POST /channels/{channel_id}/messages": 1, "MESSAGE_DELETE": 1}


def test_a_watched_fake_fails_its_test_with_each_complaint_once_and_counted(asked):
    fake = exchange()
    watch = check_everything(fake)
    fake.on_request(asked["send a line"][0])
    for _ in range(3):
        fake.on_dispatch("MESSAGE_DELETE", {"id": "1"})

    with pytest.raises(AssertionError, match=r"3 times MESSAGE_DELETE: \"channel_id\" is a required property"):
        assert_clean(watch)


def test_a_watch_joins_those_whom_a_fake_tells_already():
    fake = SimpleNamespace(on_request=[], on_dispatch=[print])
    watch = check_everything(fake)

    assert (fake.on_request, fake.on_dispatch) == ([watch.request], [print, watch.dispatch])


def test_a_watch_that_saw_nothing_is_no_proof():
    with pytest.raises(AssertionError, match="nothing was judged"):
        assert_clean(check_everything(exchange()))
