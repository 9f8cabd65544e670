"""What chats need: turns, posts, rooms, watermarks, renditions, feedback, reports; prompts that can be searched."""

from typing import Any

import sqlalchemy as sa
from alembic import op

from storage.folding import fold, storable

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)
COUNTER = sa.BigInteger().with_variant(sa.Integer, "sqlite")
_BATCH = 200  # documents in memory at a time

_INDEXES = (
    ("jobs", "requester", "position"),
    ("jobs", "tenant", "created_at"),
    ("generations", "tenant", "created_at"),
    ("generations", "requester", "created_at"),
    ("renditions", "manifest"),
    ("turns", "author"),
    ("turns", "job"),
    ("turns", "conversation", "sent_at"),
    ("turns", "tenant", "sent_at"),
    ("posts", "place"),
    ("posts", "message"),
    ("posts", "state", "created_at"),
    ("rooms", "conversation"),
    ("rooms", "tenant"),
    ("feedback", "requester"),
    ("reports", "tenant"),
)


def upgrade() -> None:
    """Add the columns, fill them, create the tables."""
    op.add_column("tenants", sa.Column("preferences", sa.JSON))
    op.add_column("jobs", sa.Column("locale", sa.Text, nullable=False, server_default="en"))
    op.add_column("jobs", sa.Column("silent", sa.Boolean, nullable=False, server_default=sa.false()))
    op.add_column("generations", sa.Column("prompt", sa.Text))
    op.add_column("generations", sa.Column("prompt_folded", sa.Text))
    _fill_prompts(op.get_bind())
    _conversations()
    _images()
    for table, *columns in _INDEXES:
        op.create_index(_index(table, columns), table, columns)


def downgrade() -> None:
    """Drop the tables and the columns."""
    for table, *columns in _INDEXES:
        op.drop_index(_index(table, columns), table)
    for table in ("reports", "feedback", "watermarks", "rooms", "posts", "turns", "renditions"):
        op.drop_table(table)
    for table, column in (
        ("generations", "prompt_folded"),
        ("generations", "prompt"),
        ("jobs", "silent"),
        ("jobs", "locale"),
        ("tenants", "preferences"),
    ):
        op.drop_column(table, column)


def _fill_prompts(connection: sa.Connection) -> None:
    """Take the prompts out of the documents. Not in SQL: PostgreSQL refuses to take a U+0000 out of JSON."""
    generations = sa.table(
        "generations",
        sa.column("id", sa.Text),
        sa.column("document", sa.JSON),
        sa.column("prompt", sa.Text),
        sa.column("prompt_folded", sa.Text),
    )
    last = ""
    while True:
        query = sa.select(generations.c.id, generations.c.document).where(generations.c.id > last)
        rows = connection.execute(query.order_by(generations.c.id).limit(_BATCH)).all()
        for row in rows:
            prompt = row.document["request"]["prompt"]
            connection.execute(
                sa.update(generations)
                .where(generations.c.id == row.id)
                .values(prompt=storable(prompt), prompt_folded=fold(prompt))
            )
        if len(rows) < _BATCH:
            return
        last = rows[-1].id


def _conversations() -> None:
    op.create_table(
        "turns",
        _text("message"),
        _text("conversation"),
        sa.Column("tenant", sa.Text),
        _text("author"),
        _text("text"),
        sa.Column("sent_at", INSTANT, nullable=False),
        sa.Column("to_bot", sa.Boolean, nullable=False),
        sa.Column("reply_to", sa.Text),
        sa.Column("attachments", sa.JSON, nullable=False),
        sa.Column("job", sa.Text),
        sa.Column("edited_at", INSTANT),
        sa.Column("deleted_at", INSTANT),
        sa.PrimaryKeyConstraint("message", name="pk_turns"),
    )
    op.create_table(
        "posts",
        _text("job"),
        _text("place"),
        sa.Column("message", sa.Text),
        _text("state"),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("placed_at", INSTANT),
        sa.Column("delivered_at", INSTANT),
        sa.PrimaryKeyConstraint("job", name="pk_posts"),
        sa.ForeignKeyConstraint(["job"], ["jobs.id"], name="fk_posts_job"),
    )
    op.create_table(
        "rooms",
        _text("place"),
        _text("conversation"),
        _text("tenant"),
        sa.Column("owned", sa.Boolean, nullable=False),
        sa.Column("opened_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("place", name="pk_rooms"),
    )
    op.create_table(
        "watermarks",
        _text("key"),
        _text("until"),
        sa.Column("updated_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_watermarks"),
    )


def _images() -> None:
    op.create_table(
        "renditions",
        _text("digest"),
        _text("generation"),
        _text("media_type"),
        sa.Column("width", sa.Integer, nullable=False),
        sa.Column("height", sa.Integer, nullable=False),
        sa.Column("size_bytes", sa.BigInteger, nullable=False),
        _text("manifest"),
        _text("reason"),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("digest", name="pk_renditions"),
        sa.ForeignKeyConstraint(["digest"], ["blobs.digest"], name="fk_renditions_digest"),
        sa.ForeignKeyConstraint(["generation"], ["generations.id"], name="fk_renditions_generation"),
        sa.UniqueConstraint("generation", "reason", name="uq_renditions_generation_reason"),
    )
    op.create_table(
        "feedback",
        _text("generation"),
        _text("requester"),
        sa.Column("score", sa.Integer, nullable=False),
        sa.Column("given_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("generation", "requester", name="pk_feedback"),
        sa.ForeignKeyConstraint(["generation"], ["generations.id"], name="fk_feedback_generation"),
    )
    op.create_table(
        "reports",
        sa.Column("number", COUNTER, primary_key=True, autoincrement=True),
        _text("tenant"),
        sa.Column("reporter", sa.Text),
        _text("subject"),
        sa.Column("generation", sa.Text),
        sa.Column("message", sa.Text),
        _text("reason"),
        sa.Column("reported_at", INSTANT, nullable=False),
        sa.UniqueConstraint("reporter", "subject", name="uq_reports_reporter_subject"),
        sqlite_autoincrement=True,
    )


def _text(name: str) -> sa.Column[Any]:
    return sa.Column(name, sa.Text, nullable=False)


def _index(table: str, columns: list[str]) -> str:
    return f"ix_{table}_{'_'.join(columns)}"
