"""The gallery: pages of signed images that only the person sees."""

import io
import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Final, Self

import discord
from discord import app_commands

from bots.chat.desk import Desk
from bots.chat.gallery import Page, Search, page_of
from bots.chat.provenance_words import shortened
from bots.discord.commands.answering import acknowledge_privately, button, panel, plain, tell_privately
from bots.discord.commands.failing import guarded
from bots.discord.commands.people import Interaction, own_locale, viewer_of
from bots.discord.commands.places import reader
from bots.discord.commands.scope import Declared, for_everybody
from bots.discord.commands.wording import localized
from bots.replies import say
from generator.scene import Notice
from moderation.types import Locale
from storage.errors import BlobMissing
from storage.records import GenerationRecord

MAX_REQUEST: Final = 20 * 2**20
"""Bytes of all files of a page; Discord takes 25 MiB in one request."""

MAX_ALT: Final = 1024


def gallery_command(desk: Desk) -> Declared:
    """Gallery over ``desk``."""

    @app_commands.command(name=localized("command-gallery-name"), description=localized("command-gallery-description"))
    @app_commands.rename(text=localized("option-search-name"), mine=localized("option-mine-name"))
    @app_commands.describe(text=localized("option-search-description"), mine=localized("option-mine-description"))
    async def gallery(
        interaction: Interaction,
        text: app_commands.Range[str, 1, 100] | None = None,
        mine: bool = False,  # noqa: FBT001, FBT002 - an option of the command
    ) -> None:
        await acknowledge_privately(interaction)
        await _show(interaction, desk, Search(text=text or "", mine=mine))

    return for_everybody(gallery)


def page_button(desk: Desk) -> type[discord.ui.DynamicItem[discord.ui.Button[Any]]]:
    """The buttons that turn pages; they work after a restart, for where they lead stands in them.

    The words that are searched for stand in the page itself.
    """

    class PageButton(
        discord.ui.DynamicItem[discord.ui.Button[Any]],
        template=r"tc1:gallery:(?P<mine>[01]):(?P<before>[0-9a-f-]{36}|start)",
    ):
        def __init__(self, item: discord.ui.Button[Any], search: Search) -> None:
            super().__init__(item)
            self.search = search

        @classmethod
        async def from_custom_id(
            cls, interaction: Interaction, item: discord.ui.Item[Any], match: re.Match[str], /
        ) -> Self:
            del interaction
            assert isinstance(item, discord.ui.Button)  # noqa: S101 - discord.py looks the item up by its type
            before = None if match["before"] == "start" else match["before"]
            return cls(item, Search(mine=match["mine"] == "1", before=before))

        async def callback(self, interaction: Interaction) -> None:
            search = replace(self.search, text=_searched(interaction.message))
            await guarded(interaction, "gallery page", _turn(interaction, desk, search))

    return PageButton


async def _turn(interaction: Interaction, desk: Desk, search: Search) -> None:
    await interaction.response.defer()
    await _show(interaction, desk, search)


async def _show(interaction: Interaction, desk: Desk, search: Search) -> None:
    page = await page_of(desk.app, viewer_of(interaction), reader(interaction, desk), search)
    locale = own_locale(interaction)
    files = await _files(desk, page.images, interaction.filesize_limit)
    heading = Notice(key="gallery-heading" if page.images else "gallery-empty", args={"count": len(page.images)})
    await tell_privately(
        interaction,
        [heading],
        view=_buttons(search, page, locale),
        files=list(files.values()),
        embeds=_embeds(page.images, files, search, locale),
    )


async def _files(desk: Desk, images: Sequence[GenerationRecord], most: int) -> dict[str, discord.File]:
    """The signed bytes themselves, as far as they can be sent; never smaller copies without credentials."""
    files: dict[str, discord.File] = {}
    left = MAX_REQUEST
    for image in images:
        if image.size_bytes > min(most, left):
            continue
        try:
            data = await desk.app.blobs.get(image.digest)
        except BlobMissing:
            continue
        left -= len(data)
        name = f"{image.id}.{image.media_type.rpartition('/')[2]}"
        files[image.id] = discord.File(io.BytesIO(data), filename=name, description=image.alt[:MAX_ALT] or None)
    return files


def _embeds(
    images: Sequence[GenerationRecord], files: dict[str, discord.File], search: Search, locale: Locale
) -> list[discord.Embed]:
    embeds = []
    for image in images:
        args: dict[str, str | int | float] = {
            "date": f"{image.created_at:%Y-%m-%d %H:%M}",
            "private": "yes" if image.private else "no",
        }
        embed = discord.Embed(
            description=plain(shortened(image.request.prompt)),
            title=say(Notice(key="gallery-image", args=args), locale),
        )
        file = files.get(image.id)
        if file is not None:
            embed.set_image(url=f"attachment://{file.filename}")
        embeds.append(embed)
    if search.text:
        embeds = embeds or [discord.Embed(description=say(Notice(key="gallery-searched"), locale))]
        embeds[0].set_footer(text=search.text)
    return embeds


def _searched(message: discord.Message | None) -> str:
    """The words that the page in a message was searched for."""
    if message is None or not message.embeds:
        return ""
    return message.embeds[0].footer.text or ""


def _buttons(search: Search, page: Page, locale: Locale) -> discord.ui.View | None:
    mine, buttons = int(search.mine), []
    if search.before is not None:
        buttons.append(button(say(Notice(key="gallery-newest"), locale), f"tc1:gallery:{mine}:start"))
    if page.after is not None:
        buttons.append(button(say(Notice(key="gallery-older"), locale), f"tc1:gallery:{mine}:{page.after}"))
    return panel(*buttons)
