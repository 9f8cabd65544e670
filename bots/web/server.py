"""The local page of ``threadbrush demo``: a conversation in a browser, over the same line as everything else.

It has no accounts, so it answers on loopback addresses only, checks Host and Origin (a hostile page in the same
browser must not be able to talk to it), and keeps its conversations in memory; pictures and records are durable.
"""

import asyncio
import ipaddress
import socket
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from importlib import resources
from urllib.parse import urlsplit

import structlog
from aiohttp import BodyPartReader, web
from aiohttp.typedefs import Handler, Middleware
from jinja2 import Environment, PackageLoader, select_autoescape
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from bots.config import WebSettings
from bots.conversation import MAX_ATTACHMENTS, MAX_TEXT, MAX_TURNS, Conversation, ReplyTo, Turn
from bots.exits import CommandFailed, UsageFailed
from bots.order import Answer, Order, Upload
from bots.session import Session
from moderation.intake import MAX_BYTES
from storage.records import GenerationRecord

HTTP_PORT = 80  # which browsers leave out
MAX_PARTS = MAX_ATTACHMENTS + 8  # of one form
MAX_CONVERSATIONS = 200  # kept in memory, oldest dropped first
SECURITY_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; img-src 'self'; style-src 'self'; script-src 'self'; "
    "connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
}

log = structlog.get_logger(__name__)


@dataclass(slots=True)
class Said:
    """One message of the page and what came of it."""

    turn: Turn
    job: str
    answer: Answer | None = None
    generations: tuple[GenerationRecord, ...] = ()


@dataclass(slots=True)
class Thread:
    """One conversation. The line keeps its turns in order."""

    id: str
    said: list[Said] = field(default_factory=list)


class Page:
    """The request handlers."""

    def __init__(self, session: Session, tasks: asyncio.TaskGroup) -> None:
        self._session = session
        self._tasks = tasks
        self._threads: dict[str, Thread] = {}
        self.closing = asyncio.Event()  # set when the page stops: jobs are durable and go on at the next start
        self._templates = Environment(loader=PackageLoader("bots.web", "templates"), autoescape=select_autoescape())

    def routes(self) -> list[web.RouteDef]:
        """Where everything is."""
        return [
            web.get("/", self.start),
            web.get("/t/{thread}", self.show),
            web.get("/t/{thread}/state", self.state),
            web.post("/t/{thread}", self.say),
            web.get("/image/{generation}", self.image),
            web.get("/static/{name}", self.static),
            web.get("/metrics", self.metrics),
        ]

    async def start(self, _: web.Request) -> web.StreamResponse:
        """A new conversation."""
        raise web.HTTPSeeOther(f"/t/{uuid.uuid4().hex}")

    async def show(self, request: web.Request) -> web.StreamResponse:
        """The conversation as a page."""
        thread = self._thread(request)
        standings = {
            said.job: self._session.app.board.standing(said.job) for said in thread.said if said.answer is None
        }
        html = self._templates.get_template("thread.html").render(
            thread=thread, standings=standings, version=self._version(thread)
        )
        return web.Response(text=html, content_type="text/html")

    async def state(self, request: web.Request) -> web.StreamResponse:
        """How many answers there are and how far the open ones are; the page asks while something is drawn."""
        thread = self._thread(request)
        progress = {}
        for said in thread.said:
            if said.answer is None and (standing := self._session.app.board.standing(said.job)) is not None:
                progress[said.job] = {"stage": standing.stage, "fraction": round(standing.fraction, 2)}
        return web.json_response({"version": self._version(thread), "progress": progress})

    async def say(self, request: web.Request) -> web.StreamResponse:
        """A message, with images perhaps; answered in the background."""
        job = f"web:{uuid.uuid4()}"
        try:
            text, reply, files = await self._read_form(request, job)
        except BaseException:
            await self._session.app.staging.remove(job)
            raise
        thread = self._thread(request)  # only now: while the form came in, somebody else may have spoken
        index = len(thread.said)
        uploads = tuple(Upload(turn=index, file=file, name=name) for file, name in files)
        thread.said.append(Said(turn=Turn(author="you", text=text, reply_to=_reply(reply, thread)), job=job))
        self._threads.pop(thread.id, None)
        self._threads[thread.id] = thread  # at the end: the longest silent goes first
        while len(self._threads) > MAX_CONVERSATIONS:
            self._threads.pop(next(iter(self._threads)))
        self._tasks.create_task(self._answer(thread, index, uploads))
        raise web.HTTPSeeOther(f"/t/{thread.id}#newest")

    async def image(self, request: web.Request) -> web.StreamResponse:
        """The signed bytes."""
        record = await self._session.app.records.generation(request.match_info["generation"])
        if record is None:
            raise web.HTTPNotFound
        data = await self._session.app.blobs.get(record.digest)
        return web.Response(
            body=data, content_type=record.media_type, headers={"Cache-Control": "private, max-age=86400"}
        )

    async def static(self, request: web.Request) -> web.StreamResponse:
        """The page's own style and script, from the package."""
        kinds = {"page.css": "text/css", "page.js": "text/javascript"}
        name = request.match_info["name"]
        if name not in kinds:
            raise web.HTTPNotFound
        text = await asyncio.to_thread((resources.files("bots.web") / "static" / name).read_text, encoding="utf-8")
        return web.Response(text=text, content_type=kinds[name])

    async def metrics(self, _: web.Request) -> web.StreamResponse:
        """What the parts of this process count, for Prometheus."""
        return web.Response(body=generate_latest(), headers={"Content-Type": CONTENT_TYPE_LATEST})

    def _thread(self, request: web.Request) -> Thread:
        identity = request.match_info["thread"]
        if not (len(identity) == 32 and identity.isalnum() and identity.isascii()):
            raise web.HTTPNotFound
        return self._threads.get(identity, Thread(id=identity))

    def _version(self, thread: Thread) -> int:
        return len(thread.said) + sum(said.answer is not None for said in thread.said)

    async def _read_form(self, request: web.Request, job: str) -> tuple[str, str, list[tuple[str, str]]]:
        """Text, reply and the staged files with their names."""
        if not request.content_type.startswith("multipart/"):
            raise web.HTTPUnsupportedMediaType
        fields = {"text": "", "reply": ""}
        files: list[tuple[str, str]] = []
        parts = 0
        async for part in await request.multipart():
            parts += 1
            if parts > MAX_PARTS or not isinstance(part, BodyPartReader):
                raise web.HTTPBadRequest
            if part.name in fields:
                fields[part.name] = (await _bounded(part, MAX_TEXT * 4 + 4)).decode("utf-8", "replace")
            elif part.name == "image" and part.filename:
                if len(files) == MAX_ATTACHMENTS:
                    raise web.HTTPRequestEntityTooLarge(max_size=MAX_ATTACHMENTS, actual_size=MAX_ATTACHMENTS + 1)
                file = f"upload-{len(files)}"
                await self._session.app.staging.write(job, file, await _bounded(part, MAX_BYTES + 1))
                files.append((file, part.filename[:200]))
        return fields["text"], fields["reply"], files

    async def _answer(self, thread: Thread, index: int, uploads: tuple[Upload, ...]) -> None:
        said = thread.said[index]
        skipped = max(0, index + 1 - MAX_TURNS)
        turns = tuple(
            Turn(
                author=item.turn.author, text=item.turn.text, reply_to=_shift(item.turn.reply_to, skipped), job=item.job
            )
            for item in thread.said[skipped : index + 1]
        )
        order = Order(
            job=said.job,
            conversation=Conversation(id=f"web:{thread.id}", turns=turns, locale=self._session.app.settings.locale),
            requester="local",
            uploads=tuple(Upload(turn=item.turn - skipped, file=item.file, name=item.name) for item in uploads),
        )
        try:
            await self._session.submit(order)
            answer = await self._session.wait(order.job, until=self.closing)
            said.generations = await self._session.app.records.generations_of_job(said.job)
            said.answer = answer  # last: from here on the page counts it as answered
        except Exception as exc:
            log.exception("turn_failed", job=said.job, error=type(exc).__name__)
            said.answer = Answer(job=said.job, outcome="failed", reply="Something broke. Please try again.")


def _reply(value: str, thread: Thread) -> ReplyTo | None:
    """``turn-image`` as the page's reply field has it; anything else is no reply."""
    turn, _, image = value.partition("-")
    if not (turn.isdecimal() and image.isdecimal() and int(turn) < len(thread.said)):
        return None
    return ReplyTo(turn=int(turn), image=int(image))


def _shift(reply: ReplyTo | None, skipped: int) -> ReplyTo | None:
    if reply is None or reply.turn < skipped:
        return None
    return ReplyTo(turn=reply.turn - skipped, image=reply.image)


async def _bounded(part: BodyPartReader, limit: int) -> bytes:
    data = bytearray()
    while chunk := await part.read_chunk():
        data += chunk
        if len(data) > limit:
            raise web.HTTPRequestEntityTooLarge(max_size=limit, actual_size=len(data))
    return bytes(data)


def guard(host: str, port: int) -> Middleware:
    """Middleware: only requests meant for this page, and the security headers on every answer."""
    hosts = ("localhost", "127.0.0.1", "[::1]", host)
    names = {f"{name}:{port}" for name in hosts} | (set(hosts) if port == HTTP_PORT else set())

    @web.middleware
    async def check(request: web.Request, handler: Handler) -> web.StreamResponse:
        if request.host not in names:
            raise web.HTTPMisdirectedRequest(text="This page answers on its own address only.")
        origin = request.headers.get("Origin")
        if request.method != "GET" and (origin is None or urlsplit(origin).netloc not in names):
            raise web.HTTPForbidden(text="Requests from other sites are not accepted.")
        return await handler(request)

    return check


def application(page: Page, host: str, port: int) -> web.Application:
    """The page as an aiohttp application that answers under ``host:port`` only."""
    made = web.Application(middlewares=[guard(host, port)], client_max_size=MAX_BYTES * MAX_ATTACHMENTS)
    made.add_routes(page.routes())
    made.on_response_prepare.append(_secure)
    return made


async def _secure(_: web.Request, response: web.StreamResponse) -> None:
    """The security headers, on errors as well."""
    response.headers.update(SECURITY_HEADERS)


def listen(settings: WebSettings) -> socket.socket:
    """The page's address, taken; before anything else is opened.

    Raises:
        UsageFailed: It is not a loopback address.
        CommandFailed: It cannot be had.
    """
    host, port = settings.host, settings.port
    if not _is_loopback(host):
        raise UsageFailed(f"{host} is not a loopback address, and the page has no accounts yet")
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family)
    except OSError as exc:
        raise CommandFailed(f"cannot listen on {host}:{port}: {exc.strerror}") from exc


@asynccontextmanager
async def page_open(session: Session, listener: socket.socket) -> AsyncIterator[str]:
    """The page answers on ``listener`` while the block runs; what is being drawn at its end goes on at the next start.

    Yields:
        Its address, for people.
    """
    settings = session.app.settings.web
    async with asyncio.TaskGroup() as tasks:
        page = Page(session, tasks)
        runner = web.AppRunner(application(page, settings.host, settings.port), access_log=None)
        await runner.setup()
        try:
            await web.SockSite(runner, listener).start()
            host = f"[{settings.host}]" if ":" in settings.host else settings.host
            yield f"http://{host}:{settings.port}"
        finally:
            page.closing.set()
            await runner.cleanup()


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
