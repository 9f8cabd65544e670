"""Ephemeral answers of commands that do not draw: acknowledged first, found out afterwards."""

from collections.abc import Iterable, Sequence
from typing import Any, Final

import discord

from bots.discord.commands.people import Interaction, own_locale
from bots.replies import say
from generator.scene import Notice
from moderation.types import Locale

LONGEST: Final = 2000
"""Characters of a message (platforms D16)."""


async def acknowledge_privately(interaction: Interaction) -> None:
    """Only the person sees that an answer is coming."""
    await interaction.response.defer(ephemeral=True, thinking=True)


async def tell_privately(
    interaction: Interaction,
    lines: Iterable[Notice],
    *,
    view: discord.ui.View | None = None,
    files: Sequence[discord.File] = (),
    embeds: Sequence[discord.Embed] = (),
) -> None:
    """Put the answer in the acknowledgement's place, whether it is the first or a later one; pings nobody."""
    await interaction.edit_original_response(
        content=fitted(lines, own_locale(interaction)),
        view=view,
        attachments=list(files),
        embeds=list(embeds),
        allowed_mentions=discord.AllowedMentions.none(),
    )


def fitted(lines: Iterable[Notice], locale: Locale) -> str:
    """The lines in words, as many as fit; a last one says that more was left out."""
    more = say(Notice(key="more-left-out"), locale)
    text = ""
    for line in lines:
        words = say(line, locale)
        if len(text) + len(words) + len(more) + 2 > LONGEST:
            return f"{text}{more}"
        text += f"{words}\n"
    return text.rstrip("\n")


def plain(text: str) -> str:
    """Somebody's words without any effect: no mention, no formatting, no link preview."""
    return discord.utils.escape_markdown(discord.utils.escape_mentions(text)).replace("://", ":\u200b//")


def mention(requester: str) -> str:
    """A requester as Discord shows it; nobody is pinged by it."""
    user = requester.rpartition(":")[2]
    return f"<@{user}>" if user.isdecimal() else "?"


def panel(*items: discord.ui.Item[Any]) -> discord.ui.View | None:
    """Components under an answer, None without any. What they do is the business of dynamic items, not of this view.

    A view that is stopped is not remembered by discord.py, which would keep each of them for ever.
    """
    if not items:
        return None
    view = discord.ui.View(timeout=None)
    for item in items:
        view.add_item(item)
    view.stop()
    return view


def button(
    label: str, custom_id: str, style: discord.ButtonStyle = discord.ButtonStyle.secondary
) -> discord.ui.Button[Any]:
    """A button whose label fits (platforms D24)."""
    return discord.ui.Button(label=label[:80], custom_id=custom_id, style=style)
