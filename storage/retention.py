"""Removing much: what has outlived its tenant's retention, what a tenant or a place leaves behind, a person everywhere.

Each function is many short transactions, so that nobody waits long for it, and may be interrupted: called again it goes
on. Bytes are deleted after the transaction that forgot them; a crash in between leaves bytes that the next sweep deletes.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from storage import removal
from storage.blobs import Blobs
from storage.database import Database
from storage.removal import Condition
from storage.rooms import close_rooms
from storage.tables import generations, jobs, posts, requesters, rooms, tenants, turns, uploads
from storage.turns import empty_turns, tenant_of_conversation

_BATCH = 50  # images or uploads in a transaction


@dataclass(frozen=True, slots=True, kw_only=True)
class _Scope:
    """What goes. ``covers`` makes the condition for a table from it and the name of its column of time."""

    covers: Callable[[sa.Table, str], Condition]
    reason: str

    def of(self, table: sa.Table) -> Condition:
        return self.covers(table, "sent_at" if table is turns else "created_at")


async def expire(database: Database, blobs: Blobs, now: datetime) -> int:
    """Remove what is older than its tenant's retention. Returns how many images, uploads and messages that were."""
    async with database.write() as connection:
        await _settle_turns(connection)
    async with database.read() as connection:
        query = sa.select(tenants.c.id, tenants.c.retention_days).where(tenants.c.retention_days.is_not(None))
        kept = [(row.id, row.retention_days) for row in await connection.execute(query)]
    removed = 0
    for tenant, days in kept:
        removed += await _remove(database, blobs, _older(tenant, now - timedelta(days=days)))
    return removed


async def purge_tenant(database: Database, blobs: Blobs, tenant: str, reason: str) -> int:
    """Remove everything of a tenant; its jobs end, its preferences are forgotten, plan and counts stay.

    Returns:
        How many images, uploads and messages went.
    """
    async with database.write() as connection:
        await _settle_turns(connection)
        await removal.close_jobs(connection, jobs.c.tenant == tenant)
    removed = await _remove(
        database, blobs, _Scope(covers=lambda table, _time: table.c.tenant == tenant, reason=reason)
    )
    async with database.write() as connection:
        of_tenant = sa.select(jobs.c.id).where(jobs.c.tenant == tenant)
        await connection.execute(sa.update(posts).where(posts.c.job.in_(of_tenant)).values(state="dropped"))
        await connection.execute(sa.delete(rooms).where(rooms.c.tenant == tenant))
        await connection.execute(sa.update(tenants).where(tenants.c.id == tenant).values(preferences=sa.null()))
    return removed


async def purge_place(database: Database, blobs: Blobs, place: str, reason: str) -> int:
    """Remove the conversations of a thread or channel that is gone, and whatever runs in them.

    Those are: the one that bears its key, the one that its room says, and those whose answers stand there; likewise of
    everything that lies in it, whose keys begin with its own and a colon.

    Returns:
        How many images, uploads and messages went.
    """
    room, job = rooms.alias(), jobs.alias()  # apart from the tables that the condition is put on

    def within(key: sa.ColumnElement[str]) -> Condition:
        return sa.or_(key == place, key.startswith(f"{place}:", autoescape=True))

    by_room = sa.select(room.c.conversation).where(within(room.c.place))
    by_post = sa.select(job.c.conversation).join(posts, posts.c.job == job.c.id).where(within(posts.c.place))

    def there(table: sa.Table, _time: str = "") -> Condition:
        conversation: sa.ColumnElement[str] = table.c.conversation
        return sa.or_(within(conversation), conversation.in_(by_room.union(by_post)))

    async with database.write() as connection:
        await removal.close_jobs(connection, there(jobs))
    removed = await _remove(database, blobs, _Scope(covers=there, reason=reason))
    async with database.write() as connection:
        # Looked up first: the condition looks at the rows that change.
        answered = list((await connection.execute(sa.select(jobs.c.id).where(there(jobs)))).scalars())
        left = list((await connection.execute(sa.select(rooms.c.place).where(there(rooms)))).scalars())
        for gone in answered:
            await connection.execute(sa.update(posts).where(posts.c.job == gone).values(state="dropped"))
        await close_rooms(connection, left)
    return removed


async def erase_everywhere(database: Database, blobs: Blobs, requester: str) -> None:
    """Erase a person in every tenant, then what they said where no tenant is known."""
    async with database.read() as connection:
        known = sa.select(requesters.c.tenant).where(requesters.c.id == requester)
        said = sa.select(turns.c.tenant).where(turns.c.author == requester, turns.c.tenant.is_not(None))
        names = sorted((await connection.execute(known.union(said))).scalars())
    for tenant in names:
        async with database.write() as connection:
            freed = await removal.erase_requester(connection, tenant, requester)
        await blobs.delete(freed)
    async with database.write() as connection:
        await removal.erase_words(connection, requester)


def _older(tenant: str, than: datetime) -> _Scope:
    def covers(table: sa.Table, time: str) -> Condition:
        return sa.and_(table.c.tenant == tenant, table.c[time] < than)

    return _Scope(covers=covers, reason="retention")


async def _remove(database: Database, blobs: Blobs, scope: _Scope) -> int:
    removed = 0
    for batch in (_remove_images, _remove_uploads):
        while True:
            async with database.write() as connection:
                count, freed = await batch(connection, scope)
            await blobs.delete(freed)
            removed += count
            if count < _BATCH:
                break
    async with database.write() as connection:
        removed += await empty_turns(connection, scope.of(turns))
        await removal.forget_words(connection, scope.of(jobs))
    return removed


async def _remove_images(connection: AsyncConnection, scope: _Scope) -> tuple[int, set[str]]:
    query = sa.select(generations.c.id).where(scope.of(generations)).limit(_BATCH)
    images = list((await connection.execute(query)).scalars())
    freed = {digest for image in images for digest in await removal.remove_generation(connection, image, scope.reason)}
    return len(images), freed


async def _remove_uploads(connection: AsyncConnection, scope: _Scope) -> tuple[int, set[str]]:
    query = sa.select(uploads.c.digest, uploads.c.job).where(scope.of(uploads)).limit(_BATCH)
    found = (await connection.execute(query)).all()
    for digest, job in found:
        await connection.execute(sa.delete(uploads).where(uploads.c.digest == digest, uploads.c.job == job))
    return len(found), await removal.forget_unreferenced(connection, {digest for digest, _ in found})


async def _settle_turns(connection: AsyncConnection) -> None:
    """Give messages that were noted before their conversation was known its tenant."""
    await connection.execute(
        sa.update(turns)
        .where(turns.c.tenant.is_(None), turns.c.deleted_at.is_(None))
        .values(tenant=tenant_of_conversation(turns.c.conversation))
    )
