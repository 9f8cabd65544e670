"""Which conversation a place is, whether the place is ours, and up to where it was read.

Every function runs in its caller's transaction. Knows no platform.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.codec import decode
from storage.jobs import insert_missing, lock
from storage.tables import rooms, watermarks


@dataclass(frozen=True, slots=True, kw_only=True)
class RoomRecord:
    """A thread or channel in which a conversation goes on.

    Attributes:
        place: ``discord:<thread>``.
        owned: The bot opened it, so that everything said there is for the bot.
    """

    place: str
    conversation: str
    tenant: str
    owned: bool
    opened_at: datetime


async def open_room(connection: AsyncConnection, room: RoomRecord) -> RoomRecord:
    """Keep ``room``. A known place keeps its conversation; it may become ours, and then stays so."""
    await insert_missing(
        connection,
        rooms,
        place=room.place,
        conversation=room.conversation,
        tenant=room.tenant,
        owned=room.owned,
        opened_at=room.opened_at,
    )
    if room.owned:
        await connection.execute(sa.update(rooms).where(rooms.c.place == room.place, ~rooms.c.owned).values(owned=True))
    return await find_room(connection, room.place) or room


async def find_room(connection: AsyncConnection, place: str) -> RoomRecord | None:
    """The room at that place."""
    row = (await connection.execute(sa.select(rooms).where(rooms.c.place == place))).mappings().one_or_none()
    return None if row is None else decode(RoomRecord, dict(row))


async def rooms_of(connection: AsyncConnection, tenant: str) -> tuple[RoomRecord, ...]:
    """Every room of a tenant, newest first."""
    query = sa.select(rooms).where(rooms.c.tenant == tenant).order_by(rooms.c.opened_at.desc(), rooms.c.place)
    return tuple(decode(RoomRecord, dict(row)) for row in (await connection.execute(query)).mappings())


async def rooms_under(connection: AsyncConnection, prefix: str, limit: int) -> tuple[RoomRecord, ...]:
    """The rooms of every tenant whose id begins with ``prefix``, newest first."""
    query = (
        sa.select(rooms)
        .where(rooms.c.tenant.startswith(prefix, autoescape=True))
        .order_by(rooms.c.opened_at.desc(), rooms.c.place)
        .limit(limit)
    )
    return tuple(decode(RoomRecord, dict(row)) for row in (await connection.execute(query)).mappings())


async def close_rooms(connection: AsyncConnection, places: Sequence[str]) -> int:
    """Forget which conversations these places were; returns how many were known."""
    done = await connection.execute(sa.delete(rooms).where(rooms.c.place.in_(set(places))))
    return done.rowcount


async def seen(connection: AsyncConnection, key: str) -> str | None:
    """Up to where ``key`` was read."""
    query = sa.select(watermarks.c.until).where(watermarks.c.key == key)
    until: str | None = (await connection.execute(query)).scalar_one_or_none()
    return until


async def mark_seen(connection: AsyncConnection, key: str, until: str) -> str:
    """Keep that ``key`` was read up to ``until``; of two numbers the larger one stays.

    Returns:
        Up to where it counts as read now.
    """
    await lock(connection, f"watermark {key}")
    known = await seen(connection, key)
    if known is None:
        await insert_missing(connection, watermarks, key=key, until=until, updated_at=datetime.now(UTC))
        return until
    if _is_number(known) and _is_number(until) and int(until) <= int(known):
        return known
    await connection.execute(
        sa.update(watermarks).where(watermarks.c.key == key).values(until=until, updated_at=datetime.now(UTC))
    )
    return until


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= 32
