"""Where each command can be used and installed: said explicitly for every one (platforms D9)."""

from typing import Any, Final

import discord
from discord import app_commands

EVERYWHERE: Final = app_commands.AppCommandContext(guild=True, dm_channel=True, private_channel=True)
SERVERS: Final = app_commands.AppCommandContext(guild=True, dm_channel=False, private_channel=False)
ANYBODY: Final = app_commands.AppInstallationType(guild=True, user=True)
MEMBER: Final = app_commands.AppInstallationType(guild=True, user=False)

Declared = app_commands.Command[Any, ..., Any] | app_commands.Group | app_commands.ContextMenu


def for_everybody(command: Declared) -> Declared:
    """Servers, direct messages and group chats; installed in a server or by a person for themselves."""
    command.allowed_contexts, command.allowed_installs = EVERYWHERE, ANYBODY
    return command


def for_admins(command: Declared) -> Declared:
    """Servers that the bot is a member of; shown to those who manage them, unless the server says otherwise."""
    command.allowed_contexts, command.allowed_installs = SERVERS, MEMBER
    command.default_permissions = discord.Permissions(manage_guild=True)
    return command
