"""The manifest and the code agree: what is listened to is subscribed to, what is called is permitted, and no more."""

import re
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any, Final

import pytest_asyncio

from bots.slack import agent, home, incoming, interactions, leaving, upkeep, workflow_step
from bots.slack.manifest import bot_scopes, manifest
from tests.slack.pages import pages

ROOT: Final = Path(__file__).parents[2] / "bots" / "slack"
HANDLERS: Final = (incoming, upkeep, interactions, home, agent, workflow_step, leaving)
MESSAGES: Final = {"message.channels", "message.groups", "message.im", "message.mpim"}
UNSUBSCRIBED: Final = {"app_rate_limited"}
"""Events that Slack sends unasked."""

SCOPES: Final[dict[str, frozenset[str]]] = {
    **dict.fromkeys(
        ("chat.postMessage", "chat.postEphemeral", "chat.update", "chat.delete", "agents.sessions.setStatus"),
        frozenset({"chat:write"}),
    ),
    **dict.fromkeys(
        ("conversations.history", "conversations.replies"),
        frozenset({"channels:history", "groups:history", "im:history", "mpim:history"}),
    ),
    **dict.fromkeys(
        ("files.getUploadURLExternal", "files.completeUploadExternal", "files.delete"), frozenset({"files:write"})
    ),
    **dict.fromkeys(
        ("assistant.threads.setSuggestedPrompts", "assistant.threads.setStatus"), frozenset({"assistant:write"})
    ),
    **dict.fromkeys(
        (
            "auth.test",
            "apps.connections.open",
            "oauth.v2.access",
            "views.open",
            "views.publish",
            "chat.getPermalink",
            "functions.completeSuccess",
            "functions.completeError",
        ),
        frozenset(),
    ),
    "conversations.open": frozenset({"im:write"}),
    "files.info": frozenset({"files:read"}),
    "users.info": frozenset({"users:read"}),
}
"""Methods and the permission that each needs, any of several where it depends on the channel (docs.slack.dev)."""

EVENTS: Final = {
    "app_mention": "app_mentions:read",
    "message.channels": "channels:history",
    "message.groups": "groups:history",
    "message.im": "im:history",
    "message.mpim": "mpim:history",
    **dict.fromkeys(("channel_deleted", "channel_left"), "channels:read"),
    **dict.fromkeys(("group_deleted", "group_left"), "groups:read"),
    "agent_session_stopped": "assistant:write",
    **dict.fromkeys(("app_home_opened", "app_uninstalled", "tokens_revoked", "function_executed"), None),
}
"""Events and the permission without which Slack refuses a manifest that subscribes to them (docs.slack.dev)."""


class Ears:
    """Stands in for bolt's app: keeps what is listened to."""

    def __init__(self) -> None:
        self.heard: dict[str, list[Any]] = {}

    def __getattr__(self, kind: str) -> Callable[..., Any]:
        def listen(what: Any, **_: Any) -> Callable[[Any], Any]:
            self.heard.setdefault(kind, []).append(what)
            return lambda listener: listener

        return listen


@pytest_asyncio.fixture
async def ears(tmp_path: Path) -> AsyncIterator[Ears]:
    async with pages(tmp_path) as stage:
        made = Ears()
        for handlers in HANDLERS:
            handlers.install(made, stage.parts)
        yield made


async def test_every_event_that_is_subscribed_to_has_a_listener_and_no_other(ears: Ears) -> None:
    listened = {one["type"] if isinstance(one, dict) else one for one in ears.heard["event"]} - UNSUBSCRIBED
    subscribed = set(manifest()["settings"]["event_subscriptions"]["bot_events"])

    assert subscribed >= MESSAGES
    assert subscribed - MESSAGES - {"function_executed"} == listened - {"message"}
    assert "message" in listened
    assert "function_executed" in subscribed


async def test_every_command_shortcut_and_step_has_a_listener_and_no_other(ears: Ears) -> None:
    kinds = {"message": "message_action", "global": "shortcut"}
    features = manifest()["features"]

    assert ears.heard["command"] == [one["command"] for one in features["slash_commands"]]
    assert {(one["type"], one["callback_id"]) for one in ears.heard["shortcut"]} == {
        (kinds[one["type"]], one["callback_id"]) for one in features["shortcuts"]
    }
    assert set(ears.heard["function"]) == set(manifest()["functions"])


def called() -> set[str]:
    """The methods that the code calls."""
    found: set[str] = set()
    for file in ROOT.rglob("*.py"):
        text = file.read_text(encoding="utf-8")
        found |= {name.replace("_", ".") for name in re.findall(r"\bclient\.(?!api_call)([a-z]+_[a-zA-Z_]+)\(", text)}
        found |= set(re.findall(r"""\bapi_call\(\s*["']([a-zA-Z.0-9]+)["']""", text))
    return found


def test_s22_every_method_that_is_called_is_permitted() -> None:
    assert called() == SCOPES.keys()
    assert {name for name in called() if SCOPES[name] and not SCOPES[name] <= set(bot_scopes())} == set()


def test_s22_every_event_that_is_subscribed_to_is_permitted() -> None:
    subscribed = manifest()["settings"]["event_subscriptions"]["bot_events"]
    assert set(subscribed) == EVENTS.keys()
    assert {EVENTS[event] for event in subscribed} - {None} <= set(bot_scopes())


def test_s22_every_permission_is_needed_by_a_method_or_an_event() -> None:
    methods = frozenset().union(*(SCOPES[name] for name in called()))
    assert set(bot_scopes()) - methods - set(EVENTS.values()) == {"commands"}
