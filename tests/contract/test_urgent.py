"""Urgent transactions: whole or not at all, in order, and never waiting for anything but the database."""

import asyncio
from datetime import UTC, datetime

import pytest

from storage.errors import UnknownJob
from storage.jobs import find_job, open_job, start_job
from storage.records import JobRecord


def job(name):
    return JobRecord(
        id=name,
        tenant="guild",
        conversation="thread",
        requester="ana",
        position=0,
        ordered=True,
        status="waiting",
        created_at=datetime.now(UTC),
    )


async def test_an_urgent_transaction_is_read_by_all_others_afterwards(records):
    async def write(connection):
        await open_job(connection, job("one"))
        return await find_job(connection, "one")

    written = await records.database.urgently(write)

    assert written == await records.job("one")


async def test_an_urgent_transaction_that_fails_leaves_nothing(records):
    async def write(connection):
        await open_job(connection, job("one"))
        await start_job(connection, "never opened")

    with pytest.raises(UnknownJob):
        await records.database.urgently(write)
    assert await records.job("one") is None


async def test_an_urgent_transaction_may_wait_for_nothing_else(records):
    async def write(connection):
        await open_job(connection, job("one"))
        await asyncio.sleep(0)

    with pytest.raises(RuntimeError, match="wait for nothing"):
        await records.database.urgently(write)
    assert await records.job("one") is None


async def test_urgent_and_other_writers_side_by_side_all_come_through(records):
    async def urgent(number):
        async def write(connection):
            return await open_job(connection, job(f"urgent{number}"))

        return await records.database.urgently(write)

    async def patient(number):
        async with records.database.write() as connection:
            return await open_job(connection, job(f"patient{number}"))

    made = await asyncio.gather(*(each(number) for number in range(20) for each in (urgent, patient)))

    assert len({one.position for one in made}) == 40
    assert len(await records.unfinished_jobs()) == 40
