"""The first tables: tenants, jobs, generations, uploads, quotas, removals."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)
COUNTER = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    """Create every table."""
    _people()
    _jobs()
    _images()
    _removals()


def downgrade() -> None:
    """Drop every table, those that others point to last."""
    for table in (
        "erasures",
        "tombstones",
        "quota_ledger",
        "uploads",
        "generation_parents",
        "generations",
        "marks",
        "blobs",
        "attempts",
        "jobs",
        "requesters",
        "tenants",
    ):
        op.drop_table(table)


def _people() -> None:
    op.create_table(
        "tenants",
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("plan", sa.Text, nullable=False, server_default="free"),
        sa.Column("weight", sa.Float, nullable=False, server_default="1"),
        sa.Column("policy_strictness", sa.Text, nullable=False, server_default="standard"),
        sa.Column("retention_days", sa.Integer),
        sa.Column("locale", sa.Text, nullable=False, server_default="en"),
        sa.Column("visibility", sa.Text, nullable=False, server_default="conversation"),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_tenants"),
    )
    op.create_table(
        "requesters",
        sa.Column("tenant", sa.Text, nullable=False),
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("tenant", "id", name="pk_requesters"),
        sa.ForeignKeyConstraint(["tenant"], ["tenants.id"], name="fk_requesters_tenant"),
    )


def _jobs() -> None:
    op.create_table(
        "jobs",
        sa.Column("position", COUNTER, primary_key=True, autoincrement=True),
        sa.Column("id", sa.Text, nullable=False),
        *_owner(),
        sa.Column("ordered", sa.Boolean, nullable=False),
        sa.Column("status", sa.Text, nullable=False),
        sa.Column("private", sa.Boolean, nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("finished_at", INSTANT),
        sa.Column("outcome", sa.Text),
        sa.Column("reply", sa.Text, nullable=False),
        sa.Column("request", sa.JSON),
        sa.Column("verdicts", sa.JSON, nullable=False),
        sa.Column("unmet", sa.JSON, nullable=False),
        sa.UniqueConstraint("id", name="uq_jobs_id"),
        _owner_key("jobs"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_jobs_conversation_status_position", "jobs", ["conversation", "status", "position"])
    op.create_table(
        "attempts",
        sa.Column("job", sa.Text, nullable=False),
        sa.Column("count", sa.Integer, nullable=False),
        sa.Column("updated_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("job", name="pk_attempts"),
        sa.ForeignKeyConstraint(["job"], ["jobs.id"], name="fk_attempts_job"),
    )
    op.create_table(
        "quota_ledger",
        sa.Column("job", sa.Text, nullable=False),
        sa.Column("tenant", sa.Text, nullable=False),
        sa.Column("day", sa.Date, nullable=False),
        sa.Column("units", sa.Integer, nullable=False),
        sa.Column("debited_at", INSTANT, nullable=False),
        sa.Column("refunded_at", INSTANT),
        sa.PrimaryKeyConstraint("job", name="pk_quota_ledger"),
        sa.ForeignKeyConstraint(["job"], ["jobs.id"], name="fk_quota_ledger_job"),
        sa.ForeignKeyConstraint(["tenant"], ["tenants.id"], name="fk_quota_ledger_tenant"),
    )
    op.create_index("ix_quota_ledger_tenant_day", "quota_ledger", ["tenant", "day"])


def _images() -> None:
    op.create_table(
        "blobs",
        sa.Column("digest", sa.Text, nullable=False),
        sa.Column("media_type", sa.Text, nullable=False),
        sa.Column("size_bytes", sa.BigInteger, nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("digest", name="pk_blobs"),
    )
    op.create_table(
        "marks",
        sa.Column("mark_id", sa.BigInteger, nullable=False, autoincrement=False),
        sa.Column("generation", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("mark_id", name="pk_marks"),
        sa.UniqueConstraint("generation", name="uq_marks_generation"),
    )
    op.create_table(
        "generations",
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("job", sa.Text, nullable=False),
        sa.Column("image_index", sa.Integer, nullable=False),
        *_owner(),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("digest", sa.Text, nullable=False),
        sa.Column("draft_digest", sa.Text, nullable=False),
        sa.Column("manifest", sa.Text, nullable=False),
        sa.Column("mark_id", sa.BigInteger, nullable=False),
        sa.Column("private", sa.Boolean, nullable=False),
        sa.Column("document", sa.JSON, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_generations"),
        sa.ForeignKeyConstraint(["job"], ["jobs.id"], name="fk_generations_job"),
        sa.ForeignKeyConstraint(["digest"], ["blobs.digest"], name="fk_generations_digest"),
        _owner_key("generations"),
        sa.UniqueConstraint("mark_id", name="uq_generations_mark_id"),
        sa.UniqueConstraint("job", "image_index", name="uq_generations_job_image_index"),
    )
    for column in ("conversation", "digest", "draft_digest", "manifest"):
        op.create_index(f"ix_generations_{column}", "generations", [column])
    op.create_table(
        "generation_parents",
        sa.Column("generation", sa.Text, nullable=False),
        sa.Column("rank", sa.Integer, nullable=False),
        sa.Column("parent", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("generation", "rank", name="pk_generation_parents"),
    )
    op.create_index("ix_generation_parents_parent", "generation_parents", ["parent"])
    op.create_table(
        "uploads",
        sa.Column("digest", sa.Text, nullable=False),
        sa.Column("job", sa.Text, nullable=False),
        sa.Column("position", sa.Integer, nullable=False),
        sa.Column("width", sa.Integer, nullable=False),
        sa.Column("height", sa.Integer, nullable=False),
        *_owner(),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("digest", "job", name="pk_uploads"),
        sa.ForeignKeyConstraint(["digest"], ["blobs.digest"], name="fk_uploads_digest"),
        sa.ForeignKeyConstraint(["job"], ["jobs.id"], name="fk_uploads_job"),
        _owner_key("uploads"),
    )
    op.create_index("ix_uploads_conversation", "uploads", ["conversation"])


def _removals() -> None:
    op.create_table(
        "tombstones",
        sa.Column("generation", sa.Text, nullable=False),
        sa.Column("tenant", sa.Text, nullable=False),
        sa.Column("digest", sa.Text, nullable=False),
        sa.Column("draft_digest", sa.Text, nullable=False),
        sa.Column("manifest", sa.Text, nullable=False),
        sa.Column("mark_id", sa.BigInteger, nullable=False),
        sa.Column("engine", sa.Text, nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("removed_at", INSTANT, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("generation", name="pk_tombstones"),
        sa.UniqueConstraint("mark_id", name="uq_tombstones_mark_id"),
    )
    for column in ("digest", "draft_digest", "manifest"):
        op.create_index(f"ix_tombstones_{column}", "tombstones", [column])
    op.create_table(
        "erasures",
        sa.Column("number", COUNTER, primary_key=True, autoincrement=True),
        sa.Column("tenant", sa.Text, nullable=False),
        sa.Column("requester_digest", sa.Text, nullable=False),
        sa.Column("erased_at", INSTANT, nullable=False),
        sa.Column("generations", sa.Integer, nullable=False),
        sa.Column("uploads", sa.Integer, nullable=False),
        sqlite_autoincrement=True,
    )


def _owner() -> tuple[sa.Column[Any], ...]:
    return tuple(sa.Column(name, sa.Text, nullable=False) for name in ("tenant", "conversation", "requester"))


def _owner_key(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["tenant", "requester"], ["requesters.tenant", "requesters.id"], name=f"fk_{table}_tenant_requester"
    )
