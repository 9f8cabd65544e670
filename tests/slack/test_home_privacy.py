"""A person's data: all of it as a file, and its deletion."""

import io
import json
import zipfile
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from bots.chat.privacy import STAYS
from bots.replies import say
from bots.slack.home import privacy
from bots.slack.home.page import ERASE, EXPORT
from generator.scene import Notice
from storage.errors import StorageError
from tests.slack.pages import Stage, arguments, complaints, pages, texts


@pytest_asyncio.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Stage]:
    async with pages(tmp_path) as made:
        yield made


async def test_a_person_gets_everything_that_is_kept_of_them_as_a_file(stage: Stage) -> None:
    image = await stage.draw(stage.ana, 1, "a red hat")
    await stage.draw(stage.ben, 2, "not ana's")
    await stage.home(stage.ana)
    await stage.press(stage.ana, EXPORT)
    await stage.parts.later.settle()

    assert say(Notice(key="slack-home-exporting"), "en") not in texts(stage.page(stage.ana)), "it is made by now"
    (message,) = stage.fake.messages_of_bot(stage.team.open_dm(stage.ana))
    assert message.text == say(Notice(key="export-done"), "en")
    (file,) = message.files
    with zipfile.ZipFile(io.BytesIO(file.data)) as archive:
        document = json.loads(archive.read("data.json"))
        names = archive.namelist()
    assert f"images/{image.id}.png" in names
    assert "a red hat" in json.dumps(document)
    assert "not ana's" not in json.dumps(document)


async def test_a_file_that_slack_does_not_take_is_said_on_the_page(stage: Stage) -> None:
    await stage.home(stage.ana)
    stage.fake.faults.add("error", "files.completeUploadExternal")
    await stage.press(stage.ana, EXPORT)

    assert say(Notice(key="slack-home-export-failed"), "en") in texts(await stage.settled())
    assert len(stage.fake.calls("files.completeUploadExternal")) == 1, "twice might send it twice"


async def test_data_that_is_too_large_is_not_sent(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(privacy, "MOST_BYTES", 100)
    await stage.draw(stage.ana, 1)
    await stage.home(stage.ana)
    await stage.press(stage.ana, EXPORT)

    assert say(Notice(key="export-too-large"), "en") in texts(await stage.settled())


async def test_deleting_asks_first_and_says_what_stays(stage: Stage) -> None:
    await stage.draw(stage.ana, 1)
    await stage.home(stage.ana)
    await stage.press(stage.ana, ERASE)
    view = await stage.ana.view()

    assert all(say(Notice(key=key), "en") in texts(view.body) for key in ("slack-erase-warning", *STAYS))
    (call,) = arguments(stage.fake, "views.open")
    assert complaints("views.open", call) == []
    assert len(await stage.images_of(stage.ana)) == 1


async def test_deleting_removes_records_posts_and_files_and_nothing_of_others(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(privacy, "UNPACED", 1)
    monkeypatch.setattr(privacy, "PACE_SECONDS", 0.0)
    mine = [await stage.draw(stage.ana, number) for number in (1, 2)]
    files = [(await stage.app.chats.files_of(image.id))[0].key.rpartition(":")[2] for image in mine]
    other = await stage.draw(stage.ben, 3)
    running = await stage.ask("a cat")
    await stage.home(stage.ana)
    await stage.press(stage.ana, ERASE)
    await stage.ana.submit(await stage.ana.view(), {})
    page = await stage.settled()

    assert await stage.images_of(stage.ana) == []
    assert [image.id for image in await stage.images_of(stage.ben)] == [other.id]
    assert all(stage.fake.world.files[file].deleted for file in files)
    assert len(stage.fake.messages_of_bot(stage.channel)) == 2, "ben's post and his file"
    job = await stage.app.records.job(running.job)
    assert job is None or job.status == "done"
    assert say(Notice(key="erase-done"), "en") in texts(page)
    assert say(Notice(key="slack-home-erase-left"), "en") not in texts(page)


async def test_deleting_removes_the_files_with_somebodys_data_as_well(stage: Stage) -> None:
    direct = stage.team.open_dm(stage.ana)
    await direct.say(stage.ana, "my own", files=[(privacy.FILE, b"not the bot's")])
    await stage.home(stage.ana)
    await stage.press(stage.ana, EXPORT)
    await stage.parts.later.settle()
    (sent,) = stage.fake.messages_of_bot(direct)
    await stage.press(stage.ana, ERASE)
    await stage.ana.submit(await stage.ana.view(), {})
    await stage.parts.later.settle()

    assert sent.files[0].deleted
    assert stage.fake.messages_of_bot(direct) == []
    (own,) = direct.messages
    assert not own.files[0].deleted


async def test_deleting_says_when_a_post_could_not_be_deleted(stage: Stage) -> None:
    await stage.draw(stage.ana, 1)
    await stage.home(stage.ana)
    stage.fake.faults.add("refuse", "chat.delete", code="cant_delete_message", times=None)
    await stage.press(stage.ana, ERASE)
    await stage.ana.submit(await stage.ana.view(), {})
    page = await stage.settled()

    assert say(Notice(key="slack-home-erase-left"), "en") in texts(page)
    assert await stage.images_of(stage.ana) == []


async def test_a_deletion_that_the_database_does_not_take_is_said_and_can_be_asked_for_again(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken(*_: object) -> None:
        raise StorageError("no database")

    await stage.draw(stage.ana, 1)
    await stage.home(stage.ana)
    with monkeypatch.context() as patch:
        patch.setattr(stage.app.records, "erase_everywhere", broken)
        await stage.press(stage.ana, ERASE)
        await stage.ana.submit(await stage.ana.view(), {})
        page = texts(await stage.settled())

    assert say(Notice(key="slack-home-erase-failed"), "en") in page
    assert len(await stage.images_of(stage.ana)) == 1
    await stage.press(stage.ana, ERASE)
    await stage.ana.submit(await stage.ana.view(), {})
    assert say(Notice(key="erase-done"), "en") in texts(await stage.settled())
