"""Routes about messages of channels, by the bot's own token."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote

from tests.fakes.discord.errors import ApiError, invalid_form, missing_permissions, unknown
from tests.fakes.discord.message_payloads import message as message_payload
from tests.fakes.discord.model import DM, FORUM, UPLOAD_LIMITS, Channel, Message
from tests.fakes.discord.permissions import can
from tests.fakes.discord.rest.bodies import changed_fields, new_fields
from tests.fakes.discord.rest.call import Call
from tests.fakes.discord.state import NONCE_SECONDS, number

ALWAYS_SHOWN = (18, 21)


def payload(message: Message, *, new: bool = False) -> Any:
    """A message as the bot reads it."""
    return message_payload(message, content=message.world.content_visible, new=new)


def history(call: Call) -> Any:
    """GET messages, newest first."""
    channel = call.channel()
    if channel.guild is not None and not can(channel, call.world.bot, "read_message_history"):
        return []
    found = channel.messages
    limit = call.limit(50, 100)
    if "around" in call.query:
        middle = number(call.query["around"])
        before = [message for message in found if message.id < middle][-(limit // 2) :]
        after = [message for message in found if message.id >= middle][: limit - len(before)]
        return [payload(message) for message in reversed(before + after)]
    if "before" in call.query:
        found = [message for message in found if message.id < number(call.query["before"])]
    if "after" in call.query:
        found = [message for message in found if message.id > number(call.query["after"])][:limit]
    return [payload(message) for message in reversed(found[-limit:])]


def one(call: Call) -> Any:
    """GET a message."""
    return payload(call.message(call.channel("read_message_history")))


def post(call: Call) -> Any:
    """POST a message; with a nonce that was used a moment ago, the message of then."""
    channel = call.channel()
    body = call.body
    check_may_post(channel, files=bool(call.files), embeds=bool(body.get("embeds")))
    key = (channel.id, str(body.get("nonce")))
    if body.get("nonce") is not None and body.get("enforce_nonce") and key in call.world.nonces:
        at, first = call.world.nonces[key]
        if call.world.now() - at <= NONCE_SECONDS:
            return payload(first, new=True)
    fields = new_fields(call, channel, body, limit=upload_limit(channel))
    message = call.world.posting.add(
        channel,
        call.world.bot,
        allowed_mentions=body.get("allowed_mentions"),
        reference=_replied(call, channel, body),
        nonce=None if body.get("nonce") is None else str(body["nonce"]),
        **fields,
    )
    if message.nonce is not None:
        call.world.nonces[key] = (call.world.now(), message)
    return payload(message, new=True)


def upload_limit(channel: Channel) -> int:
    """Bytes a file may have in a channel."""
    return channel.guild.upload_limit if channel.guild is not None else UPLOAD_LIMITS[0]


def check_may_post(channel: Channel, *, files: bool, embeds: bool) -> None:
    """Refuse where the bot may not write.

    Raises:
        ApiError: 403, or 400 where nobody can.
    """
    bot = channel.world.bot
    if channel.type == FORUM:
        raise ApiError(400, 50008, "Cannot send messages in a non-text channel")
    if channel.type == DM and not channel.recipients[0].accepts_direct_messages:
        raise ApiError(403, 50007, "Cannot send messages to this user")
    if channel.guild is None:
        return
    needed = ["send_messages_in_threads" if channel.is_thread else "send_messages"]
    needed += ["attach_files"] * files + ["embed_links"] * embeds
    if not can(channel, bot, *needed):
        raise missing_permissions()
    if channel.locked and not can(channel, bot, "manage_threads"):
        code, words = (50083, "Thread is archived") if channel.archived else (160005, "Thread is locked")
        raise ApiError(403, code, words)


def _replied(call: Call, channel: Channel, body: Mapping[str, Any]) -> Message | None:
    reference = body.get("message_reference")
    if not reference:
        return None
    if channel.guild is not None and not can(channel, call.world.bot, "read_message_history"):
        raise ApiError(400, 160002, "Cannot reply without permission to read message history")
    try:
        return call.world.message(channel, reference.get("message_id"))
    except ApiError:
        if reference.get("fail_if_not_exists") is False:
            return None
        raise invalid_form("message_reference", "REPLIES_UNKNOWN_MESSAGE", "Unknown message") from None


def edit(call: Call) -> Any:
    """PATCH a message of the bot's own."""
    channel = call.channel()
    message = call.message(channel)
    check_open(channel)
    if message.author is not call.world.bot:
        raise ApiError(403, 50005, "Cannot edit a message authored by another user")
    if call.files and not can(channel, call.world.bot, "attach_files"):
        raise missing_permissions()
    fields = changed_fields(call, message, call.body, limit=upload_limit(channel))
    return payload(call.world.posting.edit(message, allowed_mentions=call.body.get("allowed_mentions"), **fields))


def check_open(channel: Channel) -> None:
    """Refuse changes in an archived thread."""
    if channel.archived:
        raise ApiError(400, 50083, "Thread is archived")


def delete(call: Call) -> Any:
    """DELETE a message."""
    channel = call.channel()
    message = call.message(channel)
    check_open(channel)
    if message.author is not call.world.bot and not can(channel, call.world.bot, "manage_messages"):
        raise missing_permissions()
    call.world.posting.delete(message)


def delete_many(call: Call) -> Any:
    """POST bulk-delete."""
    channel = call.channel("manage_messages")
    wanted = {number(each) for each in call.body["messages"]}
    call.world.posting.delete_many(channel, [message for message in channel.messages if message.id in wanted])


def react(call: Call) -> Any:
    """PUT a reaction."""
    channel = call.channel("read_message_history", "add_reactions")
    message = call.message(channel)
    check_open(channel)
    emoji = unquote(call.parameters["emoji"])
    if emoji.isascii() and ":" not in emoji:
        raise unknown(10014)
    call.world.posting.react(message, call.world.bot, emoji)


def unreact(call: Call) -> Any:
    """DELETE the bot's reaction."""
    message = call.message(call.channel("read_message_history"))
    call.world.posting.unreact(message, call.world.bot, unquote(call.parameters["emoji"]))
