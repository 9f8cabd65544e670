"""The whole line on both databases: the same words, pictures and records, whichever keeps them."""

import pytest

from bots.config import ChecksSettings, Settings
from bots.conversation import Options, ReplyTo, Turn
from bots.replay import Replay
from bots.session import open_session

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("line on both databases")]


async def test_a_conversation_is_drawn_revised_and_recorded(empty_url, tmp_path):
    settings = Settings(data_dir=tmp_path / "data", database_url=empty_url, checks=ChecksSettings(ocr=False))
    async with open_session(settings) as session:
        thread = Replay(session=session, locale="en", options=Options(width=256, height=256))
        made = await thread.say(Turn(author="ana", text="a red apple and a blue car"))
        changed = await thread.say(Turn(author="ben", text="make the car yellow"))
        asked = await thread.say(Turn(author="ana", text="which seed?", reply_to=ReplyTo(turn=0)))

        assert made
        assert changed
        assert asked
        assert [answer.outcome for answer in (made, changed, asked)] == ["image", "image", "answer"]
        records = await session.app.records.generations_of_conversation(thread.id)
        assert [record.parents for record in records] == [(), (records[0].id,)]
        assert await session.app.records.usage("local") == 2
        assert await session.app.blobs.list() == {record.digest for record in records}
        assert str(records[0].seed) in asked.reply


async def test_an_interrupted_job_is_finished_by_the_next_process(empty_url, tmp_path):
    settings = Settings(data_dir=tmp_path / "data", database_url=empty_url, checks=ChecksSettings(ocr=False))
    async with open_session(settings) as session:
        await Replay(session=session, locale="en").say(Turn(author="ana", text="hello"))
    async with open_session(settings, serve=False) as waiting:
        thread = Replay(session=waiting, locale="en", options=Options(width=256, height=256))
        answer = await thread.say(Turn(author="ana", text="a red apple"))

        assert waiting.serving
        assert answer
        assert answer.outcome == "image"
