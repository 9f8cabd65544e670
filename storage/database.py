"""Connections to the database: SQLite in WAL mode or PostgreSQL, chosen by the URL, with the same statements on both.

Owns engines, transactions, migrations and the translation of the driver's errors. Knows no table.
The durable engine shares the file (SQLite) or the database (PostgreSQL); its tables are none of ours.
"""

import asyncio
import sqlite3
import time
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, contextmanager, nullcontext
from functools import partial
from pathlib import Path
from typing import Any, TypeVar, cast

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.util import CommandError
from sqlalchemy.exc import DBAPIError, IntegrityError, SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from storage.errors import DatabaseConflict, DatabaseUnavailable, SchemaOutdated, StorageError

BUSY_SECONDS = 30.0
MIGRATIONS = Path(__file__).with_name("migrations")
_MIGRATION_LOCK = 0x7468726561646272  # "threadbr": key of the advisory lock that migrating processes queue on
URGENT_TRY_MILLISECONDS = 3
_WRITES = "threadbrush_writes"
_BACKENDS = frozenset({"sqlite", "postgresql"})

T = TypeVar("T")


class Database:
    """An open database. ``read()`` and ``write()`` are its only transactions."""

    def __init__(self, engine: AsyncEngine, url: str) -> None:
        self.engine = engine
        self._turn = asyncio.Lock()
        self._urgent = _Urgent(url)

    @property
    def is_postgres(self) -> bool:
        """Whether writers run side by side (PostgreSQL) or one after another (SQLite)."""
        return self.engine.dialect.name == "postgresql"

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncConnection]:
        """A transaction that only reads; on SQLite it never waits for a writer.

        Raises:
            DatabaseUnavailable: No connection.
            SchemaOutdated: The tables are not there.
        """
        with _translated():
            async with self.engine.connect() as connection, connection.begin():
                yield connection

    @asynccontextmanager
    async def write(self) -> AsyncIterator[AsyncConnection]:
        """A transaction that writes: all of it or, when the block raises, nothing.

        SQLite has one writer, and whoever waits for it sleeps and tries again in no order, holding a connection. So
        the writers of a process take turns before they try.

        Raises:
            DatabaseUnavailable: No connection, or another writer held on for longer than ``BUSY_SECONDS``.
            DatabaseConflict: A constraint forbids it.
            SchemaOutdated: The tables are not there.
        """
        with _translated():
            async with nullcontext() if self.is_postgres else self._turn, self.engine.connect() as connection:
                await connection.execution_options(**{_WRITES: True})
                async with connection.begin():
                    yield connection

    async def urgently(self, work: Callable[[AsyncConnection], Coroutine[Any, Any, T]]) -> T:
        """A short transaction for which somebody is waiting, past all other writers of this process.

        It runs from BEGIN to COMMIT in a thread of its own, because between two statements of ``write`` the event loop
        may have much else to do, while nobody else can write.

        Args:
            work: Awaits nothing but its connection.

        Raises:
            DatabaseUnavailable: No connection, or another writer held on for longer than ``BUSY_SECONDS``.
            DatabaseConflict: A constraint forbids it.
            SchemaOutdated: The tables are not there.
        """
        with _translated():
            return await self._urgent.run(work)

    async def close(self) -> None:
        """Close every connection."""
        await self._urgent.close()
        await self.engine.dispose()


class _Urgent:
    """A thread with a connection of its own, made when it is first needed."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._engine: sa.Engine | None = None
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="urgent")

    async def run(self, work: Callable[[AsyncConnection], Coroutine[Any, Any, T]]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._thread, self._run, work)

    def _run(self, work: Callable[[AsyncConnection], Coroutine[Any, Any, T]]) -> T:
        if self._engine is None:
            self._engine = _urgent_engine(self._url)
        with self._engine.begin() as connection:
            return _finished(work(cast("AsyncConnection", _Inline(connection))))

    async def close(self) -> None:
        if self._engine is not None:
            await asyncio.get_running_loop().run_in_executor(self._thread, self._engine.dispose)
        self._thread.shutdown(wait=False)


class _Inline:
    """What our statements use of an asynchronous connection, over a synchronous one: nothing is ever waited for."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection
        self.dialect = connection.dialect

    async def execute(self, *arguments: Any, **options: Any) -> sa.CursorResult[Any]:
        return self._connection.execute(*arguments, **options)

    async def run_sync(self, function: Callable[..., Any], *arguments: Any) -> Any:
        return function(self._connection, *arguments)


def _finished(coroutine: Coroutine[Any, Any, T]) -> T:
    """The result of a coroutine that never waits."""
    try:
        coroutine.send(None)
    except StopIteration as end:
        result: T = end.value
        return result
    coroutine.close()
    raise RuntimeError("an urgent transaction may wait for nothing but its connection")


def open_database(url: str) -> Database:
    """An asynchronous database for ``sqlite:///FILE`` or ``postgresql://…``; connects on first use.

    Raises:
        DatabaseUnavailable: The URL is none of these.
    """
    address = _address(url)
    if address.get_backend_name() == "postgresql":
        engine = create_async_engine(
            address.set(drivername="postgresql+psycopg"), pool_pre_ping=True, hide_parameters=True
        )
        return Database(engine, url)
    engine = create_async_engine(
        address.set(drivername="sqlite+aiosqlite"), connect_args={"timeout": BUSY_SECONDS}, hide_parameters=True
    )
    # The driver's own BEGIN comes only before the first write; ours comes first, and takes the write lock if asked.
    sa.event.listen(engine.sync_engine, "connect", _configure_sqlite)
    sa.event.listen(engine.sync_engine, "begin", _begin_sqlite)
    return Database(engine, url)


def sync_engine(url: str) -> sa.Engine:
    """A synchronous engine on the same database, as the durable engine takes it (``system_database_engine``).

    On SQLite it puts the file into WAL mode and leaves BEGIN to the driver (``IMMEDIATE``), because the durable
    engine sends its own.

    Raises:
        DatabaseUnavailable: The URL is neither SQLite nor PostgreSQL.
    """
    address = _address(url)
    if address.get_backend_name() == "postgresql":
        return sa.create_engine(address.set(drivername="postgresql+psycopg"), pool_pre_ping=True, hide_parameters=True)
    _make_parent(address)
    engine = sa.create_engine(
        address.set(drivername="sqlite"), connect_args={"timeout": BUSY_SECONDS}, hide_parameters=True
    )
    sa.event.listen(engine, "connect", _configure_sync_sqlite)
    return engine


def _urgent_engine(url: str) -> sa.Engine:
    address = _address(url)
    if address.get_backend_name() == "postgresql":
        return sync_engine(url)
    engine = sa.create_engine(
        address.set(drivername="sqlite"), connect_args={"timeout": BUSY_SECONDS}, hide_parameters=True
    )
    sa.event.listen(engine, "connect", _configure_sqlite)
    sa.event.listen(engine, "begin", _begin_urgently)
    return engine


async def migrate(url: str) -> None:
    """Bring the tables to this program's version; safe when several processes start at once.

    Raises:
        DatabaseUnavailable: No connection.
        SchemaOutdated: The tables are newer than this program.
    """
    await asyncio.to_thread(partial(_migrate, url))


def _migrate(url: str) -> None:
    engine = sync_engine(url)
    try:
        with _translated(), engine.begin() as connection:
            # Whoever comes second waits here and then finds nothing left to do.
            if engine.dialect.name == "postgresql":
                connection.execute(sa.text("SELECT pg_advisory_xact_lock(:key)"), {"key": _MIGRATION_LOCK})
            else:
                connection.execute(sa.text("BEGIN IMMEDIATE"))
            command.upgrade(alembic_config(connection), "head")
    except CommandError as exc:
        raise SchemaOutdated("the database was migrated by a newer version of this program") from exc
    finally:
        engine.dispose()


def alembic_config(connection: sa.Connection) -> Config:
    """Alembic's settings, without a file, for migrating over ``connection``."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config


def _address(url: str) -> sa.URL:
    try:
        address = sa.make_url(url)
    except SQLAlchemyError as exc:
        raise DatabaseUnavailable("the database URL cannot be parsed") from exc
    if address.get_backend_name() not in _BACKENDS:
        raise DatabaseUnavailable(f"the database must be sqlite or postgresql, not {address.get_backend_name()}")
    if address.get_backend_name() == "sqlite" and address.database in {None, "", ":memory:"}:
        raise DatabaseUnavailable("the SQLite database must be a file, because several connections share it")
    return address


def _make_parent(address: sa.URL) -> None:
    try:
        Path(address.database or "").parent.mkdir(parents=True, exist_ok=True)
    except OSError as exc:
        raise DatabaseUnavailable(f"the folder of {address.database} cannot be made: {exc.strerror}") from exc


def _configure_sqlite(connection: Any, _record: Any) -> None:
    connection.isolation_level = None
    cursor = connection.cursor()
    cursor.execute("PRAGMA foreign_keys=ON")
    cursor.execute("PRAGMA synchronous=FULL")
    cursor.close()


def _begin_sqlite(connection: sa.Connection) -> None:
    writes = connection.get_execution_options().get(_WRITES, False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _begin_urgently(connection: sa.Connection) -> None:
    """Take the write lock as soon as it is free: SQLite itself sleeps for up to a tenth of a second between two tries."""
    cursor = connection.connection.cursor()
    deadline = time.monotonic() + BUSY_SECONDS
    try:
        cursor.execute(f"PRAGMA busy_timeout={URGENT_TRY_MILLISECONDS}")
        while True:
            try:
                cursor.execute("BEGIN IMMEDIATE")
            except sqlite3.OperationalError:
                if time.monotonic() > deadline:
                    raise
            else:
                return
    finally:
        cursor.execute(f"PRAGMA busy_timeout={BUSY_SECONDS * 1000:.0f}")
        cursor.close()


def _configure_sync_sqlite(connection: sqlite3.Connection, _record: Any) -> None:
    connection.isolation_level = "IMMEDIATE"
    connection.execute("PRAGMA foreign_keys=ON")
    _enter_wal(connection)
    # Checkpoints of steps that a power cut takes are made again; what must not be lost is committed by the other engine,
    # whose commits put everything before them on the disk, too.
    connection.execute("PRAGMA synchronous=NORMAL")


def _enter_wal(connection: sqlite3.Connection) -> None:
    """Entering WAL mode needs the file for itself and does not honour the busy timeout, so wait for it here."""
    deadline = time.monotonic() + BUSY_SECONDS
    while True:
        try:
            connection.execute("PRAGMA journal_mode=WAL")
        except sqlite3.OperationalError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.02)
        else:
            return


@contextmanager
def _translated() -> Iterator[None]:
    """Turns the driver's errors into ours, without the statement's values."""
    try:
        yield
    except SQLAlchemyError as exc:
        raise _translation(exc) from exc


def _translation(error: SQLAlchemyError) -> StorageError:
    if isinstance(error, IntegrityError):
        return DatabaseConflict("the database refused a row that contradicts others")
    if isinstance(error, DBAPIError):
        reason = type(error.orig).__name__
        if reason in {"UndefinedTable", "UndefinedColumn"} or "no such " in str(error.orig):
            return SchemaOutdated("the tables are not those of this program: run the migrations")
        return DatabaseUnavailable(f"the database cannot be used: {reason}")
    return DatabaseUnavailable(f"the database cannot be used: {type(error).__name__}")
