"""What Discord's refusals mean for an answer: try again, or never there."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

import discord
from aiohttp import ClientError

from bots.courier import TryLater, Unreachable
from generator.scene import Notice

UNKNOWN_MESSAGE: Final = 10008
THREAD_EXISTS: Final = 160004
ARCHIVED: Final = 50083

TOKEN_OVER: Final = frozenset({10015, 50027})
"""Codes for an interaction that can be answered no more, or a token that Discord no longer knows."""

GONE: Final = {
    10003: "place-gone",  # unknown channel
    10004: "place-gone",  # unknown guild
    50001: "place-closed",  # missing access
    50013: "place-closed",  # missing permissions
    50007: "place-closed",  # cannot send to this user
    ARCHIVED: "place-archived",
    160005: "place-locked",
}
"""Codes after which nothing can stand in a place, and the words for it (dd: opcodes and status codes)."""

OUTAGES: Final = (ClientError, OSError, TimeoutError, discord.DiscordServerError, discord.RateLimited)


@asynccontextmanager
async def reaching() -> AsyncIterator[None]:
    """Translate what discord.py raises.

    Raises:
        TryLater: Discord cannot be reached, or asks for patience.
        Unreachable: The place is gone or closed.
    """
    try:
        yield
    except discord.RateLimited as exc:
        raise TryLater(exc.retry_after) from exc
    except OUTAGES as exc:
        raise TryLater from exc
    except discord.HTTPException as exc:
        if exc.status == 429:
            raise TryLater(5.0) from exc
        if exc.code in GONE:
            raise Unreachable(Notice(key=GONE[exc.code])) from exc
        if isinstance(exc, discord.Forbidden):
            raise Unreachable(Notice(key="place-closed")) from exc
        raise
