"""The fake Slack: one loopback server for the Web API, sockets, files and answers to response addresses."""

import asyncio
import json
import time
from base64 import b64decode
from collections.abc import Callable
from contextlib import AsyncExitStack
from types import TracebackType
from typing import Any, Self

from aiohttp import web

from tests.fakes.slack.delivery import Delivery
from tests.fakes.slack.errors import ApiError
from tests.fakes.slack.faults import Fault, Faults
from tests.fakes.slack.methods import METHODS, Call
from tests.fakes.slack.methods.apps import APP_TOKEN, CLIENT_ID, CLIENT_SECRET
from tests.fakes.slack.model import Channel, Message, Request, Sent, Team
from tests.fakes.slack.people import People
from tests.fakes.slack.world import World

LARGEST = 64 << 20
LOGIN_PAGE = "<!DOCTYPE html><html><head><title>Slack | Login</title></head><body>Sign in</body></html>"
SIGNING_SECRET = "8f742231b10e8888abcd99yyyzzz85a5"  # noqa: S105 - Slack's own example
RESPONSES = 5


class FakeSlack:
    """A Slack on this machine. ``async with FakeSlack() as fake`` runs it in the test's event loop.

    Attributes:
        world: Everything in it.
        faults: Troubles.
        delivery: How the app is told.
        requests: Every request of the Web API, in order; ``upload`` and ``download`` for files.
        on_request: Called with each request once it was answered.
    """

    app_token = APP_TOKEN
    signing_secret = SIGNING_SECRET
    client_id, client_secret = CLIENT_ID, CLIENT_SECRET

    def __init__(self, *, seed: int = 0, port: int = 0) -> None:
        self.world = World()
        self.faults = Faults(seed)
        self.delivery = Delivery(self.faults, SIGNING_SECRET)
        self.requests: list[Request] = []
        self.on_request: list[Callable[[Request], None]] = []
        self.world.people = People(self.world, self._deliver)
        self._port = port
        self._stack = AsyncExitStack()
        self._tasks: asyncio.TaskGroup | None = None
        self._running: set[asyncio.Task[None]] = set()

    @property
    def api_url(self) -> str:
        """The setting ``slack.api_url``."""
        return f"{self.world.base_url}/api/"

    @property
    def sent(self) -> list[Sent]:
        """Everything the app was told, every attempt."""
        return self.delivery.sent

    @property
    def on_sent(self) -> list[Callable[[Sent], None]]:
        """Called with everything the app is told."""
        return self.delivery.on_sent

    @property
    def ephemerals(self) -> list[dict[str, Any]]:
        """What was shown to one person alone."""
        return self.world.ephemerals

    def add_team(self, name: str, **more: Any) -> Team:
        """A workspace with the app installed."""
        return self.world.add_team(name, **more)

    def messages_of_bot(self, channel: Channel) -> list[Message]:
        """What the bot said in a channel and stands."""
        return [each for each in channel.messages if each.author.bot and not each.deleted]

    def calls(self, method: str) -> list[Request]:
        """Requests of a method."""
        return [each for each in self.requests if each.method == method]

    def code(self, team: Team) -> str:
        """What Slack gives to the browser of somebody who installs the app."""
        code = self.world.identifier("code")
        self.world.codes[code] = team
        return code

    async def __aenter__(self) -> Self:
        application = web.Application(client_max_size=LARGEST)
        application.router.add_route("*", "/api/{method}", self._method)
        application.router.add_get("/socket", self.delivery.serve)
        application.router.add_post("/upload/{file}", self._upload)
        application.router.add_get("/files-pri/{file}/{kind}/{name}", self._download)
        application.router.add_get("/files-pri/{file}/{name}", self._download)
        application.router.add_post("/response/{trigger}", self._respond)
        runner = web.AppRunner(application, shutdown_timeout=0.1)
        await runner.setup()
        self._stack.push_async_callback(runner.cleanup)
        await web.TCPSite(runner, "127.0.0.1", self._port).start()
        host, port = runner.addresses[0][:2]
        self.world.base_url = f"http://{host}:{port}"
        self._tasks = await self._stack.enter_async_context(asyncio.TaskGroup())
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for task in self._running:
            task.cancel()
        for connection in list(self.delivery.connections):
            await connection.cut()
        await self._stack.aclose()

    async def wait_until(self, predicate: Callable[[], Any], timeout: float = 10) -> Any:  # noqa: ASYNC109 - how long a condition may take
        """What a predicate says once it is truthy.

        Raises:
            TimeoutError: It never was.
        """
        end = time.monotonic() + timeout
        while not (value := predicate()):
            if time.monotonic() > end:
                raise TimeoutError("what was waited for did not happen")
            await asyncio.sleep(0.01)
        return value

    async def wait_connected(self, sockets: int = 1, timeout: float = 10) -> None:  # noqa: ASYNC109 - how long a condition may take
        """Until so many sockets listen."""
        await self.wait_until(lambda: sum(each.ready for each in self.delivery.connections) >= sockets, timeout)

    def _deliver(self, *arguments: Any) -> None:
        self._begin(self.delivery.deliver(*arguments))

    def _begin(self, work: Any) -> None:
        assert self._tasks is not None, "it does not run"
        task = self._tasks.create_task(work)
        self._running.add(task)
        task.add_done_callback(self._running.discard)

    async def _method(self, request: web.Request) -> web.StreamResponse:
        method = request.match_info["method"]
        recorded = await _record(request, method)
        recorded.at = self.world.now()
        self.requests.append(recorded)
        fault = self.faults.meet(method)
        if fault is not None and (early := self._before(request, recorded, fault)) is not None:
            return early
        self._apply(recorded)
        if fault is not None and fault.kind == "answer_lost":
            return self._cut(request, recorded)
        if fault is not None and fault.kind == "error_after":
            recorded.status = fault.status
            self._tell(recorded)
            return web.Response(status=fault.status, text="Bad Gateway")
        recorded.status = 200
        self._tell(recorded)
        headers = {}
        valid = {team.token for team in self.world.teams.values() if team.installed} - self.world.expired
        if recorded.token in valid:
            headers["x-oauth-scopes"] = ",".join(sorted(self.world.team_of(recorded.token).scopes))
        return web.json_response(recorded.response, headers=headers)

    def _before(self, request: web.Request, recorded: Request, fault: Fault) -> web.StreamResponse | None:
        """What a trouble does before anything is applied."""
        if fault.kind == "cut":
            return self._cut(request, recorded)
        if fault.kind == "slow_commit":
            self._begin(self._apply_later(recorded, fault))
            return self._cut(request, recorded)
        if fault.kind == "rate_limit":
            recorded.status = 429
            recorded.response = {"ok": False, "error": "ratelimited"}
            self._tell(recorded)
            return web.json_response(
                recorded.response, status=429, headers={"Retry-After": str(max(1, round(fault.seconds)))}
            )
        if fault.kind == "error":
            recorded.status = fault.status
            self._tell(recorded)
            return web.Response(status=fault.status, text="Service Unavailable")
        if fault.kind == "refuse":
            recorded.status, recorded.response = 200, {"ok": False, "error": fault.code}
            self._tell(recorded)
            return web.json_response(recorded.response)
        return None

    async def _apply_later(self, recorded: Request, fault: Fault) -> None:
        await (asyncio.sleep(fault.seconds) if fault.until is None else fault.until.wait())
        self._apply(recorded)

    def _apply(self, recorded: Request) -> None:
        handler = METHODS.get(recorded.method, _unknown)
        call = Call(world=self.world, args=recorded.args, token=recorded.token)
        try:
            recorded.response = {"ok": True, **handler(call)}
            recorded.applied = True
        except ApiError as exc:
            recorded.response = {"ok": False, "error": exc.code, **exc.more}

    def _tell(self, recorded: Request) -> None:
        for hook in self.on_request:
            hook(recorded)

    def _cut(self, request: web.Request, recorded: Request | None) -> web.Response:
        if recorded is not None:
            self._tell(recorded)
        if request.transport is not None:
            request.transport.abort()
        return web.Response(status=500)  # goes nowhere

    async def _upload(self, request: web.Request) -> web.StreamResponse:
        file = self.world.files.get(request.match_info["file"])
        fault = self.faults.meet("upload")
        if fault is not None and fault.kind == "cut":
            return self._cut(request, None)
        if fault is not None:
            return web.Response(status=fault.status)
        if file is None:
            return web.Response(status=404)
        if request.content_type == "multipart/form-data":
            parts = [part for part in (await request.post()).values() if isinstance(part, web.FileField)]
            file.data = parts[0].file.read()
            parts[0].file.close()
        else:
            file.data = await request.read()
        file.uploaded = True
        return web.Response(text=f"OK - {len(file.data)}")

    async def _download(self, request: web.Request) -> web.StreamResponse:
        team, _, identifier = request.match_info["file"].partition("-")
        file = self.world.files.get(identifier)
        fault = self.faults.meet("download")
        if fault is not None and fault.kind in ("cut", "answer_lost"):
            return self._cut(request, None)
        if fault is not None:
            return web.Response(status=fault.status)
        token = request.headers.get("Authorization", "").removeprefix("Bearer ")
        try:
            allowed = self.world.team_of(token or None)
        except ApiError:
            allowed = None
        if allowed is None or "files:read" not in allowed.scopes or allowed.id != team:
            return web.Response(text=LOGIN_PAGE, content_type="text/html")  # as Slack does: a page, and 200
        if file is None or file.deleted:
            return web.Response(status=404)
        return web.Response(body=file.data, content_type=file.mimetype)

    async def _respond(self, request: web.Request) -> web.StreamResponse:
        interaction = self.world.interactions.get(request.match_info["trigger"])
        if interaction is None or len(interaction.told) >= RESPONSES:
            return web.Response(status=404, text="expired_url")
        interaction.told.append(await request.json())
        return web.Response(text="ok")


def _unknown(call: Call) -> dict[str, Any]:
    del call
    raise ApiError("unknown_method")


async def _record(request: web.Request, method: str) -> Request:
    """Slack takes arguments from the query string, a form and JSON alike."""
    args: dict[str, Any] = dict(request.query)
    is_json = request.content_type == "application/json"
    if is_json:
        raw = await request.read()
        args |= json.loads(raw) if raw else {}
    elif request.can_read_body:
        args |= {key: value for key, value in (await request.post()).items() if isinstance(value, str)}
    token, header = args.pop("token", None), request.headers.get("Authorization", "")
    if header.startswith("Basic "):
        client, _, secret = b64decode(header[6:]).decode().partition(":")
        args |= {"client_id": client, "client_secret": secret}
    elif header:
        token = header.removeprefix("Bearer ")
    return Request(method=method, args=args, token=token, json=is_json)
