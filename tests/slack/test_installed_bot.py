"""The whole bot where workspaces install the app: from the browser to a picture, with renewal, to the end; S21."""

import aiohttp
import pytest
from pydantic import SecretStr

from bots.slack.where import tenant_of
from tests.fakes.engines import Patient
from tests.fakes.slack import FakeSlack
from tests.slack.bot import bot_on, job_of, whole_bot


async def install(bot, team):
    """Somebody installs the app in a workspace."""
    address = f"http://127.0.0.1:{bot.session.app.settings.slack.port}/slack"
    async with aiohttp.ClientSession() as browser:
        async with browser.get(f"{address}/install", allow_redirects=False) as begun:
            cookie = begun.headers["Set-Cookie"].split(";")[0]
            state = cookie.partition("=")[2]
        query = {"code": bot.fake.code(team), "state": state}
        async with browser.get(f"{address}/oauth_redirect", params=query, headers={"Cookie": cookie}) as done:
            return done.status


@pytest.mark.slow
async def test_s21_two_workspaces_install_the_app_get_pictures_and_one_leaves(tmp_path):
    async with FakeSlack() as fake:
        fake.world.token_seconds = 12 * 3600
        home, other = fake.add_team("home"), fake.add_team("other")
        oauth = {"bot_token": None, "client_id": fake.client_id, "client_secret": SecretStr(fake.client_secret)}
        async with bot_on(fake, tmp_path, mode="http", slack=oauth) as bot:
            answers = []
            for team in (home, other):
                assert await install(bot, team) == 200
                ana, channel = team.add_user("ana"), team.add_channel("images")
                said = await channel.say(ana, f"{team.mention} a red circle on a white background")
                answers.append(await bot.delivered(said))
            tokens = {each.token for each in fake.calls("chat.postMessage")}
            fake.world.people.leave(home)
            records, tenants = bot.session.app.records, [tenant_of(team.id) for team in (home, other)]

            async def purged():
                return await records.generation(answers[0].image.id) is None

            await bot.until(purged)

            assert tokens == {home.token, other.token}
            assert [answer.image.tenant for answer in answers] == tenants
            assert await records.generation(answers[1].image.id) is not None
            bot.watch.assert_clean()


@pytest.mark.slow
async def test_s21_removing_the_app_ends_what_is_being_drawn_and_takes_everything_along_by_socket_too(tmp_path):
    async with whole_bot(tmp_path) as bot:
        place = bot.place()
        said, first = await bot.ask(place.channel, place.ana, f"{bot.mention} a red circle on a white background")
        bot.session.app.line.drawing.engine = patient = Patient()
        asked = await said.channel.say(place.ana, f"{bot.mention} a blue square")
        await bot.until(patient.started.is_set)
        bot.fake.world.people.leave(bot.team)
        records = bot.session.app.records

        async def over():
            job = await records.job(job_of(asked))
            return job is not None and job.status == "done" and await records.generation(first.image.id) is None

        await bot.until(over)
        await bot.until(lambda: patient.stopped)
        job = await records.job(job_of(asked))

    assert job is not None
    assert (job.outcome, job.request) == ("cancelled", None)
