"""Removing for good: a picture (takedown), everything of a person (erasure), or whatever a scope covers (retention, purge).

A removed image leaves a tombstone, so that a copy that turns up later is recognised and the image cannot come back; a
message leaves an empty row for the same reason. Jobs stay as counts, without words. Every function runs in its caller's
transaction and returns the digests that nothing names any more; their bytes are deleted after the transaction.
"""

import hashlib
from datetime import UTC, datetime

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.files import drop_files
from storage.generations import find_generation
from storage.jobs import add_requester, insert_missing
from storage.records import ERASED
from storage.renditions import drop_renditions
from storage.tables import (
    blobs,
    erasures,
    feedback,
    generations,
    jobs,
    quota_ledger,
    renditions,
    reports,
    requesters,
    tombstones,
    turns,
    uploads,
)
from storage.turns import tenant_of_conversation

Condition = sa.ColumnElement[bool]


async def remove_generation(connection: AsyncConnection, generation: str, reason: str) -> set[str]:
    """Replace an image and its copies by a tombstone. Returns the digests to delete; empty if it is gone already."""
    # Locked first: whoever adds a copy or an opinion locks it too, and finds it gone.
    await connection.execute(sa.select(generations.c.id).where(generations.c.id == generation).with_for_update())
    record = await find_generation(connection, generation)
    if record is None:
        return set()
    await insert_missing(
        connection,
        tombstones,
        generation=record.id,
        tenant=record.tenant,
        digest=record.digest,
        draft_digest=record.draft_digest,
        manifest=record.credential.manifest,
        mark_id=record.mark_id,
        engine=record.engine,
        created_at=record.created_at,
        removed_at=datetime.now(UTC),
        reason=reason,
    )
    digests = {record.digest} | await drop_renditions(connection, generation)
    await drop_files(connection, generation)
    await connection.execute(sa.delete(feedback).where(feedback.c.generation == generation))
    await connection.execute(sa.delete(generations).where(generations.c.id == generation))
    return await forget_unreferenced(connection, digests)


async def erase_requester(connection: AsyncConnection, tenant: str, requester: str) -> set[str]:
    """Remove all images, uploads, messages, opinions and words of a person; what was running for them ends.

    What the erasure log keeps of the person is a sha256 of tenant and requester. Returns the digests to delete.
    """
    theirs = (jobs.c.tenant == tenant, jobs.c.requester == requester)
    await close_jobs(connection, *theirs)
    images = await _images(connection, generations.c.tenant == tenant, generations.c.requester == requester)
    freed = {digest for image in images for digest in await remove_generation(connection, image, "erasure")}
    dropped = await connection.execute(
        sa.delete(uploads)
        .where(uploads.c.tenant == tenant, uploads.c.requester == requester)
        .returning(uploads.c.digest)
    )
    digests = list(dropped.scalars())
    freed |= await forget_unreferenced(connection, set(digests))
    said_there = sa.or_(
        turns.c.tenant == tenant,
        sa.and_(turns.c.tenant.is_(None), tenant_of_conversation(turns.c.conversation) == tenant),
    )
    of_tenant = sa.select(generations.c.id).where(generations.c.tenant == tenant)
    await erase_words(
        connection,
        requester,
        turns_where=said_there,
        feedback_where=feedback.c.generation.in_(of_tenant),
        reports_where=reports.c.tenant == tenant,
    )
    await forget_words(connection, *theirs)
    await add_requester(connection, tenant, ERASED)
    await connection.execute(sa.update(jobs).where(*theirs).values(requester=ERASED))
    await connection.execute(sa.delete(requesters).where(requesters.c.tenant == tenant, requesters.c.id == requester))
    await connection.execute(
        sa.insert(erasures).values(
            tenant=tenant,
            requester_digest=hashlib.sha256(f"{tenant}\n{requester}".encode()).hexdigest(),
            erased_at=datetime.now(UTC),
            generations=len(images),
            uploads=len(digests),
        )
    )
    return freed


async def erase_words(
    connection: AsyncConnection,
    requester: str,
    *,
    turns_where: Condition | None = None,
    feedback_where: Condition | None = None,
    reports_where: Condition | None = None,
) -> None:
    """Empty a person's messages, forget their opinions, and take name and words off their reports."""
    await connection.execute(
        sa.update(turns)
        .where(turns.c.author == requester, sa.true() if turns_where is None else turns_where)
        .values(
            author=ERASED,
            text="",
            attachments=[],
            reply_to=None,
            deleted_at=sa.func.coalesce(turns.c.deleted_at, datetime.now(UTC), type_=turns.c.deleted_at.type),
        )
    )
    await connection.execute(
        sa.delete(feedback).where(
            feedback.c.requester == requester, sa.true() if feedback_where is None else feedback_where
        )
    )
    await connection.execute(
        sa.update(reports)
        .where(reports.c.reporter == requester, sa.true() if reports_where is None else reports_where)
        .values(reporter=None, reason="")
    )


async def close_jobs(connection: AsyncConnection, *which: Condition) -> int:
    """Cancel the jobs that fit and are not done, and give their quota back. Returns how many."""
    now = datetime.now(UTC)
    closed = await connection.execute(
        sa.update(jobs)
        .where(jobs.c.status != "done", *which)
        .values(status="done", outcome="cancelled", finished_at=now)
        .returning(jobs.c.id)
    )
    ended = list(closed.scalars())
    for job in ended:
        await connection.execute(
            sa.update(quota_ledger)
            .where(quota_ledger.c.job == job, quota_ledger.c.refunded_at.is_(None))
            .values(refunded_at=now)
        )
    return len(ended)


async def forget_words(connection: AsyncConnection, *which: Condition) -> None:
    """Take the words out of the jobs that fit and are done."""
    ended = (jobs.c.status == "done", *which)
    await connection.execute(sa.update(jobs).where(*ended).values(reply="", request=sa.null(), unmet=[]))


async def forget_unreferenced(connection: AsyncConnection, digests: set[str]) -> set[str]:
    """Forget those of ``digests`` that nothing names any more; returns them."""
    if not digests:
        return set()
    gone = await connection.execute(
        sa.delete(blobs)
        .where(
            blobs.c.digest.in_(digests),
            ~sa.exists().where(generations.c.digest == blobs.c.digest),
            ~sa.exists().where(renditions.c.digest == blobs.c.digest),
            ~sa.exists().where(uploads.c.digest == blobs.c.digest),
        )
        .returning(blobs.c.digest)
    )
    return set(gone.scalars())


async def _images(connection: AsyncConnection, *which: Condition) -> tuple[str, ...]:
    return tuple((await connection.execute(sa.select(generations.c.id).where(*which))).scalars())
