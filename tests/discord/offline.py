"""Real interactions of discord.py, read from payloads, with a client that is never connected."""

from typing import Any

import discord
from discord import app_commands

GUILD, CHANNEL, THREAD, USER, BOT = 700000000000000001, 700000000000000002, 700000000000000003, 11, 700000000000000005
EVERYTHING = discord.Permissions.all().value


class Client(discord.Client):
    """Never connected; a member of the guild if ``member``."""

    def __init__(self, *, member: bool = True) -> None:
        super().__init__(intents=discord.Intents.default())
        self.tree = app_commands.CommandTree(self)
        bot = {**user(BOT), "bot": True}
        self._connection.user = discord.ClientUser(state=self._connection, data=bot)  # type: ignore[arg-type]  # what is read
        if member:
            self._connection._add_guild_from_data(guild())  # type: ignore[arg-type]  # as much of it as is read


def role(identity: int, permissions: int = 0) -> dict[str, Any]:
    return {
        "id": str(identity),
        "name": str(identity),
        "color": 0,
        "colors": {"primary_color": 0, "secondary_color": None, "tertiary_color": None},
        "hoist": False,
        "position": 0,
        "permissions": str(permissions),
        "managed": False,
        "mentionable": False,
        "flags": 0,
    }


def channel(identity: int = CHANNEL, kind: int = 0, **more: Any) -> dict[str, Any]:
    return {
        "id": str(identity),
        "type": kind,
        "name": "general",
        "position": 0,
        "permission_overwrites": [],
        "nsfw": False,
        "parent_id": None,
        "guild_id": str(GUILD),
        **more,
    }


def thread(**more: Any) -> dict[str, Any]:
    metadata = {"archived": False, "auto_archive_duration": 1440, "archive_timestamp": "2026-11-23T00:00:00+00:00"}
    return {
        "id": str(THREAD),
        "type": 11,
        "name": "thread",
        "guild_id": str(GUILD),
        "parent_id": str(CHANNEL),
        "owner_id": str(USER),
        "message_count": 0,
        "member_count": 0,
        "thread_metadata": {**metadata, "locked": False},
        **more,
    }


def guild() -> dict[str, Any]:
    view = discord.Permissions(view_channel=True, read_message_history=True, send_messages=True).value
    hidden = [{"id": str(GUILD), "type": 0, "allow": "0", "deny": str(discord.Permissions(view_channel=True).value)}]
    return {
        "id": str(GUILD),
        "name": "server",
        "roles": [role(GUILD, view), role(77)],
        "channels": [channel(), channel(CHANNEL + 50, permission_overwrites=hidden)],
        "threads": [thread(), thread(id=str(THREAD + 50), type=12, owner_id="99")],
        "members": [],
        "emojis": [],
        "features": [],
    }


def user(identity: int = USER) -> dict[str, Any]:
    return {"id": str(identity), "username": "ana", "discriminator": "0", "avatar": None, "global_name": None}


def payload(**more: Any) -> dict[str, Any]:
    """A slash command in the guild's channel by a person with few rights, where the bot may do everything."""
    here = more.pop("channel", channel())
    member = {
        "user": user(),
        "roles": ["77"],
        "joined_at": "2026-01-01T00:00:00+00:00",
        "deaf": False,
        "mute": False,
        "flags": 0,
        "permissions": str(more.pop("permissions", 0)),
    }
    return {
        "id": "900000000000000001",
        "application_id": str(BOT),
        "type": 2,
        "token": "secret",
        "version": 1,
        "data": {"id": "1", "name": "imagine", "type": 1},
        "guild_id": str(GUILD),
        "channel": here,
        "channel_id": here["id"],
        "member": member,
        "app_permissions": str(more.pop("app_permissions", EVERYTHING)),
        "locale": "ko",
        "guild_locale": "en-US",
        "entitlements": [],
        "authorizing_integration_owners": {"0": str(GUILD)},
        "context": 0,
        "attachment_size_limit": 10 << 20,
        **more,
    }


def interaction(client: discord.Client, **more: Any) -> discord.Interaction[Any]:
    """What ``payload`` says, as a handler gets it."""
    made: Any = payload(**more)
    return discord.Interaction(data=made, state=client._connection)


def direct(client: discord.Client, *, context: int = 1) -> discord.Interaction[Any]:
    """A command in direct messages with the bot (1), or in somebody else's (2) where the person installed it."""
    here = {"id": str(CHANNEL), "type": 1 if context == 1 else 3, "last_message_id": None, "recipients": [user(12)]}
    made = {"guild_id": None, "user": user(), "guild_locale": "en-US", "channel": here, "context": context}
    owners = {"0": "0"} if context == 1 else {"1": str(USER)}
    found = interaction(client, **made, authorizing_integration_owners=owners)
    found.guild_locale = None
    return found
