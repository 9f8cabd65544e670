"""The fake Discord: one loopback server for the API, the gateway and the CDN."""

import asyncio
import json
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Self

from aiohttp import web

from tests.fakes.discord.cdn import Cdn
from tests.fakes.discord.clock import Clock
from tests.fakes.discord.errors import ApiError, unauthorized
from tests.fakes.discord.faults import Fault, Faults
from tests.fakes.discord.gateway import Gateway
from tests.fakes.discord.interactions import Interaction
from tests.fakes.discord.limits import Limits, Verdict
from tests.fakes.discord.model import Channel, Guild, Message, User
from tests.fakes.discord.rest.call import Call
from tests.fakes.discord.rest.routes import Found, find
from tests.fakes.discord.state import World
from tests.fakes.discord.validation import REQUEST_LIMIT

PREFIX = "/api/v10"
TOKEN = "MTM5MDAwMDAwMDAwMDAwMDAwMA.fake.threadbrush-token"  # noqa: S105 - nobody's


@dataclass(slots=True, kw_only=True)
class Recorded:
    """A request as it came. ``status`` is 0 if the connection was cut before or instead of an answer."""

    method: str
    path: str
    template: str
    query: dict[str, Any]
    headers: dict[str, str]
    json: Any
    files: dict[str, bytes] = field(repr=False)
    filenames: dict[str, str] = field(default_factory=dict)
    status: int = 0
    applied: bool = False
    at: float = 0.0


class FakeDiscord:
    """A Discord on this machine. ``async with FakeDiscord() as fake`` runs it in the test's event loop.

    Attributes:
        token: What the bot must identify with.
        clock: The fake's time; ``clock.advance`` lets tokens, links, nonces and rate limits pass.
        gateway, cdn, limits, faults: Its parts, with their settings and counts.
        requests: Every request of the API, in order.
        on_request: Called with each request once it was answered.
        on_dispatch: Called with each event that a shard is told.
    """

    def __init__(self, *, seed: int = 0, message_content: bool = True, token: str = TOKEN, port: int = 0) -> None:
        self.world = World(token=token, message_content=message_content)
        self.token = token
        self.faults = Faults(seed)
        self.limits = Limits(self.world.clock)
        self.gateway = Gateway(self.world, self.faults)
        self.cdn = Cdn(self.world)
        self.world.cdn = self.cdn
        self.world.gateway = self.gateway
        self.world.send = self.gateway.dispatch
        self.requests: list[Recorded] = []
        self.refusals: Counter[int] = Counter()
        self.on_request: Callable[[Recorded], None] | None = None
        self._port = port
        self._runner: web.AppRunner | None = None

    @property
    def on_dispatch(self) -> Callable[[str, Any], None] | None:
        """Called with each event that a shard is told."""
        return self.gateway.on_dispatch

    @on_dispatch.setter
    def on_dispatch(self, hook: Callable[[str, Any], None] | None) -> None:
        self.gateway.on_dispatch = hook

    @property
    def clock(self) -> Clock:
        """The fake's time."""
        return self.world.clock

    @property
    def bot(self) -> User:
        """The bot's user."""
        return self.world.bot

    @property
    def application_id(self) -> int:
        """The bot's application."""
        return self.world.application_id

    @property
    def base_url(self) -> str:
        """Where it listens."""
        return self.world.base_url

    @property
    def api_url(self) -> str:
        """The setting ``discord.api_url``."""
        return self.world.base_url + PREFIX

    @property
    def gateway_url(self) -> str:
        """The setting ``discord.gateway_url``."""
        return self.gateway.url

    @property
    def commands(self) -> list[dict[str, Any]]:
        """All commands the bot registered."""
        return [command for commands in self.world.commands.values() for command in commands]

    async def __aenter__(self) -> Self:
        application = web.Application(client_max_size=REQUEST_LIMIT + (8 << 20))
        application.router.add_get("/gateway{slash:/?}", self.gateway.serve)
        for folder in ("attachments", "ephemeral-attachments"):
            application.router.add_get(f"/{folder}/{{channel}}/{{file}}/{{name}}", self.cdn.serve)
            application.router.add_get(f"/media/{folder}/{{channel}}/{{file}}/{{name}}", self.cdn.preview)
        application.router.add_route("*", PREFIX + "/{path:.*}", self._handle)
        self._runner = web.AppRunner(application, shutdown_timeout=0.1)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", self._port).start()
        host, port = self._runner.addresses[0][:2]
        self.world.base_url = f"http://{host}:{port}"
        self.gateway.url = f"ws://{host}:{port}/gateway"
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._runner is not None
        for connection in list(self.gateway.connections):
            connection.cut()
        await self._runner.cleanup()

    def add_guild(
        self, name: str, *, premium_tier: int = 0, locale: str = "en-US", bot: bool = True, guild_id: int | None = None
    ) -> Guild:
        """A server; the n-th is on shard n modulo the count of shards."""
        return self.world.places.add_guild(name, premium_tier=premium_tier, locale=locale, bot=bot, guild_id=guild_id)

    def add_user(self, name: str, *, locale: str = "en-US") -> User:
        """A person."""
        return self.world.add_user(name, locale=locale)

    def open_dm(self, user: User) -> Channel:
        """The direct messages between a person and the bot."""
        return self.world.open_dm(user)

    def open_private(self, *users: User) -> Channel:
        """Direct messages among people, for commands of a user install."""
        return self.world.open_private(*users)

    def message(self, identifier: int) -> Message:
        """A message by its id, deleted and ephemeral ones too."""
        return self.world.messages[identifier]

    async def redeliver(self, interaction: Interaction) -> None:
        """Tell the bot of the same interaction once more."""
        interaction.send()

    async def wait_until(self, predicate: Callable[[], Any], timeout: float = 10) -> Any:  # noqa: ASYNC109 - how long a condition may take
        """What a predicate says once it is truthy, or TimeoutError."""
        return await self.world.wait_until(predicate, timeout)

    async def wait_connected(self, shards: int = 1, timeout: float = 10) -> None:  # noqa: ASYNC109 - how long a condition may take
        """Until so many shards have identified or resumed and listen."""
        await self.wait_until(lambda: len(self.gateway.connected) >= shards, timeout)

    def sent(self, method: str, template: str = "*") -> list[Recorded]:
        """Requests of a kind, by method and template."""
        return [each for each in self.requests if each.method == method and template in ("*", each.template)]

    async def _handle(self, request: web.Request) -> web.StreamResponse:
        path = request.path.removeprefix(PREFIX)
        found = find(request.method, path)
        recorded = await _record(request, path, found, self.clock.time())
        self.requests.append(recorded)
        fault = self.faults.meet(request.method, path, found.template)
        if fault is not None and fault.kind == "slow":
            await asyncio.sleep(fault.seconds)
        if fault is not None and fault.kind == "cut":
            return self._cut(request, recorded)
        response = self._before(recorded, found, fault) or self._apply(recorded, found)
        if fault is not None and fault.kind == "answer_lost":
            return self._cut(request, recorded)
        if fault is not None and fault.kind == "error_after":
            response = web.json_response({"message": "Bad Gateway", "code": 0}, status=fault.status)
        recorded.status = response.status
        self.refusals[response.status] += response.status in (401, 403, 429)
        self._tell(recorded)
        return response

    def _tell(self, recorded: Recorded) -> None:
        if self.on_request is not None:
            self.on_request(recorded)

    def _cut(self, request: web.Request, recorded: Recorded) -> web.Response:
        self._tell(recorded)
        if request.transport is not None:
            request.transport.abort()
        return web.Response(status=500)  # goes nowhere

    def _before(self, recorded: Recorded, found: Found, fault: Fault | None) -> web.Response | None:
        """An answer that is given without looking at the request."""
        if fault is not None and fault.kind == "error":
            return _json({"message": "Internal Server Error", "code": 0}, fault.status, {})
        if fault is not None and fault.kind == "rate_limit":
            return _refusal(self.limits.refuse(recorded.method, found.template, fault.seconds))
        if fault is not None and fault.kind == "rate_limit_global":
            return _refusal(self.limits.refuse_globally(fault.seconds))
        return None

    def _apply(self, recorded: Recorded, found: Found) -> web.Response:
        verdict = self.limits.take(recorded.method, found.template, found.major)
        if not verdict.allowed:
            return _refusal(verdict)
        try:
            answer = self._answer(recorded, found)
        except ApiError as exc:
            return _json(exc.body(), exc.status, verdict.headers)
        recorded.applied = recorded.method != "GET"
        if answer is None:
            return web.Response(status=204, headers=verdict.headers)
        return _json(answer, 200, verdict.headers)

    def _answer(self, recorded: Recorded, found: Found) -> Any:
        if not found.by_token and recorded.headers.get("Authorization") != f"Bot {self.token}":
            raise unauthorized()
        if sum(len(data) for data in recorded.files.values()) > REQUEST_LIMIT:
            raise ApiError(413, 40005, "Request entity too large")
        call = Call(
            world=self.world,
            parameters=found.parameters,
            query=recorded.query,
            json=recorded.json,
            files=recorded.files,
            filenames=recorded.filenames,
        )
        return found.handler(call)


def _json(body: Any, status: int, headers: dict[str, str]) -> web.Response:
    # The type is written out: with a charset after it discord.py would not decode the body.
    return web.Response(
        body=json.dumps(body).encode(), status=status, headers={**headers, "Content-Type": "application/json"}
    )


def _refusal(verdict: Verdict) -> web.Response:
    return _json(verdict.body, 429, verdict.headers)


async def _record(request: web.Request, path: str, found: Found, at: float) -> Recorded:
    body: Any = None
    files: dict[str, bytes] = {}
    names: dict[str, str] = {}
    if request.content_type == "multipart/form-data":
        form = await request.post()
        for name, value in form.items():
            if isinstance(value, web.FileField):
                files[name] = value.file.read()
                names[name] = value.filename
                value.file.close()
        body = json.loads(str(form["payload_json"])) if "payload_json" in form else {}
    elif request.can_read_body:
        raw = await request.read()
        body = json.loads(raw) if raw else None
    return Recorded(
        method=request.method,
        path=path,
        template=found.template,
        query=dict(request.query),
        headers=dict(request.headers),
        json=body,
        files=files,
        filenames=names,
        at=at,
    )
