import asyncio
from dataclasses import replace
from typing import Any

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext

from generator.request import GenerationRequest
from storage.codec import encode
from storage.database import alembic_config, migrate, open_database, sync_engine
from storage.errors import SchemaOutdated
from storage.gallery import GalleryQuery
from storage.migrations import is_ours
from storage.records import GenerationRecord
from storage.store import Records
from storage.tables import metadata
from tests.storage.samples import generation, keep, open_job


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


def run_alembic(url: str, step: str, revision: str) -> None:
    engine = sync_engine(url)
    with engine.begin() as connection:
        getattr(command, step)(alembic_config(connection), revision)
    engine.dispose()


async def test_a_database_of_the_first_release_is_brought_up_to_date_with_its_rows(empty_url):
    run_alembic(empty_url, "upgrade", "0001")
    old = replace(generation("job"), request=GenerationRequest(prompt="A RED\0 모자"))
    fill(empty_url, old)
    await migrate(empty_url)
    database = open_database(empty_url)
    records = Records(database)
    job = await records.job("job")
    found = await records.gallery(GalleryQuery(text="a red\ufffd 모자"))
    prompts = await records.recent_prompts("ana", "a red")
    await database.close()

    assert differences(empty_url) == []
    assert job is not None
    assert (job.locale, job.silent) == ("en", False)
    assert found == (old,)
    assert prompts == ("A RED\ufffd 모자",)


def test_a_migration_can_be_taken_back_and_repeated(url):
    run_alembic(url, "downgrade", "0001")
    run_alembic(url, "upgrade", "head")

    assert differences(url) == []


def fill(url: str, record: GenerationRecord) -> None:
    """One image, as the first release wrote it."""
    owner = {"tenant": record.tenant, "requester": record.requester, "conversation": record.conversation}
    values: list[tuple[str, dict[str, Any]]] = [
        ("tenants", {"id": record.tenant}),
        ("requesters", {"tenant": record.tenant, "id": record.requester}),
        ("jobs", {"id": record.job, **owner, "ordered": True, "status": "waiting", "private": False, "reply": "",
                  "verdicts": [], "unmet": []}),
        ("blobs", {"digest": record.digest, "media_type": "image/png", "size_bytes": 5}),
        ("generations", {"id": record.id, "job": record.job, "image_index": 0, **owner, "digest": record.digest,
                         "draft_digest": record.draft_digest, "manifest": record.credential.manifest,
                         "mark_id": record.mark_id, "private": False,
                         "document": encode(GenerationRecord, record)}),
    ]  # fmt: skip
    engine = sync_engine(url)
    with engine.begin() as connection:
        for table, row in values:
            connection.execute(sa.insert(metadata.tables[table]).values(**row, created_at=record.created_at))
    engine.dispose()


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
