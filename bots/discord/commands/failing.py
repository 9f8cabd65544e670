"""What happens when a handler breaks: the person gets an apology with a number, the log the reason without their words."""

import secrets
from collections.abc import Awaitable
from contextlib import suppress

import discord
import structlog
from discord import app_commands

from bots.discord.commands.people import Interaction, own_locale
from bots.logs import raised_at
from bots.replies import say
from generator.scene import Notice

log = structlog.get_logger(__name__)


async def apologize(interaction: Interaction, error: BaseException, handler: str) -> None:
    """Say ephemerally that it went wrong, with a reference that the log has too."""
    reference = secrets.token_hex(4)
    cause = error.__cause__ if isinstance(error, app_commands.CommandInvokeError) and error.__cause__ else error
    if isinstance(error, app_commands.CommandNotFound | app_commands.CommandSignatureMismatch):
        notice = Notice(key="command-outdated")
    else:
        notice = Notice(key="handler-failed", args={"reference": reference})
    # The message of an exception may hold what somebody typed; its type and where it arose do not.
    log.error("handler_failed", reference=reference, handler=handler, error=type(cause).__name__, at=raised_at(cause))
    with suppress(discord.DiscordException, OSError, RuntimeError):  # the last when the process is about to end
        words = say(notice, own_locale(interaction))
        if interaction.response.is_done():
            await interaction.followup.send(words, ephemeral=True)
        else:
            await interaction.response.send_message(words, ephemeral=True)


async def guarded(interaction: Interaction, handler: str, work: Awaitable[None]) -> None:
    """Await the work of a component, which no command tree looks after; apologize if it breaks."""
    try:
        await work
    except Exception as exc:  # noqa: BLE001 - whatever it is, the person is told and the log has it
        await apologize(interaction, exc, handler)


async def on_command_error(interaction: Interaction, error: app_commands.AppCommandError) -> None:
    """For the command tree."""
    await apologize(interaction, error, interaction.command.qualified_name if interaction.command else "unknown")
