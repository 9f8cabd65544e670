"""Several processes on one PostgreSQL, each with a data folder of its own: one of them runs the line."""

import asyncio

import pytest
import sqlalchemy as sa
from pydantic import SecretStr

from bots.config import ChecksSettings, Settings
from bots.conversation import Conversation, Options, Turn
from bots.order import Order
from bots.session import open_session
from storage.database import open_database
from storage.errors import DatabaseUnavailable
from storage.lead import Lead
from tests.contract.postgres import administer

pytestmark = pytest.mark.postgres


@pytest.fixture
def shared_url(cluster, request):
    name = f"lead{abs(hash(request.node.name)) % 10**9}"
    administer(cluster, f"CREATE DATABASE {name}")
    return cluster.format(database=name)


@pytest.mark.slow
async def test_one_of_two_processes_leads_and_the_other_follows_it(shared_url, tmp_path):
    def settings(name: str) -> Settings:
        return Settings(
            data_dir=tmp_path / name,
            database_url=shared_url,
            blobs_url=SecretStr(f"file://{tmp_path / 'blobs'}"),
            checks=ChecksSettings(ocr=False),
        )

    order = Order(
        job="cli:one",
        conversation=Conversation(
            id="cli:thread",
            turns=(Turn(author="ana", text="a red apple"),),
            options=Options(width=256, height=256),
        ),
        requester="ana",
    )
    async with open_session(settings("two"), serve=False) as second:
        async with open_session(settings("one")) as first:
            assert first.serving
            assert not await second.serve()
            await second.submit(order)
            answer = await second.wait(order.job)
            assert answer is not None
            assert answer.outcome == "image"
            assert not second.serving
        assert await second.serve()


async def test_a_lead_whose_connection_breaks_is_known_to_be_lost(shared_url, cluster):
    database, other = open_database(shared_url), open_database(shared_url)
    try:
        lead = await Lead.acquire(database)
        assert lead is not None
        assert await Lead.acquire(other) is None
        async with asyncio.TaskGroup() as tasks:
            lost = tasks.create_task(lead.lost())
            name = sa.make_url(shared_url).database
            terminate = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname ="
            administer(cluster, f"{terminate} '{name}'")
            await asyncio.wait_for(lost, 10)
        await lead.release()
        taken = None
        while taken is None:
            try:
                taken = await Lead.acquire(other)
            except DatabaseUnavailable:
                continue  # its pooled connection was ended, too
        await taken.release()
    finally:
        await database.close()
        await other.close()
