"""What is needed where an app is installed by others: their tokens, sealed, and installations that are under way."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "installs",
        sa.Column("key", sa.Text, nullable=False),
        sa.Column("sealed", sa.Text),
        sa.Column("installed_at", INSTANT, nullable=False),
        sa.Column("renewing_until", INSTANT),
        sa.Column("left_at", INSTANT),
        sa.PrimaryKeyConstraint("key", name="pk_installs"),
    )
    op.create_table(
        "install_tenants",
        sa.Column("install", sa.Text, nullable=False),
        sa.Column("tenant", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("install", "tenant", name="pk_install_tenants"),
        sa.ForeignKeyConstraint(["install"], ["installs.key"], name="fk_install_tenants_install"),
    )
    op.create_table(
        "install_states",
        sa.Column("digest", sa.Text, nullable=False),
        sa.Column("expires_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("digest", name="pk_install_states"),
    )
    op.create_index("ix_install_states_expires_at", "install_states", ["expires_at"])


def downgrade() -> None:
    """Drop them."""
    op.drop_index("ix_install_states_expires_at", "install_states")
    for table in ("install_states", "install_tenants", "installs"):
        op.drop_table(table)
