"""Events as a fake Discord has to send them pass, and a slip anywhere in them is complained of with its place."""

import copy
from typing import Any

import pytest

from tests.contract.discord_gateway import GatewaySchemas
from tests.contract.discord_loopback import ATTACHMENT, OPENED, POSTED, USER, WHEN
from tests.contract.discord_openapi import ABSENT, FOLDER

pytestmark = pytest.mark.skipif(not FOLDER.is_dir(), reason=ABSENT)

MEMBER = {"roles": [], "joined_at": WHEN, "deaf": False, "mute": False, "flags": 0}
COMMAND = {
    "id": "1",
    "application_id": "2",
    "type": 2,
    "token": "t",
    "version": 1,
    "data": {"id": "1", "name": "imagine", "type": 1, "options": [{"name": "prompt", "type": 3, "value": "a fox"}]},
    "guild_id": "5",
    "guild": {"id": "5", "locale": "en-US", "features": []},
    "channel_id": "3",
    "channel": {"id": "3", "type": 0, "name": "general", "position": 0, "guild_id": "5"},
    "member": {**MEMBER, "user": USER, "permissions": "0"},
    "attachment_size_limit": 10 << 20,
    "app_permissions": "0",
    "locale": "ko",
    "guild_locale": "en-US",
    "entitlements": [],
    "authorizing_integration_owners": {"0": "5"},
    "context": 0,
}
TYPED = {
    "id": "1",
    "name": "imagine",
    "type": 1,
    "options": [{"name": "style", "type": 3, "value": "i", "focused": True}],
}
PICKED = {
    "id": "1",
    "name": "Revise this image",
    "type": 3,
    "target_id": POSTED["id"],
    "resolved": {"messages": {POSTED["id"]: POSTED}},
}
FILLED = {
    "custom_id": "tb1:revise:1",
    "components": [
        {"type": 18, "id": 1, "component": {"type": 4, "id": 2, "custom_id": "words", "value": "make it blue"}},
        {
            "type": 18,
            "id": 3,
            "component": {"type": 19, "id": 4, "custom_id": "pictures", "values": [ATTACHMENT["id"]]},
        },
    ],
    "resolved": {"attachments": {ATTACHMENT["id"]: ATTACHMENT}},
}
PRIVATE = {
    name: value for name, value in COMMAND.items() if name not in ("guild", "guild_id", "guild_locale", "member")
}
READY = {
    "v": 10,
    "user": USER,
    "guilds": [{"id": "5", "unavailable": True}],
    "session_id": "s",
    "resume_gateway_url": "ws://gateway.example",
    "application": {"id": "2", "flags": 0, "flags_new": "0"},
}
EVENTS = {
    "ready": ("READY", READY),
    "message": ("MESSAGE_CREATE", {**POSTED, "guild_id": "5", "member": MEMBER, "nonce": "n"}),
    "edited message": ("MESSAGE_UPDATE", {**POSTED, "edited_timestamp": WHEN}),
    "deleted message": ("MESSAGE_DELETE", {"id": "1", "channel_id": "3", "guild_id": "5"}),
    "thread": ("THREAD_CREATE", {**OPENED, "newly_created": True}),
    "command": ("INTERACTION_CREATE", COMMAND),
    "command in private": (
        "INTERACTION_CREATE",
        {**PRIVATE, "user": USER, "context": 1, "channel": {"id": "3", "type": 1, "recipients": []}},
    ),
    "command on a message": ("INTERACTION_CREATE", {**COMMAND, "data": PICKED}),
    "autocompletion": ("INTERACTION_CREATE", {**COMMAND, "type": 4, "data": TYPED}),
    "button": (
        "INTERACTION_CREATE",
        {**COMMAND, "type": 3, "data": {"component_type": 2, "custom_id": "tb1:vary:1"}, "message": POSTED},
    ),
    "form": ("INTERACTION_CREATE", {**COMMAND, "type": 5, "data": FILLED, "message": POSTED}),
}


@pytest.fixture(scope="module")
def gateway() -> GatewaySchemas:
    return GatewaySchemas.load()


@pytest.mark.parametrize("name", EVENTS)
def test_an_event_as_discord_sends_it_passes(gateway, name):
    assert gateway.complaints(*EVENTS[name]) == []


@pytest.mark.parametrize(
    ("name", "steps", "value", "complaint"),
    [
        ("ready", ("guilds", 0, "id"), 5, "READY.guilds[0].id"),
        ("message", ("author", "id"), 5, "MESSAGE_CREATE.author.id"),
        ("message", ("attachments", 0, "filename"), None, "MESSAGE_CREATE.attachments[0].filename"),
        ("message", ("member", "nickname"), "x", "MESSAGE_CREATE.member: unknown nickname"),
        ("thread", ("thread_metadata", "locked"), "no", "THREAD_CREATE.thread_metadata.locked"),
        ("command", ("data", "options", 0, "value"), 5, "INTERACTION_CREATE.data.options[0]"),
        ("command", ("data", "option"), [], "INTERACTION_CREATE.data: unknown option"),
        ("command on a message", ("data", "target_id"), 5, "INTERACTION_CREATE.data.target_id"),
        ("form", ("data", "resolved", "attachments", ATTACHMENT["id"], "size"), "big", ".size"),
        ("form", ("data", "components", 0, "type"), 99, "INTERACTION_CREATE.data.components[0]"),
        ("button", ("type",), 99, "an object of type 99 is none of"),
    ],
)
def test_a_slip_in_an_event_is_complained_of_where_it_is(gateway, name, steps, value, complaint):
    event, payload = copy.deepcopy(EVENTS[name])
    *way, last = steps
    place: Any = payload
    for step in way:
        place = place[step]
    place[last] = value
    found = gateway.complaints(event, payload)

    assert any(complaint in each for each in found), found
