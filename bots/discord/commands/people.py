"""Who sits behind an interaction: tenant, requester, language, rights. Everything is what Discord itself says."""

from typing import Any

import discord

from bots.chat.access import Viewer
from bots.chat.preferences import locale_from
from bots.discord import parse
from bots.discord.where import PLATFORM
from moderation.types import Locale

Interaction = discord.Interaction[Any]
"""Of whichever client; the desk is handed to the handlers when they are made."""


def requester_of(interaction: Interaction) -> str:
    """The person's id in the records."""
    return f"{PLATFORM}:{interaction.user.id}"


def is_in_guild(interaction: Interaction) -> bool:
    """Whether the bot is a member of the server in which it was asked."""
    guild = interaction.guild_id
    return guild is not None and (interaction.is_guild_integration() or interaction.client.get_guild(guild) is not None)


def tenant_of(interaction: Interaction) -> str:
    """The server where the bot is its member; otherwise the person."""
    if is_in_guild(interaction):
        return f"{PLATFORM}:{interaction.guild_id}"
    return f"{PLATFORM}:user:{interaction.user.id}"


def is_admin(interaction: Interaction) -> bool:
    """Whether the person manages the server; asked again at every use, whatever Discord showed them."""
    return is_in_guild(interaction) and (interaction.permissions.administrator or interaction.permissions.manage_guild)


def viewer_of(interaction: Interaction) -> Viewer:
    """The person as one who wants to see a record."""
    return Viewer(requester=requester_of(interaction), tenant=tenant_of(interaction), admin=is_admin(interaction))


def own_locale(interaction: Interaction) -> Locale:
    """The person's language: of what only they see."""
    return locale_from(interaction.locale.value)


def guild_tag(interaction: Interaction) -> str:
    """The server's language; the person's own where there is no server."""
    tag = interaction.guild_locale or interaction.locale
    return tag.value


def channels_of(interaction: Interaction) -> tuple[str, ...]:
    """The channel and what it lies in: the thread's channel, the category."""
    return parse.channels_of(interaction.channel)


def roles_of(interaction: Interaction) -> tuple[str, ...]:
    """The person's roles; none outside a server."""
    user = interaction.user
    return tuple(str(role.id) for role in user.roles) if isinstance(user, discord.Member) else ()
