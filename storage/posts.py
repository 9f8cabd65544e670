"""Where the answer of a job stands in its chat.

Every function runs in its caller's transaction and is idempotent by the job's id.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Literal

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.codec import decode
from storage.jobs import insert_missing
from storage.tables import posts

PostState = Literal["waiting", "placed", "delivered", "dropped"]


@dataclass(frozen=True, slots=True, kw_only=True)
class PostRecord:
    """The message that shows a job's answer.

    Attributes:
        place: Channel or thread, ``discord:<id>``.
        message: The message in it, once it stands; None where the platform keeps none of ours.
        address: What the platform must know to answer; its own business.
    """

    job: str
    place: str
    state: PostState
    created_at: datetime
    message: str | None = None
    address: Mapping[str, Any] = field(default_factory=dict)
    placed_at: datetime | None = None
    delivered_at: datetime | None = None


async def open_post(connection: AsyncConnection, job: str, place: str, address: Mapping[str, Any]) -> None:
    """An answer will have to be posted."""
    await insert_missing(
        connection,
        posts,
        job=job,
        place=place,
        address=dict(address),
        state="waiting",
        created_at=datetime.now(UTC),
    )


async def find_post(connection: AsyncConnection, job: str) -> PostRecord | None:
    """The post of a job."""
    return await _one(connection, posts.c.job == job)


async def find_post_at(connection: AsyncConnection, message: str) -> PostRecord | None:
    """The post that stands in a message."""
    return await _one(connection, posts.c.message == message)


async def place_post(connection: AsyncConnection, job: str, place: str, message: str | None) -> PostRecord | None:
    """It stands there; the first place that is written stays."""
    await connection.execute(
        sa.update(posts)
        .where(posts.c.job == job, posts.c.state == "waiting")
        .values(place=place, message=message, state="placed", placed_at=datetime.now(UTC))
    )
    return await find_post(connection, job)


async def close_post(connection: AsyncConnection, job: str, state: Literal["delivered", "dropped"]) -> None:
    """It is done, or given up; the first end stays."""
    await connection.execute(
        sa.update(posts)
        .where(posts.c.job == job, posts.c.state.in_(("waiting", "placed")))
        .values(state=state, delivered_at=datetime.now(UTC))
    )


async def undelivered(connection: AsyncConnection) -> tuple[PostRecord, ...]:
    """Every post that is neither delivered nor given up, oldest first."""
    query = sa.select(posts).where(posts.c.state.in_(("waiting", "placed"))).order_by(posts.c.created_at)
    return tuple(decode(PostRecord, dict(row)) for row in (await connection.execute(query)).mappings())


async def _one(connection: AsyncConnection, condition: sa.ColumnElement[bool]) -> PostRecord | None:
    row = (await connection.execute(sa.select(posts).where(condition).limit(1))).mappings().one_or_none()
    return None if row is None else decode(PostRecord, dict(row))
