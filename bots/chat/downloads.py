"""Files from a chat platform's servers: only from there, and bounded. Knows no platform; its hosts are given."""

from collections.abc import Collection
from typing import Final

import aiohttp
import yarl

from bots.courier import TryLater

_CHUNK: Final = 64 * 1024
_LATER: Final = frozenset({408, 425, 429})
_ENDINGS: Final = (".png", ".jpg", ".jpeg", ".webp", ".gif", ".jfif")


class Gone(Exception):
    """There is no such file, or not under this link any more."""


class TooMuch(Exception):
    """The file is larger than allowed."""


def is_from(url: str, hosts: Collection[str], api_url: str | None) -> bool:
    """Whether a file may be fetched from there: the platform's own servers, or the one that stands for them.

    Args:
        url: As a message gave it.
        hosts: The platform's; only by HTTPS, on its usual port.
        api_url: The configured address of the API, None for the platform's own.
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
    return parsed.scheme == "https" and parsed.host in hosts and parsed.port == 443


async def read_file(response: aiohttp.ClientResponse, most: int) -> bytes:
    """What a server answers.

    Args:
        response: Whose body was not read yet.
        most: Bytes.

    Raises:
        Gone: It has no such file, or sends us elsewhere.
        TooMuch: More than allowed; no more than that was read.
        TryLater: It does not answer now.
    """
    if 300 <= response.status < 500 and response.status not in _LATER:
        raise Gone
    if response.status != 200:
        raise TryLater(_retry_after(response))
    if (response.content_length or 0) > most:
        raise TooMuch
    data = bytearray()
    async for chunk in response.content.iter_chunked(_CHUNK):
        data += chunk
        if len(data) > most:
            raise TooMuch
    return bytes(data)


def claims_image(media_type: str | None, name: str) -> bool:
    """Whether a file claims to be an image or claims nothing; what it is, only its bytes tell."""
    kind = (media_type or "").lower()
    if kind and not kind.startswith("application/octet-stream"):
        return kind.startswith("image/")
    return "." not in name or name.lower().endswith(_ENDINGS)


def _retry_after(response: aiohttp.ClientResponse) -> float:
    try:
        return min(60.0, max(0.5, float(response.headers.get("Retry-After", "1"))))
    except ValueError:
        return 1.0
