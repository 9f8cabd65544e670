"""The tables, as metadata. One place that says what is kept; migrations bring a database there.

Documents (``request``, ``verdicts``, ``document`` …) are what ``storage.codec`` encodes; the columns beside them are
copies to search by. Instants are UTC. Knows no statement.
"""

from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa

metadata = sa.MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


class Instant(sa.TypeDecorator[datetime]):
    """A moment in time; SQLite keeps no zone, so it is UTC by convention there."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:
        """To UTC."""
        del dialect
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("an instant needs a time zone")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:
        """Aware, in UTC."""
        del dialect
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


# SQLite numbers rows by itself only when the column's type is exactly INTEGER.
Counter = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def _document(name: str, *, nullable: bool = False) -> sa.Column[Any]:
    # JSON, not JSONB: JSONB refuses some strings that users can type (U+0000).
    return sa.Column(name, sa.JSON(none_as_null=True), nullable=nullable)


def _text(name: str, **options: Any) -> sa.Column[str]:
    return sa.Column(name, sa.Text, nullable=False, **options)


tenants = sa.Table(
    "tenants",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    _text("plan", server_default="free"),
    sa.Column("weight", sa.Float, nullable=False, server_default="1"),
    _text("policy_strictness", server_default="standard"),
    sa.Column("retention_days", sa.Integer),
    _text("locale", server_default="en"),
    _text("visibility", server_default="conversation"),
    sa.Column("created_at", Instant, nullable=False),
    _document("preferences", nullable=True),
)

requesters = sa.Table(
    "requesters",
    metadata,
    sa.Column("tenant", sa.ForeignKey("tenants.id"), primary_key=True),
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("created_at", Instant, nullable=False),
)

jobs = sa.Table(
    "jobs",
    metadata,
    sa.Column("position", Counter, primary_key=True, autoincrement=True),
    _text("id", unique=True),
    _text("tenant"),
    _text("conversation"),
    _text("requester"),
    sa.Column("ordered", sa.Boolean, nullable=False),
    _text("status"),
    sa.Column("private", sa.Boolean, nullable=False),
    sa.Column("created_at", Instant, nullable=False),
    sa.Column("finished_at", Instant),
    sa.Column("outcome", sa.Text),
    _text("reply"),
    _document("request", nullable=True),
    _document("verdicts"),
    _document("unmet"),
    _text("locale", server_default="en"),
    sa.Column("silent", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.ForeignKeyConstraint(["tenant", "requester"], ["requesters.tenant", "requesters.id"]),
    sa.Index("ix_jobs_conversation_status_position", "conversation", "status", "position"),
    sa.Index("ix_jobs_requester_position", "requester", "position"),
    sa.Index("ix_jobs_tenant_created_at", "tenant", "created_at"),
    sqlite_autoincrement=True,
)

attempts = sa.Table(
    "attempts",
    metadata,
    sa.Column("job", sa.ForeignKey("jobs.id"), primary_key=True),
    sa.Column("count", sa.Integer, nullable=False),
    sa.Column("updated_at", Instant, nullable=False),
)

blobs = sa.Table(
    "blobs",
    metadata,
    sa.Column("digest", sa.Text, primary_key=True),
    _text("media_type"),
    sa.Column("size_bytes", sa.BigInteger, nullable=False),
    sa.Column("created_at", Instant, nullable=False),
)

marks = sa.Table(
    "marks",
    metadata,
    sa.Column("mark_id", sa.BigInteger, primary_key=True, autoincrement=False),
    _text("generation", unique=True),
)

generations = sa.Table(
    "generations",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("job", sa.ForeignKey("jobs.id"), nullable=False),
    sa.Column("image_index", sa.Integer, nullable=False),
    _text("tenant"),
    _text("conversation", index=True),
    _text("requester"),
    sa.Column("created_at", Instant, nullable=False),
    sa.Column("digest", sa.ForeignKey("blobs.digest"), nullable=False, index=True),
    _text("draft_digest", index=True),
    _text("manifest", index=True),
    sa.Column("mark_id", sa.BigInteger, nullable=False, unique=True),
    sa.Column("private", sa.Boolean, nullable=False),
    _document("document"),
    # The prompt as it was asked, and as it is searched (``storage.folding``).
    sa.Column("prompt", sa.Text),
    sa.Column("prompt_folded", sa.Text),
    sa.ForeignKeyConstraint(["tenant", "requester"], ["requesters.tenant", "requesters.id"]),
    sa.UniqueConstraint("job", "image_index"),
    sa.Index("ix_generations_tenant_created_at", "tenant", "created_at"),
    sa.Index("ix_generations_requester_created_at", "requester", "created_at"),
)

generation_parents = sa.Table(
    "generation_parents",
    metadata,
    sa.Column("generation", sa.Text, primary_key=True),
    sa.Column("rank", sa.Integer, primary_key=True),
    _text("parent", index=True),
)

uploads = sa.Table(
    "uploads",
    metadata,
    sa.Column("digest", sa.ForeignKey("blobs.digest"), primary_key=True),
    sa.Column("job", sa.ForeignKey("jobs.id"), primary_key=True),
    sa.Column("position", sa.Integer, nullable=False),
    sa.Column("width", sa.Integer, nullable=False),
    sa.Column("height", sa.Integer, nullable=False),
    _text("tenant"),
    _text("conversation", index=True),
    _text("requester"),
    sa.Column("created_at", Instant, nullable=False),
    sa.ForeignKeyConstraint(["tenant", "requester"], ["requesters.tenant", "requesters.id"]),
)

quota_ledger = sa.Table(
    "quota_ledger",
    metadata,
    sa.Column("job", sa.ForeignKey("jobs.id"), primary_key=True),
    sa.Column("tenant", sa.ForeignKey("tenants.id"), nullable=False),
    sa.Column("day", sa.Date, nullable=False),
    sa.Column("units", sa.Integer, nullable=False),
    sa.Column("debited_at", Instant, nullable=False),
    sa.Column("refunded_at", Instant),
    sa.Index("ix_quota_ledger_tenant_day", "tenant", "day"),
)

tombstones = sa.Table(
    "tombstones",
    metadata,
    sa.Column("generation", sa.Text, primary_key=True),
    _text("tenant"),
    _text("digest", index=True),
    _text("draft_digest", index=True),
    _text("manifest", index=True),
    sa.Column("mark_id", sa.BigInteger, nullable=False, unique=True),
    _text("engine"),
    sa.Column("created_at", Instant, nullable=False),
    sa.Column("removed_at", Instant, nullable=False),
    _text("reason"),
)

erasures = sa.Table(
    "erasures",
    metadata,
    sa.Column("number", Counter, primary_key=True, autoincrement=True),
    _text("tenant"),
    _text("requester_digest"),
    sa.Column("erased_at", Instant, nullable=False),
    sa.Column("generations", sa.Integer, nullable=False),
    sa.Column("uploads", sa.Integer, nullable=False),
    sqlite_autoincrement=True,
)

turns = sa.Table(
    "turns",
    metadata,
    sa.Column("message", sa.Text, primary_key=True),
    _text("conversation"),
    sa.Column("tenant", sa.Text),
    _text("author", index=True),
    _text("text"),
    sa.Column("sent_at", Instant, nullable=False),
    sa.Column("to_bot", sa.Boolean, nullable=False),
    sa.Column("reply_to", sa.Text),
    _document("attachments"),
    sa.Column("job", sa.Text, index=True),
    sa.Column("edited_at", Instant),
    sa.Column("deleted_at", Instant),
    sa.Index("ix_turns_conversation_sent_at", "conversation", "sent_at"),
    sa.Index("ix_turns_tenant_sent_at", "tenant", "sent_at"),
)

posts = sa.Table(
    "posts",
    metadata,
    sa.Column("job", sa.ForeignKey("jobs.id"), primary_key=True),
    _text("place", index=True),
    sa.Column("message", sa.Text, index=True),
    _text("state"),
    sa.Column("created_at", Instant, nullable=False),
    sa.Column("tried_at", Instant),
    sa.Column("placed_at", Instant),
    sa.Column("delivered_at", Instant),
    sa.Index("ix_posts_state_created_at", "state", "created_at"),
)

rooms = sa.Table(
    "rooms",
    metadata,
    sa.Column("place", sa.Text, primary_key=True),
    _text("conversation", index=True),
    _text("tenant", index=True),
    sa.Column("owned", sa.Boolean, nullable=False),
    sa.Column("opened_at", Instant, nullable=False),
)

watermarks = sa.Table(
    "watermarks",
    metadata,
    sa.Column("key", sa.Text, primary_key=True),
    _text("until"),
    sa.Column("updated_at", Instant, nullable=False),
)

renditions = sa.Table(
    "renditions",
    metadata,
    sa.Column("digest", sa.ForeignKey("blobs.digest"), primary_key=True),
    sa.Column("generation", sa.ForeignKey("generations.id"), nullable=False),
    _text("media_type"),
    sa.Column("width", sa.Integer, nullable=False),
    sa.Column("height", sa.Integer, nullable=False),
    sa.Column("size_bytes", sa.BigInteger, nullable=False),
    _text("manifest", index=True),
    _text("reason"),
    sa.Column("created_at", Instant, nullable=False),
    sa.UniqueConstraint("generation", "reason"),
)

files = sa.Table(
    "files",
    metadata,
    sa.Column("key", sa.Text, primary_key=True),
    sa.Column("generation", sa.ForeignKey("generations.id"), nullable=False, index=True),
    _text("digest"),
    sa.Column("created_at", Instant, nullable=False),
)

feedback = sa.Table(
    "feedback",
    metadata,
    sa.Column("generation", sa.ForeignKey("generations.id"), primary_key=True),
    sa.Column("requester", sa.Text, primary_key=True, index=True),
    sa.Column("score", sa.Integer, nullable=False),
    sa.Column("given_at", Instant, nullable=False),
)

reports = sa.Table(
    "reports",
    metadata,
    sa.Column("number", Counter, primary_key=True, autoincrement=True),
    _text("tenant", index=True),
    sa.Column("reporter", sa.Text),  # NULL once erased
    _text("subject"),
    sa.Column("generation", sa.Text),
    sa.Column("message", sa.Text),
    _text("reason"),
    sa.Column("reported_at", Instant, nullable=False),
    sa.UniqueConstraint("reporter", "subject"),
    sqlite_autoincrement=True,
)

installs = sa.Table(
    "installs",
    metadata,
    sa.Column("key", sa.Text, primary_key=True),
    sa.Column("sealed", sa.Text),  # NULL once the app was removed
    sa.Column("installed_at", Instant, nullable=False),
    sa.Column("renewing_until", Instant),
    sa.Column("left_at", Instant),
)

install_tenants = sa.Table(
    "install_tenants",
    metadata,
    sa.Column("install", sa.ForeignKey("installs.key"), primary_key=True),
    sa.Column("tenant", sa.Text, primary_key=True),
)

install_states = sa.Table(
    "install_states",
    metadata,
    sa.Column("digest", sa.Text, primary_key=True),
    sa.Column("expires_at", Instant, nullable=False, index=True),
)
