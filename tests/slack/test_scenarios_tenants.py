"""Quotas, and workspaces beside each other, on whole bots of their own."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from pydantic import SecretStr

from bots.config import QuotaSettings
from bots.slack.where import tenant_of
from tests.fakes.engines import Patient
from tests.fakes.slack import Channel, FakeSlack, Team, User
from tests.slack.bot import Bot, Delivered, Mode, bot_on, whole_bot
from tests.slack.scenes import PROMPT, all_told, begun, is_removed, texts, used
from tests.slack.test_installed_bot import install

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("slack tenants")]


@pytest.mark.parametrize("mode", ["socket", "http"])
async def test_a_spent_quota_is_said_in_words_and_costs_nothing_more(tmp_path: Path, mode: Mode) -> None:
    async with whole_bot(tmp_path, mode=mode, quota=QuotaSettings(images_per_day=2)) as bot:
        place = bot.place()
        said, _ = await begun(bot, place)
        _, several = await bot.ask(place.channel, place.ben, f"{bot.mention} two pictures: a blue boat, 256x256")
        _, last = await bot.ask(place.channel, place.ana, "make the car blue", thread=said)
        _, beyond = await bot.ask(place.channel, place.ben, "make the car yellow", thread=said)
        answered = await bot.ask(place.channel, place.ben, "what did you change?", thread=said)

        assert several.images == beyond.images == ()
        assert last.job.outcome == "image"
        assert ["quota" in told for told in bot.told(place.ben)] == [True, True]
        assert bot.told(place.ana) == []
        assert answered[1].job.outcome == "answer"
        assert (await used(bot, place.ana), await used(bot, place.ben)) == (2, 0)


async def test_a_plan_gives_a_workspace_more(tmp_path: Path) -> None:
    async with whole_bot(tmp_path, quota=QuotaSettings(images_per_day=1, plans={"team": 5})) as bot:
        place = bot.place()
        await begun(bot, place)
        _, refused = await bot.ask(place.channel, place.ana, f"{bot.mention} {PROMPT}")
        await bot.session.app.chats.change_tenant(tenant_of(bot.team.id), plan="team")
        _, drawn = await bot.ask(place.channel, place.ana, f"{bot.mention} {PROMPT}")

        assert refused.images == ()
        assert drawn.job.outcome == "image"


@dataclass(frozen=True, slots=True, kw_only=True)
class Workspace:
    """A workspace that installed the app, and somebody in it."""

    team: Team
    channel: Channel
    ana: User


@dataclass(frozen=True, slots=True, kw_only=True)
class Two:
    """A bot that two workspaces have installed."""

    bot: Bot
    home: Workspace
    other: Workspace

    async def drawn(self, place: Workspace, text: str = PROMPT) -> Delivered:
        """A first image in a workspace's channel."""
        _, answer = await self.bot.ask(place.channel, place.ana, f"{place.team.mention} {text}")
        assert answer.job.outcome == "image"
        return answer


@asynccontextmanager
async def _two(folder: Path) -> AsyncIterator[Two]:
    async with FakeSlack() as fake:
        teams = fake.add_team("home"), fake.add_team("other")
        oauth = {"bot_token": None, "client_id": fake.client_id, "client_secret": SecretStr(fake.client_secret)}
        async with bot_on(fake, folder, mode="http", slack=oauth) as bot:
            places = []
            for team in teams:
                assert await install(bot, team) == 200
                ana = team.add_user("ana")
                places.append(Workspace(team=team, ana=ana, channel=team.add_channel("images")))
            yield Two(bot=bot, home=places[0], other=places[1])
        bot.watch.assert_clean()


@pytest.fixture
async def two(tmp_path: Path) -> AsyncIterator[Two]:
    async with _two(tmp_path) as made:
        yield made


async def test_s21_two_workspaces_never_see_each_others_images(two: Two) -> None:
    bot, home, other = two.bot, two.home, two.other
    secret = await two.drawn(home, "a violet boat, 256x256")
    public = await two.drawn(other)
    told = []
    for verb in ("vary", "revise", "retry", "details", "delete"):
        forged = await other.ana.click(public.there, verb, value=secret.image.id)
        told.append(await bot.until(lambda: "\n".join(all_told(bot, other.ana))))
        assert await bot.jobs_of(forged) is None
    asked = await other.ana.command(other.channel, "/imagine", "gallery")
    await bot.until(lambda asked=asked: asked.told)  # type: ignore[misc]  # a default makes it untyped
    shown = [*told, *texts(asked.told)]

    assert all("violet" not in text for text in shown)
    assert not await is_removed(bot, secret)
    assert bot.of_bot(other.channel) == [public.there]
    assert [each for each in bot.fake.world.views.values() if each.user is other.ana] == []


async def test_s21_an_image_of_one_workspace_is_a_strangers_in_another(two: Two) -> None:
    bot, home, other = two.bot, two.home, two.other
    secret = await two.drawn(home, "a violet boat, 256x256")
    data = await bot.session.app.blobs.get(secret.image.digest)
    carried = await other.channel.say(other.ana, "look", files=[("picture.png", data)])
    asked = await other.ana.shortcut("provenance", carried)
    told = await bot.until(lambda: "\n".join([*texts(asked.told), *all_told(bot, other.ana)]))

    assert "drawn by me" in told
    assert "violet" not in told
    assert home.ana.id not in told


async def test_s21_files_and_words_travel_with_the_token_of_their_own_workspace(two: Two) -> None:
    for place in (two.home, two.other):
        await two.drawn(place)
    wrong = [
        each
        for each in two.bot.fake.requests
        if each.args.get("channel") in two.home.team.channels and each.token != two.home.team.token
    ]

    assert wrong == []
    assert {each.token for each in two.bot.fake.calls("files.completeUploadExternal")} == {
        two.home.team.token,
        two.other.team.token,
    }


async def test_s21_a_workspace_that_removes_the_app_takes_images_words_and_running_jobs_along(two: Two) -> None:
    bot, home, other = two.bot, two.home, two.other
    gone, kept = await two.drawn(home), await two.drawn(other)
    engine = Patient()
    bot.session.app.line.drawing.engine = engine
    running = await home.channel.say(home.ana, f"{home.team.mention} {PROMPT}")
    await bot.until(engine.started.is_set)
    bot.fake.world.people.leave(home.team)
    await bot.until(lambda: is_removed(bot, gone))
    await bot.until(lambda: engine.stopped)
    engine.proceed.set()
    app = bot.session.app

    key = f"slack:{home.team.id}:{home.channel.id}:{running.ts}"

    async def forgotten() -> bool:
        turn, job = await app.chats.turn(key), await bot.job(running)
        return (turn is None or turn.text == "") and job.status == "done"

    await bot.until(forgotten)
    ended = await app.records.job(gone.job.id)

    assert not await is_removed(bot, kept)
    assert ended is not None
    assert "car" not in repr(ended)
    assert (await two.drawn(other)).job.outcome == "image"


async def test_s21_a_workspace_that_installs_again_begins_anew(two: Two) -> None:
    bot, home = two.bot, two.home
    gone = await two.drawn(home)
    bot.fake.world.people.leave(home.team)
    await bot.until(lambda: is_removed(bot, gone))
    assert await install(bot, home.team) == 200
    again = await two.drawn(home)

    assert again.image.parents == ()
    assert again.there.channel is home.channel
