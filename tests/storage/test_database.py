import asyncio
import multiprocessing
import sqlite3

import pytest
import sqlalchemy as sa
from dbos import DBOS

from storage.database import migrate, open_database, sync_engine
from storage.errors import DatabaseConflict, DatabaseUnavailable
from storage.store import Records
from tests.storage.processes import open_ten_jobs
from tests.storage.samples import keep, open_job


@pytest.fixture
def url(tmp_path):
    return f"sqlite:///{tmp_path / 'data' / 'app.db'}"


@pytest.mark.parametrize(
    ("address", "reason"),
    [
        ("mysql://root:secret@host/db", "sqlite or postgresql"),
        ("sqlite://", "must be a file"),
        ("sqlite:///:memory:", "must be a file"),
        ("secret nonsense", "cannot be parsed"),
    ],
)
@pytest.mark.parametrize("opener", [open_database, sync_engine])
def test_an_address_that_cannot_be_used_is_refused_without_showing_it(opener, address, reason):
    with pytest.raises(DatabaseUnavailable, match=reason) as caught:
        opener(address)

    assert "secret" not in str(caught.value)


async def test_a_database_that_cannot_be_reached_says_so(tmp_path):
    (tmp_path / "file").write_text("no database")
    with pytest.raises(DatabaseUnavailable):
        await migrate(f"sqlite:///{tmp_path / 'file' / 'app.db'}")
    with pytest.raises(DatabaseUnavailable):
        await migrate(f"sqlite:///{tmp_path / 'file'}")
    with pytest.raises(DatabaseUnavailable):
        await migrate(f"postgresql://u:secret@/db?host={tmp_path}")


async def test_the_file_is_in_wal_mode_and_every_connection_checks_foreign_keys(url):
    await migrate(url)
    database = open_database(url)
    async with database.read() as connection:
        modes = [
            (await connection.execute(sa.text(f"PRAGMA {name}"))).scalar_one()
            for name in ("journal_mode", "foreign_keys", "synchronous", "busy_timeout")
        ]
    await database.close()

    assert modes == ["wal", 1, 2, 30_000]


@pytest.mark.slow
async def test_the_durable_engine_lives_in_the_same_file(url):
    await migrate(url)
    engine = sync_engine(url)
    await asyncio.to_thread(_launch_and_stop_the_durable_engine, engine)
    database = open_database(url)
    kept = await keep(Records(database), "job")
    await migrate(url)
    await asyncio.to_thread(_launch_and_stop_the_durable_engine, engine)
    with engine.connect() as connection:
        tables = set(sa.inspect(connection).get_table_names())
    engine.dispose()

    assert await Records(database).generation(kept.id) == kept
    assert {"generations", "threadbrush_version", "workflow_status", "dbos_migrations"} <= tables

    await database.close()


def _launch_and_stop_the_durable_engine(engine):
    DBOS(config={"name": "test", "system_database_engine": engine, "log_level": "ERROR"})
    DBOS.launch()
    DBOS.destroy()


async def test_an_error_never_shows_the_values_of_the_statement(url):
    await migrate(url)
    database = open_database(url)

    async def contradict() -> None:
        async with database.write() as connection:
            statement = sa.text("INSERT INTO attempts VALUES (:job, 1, '2026-01-01')")
            await connection.execute(statement, {"job": "a secret prompt"})

    with pytest.raises(DatabaseConflict) as caught:
        await contradict()
    await database.close()

    assert "secret" not in f"{caught.value} {caught.value.__cause__}"


async def test_several_processes_write_one_file_without_loss(url):
    await migrate(url)
    context = multiprocessing.get_context("spawn")
    workers = [context.Process(target=open_ten_jobs, args=(url, number)) for number in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        await asyncio.to_thread(worker.join)
    database = open_database(url)
    jobs = await Records(database).unfinished_jobs()
    await database.close()

    assert [worker.exitcode for worker in workers] == [0, 0]
    assert len({job.position for job in jobs}) == len(jobs) == 20


async def test_a_locked_database_is_a_clear_error(url, monkeypatch):
    monkeypatch.setattr("storage.database.BUSY_SECONDS", 0.05)
    await migrate(url)
    database = open_database(url)
    holder = sqlite3.connect(url.removeprefix("sqlite:///"), isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    with pytest.raises(DatabaseUnavailable, match="OperationalError"):
        await open_job(Records(database), "job")
    holder.close()

    await open_job(Records(database), "job")
    await database.close()
