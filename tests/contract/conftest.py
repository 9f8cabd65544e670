"""Every test here runs on SQLite, and on PostgreSQL where a server can be started."""

import asyncio
from itertools import count

import pytest

from storage.blobs import Blobs
from storage.chats import Chats
from storage.database import migrate, open_database
from storage.store import Records
from tests.contract.postgres import administer

_numbers = count(1)


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def empty_url(request, tmp_path):
    """The URL of an empty database."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'app.db'}"
    cluster = request.getfixturevalue("cluster")
    name = f"empty{next(_numbers)}"
    administer(cluster, f"CREATE DATABASE {name}")
    return cluster.format(database=name)


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def url(request, tmp_path):
    """The URL of a migrated database without rows."""
    if request.param == "sqlite":
        made = f"sqlite:///{tmp_path / 'app.db'}"
        asyncio.run(migrate(made))
        return made
    cluster = request.getfixturevalue("cluster")
    name = f"test{next(_numbers)}"
    administer(cluster, f"CREATE DATABASE {name} TEMPLATE template")
    return cluster.format(database=name)


@pytest.fixture
async def records(url):
    database = open_database(url)
    yield Records(database)
    await database.close()


@pytest.fixture
def chats(records):
    """The other door to the same database."""
    return Chats(records.database)


@pytest.fixture
def blobs(tmp_path):
    return Blobs.in_folder(tmp_path / "blobs")
