"""Files from Discord's servers: only from there, bounded, and once more through their message when a link has expired.

A link is signed and works for about a day, so none is kept as the only way to a file (platforms D20).
"""

import asyncio
from typing import Final

import aiohttp
import yarl

from bots.chat.downloads import Gone, TooMuch, is_from, read_file
from bots.courier import TryLater

__all__ = ["Downloads", "Gone", "TooMuch", "is_allowed"]

HOSTS: Final = frozenset({"cdn.discordapp.com", "media.discordapp.net"})
TOTAL_SECONDS: Final = 60.0
CONNECT_SECONDS: Final = 10.0


def is_allowed(url: str, api_url: str | None) -> bool:
    """Whether a file may be fetched from there: Discord's own servers, or the host that stands for them.

    Args:
        url: As a message gave it.
        api_url: The configured address of the API, None for Discord's own.
    """
    return is_from(url, HOSTS, api_url)


class Downloads:
    """Fetches files.

    Args:
        api_url: As configured.
        most: Bytes of a file.
    """

    def __init__(self, api_url: str | None, most: int) -> None:
        self._api_url = api_url
        self._most = most

    async def fetch(self, url: str) -> bytes:
        """The bytes behind a link.

        Raises:
            Gone: Nothing is there, or it is not a place to fetch from.
            TooMuch: More than allowed; no more than that was read.
            TryLater: The server does not answer now.
        """
        if not is_allowed(url, self._api_url):
            raise Gone
        timeout = aiohttp.ClientTimeout(total=TOTAL_SECONDS, connect=CONNECT_SECONDS)
        try:
            async with (
                aiohttp.ClientSession(timeout=timeout, auto_decompress=False) as session,
                session.get(yarl.URL(url, encoded=True), allow_redirects=False) as response,
            ):
                return await read_file(response, self._most)
        except (aiohttp.ClientError, TimeoutError, asyncio.IncompleteReadError, OSError):
            # The message of the exception may hold the link, which is a secret.
            raise TryLater from None
