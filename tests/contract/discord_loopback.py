"""A loopback address that answers discord.py just well enough, and writes down each request as it came.

Owns: reading a request off the socket into the shape the judges take. It keeps no state: it is no Discord.
"""

import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from aiohttp import web

PICTURE = b"\x89PNG\r\n\x1a\n"
BOT = 1390000000000000001
PERSON = 1390000000000000002
CHANNEL = 1390000000000000003
THREAD = 1390000000000000004
FORUM = 1390000000000000005
GUILD = 1390000000000000006
MESSAGE = 1390000000000000007
PICTURE_ID = 1390000000000000008
INTERACTION = 1390000000000000009
INTERACTION_TOKEN = "aW50ZXJhY3Rpb246MTM5"  # noqa: S105 - nobody's
TAG = 1390000000000000010
WHEN = "2026-11-20T10:00:00.000000+00:00"

USER = {
    "id": str(BOT),
    "username": "threadbrush",
    "discriminator": "0",
    "avatar": None,
    "global_name": None,
    "bot": True,
}
ATTACHMENT = {
    "id": str(PICTURE_ID),
    "filename": "old.png",
    "size": len(PICTURE),
    "url": "https://cdn.discordapp.com/attachments/1/2/old.png?ex=1&is=1&hm=1",
    "proxy_url": "https://media.discordapp.net/attachments/1/2/old.png",
    "content_type": "image/png",
    "height": 8,
    "width": 8,
    "description": "An old picture",
}
POSTED = {
    "id": str(MESSAGE),
    "channel_id": str(CHANNEL),
    "author": USER,
    "content": "",
    "timestamp": WHEN,
    "edited_timestamp": None,
    "tts": False,
    "mention_everyone": False,
    "mentions": [],
    "mention_roles": [],
    "attachments": [ATTACHMENT],
    "embeds": [],
    "pinned": False,
    "type": 0,
    "components": [],
}
OPENED = {
    "id": str(THREAD),
    "type": 11,
    "guild_id": str(GUILD),
    "parent_id": str(CHANNEL),
    "owner_id": str(BOT),
    "name": "a fox",
    "message_count": 0,
    "member_count": 1,
    "thread_metadata": {
        "archived": False,
        "auto_archive_duration": 1440,
        "archive_timestamp": WHEN,
        "locked": False,
        "invitable": True,
    },
}
APPLICATION = {
    "id": str(BOT),
    "name": "Threadbrush",
    "icon": None,
    "description": "",
    "bot_public": True,
    "bot_require_code_grant": False,
    "verify_key": "0",
    "flags": 0,
    "owner": {**USER, "id": str(PERSON), "bot": False},
    "summary": "",
    "team": None,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """A request as it came over the socket."""

    method: str
    path: str
    query: Mapping[str, Any]
    headers: Mapping[str, str]
    json: Any
    files: tuple[str, ...]

    def as_arguments(self) -> tuple[Any, ...]:
        """In the order the judge of requests takes them."""
        return (self.method, self.path, self.query, self.headers, self.json, self.files)


@asynccontextmanager
async def listening(heard: list[Heard]) -> AsyncIterator[str]:
    """Answer at an address while the context is open; what comes is written down.

    Yields:
        What discord.py calls ``Route.BASE``.
    """

    async def hear(request: web.Request) -> web.StreamResponse:
        heard.append(await _read(request))
        return _answer(request.method, request.path)

    application = web.Application(client_max_size=1 << 20)
    application.router.add_route("*", "/{anything:.*}", hear)
    async with _serving(application) as place:
        yield f"http://{place}/api/v10"


@asynccontextmanager
async def connecting(frames: list[Any]) -> AsyncIterator[str]:
    """Greet at an address whoever connects, as a gateway does; what is sent is written down.

    Yields:
        What discord.py calls ``DiscordWebSocket.DEFAULT_GATEWAY``.
    """

    remember = frames.append

    async def hear(request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        await socket.send_json({"op": 10, "d": {"heartbeat_interval": 41250}, "s": None, "t": None})
        async for message in socket:
            remember(json.loads(message.data))
        return socket

    application = web.Application()
    application.router.add_get("/", hear)
    async with _serving(application) as place:
        yield f"ws://{place}/"


@asynccontextmanager
async def _serving(application: web.Application) -> AsyncIterator[str]:
    runner = web.AppRunner(application)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        host, port = runner.addresses[0][:2]
        yield f"{host}:{port}"
    finally:
        await runner.cleanup()


async def _read(request: web.Request) -> Heard:
    body, files = None, []
    if request.content_type == "multipart/form-data":
        form = await request.post()
        files = [name for name in form if name != "payload_json"]
        body = json.loads(str(form.get("payload_json", "null")))
    elif request.can_read_body:
        body = await request.json()
    query = {name: request.query.getall(name) for name in request.query}
    return Heard(
        method=request.method,
        path=request.raw_path.partition("?")[0],
        query=query,
        headers=request.headers,
        json=body,
        files=tuple(files),
    )


def _answer(method: str, path: str) -> web.Response:
    last = path.rpartition("/")[2]
    if method == "DELETE" or (last in ("typing", "@me") and method in ("POST", "PUT")):
        return web.Response(status=204)
    # discord.py decodes a body only if its type is exactly this, without a charset.
    return web.Response(body=json.dumps(_content(method, path, last)).encode(), content_type="application/json")


def _content(method: str, path: str, last: str) -> Any:
    if last == "callback":
        return {"interaction": {"id": str(INTERACTION), "type": 2}, "resource": {"type": 4, "message": POSTED}}
    if last == "commands" or (method == "GET" and last == "messages"):
        return []
    if last == "threads":
        return {**OPENED, "message": POSTED}
    if path.endswith("/oauth2/applications/@me"):
        return APPLICATION
    if "/messages" in path or "/webhooks/" in path:
        return POSTED
    return USER if "/users/" in path else OPENED
