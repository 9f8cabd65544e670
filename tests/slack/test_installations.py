"""Installations: kept sealed, found by workspace or organization, renewed by one process; states good once; S21."""

import asyncio
import time

import pytest
from slack_sdk.oauth.installation_store import Bot, Installation
from slack_sdk.oauth.token_rotation.async_rotator import AsyncTokenRotator

from bots.courier import TryLater
from bots.secrets import Seal
from bots.slack import installations as module
from bots.slack.installations import InstallationStore, Installed, StateStore
from storage.database import migrate, open_database
from storage.errors import DatabaseUnavailable
from storage.installs import Installs
from tests.fakes.slack import FakeSlack

HOUR = 3600
SECRET = "client secret"  # noqa: S105 - of nobody
WHOLE, OWN, ANOTHER = "xoxb-whole", "xoxb-own", "xoxe-1-another"


@pytest.fixture
async def installs(tmp_path):
    url = f"sqlite:///{tmp_path / 'app.db'}"
    await migrate(url)
    database = open_database(url)
    yield Installs(database)
    await database.close()


@pytest.fixture
def store(installs):
    return InstallationStore(installs, Seal(["a key"]), "1.2")


def installation(**more):
    values = {
        "app_id": "A1",
        "team_id": "T1",
        "team_name": "home",
        "bot_token": "xoxe.xoxb-secret",
        "bot_refresh_token": "xoxe-1-secret",
        "bot_token_expires_at": int(time.time()) + 12 * HOUR,
        "bot_id": "B1",
        "bot_user_id": "U0BOT",
        "bot_scopes": ["chat:write", "commands"],
        "user_id": "U1",
        "user_token": "xoxp-secret",
        "incoming_webhook_url": "https://hooks.slack.com/secret",
        **more,
    }
    return Installation(**values)


async def test_s21_an_installation_is_found_as_it_was_kept_without_what_nobody_asked_for(store):
    given = installation()
    await store.async_save(given)
    found = await store.async_find_installation(enterprise_id=None, team_id="T1")

    assert found.to_dict() == {**given.to_dict(), "user_token": None, "incoming_webhook_url": None}
    bot = await store.async_find_bot(enterprise_id="E-any", team_id="T1")
    assert (bot.bot_token, bot.bot_scopes) == ("xoxe.xoxb-secret", ["chat:write", "commands"])


async def test_s21_nothing_secret_is_readable_in_the_database(store, installs, tmp_path):
    await store.async_save(installation())
    await StateStore(installs).async_issue()
    await installs.database.close()
    data = b"".join(file.read_bytes() for file in tmp_path.iterdir() if file.is_file())

    assert b"slack:1.2:T1" in data
    for secret in (b"xoxe", b"xoxb", b"xoxp", b"hooks.slack.com"):
        assert secret not in data


async def test_s21_a_state_is_random_good_once_and_kept_as_a_digest(installs):
    states = StateStore(installs)
    first, second = await states.async_issue(), await states.async_issue()

    assert len(first) >= 40
    assert first != second
    assert await states.async_consume(first)
    assert not await states.async_consume(first)
    assert not await states.async_consume("a state of nobody \udc00")
    assert await states.async_consume(second)


async def test_s21_a_state_is_good_for_ten_minutes(installs, monkeypatch):
    monkeypatch.setattr(module, "STATE_SECONDS", -1)
    state = await StateStore(installs).async_issue()

    assert not await StateStore(installs).async_consume(state)
    monkeypatch.undo()
    assert module.STATE_SECONDS == 600


async def test_s21_an_installation_for_an_organization_is_found_by_it(store):
    await store.async_save(installation(team_id=None, enterprise_id="E1", is_enterprise_install=True))

    assert await store.async_find_installation(enterprise_id=None, team_id="T1") is None
    assert await store.async_find_installation(enterprise_id="E2", team_id=None) is None
    assert (await store.async_find_installation(enterprise_id="E1", team_id=None)).bot_id == "B1"
    whole = await store.async_find_installation(enterprise_id="E1", team_id="T1", is_enterprise_install=True)
    assert whole.is_enterprise_install


async def test_what_is_no_installation_is_not_kept(store):
    for wrong in (installation(team_id=None), installation(bot_token=None)):
        with pytest.raises(ValueError, match="an installation of nothing"):
            await store.async_save(wrong)


async def test_a_bot_can_be_kept_and_deleted_by_itself(store):
    await store.async_save_bot(
        Bot(team_id="T1", bot_token=OWN, bot_id="B1", bot_user_id="U0BOT", bot_scopes="commands", installed_at=1.0)
    )
    assert (await store.async_find_bot(enterprise_id=None, team_id="T1")).bot_token == OWN

    await store.async_delete_installation(enterprise_id=None, team_id="T1", user_id="U1")
    assert await store.async_find_bot(enterprise_id=None, team_id="T1") is not None
    await store.async_delete_all(enterprise_id=None, team_id="T1")
    assert await store.async_find_bot(enterprise_id=None, team_id="T1") is None
    await store.async_delete_all(enterprise_id=None, team_id=None)


async def test_another_key_or_another_app_finds_nothing(store, installs):
    await store.async_save(installation())

    for other in (
        InstallationStore(installs, Seal(["another"]), "1.2"),
        InstallationStore(installs, Seal(["a key"]), "9"),
    ):
        assert await other.async_find_installation(enterprise_id=None, team_id="T1") is None


async def test_a_token_that_was_put_under_another_workspace_is_not_used(store, installs):
    await store.async_save(installation())
    stolen = (await installs.find(store.key("T1"))).sealed
    await installs.keep(store.key("T2"), stolen)

    assert await store.async_find_installation(enterprise_id=None, team_id="T2") is None


def nobody():
    """A rotator that must not be asked."""
    return AsyncTokenRotator(client_id="1.2", client_secret=SECRET)


class Rotation:
    """A fake Slack with token rotation, and processes that share a database."""

    def __init__(self, fake, team, store):
        self.fake, self.team, self.store = fake, team, store

    def process(self):
        """A process of its own."""
        clients = self.clients()
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
        opened = []

        def clients():
            opened.append(module.Clients(fake.api_url))
            return opened[-1]

        made.clients = clients
        yield made
        for each in opened:
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
    assert await rotation.store.installs.begin_renewal(known, module.datetime.now(module.UTC) + module.LEASE)

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

    assert {each.team for each in grants} == {None}
    assert await store.installs.tenants_of(store.key("E1")) == ("slack:T1", "slack:T2")
    assert await source.grant("T3", None) is None


async def test_s21_a_workspaces_own_installation_comes_before_that_of_its_organization(store):
    await store.async_save(installation(team_id=None, enterprise_id="E1", is_enterprise_install=True, bot_token=WHOLE))
    await store.async_save(installation(enterprise_id="E1", bot_token=OWN))
    source = Installed(store, nobody())

    assert (await source.grant("T1", "E1")).token == OWN
    assert (await source.grant("T2", "E1")).token == WHOLE
