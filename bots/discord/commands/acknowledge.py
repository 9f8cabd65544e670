"""From a wish to a job: one commit, then the acknowledgement, then nothing that Discord waits for (platforms D1).

Where the bot is in the channel its answer is a regular message, and the ephemeral acknowledgement goes away as soon as
that one stands. Everywhere else the answer takes the acknowledgement's place.
"""

import asyncio
from contextlib import suppress
from typing import Final

import discord
import structlog
from aiohttp import ClientError

from bots.chat.asking import submit
from bots.chat.desk import Desk
from bots.chat.wishes import Wish, as_private_as_its_source, too_long
from bots.discord.commands.people import Interaction, own_locale
from bots.discord.commands.request import ask_of, job_of
from bots.discord.commands.standing import can_post
from bots.replies import say
from generator.scene import Notice

PLACED_SECONDS: Final = 20.0
"""How long the acknowledgement is watched over; after that the courier removes it when it delivers."""

FIRST_LOOK_SECONDS: Final = 0.4
"""Then twice as long each time: many people may be waiting at once, and looking must not slow down the asking."""

ANSWERED: Final = frozenset({10062, 40060})
"""Discord's codes for an interaction that somebody answered already, or that waited too long: the job goes on."""

log = structlog.get_logger(__name__)


async def refuse(interaction: Interaction, reason: Notice) -> None:
    """Say at once, to the person only, why nothing is done."""
    await interaction.response.send_message(say(reason, own_locale(interaction)), ephemeral=True)


async def answer_wish(interaction: Interaction, desk: Desk, wish: Wish) -> None:
    """Have it drawn, acknowledge it, and tidy up the acknowledgement where it is not needed."""
    wish = await as_private_as_its_source(desk, wish)
    refused = too_long(wish.text) or await submit(desk, await ask_of(interaction, desk, wish))
    if refused is not None:
        await refuse(interaction, refused)
        return
    by_message = can_post(interaction) and not wish.private
    try:
        await interaction.response.defer(ephemeral=by_message or wish.private, thinking=True)
    except discord.HTTPException as exc:
        if exc.code not in ANSWERED:
            raise
        log.info("acknowledged_elsewhere", job=job_of(interaction))
        return
    except (ClientError, OSError) as exc:
        # It may have arrived. The job is queued in any case, so there is nothing to apologize for.
        log.info("acknowledgement_uncertain", job=job_of(interaction), error=type(exc).__name__)
    if by_message:
        await _tidy(interaction, desk)


async def _tidy(interaction: Interaction, desk: Desk) -> None:
    """Delete the acknowledgement once the placeholder stands."""
    pause = FIRST_LOOK_SECONDS
    while pause < PLACED_SECONDS:
        await asyncio.sleep(pause)
        pause *= 2
        if interaction.client.is_closed():
            return
        post = await desk.app.chats.post(job_of(interaction))
        if post is not None and post.message is not None:
            with suppress(discord.HTTPException, OSError, RuntimeError):  # gone already, or the process is about to end
                await interaction.delete_original_response()
            return
        if post is None or post.state == "dropped":
            return
