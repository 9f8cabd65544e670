"""Installing by OAuth: where a browser is sent, what it is shown, and what is kept of it; S21."""

import logging
from contextlib import asynccontextmanager

import pytest
from pydantic import SecretStr

from bots.slack.manifest import bot_scopes
from bots.slack.workspaces import NotInstalled
from storage.errors import DatabaseUnavailable
from tests.fakes.slack import FakeSlack
from tests.slack.web import listening


@asynccontextmanager
async def page(folder, **slack):
    async with FakeSlack() as fake, listening(folder, fake, **slack) as listener:
        yield fake, listener


async def test_s21_a_browser_is_sent_to_slack_with_the_least_scopes_and_a_state_of_its_own(tmp_path):
    async with page(tmp_path) as (fake, listener):
        reply = await listener.send("GET", "/slack/install", params={"team": "T0HOME"})
        other = await listener.send("GET", "/slack/install", params={"team": "T1&redirect_uri=https://evil.example"})

    assert reply.status == 302
    assert reply.headers["Location"].startswith("https://slack.com/oauth/v2/authorize?")
    assert reply.query["scope"].split(",") == list(bot_scopes())
    assert reply.query["client_id"] == fake.client_id
    assert reply.query["redirect_uri"] == "https://bot.example.com/slack/oauth_redirect"
    assert reply.query["team"] == "T0HOME"
    assert "team" not in other.query
    assert other.query["redirect_uri"] == reply.query["redirect_uri"]
    assert other.query["state"] != reply.query["state"]
    assert fake.client_secret not in reply.headers["Location"]
    cookie = reply.headers["Set-Cookie"]
    assert reply.cookie.endswith(f"={reply.query['state']}")
    assert {"Secure", "HttpOnly", "SameSite=Lax", "Max-Age=600"} <= {part.strip() for part in cookie.split(";")}
    assert reply.headers["Cache-Control"] == "no-store"


async def test_s21_an_installation_is_kept_and_used_at_once(tmp_path):
    async with page(tmp_path) as (fake, listener):
        team = fake.add_team("home")
        with pytest.raises(NotInstalled):
            await listener.parts.workspaces.find(team.id)
        reply = await listener.install(team)
        workspace = await listener.parts.workspaces.find(team.id)

        assert (workspace.client.token, workspace.bot_id, workspace.bot_user) == (team.token, team.bot_id, team.bot.id)
        assert workspace.scopes == team.scopes
    assert reply.status == 200
    assert "Threadbrush is installed" in reply.text
    assert f"https://slack.com/app_redirect?app=A0FAKEAPP01&amp;team={team.id}" in reply.text
    assert team.token not in reply.text
    assert "deleted" in reply.headers["Set-Cookie"]


async def test_s21_an_installation_for_an_organization_serves_its_workspaces(tmp_path):
    async with page(tmp_path) as (fake, listener):
        team = fake.add_team("home", enterprise="E0ORG", org_wide=True)
        await listener.install(team)
        workspace = await listener.parts.workspaces.find(team.id, "E0ORG")
        for_bolt = await listener.parts.workspaces.authorize(enterprise_id="E0ORG", team_id=None)

        assert workspace.client.token == for_bolt.bot_token == team.token
        assert workspace.client.default_params == {"team_id": team.id}
        store = listener.installed.store
        assert await store.installs.tenants_of(store.key("E0ORG")) == (f"slack:{team.id}",)


async def test_s21_events_of_an_organizations_installation_reach_the_bot(tmp_path):
    async with page(tmp_path) as (fake, listener):
        team = fake.add_team("home", enterprise="E0ORG", org_wide=True)
        await listener.install(team)
        ana, channel = team.add_user("ana"), team.add_channel("images")
        await channel.say(ana, f"{team.mention} a red car")
        await fake.wait_until(lambda: listener.heard)

        (body,) = listener.heard
        assert body["authorizations"][0]["team_id"] is None
        assert body["team_id"] == team.id


async def test_s21_a_state_works_once_and_in_its_browser_only(tmp_path):
    async with page(tmp_path) as (fake, listener):
        team = fake.add_team("home")
        begun = await listener.send("GET", "/slack/install")
        state, cookie = begun.query["state"], begun.cookie
        name = cookie.split("=")[0]
        code = fake.code(team)
        refused = [
            await listener.come_back(code=code, state=state),
            await listener.come_back(code=code, state=state, cookie=f"{name}=another"),
            await listener.come_back(code=code, state="forged", cookie=f"{name}=forged"),
            await listener.come_back(code=code, cookie=cookie),
        ]
        done = await listener.come_back(code=code, state=state, cookie=cookie)
        again = await listener.come_back(code=fake.code(team), state=state, cookie=cookie)

        assert len(fake.calls("oauth.v2.access")) == 1
    assert [reply.status for reply in refused] == [400, 400, 401, 400]
    assert all("not installed" in reply.text for reply in refused)
    assert (done.status, again.status) == (200, 401)


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ({"error": "access_denied"}, "was cancelled in Slack"),
        ({"error": "<script>alert(1)</script>"}, "did not confirm"),
    ],
)
async def test_s21_what_failed_is_said_and_nothing_of_the_address_is_repeated(tmp_path, query, words):
    async with page(tmp_path) as (_, listener):
        reply = await listener.come_back(**query)

    assert words in reply.text
    assert "script" not in reply.text
    assert 'href="install"' in reply.text
    assert "default-src 'none'" in reply.headers["Content-Security-Policy"]
    assert reply.headers["Referrer-Policy"] == "no-referrer"


async def test_s21_a_code_that_slack_does_not_take_installs_nothing(tmp_path):
    async with page(tmp_path) as (fake, listener):
        team = fake.add_team("home")
        begun = await listener.send("GET", "/slack/install")
        wrong = await listener.come_back(code="wrong", state=begun.query["state"], cookie=begun.cookie)
        fake.faults.add("cut", "oauth.v2.access")
        lost = await listener.install(team)
        fake.faults.clear()
        fake.faults.add("error", "auth.test", status=500)
        late = await listener.install(team)
        fake.faults.clear()

        with pytest.raises(NotInstalled):
            await listener.parts.workspaces.find(team.id)
    assert [(reply.status, "did not confirm" in reply.text) for reply in (wrong, lost, late)] == [(401, True)] * 3


async def test_s21_nothing_secret_is_logged_whatever_happens(tmp_path, caplog, capsys):
    caplog.set_level(logging.DEBUG)
    async with page(tmp_path) as (fake, listener):
        team = fake.add_team("home")
        await listener.install(team)
        begun = await listener.send("GET", "/slack/install")
        await listener.come_back(code="wrong-code", state=begun.query["state"], cookie=begun.cookie)
        for kind in ("cut", "error"):
            fake.faults.add(kind, "oauth.v2.access")
            await listener.install(team)
            fake.faults.clear()
        codes = [request.args["code"] for request in fake.calls("oauth.v2.access")]
        logged = "".join(
            record.getMessage() for record in caplog.records if not record.name.startswith(("aiosqlite", "slack_sdk"))
        )
        logged += capsys.readouterr().out

    assert "installation_not_confirmed" in logged
    for secret in (*codes, team.token, fake.client_secret, fake.signing_secret, begun.query["state"]):
        assert secret not in logged


async def test_s21_an_installation_that_cannot_be_kept_is_not_claimed(tmp_path, monkeypatch):
    async with page(tmp_path) as (fake, listener):

        async def fail(*_arguments, **_more):
            raise DatabaseUnavailable("the disk is full")

        monkeypatch.setattr(listener.installed.store.installs, "keep", fail)
        reply = await listener.install(fake.add_team("home"))

    assert reply.status == 500
    assert "could not be kept" in reply.text


async def test_s21_the_pages_speak_korean(tmp_path):
    async with page(tmp_path) as (fake, listener):
        done = await listener.install(fake.add_team("home"), language="ko-KR,ko;q=0.9,en;q=0.8")
        failed = await listener.come_back(error="access_denied", language="ko")

    assert '<html lang="ko">' in done.text
    assert "설치했어요" in done.text
    assert "취소했어요" in failed.text


async def test_s21_where_the_operator_sets_the_token_nobody_installs_anything(tmp_path):
    async with page(tmp_path, bot_token=SecretStr("xoxb-1")) as (_, listener):
        replies = [await listener.send("GET", path) for path in ("/slack/install", "/slack/oauth_redirect?code=1")]

    assert [reply.status for reply in replies] == [404, 404]
    assert not (tmp_path / "keys" / "secret.key").exists()


async def test_s21_looking_at_the_address_begins_no_installation(tmp_path):
    async with page(tmp_path) as (_, listener):
        assert (await listener.send("HEAD", "/slack/install")).status == 405
