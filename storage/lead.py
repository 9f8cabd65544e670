"""Which of several processes on one PostgreSQL runs the line: the one that holds an advisory lock on its connection.

The server drops the lock with the connection, however its process dies. SQLite needs none: there the data folder's lock
decides. Knows nothing of what is run.
"""

import asyncio
from contextlib import suppress
from typing import Final

import sqlalchemy as sa
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.database import Database
from storage.errors import DatabaseUnavailable

_KEY: Final = 0x7468726561646C65  # "threadle": key of the advisory lock
LOOK_SECONDS: Final = 1.0
"""Between two looks at whether the connection still stands."""


class Lead:
    """The held lock."""

    def __init__(self, connection: AsyncConnection | None) -> None:
        self._connection = connection

    @classmethod
    async def acquire(cls, database: Database) -> "Lead | None":
        """Take the lock; None while another process has it.

        Raises:
            DatabaseUnavailable: No connection.
        """
        if not database.is_postgres:
            return cls(None)
        try:
            connection = await database.engine.connect()
            await connection.execution_options(isolation_level="AUTOCOMMIT")
            taken = (await connection.execute(sa.text("SELECT pg_try_advisory_lock(:key)"), {"key": _KEY})).scalar_one()
        except (SQLAlchemyError, OSError) as exc:
            raise DatabaseUnavailable("the database cannot be reached") from exc
        if taken:
            return cls(connection)
        await connection.close()
        return None

    async def lost(self) -> None:
        """Return when the connection, and so the lock, is gone; without one, never."""
        while self._connection is not None:
            await asyncio.sleep(LOOK_SECONDS)
            try:
                await self._connection.execute(sa.text("SELECT 1"))
            except (SQLAlchemyError, OSError):
                return
        await asyncio.Event().wait()

    async def release(self) -> None:
        """Let go."""
        if self._connection is not None:
            connection, self._connection = self._connection, None
            with suppress(SQLAlchemyError, OSError):
                # Said as well, because the server notices a closed connection only after a while.
                await connection.execute(sa.text("SELECT pg_advisory_unlock(:key)"), {"key": _KEY})
            await connection.invalidate()  # if it still has the lock, it must not go back into a pool
            await connection.close()
