"""What can go wrong with an images server, each for one call."""

import asyncio
import gzip
import json
from collections.abc import Mapping

from aiohttp import web

from tests.fakes.openai_images.pictures import drawn, in_base64
from tests.fakes.openai_images.server import Asked, Trouble, begin_stream, refusal, send


def refuses(status: int, code: str = "server_error", *, retry_after: float | None = None) -> Trouble:
    """An error that repeats the prompt, as some do; ``retry_after`` in seconds."""

    async def trouble(_: web.Request, asked: Asked) -> web.Response:
        headers = {} if retry_after is None else {"Retry-After": str(retry_after)}
        return refusal(status, code, f"Cannot draw: {asked.fields['prompt']}", headers)

    return trouble


async def cuts(request: web.Request, _: Asked) -> None:
    """The connection ends without an answer."""
    assert request.transport is not None
    request.transport.abort()


async def cuts_halfway(request: web.Request, _: Asked) -> web.StreamResponse:
    """The connection ends in the midst of an answer."""
    response = web.StreamResponse(headers={"Content-Type": "application/json", "Content-Length": "1000"})
    await response.prepare(request)
    await response.write(b'{"data": [{"b64_json": "')
    assert request.transport is not None
    request.transport.abort()
    return response


def waits(until: asyncio.Event) -> Trouble:
    """The answer takes until then."""

    async def trouble(_: web.Request, __: Asked) -> None:
        await until.wait()

    return trouble


def says(body: bytes, content_type: str = "application/json", status: int = 200) -> Trouble:
    """Exactly this."""

    async def trouble(_: web.Request, __: Asked) -> web.Response:
        return web.Response(body=body, content_type=content_type, status=status)

    return trouble


def shows(file: bytes, count: int = 1) -> Trouble:
    """A good answer with this in place of the image."""
    return says(json.dumps({"data": [{"b64_json": in_base64(file)}] * count}).encode())


def floods(size: int, status: int = 200) -> Trouble:
    """An answer of at least so many bytes that does not say how long it is."""

    async def trouble(request: web.Request, _: Asked) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Type": "application/json"}, status=status)
        await response.prepare(request)
        for _part in range(size // 65536 + 1):
            await response.write(b" " * 65536)
        return response

    return trouble


async def packs(_: web.Request, __: Asked) -> web.Response:
    """A small answer that unpacks to a large one."""
    body = gzip.compress(b" " * 10_000_000)
    return web.Response(body=body, headers={"Content-Encoding": "gzip", "Content-Type": "application/json"})


def redirects(to: str, status: int = 307) -> Trouble:
    """Somewhere else."""

    async def trouble(_: web.Request, __: Asked) -> web.Response:
        return web.Response(status=status, headers={"Location": to})

    return trouble


async def breaks_off(request: web.Request, asked: Asked) -> web.StreamResponse:
    """A stream with one preview that ends in the midst of the next."""
    response = await begin_stream(request)
    partial = in_base64(drawn(*asked.size, "partial"))
    await send(response, {"type": "image_generation.partial_image", "b64_json": partial})
    await response.write(b'event: image_generation.completed\ndata: {"type": "image_gen')
    assert request.transport is not None
    request.transport.abort()
    return response


def streams(*events: Mapping[str, object]) -> Trouble:
    """A stream of these."""

    async def trouble(request: web.Request, _: Asked) -> web.StreamResponse:
        response = await begin_stream(request)
        for event in events:
            await send(response, event)
        return response

    return trouble
