"""Tokens of installations: renewed before they end, by one process, kept whatever happens; S21."""

import asyncio
import time
from datetime import UTC, datetime

import pytest
from slack_sdk.oauth.token_rotation.async_rotator import AsyncTokenRotator

from bots.courier import TryLater
from bots.slack import renewal as module
from bots.slack.clients import Clients
from bots.slack.renewal import Installed
from storage.errors import DatabaseUnavailable
from tests.fakes.slack import FakeSlack
from tests.slack.stores import HOUR, installation, opened_store

SECRET = "client secret"  # noqa: S105 - of nobody
WHOLE, OWN, ANOTHER = "xoxb-whole", "xoxb-own", "xoxe-1-another"


@pytest.fixture
async def store(tmp_path):
    async with opened_store(tmp_path) as made:
        yield made


def nobody():
    """A rotator that must not be asked."""
    return AsyncTokenRotator(client_id="1.2", client_secret=SECRET)


class Rotation:
    """A fake Slack with token rotation, and processes that share a database."""

    def __init__(self, fake, team, store):
        self.fake, self.team, self.store = fake, team, store
        self.opened = []

    def process(self):
        """A process of its own."""
        clients = Clients(self.fake.api_url)
        self.opened.append(clients)
        rotator = AsyncTokenRotator(
            client_id=self.fake.client_id, client_secret=self.fake.client_secret, client=clients.client()
        )
        return Installed(self.store, rotator)

    async def keep(self, seconds):
        """Install with a token that ends in so many seconds."""
        await self.store.async_save(
            installation(
                team_id=self.team.id,
                bot_token=self.team.token,
                bot_refresh_token=self.team.refresh_token,
                bot_token_expires_at=int(time.time()) + seconds,
            )
        )

    @property
    def renewals(self):
        return [each for each in self.fake.calls("oauth.v2.access") if each.args.get("grant_type") == "refresh_token"]


@pytest.fixture
async def rotation(store):
    async with FakeSlack() as fake:
        fake.world.token_seconds = 12 * HOUR
        made = Rotation(fake, fake.add_team("home"), store)
        yield made
        for each in made.opened:
            await each.close()


async def test_s21_a_token_that_is_good_for_long_is_used_as_it_is(rotation):
    await rotation.keep(3 * HOUR)
    grant = await rotation.process().grant(rotation.team.id, None)

    assert grant.token == rotation.team.token
    assert rotation.renewals == []


async def test_s21_a_token_is_renewed_before_it_ends_and_the_new_one_is_kept(rotation):
    await rotation.keep(HOUR)
    old = rotation.team.token
    grant = await rotation.process().grant(rotation.team.id, None)
    kept = await rotation.store.async_find_installation(enterprise_id=None, team_id=rotation.team.id)

    assert grant.token == rotation.team.token != old
    assert (kept.bot_token, kept.bot_refresh_token) == (rotation.team.token, rotation.team.refresh_token)
    assert kept.bot_token_expires_at > time.time() + 11 * HOUR
    assert (kept.bot_id, kept.team_name) == ("B1", "home")
    assert (await rotation.process().grant(rotation.team.id, None)).token == rotation.team.token
    assert len(rotation.renewals) == 1


@pytest.mark.parametrize("left", [HOUR, -HOUR])
async def test_s21_of_many_processes_one_spends_the_refresh_token(rotation, left):
    await rotation.keep(left)
    old = rotation.team.token
    rotation.fake.world.expired |= {old} if left < 0 else set()
    grants = await asyncio.gather(*(rotation.process().grant(rotation.team.id, None) for _ in range(6)))

    assert len(rotation.renewals) == 1
    assert {each.token for each in grants} <= {rotation.team.token} | ({old} if left > 0 else set())


@pytest.mark.parametrize("kind", ["error", "cut", "rate_limit"])
async def test_s21_while_slack_does_not_renew_the_old_token_is_used_as_long_as_it_is_good(rotation, kind):
    await rotation.keep(HOUR)
    old = rotation.team.token
    rotation.fake.faults.add(kind, "oauth.v2.access")

    assert (await rotation.process().grant(rotation.team.id, None)).token == old
    rotation.fake.faults.clear()
    assert (await rotation.process().grant(rotation.team.id, None)).token == rotation.team.token != old


async def test_s21_a_token_that_is_over_and_cannot_be_renewed_now_is_not_known_rather_than_gone(rotation):
    await rotation.keep(-HOUR)
    rotation.fake.faults.add("error", "oauth.v2.access")

    with pytest.raises(TryLater):
        await rotation.process().grant(rotation.team.id, None)


async def test_s21_a_refresh_token_that_slack_refuses_ends_the_installation_with_its_token(rotation):
    await rotation.keep(HOUR)
    rotation.team.refresh_token = ANOTHER
    good = await rotation.process().grant(rotation.team.id, None)
    await rotation.keep(-HOUR)
    rotation.fake.faults.add("refuse", "oauth.v2.access", code="invalid_refresh_token")

    assert good is not None
    assert await rotation.process().grant(rotation.team.id, None) is None


async def test_s21_who_waits_for_a_renewal_that_never_ends_gives_up_and_does_not_spend_the_token(rotation, monkeypatch):
    monkeypatch.setattr(module, "WAIT_SECONDS", 0.2)
    await rotation.keep(-HOUR)
    known = await rotation.store.installs.find(rotation.store.key(rotation.team.id))
    assert await rotation.store.installs.begin_renewal(known, datetime.now(UTC) + module.LEASE)

    with pytest.raises(TryLater):
        await rotation.process().grant(rotation.team.id, None)
    assert rotation.renewals == []


async def test_s21_a_new_token_is_kept_although_the_database_fails_for_a_moment(rotation, monkeypatch):
    await rotation.keep(HOUR)
    installs, troubles = rotation.store.installs, [1, 1]
    end = installs.end_renewal

    async def failing(*arguments):
        if troubles:
            troubles.pop()
            raise DatabaseUnavailable("the disk is busy")
        return await end(*arguments)

    monkeypatch.setattr(installs, "end_renewal", failing)
    monkeypatch.setattr(module, "SAVE_PAUSES", (0.01, 0.01, 0.01))

    assert (await rotation.process().grant(rotation.team.id, None)).token == rotation.team.token
    assert troubles == []


async def test_s21_an_installation_notes_which_workspaces_of_its_organization_it_serves(store):
    await store.async_save(
        installation(team_id=None, enterprise_id="E1", is_enterprise_install=True, bot_token_expires_at=None)
    )
    source = Installed(store, nobody())
    grants = [await source.grant(team, "E1") for team in ("T1", "T2", "E1")]

    assert [each and each.team for each in grants] == [None] * 3
    assert None not in grants
    assert await store.installs.tenants_of(store.key("E1")) == ("slack:T1", "slack:T2")
    assert await source.grant("T3", None) is None


async def test_s21_a_workspaces_own_installation_comes_before_that_of_its_organization(store):
    await store.async_save(installation(team_id=None, enterprise_id="E1", is_enterprise_install=True, bot_token=WHOLE))
    await store.async_save(installation(enterprise_id="E1", bot_token=OWN))
    source = Installed(store, nobody())

    grants = [await source.grant(team, "E1") for team in ("T1", "T2")]
    assert [each and each.token for each in grants] == [OWN, WHOLE]
