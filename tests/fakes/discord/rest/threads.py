"""Routes about threads."""

from typing import Any

from tests.fakes.discord import payloads
from tests.fakes.discord.errors import ApiError, invalid_form, missing_permissions
from tests.fakes.discord.model import FORUM, PUBLIC_THREAD, Channel
from tests.fakes.discord.permissions import can
from tests.fakes.discord.rest.bodies import new_fields
from tests.fakes.discord.rest.call import Call
from tests.fakes.discord.rest.messages import payload, upload_limit


def from_message(call: Call) -> Any:
    """POST messages/{message}/threads."""
    channel = call.channel("create_public_threads")
    message = call.message(channel)
    if message.thread is not None:
        raise ApiError(400, 160004, "A thread has already been created for this message")
    if channel.is_thread or channel.guild is None:
        raise ApiError(400, 50024, "Cannot execute action on this channel type")
    return payloads.channel(call.world.threads.start(channel, call.world.bot, _name(call), message))


def without_message(call: Call) -> Any:
    """POST threads; in a forum the first message comes with it."""
    channel = call.channel()
    if channel.type == FORUM:
        return _forum_post(call, channel)
    kind = int(call.body.get("type", 12))
    if not can(channel, call.world.bot, "create_public_threads" if kind == PUBLIC_THREAD else "create_private_threads"):
        raise missing_permissions()
    return payloads.channel(call.world.threads.start(channel, call.world.bot, _name(call), kind=kind))


def _forum_post(call: Call, forum: Channel) -> Any:
    if not can(forum, call.world.bot, "send_messages"):
        raise missing_permissions()
    if forum.flags & (1 << 4) and not call.body.get("applied_tags"):
        raise ApiError(400, 40067, "A tag is required to create a forum post in this channel")
    name = _name(call)
    body = call.body.get("message") or {}
    fields = new_fields(call, forum, body, limit=upload_limit(forum))
    thread = call.world.threads.start(forum, call.world.bot, name)
    thread.applied_tags = [int(tag) for tag in call.body.get("applied_tags") or ()]
    allowed = body.get("allowed_mentions")
    message = call.world.posting.add(thread, call.world.bot, message_id=thread.id, allowed_mentions=allowed, **fields)
    return {**payloads.channel(thread), "message": payload(message)}


def _name(call: Call) -> str:
    name = str(call.body.get("name") or "")
    if not 1 <= len(name) <= 100:
        raise invalid_form("name", "BASE_TYPE_BAD_LENGTH", "Must be between 1 and 100 in length.")
    return name


def archived(call: Call) -> Any:
    """GET threads/archived/public."""
    channel = call.channel("read_message_history")
    found = [payloads.channel(thread) for thread in channel.threads if thread.archived]
    return {"threads": found, "members": [], "has_more": False}


def members(call: Call) -> Any:
    """GET thread-members."""
    thread = call.channel()
    return [payloads.thread_member(thread, user) for user in thread.thread_members.values()]


def join(call: Call) -> Any:
    """PUT thread-members/@me."""
    thread = call.channel()
    if thread.archived:
        raise ApiError(400, 50083, "Thread is archived")
    call.world.threads.join(thread, call.world.bot)


def leave(call: Call) -> Any:
    """DELETE thread-members/@me."""
    call.world.threads.leave(call.channel(), call.world.bot)
