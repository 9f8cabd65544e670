"""Installations: kept sealed, found by workspace or organization; states good once; S21."""

import pytest
from slack_sdk.oauth.installation_store import Bot

from bots.secrets import Seal
from bots.slack import installations as module
from bots.slack.installations import InstallationStore, StateStore
from tests.slack.stores import installation, opened_store

OWN = "xoxb-own"


@pytest.fixture
async def store(tmp_path):
    async with opened_store(tmp_path) as made:
        yield made


@pytest.fixture
def installs(store):
    return store.installs


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
