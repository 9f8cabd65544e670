import asyncio
from typing import Any

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext

from storage.database import migrate, open_database, sync_engine
from storage.errors import SchemaOutdated
from storage.migrations import is_ours
from storage.store import Records
from storage.tables import metadata
from tests.storage.samples import keep, open_job


def differences(url: str) -> list[Any]:
    engine = sync_engine(url)
    with engine.connect() as connection:
        context = MigrationContext.configure(
            connection,
            opts={"include_object": is_ours, "compare_server_default": True, "version_table": "threadbrush_version"},
        )
        found: list[Any] = compare_metadata(context, metadata)
    engine.dispose()
    return found


def execute(url: str, statement: str) -> None:
    engine = sync_engine(url)
    with engine.begin() as connection:
        connection.execute(sa.text(statement))
    engine.dispose()


def test_the_migrations_lead_to_exactly_the_declared_tables(url):
    assert differences(url) == []


def test_the_comparison_would_notice_a_missing_column_and_a_strange_index(url):
    execute(url, "ALTER TABLE tenants DROP COLUMN visibility")
    execute(url, "CREATE INDEX strange ON jobs (tenant)")

    assert sorted(difference[0] for difference in differences(url)) == ["add_column", "remove_index"]


async def test_several_processes_may_migrate_at_once_and_again(empty_url):
    await asyncio.gather(*[migrate(empty_url) for _ in range(4)])
    await migrate(empty_url)

    assert differences(empty_url) == []


async def test_tables_of_the_durable_engine_are_left_alone(empty_url):
    execute(empty_url, "CREATE TABLE workflow_status (workflow_uuid TEXT PRIMARY KEY)")
    execute(empty_url, "INSERT INTO workflow_status VALUES ('kept')")
    await migrate(empty_url)

    assert differences(empty_url) == []
    execute(empty_url, "INSERT INTO workflow_status VALUES ('also')")


async def test_a_database_of_a_newer_program_is_refused(url):
    execute(url, "UPDATE threadbrush_version SET version_num = '9999'")

    with pytest.raises(SchemaOutdated, match="newer"):
        await migrate(url)


async def test_a_database_without_tables_says_that_it_must_be_migrated(empty_url):
    database = open_database(empty_url)
    with pytest.raises(SchemaOutdated, match="run the migrations"):
        await Records(database).job("job")
    await database.close()


async def test_a_transaction_that_fails_leaves_nothing(url):
    database = open_database(url)
    records = Records(database)
    await open_job(records, "job")

    async def fail() -> None:
        async with database.write() as connection:
            await connection.execute(sa.text("UPDATE jobs SET outcome = 'image'"))
            raise RuntimeError("on purpose")

    with pytest.raises(RuntimeError, match="on purpose"):
        await fail()

    job = await records.job("job")
    await database.close()

    assert job is not None
    assert job.outcome is None


async def test_a_reader_does_not_wait_for_a_writer(url):
    database = open_database(url)
    records = Records(database)
    kept = await keep(records, "job")
    async with database.write() as connection, asyncio.timeout(2):
        await connection.execute(sa.text("UPDATE jobs SET outcome = 'image'"))
        seen = await records.generation(kept.id)
    await database.close()

    assert seen == kept
