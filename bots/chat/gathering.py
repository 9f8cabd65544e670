"""Completing an order from a chat: what was said before it, and the files that it is about, staged as they came.

Its first durable step after the acknowledgement; it may run again after a crash and then does the same. Knows no
platform: how history is read and files are fetched is a ``Platform``'s business.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final, Protocol

from bots.chat.desk import Desk
from bots.chat.downloads import Gone, TooMuch
from bots.conversation import MAX_ATTACHMENTS, MAX_TEXT, Turn
from bots.courier import TryLater
from bots.decoding import decoded
from bots.order import Order, Upload
from generator.scene import Notice
from moderation.intake import MAX_BYTES, IntakeError
from storage.chats import AttachmentRef, TurnRecord
from storage.errors import StorageError
from storage.records import JobRecord

SETTLED: Final = frozenset({"refused", "held", "invalid"})
"""How a job ended whose files are not to be looked at again."""

STORAGE_SECONDS: Final = 2.0
_IDENTITY: Final = re.compile(r"[A-Za-z0-9]{1,60}")

Turns = tuple[tuple[TurnRecord, ...], TurnRecord | None]
"""The turns before the one that asked for the order, oldest first, and that one, if it is remembered."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """A file to fetch.

    Attributes:
        turn: The index of its turn.
        message: Key of the message that showed it.
        newest: It was given with the request.
    """

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


class Platform(Protocol):
    """What gathering needs of a chat platform."""

    async def up_to(self, order: Order) -> Turns:
        """What was said up to an order.

        Raises:
            TryLater: The platform does not answer now.
            StorageError: The database does not.
        """
        ...

    async def fetch(self, order: Order, wanted: Wanted) -> bytes:
        """The bytes of a file.

        Raises:
            Gone: It is not there any more.
            TooMuch: It is larger than ``MAX_BYTES``.
            Problem: It cannot be had for a reason that whoever gave it can do something about.
            TryLater: The platform does not answer now.
        """
        ...

    def name_of(self, author: str) -> str:
        """What people call somebody, by requester id."""
        ...


class Gathering:
    """Completes orders of one platform."""

    def __init__(self, desk: Desk, platform: Platform) -> None:
        self._desk = desk
        self._platform = platform

    async def complete(self, order: Order) -> Order:
        """The order with the turns before it and its files staged; ``problem`` set if one of them cannot be had.

        Raises:
            TryLater: The platform or the database does not answer now.
        """
        try:
            return await self._complete(order)
        except Problem as exc:
            return replace(order, problem=exc.reason)
        except StorageError:
            raise TryLater(STORAGE_SECONDS) from None

    async def _complete(self, order: Order) -> Order:
        earlier, newest = await self._platform.up_to(order)
        turns = tuple(self._turn(turn) for turn in earlier)
        conversation = replace(order.conversation, turns=(*turns, order.conversation.newest))
        uploads = await self._stage(order, await self._wanted(order, earlier, newest))
        return replace(order, conversation=conversation, uploads=(*order.uploads, *uploads))

    def _turn(self, turn: TurnRecord) -> Turn:
        return Turn(
            author=self._platform.name_of(turn.author),
            text=turn.text[:MAX_TEXT],
            to_bot=turn.to_bot,
            addressed=turn.to_bot,
            job=turn.job,
        )

    async def _wanted(
        self, order: Order, earlier: Sequence[TurnRecord], newest: TurnRecord | None
    ) -> tuple[Wanted, ...]:
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
        once = {
            (one.file.id, one.file.url): one for one in reversed(wanted)
        }  # a command may be about an earlier message
        return tuple(reversed(once.values()))[: MAX_ATTACHMENTS - len(order.uploads)]

    async def _stage(self, order: Order, wanted: Sequence[Wanted]) -> tuple[Upload, ...]:
        uploads = []
        for number, one in enumerate(wanted):
            file = f"upload-{one.file.id if _IDENTITY.fullmatch(one.file.id) else f'n{number}'}"
            data = await self._desk.app.staging.find(order.job, file)  # a crash may have left it here
            if data is None:
                data = await self._fetch(order, one)
            if data is None:
                continue
            await self._desk.app.staging.write(order.job, file, data)
            uploads.append(Upload(turn=one.turn, file=file, name=one.file.name))
        return tuple(uploads)

    async def _fetch(self, order: Order, one: Wanted) -> bytes | None:
        """The bytes of a file; None for one of an earlier turn that is gone or no image: nobody asked for it.

        Raises:
            Problem: It was given with the request.
        """
        try:
            if one.file.size_bytes > MAX_BYTES:
                raise TooMuch  # noqa: TRY301 - as if it had been fetched
            data = await self._platform.fetch(order, one)
        except (Gone, TooMuch, Problem) as exc:
            if one.newest:
                raise _problem(exc, one.file.name) from None
            return None
        return data if one.newest or await _is_image(data) else None


def is_settled(turn: TurnRecord, jobs: Mapping[str, JobRecord | None], kept: set[str]) -> bool:
    """Whether this turn's request looked at all files up to it: it kept some, or was turned down for them."""
    if turn.job is None:
        return False
    job = jobs.get(turn.job)
    return turn.job in kept or (job is not None and job.outcome in SETTLED)


def is_news(message: str, edited_at: datetime | None, known: Mapping[str, TurnRecord]) -> bool:
    """Whether a message, by its key, says something that is not remembered yet."""
    turn = known.get(message)
    return turn is None or (edited_at is not None and turn.edited_at != edited_at)


def _problem(exc: Gone | TooMuch | Problem, name: str) -> Problem:
    if isinstance(exc, Problem):
        return exc
    if isinstance(exc, Gone):
        return Problem(Notice(key="attachment-gone", args={"name": name}))
    args: dict[str, str | float] = {"name": name, "megabytes": MAX_BYTES // 2**20}
    return Problem(Notice(key="attachment-too-large", args=args))


def _files(turn: TurnRecord, index: int, *, newest: bool) -> list[Wanted]:
    return [Wanted(turn=index, message=turn.message, file=file, newest=newest) for file in turn.attachments]


async def _is_image(data: bytes) -> bool:
    try:
        await decoded(data)
    except IntakeError:
        return False
    return True
