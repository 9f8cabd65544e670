"""Statements about jobs: opened before any work, closed once with their outcome.

Every function runs in its caller's transaction and is idempotent by the job's id.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert as insert_postgres
from sqlalchemy.dialects.sqlite import insert as insert_sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from generator.request import GenerationRequest
from moderation.types import Verdict
from storage.codec import decode, encode
from storage.errors import UnknownJob
from storage.folding import storable
from storage.records import JobRecord
from storage.tables import attempts, jobs, requesters, tenants


@dataclass(frozen=True, slots=True, kw_only=True)
class JobEnd:
    """How a job ended; fields as in ``JobRecord``."""

    outcome: str
    reply: str = ""
    request: GenerationRequest | None = None
    verdicts: tuple[Verdict, ...] = ()
    unmet: tuple[str, ...] = ()
    silent: bool = False


async def insert_missing(connection: AsyncConnection, table: sa.Table, **values: Any) -> bool:
    """Insert a row unless one with its key is there. True if it was inserted."""
    insert = insert_postgres if connection.dialect.name == "postgresql" else insert_sqlite
    # Drivers disagree on the row count of such a statement, so the row itself is asked for.
    key = next(iter(table.primary_key.columns))
    done = await connection.execute(insert(table).values(**values).on_conflict_do_nothing().returning(key))
    return done.first() is not None


async def lock(connection: AsyncConnection, name: str) -> None:
    """Make everybody who names the same thing queue up until this transaction ends. SQLite has one writer anyway."""
    if connection.dialect.name == "postgresql":
        await connection.execute(sa.text("SELECT pg_advisory_xact_lock(hashtextextended(:name, 0))"), {"name": name})


async def add_requester(connection: AsyncConnection, tenant: str, requester: str) -> None:
    """Make sure that the tenant and its requester have rows, with default settings."""
    now = datetime.now(UTC)
    await insert_missing(connection, tenants, id=tenant, created_at=now)
    await insert_missing(connection, requesters, tenant=tenant, id=requester, created_at=now)


async def open_job(connection: AsyncConnection, record: JobRecord) -> JobRecord:
    """Insert ``record`` at the end of the order (its own position is ignored), or find the job of that id."""
    # Positions must become visible in ascending order within a conversation, or a later job would not see an
    # earlier one that is just being committed.
    await lock(connection, f"conversation {record.conversation}")
    if (known := await find_job(connection, record.id)) is not None:
        return known
    await add_requester(connection, record.tenant, record.requester)
    await insert_missing(
        connection,
        jobs,
        id=record.id,
        tenant=record.tenant,
        conversation=record.conversation,
        requester=record.requester,
        ordered=record.ordered,
        status="waiting",
        private=record.private,
        locale=record.locale,
        created_at=record.created_at,
        reply="",
        verdicts=[],
        unmet=[],
    )
    return await require_job(connection, record.id)


async def start_job(connection: AsyncConnection, job: str) -> JobRecord:
    """From waiting to running; a job that is further stays as it is."""
    await connection.execute(
        sa.update(jobs).where(jobs.c.id == job, jobs.c.status == "waiting").values(status="running")
    )
    return await require_job(connection, job)


async def finish_job(connection: AsyncConnection, job: str, end: JobEnd) -> JobRecord:
    """Close the job; one that is closed keeps its first end."""
    await connection.execute(
        sa.update(jobs)
        .where(jobs.c.id == job, jobs.c.status != "done")
        .values(
            status="done",
            finished_at=datetime.now(UTC),
            outcome=end.outcome,
            reply=storable(end.reply),
            request=None if end.request is None else encode(GenerationRequest, end.request),
            verdicts=encode(tuple[Verdict, ...], end.verdicts),
            unmet=[storable(words) for words in end.unmet],
            silent=end.silent,
        )
    )
    return await require_job(connection, job)


async def find_job(connection: AsyncConnection, job: str) -> JobRecord | None:
    """The job of that id, or None."""
    row = (await connection.execute(sa.select(jobs).where(jobs.c.id == job))).mappings().one_or_none()
    return None if row is None else _record(row)


async def lock_job(connection: AsyncConnection, job: str) -> JobRecord:
    """The job of that id, unchangeable for others until this transaction ends.

    Raises:
        UnknownJob: There is none.
    """
    row = (await connection.execute(sa.select(jobs).where(jobs.c.id == job).with_for_update())).mappings().one_or_none()
    if row is None:
        raise UnknownJob(job)
    return _record(row)


async def require_job(connection: AsyncConnection, job: str) -> JobRecord:
    """The job of that id.

    Raises:
        UnknownJob: There is none.
    """
    if (known := await find_job(connection, job)) is None:
        raise UnknownJob(job)
    return known


async def earlier_unfinished(connection: AsyncConnection, job: str) -> tuple[str, ...]:
    """Ids of the jobs of the same conversation that arrived before ``job`` and are not done, oldest first."""
    this = await require_job(connection, job)
    query = (
        sa.select(jobs.c.id)
        .where(jobs.c.conversation == this.conversation, jobs.c.position < this.position, jobs.c.status != "done")
        .order_by(jobs.c.position)
    )
    return tuple((await connection.execute(query)).scalars())


async def unfinished(
    connection: AsyncConnection,
    *,
    conversation: str | None = None,
    requester: str | None = None,
    tenant: str | None = None,
) -> tuple[JobRecord, ...]:
    """Every job that is not done, oldest first; only those that fit what is given."""
    query = sa.select(jobs).where(jobs.c.status != "done").order_by(jobs.c.position)
    if conversation is not None:
        query = query.where(jobs.c.conversation == conversation)
    if requester is not None:
        query = query.where(jobs.c.requester == requester)
    if tenant is not None:
        query = query.where(jobs.c.tenant == tenant)
    return tuple(_record(row) for row in (await connection.execute(query)).mappings())


async def jobs_of_conversation(connection: AsyncConnection, conversation: str) -> tuple[JobRecord, ...]:
    """Every job of a conversation, oldest first."""
    query = sa.select(jobs).where(jobs.c.conversation == conversation).order_by(jobs.c.position)
    return tuple(_record(row) for row in (await connection.execute(query)).mappings())


async def count_attempt(connection: AsyncConnection, job: str, weight: int = 1) -> int:
    """Count one more attempt at a job, or ``weight``; returns how many that makes. For giving up on what kills us."""
    await require_job(connection, job)
    await insert_missing(connection, attempts, job=job, count=0, updated_at=datetime.now(UTC))
    counted = await connection.execute(
        sa.update(attempts)
        .where(attempts.c.job == job)
        .values(count=attempts.c.count + weight, updated_at=datetime.now(UTC))
        .returning(attempts.c.count)
    )
    return int(counted.scalar_one())


def _record(row: Any) -> JobRecord:
    return decode(JobRecord, dict(row))
