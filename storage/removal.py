"""Removing for good: a picture (takedown, retention) or everything of a person (erasure).

A removed image leaves a tombstone, so that a copy that turns up later is recognised and the image cannot come back.
The functions return the digests that nothing names any more; their bytes are deleted after the transaction.
"""

import hashlib
from datetime import UTC, datetime

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.generations import find_generation
from storage.jobs import add_requester, insert_missing
from storage.tables import blobs, erasures, generations, jobs, requesters, tombstones, uploads

ERASED = "erased"
"""Stands where a requester's id stood."""


async def remove_generation(connection: AsyncConnection, generation: str, reason: str) -> set[str]:
    """Replace an image by its tombstone. Returns the digests to delete; empty if it is gone already."""
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
    await connection.execute(sa.delete(generations).where(generations.c.id == generation))
    return await _forget_unreferenced(connection, {record.digest})


async def erase_requester(connection: AsyncConnection, tenant: str, requester: str) -> set[str]:
    """Remove every image and upload of a person and their words from their jobs; the jobs stay as counts.

    What the erasure log keeps of the person is a sha256 of tenant and requester. Returns the digests to delete.
    """
    theirs = (generations.c.tenant == tenant, generations.c.requester == requester)
    images = tuple((await connection.execute(sa.select(generations.c.id).where(*theirs))).scalars())
    freed = {digest for image in images for digest in await remove_generation(connection, image, "erasure")}
    dropped = await connection.execute(
        sa.delete(uploads)
        .where(uploads.c.tenant == tenant, uploads.c.requester == requester)
        .returning(uploads.c.digest)
    )
    digests = list(dropped.scalars())
    freed |= await _forget_unreferenced(connection, set(digests))
    await add_requester(connection, tenant, ERASED)
    await connection.execute(
        sa.update(jobs)
        .where(jobs.c.tenant == tenant, jobs.c.requester == requester)
        .values(requester=ERASED, reply="", request=sa.null(), unmet=[])
    )
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


async def _forget_unreferenced(connection: AsyncConnection, digests: set[str]) -> set[str]:
    if not digests:
        return set()
    gone = await connection.execute(
        sa.delete(blobs)
        .where(
            blobs.c.digest.in_(digests),
            ~sa.exists().where(generations.c.digest == blobs.c.digest),
            ~sa.exists().where(uploads.c.digest == blobs.c.digest),
        )
        .returning(blobs.c.digest)
    )
    return set(gone.scalars())
