"""A logged in client's connection: kept until somebody stops it, with what is read beside it, and closed in order."""

import asyncio
from collections.abc import Callable
from typing import Final

import discord
import structlog
from aiohttp import ClientError

from bots.discord.client import ThreadbrushClient
from storage.errors import StorageError

CLOSE_SECONDS: Final = 10.0

log = structlog.get_logger(__name__)


async def connected(client: ThreadbrushClient, stop: asyncio.Event, leave: Callable[[], None]) -> Exception | None:
    """Keep the connection until ``stop`` is set, then finish what was heard. Why it ended before, if it did.

    Args:
        client: Logged in.
        stop: Ends it.
        leave: Called when the connection is about to be closed: from then on nothing can be said through it.
    """

    async def connect() -> Exception | None:
        try:
            await client.connect()
        except (discord.DiscordException, ClientError, OSError, TimeoutError) as exc:
            return exc
        return None if stop.is_set() else ConnectionError("the connection ended")

    async with asyncio.TaskGroup() as tasks:
        connection = tasks.create_task(connect())
        stopping = tasks.create_task(stop.wait())
        reading = tasks.create_task(client.catch_up.run())
        await asyncio.wait((connection, stopping), return_when=asyncio.FIRST_COMPLETED)
        reading.cancel()
        stopping.cancel()
        leave()
        await _close(client)
        return await connection


async def _close(client: ThreadbrushClient) -> None:
    """Hear nothing more, finish what was heard, and keep up to where that was."""
    try:
        async with asyncio.timeout(CLOSE_SECONDS):
            await client.close()
            await client.incoming.settle()
        await client.catch_up.write()
    except (TimeoutError, StorageError) as exc:
        log.warning("closed_in_a_hurry", error=type(exc).__name__)
