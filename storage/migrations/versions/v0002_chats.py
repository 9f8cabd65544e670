"""Chats: what was said, where answers stand, which threads are ours; copies, opinions and reports of images."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)
COUNTER = sa.BigInteger().with_variant(sa.Integer, "sqlite")
TABLES = ("reports", "feedback", "renditions", "watermarks", "rooms", "posts", "turns")


def upgrade() -> None:
    """Add the columns and tables."""
    op.add_column("tenants", sa.Column("preferences", sa.JSON()))
    op.add_column("jobs", _text("locale", server_default="en"))
    op.add_column("jobs", sa.Column("silent", sa.Boolean(), nullable=False, server_default=sa.false()))
    _conversations()
    _places()
    _images()


def downgrade() -> None:
    """Drop them."""
    for table in TABLES:
        op.drop_table(table)
    for table, column in (("jobs", "silent"), ("jobs", "locale"), ("tenants", "preferences")):
        with op.batch_alter_table(table) as batch:
            batch.drop_column(column)


def _text(name: str, **options: Any) -> sa.Column[str]:
    return sa.Column(name, sa.Text(), nullable=False, **options)


def _index(table: str, *columns: str) -> None:
    op.create_index(f"ix_{table}_{'_'.join(columns)}", table, list(columns))


def _conversations() -> None:
    op.create_table(
        "turns",
        sa.Column("message", sa.Text(), nullable=False),
        _text("conversation"),
        _text("author"),
        _text("text"),
        sa.Column("sent_at", INSTANT, nullable=False),
        sa.Column("to_bot", sa.Boolean(), nullable=False),
        sa.Column("reply_to", sa.Text()),
        sa.Column("attachments", sa.JSON(), nullable=False),
        sa.Column("job", sa.Text()),
        sa.Column("edited_at", INSTANT),
        sa.Column("deleted_at", INSTANT),
        sa.PrimaryKeyConstraint("message", name="pk_turns"),
    )
    _index("turns", "conversation", "sent_at")
    _index("turns", "job")


def _places() -> None:
    op.create_table(
        "posts",
        sa.Column("job", sa.Text(), nullable=False),
        _text("place"),
        sa.Column("message", sa.Text()),
        sa.Column("address", sa.JSON(), nullable=False),
        _text("state"),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("placed_at", INSTANT),
        sa.Column("delivered_at", INSTANT),
        sa.PrimaryKeyConstraint("job", name="pk_posts"),
        sa.ForeignKeyConstraint(["job"], ["jobs.id"], name="fk_posts_job_jobs"),
    )
    for column in ("place", "message", "state"):
        _index("posts", column)
    op.create_table(
        "rooms",
        sa.Column("place", sa.Text(), nullable=False),
        _text("conversation"),
        _text("tenant"),
        sa.Column("owned", sa.Boolean(), nullable=False),
        sa.Column("opened_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("place", name="pk_rooms"),
    )
    for column in ("conversation", "tenant"):
        _index("rooms", column)
    op.create_table(
        "watermarks",
        sa.Column("key", sa.Text(), nullable=False),
        _text("until"),
        sa.PrimaryKeyConstraint("key", name="pk_watermarks"),
    )


def _images() -> None:
    op.create_table(
        "renditions",
        sa.Column("digest", sa.Text(), nullable=False),
        _text("generation"),
        _text("media_type"),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.Column("size_bytes", sa.BigInteger(), nullable=False),
        _text("manifest"),
        _text("reason"),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("digest", name="pk_renditions"),
        sa.ForeignKeyConstraint(["digest"], ["blobs.digest"], name="fk_renditions_digest_blobs"),
    )
    for column in ("generation", "manifest"):
        _index("renditions", column)
    op.create_table(
        "feedback",
        _text("generation"),
        _text("requester"),
        sa.Column("score", sa.Integer(), nullable=False),
        sa.Column("given_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("generation", "requester", name="pk_feedback"),
    )
    op.create_table(
        "reports",
        sa.Column("number", COUNTER, autoincrement=True, nullable=False),
        _text("tenant"),
        _text("reporter"),
        sa.Column("generation", sa.Text()),
        sa.Column("message", sa.Text()),
        _text("reason"),
        sa.Column("reported_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_reports"),
        sqlite_autoincrement=True,
    )
