"""Routes by an interaction's token: the first answer, its message, further messages (D1-D4)."""

import time
from collections.abc import Mapping
from typing import Any

from tests.fakes.discord.errors import ApiError, invalid_form, unknown
from tests.fakes.discord.interactions import AUTOCOMPLETE, COMPONENT, MODAL, Interaction
from tests.fakes.discord.interactions import Modal as ShownModal
from tests.fakes.discord.message_payloads import message as message_payload
from tests.fakes.discord.model import Message
from tests.fakes.discord.rest.bodies import changed_fields, new_fields
from tests.fakes.discord.rest.call import Call
from tests.fakes.discord.state import number
from tests.fakes.discord.validation import EPHEMERAL, LOADING, check_modal

MESSAGE, DEFER, DEFER_UPDATE, UPDATE, CHOICES, MODAL_SHOWN = 4, 5, 6, 7, 8, 9
TOO_LATE = 3.0  # real seconds; after that the person reads that the bot did not respond
FOLLOWUPS = 5


def _interaction(call: Call) -> Interaction:
    found = call.world.interactions_by_token.get(call.parameters["token"])
    if found is None:
        raise unknown(10015)
    if found.expired:
        raise ApiError(401, 50027, "Invalid Webhook Token")
    return found


def callback(call: Call) -> Any:
    """POST the first answer."""
    interaction = call.world.interactions.get(number(call.parameters["interaction"]))
    if interaction is None or interaction.token != call.parameters["token"]:
        raise unknown(10062)
    late = interaction.acknowledged_after is None and time.monotonic() - interaction.sent_at > TOO_LATE
    if interaction.expired or late:
        raise unknown(10062)
    if interaction.acknowledged_after is not None:
        interaction.refused += 1
        raise ApiError(400, 40060, "Interaction has already been acknowledged.")
    kind = number(call.body.get("type"))
    data = call.body.get("data") or {}
    _check_kind(interaction, kind)
    answer = _ANSWERS[kind](call, interaction, data)
    interaction.acknowledged_after = time.monotonic() - interaction.sent_at
    interaction.callbacks.append(call.body)
    if call.query.get("with_response") in ("true", "1"):
        return _described(interaction, kind, answer)
    return None


def _check_kind(interaction: Interaction, kind: int) -> None:
    allowed = {MESSAGE, DEFER, MODAL_SHOWN}
    if interaction.type == AUTOCOMPLETE:
        allowed = {CHOICES}
    if interaction.type == COMPONENT or (interaction.type == MODAL and interaction.message is not None):
        allowed |= {DEFER_UPDATE, UPDATE}
    if interaction.type == MODAL:
        allowed -= {MODAL_SHOWN}
    if kind not in allowed:
        raise invalid_form("type", "BASE_TYPE_CHOICES", f"Value must be one of {sorted(allowed)}.")


def _described(interaction: Interaction, kind: int, answer: Message | None) -> dict[str, Any]:
    about: dict[str, Any] = {"id": str(interaction.id), "type": interaction.type}
    resource: dict[str, Any] = {"type": kind}
    if answer is not None:
        about |= {
            "response_message_id": str(answer.id),
            "response_message_loading": answer.is_loading,
            "response_message_ephemeral": answer.is_ephemeral,
        }
        resource["message"] = _payload(answer)
    return {"interaction": about, "resource": resource}


def _payload(message: Message) -> dict[str, Any]:
    return message_payload(message, content=True)


def _create(call: Call, interaction: Interaction, data: Mapping[str, Any], *, loading: bool) -> Message:
    if interaction.channel.deleted:
        raise unknown(10003)
    hidden = bool(int(data.get("flags") or 0) & EPHEMERAL)
    fields: dict[str, Any] = {"flags": (EPHEMERAL if hidden else 0) | LOADING}
    if not loading:
        fields = new_fields(call, interaction.channel, data, limit=interaction.upload_limit, ephemeral=hidden)
    first = interaction.original is None
    kind = {2: 23 if interaction.data.get("type") == 3 else 20}.get(interaction.type, 0)
    return call.world.posting.add(
        interaction.channel,
        call.world.bot,
        allowed_mentions=data.get("allowed_mentions"),
        type=kind if first else 19,
        only_for=interaction.user if hidden else None,
        interaction=interaction,
        reference=None if first else interaction.original,
        **fields,
    )


def _message(call: Call, interaction: Interaction, data: Mapping[str, Any]) -> Message | None:
    interaction.original = _create(call, interaction, data, loading=False)
    return interaction.original


def _defer(call: Call, interaction: Interaction, data: Mapping[str, Any]) -> Message | None:
    interaction.original = _create(call, interaction, data, loading=True)
    return interaction.original


def _defer_update(_call: Call, interaction: Interaction, _data: Mapping[str, Any]) -> Message | None:
    interaction.original = interaction.message
    return interaction.original


def _update(call: Call, interaction: Interaction, data: Mapping[str, Any]) -> Message | None:
    assert interaction.message is not None
    _change(call, interaction, interaction.message, data)
    interaction.original = interaction.message
    return interaction.original


def _choices(_call: Call, interaction: Interaction, data: Mapping[str, Any]) -> Message | None:
    choices = data.get("choices") or []
    if len(choices) > 25:
        raise invalid_form("data.choices", "BASE_TYPE_BAD_LENGTH", "Must be between 0 and 25 in length.")
    if any(not 1 <= len(str(each["name"])) <= 100 or len(str(each["value"])) > 100 for each in choices):
        raise invalid_form("data.choices.name", "BASE_TYPE_BAD_LENGTH", "Must be between 1 and 100 in length.")
    interaction.choices = choices
    return None


def _modal(_call: Call, interaction: Interaction, data: Mapping[str, Any]) -> Message | None:
    check_modal(data)
    interaction.modal = ShownModal(
        interaction=interaction, custom_id=data["custom_id"], title=data["title"], components=data["components"]
    )
    return None


_ANSWERS = {
    MESSAGE: _message,
    DEFER: _defer,
    DEFER_UPDATE: _defer_update,
    UPDATE: _update,
    CHOICES: _choices,
    MODAL_SHOWN: _modal,
}


def _found(call: Call) -> tuple[Interaction, Message]:
    """The message of the path, which belongs to the interaction."""
    interaction = _interaction(call)
    wanted = call.parameters["message"]
    if wanted == "@original":
        message = interaction.original
    else:
        message = next((each for each in interaction.messages if each.id == number(wanted)), None)
    if message is None or message.deleted or message.channel.deleted:
        raise unknown(10008)
    return interaction, message


def one(call: Call) -> Any:
    """GET a message."""
    return _payload(_found(call)[1])


def edit(call: Call) -> Any:
    """PATCH a message."""
    interaction, message = _found(call)
    return _payload(_change(call, interaction, message, call.body))


def _change(call: Call, interaction: Interaction, message: Message, body: Mapping[str, Any]) -> Message:
    fields = changed_fields(call, message, body, limit=interaction.upload_limit)
    return call.world.posting.edit(message, allowed_mentions=body.get("allowed_mentions"), **fields)


def delete(call: Call) -> Any:
    """DELETE a message."""
    call.world.posting.delete(_found(call)[1])


def followup(call: Call) -> Any:
    """POST a further message; where only the user installed the bot, five at most (D3)."""
    interaction = _interaction(call)
    if interaction.acknowledged_after is None:
        raise unknown(10015)
    if interaction.installed == "user" and not interaction.bot_is_there and len(interaction.followups) >= FOLLOWUPS:
        raise ApiError(400, 40094, "This interaction has reached the maximum number of follow-up messages")
    original = interaction.original
    if original is not None and original.is_loading and not original.deleted:
        # Discord lets the first follow-up take the place of a deferred answer (D4 forbids relying on it).
        original.flags |= int(call.body.get("flags") or 0) & (1 << 15)
        return _payload(_change(call, interaction, original, call.body))
    message = _create(call, interaction, call.body, loading=False)
    interaction.followups.append(message)
    return _payload(message)
