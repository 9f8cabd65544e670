"""Everything that is kept about a person, as one JSON document. In the caller's transaction.

Bytes are not in it: images and uploads are named by their digests.
"""

from dataclasses import fields
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.codec import decode, encode
from storage.feedback import ReportRecord
from storage.records import JobRecord
from storage.renditions import RenditionRecord
from storage.tables import feedback, generations, jobs, posts, quota_ledger, renditions, reports, turns, uploads
from storage.turns import TurnRecord, tenant_of_conversation

SCHEMA = 1
_POST = ("job", "place", "message", "state", "created_at", "placed_at", "delivered_at")
_UPLOAD = ("digest", "job", "conversation", "position", "width", "height", "created_at")


async def export_of(connection: AsyncConnection, tenant: str | None, requester: str) -> dict[str, Any]:
    """The document of ``requester``, of one tenant or of all."""

    def theirs(table: sa.Table) -> sa.ColumnElement[bool]:
        own = table.c.requester == requester
        return own if tenant is None else sa.and_(own, table.c.tenant == tenant)

    own_jobs = sa.select(jobs.c.id).where(theirs(jobs))
    own_images = sa.select(generations.c.id).where(theirs(generations))
    return {
        "schema": SCHEMA,
        "requester": requester,
        "tenant": tenant,
        "jobs": await _records(connection, JobRecord, sa.select(jobs).where(theirs(jobs)).order_by(jobs.c.position)),
        "generations": list(
            (
                await connection.execute(
                    sa.select(generations.c.document).where(theirs(generations)).order_by(generations.c.created_at)
                )
            ).scalars()
        ),
        "renditions": await _records(
            connection, RenditionRecord, sa.select(renditions).where(renditions.c.generation.in_(own_images))
        ),
        "uploads": await _rows(connection, sa.select(*_columns(uploads, _UPLOAD)).where(theirs(uploads))),
        "turns": await _records(connection, TurnRecord, _turns(tenant, requester)),
        "posts": await _rows(connection, sa.select(*_columns(posts, _POST)).where(posts.c.job.in_(own_jobs))),
        "feedback": await _rows(connection, _feedback(tenant, requester)),
        "reports": await _records(connection, ReportRecord, _reports(tenant, requester)),
        "quota": await _rows(
            connection,
            sa.select(*_columns(quota_ledger, ("job", "day", "units", "debited_at", "refunded_at"))).where(
                quota_ledger.c.job.in_(own_jobs)
            ),
        ),
    }


def _turns(tenant: str | None, requester: str) -> sa.Select[Any]:
    query = sa.select(turns).where(turns.c.author == requester).order_by(turns.c.sent_at)
    if tenant is None:
        return query
    return query.where(sa.func.coalesce(turns.c.tenant, tenant_of_conversation(turns.c.conversation)) == tenant)


def _feedback(tenant: str | None, requester: str) -> sa.Select[Any]:
    query = sa.select(feedback.c.generation, feedback.c.score, feedback.c.given_at)
    query = query.where(feedback.c.requester == requester).order_by(feedback.c.given_at)
    if tenant is None:
        return query
    return query.where(feedback.c.generation.in_(sa.select(generations.c.id).where(generations.c.tenant == tenant)))


def _reports(tenant: str | None, requester: str) -> sa.Select[Any]:
    query = sa.select(reports).where(reports.c.reporter == requester).order_by(reports.c.number)
    return query if tenant is None else query.where(reports.c.tenant == tenant)


def _columns(table: sa.Table, names: tuple[str, ...]) -> list[sa.ColumnElement[Any]]:
    return [table.c[name] for name in names]


async def _records(connection: AsyncConnection, kind: type[Any], query: sa.Select[Any]) -> list[Any]:
    names = {item.name for item in fields(kind)}
    rows = (await connection.execute(query)).mappings()
    return [encode(kind, decode(kind, {key: row[key] for key in row if key in names})) for row in rows]


async def _rows(connection: AsyncConnection, query: sa.Select[Any]) -> list[dict[str, Any]]:
    rows = (await connection.execute(query)).mappings()
    return [encode(dict[str, Any], dict(row)) for row in rows]
