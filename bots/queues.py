"""Putting orders into the durable queue: what every process may do, also one that runs nothing.

Owns the names that the queue's tables know; ``bots.service`` runs what is queued here.
"""

import asyncio
from datetime import UTC, datetime
from typing import Any

from dbos import DBOS, DBOSClient, DBOSPortableJSONSerializer
from sqlalchemy import Engine as SyncEngine
from sqlalchemy.ext.asyncio import AsyncConnection

from bots.order import Order
from storage.codec import encode
from storage.jobs import find_job, open_job
from storage.posts import open_post
from storage.records import JobRecord
from storage.store import Records
from storage.turns import TurnRecord, note_turn

APPLICATION = "threadbrush"
# Pinned: DBOS would otherwise hash the source, and jobs interrupted by an upgrade would wait for ever.
APPLICATION_VERSION = "1"
JOBS, GPU, CHATS = "jobs", "gpu", "chats"
POLL_SECONDS = 0.05
WORKERS = {JOBS: 64, GPU: 4, CHATS: 256}  # errands mostly wait for their jobs


async def enqueue(records: Records, client: DBOSClient, order: Order, turn: TurnRecord | None = None) -> None:
    """Open the job's row and queue its workflows in one transaction, so that none exists without the others.

    A job that was opened before is left alone, however long ago its workflows were forgotten.
    """
    document = encode(Order, order)

    def queue(connection: Any) -> None:
        _queue(client, connection, JOBS, "job", order.job, document)
        if order.address is not None:
            _queue(client, connection, CHATS, "errand", errand_id(order.job), document)

    conversation = order.conversation
    job = JobRecord(
        id=order.job,
        tenant=conversation.tenant,
        conversation=conversation.id,
        requester=order.requester,
        position=0,
        ordered=order.ordered,
        status="waiting",
        created_at=datetime.now(UTC),
        private=conversation.options.private,
        locale=conversation.locale,
    )

    async def write(transaction: AsyncConnection) -> None:
        if await find_job(transaction, order.job) is not None:
            return
        await open_job(transaction, job)
        if turn is not None:
            await note_turn(transaction, turn)
        if order.address is not None:
            await open_post(transaction, order.job, order.address.place)
        await transaction.run_sync(queue)

    await records.database.urgently(write)


def _queue(
    client: DBOSClient, connection: Any, queue: str, workflow: str, identity: str, document: dict[str, Any]
) -> None:
    client.enqueue_in_transaction(
        connection,
        {
            "queue_name": queue,
            "workflow_name": workflow,
            "workflow_id": identity,
            "app_version": APPLICATION_VERSION,
        },
        document,
    )


def errand_id(job: str) -> str:
    """The workflow that delivers a job's answer."""
    return f"{job}/errand"


async def migrate_queue(url: str) -> None:
    """Make or update the durable engine's own tables, so that orders can be queued before any service has run.

    Args:
        url: The database of the settings, SQLite or PostgreSQL.
    """
    await asyncio.to_thread(DBOS.migrate, url)


def register_queues(engine: SyncEngine) -> None:
    """Make the queues or set what changed of them. Before the launch: queues made later are noticed a second late."""
    client = dbos_client(engine)
    try:
        for name, workers in WORKERS.items():
            client.register_queue(name, worker_concurrency=workers, polling_interval_sec=POLL_SECONDS)
    finally:
        client.destroy()


def dbos_client(engine: SyncEngine) -> DBOSClient:
    """A client that only queues and reads; it never runs workflows."""
    return DBOSClient(
        system_database_engine=engine, serializer=DBOSPortableJSONSerializer(), application_name=APPLICATION
    )
