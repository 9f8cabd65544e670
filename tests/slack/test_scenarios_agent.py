"""The agent view, the workflow's step and the home page with the whole bot."""

import asyncio
import json
from typing import Any

import pytest

from bots.slack.workflow_step import STEP, job_of_step
from storage.posts import PostRecord
from tests.fakes.engines import Patient
from tests.slack.bot import Bot

pytestmark = [pytest.mark.slow, pytest.mark.asyncio(loop_scope="module")]

PROMPT = "a red car and a green tree, 512x512"


def statuses(bot: Bot, thread: str) -> list[str]:
    """What the status of a thread was set to."""
    return [each["status"] for each in bot.fake.world.statuses if each["thread_ts"] == thread]


def completions(bot: Bot, execution: str) -> list[dict[str, Any]]:
    """How a step ended."""
    return [each for each in bot.fake.world.completions if each["function_execution_id"] == execution]


async def test_s10_a_direct_message_is_processing_and_then_active(bot: Bot) -> None:
    place = bot.place()
    asked, answer = await bot.ask(bot.team.open_dm(place.ana), place.ana, PROMPT)

    assert answer.post.state == "delivered"
    assert len(answer.there.images) == 1
    assert await bot.until(lambda: statuses(bot, asked.ts)[-1:] == ["active"])
    assert statuses(bot, asked.ts)[0] == "processing"


async def test_s10_stop_ends_the_drawing_gives_the_quota_back_and_moves_the_status(bot: Bot) -> None:
    place = bot.place()
    engine = Patient()
    bot.session.app.line.drawing.engine = engine
    direct = bot.team.open_dm(place.ana)
    asked = await direct.say(place.ana, PROMPT)
    await asyncio.wait_for(engine.started.wait(), 20)
    await bot.until(lambda: statuses(bot, asked.ts) == ["processing"])
    await place.ana.stop_session(direct, asked.ts)
    answer = await bot.delivered(asked)

    await bot.until(lambda: engine.stopped)
    assert answer.job.outcome == "cancelled"
    assert await bot.until(lambda: statuses(bot, asked.ts)[-1:] == ["active"])
    requester = answer.job.requester
    assert await bot.session.app.records.usage_by_requester(answer.job.tenant, requester) == 0


async def test_a_step_of_a_workflow_draws_in_a_channel_and_ends_with_the_link_and_the_files(bot: Bot) -> None:
    place = bot.place()
    inputs = {"prompt": PROMPT, "user": place.ana.id, "channel": place.channel.id}
    execution = await bot.fake.world.people.run_step(place.ana, STEP, inputs)
    (completion,) = await bot.until(lambda: completions(bot, execution))
    (message,) = bot.of_bot(place.channel)

    assert completion["ok"]
    assert completion["outputs"]["file_ids"] == [block["slack_file"]["id"] for block in message.images]
    assert completion["outputs"]["permalink"].endswith(f"/archives/{place.channel.id}/p{message.ts.replace('.', '')}")


async def test_a_step_of_a_workflow_without_a_channel_draws_for_the_person(bot: Bot) -> None:
    place = bot.place()
    inputs = {"prompt": PROMPT, "user": place.ana.id}
    execution = await bot.fake.world.people.run_step(place.ana, STEP, inputs)
    (completion,) = await bot.until(lambda: completions(bot, execution))
    (message,) = bot.of_bot(bot.team.open_dm(place.ana))

    assert completion["ok"]
    assert len(message.images) == 1
    assert bot.of_bot(place.channel) == []


async def test_a_step_ends_although_its_completion_is_not_heard_at_first(bot: Bot) -> None:
    place = bot.place()
    bot.fake.faults.add("error", "functions.completeSuccess", times=2)
    inputs = {"prompt": PROMPT, "user": place.ana.id, "channel": place.channel.id}
    execution = await bot.fake.world.people.run_step(place.ana, STEP, inputs)
    (completion,) = await bot.until(lambda: completions(bot, execution))

    assert completion["ok"]
    assert len(bot.of_bot(place.channel)) == 1
    await _delivered(bot, execution)


async def test_a_step_whose_channel_is_closed_ends_in_an_error_and_says_why(bot: Bot) -> None:
    place = bot.place()
    place.channel.archived = True
    bot.fake.faults.add("refuse", "conversations.open", code="user_disabled", times=None)
    inputs = {"prompt": PROMPT, "user": place.ana.id, "channel": place.channel.id}
    execution = await bot.fake.world.people.run_step(place.ana, STEP, inputs)
    (completion,) = await bot.until(lambda: completions(bot, execution))

    assert not completion["ok"]
    assert completion["error"]


async def test_s23_home_shows_what_was_just_drawn(bot: Bot) -> None:
    place = bot.place()
    _, answer = await bot.ask(place.channel, place.ana, f"{bot.mention} {PROMPT}")
    await place.ana.open_home()
    page = await bot.until(lambda: bot.fake.world.homes.get(place.ana.id))
    shown = [block["slack_file"]["id"] for block in page.body["blocks"] if block["type"] == "image"]

    assert shown == [block["slack_file"]["id"] for block in answer.there.images]
    assert f"/archives/{place.channel.id}/p" in json.dumps(page.body)


async def test_the_create_button_of_home_opens_the_form_and_draws(bot: Bot) -> None:
    place = bot.place()
    await place.ana.open_home()
    home = await bot.until(lambda: bot.fake.world.homes.get(place.ana.id))
    await bot.fake.world.people.act(place.ana, home, "tb1:create", {})
    submitted = await place.ana.submit(await place.ana.view(), {"prompt": PROMPT, "channel": place.channel.id})
    answer = await bot.delivered(submitted)

    assert len(answer.there.images) == 1


async def _delivered(bot: Bot, execution: str) -> PostRecord:
    """The post of an execution, once its errand is over."""

    async def look() -> PostRecord | None:
        post = await bot.session.app.chats.post(job_of_step(bot.team.id, execution))
        return post if post is not None and post.state == "delivered" else None

    found: PostRecord = await bot.until(look)
    return found
