"""``views.*``: forms, which need a fresh trigger, and home pages."""

import hashlib
import json
import time
from typing import Any

from tests.fakes.slack.errors import ApiError
from tests.fakes.slack.methods.call import Call, Method
from tests.fakes.slack.methods.chat import check_blocks
from tests.fakes.slack.model import Interaction, View
from tests.fakes.slack.payloads import view_json

JSON = dict[str, Any]
TRIGGER_SECONDS = 3.0
MOST_BLOCKS = 100


def open_(call: Call) -> JSON:
    """``views.open``."""
    interaction = _trigger(call)
    view = _made(call, interaction)
    call.world.views[view.id] = view
    return {"view": view_json(view, call.world)}


def publish(call: Call) -> JSON:
    """``views.publish``: the home page of a person."""
    user = call.team.users.get(call.text("user_id"))
    if user is None:
        raise ApiError("user_not_found")
    known = call.world.homes.get(user.id)
    if known is not None and (given := call.given("hash")) is not None and given != known.hash:
        raise ApiError("hash_conflict")
    body = _body(call, "home")
    identifier = known.id if known is not None else call.world.identifier("V")
    view = View(id=identifier, user=user, body=body, hash=_hash(body), root=identifier)
    call.world.homes[user.id] = view
    return {"view": view_json(view, call.world)}


def _trigger(call: Call) -> Interaction:
    interaction = call.world.interactions.get(call.text("trigger_id"))
    if interaction is None or interaction.user.team is not call.team:
        raise ApiError("invalid_trigger_id")
    if time.monotonic() - interaction.opened_at > TRIGGER_SECONDS:
        raise ApiError("expired_trigger_id")
    if interaction.used:
        raise ApiError("exchanged_trigger_id")
    interaction.used = True
    return interaction


def _made(call: Call, interaction: Interaction) -> View:
    body = _body(call, "modal")
    identifier = call.world.identifier("V")
    return View(id=identifier, user=interaction.user, body=body, hash=_hash(body), root=identifier)


def _body(call: Call, kind: str) -> JSON:
    body = call.document("view")
    if not isinstance(body, dict) or body.get("type") != kind:
        raise ApiError("invalid_arguments")
    check_blocks(call, body.get("blocks"), MOST_BLOCKS)
    return body


def _hash(body: JSON) -> str:
    return f"{time.time_ns()}.{hashlib.sha256(json.dumps(body).encode()).hexdigest()[:8]}"


METHODS: dict[str, Method] = {
    "views.open": open_,
    "views.publish": publish,
}
