"""What changed or went in the chat changes or goes in the records (platforms D30).

A request that is edited while it is being worked on is answered as it was first said; only the record changes.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Final

import discord
import structlog

from bots.chat.desk import Desk
from bots.discord.incoming import Incoming, watermark_of
from bots.discord.parse import hear
from bots.discord.where import PLATFORM
from storage.errors import StorageError, UnknownJob

REASON: Final = "deleted in the chat"
LEFT: Final = "left"
"""A watermark that is no number: the bot was removed, so nothing is read when it is invited again."""

FIRST_PAUSE, LONGEST_PAUSE = 0.5, 30.0
ATTEMPTS: Final = 10

log = structlog.get_logger(__name__)


def watermark_key(key: str) -> str:
    """Where a watermark is kept."""
    return f"{PLATFORM}:seen:{key}"


class Upkeep:
    """Brings records up to date. Every method may be called again for the same thing."""

    def __init__(self, client: discord.Client, desk: Desk, incoming: Incoming) -> None:
        self._client = client
        self._desk = desk
        self._incoming = incoming

    async def edited(self, message: discord.Message) -> None:
        """A message says something else now. What was not kept before is not kept for being edited."""
        me = self._client.user
        if me is None or message.edited_at is None:  # without a time, only a preview or a thread was added to it
            return
        heard = hear(message, me.id, reads_content=True)
        if not heard.human or heard.empty:
            return
        edited_at = message.edited_at

        async def change() -> None:
            await self._desk.app.chats.edit_turn(heard.key, heard.text, heard.files, edited_at)

        await self._insist("edited", change)

    async def deleted(self, messages: Sequence[int]) -> None:
        """Messages are gone: requests that are still worked on stop, as do those whose placeholder somebody removed."""
        for message in messages:
            await self._insist("deleted", lambda message=message: self._delete(message))  # type: ignore[misc]  # a default makes it untyped

    async def _delete(self, message: int) -> None:
        chats = self._desk.app.chats
        key = f"{PLATFORM}:{message}"
        gone = await chats.delete_turns([key])
        post = await chats.post_forgotten(key)
        jobs = {turn.job for turn in gone if turn.job is not None}
        if post is not None:
            jobs.add(post.job)
        for job in jobs:
            await self._cancel(job)

    async def places_gone(self, channels: Sequence[int]) -> None:
        """Threads or channels were deleted, and with them what was said and drawn there."""
        for channel in channels:
            place = f"{PLATFORM}:{channel}"
            await self._insist("place_gone", lambda place=place: self._purge_place(place))  # type: ignore[misc]  # likewise

    async def _purge_place(self, place: str) -> None:
        app = self._desk.app
        room = await app.chats.room(place)
        for conversation in {place, *([room.conversation] if room is not None else [])}:
            for job in await app.records.unfinished_jobs_of(conversation=conversation):
                await self._cancel(job.id)
        await app.records.purge_place(place, app.blobs, REASON)
        self._incoming.rooms.forget(place)

    async def server_gone(self, guild: int) -> None:
        """The bot was removed from a server: everything of it goes."""
        tenant = f"{PLATFORM}:{guild}"

        async def purge() -> None:
            app = self._desk.app
            for job in await app.records.unfinished_jobs_of(tenant=tenant):
                await self._cancel(job.id)
            await app.records.purge_tenant(tenant, app.blobs, REASON)
            await app.chats.mark_seen(watermark_key(watermark_of(guild)), LEFT)
            self._incoming.watermarks.forget(watermark_of(guild))
            self._incoming.rooms.forget_all()
            self._desk.tenants.forget(tenant)

        await self._insist("server_gone", purge)
        log.info("server_left", server=guild)

    async def _cancel(self, job: str) -> None:
        try:
            await self._desk.session.cancel(job)
        except UnknownJob:
            log.info("nothing_to_cancel", job=job)

    async def _insist(self, what: str, work: Callable[[], Awaitable[None]]) -> None:
        pause = FIRST_PAUSE
        for _ in range(ATTEMPTS):
            try:
                await work()
            except StorageError as exc:
                log.warning("upkeep_delayed", what=what, error=type(exc).__name__)
            else:
                return
            await asyncio.sleep(pause)
            pause = min(pause * 2, LONGEST_PAUSE)
        log.error("upkeep_given_up", what=what)
