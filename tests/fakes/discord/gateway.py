"""The gateway: connections, sessions, what is sent over them and replayed."""

import asyncio
import contextlib
import json
import secrets
import time
import zlib
from collections import Counter, deque
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import zstandard
from aiohttp import WSMsgType, web

from tests.fakes.discord import payloads

if TYPE_CHECKING:
    from tests.fakes.discord.faults import Faults
    from tests.fakes.discord.state import World

DISPATCH, HEARTBEAT, IDENTIFY, RESUME, RECONNECT, MEMBERS, INVALID, HELLO, ACK = 0, 1, 2, 6, 7, 8, 9, 10, 11
CONTENT = 1 << 15
BUFFER = 1000
IDENTIFY_SECONDS = 5.0


class Session:
    """What a shard was told, and where it is told more; it outlives its connection."""

    def __init__(self, shard: tuple[int, int], intents: int) -> None:
        self.id = secrets.token_hex(16)
        self.shard = shard
        self.intents = intents
        self.sequence = 0
        self.sent: deque[dict[str, Any]] = deque(maxlen=BUFFER)
        self.connection: Connection | None = None
        self.valid = True

    def concerns(self, guild_id: int | None) -> bool:
        """Whether events of a server (None: of direct messages) go to this shard."""
        number, count = self.shard
        return number == (0 if guild_id is None else (guild_id >> 22) % count)

    def tell(self, event: str, data: Any) -> None:
        """Number an event, keep it, send it if somebody listens."""
        self.sequence += 1
        frame = {"op": DISPATCH, "d": data, "s": self.sequence, "t": event}
        self.sent.append(frame)
        if self.connection is not None:
            self.connection.send(frame)

    def missed(self, sequence: int) -> list[dict[str, Any]] | None:
        """What came after a number; None if it is no longer known."""
        if sequence > self.sequence or (self.sent and self.sent[0]["s"] > sequence + 1):
            return None
        return [frame for frame in self.sent if frame["s"] > sequence]


class Connection:
    """One websocket."""

    def __init__(self, socket: web.WebSocketResponse, request: web.Request) -> None:
        self._socket = socket
        self._transport = request.transport
        self._queue: asyncio.Queue[dict[str, Any] | None] = asyncio.Queue()
        self._encode = _encoder(request.query.get("compress"))
        self.session: Session | None = None
        self.received = 0

    def send(self, frame: dict[str, Any]) -> None:
        """Send, in order, without waiting."""
        self._queue.put_nowait(frame)

    async def pump(self) -> None:
        """Write out what is to be sent, until the connection ends."""
        while (frame := await self._queue.get()) is not None:
            data = self._encode(json.dumps(frame, separators=(",", ":")).encode())
            try:
                await (self._socket.send_bytes(data) if isinstance(data, bytes) else self._socket.send_str(data))
            except ConnectionError:
                return

    def stop(self) -> None:
        """Nothing more is to be sent."""
        self._queue.put_nowait(None)

    def cut(self) -> None:
        """End it without a word."""
        self.detach()
        if self._transport is not None:
            self._transport.abort()

    async def close(self, code: int) -> None:
        """End it with a code."""
        self.detach()
        await self._socket.close(code=code)

    def detach(self) -> None:
        """Its session goes on without it."""
        if self.session is not None and self.session.connection is self:
            self.session.connection = None


def _encoder(compress: str | None) -> Callable[[bytes], bytes | str]:
    if compress == "zlib-stream":
        packer = zlib.compressobj()
        return lambda data: packer.compress(data) + packer.flush(zlib.Z_SYNC_FLUSH)
    if compress == "zstd-stream":
        stream = zstandard.ZstdCompressor().compressobj()
        return lambda data: stream.compress(data) + stream.flush(zstandard.COMPRESSOBJ_FLUSH_BLOCK)
    return lambda data: data.decode()


class Gateway:
    """All shards of the bot.

    Attributes:
        heartbeat_interval: Seconds.
        max_concurrency: So many shards may IDENTIFY in 5 seconds of real time, one per shard modulo this; more are
            refused with op 9. None allows any (a bot that is killed in a test comes back at once) and advertises 16.
        identifies: What was sent with each accepted IDENTIFY.
        counts: By kind: identified, identify_too_fast, resumed, resume_refused, heartbeats, cut, too_many_frames.
    """

    def __init__(self, world: "World", faults: "Faults") -> None:
        self._world = world
        self._faults = faults
        self._identified_at: dict[int, float] = {}
        self.url = ""
        self.heartbeat_interval = 41.25
        self.max_concurrency: int | None = None
        self.advised_shards = 1
        self.identifies: list[dict[str, Any]] = []
        self.sessions: dict[str, Session] = {}
        self.connections: list[Connection] = []
        self.counts: Counter[str] = Counter()
        self.on_dispatch: Callable[[str, Any], None] | None = None

    @property
    def connected(self) -> list[Session]:
        """Sessions that somebody listens to now."""
        return [session for session in self.sessions.values() if session.connection is not None]

    def dispatch(self, event: str, build: Callable[[bool], Any], *, intent: int, guild_id: int | None) -> None:
        """Tell whom it concerns. Sessions whose connection is lost hear of it when they resume."""
        for session in [each for each in self.sessions.values() if each.valid and each.concerns(guild_id)]:
            if intent and not session.intents & intent:
                continue
            self._tell(session, event, build(bool(session.intents & CONTENT) and self._world.message_content))
            if session.connection is not None and self._faults.cuts_gateway():
                session.connection.cut()

    def _tell(self, session: Session, event: str, data: Any) -> None:
        if self.on_dispatch is not None:
            self.on_dispatch(event, data)
        session.tell(event, data)

    def cut(self, shard: int | None = None) -> None:
        """Cut the connections of a shard, or all, without a word; sessions can be resumed."""
        for connection in self._of(shard):
            self.counts["cut"] += 1
            connection.cut()

    def reconnect(self, shard: int | None = None) -> None:
        """Ask to connect again and resume (op 7)."""
        for connection in self._of(shard):
            connection.send({"op": RECONNECT, "d": None, "s": None, "t": None})

    def invalidate(self, shard: int | None = None, *, resumable: bool = False) -> None:
        """Declare sessions invalid (op 9)."""
        for connection in self._of(shard):
            if connection.session is not None and not resumable:
                connection.session.valid = False
            connection.send({"op": INVALID, "d": resumable, "s": None, "t": None})

    def forget_sessions(self) -> None:
        """No session can be resumed any more, as after a long while."""
        for session in self.sessions.values():
            session.valid = session.connection is not None

    def _of(self, shard: int | None) -> list[Connection]:
        return [
            each for each in self.connections if each.session is not None and shard in (None, each.session.shard[0])
        ]

    async def serve(self, request: web.Request) -> web.StreamResponse:
        """A connection from HELLO to its end."""
        socket = web.WebSocketResponse(compress=False)
        await socket.prepare(request)
        connection = Connection(socket, request)
        self.connections.append(connection)
        milliseconds = int(self.heartbeat_interval * 1000)
        connection.send({"op": HELLO, "d": {"heartbeat_interval": milliseconds}, "s": None, "t": None})
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(connection.pump())
                await self._listen(socket, connection)
                connection.stop()
        finally:
            self.connections.remove(connection)
            connection.detach()
        return socket

    async def _listen(self, socket: web.WebSocketResponse, connection: Connection) -> None:
        times: deque[float] = deque()
        with contextlib.suppress(ConnectionError):
            async for message in socket:
                if message.type not in (WSMsgType.TEXT, WSMsgType.BINARY):
                    break
                times.append(time.monotonic())
                while times[0] < times[-1] - 60:
                    times.popleft()
                if len(times) > 120:
                    self.counts["too_many_frames"] += 1
                    await connection.close(4008)
                    break
                frame = json.loads(message.data)
                await self._receive(connection, frame["op"], frame.get("d"))

    async def _receive(self, connection: Connection, op: int, data: Any) -> None:
        if op == HEARTBEAT:
            self.counts["heartbeats"] += 1
            connection.send({"op": ACK, "d": None, "s": None, "t": None})
        elif op == IDENTIFY:
            await self._identify(connection, data)
        elif op == RESUME:
            await self._resume(connection, data)
        elif op == MEMBERS and connection.session is not None:
            self._members(connection.session, data)

    async def _identify(self, connection: Connection, data: dict[str, Any]) -> None:
        if data["token"] != self._world.token:
            return await connection.close(4004)
        intents = int(data["intents"])
        if intents & CONTENT and not self._world.message_content:
            return await connection.close(4014)
        number, count = data.get("shard") or (0, 1)
        if not 0 <= number < count:
            return await connection.close(4010)
        if not self._may_identify(number):
            self.counts["identify_too_fast"] += 1
            return connection.send({"op": INVALID, "d": False, "s": None, "t": None})
        self.counts["identified"] += 1
        self.identifies.append(data)
        self._world.identified_with_content = bool(intents & CONTENT)
        self._begin(connection, Session((number, count), intents))
        return None

    def _may_identify(self, number: int) -> bool:
        if self.max_concurrency is None:
            return True
        now = time.monotonic()
        key = number % self.max_concurrency
        if now - self._identified_at.get(key, -IDENTIFY_SECONDS) < IDENTIFY_SECONDS:
            return False
        self._identified_at[key] = now
        return True

    def _begin(self, connection: Connection, session: Session) -> None:
        for old in self.sessions.values():  # the same shard begins anew: nobody will resume what it had
            if old.shard == session.shard and old.connection is None:
                old.valid = False
        self.sessions[session.id] = session
        session.connection = connection
        connection.session = session
        world = self._world
        guilds = [each for each in world.guilds.values() if each.has_bot and session.concerns(each.id)]
        ready = {
            "v": 10,
            "user": payloads.current_user(world.bot),
            "guilds": [{"id": str(each.id), "unavailable": True} for each in guilds],
            "session_id": session.id,
            "resume_gateway_url": self.url,
            "shard": list(session.shard),
            "application": {
                "id": str(world.application_id),
                "flags": application_flags(world),
                "flags_new": str(application_flags(world)),
            },
        }
        self._tell(session, "READY", ready)
        for guild in guilds:
            if session.intents & 1:
                self._tell(session, "GUILD_CREATE", payloads.guild_create(guild))

    async def _resume(self, connection: Connection, data: dict[str, Any]) -> None:
        session = self.sessions.get(data["session_id"])
        if data["token"] != self._world.token:
            return await connection.close(4004)
        missed = session.missed(int(data["seq"] or 0)) if session is not None and session.valid else None
        if session is None or missed is None:
            self.counts["resume_refused"] += 1
            return connection.send({"op": INVALID, "d": False, "s": None, "t": None})
        if session.connection is not None:
            await session.connection.close(4000)
        self.counts["resumed"] += 1
        session.connection = connection
        connection.session = session
        for frame in missed:
            connection.send(frame)
        self._tell(session, "RESUMED", {})
        return None

    def _members(self, session: Session, data: dict[str, Any]) -> None:
        guild = self._world.guilds.get(int(data["guild_id"]))
        if guild is None or not guild.has_bot:
            return
        wanted = {int(each) for each in data.get("user_ids") or ()}
        members = [each for key, each in guild.members.items() if not wanted or key in wanted]
        chunk: dict[str, Any] = {
            "guild_id": str(guild.id),
            "members": [payloads.member(each) for each in members],
            "chunk_index": 0,
            "chunk_count": 1,
        }
        if data.get("nonce"):
            chunk["nonce"] = data["nonce"]
        self._tell(session, "GUILD_MEMBERS_CHUNK", chunk)


def application_flags(world: "World") -> int:
    """The bot's public flags: the message content intent of a bot in few servers."""
    return 1 << 19 if world.message_content else 0
