"""Completing an order from Discord: what was said before it, and the files that it is about, staged as they came.

Its first durable step after the acknowledgement; it may run again after a crash and then does the same.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

import discord
from aiohttp import ClientError

from bots.chat.desk import Desk
from bots.conversation import MAX_ATTACHMENTS, MAX_TEXT, Turn
from bots.courier import TryLater
from bots.decoding import decoded
from bots.discord.client import ThreadbrushClient
from bots.discord.downloads import Downloads, Gone, TooMuch
from bots.discord.history import History
from bots.discord.where import Where, where
from bots.order import Order, Upload
from generator.scene import Notice
from moderation.intake import MAX_BYTES, IntakeError
from storage.chats import AttachmentRef, TurnRecord
from storage.errors import StorageError
from storage.records import JobRecord

SETTLED: Final = frozenset({"refused", "held", "invalid"})
"""How a job ended whose files are not to be looked at again."""

STORAGE_SECONDS: Final = 2.0


@dataclass(frozen=True, slots=True, kw_only=True)
class _Wanted:
    """A file to fetch. ``turn`` is the index of its turn."""

    turn: int
    message: str
    file: AttachmentRef
    newest: bool


class Problem(Exception):
    """A file that was given with the request cannot be had.

    Attributes:
        reason: Words for the requester.
    """

    def __init__(self, reason: Notice) -> None:
        super().__init__(reason.key)
        self.reason = reason


class Gatherer:
    """What a courier's ``gather`` does."""

    def __init__(self, client: ThreadbrushClient, desk: Desk) -> None:
        self._client = client
        self._desk = desk
        self._history = History(client, desk)
        self._downloads = Downloads(desk.app.settings.discord.api_url, MAX_BYTES)

    async def gather(self, order: Order) -> Order:
        """The order with the turns before it and its files staged; ``problem`` set if one of them cannot be had.

        Raises:
            TryLater: Discord or the database does not answer now.
        """
        spot = where(order)
        try:
            return await self._gather(order, spot)
        except Problem as exc:
            return replace(order, problem=exc.reason)
        except StorageError:
            raise TryLater(STORAGE_SECONDS) from None
        except (discord.HTTPException, discord.RateLimited, ClientError, TimeoutError, OSError):
            raise TryLater from None

    async def _gather(self, order: Order, spot: Where) -> Order:
        earlier, newest = await self._history.up_to(order, spot)
        turns = tuple(self._turn(turn) for turn in earlier)
        conversation = replace(order.conversation, turns=(*turns, order.conversation.newest))
        uploads = await self._stage(order, spot, await self._wanted(order, earlier, newest))
        return replace(order, conversation=conversation, uploads=(*order.uploads, *uploads))

    def _turn(self, turn: TurnRecord) -> Turn:
        name = self._client.incoming.names.get(turn.author, turn.author)
        return Turn(
            author=name,
            text=turn.text[:MAX_TEXT],
            to_bot=turn.to_bot,
            addressed=turn.to_bot,
            job=turn.job,
        )

    async def _wanted(
        self, order: Order, earlier: Sequence[TurnRecord], newest: TurnRecord | None
    ) -> tuple[_Wanted, ...]:
        """The files of the newest turn, then those that people showed before and nobody has looked at, newest first."""
        wanted = [] if newest is None else _files(newest, len(earlier), newest=True)
        records = self._desk.app.records
        kept = {upload.job for upload in await records.uploads_of_conversation(order.conversation.id)}
        jobs = {turn.job: await records.job(turn.job) for turn in earlier if turn.job is not None}
        for index in range(len(earlier) - 1, -1, -1):
            turn = earlier[index]
            if is_settled(turn, jobs, kept):
                break
            wanted += _files(turn, index, newest=False)
        return tuple(wanted[: MAX_ATTACHMENTS - len(order.uploads)])

    async def _stage(self, order: Order, spot: Where, wanted: Sequence[_Wanted]) -> tuple[Upload, ...]:
        uploads = []
        for number, one in enumerate(wanted):
            file = f"upload-{one.file.id if one.file.id.isdecimal() and one.file.id.isascii() else f'n{number}'}"
            data = await self._desk.app.staging.find(order.job, file)  # a crash may have left it here
            if data is None:
                data = await self._fetch(one, spot)
            if data is None:
                continue
            await self._desk.app.staging.write(order.job, file, data)
            uploads.append(Upload(turn=one.turn, file=file, name=one.file.name))
        return tuple(uploads)

    async def _fetch(self, one: _Wanted, spot: Where) -> bytes | None:
        """The bytes of a file; None for one of an earlier turn that is gone or no image: nobody asked for it.

        Raises:
            Problem: It was given with the request.
        """
        try:
            if one.file.size_bytes > MAX_BYTES:
                raise TooMuch  # noqa: TRY301 - as if it had been fetched
            data = await self._fetch_anyhow(one, spot)
        except Gone:
            if one.newest:
                raise Problem(Notice(key="attachment-gone", args={"name": one.file.name})) from None
            return None
        except TooMuch:
            if one.newest:
                args: dict[str, str | float] = {"name": one.file.name, "megabytes": MAX_BYTES // 2**20}
                raise Problem(Notice(key="attachment-too-large", args=args)) from None
            return None
        return data if one.newest or await _is_image(data) else None

    async def _fetch_anyhow(self, one: _Wanted, spot: Where) -> bytes:
        """By the link that came with the message; when that has expired, by a fresh one."""
        try:
            return await self._downloads.fetch(one.file.url)
        except Gone:
            message = await self._history.message(one.message, spot)
            fresh = (
                next((file for file in message.attachments if str(file.id) == one.file.id), None) if message else None
            )
            if fresh is None:
                raise
        return await self._downloads.fetch(fresh.url)


def is_settled(turn: TurnRecord, jobs: Mapping[str, JobRecord | None], kept: set[str]) -> bool:
    """Whether this turn's request looked at all files up to it: it kept some, or was turned down for them."""
    if turn.job is None:
        return False
    job = jobs.get(turn.job)
    return turn.job in kept or (job is not None and job.outcome in SETTLED)


def _files(turn: TurnRecord, index: int, *, newest: bool) -> list[_Wanted]:
    return [_Wanted(turn=index, message=turn.message, file=file, newest=newest) for file in turn.attachments]


async def _is_image(data: bytes) -> bool:
    try:
        await decoded(data)
    except IntakeError:
        return False
    return True
