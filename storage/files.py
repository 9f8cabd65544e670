"""Files that a platform keeps for us: which image each one is.

By them an image is recognised in a message, an upload that was not used yet is found again, and what a platform keeps
is deleted with the image. Every function runs in its caller's transaction. Knows no platform: keys carry its prefix.
"""

from dataclasses import dataclass
from datetime import UTC, datetime

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.codec import decode
from storage.errors import GenerationRemoved
from storage.jobs import insert_missing
from storage.tables import files, generations


@dataclass(frozen=True, slots=True, kw_only=True)
class FileRecord:
    """An image, or a copy of it, as a platform's file.

    Attributes:
        key: ``slack:<team>:<file>``.
        generation: Id of the image.
        digest: sha256 (hex) of the bytes that were uploaded.
    """

    key: str
    generation: str
    digest: str


async def keep_file(connection: AsyncConnection, file: FileRecord) -> FileRecord:
    """Keep ``file``; a known key stays what it is.

    Raises:
        GenerationRemoved: There is no such image any more.
    """
    # Locked, so that the image is not removed in between.
    image = sa.select(generations.c.id).where(generations.c.id == file.generation).with_for_update()
    if (await connection.execute(image)).first() is None:
        raise GenerationRemoved(file.generation)
    await insert_missing(
        connection,
        files,
        key=file.key,
        generation=file.generation,
        digest=file.digest,
        created_at=datetime.now(UTC),
    )
    return await find_file(connection, file.key) or file


async def find_file(connection: AsyncConnection, key: str) -> FileRecord | None:
    """The file with that key."""
    row = (await connection.execute(sa.select(files).where(files.c.key == key))).mappings().one_or_none()
    return None if row is None else decode(FileRecord, dict(row))


async def files_of(connection: AsyncConnection, generation: str) -> tuple[FileRecord, ...]:
    """The files of an image, newest first."""
    query = sa.select(files).where(files.c.generation == generation).order_by(files.c.created_at.desc(), files.c.key)
    return tuple(decode(FileRecord, dict(row)) for row in (await connection.execute(query)).mappings())


async def drop_file(connection: AsyncConnection, key: str) -> None:
    """The platform does not have it any more."""
    await connection.execute(sa.delete(files).where(files.c.key == key))


async def drop_files(connection: AsyncConnection, generation: str) -> None:
    """Forget all files of an image."""
    await connection.execute(sa.delete(files).where(files.c.generation == generation))
