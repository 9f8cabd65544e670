"""What was said in chats, by the platform's key of each message.

Every function runs in its caller's transaction. A message that was deleted, erased or has expired stays as an empty
row: platforms tell things twice and out of order, and nothing may bring its words back. Knows no platform.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.codec import decode, encode
from storage.folding import storable
from storage.jobs import insert_missing
from storage.tables import generations, jobs, rooms, turns

MAX_TEXT = 20_000  # characters of a message that are kept
MAX_ATTACHMENTS = 20
MAX_NAME, MAX_URL = 300, 4_000
MAX_TURNS = 1_000  # that are read at once


@dataclass(frozen=True, slots=True, kw_only=True)
class AttachmentRef:
    """A file as a platform showed it.

    Attributes:
        id: The platform's own.
        url: Where it was; it may have expired, so it is asked for anew through the message (D20).
        media_type: As claimed; what it is, only its bytes tell.
        size_bytes: As claimed.
    """

    id: str
    name: str
    url: str
    media_type: str | None = None
    size_bytes: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class TurnRecord:
    """One message of a person.

    Attributes:
        conversation: The one it belongs to, from the first time it is noted.
        message: The platform's key with its prefix, unique over everything: ``discord:123``, ``slack:T1:C1:ts``.
        author: Requester id of who wrote it.
        to_bot: Whether it was for the bot.
        reply_to: Key of the message it replies to.
        job: The job that it asked for.
        edited_at: When it was last edited, as far as known; likewise ``deleted_at``.
        tenant: Found through its job, conversation or room unless given.
    """

    conversation: str
    message: str
    author: str
    text: str
    sent_at: datetime
    to_bot: bool = True
    reply_to: str | None = None
    attachments: tuple[AttachmentRef, ...] = ()
    job: str | None = None
    edited_at: datetime | None = None
    deleted_at: datetime | None = None
    tenant: str | None = None


async def note_turn(connection: AsyncConnection, turn: TurnRecord) -> TurnRecord:
    """Insert ``turn``, or bring what is known of its message up to date.

    Of a known one: an older version than the one known changes nothing but its job, and a job once set stays. A
    deleted one stays as it is.

    Returns:
        The turn as it is kept now.
    """
    said = _bounded(turn)
    tenant = said.tenant or await _tenant_of(connection, said)
    values = _values(replace(said, tenant=tenant))
    if await insert_missing(connection, turns, **values):
        return decode(TurnRecord, values)
    known = await _locked(connection, said.message)
    if known.deleted_at is not None:
        return known
    merged = replace(known, job=known.job or said.job, tenant=known.tenant or tenant)
    if not _is_older(said.edited_at, known.edited_at):
        merged = replace(
            merged,
            text=said.text,
            attachments=said.attachments,
            edited_at=said.edited_at,
            to_bot=said.to_bot or merged.job is not None,
            reply_to=said.reply_to or known.reply_to,
        )
    if said.deleted_at is not None:
        merged = _emptied(merged, said.deleted_at)
    if merged != known:
        await _write(connection, merged)
    return merged


async def edit_turn(
    connection: AsyncConnection,
    message: str,
    text: str,
    attachments: Sequence[AttachmentRef],
    edited_at: datetime,
) -> bool:
    """Put new words in place of the old. False, and nothing changes: unknown, deleted, or known in a newer version."""
    known = await _locked_or_none(connection, message)
    if known is None or known.deleted_at is not None or _is_older(edited_at, known.edited_at):
        return False
    edited = replace(known, text=text, attachments=tuple(attachments), edited_at=edited_at)
    await _write(connection, _bounded(edited))
    return True


async def delete_turns(connection: AsyncConnection, messages: Sequence[str]) -> tuple[TurnRecord, ...]:
    """Empty these messages of words and files.

    Returns:
        Those that were known and not deleted yet, as they were.
    """
    deleted = []
    for message in sorted(set(messages)):  # one order for everybody: locks taken crosswise would block each other
        known = await _locked_or_none(connection, message)
        if known is not None and known.deleted_at is None:
            await _write(connection, _emptied(known, datetime.now(UTC)))
            deleted.append(known)
    return tuple(deleted)


async def find_turn(connection: AsyncConnection, message: str) -> TurnRecord | None:
    """The turn with that message, also a deleted one."""
    row = (await connection.execute(sa.select(turns).where(turns.c.message == message))).mappings().one_or_none()
    return None if row is None else decode(TurnRecord, dict(row))


async def turns_of(connection: AsyncConnection, conversation: str, limit: int) -> tuple[TurnRecord, ...]:
    """The newest ``limit`` turns of a conversation in the order in which they were sent.

    Of deleted ones, those whose images still stand: people go on about an image although somebody deleted the request.
    """
    answered = sa.select(generations.c.job).where(generations.c.job == turns.c.job).exists()
    query = (
        sa.select(turns)
        .where(turns.c.conversation == conversation, sa.or_(turns.c.deleted_at.is_(None), answered))
        .order_by(turns.c.sent_at.desc(), sa.func.length(turns.c.message).desc(), turns.c.message.desc())
        .limit(max(0, min(limit, MAX_TURNS)))
    )
    rows = (await connection.execute(query)).mappings().all()
    return tuple(decode(TurnRecord, dict(row)) for row in reversed(rows))


async def empty_turns(connection: AsyncConnection, *which: sa.ColumnElement[bool], **more: Any) -> int:
    """Empty all turns that fit and are not empty yet; ``more`` are columns to set besides. Returns how many."""
    done = await connection.execute(
        sa.update(turns)
        .where(turns.c.deleted_at.is_(None), *which)
        .values(text="", attachments=[], deleted_at=datetime.now(UTC), **more)
    )
    return done.rowcount


def tenant_of_conversation(conversation: sa.ColumnElement[str] | str) -> sa.ColumnElement[str | None]:
    """The tenant that a conversation belongs to, as its jobs or its room have it; NULL when neither is known."""
    by_job = sa.select(jobs.c.tenant).where(jobs.c.conversation == conversation).limit(1).scalar_subquery()
    by_room = sa.select(rooms.c.tenant).where(rooms.c.conversation == conversation).limit(1).scalar_subquery()
    return sa.func.coalesce(by_job, by_room)


async def _tenant_of(connection: AsyncConnection, turn: TurnRecord) -> str | None:
    found = tenant_of_conversation(turn.conversation)
    if turn.job is not None:
        own = sa.select(jobs.c.tenant).where(jobs.c.id == turn.job).scalar_subquery()
        found = sa.func.coalesce(own, found)
    tenant: str | None = (await connection.execute(sa.select(found))).scalar_one()
    return tenant


async def _locked(connection: AsyncConnection, message: str) -> TurnRecord:
    query = sa.select(turns).where(turns.c.message == message).with_for_update()
    return decode(TurnRecord, dict((await connection.execute(query)).mappings().one()))


async def _locked_or_none(connection: AsyncConnection, message: str) -> TurnRecord | None:
    query = sa.select(turns).where(turns.c.message == message).with_for_update()
    row = (await connection.execute(query)).mappings().one_or_none()
    return None if row is None else decode(TurnRecord, dict(row))


async def _write(connection: AsyncConnection, turn: TurnRecord) -> None:
    await connection.execute(sa.update(turns).where(turns.c.message == turn.message).values(**_values(turn)))


def _values(turn: TurnRecord) -> dict[str, Any]:
    return {
        "message": turn.message,
        "conversation": turn.conversation,
        "tenant": turn.tenant,
        "author": turn.author,
        "text": turn.text,
        "sent_at": turn.sent_at,
        "to_bot": turn.to_bot,
        "reply_to": turn.reply_to,
        "attachments": encode(tuple[AttachmentRef, ...], turn.attachments),
        "job": turn.job,
        "edited_at": turn.edited_at,
        "deleted_at": turn.deleted_at,
    }


def _bounded(turn: TurnRecord) -> TurnRecord:
    """Within bounds, and emptied if it comes as a deleted one."""
    if turn.deleted_at is not None:
        return _emptied(turn, turn.deleted_at)
    return replace(
        turn,
        text=storable(turn.text)[:MAX_TEXT],
        attachments=tuple(
            replace(
                item,
                id=storable(item.id)[:MAX_NAME],
                name=storable(item.name)[:MAX_NAME],
                url=storable(item.url)[:MAX_URL],
                media_type=None if item.media_type is None else storable(item.media_type)[:MAX_NAME],
            )
            for item in turn.attachments[:MAX_ATTACHMENTS]
        ),
    )


def _emptied(turn: TurnRecord, deleted_at: datetime) -> TurnRecord:
    return replace(turn, text="", attachments=(), deleted_at=deleted_at)


def _is_older(version: datetime | None, than: datetime | None) -> bool:
    return than is not None and (version is None or version < than)
