import asyncio

import pytest

from storage.credentials import Credentials
from storage.database import migrate, open_database
from storage.store import Records


@pytest.fixture(scope="session")
def credentials(tmp_path_factory) -> Credentials:
    """One installation's credentials, shared: making its chain and using it changes nothing."""
    return asyncio.run(Credentials.open(tmp_path_factory.mktemp("ours") / "keys"))


@pytest.fixture(scope="session")
def strangers(tmp_path_factory) -> Credentials:
    """Another installation: same names in its certificates, other keys."""
    return asyncio.run(Credentials.open(tmp_path_factory.mktemp("strangers") / "keys"))


@pytest.fixture
async def records(tmp_path):
    url = f"sqlite:///{tmp_path / 'app.db'}"
    await migrate(url)
    database = open_database(url)
    yield Records(database)
    await database.close()
