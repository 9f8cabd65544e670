"""A step of a workflow over a restart of the bot."""

import asyncio
from pathlib import Path

import pytest

from bots.slack.workflow_step import STEP, job_of_step
from tests.fakes.engines import Patient
from tests.fakes.slack import FakeSlack
from tests.slack.bot import bot_on

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("slack restarting")]


async def test_a_step_that_was_running_when_the_bot_stopped_is_completed_after_the_restart(tmp_path: Path) -> None:
    async with FakeSlack() as fake:
        team = fake.add_team("home")
        ana, channel = team.add_user("ana"), team.add_channel("images")
        engine = Patient()
        async with bot_on(fake, tmp_path) as first:
            first.session.app.line.drawing.engine = engine
            inputs = {"prompt": "a red car and a green tree, 512x512", "user": ana.id, "channel": channel.id}
            execution = await fake.world.people.run_step(ana, STEP, inputs)
            await asyncio.wait_for(engine.started.wait(), 20)
        assert fake.world.completions == []
        async with bot_on(fake, tmp_path, first.watch) as second:
            await second.until(lambda: fake.world.completions, within=60)

            async def is_over() -> bool:
                post = await second.session.app.chats.post(job_of_step(team.id, execution))
                return post is not None and post.state == "delivered"

            await second.until(is_over)
            assert len(second.of_bot(channel)) == 1
        second.watch.assert_clean()

    (completion,) = fake.world.completions
    assert completion["ok"]
    assert completion["function_execution_id"] == execution
