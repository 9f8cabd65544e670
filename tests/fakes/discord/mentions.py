"""Whom a message names, and whom it really pings."""

import re
from collections.abc import Mapping
from typing import Any

from tests.fakes.discord.components import TEXT_DISPLAY, walk
from tests.fakes.discord.model import Message
from tests.fakes.discord.permissions import can

_USER = re.compile(r"<@!?(\d+)>")
_ROLE = re.compile(r"<@&(\d+)>")
_EVERYONE = re.compile(r"@(everyone|here)\b")


def resolve(message: Message, allowed: Mapping[str, Any] | None, *, silent_reply: bool = False) -> None:
    """Write into a message whom it names and whom it pings.

    Args:
        message: Its content, components, author and what it replies to are set.
        allowed: The ``allowed_mentions`` it was sent with; None for Discord's default, which is all of them.
        silent_reply: The person who replies has turned the ping off.
    """
    world = message.world
    words = _words(message)
    users = [world.users[int(found)] for found in _USER.findall(words) if int(found) in world.users]
    roles = [int(found) for found in _ROLE.findall(words)]
    message.mentions = list(dict.fromkeys(users))
    message.mention_roles = list(dict.fromkeys(roles))
    message.pinged = {user.id for user in users if _allows(allowed, "users", user.id)}
    if message.channel.guild is not None:
        message.pinged |= {role for role in roles if _allows(allowed, "roles", role)}
    may_ping_all = message.channel.guild is not None and can(message.channel, message.author, "mention_everyone")
    if _EVERYONE.search(words) and may_ping_all and _allows(allowed, "everyone", None):
        message.mention_everyone = True
        message.pinged.add("everyone")
    replied = message.reference
    if (
        replied is not None
        and message.type == 19
        and not silent_reply
        and (allowed is None or allowed.get("replied_user"))
    ):
        message.pinged.add(replied.author.id)
        if replied.author not in message.mentions:
            message.mentions.append(replied.author)


def _words(message: Message) -> str:
    displays = [str(each.get("content", "")) for each in walk(message.components) if each.get("type") == TEXT_DISPLAY]
    return "\n".join([message.content, *displays])


def _allows(allowed: Mapping[str, Any] | None, kind: str, identifier: int | None) -> bool:
    if allowed is None or kind in (allowed.get("parse") or ()):
        return True
    return identifier is not None and str(identifier) in [str(each) for each in allowed.get(kind) or ()]
