"""The images that a message shows, and their bytes: bounded, never trusted to be what they are called."""

from collections.abc import Iterable, Iterator
from pathlib import PurePosixPath
from typing import Any, Final
from urllib.parse import urlsplit

import discord

from bots.chat.desk import Desk
from bots.chat.looking import Unfound
from bots.courier import TryLater
from bots.discord.commands.files import MAX_NAME, files_of
from bots.discord.commands.people import Interaction
from bots.discord.commands.places import Link, can_read
from bots.discord.downloads import Downloads, Gone, TooMuch, is_allowed
from generator.scene import Notice
from moderation.intake import MAX_BYTES
from storage.turns import AttachmentRef

_ENDINGS: Final = (".png", ".jpg", ".jpeg", ".webp", ".gif")


def images_of(desk: Desk, message: discord.Message) -> tuple[AttachmentRef, ...]:
    """What claims to be an image: attachments, and what components and embeds show of Discord's own files.

    A message built from components lists no attachments; the files are where it shows them.
    """
    attached = files_of([one for one in message.attachments if _claims_image(one.content_type, one.filename)])
    shown = [*_media(message.components), *(embed.image for embed in message.embeds)]
    api_url = desk.app.settings.discord.api_url
    found = [
        _reference(url, media)
        for media in shown
        if (url := getattr(media, "url", None)) and is_allowed(url, api_url) and _is_picture(media, url)
    ]
    return tuple({one.url.partition("?")[0]: one for one in (*attached, *found)}.values())


def _media(components: Iterable[Any]) -> Iterator[Any]:
    """The media that components show, at any depth."""
    for component in components:
        if (media := getattr(component, "media", None)) is not None:
            yield media
        inner = [*(getattr(component, "children", None) or ()), *(getattr(component, "items", None) or ())]
        yield from _media([*inner, *filter(None, [getattr(component, "accessory", None)])])


def _is_picture(media: Any, url: str) -> bool:
    return _claims_image(getattr(media, "content_type", None), url.partition("?")[0])


def _reference(url: str, media: Any) -> AttachmentRef:
    name = PurePosixPath(urlsplit(url).path).name[:MAX_NAME]
    identity = getattr(media, "attachment_id", None)
    return AttachmentRef(
        id=name if identity is None else str(identity),
        name=name,
        url=url,
        media_type=getattr(media, "content_type", None),
    )


def _claims_image(media_type: str | None, name: str) -> bool:
    return media_type.startswith("image/") if media_type else name.lower().endswith(_ENDINGS)


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


async def download(desk: Desk, file: AttachmentRef) -> bytes:
    """The bytes of a file.

    Raises:
        Unfound: It is too large, or gone.
    """
    too_large = Unfound(Notice(key="file-too-large", args={"most": MAX_BYTES // 2**20}))
    if file.size_bytes > MAX_BYTES:
        raise too_large
    try:
        return await Downloads(desk.app.settings.discord.api_url, MAX_BYTES).fetch(file.url)
    except TooMuch:
        raise too_large from None
    except (Gone, TryLater):
        raise Unfound(Notice(key="file-gone")) from None
