"""Requests to Discord, held against Discord's own OpenAPI document.

Owns: finding the operation of a request, its parameters, its body and its authorization, and the few places where
discord.py 2.7.1 is known to differ. Not known here: what the requests are for, or who sends them.
"""

import json
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache, cached_property
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, quote, unquote

import jsonschema_rs

from tests.contract.discord_quirks import LIMITS, QUIRKS, Amendment
from tests.contract.discord_rules import message_complaints
from tests.contract.schema_complaints import Schema, check, closed

FOLDER = Path(__file__).parents[2].parent / "shared" / "data" / "discord"
ABSENT = "Discord's OpenAPI document is not beside the checkout (../shared/data/discord)"
STABLE = "openapi.json"
PREVIEW = "openapi_preview.json"

_BASE = "urn:discord:openapi"
_PREFIX = "/api/v10"
_JSON = "application/json"
_FORM = "multipart/form-data"
_FILE = re.compile(r"files\[([0-9])\]")
_NEW_MESSAGE, _CHANGED_MESSAGE = 4, 7  # types of an interaction's answer
_TOKEN = re.compile(r"((?:interactions|webhooks)/[^/]+/)[^/]+")
# Discord's reference, "Boolean Query Strings".
_TRUTH = {"true": True, "false": False, "True": True, "False": False, "1": True, "0": False}


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """A parameter of an operation and what its value must be."""

    name: str
    required: bool
    kind: str
    validator: jsonschema_rs.Validator

    def complaints(self, values: list[str]) -> Iterator[str]:
        """What is wrong with the texts given for it."""
        if self.kind != "array" and len(values) > 1:
            yield f"{self.name}: given {len(values)} times"
        yield from check(self.validator, self._read(values), self.name)

    def _read(self, values: list[str]) -> object:
        if self.kind == "array":
            return [part for value in values for part in value.split(",")]
        text = values[0]
        if self.kind == "boolean":
            return _TRUTH.get(text, text)
        if self.kind == "integer" and re.fullmatch(r"-?[0-9]{1,19}", text):
            return int(text)
        return text


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """One method of one path, ready to judge requests."""

    name: str
    in_path: tuple[Parameter, ...]
    in_query: Mapping[str, Parameter]
    bodies: Mapping[str, jsonschema_rs.Validator]
    body_required: bool
    needs_bot: bool


@dataclass(slots=True)
class _Node:
    """A segment of the known paths: what may follow it."""

    literal: dict[str, "_Node"] = field(default_factory=dict)
    other: "_Node | None" = None
    path: str | None = None


class OpenApi:
    """Discord's description of its HTTP API, as a judge of requests."""

    def __init__(self, document: dict[str, Any], quirks: Iterable[Amendment] = QUIRKS) -> None:
        """Take a document as Discord publishes it, and the differences to allow."""
        self.document = closed(document)
        for amendment in (*quirks, *LIMITS):
            amendment.apply(self.document)
        self._registry = jsonschema_rs.Registry([(_BASE, self.document)], draft=jsonschema_rs.Draft202012)
        self._operations: dict[tuple[str, str], Operation] = {}
        self._root = _Node()
        for path in self.document["paths"]:
            self._plant(path)

    @classmethod
    def load(cls, name: str = STABLE, quirks: Iterable[Amendment] = QUIRKS) -> "OpenApi":
        """Read the document beside the checkout.

        Raises:
            FileNotFoundError: It is not there; the tests that need it say so and skip.
        """
        if quirks is QUIRKS:
            return _loaded(name)
        return cls(json.loads((FOLDER / name).read_text(encoding="utf-8")), quirks)

    @cached_property
    def size(self) -> tuple[int, int, int]:
        """How many paths, operations and schemas it describes."""
        paths = self.document["paths"].values()
        operations = sum(len(item.keys() - {"parameters"}) for item in paths)
        return len(paths), operations, len(self.document["components"]["schemas"])

    def complaints(
        self,
        method: str,
        path: str,
        query: Mapping[str, Any] | str | None = None,
        headers: Mapping[str, str] | None = None,
        json_body: Any = None,
        files: Iterable[str] = (),
    ) -> list[str]:
        """What Discord's document has against a request; nothing if it allows it.

        Args:
            method: The HTTP method, in any case.
            path: The path, with or without ``/api/v10``, percent-encoded or not.
            query: The query's parameters, as text or by name; several values of one name as a list. None: what the
                path has after a question mark.
            headers: The request's headers, in any case.
            json_body: The body, decoded; of a form what its ``payload_json`` carries.
            files: Names of the form's other fields (``files[0]``); a mapping of fields will do.
        """
        template, values = self._find(path)
        if template is None:
            return [f"{method.upper()} {_shown(path)}: no such path"]
        operation = self._operation(method.lower(), template)
        if operation is None:
            return [f"{method.upper()} {template}: no such method"]
        lowered = {name.lower(): value for name, value in (headers or {}).items()}
        found = [
            *_authorization(operation, lowered),
            *_positional(operation, values),
            *_queried(operation, _pairs(path.partition("?")[2] if query is None else query)),
            *_body(operation, lowered, json_body, tuple(files)),
        ]
        return [f"{operation.name}: {complaint}" for complaint in found]

    def name(self, method: str, path: str) -> str:
        """The operation a request means, as complaints name it."""
        return f"{method.upper()} {self._find(path)[0] or _shown(path)}"

    def _plant(self, path: str) -> None:
        node = self._root
        for segment in path.strip("/").split("/"):
            if segment.startswith("{"):
                node.other = node.other or _Node()
                node = node.other
            else:
                node = node.literal.setdefault(segment, _Node())
        node.path = path

    def _find(self, path: str) -> tuple[str | None, tuple[str, ...]]:
        """The template of a path and its parameters' values; the most specific template wins."""
        relative = path.partition("?")[0].removeprefix(_PREFIX)
        segments = [unquote(segment) for segment in relative.strip("/").split("/")]
        waiting: list[tuple[_Node, int, tuple[str, ...]]] = [(self._root, 0, ())]
        while waiting:
            node, index, values = waiting.pop()
            if index == len(segments):
                if node.path is not None:
                    return node.path, values
                continue
            segment = segments[index]
            if node.other is not None and segment:
                waiting.append((node.other, index + 1, (*values, segment)))
            if segment in node.literal:  # pushed last, so tried first
                waiting.append((node.literal[segment], index + 1, values))
        return None, ()

    def _operation(self, method: str, template: str) -> Operation | None:
        key = (method, template)
        if key not in self._operations and method in self.document["paths"][template].keys() - {"parameters"}:
            self._operations[key] = self._compile(method, template)
        return self._operations.get(key)

    def _compile(self, method: str, template: str) -> Operation:
        item = self.document["paths"][template]
        described = item[method]
        place = ("paths", template, method)
        parameters = self._parameters(item, ("paths", template)) | self._parameters(described, place)
        body = described.get("requestBody", {})
        kinds = body.get("content", {})
        alternatives = described.get("security", [{}])
        return Operation(
            name=f"{method.upper()} {template}",
            in_path=tuple(parameters["path", name] for name in re.findall(r"\{(\w+)\}", template)),
            in_query={name: each for (where, name), each in parameters.items() if where == "query"},
            bodies={
                kind: self._validator(*place, "requestBody", "content", kind, "schema", *_within(content["schema"]))
                for kind, content in kinds.items()
            },
            body_required=body.get("required", False),
            needs_bot={} not in alternatives and any("BotToken" in each for each in alternatives),
        )

    def _parameters(self, holder: Mapping[str, Any], place: tuple[str, ...]) -> dict[tuple[str, str], Parameter]:
        """By where they stand in a request, and by name."""
        found = {}
        for index, described in enumerate(holder.get("parameters", ())):
            schema = described["schema"]
            reference = schema.get("$ref", "").rpartition("/")[2]
            resolved = self.document["components"]["schemas"][reference] if reference else schema
            found[described["in"], described["name"]] = Parameter(
                name=described["name"],
                required=described.get("required", False),
                kind=resolved.get("type", "string"),
                validator=self._validator(*place, "parameters", str(index), "schema"),
            )
        return found

    def _validator(self, *steps: str) -> jsonschema_rs.Validator:
        """The validator of the schema that stands at a place in the document."""
        pointer = "".join("/" + quote(step.replace("~", "~0").replace("/", "~1"), safe="~@") for step in steps)
        return jsonschema_rs.Draft202012Validator(
            {"$ref": f"{_BASE}#{pointer}"}, registry=self._registry, validate_formats=True, offline=True
        )


@cache
def _loaded(name: str) -> OpenApi:
    return OpenApi(json.loads((FOLDER / name).read_text(encoding="utf-8")))


def _within(schema: Schema) -> tuple[str, ...]:
    """Where in the schema of a body that stands which the JSON must fulfil.

    For forms the document spreads the JSON's fields over the form; in fact they travel in one of its fields,
    ``payload_json`` (Discord's reference, "Uploading Files").
    """
    parts = [name for each in schema.get("allOf", ()) for name in each.get("properties", ())]
    return ("allOf", "0") if any(_FILE.fullmatch(name) for name in parts) else ()


def _pairs(query: Mapping[str, Any] | str | None) -> dict[str, list[str]]:
    if isinstance(query, str):
        pairs: Iterable[tuple[str, Any]] = parse_qsl(query.removeprefix("?"), keep_blank_values=True)
    else:
        pairs = (query or {}).items()
    found: defaultdict[str, list[str]] = defaultdict(list)
    for name, value in pairs:
        found[name] += [str(each) for each in value] if isinstance(value, list | tuple) else [str(value)]
    return found


def _authorization(operation: Operation, headers: Mapping[str, str]) -> Iterator[str]:
    given = headers.get("authorization")
    if operation.needs_bot and given is None:
        yield "no Authorization header"
    elif given is not None and not re.fullmatch(r"Bot \S+", given):
        yield "the Authorization header is not a bot's"  # never its value


def _positional(operation: Operation, values: tuple[str, ...]) -> Iterator[str]:
    for parameter, value in zip(operation.in_path, values, strict=True):
        yield from parameter.complaints([value])


def _queried(operation: Operation, query: Mapping[str, list[str]]) -> Iterator[str]:
    for name, values in query.items():
        if name in operation.in_query:
            yield from operation.in_query[name].complaints(values)
        else:
            yield f"{name}: no such query parameter"
    for name, parameter in operation.in_query.items():
        if parameter.required and name not in query:
            yield f"{name}: required in the query"


def _body(operation: Operation, headers: Mapping[str, str], body: Any, files: tuple[str, ...]) -> Iterator[str]:
    declared = headers.get("content-type", "").partition(";")[0].strip().lower()
    kind = declared or (_FORM if files else _JSON)
    if body is None and not files:
        if operation.body_required:
            yield "a body is required"
    elif kind not in operation.bodies:
        yield f"a body of type {kind!r} is not described"
    else:
        yield from check(operation.bodies[kind], body, "body")
        yield from _parts(kind, operation, body, files)


def _parts(kind: str, operation: Operation, body: Any, files: tuple[str, ...]) -> Iterator[str]:
    """What is wrong with a form's files, and with a message as a whole."""
    if files and kind != _FORM:
        yield f"files in a body of type {kind!r}"
    sent = {int(matched[1]) for name in files if (matched := _FILE.fullmatch(name))}
    yield from (f"{name}: no such part of a form" for name in files if not _FILE.fullmatch(name))
    for message, new in _messages(operation, body):
        yield from message_complaints(message, sent, new=new)


def _messages(operation: Operation, body: Any) -> Iterator[tuple[Any, bool]]:
    """The message a body is or holds, and whether it makes a new one."""
    if not isinstance(body, Mapping):
        return
    if operation.name.endswith("/callback"):
        if body.get("type") in (_NEW_MESSAGE, _CHANGED_MESSAGE):
            yield body.get("data"), body["type"] == _NEW_MESSAGE
    else:
        yield body.get("message", body), operation.name.startswith("POST ")


def _shown(path: str) -> str:
    """A path without the token some have."""
    return _TOKEN.sub(r"\1…", path.partition("?")[0])
