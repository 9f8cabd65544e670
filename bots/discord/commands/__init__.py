"""The slash commands, the commands in a message's menu, and the components under their answers."""

from typing import Any

import discord
from discord import app_commands

from bots.chat.desk import Desk
from bots.discord.commands.account import account_commands, cancel_select
from bots.discord.commands.autocomplete import Recent
from bots.discord.commands.drawing import drawing_commands
from bots.discord.commands.failing import on_command_error
from bots.discord.commands.gallery import gallery_command, page_button
from bots.discord.commands.helping import help_command
from bots.discord.commands.looking import looking_commands
from bots.discord.commands.messages import message_commands
from bots.discord.commands.privacy import erase_button, privacy_command
from bots.discord.commands.registration import register
from bots.discord.commands.scope import Declared
from bots.discord.commands.settings import settings_command, settings_select
from bots.discord.commands.wording import Catalogue

__all__ = ["install", "synchronize"]


def install(client: discord.Client, desk: Desk) -> None:
    """Put every command into the client's tree and every component into its store; tells Discord nothing.

    Args:
        client: With a ``tree``; not connected yet, or just logged in.
        desk: What the handlers work with.
    """
    tree = tree_of(client)
    for command in commands(desk):
        tree.add_command(command)
    tree.error(on_command_error)
    client.add_dynamic_items(page_button(desk), erase_button(desk), cancel_select(desk), settings_select(desk))


async def synchronize(client: discord.Client, desk: Desk) -> bool:
    """Register the commands where they changed, if this process runs the first shard; call it after the login.

    Returns:
        Whether anything was sent.

    Raises:
        discord.HTTPException: Discord does not take them.
    """
    guild, tree = desk.app.settings.discord.development_guild, tree_of(client)
    await tree.set_translator(Catalogue())
    return await register(client, tree, desk.app.chats, guild)


def commands(desk: Desk) -> tuple[Declared, ...]:
    """Every command."""
    return (
        *drawing_commands(desk, Recent(desk)),
        *looking_commands(desk),
        gallery_command(desk),
        *account_commands(desk),
        settings_command(desk),
        privacy_command(desk),
        help_command(desk),
        *message_commands(desk),
    )


def tree_of(client: discord.Client) -> app_commands.CommandTree[Any]:
    """The client's command tree.

    Raises:
        TypeError: It has none.
    """
    tree = getattr(client, "tree", None)
    if not isinstance(tree, app_commands.CommandTree):
        raise TypeError("the client has no command tree")
    return tree
