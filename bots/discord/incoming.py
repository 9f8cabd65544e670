"""Messages: which of them are requests, in which conversation, and getting those to the queue in the order they came.

What a message means is read in ``bots.discord.parse``; here is what needs the records, and the few words that are said
at once: why something is not permitted, and that a message could not be read.
"""

import asyncio
from contextlib import suppress
from typing import Final, Literal

import discord
import structlog
from aiohttp import ClientError

from bots.chat.asking import Ask, locale_of, preferences, submit
from bots.chat.desk import Desk
from bots.chat.locks import Locks
from bots.chat.rooms import RoomCache
from bots.discord import metrics
from bots.discord.parse import Heard, Thread, ask_from, hear, is_addressed, thread_of
from bots.discord.watermarks import Watermarks
from bots.discord.where import PLATFORM
from bots.replies import say
from generator.scene import Notice
from storage.chats import PostRecord, TurnRecord
from storage.errors import StorageError

Fate = Literal["enqueued", "noted", "refused", "hidden", "ignored"]
"""What became of a message."""

DIRECT: Final = "dm"
"""The watermark of all direct messages."""

REMOVED: Final = "removed"
"""A source that is no image: what replies to a removed one is told so instead of being drawn from another."""

FIRST_PAUSE, LONGEST_PAUSE = 0.25, 15.0

log = structlog.get_logger(__name__)


def watermark_of(guild: int | None) -> str:
    """The key under which it is kept up to where a server's messages are handled."""
    return DIRECT if guild is None else str(guild)


class Incoming:
    """Takes messages as they come, from the gateway or from a history; each may come any number of times."""

    def __init__(self, client: discord.Client, desk: Desk, *, reads_content: bool) -> None:
        self._client = client
        self._desk = desk
        self._reads_content = reads_content
        self._locks = Locks()
        self.rooms = RoomCache(desk.app.chats)
        self.watermarks = Watermarks()
        self.names: dict[str, str] = {}

    async def take(self, message: discord.Message, *, member: discord.Member | None = None) -> Fate:
        """Handle a message, and try again for as long as the database or Discord cannot be reached.

        Messages of one channel are handled one after another, so their requests queue in the order of sending.
        """
        guild = message.guild.id if message.guild is not None else getattr(message.channel, "guild_id", None)
        key = watermark_of(guild)
        self.watermarks.begin(key, message.id)
        try:
            fate = await self._handle(message, member)
        except asyncio.CancelledError:
            raise  # it stays open, so that it is read again after the restart
        except BaseException:
            self.watermarks.end(key, message.id)
            raise
        self.watermarks.end(key, message.id)
        metrics.MESSAGES.labels(str(message.guild.shard_id if message.guild else 0), fate).inc()
        return fate

    async def settle(self) -> None:
        """Return when no message is being handled."""
        while len(self._locks):
            await asyncio.sleep(0.02)

    async def _handle(self, message: discord.Message, member: discord.Member | None) -> Fate:
        me = self._client.user
        if me is None:
            return "ignored"
        heard = hear(message, me.id, reads_content=self._reads_content, member=member)
        if not heard.human:
            return "ignored"
        refused: Notice | None = None
        async with self._locks.hold(heard.channel):
            fate, ask, refused = await self._insist(heard)
        if fate == "refused" and ask is not None and refused is not None:
            await self._tell(message, ask, refused)
        elif fate == "hidden":
            await self._hint(message, heard)
        return fate

    async def _insist(self, heard: Heard) -> tuple[Fate, Ask | None, Notice | None]:
        pause = FIRST_PAUSE
        while True:
            try:
                return await self._decide(heard)
            except (StorageError, ClientError, TimeoutError, discord.DiscordServerError) as exc:
                log.warning("message_delayed", message=heard.message, error=type(exc).__name__)
            await asyncio.sleep(pause)
            pause = min(pause * 2, LONGEST_PAUSE)

    async def _decide(self, heard: Heard) -> tuple[Fate, Ask | None, Notice | None]:
        thread = await self._thread(heard)
        if not is_addressed(heard, thread):
            if not thread.owned:
                return await self._overhear(heard), None, None
            if heard.hidden:
                return "hidden", None, None
            if heard.empty:
                return "ignored", None, None
        elif heard.hidden and heard.empty and not heard.mentioned:
            return ("hidden" if thread.owned else "ignored"), None, None
        wanted = await preferences(self._desk, heard.tenant)
        settings = self._desk.app.settings
        ask = ask_from(
            heard, thread, opens_thread=wanted.opens_thread(settings.discord.threads), fallback=settings.locale
        )
        self.remember_name(ask.requester, ask.author)
        refused = await submit(self._desk, ask)
        return ("enqueued" if refused is None else "refused"), ask, refused

    async def _thread(self, heard: Heard) -> Thread:
        replied = None
        if heard.replied_to is not None and heard.replies_to_us is not False:
            replied = await self._replied(f"{PLATFORM}:{heard.replied_to}")
        room = await self.rooms.find(heard.place, fresh=heard.ours) if heard.lasting else None
        if replied is not None:
            return Thread(
                conversation=replied.conversation,
                source=replied.source,
                owned=heard.ours or (room is not None and room.owned),
                replied=True,
            )
        thread = thread_of(heard, room, None)
        if room is None and heard.ours:
            # Its record is being written: a thread has the id of the message that it was opened from.
            started = await self._replied(heard.place)
            if started is not None:
                return Thread(conversation=started.conversation, owned=True)
        return thread

    async def _replied(self, message: str) -> Thread | None:
        """What stands in a message of ours: the conversation and the first image of the answer."""
        post: PostRecord | None = await self._desk.app.chats.post_at(message)
        job = None if post is None else await self._desk.app.records.job(post.job)
        if job is None:
            return None
        images = await self._desk.app.records.generations_of_job(job.id)
        source = images[0].id if images else (REMOVED if job.outcome == "image" else None)
        return Thread(conversation=job.conversation, source=source, replied=True)

    async def _overhear(self, heard: Heard) -> Fate:
        """In a thread where the bot takes part, what people say to each other is context."""
        if not heard.lasting or heard.hidden or heard.empty:
            return "ignored"
        room = await self.rooms.find(heard.place)
        if room is None:
            return "ignored"
        await self._desk.app.chats.note_turn(turn_from(heard, room.conversation))
        self.remember_name(f"{PLATFORM}:{heard.author}", heard.name)
        return "noted"

    def remember_name(self, requester: str, name: str) -> None:
        """What somebody is called, for as long as we run: people address each other by name."""
        if len(self.names) > MOST_NAMES:
            self.names.clear()
        self.names[requester] = name

    async def _tell(self, message: discord.Message, ask: Ask, refused: Notice) -> None:
        locale = locale_of(ask, await preferences(self._desk, ask.tenant))
        await self._reply(message, say(refused, locale), nonce=f"r{message.id}")

    async def _hint(self, message: discord.Message, heard: Heard) -> None:
        """Say once per thread how to be understood there."""
        chats = self._desk.app.chats
        key = f"{PLATFORM}:hint:{heard.channel}"
        with suppress(StorageError):
            if await chats.seen(key) is not None:
                return
            ask = ask_from(heard, Thread(conversation=heard.place), opens_thread=False, fallback="en")
            locale = locale_of(ask, await preferences(self._desk, heard.tenant))
            if await self._reply(message, say(Notice(key="cannot-read-you"), locale), nonce=f"h{heard.channel}"):
                await chats.mark_seen(key, str(message.id))

    async def _reply(self, message: discord.Message, words: str, *, nonce: str) -> bool:
        """A regular reply that pings nobody; the nonce makes a second one within minutes the same (platforms D14)."""
        try:
            await message.reply(words, nonce=nonce, mention_author=False)
        except (discord.HTTPException, ClientError, OSError) as exc:
            log.info("reply_not_possible", message=message.id, error=type(exc).__name__)
            return False
        return True


MOST_NAMES: Final = 20_000


def turn_from(heard: Heard, conversation: str) -> TurnRecord:
    """A message that is not for the bot, as it is remembered."""
    return TurnRecord(
        conversation=conversation,
        message=heard.key,
        author=f"{PLATFORM}:{heard.author}",
        text=heard.text,
        sent_at=heard.sent_at,
        to_bot=False,
        reply_to=None if heard.replied_to is None else f"{PLATFORM}:{heard.replied_to}",
        attachments=heard.files,
        edited_at=heard.edited_at,
        tenant=heard.tenant,
    )
