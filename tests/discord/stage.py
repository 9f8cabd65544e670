"""The commands on a real client whose requests go to a loopback address, judged by Discord's own document.

There is no gateway and no channel: an interaction is handed to discord.py as it would have come, and what the bot asks
of Discord in return is looked at.
"""

import asyncio
import itertools
import json
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from discord.http import Route

from bots.chat.desk import Desk
from bots.discord import commands
from bots.session import Session
from tests.chat.images import quiet_session
from tests.contract.discord_loopback import POSTED, Heard, listening
from tests.contract.discord_openapi import FOLDER, OpenApi
from tests.discord import offline

WAIT_SECONDS = 10.0
KINDS = {str: 3, int: 4, bool: 5, dict: 11}


class Stage:
    """A client with every command, and what it asked of Discord."""

    def __init__(self, client: offline.Client, desk: Desk, heard: list[Heard], files: "Files") -> None:
        self.client, self.desk, self.heard = client, desk, heard
        self.session: Session = desk.session
        self.files = files
        self._numbers = itertools.count(910000000000000001)

    async def command(self, name: str, options: dict[str, Any] | None = None, **more: Any) -> "Came":
        """Use a slash command (``settings show`` with a subcommand); attachments are given as their payloads."""
        first, *sub = name.split()
        resolved: dict[str, Any] = {}
        given = [_option(key, value, resolved) for key, value in (options or {}).items()]
        if sub:
            given = [{"name": sub[0], "type": 1, "options": given}]
        data = {"id": "1", "name": first, "type": 1, "options": given, "resolved": resolved}
        return await self._come(2, data, **more)

    async def typed(self, name: str, option: str, value: str, **more: Any) -> list[dict[str, Any]]:
        """The suggestions for what is typed into an option."""
        focused = {"name": option, "type": 3, "value": value, "focused": True}
        came = await self._come(4, {"id": "1", "name": name, "type": 1, "options": [focused]}, **more)
        answer = await came.callback()
        choices: list[dict[str, Any]] = answer["data"]["choices"]
        return choices

    async def menu(self, name: str, message: dict[str, Any], **more: Any) -> "Came":
        """Use a command in the menu of a message."""
        resolved = {"messages": {message["id"]: message}}
        data = {"id": "1", "name": name, "type": 3, "target_id": message["id"], "resolved": resolved}
        return await self._come(2, data, **more)

    async def component(
        self, shown: dict[str, Any], custom_id: str, values: list[str] | None = None, **more: Any
    ) -> "Came":
        """Press a button, or choose from a list, under what was shown."""
        found = next(
            item for row in shown["components"] for item in row["components"] if item["custom_id"] == custom_id
        )
        data = {"custom_id": custom_id, "component_type": found["type"], **more.pop("data", {})}
        if values is not None:
            data["values"] = values
        fields = {key: shown[key] for key in ("content", "components", "embeds") if shown.get(key) is not None}
        return await self._come(3, data, message={**POSTED, "attachments": [], "flags": 64, **fields}, **more)

    async def submit(self, modal: dict[str, Any], values: list[Any], **more: Any) -> "Came":
        """Fill in a modal, field by field, and send it; a list stands for uploaded files."""
        # discord.py remembers a modal once Discord has answered, which no person is fast enough to notice.
        await until(lambda: modal["custom_id"] in self.client._connection._view_store._modals)
        resolved: dict[str, Any] = {"attachments": {}}
        filled = []
        for label, value in zip(modal["components"], values, strict=True):
            field = {"type": label["component"]["type"], "custom_id": label["component"]["custom_id"], "id": 1}
            if isinstance(value, list):
                resolved["attachments"] |= {file["id"]: file for file in value}
                field["values"] = [file["id"] for file in value]
            else:
                field["value"] = value
            filled.append({"type": 18, "id": 1, "component": field})
        data = {"custom_id": modal["custom_id"], "components": filled, "resolved": resolved}
        return await self._come(5, data, **more)

    async def _come(self, kind: int, data: dict[str, Any], **more: Any) -> "Came":
        number = more.pop("id", None) or str(next(self._numbers))
        if more.pop("direct", False):
            here = {"id": str(offline.CHANNEL), "type": 1, "recipients": [offline.user()]}
            more = {"guild_id": None, "user": offline.user(), "channel": here, "context": 1, **more}
        payload: Any = offline.payload(id=number, type=kind, data=data, token=f"token{number}", **more)
        self.client._connection.parse_interaction_create(payload)
        return Came(self, number)


class Came:
    """An interaction that came, and what it was answered."""

    def __init__(self, stage: Stage, number: str) -> None:
        self._stage, self.id = stage, number

    def requests(self, method: str, part: str) -> list[Heard]:
        token = f"token{self.id}"
        return [one for one in self._stage.heard if one.method == method and token in one.path and part in one.path]

    async def callback(self) -> dict[str, Any]:
        """The first response."""
        heard = await until(lambda: self.requests("POST", "/callback"))
        answer: dict[str, Any] = heard[0].json
        return answer

    async def original(self) -> dict[str, Any]:
        """What was put in the place of the acknowledgement, the last time."""
        heard = await until(lambda: self.requests("PATCH", "/messages/@original"))
        answer: dict[str, Any] = heard[-1].json
        return answer


async def until(found: Callable[[], Any]) -> Any:
    """What ``found`` finds, once it does."""
    async with asyncio.timeout(WAIT_SECONDS):
        while not (value := found()):
            await asyncio.sleep(0.01)
        return value


def attachment(name: str = "cat.png", size: int = 1000, **more: Any) -> dict[str, Any]:
    """An uploaded file, as it comes with an interaction."""
    url = f"https://cdn.discordapp.com/ephemeral-attachments/1/2/{name}?ex=1&is=1&hm=1"
    made = {"filename": name, "size": size, "url": url, "proxy_url": url, "content_type": "image/png"}
    return {"id": "930000000000000001", "width": 8, "height": 8, **made, **more}


class Files:
    """Files by name at an address that stands for Discord's own."""

    def __init__(self, url: str) -> None:
        self.url, self.given = url, dict[str, bytes]()

    def put(self, name: str, data: bytes) -> dict[str, Any]:
        """Keep a file; its attachment."""
        self.given[name] = data
        return attachment(name, size=len(data), url=f"{self.url}/{name}")


@asynccontextmanager
async def serving() -> AsyncIterator[Files]:
    """A place that gives out files."""

    async def give(request: web.Request) -> web.Response:
        data = files.given.get(request.path.lstrip("/"))
        return web.Response(status=404) if data is None else web.Response(body=data)

    application = web.Application()
    application.router.add_get("/{name}", give)
    runner = web.AppRunner(application)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        host, port = runner.addresses[0][:2]
        files = Files(f"http://{host}:{port}")
        yield files
    finally:
        await runner.cleanup()


def _option(name: str, value: Any, resolved: dict[str, Any]) -> dict[str, Any]:
    if isinstance(value, dict):
        resolved.setdefault("attachments", {})[value["id"]] = value
        return {"name": name, "type": 11, "value": value["id"]}
    return {"name": name, "type": KINDS[type(value)], "value": value}


@asynccontextmanager
async def staged(folder: Path, **settings: Any) -> AsyncIterator[Stage]:
    """A stage over a data folder; at the end everything that was asked is judged."""
    heard: list[Heard] = []
    judge = OpenApi.load() if FOLDER.is_dir() else None
    with pytest.MonkeyPatch.context() as patch:
        async with AsyncExitStack() as stack:
            files = await stack.enter_async_context(serving())
            addresses = {"api_url": files.url, **settings.pop("discord", {})}
            session = await stack.enter_async_context(quiet_session(folder, discord=addresses, **settings))
            base = await stack.enter_async_context(listening(heard))
            patch.setattr(Route, "BASE", base)
            async with offline.Client() as client:
                await client.login("a.bot.token")
                desk = Desk(session=session)
                commands.install(client, desk)
                yield Stage(client, desk, heard, files)
    for one in heard if judge is not None else ():
        complaints = judge.complaints(*one.as_arguments()) if judge is not None else []
        assert not complaints, json.dumps([complaints, one.json], ensure_ascii=False)
