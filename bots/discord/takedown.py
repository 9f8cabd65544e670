"""Taking an answer down: the message whose button was pressed, and those that follow with its further images.

Knows nothing of records. What only the interaction can reach (private answers, places without the bot) it deletes
through the interaction; further private messages nobody can reach, and it says so.
"""

from collections.abc import Awaitable, Callable, Sequence
from pathlib import PurePosixPath
from typing import Final

import discord

from bots.chat.desk import Desk
from bots.discord.commands.people import Interaction
from bots.discord.commands.targets import images_of
from bots.discord.layout import stem_of
from bots.discord.placing import is_gone
from bots.discord.problems import OUTAGES
from storage.records import GenerationRecord

SEARCHED: Final = 100  # messages after the pressed one; further images follow it within seconds
HIDDEN: Final = "SPOILER_"  # what discord.py puts before the name of a hidden file


async def take_down(interaction: Interaction, desk: Desk, images: Sequence[GenerationRecord]) -> bool:
    """Delete the messages that show these images; False if one of them may still be shown.

    Args:
        interaction: Of a button, deferred without a message of its own: its original is the message pressed.
        desk: For telling our files from others.
        images: All that the answer had.
    """
    pressed = interaction.message
    if pressed is None:
        return False
    left = {stem_of(image) for image in images} - stems_in(desk, pressed)
    further = await _further(interaction, desk, pressed, left) if left else []
    if not await _deleted_pressed(interaction, pressed):
        return False
    for message in further:
        if await _done(message.delete):
            left -= stems_in(desk, message)
    return not left


def stems_in(desk: Desk, message: discord.Message) -> set[str]:
    """Names, without ending, of the files that a message shows."""
    return {PurePosixPath(file.name).stem.removeprefix(HIDDEN) for file in images_of(desk, message)}


async def _further(
    interaction: Interaction, desk: Desk, pressed: discord.Message, wanted: set[str]
) -> list[discord.Message]:
    """Our messages after the pressed one that show something of what is wanted; none where nothing can be read."""
    me = interaction.client.user
    place = interaction.client.get_partial_messageable(pressed.channel.id)
    try:
        after = [one async for one in place.history(limit=SEARCHED, after=pressed, oldest_first=True)]
    except (discord.HTTPException, *OUTAGES):
        return []
    return [one for one in after if me is not None and one.author.id == me.id and stems_in(desk, one) & wanted]


async def _deleted_pressed(interaction: Interaction, pressed: discord.Message) -> bool:
    """By the bot's own token where that reaches the message, else through the interaction."""
    if not pressed.flags.ephemeral and await _done(pressed.delete, gone_is_done=False):
        return True
    return await _done(interaction.delete_original_response)


async def _done(delete: Callable[[], Awaitable[None]], *, gone_is_done: bool = True) -> bool:
    try:
        await delete()
    except discord.HTTPException as exc:
        return gone_is_done and is_gone(exc)
    except OUTAGES:
        return False
    return True
