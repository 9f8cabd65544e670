"""What people think of images, and what they report. Every function runs in its caller's transaction."""

from dataclasses import dataclass
from datetime import UTC, datetime

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.codec import decode
from storage.folding import storable
from storage.jobs import insert_missing
from storage.tables import feedback, generations, reports

MAX_REASON = 2_000  # characters of a report


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportRecord:
    """Somebody says that something should not be there.

    Attributes:
        reporter: Requester id; None once that person was erased.
        generation: The image it is about, or ``message``, the post it is about; one of them at least.
        reason: The reporter's own words.
    """

    number: int
    tenant: str
    reporter: str | None
    generation: str | None
    message: str | None
    reason: str
    reported_at: datetime


async def add_feedback(connection: AsyncConnection, generation: str, requester: str, score: int) -> bool:
    """Keep a person's opinion of an image, -1 or 1; the last one counts, 0 takes it back.

    Returns:
        False if there is no such image any more.

    Raises:
        ValueError: Another score.
    """
    if score not in (-1, 0, 1):
        raise ValueError("a score is -1, 0 or 1")
    image = sa.select(generations.c.id).where(generations.c.id == generation).with_for_update()
    if (await connection.execute(image)).first() is None:
        return False
    own = (feedback.c.generation == generation, feedback.c.requester == requester)
    if score == 0:
        await connection.execute(sa.delete(feedback).where(*own))
        return True
    given = {"score": score, "given_at": datetime.now(UTC)}
    if not await insert_missing(connection, feedback, generation=generation, requester=requester, **given):
        await connection.execute(sa.update(feedback).where(*own).values(**given))
    return True


async def feedback_of(connection: AsyncConnection, generation: str) -> dict[str, int]:
    """Scores of an image by requester."""
    query = sa.select(feedback.c.requester, feedback.c.score).where(feedback.c.generation == generation)
    return {row.requester: row.score for row in await connection.execute(query)}


async def add_report(
    connection: AsyncConnection,
    *,
    tenant: str,
    reporter: str,
    generation: str | None,
    message: str | None,
    reason: str,
    at: datetime,
) -> ReportRecord:
    """Keep a report; a second one by the same person about the same thing changes its reason.

    Raises:
        ValueError: It is about nothing.
    """
    subject = generation or message
    if subject is None:
        raise ValueError("a report is about an image or a message")
    words = storable(reason)[:MAX_REASON]
    own = (reports.c.reporter == reporter, reports.c.subject == subject)
    known = (await connection.execute(sa.select(reports.c.number).where(*own))).scalar_one_or_none()
    if known is None:
        await insert_missing(
            connection,
            reports,
            tenant=tenant,
            reporter=reporter,
            subject=subject,
            generation=generation,
            message=message,
            reason=words,
            reported_at=at,
        )
    else:
        await connection.execute(sa.update(reports).where(*own).values(reason=words))
    row = (await connection.execute(sa.select(reports).where(*own))).mappings().one()
    return decode(ReportRecord, dict(row))


async def reports_of(connection: AsyncConnection, tenant: str, limit: int) -> tuple[ReportRecord, ...]:
    """The newest reports of a tenant, newest first."""
    query = sa.select(reports).where(reports.c.tenant == tenant).order_by(reports.c.number.desc())
    rows = (await connection.execute(query.limit(max(0, min(limit, 1000))))).mappings()
    return tuple(decode(ReportRecord, dict(row)) for row in rows)
