"""privacy: everything that is kept of a person, sent to them alone, and its deletion once they confirm it."""

import io
import re
from collections.abc import Sequence
from contextlib import suppress
from typing import Any, Final, Self

import discord
from discord import app_commands

from bots.chat.desk import Desk
from bots.chat.privacy import erase_warning, erased_lines, export_archive
from bots.discord.commands.answering import acknowledge_privately, button, panel, tell_privately
from bots.discord.commands.failing import guarded
from bots.discord.commands.people import Interaction, own_locale, requester_of
from bots.discord.commands.places import channel_of
from bots.discord.commands.scope import Declared, for_everybody
from bots.discord.commands.wording import localized
from bots.replies import say
from generator.scene import Notice
from storage.posts import PostRecord

ERASE: Final = "tc1:erase:"
"""Followed by the id of the person who may confirm."""

MOST_DELETED: Final = 500
"""Posts that are deleted with somebody's data; Discord lets us delete a few in a second."""


def privacy_command(desk: Desk) -> Declared:
    """The group ``privacy`` over ``desk``: export and delete."""
    group = app_commands.Group(
        name=localized("command-privacy-name"), description=localized("command-privacy-description")
    )

    @group.command(
        name=localized("command-privacy-export-name"), description=localized("command-privacy-export-description")
    )
    async def export(interaction: Interaction) -> None:
        await acknowledge_privately(interaction)
        archive = await export_archive(desk.app, requester_of(interaction), interaction.filesize_limit)
        if len(archive) > interaction.filesize_limit:
            await tell_privately(interaction, [Notice(key="export-too-large")])
            return
        file = discord.File(io.BytesIO(archive), filename="threadbrush-data.zip")
        await tell_privately(interaction, [Notice(key="export-done")], files=[file])

    @group.command(
        name=localized("command-privacy-delete-name"), description=localized("command-privacy-delete-description")
    )
    async def delete(interaction: Interaction) -> None:
        await acknowledge_privately(interaction)
        label = say(Notice(key="erase-confirm"), own_locale(interaction))
        confirm = button(label, f"{ERASE}{interaction.user.id}", discord.ButtonStyle.danger)
        await tell_privately(interaction, erase_warning(), view=panel(confirm))

    return for_everybody(group)


def erase_button(desk: Desk) -> type[discord.ui.DynamicItem[discord.ui.Button[Any]]]:
    """The button that confirms a deletion; only the person whose data it is can press it."""

    class EraseButton(discord.ui.DynamicItem[discord.ui.Button[Any]], template=r"tc1:erase:(?P<user>\d{1,20})"):
        def __init__(self, item: discord.ui.Button[Any], user: int) -> None:
            super().__init__(item)
            self.user = user

        @classmethod
        async def from_custom_id(
            cls, interaction: Interaction, item: discord.ui.Item[Any], match: re.Match[str], /
        ) -> Self:
            del interaction
            assert isinstance(item, discord.ui.Button)  # noqa: S101 - discord.py looks the item up by its type
            return cls(item, int(match["user"]))

        async def callback(self, interaction: Interaction) -> None:
            await interaction.response.defer()
            if interaction.user.id == self.user:
                await guarded(interaction, "erase button", _erase(interaction, desk))

    return EraseButton


async def _erase(interaction: Interaction, desk: Desk) -> None:
    """Stop what is running, then remove: what a running request draws afterwards would come back."""
    requester = requester_of(interaction)
    running = [job.id for job in await desk.app.records.unfinished_jobs_of(requester=requester)]
    for job in running:
        await desk.session.cancel(job)
    posts = await desk.app.chats.posts_of(requester)
    await desk.app.records.erase_everywhere(requester, desk.app.blobs)
    # The durable engine keeps what its jobs were given, which are the person's words.
    await desk.session.forget(tuple({*running, *(post.job for post in posts)}))
    await tell_privately(interaction, erased_lines())
    await _take_down(interaction, posts)


async def _take_down(interaction: Interaction, posts: Sequence[PostRecord]) -> None:
    """Delete our own posts of the person's images, newest first, as far as Discord lets us."""
    for post in sorted(posts, key=lambda one: one.created_at, reverse=True)[:MOST_DELETED]:
        channel, message = channel_of(post.place), channel_of(post.message or "")
        if channel is None or message is None:
            continue
        with suppress(discord.HTTPException):
            await interaction.client.get_partial_messageable(channel).get_partial_message(message).delete()
