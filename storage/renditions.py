"""Copies of an image that were encoded and signed anew, because a platform would not take the original.

A copy is part of its image: it is found as the image, its bytes are kept as long, and it goes with it.
Every function runs in its caller's transaction.
"""

from dataclasses import dataclass
from datetime import UTC, datetime

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.codec import decode
from storage.errors import GenerationRemoved
from storage.jobs import insert_missing
from storage.tables import blobs, generations, renditions


@dataclass(frozen=True, slots=True, kw_only=True)
class RenditionRecord:
    """A copy whose blob is stored.

    Attributes:
        digest: sha256 (hex) of its signed bytes, the blob's name.
        width: In pixels, as ``height``.
        manifest: Label of the manifest it is signed with; the original is its parent.
        reason: What it was made for, a key of whoever made it; one copy of an image for each.
    """

    digest: str
    generation: str
    media_type: str
    width: int
    height: int
    size_bytes: int
    manifest: str
    reason: str


async def add_rendition(connection: AsyncConnection, record: RenditionRecord) -> RenditionRecord:
    """Keep ``record``; where its image has a copy for that reason already, that one is returned untouched.

    Raises:
        GenerationRemoved: There is no such image any more.
    """
    # Locked, so that the image is not removed in between, which would leave its copy behind.
    image = sa.select(generations.c.id).where(generations.c.id == record.generation).with_for_update()
    if (await connection.execute(image)).first() is None:
        raise GenerationRemoved(record.generation)
    if (known := await find_rendition(connection, record.generation, record.reason)) is not None:
        return known
    now = datetime.now(UTC)
    await insert_missing(
        connection,
        blobs,
        digest=record.digest,
        media_type=record.media_type,
        size_bytes=record.size_bytes,
        created_at=now,
    )
    await connection.execute(
        sa.insert(renditions).values(
            digest=record.digest,
            generation=record.generation,
            media_type=record.media_type,
            width=record.width,
            height=record.height,
            size_bytes=record.size_bytes,
            manifest=record.manifest,
            reason=record.reason,
            created_at=now,
        )
    )
    return record


async def find_rendition(connection: AsyncConnection, generation: str, reason: str) -> RenditionRecord | None:
    """The copy of an image that was made for ``reason``."""
    query = sa.select(renditions).where(renditions.c.generation == generation, renditions.c.reason == reason)
    row = (await connection.execute(query)).mappings().one_or_none()
    return None if row is None else decode(RenditionRecord, dict(row))


async def drop_renditions(connection: AsyncConnection, generation: str) -> set[str]:
    """Forget all copies of an image; returns their digests."""
    dropped = sa.delete(renditions).where(renditions.c.generation == generation).returning(renditions.c.digest)
    return set((await connection.execute(dropped)).scalars())
