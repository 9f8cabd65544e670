"""Which conversation a thread is, and up to where its platform was read.

Every function runs in its caller's transaction.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.jobs import insert_missing
from storage.tables import rooms, watermarks


@dataclass(frozen=True, slots=True, kw_only=True)
class RoomRecord:
    """A thread or direct message with a conversation in it; ``owned`` when the bot opened it."""

    place: str
    conversation: str
    tenant: str
    owned: bool
    opened_at: datetime


async def find_room(connection: AsyncConnection, place: str) -> RoomRecord | None:
    """The room at a place."""
    row = (await connection.execute(sa.select(rooms).where(rooms.c.place == place))).mappings().one_or_none()
    return None if row is None else RoomRecord(**row)


async def open_room(connection: AsyncConnection, room: RoomRecord) -> RoomRecord:
    """Remember a room; the first conversation stays, and owning it may come later."""
    if not await insert_missing(connection, rooms, **asdict(room)) and room.owned:
        await connection.execute(sa.update(rooms).where(rooms.c.place == room.place).values(owned=True))
    return await find_room(connection, room.place) or room


async def rooms_of(connection: AsyncConnection, tenant: str) -> tuple[RoomRecord, ...]:
    """Every room of a tenant."""
    query = sa.select(rooms).where(rooms.c.tenant == tenant).order_by(rooms.c.opened_at)
    return tuple(RoomRecord(**row) for row in (await connection.execute(query)).mappings())


async def close_rooms(connection: AsyncConnection, places: Sequence[str]) -> None:
    """Forget rooms."""
    await connection.execute(sa.delete(rooms).where(rooms.c.place.in_(places)))


async def seen(connection: AsyncConnection, key: str) -> str | None:
    """Up to where something was read."""
    return (await connection.execute(sa.select(watermarks.c.until).where(watermarks.c.key == key))).scalar_one_or_none()


async def mark_seen(connection: AsyncConnection, key: str, until: str) -> None:
    """Move a mark forward; numbers never move backwards."""
    if await insert_missing(connection, watermarks, key=key, until=until):
        return
    before = await seen(connection, key)
    if before is not None and before.isdecimal() and until.isdecimal() and int(before) >= int(until):
        return
    await connection.execute(sa.update(watermarks).where(watermarks.c.key == key).values(until=until))
