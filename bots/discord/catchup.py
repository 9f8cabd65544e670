"""Nothing is lost while the bot is away: what came since the watermark is read from the channels' histories.

A new gateway session may have missed messages, a resumed one has not. Requests that were taken before are recognised by
their job, so reading too much does no harm; how much is read is bounded.
"""

import asyncio
from collections.abc import AsyncIterator, Iterable
from contextlib import suppress
from typing import Final

import discord
import structlog
from aiohttp import ClientError

from bots.chat.desk import Desk
from bots.discord import metrics
from bots.discord.incoming import Incoming, watermark_of
from bots.discord.upkeep import watermark_key
from bots.discord.watermarks import snowflake_at
from bots.discord.where import PLATFORM
from storage.errors import StorageError

WINDOW_SECONDS: Final = 24 * 3600.0
"""What was said longer ago is not answered any more."""

MOST_MESSAGES: Final = 200
"""Of a channel, the newest."""

MOST_DIRECT: Final = 500
"""People whose direct messages are looked at."""

DIRECT_TENANTS: Final = f"{PLATFORM}:user:"
PATIENCE_SECONDS: Final = 10.0
"""For so long what is said now waits for what was missed before."""

WRITE_SECONDS: Final = 3.0
WORKERS: Final = 3
ATTEMPTS: Final = 5
FIRST_PAUSE: Final = 1.0

Readable = discord.TextChannel | discord.VoiceChannel | discord.StageChannel | discord.Thread

log = structlog.get_logger(__name__)


class CatchUp:
    """Reads what was missed, and keeps the watermarks. ``run`` does the work; the other methods only ask for it."""

    def __init__(self, client: discord.Client, desk: Desk, incoming: Incoming) -> None:
        self._client = client
        self._desk = desk
        self._incoming = incoming
        self._wanted: asyncio.Queue[tuple[int | None, int]] = asyncio.Queue()
        self._written: dict[str, int] = {}
        self._held: dict[int | None, int] = {}
        self._behind: dict[int | None, asyncio.Event] = {}
        self._busy = 0

    def hold_back(self, guild: int | None) -> None:
        """A new session tells of this server (None: of direct messages); what came before it may have been missed.

        Called before anything that the session tells is handled: that must not carry the watermark over what was missed.
        """
        if guild not in self._held:
            key = watermark_of(guild)
            marks = self._incoming.watermarks
            self._held[guild] = marks.hold(key, marks.reached(key) or 0)
            self._behind.setdefault(guild, asyncio.Event())

    def want(self, guild: int | None) -> None:
        """Read what was missed in a server (None: in direct messages), now that its channels are known."""
        self.hold_back(guild)
        self._busy += 1
        self._wanted.put_nowait((guild, self._held.pop(guild)))

    @property
    def idle(self) -> bool:
        """Whether everything that was asked for is read."""
        return not self._busy and not self._held

    async def caught_up(self, guild: int | None) -> None:
        """Wait, for a while, until what was missed in a server is read: what was said later is to be handled later."""
        behind = self._behind.get(guild)
        if behind is not None:
            with suppress(TimeoutError):
                async with asyncio.timeout(PATIENCE_SECONDS):
                    await behind.wait()

    async def run(self) -> None:
        """Until cancelled."""
        async with asyncio.TaskGroup() as tasks:
            for _ in range(WORKERS):
                tasks.create_task(self._work())
            tasks.create_task(self._keep())

    async def write(self) -> None:
        """Keep the watermarks as they are now.

        Raises:
            StorageError: The database cannot be used.
        """
        for key in self._incoming.watermarks.keys:
            reached = self._incoming.watermarks.reached(key)
            if reached and reached != self._written.get(key):
                await self._desk.app.chats.mark_seen(watermark_key(key), str(reached))
                self._written[key] = reached

    async def _keep(self) -> None:
        while True:
            await asyncio.sleep(WRITE_SECONDS)
            metrics.show_latencies(getattr(self._client, "latencies", ()))
            with suppress(StorageError):
                await self.write()

    async def _work(self) -> None:
        while True:
            guild, ticket = await self._wanted.get()
            try:
                await self._insist(guild, ticket)
            except Exception as exc:
                log.exception("catch_up_broke", server=guild, error=type(exc).__name__)
            finally:
                self._busy -= 1
                if guild not in self._held and (behind := self._behind.pop(guild, None)) is not None:
                    behind.set()

    async def _insist(self, guild: int | None, ticket: int) -> None:
        key, pause = watermark_of(guild), FIRST_PAUSE
        for _ in range(ATTEMPTS):
            try:
                now = snowflake_at(self._desk.now())
                since = await self._since(key, now)
                if since is not None:
                    await self._read(guild, since)
            except (StorageError, ClientError, OSError, discord.HTTPException) as exc:
                log.warning("catch_up_delayed", server=guild, error=type(exc).__name__)
                await asyncio.sleep(pause)
                pause *= 2
                continue
            self._incoming.watermarks.release(key, ticket, now)
            return
        # The hold stays: after the next start, or the next session, it is read again.
        log.error("catch_up_given_up", server=guild)

    async def _since(self, key: str, now: int) -> int | None:
        """After which message to read; None in a server that is new, where nothing before is ours."""
        kept = await self._desk.app.chats.seen(watermark_key(key))
        reached = self._incoming.watermarks.reached(key) or 0
        known = max(int(kept) if kept is not None and kept.isdecimal() else 0, reached)
        if not known:
            await self._desk.app.chats.mark_seen(watermark_key(key), str(now))
            return None
        return max(known, snowflake_at(self._desk.now() - WINDOW_SECONDS))

    async def _read(self, guild: int | None, since: int) -> None:
        if guild is None:
            await self._read_direct(since)
            return
        server = self._client.get_guild(guild)
        if server is None:
            return
        count = 0
        me = server.get_member(self._client.user.id) if self._client.user is not None else None
        if me is None:
            return
        for channel in stale(server, me, since):
            count += await self._read_channel(channel, since)
        if count:
            log.info("caught_up", server=guild, messages=count)

    async def _read_direct(self, since: int) -> None:
        rooms = await self._desk.app.chats.rooms_under(DIRECT_TENANTS, MOST_DIRECT)
        for room in rooms:
            channel = int(room.place.rpartition(":")[2])
            await self._read_channel(self._client.get_partial_messageable(channel), since)

    async def _read_channel(self, channel: Readable | discord.PartialMessageable, since: int) -> int:
        try:
            missed = [message async for message in _after(channel, since)]
        except (discord.Forbidden, discord.NotFound):
            return 0
        members: dict[int, discord.Member | None] = {}
        for message in reversed(missed):
            member = await self._member(message, members)
            try:
                await self._incoming.take(message, member=member)
            except Exception as exc:
                log.exception("message_broke", message=message.id, error=type(exc).__name__)
            metrics.CAUGHT_UP.inc()
        return len(missed)

    async def _member(self, message: discord.Message, known: dict[int, discord.Member | None]) -> discord.Member | None:
        """The author with their roles, which a history does not tell; None for bots and for who has left."""
        author = message.author
        if message.guild is None or author.bot or isinstance(author, discord.Member):
            return None
        if author.id not in known:
            try:
                known[author.id] = await message.guild.fetch_member(author.id)
            except (discord.Forbidden, discord.NotFound):
                known[author.id] = None
        return known[author.id]


def stale(guild: discord.Guild, me: discord.Member, since: int) -> Iterable[Readable]:
    """The channels and open threads of a server that the bot may read and in which something was said after ``since``."""
    places: tuple[Readable, ...] = (
        *guild.text_channels,
        *guild.voice_channels,
        *guild.stage_channels,
        *guild.threads,
    )
    for place in places:
        if place.last_message_id is None or place.last_message_id <= since:
            continue
        try:
            rights = place.permissions_for(me)
        except discord.ClientException:  # a thread whose channel is unknown
            continue
        if rights.view_channel and rights.read_message_history:
            yield place


def _after(channel: Readable | discord.PartialMessageable, since: int) -> AsyncIterator[discord.Message]:
    """The newest messages after ``since``, newest first."""
    return channel.history(limit=MOST_MESSAGES, after=discord.Object(since), oldest_first=False)
