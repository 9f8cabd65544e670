"""What the doctor says of Slack: token, permissions, socket, secrets, OAuth, installations; never a secret itself."""

import json
import time

import pytest
from pydantic import SecretStr
from slack_sdk.oauth.installation_store import Installation

from bots.config import Settings, SlackSettings
from bots.slack.doctor import examine
from bots.slack.installations import open_store
from storage.database import migrate, open_database
from tests.fakes.slack import FakeSlack
from tests.slack.web import http_settings


def named(findings):
    return {finding.part: finding for finding in findings}


def settings_of(fake, folder, **more):
    team = next(iter(fake.world.teams.values()))
    values = {"bot_token": SecretStr(team.token), "app_token": SecretStr(fake.app_token), "api_url": fake.api_url}
    return Settings(data_dir=folder, slack=SlackSettings(**{**values, **more}))


def shows_nothing(fake, findings):
    """No secret of the fake Slack stands in what was found."""
    said = json.dumps([[each.part, each.detail, each.mend] for each in findings])
    secrets = [fake.app_token, fake.signing_secret, fake.client_secret, "xoxb-", "xoxe"]
    tokens = [team.token for team in fake.world.teams.values()]
    return not any(secret in said.replace("begins with xoxb-", "") for secret in [*secrets, *tokens])


async def test_without_a_token_slack_is_absent_and_nothing_is_asked(tmp_path):
    (finding,) = await examine(Settings(data_dir=tmp_path))

    assert finding.status == "absent"
    assert "THREADBRUSH_SLACK__BOT_TOKEN" in finding.mend


async def test_s22_a_good_bot_is_found_well_and_no_socket_is_opened(tmp_path):
    async with FakeSlack() as fake:
        team = fake.add_team("home")
        findings = await examine(settings_of(fake, tmp_path))

        assert [each.method for each in fake.requests] == ["auth.test", "apps.connections.open"]
        assert shows_nothing(fake, findings)
    assert {part: finding.status for part, finding in named(findings).items()} == {
        "slack token": "ok",
        "slack scopes": "ok",
        "slack socket": "ok",
    }
    assert f"home ({team.id}), bot {team.bot.id}" in named(findings)["slack token"].detail


async def test_s22_scopes_that_are_missing_are_named_and_others_are_said(tmp_path):
    async with FakeSlack() as fake:
        team = fake.add_team("home")
        team.scopes -= {"files:read", "assistant:write"}
        missing = named(await examine(settings_of(fake, tmp_path)))["slack scopes"]
        team.scopes |= {"files:read", "assistant:write", "admin"}
        unneeded = named(await examine(settings_of(fake, tmp_path)))["slack scopes"]

    assert (missing.status, missing.detail) == ("broken", "missing: assistant:write, files:read")
    assert "slack-manifest" in missing.mend
    assert (unneeded.status, unneeded.detail) == ("ok", "every permission it needs; not needed: admin")


@pytest.mark.parametrize("token", ["xoxb-wrong", "xoxp-1-of-a-person", "xoxe.xoxb-1-that-ends"])
async def test_a_token_that_is_no_good_is_broken_and_never_shown(tmp_path, token):
    async with FakeSlack() as fake:
        fake.add_team("home")
        found = named(await examine(settings_of(fake, tmp_path, bot_token=SecretStr(token))))

    assert found["slack token"].status == "broken"
    assert "THREADBRUSH_SLACK__BOT_TOKEN" in found["slack token"].mend
    assert token not in str(found)
    assert "slack scopes" not in found


@pytest.mark.parametrize("token", [None, SecretStr("xapp-wrong")])
async def test_an_app_token_that_is_missing_or_refused_is_broken(tmp_path, token):
    async with FakeSlack() as fake:
        fake.add_team("home")
        found = named(await examine(settings_of(fake, tmp_path, app_token=token)))

    assert found["slack socket"].status == "broken"
    assert "THREADBRUSH_SLACK__APP_TOKEN" in found["slack socket"].mend
    assert "xapp-wrong" not in str(found)


async def test_slack_out_of_reach_is_no_matter_of_tokens(tmp_path):
    async with FakeSlack() as fake:
        fake.add_team("home")
        for method in ("auth.test", "apps.connections.open"):
            fake.faults.add("error", method, status=503)
        found = named(await examine(settings_of(fake, tmp_path)))

    assert {(part, each.status, each.mend) for part, each in found.items()} == {
        ("slack token", "broken", "Check the network."),
        ("slack socket", "broken", "Check the network."),
    }


@pytest.mark.parametrize(
    ("secret", "status"), [(None, "broken"), ("", "broken"), ("what is this", "absent"), ("a" * 32, "ok")]
)
async def test_s6_events_by_http_need_a_signing_secret_and_no_app_token(tmp_path, secret, status):
    async with FakeSlack() as fake:
        fake.add_team("home")
        signing = None if secret is None else SecretStr(secret)
        settings = settings_of(fake, tmp_path, mode="http", signing_secret=signing, app_token=None)
        found = named(await examine(settings))

    assert found["slack signing secret"].status == status
    assert "slack socket" not in found


@pytest.mark.parametrize(
    ("changes", "status", "words"),
    [
        ({}, "ok", "install at https://bot.example.com/slack/install"),
        ({"public_url": None}, "absent", "THREADBRUSH_SLACK__PUBLIC_URL"),
        ({"public_url": "http://bot.example.com"}, "broken", "no https address"),
        ({"client_secret": None}, "broken", "THREADBRUSH_SLACK__CLIENT_SECRET"),
        ({"signing_secret": None}, "broken", "THREADBRUSH_SLACK__SIGNING_SECRET"),
        ({"mode": "socket"}, "broken", "THREADBRUSH_SLACK__MODE=http"),
        ({"client_id": None}, "broken", "THREADBRUSH_SLACK__CLIENT_ID"),
        ({"client_id": None, "client_secret": None}, "broken", "THREADBRUSH_SLACK__BOT_TOKEN"),
    ],
)
async def test_s21_what_installing_lacks_is_named(tmp_path, changes, status, words):
    settings = await prepared(tmp_path, **changes)
    found = named(await examine(settings))

    assert found["slack oauth"].status == status
    assert words in found["slack oauth"].detail + found["slack oauth"].mend
    assert found["slack installations"].status == "absent"


async def prepared(folder, secret_key=None, **changes):
    """The settings of an app that workspaces install, over a migrated database."""
    async with FakeSlack() as fake:
        slack = http_settings(fake, **changes)
    settings = Settings(data_dir=folder, slack=slack, secret_key=secret_key)
    await migrate(settings.database)
    return settings


async def install(settings, team, **more):
    database = open_database(settings.database)
    store = await open_store(settings, database)
    await store.async_save(
        Installation(team_id=team.id, team_name=team.name, bot_token=team.token, bot_id="B1", user_id="U1", **more)
    )
    await database.close()


async def test_s21_installations_are_unsealed_and_asked_about(tmp_path):
    async with FakeSlack() as fake:
        settings = await prepared(tmp_path, api_url=fake.api_url)
        good, poor, gone, idle = (fake.add_team(name) for name in ("good", "poor", "gone", "idle"))
        for team in (good, poor, gone):
            await install(settings, team)
        await install(settings, idle, bot_token_expires_at=int(time.time()) - 60)
        poor.scopes.remove("files:read")
        gone.installed = False
        fake.world.expired.add(idle.token)
        findings = await examine(settings)
        found = named(findings)

        assert shows_nothing(fake, findings)
    assert found["slack installations"].detail == "4, all of them can be unsealed"
    assert (found["slack poor"].status, found["slack poor"].detail) == ("broken", "missing: files:read")
    assert (found["slack gone"].status, found["slack gone"].detail) == ("broken", "Slack refuses its token")
    assert {"slack good", "slack idle"}.isdisjoint(found)


async def test_s21_installations_that_were_sealed_with_another_key_are_named(tmp_path):
    async with FakeSlack() as fake:
        settings = await prepared(tmp_path, SecretStr("the old key"), api_url=fake.api_url)
        team = fake.add_team("home")
        await install(settings, team)
        renamed = settings.model_copy(update={"secret_key": SecretStr("a new key")})
        lost = named(await examine(renamed))["slack installations"]
        both = settings.model_copy(update={"secret_key": SecretStr("a new key,the old key")})
        found = named(await examine(both))["slack installations"]

    assert lost.status == "broken"
    assert lost.detail == f"1 of 1 cannot be unsealed: slack:{fake.client_id}:{team.id}"
    assert "THREADBRUSH_SECRET_KEY" in lost.mend
    assert found.status == "ok"


async def test_tables_that_are_not_there_are_said(tmp_path):
    async with FakeSlack() as fake:
        settings = Settings(data_dir=tmp_path, slack=http_settings(fake))
        found = named(await examine(settings))["slack installations"]

    assert found.status == "broken"
    assert "migrate" in found.mend


async def test_s21_processes_that_share_a_database_need_a_key_in_common(tmp_path):
    async with FakeSlack() as fake:
        address = SecretStr("postgresql://nobody@127.0.0.1:1/none")
        settings = Settings(data_dir=tmp_path, slack=http_settings(fake), database_url=address)
        found = named(await examine(settings))
        keyed = named(await examine(settings.model_copy(update={"secret_key": SecretStr("k" * 32)})))
        short = named(await examine(settings.model_copy(update={"secret_key": SecretStr(f"a key,{'k' * 32}")})))

    assert found["secret key"].status == "absent"
    assert "THREADBRUSH_SECRET_KEY" in found["secret key"].mend
    assert found["slack installations"].status == "broken"
    assert "secret key" not in keyed
    assert "it is short" in short["secret key"].detail
    assert "a key" not in short["secret key"].detail
