"""What is needed where a platform keeps files of its own and does not know a message that comes twice."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Add the column, create the table."""
    op.add_column("posts", sa.Column("tried_at", INSTANT))
    op.create_table(
        "files",
        sa.Column("key", sa.Text, nullable=False),
        sa.Column("generation", sa.Text, nullable=False),
        sa.Column("digest", sa.Text, nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_files"),
        sa.ForeignKeyConstraint(["generation"], ["generations.id"], name="fk_files_generation"),
    )
    op.create_index("ix_files_generation", "files", ["generation"])


def downgrade() -> None:
    """Drop them."""
    op.drop_index("ix_files_generation", "files")
    op.drop_table("files")
    op.drop_column("posts", "tried_at")
