"""The quota ledger: images debited to a tenant per day (UTC), one row a job, given back when nothing came of it."""

from datetime import UTC, date, datetime

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.jobs import insert_missing, lock, require_job
from storage.tables import jobs, quota_ledger


async def debit(connection: AsyncConnection, job: str, tenant: str, units: int, limit_per_day: int) -> bool:
    """Take ``units`` images from today's quota of ``tenant``, once per job.

    Args:
        connection: The caller's transaction.
        job: An opened job.
        tenant: Whose quota.
        units: Images, at least 0.
        limit_per_day: Images per day; 0 for no limit (the ledger is kept all the same).

    Returns:
        True if the job's images are debited, now or earlier. False, and nothing is written, when they exceed the
        limit; False too for a job whose debit was given back.

    Raises:
        UnknownJob: The job was never opened.
        ValueError: ``units`` is negative.
    """
    if units < 0:
        raise ValueError("units must not be negative")
    await require_job(connection, job)
    # Two jobs of one tenant must not both see the last free image.
    await lock(connection, f"quota {tenant}")
    entry = sa.select(quota_ledger.c.refunded_at).where(quota_ledger.c.job == job)
    if (known := (await connection.execute(entry)).one_or_none()) is not None:
        return known.refunded_at is None
    now = datetime.now(UTC)
    if limit_per_day and await usage(connection, tenant, now.date()) + units > limit_per_day:
        return False
    return await insert_missing(
        connection, quota_ledger, job=job, tenant=tenant, day=now.date(), units=units, debited_at=now
    )


async def refund(connection: AsyncConnection, job: str) -> bool:
    """Give back what the job was debited. True if there was something to give back, and it was not given back yet."""
    done = await connection.execute(
        sa.update(quota_ledger)
        .where(quota_ledger.c.job == job, quota_ledger.c.refunded_at.is_(None))
        .values(refunded_at=datetime.now(UTC))
    )
    return done.rowcount == 1


async def usage(connection: AsyncConnection, tenant: str, day: date, requester: str | None = None) -> int:
    """Images debited to ``tenant`` (for one person, if given) on ``day`` (UTC) and not given back."""
    query = sa.select(sa.func.coalesce(sa.func.sum(quota_ledger.c.units), 0)).where(
        quota_ledger.c.tenant == tenant, quota_ledger.c.day == day, quota_ledger.c.refunded_at.is_(None)
    )
    if requester is not None:
        query = query.join(jobs, jobs.c.id == quota_ledger.c.job).where(jobs.c.requester == requester)
    return int((await connection.execute(query)).scalar_one())
