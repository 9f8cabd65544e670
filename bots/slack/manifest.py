"""The app's manifest: what it asks of a workspace, and where Slack sends what happens there.

The file beside this one is for Socket Mode, as it stands. Slack keeps an app's manifest; a change here changes an app
only when somebody gives it the new one.
"""

import copy
import json
from functools import cache
from importlib import resources
from typing import Any, Final
from urllib.parse import urlsplit

Document = dict[str, Any]

EVENTS: Final = "/slack/events"
"""Where Slack sends events, commands, buttons, shortcuts and forms, below the public address."""

REDIRECT: Final = "/slack/oauth_redirect"
"""Where an installation by OAuth comes back to."""


@cache
def _read() -> Document:
    text = (resources.files("bots.slack") / "manifest.json").read_text(encoding="utf-8")
    document: Document = json.loads(text)
    return document


def manifest() -> Document:
    """The manifest for Socket Mode and one workspace, whose token the operator sets."""
    return copy.deepcopy(_read())


def manifest_at(public_url: str, *, oauth: bool = True) -> Document:
    """The manifest for events by HTTP.

    Args:
        public_url: Where the listener is reached from outside, ``https://bot.example.com``.
        oauth: Whether workspaces install the app by OAuth, which also makes their tokens expire and be renewed
            (platforms S21). A single token that the operator sets must not expire: nobody would renew it.

    Raises:
        ValueError: Slack could not send anything to that address.
    """
    address = _address(public_url)
    document = manifest()
    settings = document["settings"]
    settings["socket_mode_enabled"] = False
    settings["event_subscriptions"]["request_url"] = f"{address}{EVENTS}"
    settings["interactivity"]["request_url"] = f"{address}{EVENTS}"
    for command in document["features"]["slash_commands"]:
        command["url"] = f"{address}{EVENTS}"
    if oauth:
        settings["token_rotation_enabled"] = True
        document["oauth_config"]["redirect_urls"] = [f"{address}{REDIRECT}"]
    return document


def bot_scopes() -> tuple[str, ...]:
    """The permissions that the app asks for, the same as in the manifest."""
    return tuple(_read()["oauth_config"]["scopes"]["bot"])


def _address(public_url: str) -> str:
    parts = urlsplit(public_url)
    if parts.scheme != "https" or not parts.hostname or parts.query or parts.fragment or parts.username:
        raise ValueError("the public address must begin with https:// and name a host, without a query")
    return public_url.rstrip("/")
