"""Routes about channels."""

from typing import Any

from tests.fakes.discord import payloads
from tests.fakes.discord.errors import ApiError, missing_permissions, unknown
from tests.fakes.discord.permissions import can
from tests.fakes.discord.rest.call import Call
from tests.fakes.discord.state import number


def channel(call: Call) -> Any:
    """GET a channel."""
    return payloads.channel(call.channel())


def change(call: Call) -> Any:
    """PATCH a channel: a thread's name, whether it is archived or locked."""
    channel = call.channel()
    if not channel.is_thread:
        if not can(channel, call.world.bot, "manage_channels"):
            raise missing_permissions()
        channel.name = call.body.get("name", channel.name)
        return payloads.channel(channel)
    body = call.body
    moderator = can(channel, call.world.bot, "manage_threads")
    if "locked" in body and body["locked"] != channel.locked and not moderator:
        raise missing_permissions()
    if channel.locked and not moderator:
        raise missing_permissions()
    if channel.archived and body.get("archived") is not False:
        raise ApiError(400, 50083, "Thread is archived")
    if "name" in body and not moderator and channel.owner is not call.world.bot:
        raise missing_permissions()
    if not channel.archived and body.get("archived") and not moderator and channel.owner is not call.world.bot:
        raise missing_permissions()
    call.world.threads.change(channel, archived=body.get("archived"), locked=body.get("locked"), name=body.get("name"))
    return payloads.channel(channel)


def delete(call: Call) -> Any:
    """DELETE a channel or thread."""
    channel = call.channel()
    if channel.guild is not None and not can(
        channel, call.world.bot, "manage_threads" if channel.is_thread else "manage_channels"
    ):
        raise missing_permissions()
    data = payloads.channel(channel)
    if channel.guild is not None:
        call.world.places.delete_channel(channel)
    return data


def typing(call: Call) -> Any:
    """POST typing."""
    channel = call.channel()
    needed = "send_messages_in_threads" if channel.is_thread else "send_messages"
    if channel.guild is not None and not can(channel, call.world.bot, needed):
        raise missing_permissions()
    call.world.posting.typing(channel, call.world.bot)


def open_dm(call: Call) -> Any:
    """POST users/@me/channels."""
    user = call.world.users.get(number(call.body.get("recipient_id")))
    if user is None:
        raise unknown(10013)
    if user.bot:
        raise ApiError(400, 50007, "Cannot send messages to this user")
    return payloads.channel(call.world.open_dm(user))
