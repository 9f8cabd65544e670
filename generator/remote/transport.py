"""The only way out: to one origin, with headers that we mean to send, taking answers of bounded size.

The openai client reads ``OPENAI_*`` variables and sends facts about this machine; none of that passes here. It never
holds the key either: that is put on here, so that no error, log line or repr of the client can show it.
"""

from collections.abc import AsyncIterator
from typing import Final

import httpx2
import openai

SENT: Final = frozenset({"accept", "content-type", "content-length", "transfer-encoding", "connection"})


class AnswerRefused(openai.OpenAIError):
    """The answer is larger than agreed or packed. An error of the client's own kind, which it does not try again."""


class Guarded(httpx2.AsyncBaseTransport):
    """HTTP to one server."""

    def __init__(self, base_url: str, api_key: str | None, answer_bytes: int, connections: int) -> None:
        self._origin = _origin(httpx2.URL(base_url))
        self._key = api_key
        self._bytes = answer_bytes
        limits = httpx2.Limits(max_connections=connections, max_keepalive_connections=connections)
        self._inner = httpx2.AsyncHTTPTransport(trust_env=False, limits=limits)

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        """See ``httpx2.AsyncBaseTransport``.

        Raises:
            AnswerRefused: The request would go elsewhere, or the answer is compressed, which hides its size.
        """
        if _origin(request.url) != self._origin:
            raise AnswerRefused("only the server of the settings is asked")
        headers = {name: value for name, value in request.headers.items() if name.lower() in SENT}
        headers |= {
            "host": request.url.netloc.decode("ascii"),
            "accept-encoding": "identity",
            "user-agent": "threadbrush",
        }
        if self._key is not None:
            headers["authorization"] = f"Bearer {self._key}"
        # A new request: the one that errors carry stays without the key.
        sent = httpx2.Request(
            request.method, request.url, headers=headers, stream=request.stream, extensions=request.extensions
        )
        response = await self._inner.handle_async_request(sent)
        if response.headers.get("content-encoding", "identity").lower() != "identity":
            await response.aclose()
            raise AnswerRefused("the image server compressed its answer unasked")
        if isinstance(response.stream, httpx2.AsyncByteStream):
            response.stream = _Bounded(response.stream, self._bytes)
        return response

    async def aclose(self) -> None:
        """Close all connections."""
        await self._inner.aclose()


class _Bounded(httpx2.AsyncByteStream):
    """A body that ends in an error once it grows too large."""

    def __init__(self, inner: httpx2.AsyncByteStream, most: int) -> None:
        self._inner, self._left = inner, most

    async def __aiter__(self) -> AsyncIterator[bytes]:
        async for part in self._inner:
            self._left -= len(part)
            if self._left < 0:
                raise AnswerRefused("the image server's answer is too large")
            yield part

    async def aclose(self) -> None:
        await self._inner.aclose()


def _origin(url: httpx2.URL) -> tuple[str, str, int | None]:
    return url.scheme, url.host, url.port
