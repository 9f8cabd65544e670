"""What ``threadbrush run`` says when it cannot start: one sentence, not a traceback."""

import pytest
from pydantic import SecretStr

from bots import running
from bots.config import Settings, SlackSettings
from bots.exits import CommandFailed, UsageFailed
from storage.lock import DataLock


async def test_a_chat_that_cannot_start_ends_the_service_with_its_own_words(tmp_path):
    settings = Settings(data_dir=tmp_path, slack=SlackSettings(bot_token=SecretStr("xoxb-1")))
    with pytest.raises(CommandFailed, match="APP_TOKEN"):
        await running.run(settings, "bots")


async def test_without_any_chat_there_is_nothing_to_run(tmp_path):
    with pytest.raises(UsageFailed, match="DISCORD__TOKEN or THREADBRUSH_SLACK"):
        await running.run(Settings(data_dir=tmp_path), "bots")


async def test_a_second_process_on_a_data_folder_is_refused(tmp_path):
    settings = Settings(data_dir=tmp_path, slack=SlackSettings(bot_token=SecretStr("xoxb-1")))
    lock = DataLock.acquire(tmp_path)
    assert lock is not None
    with lock, pytest.raises(CommandFailed, match="another process"):
        await running.run(settings, "bots")
