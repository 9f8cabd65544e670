"""Starting: what ends it with one sentence that says what to set, and what is waited for."""

import asyncio
import logging

import pytest
from pydantic import SecretStr

from bots.chat.desk import Desk
from bots.config import SlackSettings
from bots.exits import CommandFailed
from bots.session import open_session
from bots.slack import start
from bots.slack.connection import LOGGER
from tests.fakes.slack import FakeSlack
from tests.slack.bot import settings_for

SECRET = SecretStr("a" * 32)
TOKEN = SecretStr("xoxb-1")


@pytest.mark.parametrize(
    ("settings", "named"),
    [
        ({"bot_token": TOKEN}, "THREADBRUSH_SLACK__APP_TOKEN"),
        ({"bot_token": TOKEN, "mode": "http"}, "THREADBRUSH_SLACK__SIGNING_SECRET"),
        ({"app_token": SecretStr("xapp-1")}, "THREADBRUSH_SLACK__BOT_TOKEN"),
        ({"signing_secret": SECRET, "mode": "http"}, "THREADBRUSH_SLACK__BOT_TOKEN"),
        ({"signing_secret": SECRET, "mode": "http", "client_id": "1.2"}, "THREADBRUSH_SLACK__CLIENT_SECRET"),
        ({"signing_secret": SECRET, "mode": "http", "client_secret": SECRET}, "THREADBRUSH_SLACK__CLIENT_ID"),
    ],
)
def test_a_bot_that_was_begun_to_be_set_up_says_what_is_missing(settings, named):
    half = SlackSettings(**settings)

    assert half.is_wanted
    with pytest.raises(CommandFailed, match=named):
        start.check(half)


def test_without_any_token_or_secret_no_bot_is_wanted():
    assert not SlackSettings(mode="http", port=3001).is_wanted


@pytest.mark.parametrize("wrong", ["bot_token", "app_token"])
async def test_a_token_that_slack_refuses_ends_the_start_with_one_sentence(tmp_path, wrong):
    async with FakeSlack() as fake:
        fake.add_team("home")
        settings = settings_for(fake, tmp_path, slack={wrong: SecretStr("xoxb-no-such-token")})
        async with open_session(settings) as session, asyncio.timeout(20):
            with pytest.raises(CommandFailed, match=f"THREADBRUSH_SLACK__{wrong.upper()}") as failed:
                await start.run(Desk(session=session), asyncio.Event())

    assert "no-such-token" not in str(failed.value)


@pytest.mark.slow
async def test_s6_a_socket_that_is_not_to_be_had_at_first_is_waited_for_without_tracebacks(tmp_path, caplog):
    async with FakeSlack() as fake:
        fake.add_team("home")
        fake.faults.add("error", "apps.connections.open")
        fake.faults.add("cut", "apps.connections.open")
        stop = asyncio.Event()
        async with open_session(settings_for(fake, tmp_path)) as session, asyncio.TaskGroup() as tasks:
            tasks.create_task(start.run(Desk(session=session), stop))
            await fake.wait_connected()
            stop.set()

    assert fake.faults.counts == {"error": 1, "cut": 1}
    assert not [record.name for record in caplog.records if record.exc_info]


def test_what_goes_wrong_with_a_socket_is_logged_in_a_word(caplog):
    address = "wss://wss.slack.com/link/?ticket=1234"
    error = ConnectionResetError(address)
    logging.getLogger(LOGGER).error("Failed to connect (error: %s); Retrying...", error, exc_info=error)

    assert [record.getMessage() for record in caplog.records] == ["slack_socket: ConnectionResetError"]
    assert address not in caplog.text
    assert "Traceback" not in caplog.text
