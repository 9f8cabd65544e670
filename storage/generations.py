"""Statements about finished images: the revision graph, the uploads it draws upon, and what of them is gone.

Every function runs in its caller's transaction.
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.codec import decode, encode
from storage.errors import DatabaseConflict, GenerationRemoved, JobOver
from storage.folding import fold, storable
from storage.jobs import add_requester, insert_missing, lock_job, require_job
from storage.records import GenerationRecord
from storage.tables import blobs, generation_parents, generations, jobs, marks, renditions, tombstones, uploads

MARK_BITS = 48
_MARK_TRIES = 64
_MAX_DEPTH = 1000  # revisions that a history walks; also what keeps a made-up cycle from never ending


@dataclass(frozen=True, slots=True, kw_only=True)
class UploadRecord:
    """An admitted upload.

    Attributes:
        digest: sha256 of its sanitised bytes, the blob's name.
        position: Its place among the uploads of the job, from 0.
        width: Pixels of the sanitised image. Same for ``height``.
    """

    digest: str
    job: str
    tenant: str
    conversation: str
    requester: str
    media_type: str
    size_bytes: int
    width: int
    height: int
    position: int
    created_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Tombstone:
    """What is left of a removed image: enough to recognise a copy and to say that it was ours.

    Attributes:
        manifest: Label of the manifest it was signed with.
        reason: ``takedown``, ``erasure``, ``retention``.
    """

    generation: str
    tenant: str
    digest: str
    draft_digest: str
    manifest: str
    mark_id: int
    engine: str
    created_at: datetime
    removed_at: datetime
    reason: str


async def add_generation(connection: AsyncConnection, record: GenerationRecord) -> GenerationRecord:
    """Keep ``record``; when its id is known, the one that was kept first is returned untouched.

    Raises:
        UnknownJob: Its job was never opened.
        GenerationRemoved: It was removed; it does not come back.
    """
    if (known := await find_generation(connection, record.id)) is not None:
        return known
    if await _is_removed(connection, record.id):
        raise GenerationRemoved(record.id)
    await require_job(connection, record.job)
    await add_requester(connection, record.tenant, record.requester)
    await _add_blob(connection, record.digest, record.media_type, record.size_bytes, record.created_at)
    inserted = await insert_missing(
        connection,
        generations,
        id=record.id,
        job=record.job,
        image_index=record.index,
        tenant=record.tenant,
        conversation=record.conversation,
        requester=record.requester,
        created_at=record.created_at,
        digest=record.digest,
        draft_digest=record.draft_digest,
        manifest=record.credential.manifest,
        mark_id=record.mark_id,
        private=record.private,
        document=encode(GenerationRecord, record),
        prompt=storable(record.request.prompt),
        prompt_folded=fold(record.request.prompt),
    )
    if inserted:
        for rank, parent in enumerate(record.parents):
            await insert_missing(connection, generation_parents, generation=record.id, rank=rank, parent=parent)
    if (kept := await find_generation(connection, record.id)) is None:
        raise DatabaseConflict(f"the mark or the place of generation {record.id} in its job is taken by another one")
    return kept


async def find_generation(connection: AsyncConnection, generation: str) -> GenerationRecord | None:
    """The image of that id; None when there is none or it was removed."""
    return await _first(connection, sa.select(generations.c.document).where(generations.c.id == generation))


async def generations_of_job(connection: AsyncConnection, job: str) -> tuple[GenerationRecord, ...]:
    """The images of a job, by index."""
    query = sa.select(generations.c.document).where(generations.c.job == job).order_by(generations.c.image_index)
    return await _all(connection, query)


async def generations_of_conversation(connection: AsyncConnection, conversation: str) -> tuple[GenerationRecord, ...]:
    """The images of a conversation in the order in which they were asked for."""
    query = (
        sa.select(generations.c.document)
        .join(jobs, jobs.c.id == generations.c.job)
        .where(generations.c.conversation == conversation)
        .order_by(jobs.c.position, generations.c.image_index)
    )
    return await _all(connection, query)


async def find_by_digest(connection: AsyncConnection, digest: str) -> GenerationRecord | None:
    """The image whose signed bytes have that sha256, or a copy of it, else the oldest whose bytes before signing have."""
    copied = (
        generations.c.id == sa.select(renditions.c.generation).where(renditions.c.digest == digest).scalar_subquery()
    )
    for found_so in (generations.c.digest == digest, copied, generations.c.draft_digest == digest):
        query = sa.select(generations.c.document).where(found_so).order_by(generations.c.created_at)
        if (found := await _first(connection, query.limit(1))) is not None:
            return found
    return None


async def find_by_manifest(connection: AsyncConnection, label: str) -> GenerationRecord | None:
    """The image that was signed, itself or a copy of it, with the manifest of that label."""
    copies = sa.select(renditions.c.generation).where(renditions.c.manifest == label)
    for found_so in (generations.c.manifest == label, generations.c.id.in_(copies)):
        query = sa.select(generations.c.document).where(found_so).limit(1)
        if (found := await _first(connection, query)) is not None:
            return found
    return None


async def find_tombstone(connection: AsyncConnection, key: str) -> Tombstone | None:
    """What is left of the removed image with that id, signed digest, draft digest or manifest label."""
    columns = tombstones.c
    query = (
        sa.select(tombstones)
        .where(
            sa.or_(
                columns.generation == key, columns.digest == key, columns.draft_digest == key, columns.manifest == key
            )
        )
        .limit(1)
    )
    row = (await connection.execute(query)).mappings().one_or_none()
    return None if row is None else Tombstone(**row)


async def history(connection: AsyncConnection, generation: str) -> tuple[str, ...]:
    """The image and everything it was revised from, newest first, each id once; removed ones included.

    Empty when the id is unknown.
    """
    start = sa.select(sa.literal(generation, sa.Text).label("id"), sa.literal(0).label("depth"))
    walk = start.cte("walk", recursive=True)
    step = (
        sa.select(generation_parents.c.parent, walk.c.depth + 1)
        .join(walk, walk.c.id == generation_parents.c.generation)
        .where(walk.c.depth < _MAX_DEPTH)
    )
    walk = walk.union(step)
    query = sa.select(walk.c.id).group_by(walk.c.id).order_by(sa.func.min(walk.c.depth), walk.c.id)
    found = tuple((await connection.execute(query)).scalars())
    if len(found) > 1 or await find_generation(connection, generation) or await _is_removed(connection, generation):
        return found
    return ()


async def reserve_mark(connection: AsyncConnection, generation: str) -> int:
    """The 48-bit mark of a generation, unique over the database and the same whenever it is asked for."""
    for attempt in range(_MARK_TRIES):
        seed = hashlib.sha256(f"{generation}/{attempt}".encode()).digest()
        await insert_missing(
            connection, marks, mark_id=int.from_bytes(seed[: MARK_BITS // 8], "big"), generation=generation
        )
        query = sa.select(marks.c.mark_id).where(marks.c.generation == generation)
        if (mark := (await connection.execute(query)).scalar_one_or_none()) is not None:
            return int(mark)
    raise DatabaseConflict("no free mark was found")


async def add_upload(connection: AsyncConnection, record: UploadRecord) -> None:
    """Keep that a job was given an upload; once per job and digest.

    Raises:
        UnknownJob: The job was never opened.
        JobOver: It has ended, perhaps because its requester was erased, and nothing new is kept for it.
    """
    if (await lock_job(connection, record.job)).status == "done":
        known = sa.exists().where(uploads.c.job == record.job, uploads.c.digest == record.digest)
        if not (await connection.execute(sa.select(known))).scalar_one():
            raise JobOver(record.job)
        return
    await add_requester(connection, record.tenant, record.requester)
    await _add_blob(connection, record.digest, record.media_type, record.size_bytes, record.created_at)
    await insert_missing(
        connection,
        uploads,
        digest=record.digest,
        job=record.job,
        tenant=record.tenant,
        conversation=record.conversation,
        requester=record.requester,
        position=record.position,
        width=record.width,
        height=record.height,
        created_at=record.created_at,
    )


async def uploads_of_conversation(connection: AsyncConnection, conversation: str) -> tuple[UploadRecord, ...]:
    """The uploads of a conversation in the order of their jobs."""
    query = (
        sa.select(uploads, blobs.c.media_type, blobs.c.size_bytes)
        .join(blobs, blobs.c.digest == uploads.c.digest)
        .join(jobs, jobs.c.id == uploads.c.job)
        .where(uploads.c.conversation == conversation)
        .order_by(jobs.c.position, uploads.c.position)
    )
    return tuple(UploadRecord(**row) for row in (await connection.execute(query)).mappings())


async def referenced_digests(connection: AsyncConnection) -> set[str]:
    """Every digest that a generation, a copy of one, or an upload names."""
    query = sa.union(sa.select(generations.c.digest), sa.select(renditions.c.digest), sa.select(uploads.c.digest))
    return set((await connection.execute(query)).scalars())


async def _add_blob(connection: AsyncConnection, digest: str, media_type: str, size: int, created: datetime) -> None:
    await insert_missing(connection, blobs, digest=digest, media_type=media_type, size_bytes=size, created_at=created)


async def _is_removed(connection: AsyncConnection, generation: str) -> bool:
    query = sa.select(sa.exists().where(tombstones.c.generation == generation))
    return bool((await connection.execute(query)).scalar_one())


async def _first(connection: AsyncConnection, query: sa.Select[Any]) -> GenerationRecord | None:
    document = (await connection.execute(query)).scalars().first()
    return None if document is None else decode(GenerationRecord, document)


async def _all(connection: AsyncConnection, query: sa.Select[Any]) -> tuple[GenerationRecord, ...]:
    return tuple(decode(GenerationRecord, document) for document in (await connection.execute(query)).scalars())
