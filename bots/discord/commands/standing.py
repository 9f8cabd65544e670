"""Where a command's answer will stand: decided from what the interaction says, without asking anybody."""

import discord

from bots.discord.commands.people import Interaction, is_in_guild
from bots.discord.parse import ROOTS
from bots.discord.where import Where


def can_post(interaction: Interaction) -> bool:
    """Whether the bot is in the channel and may post a picture there by itself."""
    if interaction.guild_id is None:
        return bool(interaction.context.dm_channel)
    if not is_in_guild(interaction):
        return False
    rights = interaction.app_permissions
    in_thread = isinstance(interaction.channel, discord.Thread)
    speaks = rights.send_messages_in_threads if in_thread else rights.send_messages
    return bool(rights.view_channel and speaks and rights.attach_files)


def is_root(interaction: Interaction) -> bool:
    """Whether it was asked in a channel's root, from where a thread can be opened."""
    return getattr(interaction.channel, "type", None) in ROOTS


def is_in_conversation(interaction: Interaction) -> bool:
    """Whether the place itself is a conversation: a thread, or the direct messages with the bot."""
    if not can_post(interaction):
        return False
    return interaction.guild_id is None or isinstance(interaction.channel, discord.Thread)


def where(interaction: Interaction, *, now: float, private: bool, opens_thread: bool) -> Where:
    """The address of the answer.

    Args:
        interaction: The command or modal.
        now: Seconds since the epoch.
        private: Only the requester is to see it.
        opens_thread: What the tenant wants of requests in a channel's root.
    """
    by_itself = can_post(interaction) and not private
    return Where(
        manner="channel" if by_itself else "private",
        user=interaction.user.id,
        guild=interaction.guild_id,
        channel=interaction.channel_id or 0,
        message=None if interaction.message is None else interaction.message.id,
        opens_thread=opens_thread
        and by_itself
        and is_root(interaction)
        and interaction.app_permissions.create_public_threads,
        ephemeral=private,
        interaction=interaction.id,
        application=interaction.application_id,
        token=interaction.token,
        asked_at=now,
    )
