"""Files from Discord's servers: only from there, bounded, and once more through their message when a link has expired.

A link is signed and works for about a day, so none is kept as the only way to a file (platforms D20).
"""

import asyncio
from typing import Final

import aiohttp
import yarl

from bots.courier import TryLater

HOSTS: Final = frozenset({"cdn.discordapp.com", "media.discordapp.net"})
TOTAL_SECONDS: Final = 60.0
CONNECT_SECONDS: Final = 10.0
_CHUNK: Final = 64 * 1024
_LATER: Final = frozenset({408, 425, 429})


class Gone(Exception):
    """There is no such file, or not under this link any more."""


class TooMuch(Exception):
    """The file is larger than allowed."""


def is_allowed(url: str, api_url: str | None) -> bool:
    """Whether a file may be fetched from there: Discord's own servers, or the host that stands for them.

    Args:
        url: As a message gave it.
        api_url: The configured address of the API, None for Discord's own.
    """
    try:
        parsed = yarl.URL(url)
        own = None if api_url is None else yarl.URL(api_url)
    except ValueError:
        return False
    if parsed.user is not None or parsed.password is not None:
        return False
    if own is not None and (parsed.scheme, parsed.host, parsed.port) == (own.scheme, own.host, own.port):
        return True
    return parsed.scheme == "https" and parsed.host in HOSTS and parsed.port == 443


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
                return await self._read(response)
        except (aiohttp.ClientError, TimeoutError, asyncio.IncompleteReadError, OSError):
            # The message of the exception may hold the link, which is a secret.
            raise TryLater from None

    async def _read(self, response: aiohttp.ClientResponse) -> bytes:
        if 300 <= response.status < 500 and response.status not in _LATER:
            raise Gone
        if response.status != 200:
            raise TryLater(_retry_after(response))
        if (response.content_length or 0) > self._most:
            raise TooMuch
        data = bytearray()
        async for chunk in response.content.iter_chunked(_CHUNK):
            data += chunk
            if len(data) > self._most:
                raise TooMuch
        return bytes(data)


def _retry_after(response: aiohttp.ClientResponse) -> float:
    try:
        return min(60.0, max(0.5, float(response.headers.get("Retry-After", "1"))))
    except ValueError:
        return 1.0
