"""What runs in other processes; kept apart because such a process imports the whole module."""

import asyncio

from storage.database import open_database
from storage.store import Records
from tests.storage.samples import open_job


def open_ten_jobs(url, worker):
    async def run() -> None:
        database = open_database(url)
        records = Records(database)
        for number in range(10):
            await open_job(records, f"{worker}/{number}")
            await records.start_job(f"{worker}/{number}")
        await database.close()

    asyncio.run(run())
