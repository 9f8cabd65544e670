"""Where the answer of a job stands in its chat: waiting, placed, delivered or dropped, once per job.

Every function runs in its caller's transaction. Knows no platform: places and messages are its keys. What a
platform needs in order to answer travels with the job and is forgotten with it.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.codec import decode
from storage.errors import UnknownJob
from storage.jobs import insert_missing
from storage.tables import jobs, posts

PostState = Literal["waiting", "placed", "delivered", "dropped"]
OPEN: tuple[PostState, ...] = ("waiting", "placed")


@dataclass(frozen=True, slots=True, kw_only=True)
class PostRecord:
    """The answer of one job in its chat.

    Attributes:
        place: Channel or thread, ``discord:<channel>``: where it was asked until it is placed, then where it stands.
        message: The message it stands in, ``discord:<message>``; None while there is none, or where the platform keeps
            none of its own.
        state: ``waiting`` for its placeholder, ``placed``, ``delivered``, or ``dropped``: nobody will get it, or
            somebody removed it.
        tried_at: When somebody first set out to post it; from then on a message may stand that is not recorded.
    """

    job: str
    place: str
    message: str | None
    state: PostState
    created_at: datetime
    tried_at: datetime | None = None
    placed_at: datetime | None = None
    delivered_at: datetime | None = None


async def open_post(connection: AsyncConnection, job: str, place: str) -> None:
    """Say where the answer of an opened job goes; what was said first stays."""
    await insert_missing(
        connection,
        posts,
        job=job,
        place=place,
        state="waiting",
        created_at=datetime.now(UTC),
    )


async def try_post(connection: AsyncConnection, job: str) -> bool:
    """Note that the placeholder is about to be posted.

    Returns:
        Whether that was noted before: an earlier attempt may have posted it.
    """
    done = await connection.execute(
        sa.update(posts).where(posts.c.job == job, posts.c.tried_at.is_(None)).values(tried_at=datetime.now(UTC))
    )
    return done.rowcount == 0


async def place_post(connection: AsyncConnection, job: str, place: str, message: str | None) -> PostRecord:
    """Keep where the placeholder stands. The first one wins: a second caller learns where that is.

    Raises:
        UnknownJob: The job has no post.
    """
    await connection.execute(
        sa.update(posts)
        .where(posts.c.job == job, posts.c.state == "waiting")
        .values(place=place, message=message, state="placed", placed_at=datetime.now(UTC))
    )
    return await _require(connection, job)


async def close_post(
    connection: AsyncConnection, job: str, state: Literal["delivered", "dropped"]
) -> PostRecord | None:
    """End a post; one that has ended keeps its end. None if the job has no post."""
    delivered = {"delivered_at": datetime.now(UTC)} if state == "delivered" else {}
    await connection.execute(
        sa.update(posts).where(posts.c.job == job, posts.c.state.in_(OPEN)).values(state=state, **delivered)
    )
    return await find_post(connection, job)


async def forget_post(connection: AsyncConnection, message: str) -> PostRecord | None:
    """Somebody deleted the message of a post: it is dropped, whatever it was; its message stays for who asks later."""
    await connection.execute(sa.update(posts).where(posts.c.message == message).values(state="dropped"))
    return await find_post_at(connection, message)


async def find_post(connection: AsyncConnection, job: str) -> PostRecord | None:
    """The post of that job."""
    row = (await connection.execute(sa.select(posts).where(posts.c.job == job))).mappings().one_or_none()
    return None if row is None else decode(PostRecord, dict(row))


async def find_post_at(connection: AsyncConnection, message: str) -> PostRecord | None:
    """The post that stands in that message."""
    query = sa.select(posts).where(posts.c.message == message).order_by(posts.c.created_at.desc()).limit(1)
    row = (await connection.execute(query)).mappings().one_or_none()
    return None if row is None else decode(PostRecord, dict(row))


async def undelivered_posts(connection: AsyncConnection) -> tuple[PostRecord, ...]:
    """Every post that waits or is placed, oldest first."""
    return await _all(connection, posts.c.state.in_(OPEN))


async def posts_of(connection: AsyncConnection, requester: str, tenant: str | None) -> tuple[PostRecord, ...]:
    """Every post that answers a person, oldest first."""
    theirs = sa.select(jobs.c.id).where(jobs.c.requester == requester)
    if tenant is not None:
        theirs = theirs.where(jobs.c.tenant == tenant)
    return await _all(connection, posts.c.job.in_(theirs))


async def _require(connection: AsyncConnection, job: str) -> PostRecord:
    if (known := await find_post(connection, job)) is None:
        raise UnknownJob(job)
    return known


async def _all(connection: AsyncConnection, which: sa.ColumnElement[bool]) -> tuple[PostRecord, ...]:
    query = sa.select(posts).where(which).order_by(posts.c.created_at, posts.c.job)
    return tuple(decode(PostRecord, dict(row)) for row in (await connection.execute(query)).mappings())
