"""Finding workspaces with a token that is set: asked about once, for its own workspace only, never repeated."""

import asyncio
from contextlib import asynccontextmanager

import pytest
from pydantic import SecretStr

from bots.config import SlackSettings
from bots.courier import TryLater, Unreachable
from bots.slack.grants import Grant
from bots.slack.problems import reaching
from bots.slack.workspaces import FRESH_SECONDS, NotInstalled, Workspaces
from tests.fakes.slack import FakeSlack
from tests.fakes.slack.world import SCOPES

FIRST, SECOND, WRONG = "xoxb-1", "xoxb-2", "xoxb-wrong"


class Clock:
    """Seconds that a test turns."""

    def __init__(self):
        self.seconds = 0.0

    def __call__(self):
        return self.seconds


@asynccontextmanager
async def one_workspace(token=None, **team):
    async with FakeSlack() as fake:
        home = fake.add_team("home", **team)
        settings = SlackSettings(bot_token=SecretStr(token or home.token), api_url=fake.api_url)
        async with Workspaces(settings) as workspaces:
            yield fake, home, workspaces


async def test_the_workspace_of_the_token_is_found_and_asked_about_once():
    async with one_workspace() as (fake, home, workspaces):
        found = await asyncio.gather(*(workspaces.find(home.id) for _ in range(10)))

        assert len(fake.calls("auth.test")) == 1
    assert {id(each) for each in found} == {id(found[0])}
    assert (found[0].team, found[0].bot_user, found[0].bot_id) == (home.id, home.bot.id, home.bot_id)
    assert found[0].name == "home"
    assert found[0].scopes == set(SCOPES.split())
    assert found[0].client.token == home.token
    assert home.token not in repr(found[0])


async def test_s21_another_workspace_does_not_get_the_token():
    async with one_workspace() as (fake, _, workspaces):
        other = fake.add_team("elsewhere")

        with pytest.raises(NotInstalled):
            await workspaces.find(other.id)
        assert await workspaces.authorize(enterprise_id=None, team_id=other.id) is None


async def test_s21_a_token_for_a_whole_organization_acts_in_each_of_its_workspaces():
    async with one_workspace(enterprise="E1", org_wide=True) as (_, home, workspaces):
        found = await workspaces.find(home.id, "E1")

        assert found.client.default_params == {"team_id": home.id}
        with pytest.raises(NotInstalled):
            await workspaces.find("T0OTHER", "E2")
        with pytest.raises(NotInstalled):
            await workspaces.find("T0OTHER", None)


async def test_bolt_is_told_who_the_bot_is():
    async with one_workspace() as (_, home, workspaces):
        result = await workspaces.authorize(enterprise_id=None, team_id=home.id, user_id="U1")

    assert (result.bot_token, result.bot_user_id, result.bot_id) == (home.token, home.bot.id, home.bot_id)
    assert (result.team_id, result.user_id) == (home.id, "U1")
    assert result.bot_scopes == sorted(SCOPES.split())


async def test_bolt_is_told_of_nobody_where_an_event_names_no_workspace():
    async with one_workspace() as (_, __, workspaces):
        assert await workspaces.authorize(enterprise_id=None, team_id=None) is None


async def test_a_token_that_slack_refuses_is_installed_nowhere():
    async with one_workspace(token=WRONG) as (_, home, workspaces):
        with pytest.raises(NotInstalled):
            await workspaces.find(home.id)


async def test_while_slack_does_not_answer_nothing_is_known_and_bolt_does_not_acknowledge():
    async with one_workspace() as (fake, home, workspaces):
        fake.faults.add("error", "auth.test", status=503)
        with pytest.raises(TryLater):
            await workspaces.authorize(enterprise_id=None, team_id=home.id)
        fake.faults.clear()

        assert (await workspaces.authorize(enterprise_id=None, team_id=home.id)).bot_id == home.bot_id


async def test_s24_a_post_whose_answer_is_lost_or_delayed_is_never_repeated_by_a_client():
    async with one_workspace() as (fake, home, workspaces):
        channel = home.add_channel("images")
        workspace = await workspaces.find(home.id)
        for trouble in (
            {"kind": "answer_lost"},
            {"kind": "rate_limit", "seconds": 1},
            {"kind": "error", "status": 500},
        ):
            fake.faults.add(trouble.pop("kind"), "chat.postMessage", **trouble)
            with pytest.raises(TryLater):
                async with reaching():
                    await workspace.client.chat_postMessage(channel=channel.id, text="hello")
            fake.faults.clear()

        assert len(fake.calls("chat.postMessage")) == 3


async def test_a_token_is_looked_up_again_after_a_minute_or_when_it_is_forgotten():
    asked = []

    class Source:
        token: str | None = FIRST

        async def grant(self, team, enterprise):
            asked.append((team, enterprise))
            return self.token and Grant(
                token=self.token, team=team, enterprise=enterprise, bot_user="U1", bot_id="B1", name="home"
            )

    source, clock = Source(), Clock()

    async def opened(_clients):
        return source

    async with Workspaces(SlackSettings(), opened, clock) as workspaces:
        first = await workspaces.find("T1", "E1")
        clock.seconds += FRESH_SECONDS - 1
        assert await workspaces.find("T1") is first
        clock.seconds += 2
        assert await workspaces.find("T1", "E1") is first  # the same token: the same client
        assert asked == [("T1", "E1"), ("T1", "E1")]

        source.token = SECOND
        workspaces.forget("T1")
        second = await workspaces.find("T1", "E1")
        assert second.client.token == SECOND

        source.token = None
        workspaces.forget("T1")
        with pytest.raises(NotInstalled):
            await workspaces.find("T1", "E1")


async def test_without_a_token_and_without_installations_nothing_is_installed():
    async with Workspaces(SlackSettings()) as workspaces:
        with pytest.raises(NotInstalled):
            await workspaces.find("T1")


async def test_the_connections_are_closed_at_the_end():
    async with one_workspace() as (_, home, workspaces):
        client = (await workspaces.find(home.id)).client
        session = client.session

    assert session.closed


async def test_a_revoked_token_is_noticed_once_it_is_forgotten():
    async with one_workspace() as (_, home, workspaces):
        client = (await workspaces.find(home.id)).client
        home.installed = False
        with pytest.raises(Unreachable):
            async with reaching():
                await client.auth_test()
        workspaces.forget(home.id)

        with pytest.raises(NotInstalled):
            await workspaces.find(home.id)
