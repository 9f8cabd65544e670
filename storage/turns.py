"""What was said: one row a message of a chat, as the bot saw it.

Every function runs in its caller's transaction and is idempotent by the message's key.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.codec import decode, encode
from storage.jobs import insert_missing, storable
from storage.tables import turns


@dataclass(frozen=True, slots=True, kw_only=True)
class AttachmentRef:
    """Where a file was seen on a platform. ``url`` may expire; the message gives a fresh one."""

    id: str
    name: str
    url: str
    media_type: str | None = None
    size_bytes: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class TurnRecord:
    """One message.

    Attributes:
        message: The platform's key with its prefix, ``discord:123``; unique.
        author: Requester id, ``discord:<user>``.
        to_bot: Whether it was for the bot.
        reply_to: The message it replied to.
        job: The job that it started, if any.
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


async def note_turn(connection: AsyncConnection, turn: TurnRecord) -> TurnRecord:
    """Insert or update by message. A job once set stays, and what was deleted stays deleted."""
    values = _values(turn)
    if not await insert_missing(connection, turns, **values):
        kept = {key: values[key] for key in ("text", "attachments")}
        if turn.job is not None:
            kept["job"] = sa.func.coalesce(turns.c.job, turn.job)
            kept["to_bot"] = True
        if turn.edited_at is not None:
            kept["edited_at"] = turn.edited_at
        await connection.execute(
            sa.update(turns).where(turns.c.message == turn.message, turns.c.deleted_at.is_(None)).values(**kept)
        )
    found = await find_turn(connection, turn.message)
    return turn if found is None else found


async def find_turn(connection: AsyncConnection, message: str) -> TurnRecord | None:
    """The message of that key, deleted or not."""
    row = (await connection.execute(sa.select(turns).where(turns.c.message == message))).mappings().one_or_none()
    return None if row is None else _record(row)


async def turns_of(connection: AsyncConnection, conversation: str, limit: int) -> tuple[TurnRecord, ...]:
    """The newest ``limit`` messages of a conversation in order of sending, without deleted ones."""
    newest = (
        sa.select(turns)
        .where(turns.c.conversation == conversation, turns.c.deleted_at.is_(None))
        .order_by(turns.c.sent_at.desc(), sa.func.length(turns.c.message).desc(), turns.c.message.desc())
        .limit(limit)
    )
    rows = list((await connection.execute(newest)).mappings())
    return tuple(_record(row) for row in reversed(rows))


async def edit_turn(
    connection: AsyncConnection,
    message: str,
    text: str,
    attachments: tuple[AttachmentRef, ...],
    edited_at: datetime,
) -> bool:
    """Change what a known message says; False when it is not known."""
    done = await connection.execute(
        sa.update(turns)
        .where(turns.c.message == message, turns.c.deleted_at.is_(None))
        .values(text=storable(text), attachments=encode(tuple[AttachmentRef, ...], attachments), edited_at=edited_at)
    )
    return done.rowcount == 1


async def delete_turns(connection: AsyncConnection, messages: Sequence[str]) -> tuple[TurnRecord, ...]:
    """Forget what messages said; returns those that were known, as they were."""
    query = sa.select(turns).where(turns.c.message.in_(messages), turns.c.deleted_at.is_(None))
    known = tuple(_record(row) for row in (await connection.execute(query)).mappings())
    await connection.execute(
        sa.update(turns)
        .where(turns.c.message.in_([turn.message for turn in known]))
        .values(deleted_at=datetime.now(UTC), text="", attachments=[])
    )
    return known


def _values(turn: TurnRecord) -> dict[str, Any]:
    document: dict[str, Any] = encode(TurnRecord, turn)
    return {
        **document,
        "text": storable(turn.text),
        "sent_at": turn.sent_at,
        "edited_at": turn.edited_at,
        "deleted_at": turn.deleted_at,
    }


def _record(row: Any) -> TurnRecord:
    return decode(TurnRecord, dict(row))
