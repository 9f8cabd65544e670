"""Places and links: whether a person can read a channel, and which image stands in a message. Knows no command."""

import asyncio
import re
from dataclasses import dataclass
from typing import Final

import discord

from bots.chat.access import Reads, may_see
from bots.chat.desk import Desk
from bots.chat.looking import image_at
from bots.discord.commands.people import Interaction, viewer_of
from bots.discord.where import PLATFORM
from storage.records import GenerationRecord

FETCH_SECONDS: Final = 1.0
"""For a thread that is not in memory, because it is archived: there are three seconds for an acknowledgement."""

_LINK: Final = re.compile(
    r"<?https?://(?:[a-z]{2,8}\.)?discord(?:app)?\.com/channels/(?P<guild>@me|\d{15,20})/(?P<channel>\d{15,20})/(?P<message>\d{15,20})/?>?"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """The address of a message; ``guild`` is None for direct messages."""

    guild: int | None
    channel: int
    message: int


def link_in(text: str) -> Link | None:
    """The message that ``text`` is the link of; None if it is anything else."""
    found = _LINK.fullmatch(text.strip()[:200])
    if found is None:
        return None
    guild = None if found["guild"] == "@me" else int(found["guild"])
    return Link(guild=guild, channel=int(found["channel"]), message=int(found["message"]))


async def can_read(interaction: Interaction, channel: int) -> bool:
    """Whether the person can read what was said in a channel or thread: the one they are in, or one of its server."""
    if channel == interaction.channel_id:
        return True
    guild, member = interaction.guild, interaction.user
    if guild is None or not isinstance(member, discord.Member):
        return False
    found = guild.get_channel_or_thread(channel) or await _fetched(guild, channel)
    if found is None:
        return False
    try:
        rights = found.permissions_for(member)
    except discord.ClientException:  # a thread whose channel is unknown
        return False
    if not (rights.view_channel and rights.read_message_history):
        return False
    if isinstance(found, discord.Thread) and found.is_private() and not rights.manage_threads:
        return member.id == found.owner_id or any(one.id == member.id for one in found.members)
    return True


async def _fetched(guild: discord.Guild, channel: int) -> discord.abc.GuildChannel | discord.Thread | None:
    try:
        async with asyncio.timeout(FETCH_SECONDS):
            return await guild.fetch_channel(channel)
    except (discord.DiscordException, TimeoutError):
        return None


def reader(interaction: Interaction, desk: Desk) -> Reads:
    """Asks whether the person can read the place in which an image was answered, and whether it still stands there."""
    known: dict[int, bool] = {}

    async def reads(record: GenerationRecord) -> bool:
        post = await desk.app.chats.post(record.job)
        # What somebody deleted from its channel is not brought back by a gallery.
        channel = None if post is None or post.state == "dropped" else channel_of(post.place)
        if channel is None:
            return False
        if channel not in known:
            known[channel] = await can_read(interaction, channel)
        return known[channel]

    return reads


def channel_of(place: str) -> int | None:
    """The channel's id in ``discord:<channel>``."""
    platform, _, channel = place.partition(":")
    return int(channel) if platform == PLATFORM and channel.isdecimal() else None


async def image_in(desk: Desk, message: int) -> GenerationRecord | None:
    """The first image of the answer that stands in a message; None where none of ours stands."""
    return await image_at(desk, f"{PLATFORM}:{message}")


async def sees(interaction: Interaction, desk: Desk, record: GenerationRecord) -> bool:
    """Whether the person may see everything about an image."""
    return await may_see(record, viewer_of(interaction), reader(interaction, desk))
