"""What a fake Discord sends over the gateway, held against JSON Schemas of the real one's payloads.

Owns: which schema an event has, and which events have none. Not known here: what an event is for, or who sends it.
"""

import json
from collections.abc import Mapping
from functools import cache
from typing import Any

import jsonschema_rs

from tests.contract.discord_openapi import FOLDER
from tests.contract.schema_complaints import check, closed

SCHEMAS = "gateway-schemas"
_RECEIVE = "GatewayReceivePayload"
_SEND = "GatewaySendPayload"
_BASE = "urn:discord:gateway:"

WITHOUT_SCHEMA: Mapping[str, str] = {
    "RESUMED": "the schema allows no data; Discord sends an object all the same and discord.py writes into it",
}
"""Dispatches whose data is not checked, and why. Every other event needs a schema."""

_FRAMES: Mapping[str, tuple[str, str]] = {
    "HELLO": (_RECEIVE, "GatewayHelloData"),
    "INVALID_SESSION": (_RECEIVE, "GatewayInvalidSessionData"),
    "IDENTIFY": (_SEND, "GatewayIdentifyData"),
    "RESUME": (_SEND, "GatewayResumeData"),
    "REQUEST_GUILD_MEMBERS": (_SEND, "GatewayRequestGuildMembersData"),
    "UPDATE_PRESENCE": (_SEND, "GatewayPresenceUpdateData"),
}
"""What is not a dispatch: by its name the file and the schema of its data."""


class GatewaySchemas:
    """The schemas of gateway payloads, as a judge of what is sent.

    A field that no schema names is complained of too: a real client reads what Discord's types have, so it is a slip.
    """

    def __init__(self, documents: Mapping[str, Any]) -> None:
        """Take the documents by name."""
        self._registry = jsonschema_rs.Registry(
            [(_BASE + name, closed(document)) for name, document in documents.items()], draft=jsonschema_rs.Draft7
        )
        self._references = {name: f"{_BASE}{file}#/definitions/{key}" for name, (file, key) in _FRAMES.items()}
        for definition in documents[_RECEIVE]["definitions"].values():
            properties = definition.get("properties", {})
            event = properties.get("t", {}).get("const")
            if event is not None and "$ref" in properties["d"]:
                self._references[event] = _BASE + _RECEIVE + properties["d"]["$ref"]
        self._validators: dict[str, jsonschema_rs.Validator] = {}

    @classmethod
    def load(cls) -> "GatewaySchemas":
        """Read the schemas beside the checkout, once.

        Raises:
            FileNotFoundError: They are not there; the tests that need them say so and skip.
        """
        return _loaded()

    @property
    def events(self) -> frozenset[str]:
        """The names that can be checked: of dispatches, and of the frames around them."""
        return frozenset(self._references)

    def complaints(self, event_name: str, data: Any) -> list[str]:
        """What the schemas have against the data of an event; nothing if they allow it.

        Args:
            event_name: The name of a dispatch (``MESSAGE_CREATE``) or of another frame (``HELLO``, ``IDENTIFY``, …).
            data: What its ``d`` carries.
        """
        if event_name in WITHOUT_SCHEMA:
            return []
        if event_name not in self._references:
            return [f"{event_name}: no such event"]
        return list(check(self._validator(event_name), data, event_name))

    def _validator(self, event_name: str) -> jsonschema_rs.Validator:
        if event_name not in self._validators:
            self._validators[event_name] = jsonschema_rs.Draft7Validator(
                {"$ref": self._references[event_name]}, registry=self._registry, validate_formats=True, offline=True
            )
        return self._validators[event_name]


@cache
def _loaded() -> GatewaySchemas:
    folder = FOLDER / SCHEMAS
    return GatewaySchemas(
        {name: json.loads((folder / f"{name}.json").read_text(encoding="utf-8")) for name in (_RECEIVE, _SEND)}
    )
