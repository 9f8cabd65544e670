"""The connection to Discord: what it asks to be told, what it keeps in memory, and to whom it hands each event.

Commands, buttons and the courier are put in from outside (``bots.discord.start``). Knows nothing of what is drawn.
"""

import logging
import sys
from typing import Any, Final

import discord
import structlog
from discord import app_commands

from bots.chat.desk import Desk
from bots.discord import metrics
from bots.discord.addresses import use_addresses
from bots.discord.catchup import CatchUp
from bots.discord.identify import IdentifyGate
from bots.discord.incoming import Incoming
from bots.discord.upkeep import Upkeep
from bots.logs import raised_at

READY_SECONDS: Final = 1.0
"""After the last server of a new session came, until the session counts as complete."""

log = structlog.get_logger(__name__)


def intents_for(*, reads_content: bool) -> discord.Intents:
    """Servers, messages in them and direct ones; what messages say, if the application may read that (D12)."""
    intents = discord.Intents.none()
    intents.guilds = True
    intents.guild_messages = True
    intents.dm_messages = True
    intents.message_content = reads_content
    return intents


class ThreadbrushClient(discord.AutoShardedClient):
    """The bot's client. It keeps neither messages nor members, only servers with their channels and roles.

    Attributes:
        desk: The session, its parts and settings.
        reads_content: Whether it is told what messages say that do not concern it.
        tree: The commands.
        incoming, catch_up, upkeep: Who handles messages, what came while it was away, and what changed or went.
    """

    def __init__(self, desk: Desk, *, reads_content: bool) -> None:
        settings = desk.app.settings.discord
        use_addresses(settings)
        shards: dict[str, Any] = {}
        if settings.shard_count is not None:
            shards = {"shard_ids": list(settings.shard_ids), "shard_count": settings.shard_count}
        super().__init__(
            intents=intents_for(reads_content=reads_content),
            **shards,
            allowed_mentions=discord.AllowedMentions.none(),
            max_messages=None,
            chunk_guilds_at_startup=False,
            member_cache_flags=discord.MemberCacheFlags.none(),
            guild_ready_timeout=READY_SECONDS,
        )
        self.desk = desk
        self.reads_content = reads_content
        self.tree: app_commands.CommandTree[ThreadbrushClient] = app_commands.CommandTree(self)
        self.gate = IdentifyGate(settings.identify_lock)
        self.incoming = Incoming(self, desk, reads_content=reads_content)
        self.catch_up = CatchUp(self, desk, self.incoming)
        self.upkeep = Upkeep(self, desk, self.incoming)
        self._sessions: dict[int, int] = {}
        quiet_library()

    def session_of(self, guild: int | None) -> int:
        """The number of the gateway session that tells of a server (None: of direct messages).

        While it stays the same, nothing that was said there was missed.
        """
        count = self.shard_count or 1
        return self._sessions.get(0 if guild is None else (guild >> 22) % count, 0)

    async def setup_hook(self) -> None:
        """After the login: how many shards may connect at once, and whether enough connections are left today."""
        limits = await self.fetch_session_start_limits()
        self.gate.concurrency = max(1, limits.max_concurrency)
        log.info("session_starts", left=limits.remaining, at_once=limits.max_concurrency)

    async def before_identify_hook(self, shard_id: int | None, *, initial: bool = False) -> None:
        """Wait for the shard's turn to identify."""
        del initial
        await self.gate.wait(shard_id or 0)
        metrics.IDENTIFIES.labels(str(shard_id or 0)).inc()

    def dispatch(self, event: str, /, *args: Any, **kwargs: Any) -> None:
        """As discord.py does; what must be known before the next event is handled is done here, not in a task."""
        if event == "socket_event_type":
            metrics.count_event(str(args[0]))
            return
        if event == "shard_connect":
            self._begin(args[0])
        super().dispatch(event, *args, **kwargs)

    async def on_error(self, event_method: str, /, *args: Any, **kwargs: Any) -> None:
        """A handler broke. What it was given holds words and tokens, so only its name and the place are logged."""
        del args, kwargs
        log.error("handler_broke", handler=event_method, **_whereabouts())

    def _begin(self, shard: int) -> None:
        """A new session began: what was said before it may have been missed."""
        self._sessions[shard] = self._sessions.get(shard, 0) + 1
        for guild in self.guilds:
            if guild.shard_id == shard:
                self.catch_up.hold_back(guild.id)
        if shard == 0:
            self.catch_up.hold_back(None)
        log.info("shard_connected", shard=shard)

    async def on_shard_ready(self, shard_id: int) -> None:
        """All servers of a new session are known."""
        if shard_id == 0:
            self.catch_up.want(None)
        log.info("shard_ready", shard=shard_id, servers=len(self.guilds))

    async def on_shard_resumed(self, shard_id: int) -> None:
        """The session goes on; Discord has told what was missed."""
        metrics.RESUMES.labels(str(shard_id)).inc()
        log.info("shard_resumed", shard=shard_id)

    async def on_shard_disconnect(self, shard_id: int) -> None:
        """The connection is lost; discord.py makes a new one."""
        metrics.DISCONNECTS.labels(str(shard_id)).inc()
        log.info("shard_disconnected", shard=shard_id)

    async def on_message(self, message: discord.Message) -> None:
        """Somebody said something."""
        await self.catch_up.caught_up(message.guild.id if message.guild is not None else None)
        await self.incoming.take(message)

    async def on_guild_available(self, guild: discord.Guild) -> None:
        """A server is there again: after a new session, or after it was out of order."""
        self.catch_up.want(guild.id)

    async def on_guild_join(self, guild: discord.Guild) -> None:
        """The bot was invited."""
        self.catch_up.want(guild.id)
        log.info("server_joined", server=guild.id)

    async def on_guild_remove(self, guild: discord.Guild) -> None:
        """The bot was removed from a server, or the server was deleted; not: it is out of order."""
        await self.upkeep.server_gone(guild.id)

    async def on_raw_message_edit(self, payload: discord.RawMessageUpdateEvent) -> None:
        """A message changed."""
        await self.upkeep.edited(payload.message)

    async def on_raw_message_delete(self, payload: discord.RawMessageDeleteEvent) -> None:
        """A message was deleted."""
        await self.upkeep.deleted([payload.message_id])

    async def on_raw_bulk_message_delete(self, payload: discord.RawBulkMessageDeleteEvent) -> None:
        """Messages were deleted."""
        await self.upkeep.deleted(sorted(payload.message_ids))

    async def on_raw_thread_delete(self, payload: discord.RawThreadDeleteEvent) -> None:
        """A thread was deleted."""
        await self.upkeep.places_gone([payload.thread_id])

    async def on_guild_channel_delete(self, channel: discord.abc.GuildChannel) -> None:
        """A channel was deleted; of the threads that were open in it discord.py tells one by one."""
        await self.upkeep.places_gone([channel.id])


def quiet_library() -> None:
    """Keep discord.py from logging whole events, which it does at debug: they hold words and tokens."""
    for name in ("discord.gateway", "discord.http", "discord.client", "discord.webhook.async_"):
        library = logging.getLogger(name)
        library.setLevel(max(logging.INFO, library.level))


def _whereabouts() -> dict[str, str]:
    error = sys.exc_info()[1]
    return {"error": type(error).__name__, "at": raised_at(error)}
