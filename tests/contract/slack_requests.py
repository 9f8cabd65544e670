"""The judge of Web API requests: each against Slack's own schema of its arguments.

Owns: decoding of forms and query strings as Slack decodes them, and the named exceptions. Not known here: what Slack
makes of a request, and the rules that no schema says (``slack_rules``).
"""

import functools
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import jsonschema_rs

from tests.contract.schema_complaints import check, closed

FOLDER: Final = Path(__file__).parents[2].parent / "shared" / "data" / "slack"
SCHEMAS: Final = FOLDER / "schemas"

WITHOUT_SCHEMA: Final = {
    "agents.sessions.setStatus": "newer than @slack/web-api 8.2.0",
    "apps.connections.open": "takes nothing but the token",
    "chat.getPermalink": "of the lists of arguments that were generated it is none",
    "files.delete": "likewise",
    "functions.completeError": "likewise",
    "functions.completeSuccess": "likewise",
    "oauth.v2.access": "likewise",
}
"""Methods of ours whose arguments no schema beside the checkout describes, and why."""

ARGUMENTS: Final[dict[str, frozenset[str]]] = {
    "agents.sessions.setStatus": frozenset(
        {"channel_id", "thread_ts", "status", "title", "initiator_user_id", "team_id"}
    ),
    "apps.connections.open": frozenset(),
    "chat.getPermalink": frozenset({"channel", "message_ts"}),
    "files.delete": frozenset({"file"}),
    "functions.completeError": frozenset({"function_execution_id", "error"}),
    "functions.completeSuccess": frozenset({"function_execution_id", "outputs"}),
    "oauth.v2.access": frozenset(
        {"client_id", "client_secret", "code", "redirect_uri", "grant_type", "refresh_token", "is_bot"}
    ),
}
"""What those take, from Slack's pages of methods (docs.slack.dev, 2026-11)."""

QUIRKS: Final = {
    "team_id": "slack_sdk adds the workspace to every method when a token is good in many; Slack ignores it elsewhere",
    "alt_txt": "of files.getUploadURLExternal; the schema calls it alt_text",
}
"""Arguments that libraries of ours send although no schema has them."""

NESTED: Final = frozenset(
    {"attachments", "blocks", "files", "loading_messages", "metadata", "outputs", "prompts", "view"}
)
"""Arguments that are JSON, in a form as text."""


@functools.cache
def validator(method: str) -> tuple[jsonschema_rs.Validator, Mapping[str, frozenset[str]]] | None:
    """What a method's arguments are held against, and the JSON types of each; None where there is no schema."""
    file = SCHEMAS / f"req.{method}.json"
    if not file.is_file():
        return None
    schema = json.loads(file.read_text(encoding="utf-8"))
    return jsonschema_rs.validator_for(closed(schema)), _types(schema)


@functools.cache
def piece(name: str) -> jsonschema_rs.Validator:
    """What a block, or a form, is held against."""
    return jsonschema_rs.validator_for(closed(json.loads((SCHEMAS / f"{name}.json").read_text(encoding="utf-8"))))


def complaints(method: str, args: Mapping[str, Any], *, is_json: bool) -> Iterator[str]:
    """What is wrong with a request.

    Args:
        method: Its name, ``chat.postMessage``.
        args: Query string and body together, without the token.
        is_json: Whether the body was JSON, in which a number is a number.
    """
    found = validator(method)
    if found is None:
        if method not in WITHOUT_SCHEMA:
            yield f"{method}: no schema, and not among the named exceptions"
            return
        for name in sorted(args.keys() - ARGUMENTS[method]):
            yield f"{method}: unknown {name}"
        return
    judge, types = found
    for name in sorted(args.keys() - types.keys() - QUIRKS.keys()):
        yield f"{method}: unknown {name}"
    read = decoded({name: value for name, value in args.items() if name in types}, types, is_json=is_json)
    yield from check(judge, read, method)
    view = read.get("view")
    if isinstance(view, Mapping) and view.get("type") == "modal":
        yield from check(piece("modal"), view, f"{method}.view")
    blocks = view.get("blocks") if isinstance(view, Mapping) else read.get("blocks")
    for number, block in enumerate(blocks if isinstance(blocks, list) else ()):
        # The schemas of methods take any block that has a type, for blocks to come.
        yield from check(piece("block"), block, f"{method}.blocks[{number}]")


def decoded(args: Mapping[str, Any], types: Mapping[str, frozenset[str]], *, is_json: bool) -> dict[str, Any]:
    """Arguments as Slack reads them: in a form everything is text, and JSON stands in it as text."""
    read: dict[str, Any] = {}
    for name, value in args.items():
        read[name] = value
        if not isinstance(value, str):
            continue
        wanted = types.get(name, frozenset())
        if name in NESTED and value[:1] in ("[", "{"):
            read[name] = json.loads(value)
        elif not is_json and "boolean" in wanted and value.lower() in ("true", "false", "1", "0"):
            read[name] = value.lower() in ("true", "1")
        elif not is_json and {"integer", "number"} & wanted and value.lstrip("-").isdigit():
            read[name] = int(value)
    return read


def _types(schema: Mapping[str, Any]) -> dict[str, frozenset[str]]:
    """The JSON types that the root's properties may have, over all forms of the root."""
    definitions = schema.get("definitions", {})
    found: dict[str, set[str]] = {}

    def resolve(part: Mapping[str, Any]) -> Mapping[str, Any]:
        while "$ref" in part:
            part = definitions[part["$ref"].rpartition("/")[2].replace("%3C", "<").replace("%3E", ">")]
        return part

    def kinds(part: Mapping[str, Any]) -> set[str]:
        part = resolve(part)
        said = part.get("type")
        own = {said} if isinstance(said, str) else set(said or ())
        return own.union(*(kinds(each) for key in ("anyOf", "oneOf", "allOf") for each in part.get(key, ())))

    def walk(part: Mapping[str, Any]) -> None:
        part = resolve(part)
        for name, value in part.get("properties", {}).items():
            found.setdefault(name, set()).update(kinds(value))
        for key in ("anyOf", "oneOf", "allOf"):
            for each in part.get(key, ()):
                walk(each)

    walk(schema)
    return {name: frozenset(value) for name, value in found.items()}
