"""Permission bits and how a channel's overwrites change them."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.fakes.discord.model import Channel, Guild, User

BITS = {
    "kick_members": 1 << 1,
    "administrator": 1 << 3,
    "manage_channels": 1 << 4,
    "manage_guild": 1 << 5,
    "add_reactions": 1 << 6,
    "view_channel": 1 << 10,
    "send_messages": 1 << 11,
    "manage_messages": 1 << 13,
    "embed_links": 1 << 14,
    "attach_files": 1 << 15,
    "read_message_history": 1 << 16,
    "mention_everyone": 1 << 17,
    "manage_roles": 1 << 28,
    "manage_webhooks": 1 << 29,
    "use_application_commands": 1 << 31,
    "manage_threads": 1 << 34,
    "create_public_threads": 1 << 35,
    "create_private_threads": 1 << 36,
    "send_messages_in_threads": 1 << 38,
    "use_external_apps": 1 << 50,
}
EVERY = (1 << 53) - 1
USUAL = sum(
    BITS[name]
    for name in (
        "add_reactions",
        "view_channel",
        "send_messages",
        "embed_links",
        "attach_files",
        "read_message_history",
        "use_application_commands",
        "create_public_threads",
        "send_messages_in_threads",
        "use_external_apps",
    )
)
"""What bot and people may do unless a test says otherwise."""


def as_bits(permissions: Any) -> int:
    """Permissions given as a number, as names, or as an object with a ``value``."""
    if isinstance(permissions, str):
        return BITS[permissions]
    if isinstance(permissions, Iterable) and not hasattr(permissions, "value"):
        total = 0
        for name in permissions:
            total |= BITS[name]
        return total
    return int(getattr(permissions, "value", permissions))


def in_guild(guild: "Guild", user: "User") -> int:
    """What a member may do before any channel is looked at; nothing for others."""
    member = guild.members.get(user.id)
    if member is None:
        return 0
    return EVERY if member.role.permissions & BITS["administrator"] else member.role.permissions


def in_channel(channel: "Channel", user: "User") -> int:
    """What a user may do in a channel; overwrites of a thread are its parent's."""
    if channel.guild is None:
        return USUAL if user in channel.recipients or user.bot else 0
    bits = in_guild(channel.guild, user)
    if bits == EVERY or user.id not in channel.guild.members:
        return bits
    overwrites = (channel.parent or channel).overwrites
    for target in (channel.guild.id, channel.guild.members[user.id].role.id, user.id):
        if target in overwrites:
            _, allow, deny = overwrites[target]
            bits = bits & ~deny | allow
    return bits


def can(channel: "Channel", user: "User", *names: str) -> bool:
    """Whether a user may do all of this in a channel."""
    wanted = as_bits(names)
    return in_channel(channel, user) & wanted == wanted
