"""Replicas that share a database renew a workspace's token together, on both databases; S21."""

import asyncio
import time
from contextlib import AsyncExitStack

import pytest
from slack_sdk.oauth.installation_store import Installation
from slack_sdk.oauth.token_rotation.async_rotator import AsyncTokenRotator

from bots.secrets import Seal
from bots.slack.clients import Clients
from bots.slack.installations import InstallationStore
from bots.slack.renewal import Installed
from storage.database import open_database
from storage.installs import Installs
from tests.fakes.slack import FakeSlack

HOUR = 3600
REPLICAS = 4


@pytest.fixture
async def replicas(url):
    """A fake Slack, its workspace, and replicas with connections of their own."""
    async with FakeSlack() as fake, AsyncExitStack() as stack:
        fake.world.token_seconds = 12 * HOUR
        made = []
        for _ in range(REPLICAS):
            database, clients = open_database(url), Clients(fake.api_url)
            stack.push_async_callback(database.close)
            stack.push_async_callback(clients.close)
            rotator = AsyncTokenRotator(
                client_id=fake.client_id, client_secret=fake.client_secret, client=clients.client()
            )
            made.append(Installed(InstallationStore(Installs(database), Seal(["a key"]), fake.client_id), rotator))
        yield fake, fake.add_team("home"), made


@pytest.mark.parametrize("left", [HOUR, -HOUR], ids=["a token that ends soon", "a token that is over"])
async def test_s21_replicas_spend_a_refresh_token_once_and_all_get_the_new_token(replicas, left):
    fake, team, made = replicas
    installation = Installation(
        team_id=team.id,
        bot_token=team.token,
        bot_refresh_token=team.refresh_token,
        bot_token_expires_at=int(time.time()) + left,
        user_id="U1",
    )
    await made[0].store.async_save(installation)
    first = await asyncio.gather(*(each.grant(team.id, None) for each in made for _ in range(3)))
    then = await asyncio.gather(*(each.grant(team.id, None) for each in made))

    assert len(fake.calls("oauth.v2.access")) == 1
    assert {each.token for each in first} <= {installation.bot_token, team.token}
    assert left > 0 or {each.token for each in first} == {team.token}
    assert {each.token for each in then} == {team.token}
