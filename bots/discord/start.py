"""The Discord bot from start to stop: log in, connect, serve, and begin again when Discord was out of reach."""

import asyncio
from typing import Final

import discord
import structlog
from aiohttp import ClientError

from bots.chat.desk import Desk
from bots.discord import buttons, commands
from bots.discord.addresses import use_addresses
from bots.discord.client import ThreadbrushClient, quiet_library
from bots.discord.connection import connected
from bots.discord.courier import DiscordCourier
from bots.exits import CommandFailed

FIRST_PAUSE, LONGEST_PAUSE = 1.0, 60.0
FATAL: Final = {
    4004: "Discord refuses the token",
    4010: "Discord refuses the shard ids",
    4011: "Discord demands more shards: set discord.shard_count",
    4012: "Discord no longer speaks this version of its gateway",
    4013: "Discord refuses the intents",
}
"""Codes with which the gateway closes for good."""

_OUTAGES = (
    ClientError,
    OSError,
    TimeoutError,
    discord.HTTPException,
    discord.GatewayNotFound,
    discord.ConnectionClosed,
)

log = structlog.get_logger(__name__)


async def run(desk: Desk, stop: asyncio.Event) -> None:
    """Serve until ``stop`` is set. Outages, at the start or later, are waited out.

    Raises:
        CommandFailed: There is no token, or Discord will never take it with these settings.
    """
    token = desk.app.settings.discord.token
    if token is None:
        raise CommandFailed("no token is set: THREADBRUSH_DISCORD__TOKEN")
    quiet_library()
    pause = FIRST_PAUSE
    while not stop.is_set():
        try:
            await _serve(desk, token.get_secret_value(), stop)
        except discord.LoginFailure:
            raise CommandFailed("Discord refuses the token; set THREADBRUSH_DISCORD__TOKEN") from None
        except discord.PrivilegedIntentsRequired:
            mend = (
                "enable Message Content Intent in the developer portal, or set discord.message_content to auto or off"
            )
            raise CommandFailed(f"Discord refuses the message content intent: {mend}") from None
        except _OUTAGES as exc:
            if isinstance(exc, discord.ConnectionClosed) and exc.code in FATAL:
                raise CommandFailed(FATAL[exc.code]) from None
            log.warning("discord_unreachable", error=type(exc).__name__, again_after=pause)
            await _pause(stop, pause)
            pause = min(pause * 2, LONGEST_PAUSE)


async def _serve(desk: Desk, token: str, stop: asyncio.Event) -> None:
    reads_content = await _reads_content(desk, token)
    async with ThreadbrushClient(desk, reads_content=reads_content) as client:
        buttons.install(client, desk)
        commands.install(client, desk)
        await client.login(token)
        await _register_commands(client, desk)
        courier = DiscordCourier(client, desk)
        desk.session.connect(courier)
        error = await connected(client, stop, lambda: desk.session.disconnect(courier))
    if error is not None:
        raise error


async def _reads_content(desk: Desk, token: str) -> bool:
    """Whether to ask for what messages say: as set, else whether the application has that intent."""
    settings = desk.app.settings.discord
    if settings.message_content != "auto":
        return settings.message_content == "on"
    use_addresses(settings)
    async with discord.Client(intents=discord.Intents(guilds=True)) as client:
        await client.login(token)
        flags = (await client.application_info()).flags
    return flags.gateway_message_content or flags.gateway_message_content_limited


async def _register_commands(client: ThreadbrushClient, desk: Desk) -> None:
    """Commands that Discord does not take now leave those it has; everything else works without."""
    try:
        await commands.synchronize(client, desk)
    except discord.HTTPException as exc:
        log.error("commands_not_registered", status=exc.status, code=exc.code)  # noqa: TRY400 - its text may be long


async def _pause(stop: asyncio.Event, seconds: float) -> None:
    try:
        async with asyncio.timeout(seconds):
            await stop.wait()
    except TimeoutError:
        return
