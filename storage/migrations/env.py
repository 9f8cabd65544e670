"""What Alembic runs: migrates over the connection that ``storage.database`` opened and locked."""

from alembic import context
from sqlalchemy import Connection

from storage.migrations import is_ours
from storage.tables import metadata


def run(connection: Connection) -> None:
    """Migrate inside the transaction of ``connection``."""
    context.configure(
        connection=connection,
        target_metadata=metadata,
        include_object=is_ours,
        transactional_ddl=True,
        version_table="threadbrush_version",
    )
    with context.begin_transaction():
        context.run_migrations()


run(context.config.attributes["connection"])
