"""The images that a message shows, and their bytes: bounded, never trusted to be what they are called."""

from typing import Final

import discord

from bots.chat.desk import Desk
from bots.courier import TryLater
from bots.discord.commands.people import Interaction
from bots.discord.commands.places import Link, can_read
from bots.discord.commands.sources import Unfound
from bots.discord.downloads import Downloads, Gone, TooMuch
from generator.scene import Notice
from moderation.intake import MAX_BYTES

_ENDINGS: Final = (".png", ".jpg", ".jpeg", ".webp", ".gif")


def images_of(message: discord.Message) -> tuple[discord.Attachment, ...]:
    """The attachments that claim to be images."""
    return tuple(one for one in message.attachments if _claims_image(one))


def _claims_image(attachment: discord.Attachment) -> bool:
    media_type = attachment.content_type or ""
    return media_type.startswith("image/") or (not media_type and attachment.filename.lower().endswith(_ENDINGS))


async def linked_message(interaction: Interaction, link: Link) -> discord.Message:
    """The message of a link, if the person can read it and so can the bot.

    Raises:
        Unfound: One of them cannot, or it does not exist.
    """
    if link.guild != interaction.guild_id or not await can_read(interaction, link.channel):
        raise Unfound(Notice(key="message-not-found"))
    try:
        channel = interaction.client.get_partial_messageable(link.channel, guild_id=link.guild)
        message: discord.Message = await channel.fetch_message(link.message)
    except discord.HTTPException:
        raise Unfound(Notice(key="message-not-found")) from None
    return message


async def download(desk: Desk, attachment: discord.Attachment) -> bytes:
    """The bytes of an attachment.

    Raises:
        Unfound: It is too large, or gone.
    """
    too_large = Unfound(Notice(key="file-too-large", args={"most": MAX_BYTES // 2**20}))
    if attachment.size > MAX_BYTES:
        raise too_large
    try:
        return await Downloads(desk.app.settings.discord.api_url, MAX_BYTES).fetch(attachment.url)
    except TooMuch:
        raise too_large from None
    except (Gone, TryLater):
        raise Unfound(Notice(key="file-gone")) from None
