"""describe and provenance: what an image shows and where it comes from, as commands and in a message's menu."""

from collections.abc import Awaitable, Callable

import discord
from discord import app_commands

from bots.chat.desk import Desk
from bots.chat.looking import UNSEEN, Unfound, described, provenance_lines, why_unseen
from bots.chat.provenance_words import Sees, Spelling
from bots.discord.commands.answering import LONGEST, acknowledge_privately, mention, plain, tell_privately
from bots.discord.commands.files import files_of
from bots.discord.commands.people import Interaction, own_locale
from bots.discord.commands.places import image_in, link_in, sees
from bots.discord.commands.scope import Declared, for_everybody
from bots.discord.commands.targets import download, images_of, linked_message
from bots.discord.commands.wording import localized
from generator.scene import Notice
from storage.records import GenerationRecord

SPELLING = Spelling(requester=mention, words=plain)
Look = Callable[[Interaction, Desk, bytes], Awaitable[None]]


def looking_commands(desk: Desk) -> tuple[Declared, ...]:
    """Describe and provenance over ``desk``."""

    @app_commands.command(
        name=localized("command-describe-name"), description=localized("command-describe-description")
    )
    @app_commands.rename(image=localized("option-image-name"), message=localized("option-message-name"))
    @app_commands.describe(
        image=localized("option-describe-image-description"), message=localized("option-message-description")
    )
    async def describe_(
        interaction: Interaction,
        image: discord.Attachment | None = None,
        message: app_commands.Range[str, 1, 200] | None = None,
    ) -> None:
        await acknowledge_privately(interaction)
        await _with_bytes(interaction, desk, lambda: _given(interaction, desk, image, message), _describe)

    @app_commands.command(
        name=localized("command-provenance-name"), description=localized("command-provenance-description")
    )
    @app_commands.rename(image=localized("option-image-name"))
    @app_commands.describe(image=localized("option-provenance-image-description"))
    async def provenance(interaction: Interaction, image: discord.Attachment) -> None:
        await acknowledge_privately(interaction)
        await _with_bytes(interaction, desk, lambda: download(desk, files_of((image,))[0]), _verify)

    return for_everybody(describe_), for_everybody(provenance)


async def describe_target(interaction: Interaction, desk: Desk, message: discord.Message) -> None:
    """Describe, in the menu of ``message``."""
    await acknowledge_privately(interaction)
    await _with_bytes(interaction, desk, lambda: _shown(desk, message), _describe)


async def verify_target(interaction: Interaction, desk: Desk, message: discord.Message) -> None:
    """Check provenance, in the menu of ``message``: of the file that stands there, not of what we know about it."""
    await acknowledge_privately(interaction)
    await _with_bytes(interaction, desk, lambda: _shown(desk, message, stored=False), _verify)


async def _with_bytes(interaction: Interaction, desk: Desk, read: Callable[[], Awaitable[bytes]], look: Look) -> None:
    try:
        await look(interaction, desk, await read())
    except UNSEEN as exc:
        await tell_privately(interaction, [why_unseen(exc)])


async def _given(interaction: Interaction, desk: Desk, image: discord.Attachment | None, message: str | None) -> bytes:
    if image is not None:
        return await download(desk, files_of((image,))[0])
    link = None if message is None else link_in(message)
    if link is None:
        raise Unfound(Notice(key="describe-what"))
    return await _shown(desk, await linked_message(interaction, link))


async def _shown(desk: Desk, message: discord.Message, *, stored: bool = True) -> bytes:
    """The first image of a message; with ``stored``, ours as we keep it rather than as it was posted."""
    record = await image_in(desk, message.id) if stored else None
    if record is not None:
        return await desk.app.blobs.get(record.digest)
    images = images_of(desk, message)
    if not images:
        raise Unfound(Notice(key="message-without-image"))
    return await download(desk, images[0])


async def _verify(interaction: Interaction, desk: Desk, data: bytes) -> None:
    lines = await provenance_lines(desk, data, sees=_seer(interaction, desk), spelling=SPELLING)
    await tell_privately(interaction, lines)


async def _describe(interaction: Interaction, desk: Desk, data: bytes) -> None:
    words = await described(desk, data, locale=own_locale(interaction), sees=_seer(interaction, desk))
    await interaction.edit_original_response(
        content=plain(words)[:LONGEST], allowed_mentions=discord.AllowedMentions.none()
    )


def _seer(interaction: Interaction, desk: Desk) -> Sees:
    async def seen(record: GenerationRecord) -> bool:
        return await sees(interaction, desk, record)

    return seen
