"""Events by HTTP: a listener of its own, for Slack, behind a proxy with TLS. The local page is not reachable here.

A request is Slack's before it is read: signed with the app's secret, within five minutes, and not too large
(platforms S6). Nothing of it is parsed until then. What Slack is answered is bolt's business.
"""

import asyncio
import hashlib
import hmac
import re
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Final
from urllib.parse import parse_qsl, urlencode

import structlog
from aiohttp import web
from slack_bolt.app.async_app import AsyncApp
from slack_bolt.oauth.async_oauth_flow import AsyncOAuthFlow
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_bolt.response import BoltResponse

from bots.exits import CommandFailed
from bots.slack.installing import INSTALL, Flow
from bots.slack.manifest import EVENTS, REDIRECT
from bots.slack.parts import Parts
from bots.slack.renewal import Installed
from bots.web.server import SECURITY_HEADERS
from storage.errors import StorageError

HEALTH: Final = "/healthz"
FRESH_SECONDS: Final = 300
"""A request that was signed longer ago may have been recorded by somebody and sent again."""

LARGEST: Final = 2 * 1024 * 1024
"""Bytes of a request; Slack's are far smaller."""

READ_SECONDS: Final = 10.0
STOP_SECONDS: Final = 5.0  # for requests that are being answered when the bot stops
HEADERS: Final = {
    **SECURITY_HEADERS,
    "Content-Security-Policy": "default-src 'none'; form-action 'none'; frame-ancestors 'none'; base-uri 'none'",
    "Cache-Control": "no-store",
}
_TIMESTAMP: Final = re.compile(r"[0-9]{1,12}")
_SIGNATURE: Final = re.compile(r"v0=[0-9a-f]{64}")
_CERTIFICATE_CHECK: Final = re.compile(rb"(?:[\w.%-]+=[\w.%-]*&){0,4}ssl_check=1(?:&[\w.%-]+=[\w.%-]*){0,4}")
_LONGEST_CHECK: Final = 300

log = structlog.get_logger(__name__)


class Signature:
    """Tells Slack's requests from all others.

    Args:
        secret: The app's signing secret.
        now: Seconds since the epoch.
    """

    def __init__(self, secret: str, now: Callable[[], float] = time.time) -> None:
        self._secret = secret.encode()
        self._now = now

    def made(self, timestamp: str, body: bytes) -> str:
        """The signature of a body at a time."""
        return f"v0={hmac.new(self._secret, b'v0:' + timestamp.encode() + b':' + body, hashlib.sha256).hexdigest()}"

    def is_fresh(self, timestamp: str, signature: str) -> bool:
        """Whether headers can be those of a request that was signed just now."""
        if not _TIMESTAMP.fullmatch(timestamp) or not _SIGNATURE.fullmatch(signature):
            return False
        return abs(self._now() - int(timestamp)) <= FRESH_SECONDS

    def is_valid(self, timestamp: str, signature: str, body: bytes) -> bool:
        """Whether Slack signed that body just now."""
        return self.is_fresh(timestamp, signature) and hmac.compare_digest(self.made(timestamp, body), signature)


class Listener:
    """The request handlers.

    Args:
        app: bolt's, with every listener of the bot.
        signature: Of the app.
        flow: Installs the app by OAuth; without it there is nothing to install.
    """

    def __init__(self, app: AsyncApp, signature: Signature, flow: AsyncOAuthFlow | None = None) -> None:
        self._app = app
        self._signature = signature
        self._flow = flow

    def application(self) -> web.Application:
        """As an aiohttp application."""
        made = web.Application(client_max_size=LARGEST)
        made.router.add_post(EVENTS, self.events)
        made.router.add_get(HEALTH, self.health)
        if self._flow is not None:
            # HEAD would begin an installation that nobody ends.
            made.router.add_get(INSTALL, self.install, allow_head=False)
            made.router.add_get(REDIRECT, self.redirect, allow_head=False)
        made.on_response_prepare.append(_secure)
        return made

    async def events(self, request: web.Request) -> web.StreamResponse:
        """Everything that Slack tells: events, commands, buttons, shortcuts, forms."""
        timestamp = request.headers.get("X-Slack-Request-Timestamp", "")
        signature = request.headers.get("X-Slack-Signature", "")
        if not self._signature.is_fresh(timestamp, signature):
            return await self._unsigned(request)
        body = await _read(request)
        if not self._signature.is_valid(timestamp, signature, body):
            raise web.HTTPUnauthorized
        try:
            heard = self._request(request, body)
        except ValueError as exc:  # neither JSON nor a form, or not UTF-8
            raise web.HTTPBadRequest from exc
        return await self._answer(lambda: self._app.async_dispatch(heard))

    async def health(self, _: web.Request) -> web.StreamResponse:
        """For whoever balances the load: this process listens."""
        return web.Response(text="ok")

    async def install(self, request: web.Request) -> web.StreamResponse:
        """Sends a browser to Slack, which asks for the permissions."""
        assert self._flow is not None  # noqa: S101 - no route without it
        flow = self._flow
        return await self._answer(lambda: flow.handle_installation(_browser(request)))

    async def redirect(self, request: web.Request) -> web.StreamResponse:
        """Where Slack sends the browser back to."""
        assert self._flow is not None  # noqa: S101 - no route without it
        flow = self._flow
        return await self._answer(lambda: flow.handle_callback(_browser(request)))

    async def _unsigned(self, request: web.Request) -> web.StreamResponse:
        """Slack looks at the certificate of a command's address from time to time, and does not sign that."""
        length = request.content_length
        if length is not None and length <= _LONGEST_CHECK and _CERTIFICATE_CHECK.fullmatch(await _read(request)):
            return web.Response()
        raise web.HTTPUnauthorized

    def _request(self, request: web.Request, body: bytes) -> AsyncBoltRequest:
        headers, text = _headers(request), body.decode()
        if request.content_type != "application/json" and b"payload" in body and not body.startswith(b"{"):
            form = dict(parse_qsl(text, keep_blank_values=True))
            if "payload" not in form:
                # bolt 1.30 takes every form in which the word stands for one of a button, and drops the words of a
                # command that has it. So the word is written in another way, and signed as that.
                text = urlencode(form).replace("payload", "%70ayload")
                stamp = request.headers["X-Slack-Request-Timestamp"]
                headers["x-slack-signature"] = self._signature.made(stamp, text.encode())
        return AsyncBoltRequest(body=text, query=request.query_string, headers=headers)

    async def _answer(self, work: Callable[[], Awaitable[BoltResponse]]) -> web.StreamResponse:
        try:
            answer = await work()
        except Exception as exc:  # noqa: BLE001 - what it was given must not be logged with it
            log.error("request_broke", error=type(exc).__name__)  # noqa: TRY400 - likewise
            return web.Response(status=503 if isinstance(exc, StorageError) else 500)
        return _response(answer)


@asynccontextmanager
async def slack_open(app: AsyncApp, parts: Parts) -> AsyncIterator[str]:
    """Slack's requests are answered while the block runs.

    Yields:
        The address that is listened on.

    Raises:
        CommandFailed: There is no signing secret, or the address cannot be had.
    """
    settings = parts.desk.app.settings.slack
    if settings.signing_secret is None:
        raise CommandFailed("events by HTTP need THREADBRUSH_SLACK__SIGNING_SECRET")
    source = parts.workspaces.source
    flow = Flow(settings, source.store, parts.workspaces) if isinstance(source, Installed) else None
    listener = Listener(app, Signature(settings.signing_secret.get_secret_value()), flow)
    # Slack compresses nothing; what others send small and large inside stays small.
    runner = web.AppRunner(
        listener.application(), access_log=None, shutdown_timeout=STOP_SECONDS, auto_decompress=False
    )
    await runner.setup()
    try:
        try:
            await web.TCPSite(runner, settings.host, settings.port).start()
        except OSError as exc:
            raise CommandFailed(f"cannot listen on {settings.host}:{settings.port}: {exc.strerror}") from exc
        host = f"[{settings.host}]" if ":" in settings.host else settings.host
        yield f"http://{host}:{settings.port}"
    finally:
        await runner.cleanup()


async def _read(request: web.Request) -> bytes:
    """The body.

    Raises:
        HTTPRequestEntityTooLarge: It is larger than any of Slack's.
        HTTPRequestTimeout: It does not come.
    """
    try:
        async with asyncio.timeout(READ_SECONDS):
            return await request.read()
    except TimeoutError:
        raise web.HTTPRequestTimeout from None


def _browser(request: web.Request) -> AsyncBoltRequest:
    return AsyncBoltRequest(body="", query=request.query_string, headers=_headers(request))


def _headers(request: web.Request) -> dict[str, str | Sequence[str]]:
    return {name.lower(): value for name, value in request.headers.items()}


def _response(answer: BoltResponse) -> web.Response:
    made = web.Response(status=answer.status, body=answer.body.encode())
    for name, values in answer.headers.items():
        if name.lower() == "content-length":
            continue
        made.headers.popall(name, None)
        for value in values:
            made.headers.add(name, value)
    return made


async def _secure(_: web.Request, response: web.StreamResponse) -> None:
    """The security headers, on errors as well."""
    response.headers.update(HEADERS)
