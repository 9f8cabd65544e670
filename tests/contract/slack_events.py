"""The judge of what a fake Slack tells and answers: against Slack's schemas, and against payloads that were recorded.

Owns: which schema belongs to what, and the named differences to the recordings. Not known here: why something is told.
"""

import functools
import json
from collections.abc import Iterator, Mapping
from typing import Any, Final
from urllib.parse import parse_qsl, unquote_plus

import jsonschema_rs

from tests.contract.schema_complaints import check
from tests.contract.slack_requests import FOLDER, SCHEMAS

INTERACTIONS: Final = {
    "block_actions": "block_action",
    "message_action": "message_shortcut",
    "view_submission": "view_submission",
}
"""Schemas by the type of an interaction; of the others none was generated."""

IN_VIEWS: Final = "block_actions/view"
"""A press in a form or on a home page: @slack/bolt describes presses in messages only, and so are the recorded ones."""

UNDESCRIBED: Final = {
    "agent_session_stopped": "newer than @slack/types 3.2.0",
}
"""Events that no schema beside the checkout describes, and why."""

UNFIT: Final = {
    ("message", "message_changed"): "the schema wants of the inner message what the recorded one does not have either",
    ("message", "message_deleted"): "likewise",
}
"""Events, by type and subtype, whose schema a recorded payload breaks; their keys are compared all the same."""

SAMPLES: Final = {
    "message": "event.Message",
    "message/file_share": "event.MessageFileShare",
    "message/message_changed": "event.MessageChanged",
    "message/message_deleted": "event.MessageDeleted",
    "app_mention": "event.AppMention",
    "app_home_opened": "event.AppHomeOpened",
    "tokens_revoked": "event.TokensRevoked",
    "app_uninstalled": "event.AppUninstalled",
    "block_actions": "interaction.BlockActionPayload",
    "message_action": "interaction.MessageShortcutPayload",
    "view_submission": "interaction.ViewSubmissionPayload",
    "view_closed": "interaction.ViewClosedPayload",
    "slash_commands": "interaction.SlashCommandPayload",
}
"""Samples of the Java SDK's logs: every key that was ever seen."""

RECORDED: Final = {
    "message": "payload_message.json",
    "message/message_changed": "payload_message_message_changed.json",
    "block_actions": "payload_block_action_button.urlencoded",
    "message_action": "payload_message_action.urlencoded",
    "slash_commands": "payload_slash_command.urlencoded",
    "view_submission": "payload_view_submission.urlencoded",
}
"""Payloads recorded in a real workspace in 2021: what always comes."""

FREE: Final = {
    "app_mention": frozenset({"parent_user_id", "files"}),  # in threads and with files; the samples show neither
    "message": frozenset({"app_id", "parent_user_id"}),  # of bots, and in threads
    "message/file_share": frozenset({"client_msg_id"}),
    "view_submission": frozenset({"response_urls"}),  # docs.slack.dev, view_submission payloads
    "tokens_revoked": frozenset({"event_ts"}),
    "app_uninstalled": frozenset({"event_ts"}),
}
"""Keys of ours that neither samples nor recordings have, with the reason beside them."""

SOMETIMES: Final = {
    "message": frozenset({"client_msg_id"}),  # not of bots
    "block_actions": frozenset({"channel", "message"}),  # not of forms and home pages
}
"""Keys of recordings that need not come."""

OF_MESSAGES: Final = frozenset({"message"})
"""Parts of an answer that repeat the request's blocks, which are judged there; the schemas of answers are older."""


@functools.cache
def schema(name: str) -> jsonschema_rs.Validator | None:
    """A schema beside the checkout."""
    file = SCHEMAS / f"{name}.json"
    return jsonschema_rs.validator_for(json.loads(file.read_text(encoding="utf-8"))) if file.is_file() else None


@functools.cache
def recorded(kind: str) -> frozenset[str]:
    """The keys of the payload of that kind that was recorded; of an event those of the event itself."""
    file = FOLDER / "opsdroid-recorded" / RECORDED.get(kind, "")
    if not file.is_file():
        return frozenset()
    text = file.read_text(encoding="utf-8")
    if file.suffix == ".json":
        return frozenset(json.loads(text)["event"])
    text = unquote_plus(text) if text.startswith("payload%3D") else text
    if text.startswith("payload="):
        return frozenset(json.loads(unquote_plus(text.removeprefix("payload="))))
    return frozenset(dict(parse_qsl(text, keep_blank_values=True)))


@functools.cache
def sampled(kind: str) -> frozenset[str]:
    """The keys of that kind that were ever seen."""
    file = FOLDER / "java-json-logs" / f"{SAMPLES.get(kind, '')}.json"
    if not file.is_file():
        return frozenset()
    body = json.loads(file.read_text(encoding="utf-8"))
    return frozenset(body.get("event", body))


def told(kind: str, body: Mapping[str, Any]) -> Iterator[str]:
    """What is wrong with something that the app was told.

    Args:
        kind: As an envelope of Socket Mode calls it.
        body: The payload.
    """
    if kind == "events_api":
        yield from _event(body)
    elif kind == "slash_commands":
        yield from _against("slash", body, "slash command")
        yield from _as_seen("slash_commands", body)
    else:
        name = str(body.get("type"))
        container = body.get("container")
        if isinstance(container, Mapping) and container.get("type") == "view":
            name = IN_VIEWS
        if name in INTERACTIONS:
            yield from _against(INTERACTIONS[name], body, name)
        yield from _as_seen(name, body)


def answered(method: str, response: Mapping[str, Any]) -> Iterator[str]:
    """What is wrong with an answer of a method that was not a refusal."""
    if response.get("ok") is True:
        body = {key: value for key, value in response.items() if key not in OF_MESSAGES}
        judge = schema(f"res.{method}")
        if judge is not None:
            yield from check(judge, body, f"answer of {method}")


def _event(body: Mapping[str, Any]) -> Iterator[str]:
    event = body.get("event")
    if not isinstance(event, Mapping):
        yield "an envelope without an event"
        return
    kind, subtype = str(event.get("type")), event.get("subtype")
    if kind not in UNDESCRIBED and (kind, subtype) not in UNFIT:
        yield from _against("envelope", body, f"event {kind}")
        yield from _against("event", event, f"event {kind}")
    yield from _as_seen(kind if subtype is None else f"{kind}/{subtype}", event)


def _against(name: str, body: Any, what: str) -> Iterator[str]:
    judge = schema(name)
    if judge is not None:
        yield from check(judge, body, what)


def _as_seen(kind: str, body: Mapping[str, Any]) -> Iterator[str]:
    """Nothing that was never seen, and everything that always comes."""
    seen = recorded(kind) | sampled(kind)
    if not seen:
        return
    for name in sorted(body.keys() - seen - FREE.get(kind, frozenset())):
        yield f"{kind}: {name}, which no recorded payload has"
    ours = body.get("bot_id") is not None
    for name in sorted(recorded(kind) - body.keys() - SOMETIMES.get(kind, frozenset())):
        if not ours:
            yield f"{kind}: no {name}, which recorded payloads have"
