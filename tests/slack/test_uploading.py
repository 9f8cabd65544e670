"""Images as Slack's files: the signed bytes, uploaded once, shown in blocks or shared into the thread."""

import hashlib
import io
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import pytest_asyncio
from PIL import Image

from bots.courier import TryLater
from bots.slack import uploading
from bots.slack.problems import Refused
from bots.slack.sweeping import Spot
from bots.slack.uploading import is_processed, is_shared, send_file, share, shares_of, upload
from bots.slack.where import file_key
from storage.errors import BlobMissing
from storage.provenance import verify
from storage.records import GenerationRecord
from tests.fakes.slack import Request
from tests.slack.answers import Stage, answering, opaque_noise


@pytest_asyncio.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Stage]:
    async with answering(tmp_path) as made:
        yield made


async def _image(stage: Stage, **more: Any) -> GenerationRecord:
    order = await stage.ask()
    answer = await stage.draw(order, **more)
    image = await stage.app.records.generation(answer.generations[0])
    assert image is not None
    return image


async def test_p1_the_bytes_that_are_uploaded_are_the_signed_ones(stage: Stage) -> None:
    image = await _image(stage)
    uploaded, words = await upload(stage.app, await stage.workspace(), image)
    file = stage.fake.world.files[uploaded.file]

    assert words is None
    assert file.data == await stage.app.blobs.get(image.digest)
    assert hashlib.sha256(file.data).hexdigest() == image.digest
    assert (await verify(file.data, stage.app.records, stage.app.credentials)).verdict == "ours"
    assert file.shares == []  # private until the answer shows it


@pytest.mark.parametrize("kind", ["PNG", "JPEG"])
async def test_s15_what_blocks_show_is_uploaded_as_it_is(stage: Stage, kind: str) -> None:
    uploaded, _ = await upload(stage.app, await stage.workspace(), await _image(stage, kind=kind))

    assert stage.fake.world.files[uploaded.file].mimetype == f"image/{kind.lower()}"


async def test_p1_webp_which_blocks_do_not_show_is_copied_and_signed_anew(stage: Stage) -> None:
    image = await _image(stage, kind="WEBP")
    uploaded, words = await upload(stage.app, await stage.workspace(), image)
    file = stage.fake.world.files[uploaded.file]
    found = await verify(file.data, stage.app.records, stage.app.credentials)
    with (
        Image.open(io.BytesIO(file.data)) as picture,
        Image.open(io.BytesIO(await stage.app.blobs.get(image.digest))) as original,
    ):
        assert picture.format == "PNG"
        assert picture.size == original.size
        assert picture.convert("RGB").tobytes() == original.convert("RGB").tobytes()

    assert file.mimetype == "image/png"
    assert (found.verdict, found.generation) == ("ours", image.id)
    assert words is not None
    assert (words.key, words.args) == ("card-copy-format", {"format": "WEBP"})


async def test_p1_what_is_too_large_is_copied_and_signed_anew_in_full_size(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    image = await _image(stage, data=opaque_noise(512))
    monkeypatch.setattr(uploading, "FILE_BYTES", image.size_bytes * 3 // 4)
    uploaded, words = await upload(stage.app, await stage.workspace(), image)
    data = stage.fake.world.files[uploaded.file].data
    with Image.open(io.BytesIO(data)) as picture:
        assert (picture.format, picture.size) == ("JPEG", (512, 512))

    assert len(data) <= uploading.FILE_BYTES
    assert words is not None
    assert words.key == "card-copy"
    assert (await verify(data, stage.app.records, stage.app.credentials)).verdict == "ours"


async def test_what_fits_in_no_encoding_is_uploaded_as_it_is(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(uploading, "FILE_BYTES", 100)
    image = await _image(stage)
    uploaded, words = await upload(stage.app, await stage.workspace(), image)

    assert words is None
    assert stage.fake.world.files[uploaded.file].data == await stage.app.blobs.get(image.digest)


async def test_an_image_is_uploaded_once_and_found_again(stage: Stage) -> None:
    image, workspace = await _image(stage), await stage.workspace()
    first, _ = await upload(stage.app, workspace, image)
    again, _ = await upload(stage.app, workspace, image)
    kept = await stage.app.chats.file(file_key(stage.team.id, first.file))

    assert (again.file, first.reused, again.reused) == (first.file, False, True)
    assert len(stage.fake.world.files) == 1
    assert kept is not None
    assert kept.generation == image.id


@pytest.mark.parametrize("fault", ["answer_lost", "cut", "slow_commit"])
async def test_an_upload_whose_end_was_lost_is_used_by_the_next_attempt(stage: Stage, fault: Any) -> None:
    image, workspace = await _image(stage), await stage.workspace()
    stage.fake.faults.add(fault, "files.completeUploadExternal", seconds=0.1)
    with pytest.raises(TryLater):
        await upload(stage.app, workspace, image)
    again, _ = await upload(stage.app, workspace, image)

    assert again.reused
    assert [file.id for file in stage.fake.world.files.values()] == [again.file]
    assert stage.fake.world.files[again.file].completed


async def test_a_file_that_slack_lost_is_uploaded_anew(stage: Stage) -> None:
    image, workspace = await _image(stage), await stage.workspace()
    first, _ = await upload(stage.app, workspace, image)
    stage.fake.world.files[first.file].deleted = True
    again, _ = await upload(stage.app, workspace, image)

    assert again.file != first.file
    assert not again.reused
    assert [record.key for record in await stage.app.chats.files_of(image.id)] == [file_key(stage.team.id, again.file)]


@pytest.mark.parametrize("fault", ["error", "cut"])
async def test_an_upload_that_fails_is_tried_later(stage: Stage, fault: Any) -> None:
    image, workspace = await _image(stage), await stage.workspace()
    stage.fake.faults.add(fault, "upload")
    with pytest.raises(TryLater):
        await upload(stage.app, workspace, image)

    uploaded, _ = await upload(stage.app, workspace, image)
    assert stage.fake.world.files[uploaded.file].completed


async def test_an_image_that_was_removed_is_not_uploaded(stage: Stage) -> None:
    image = await _image(stage)
    await stage.app.records.remove(image.id, "deleted", stage.app.blobs)
    with pytest.raises(BlobMissing):
        await upload(stage.app, await stage.workspace(), image)

    assert stage.fake.world.files == {}


async def test_bytes_go_only_to_slack_or_over_tls_and_never_with_the_token(stage: Stage) -> None:
    image, workspace = await _image(stage), await stage.workspace()
    stage.fake.world.base_url, base = "http://files.example.invalid", stage.fake.world.base_url
    with pytest.raises(Refused, match="upload_address"):
        await upload(stage.app, workspace, image)
    stage.fake.world.base_url = base

    assert urlsplit(base).scheme == "http"
    assert await stage.app.chats.files_of(image.id) == ()


async def test_names_and_titles_are_opaque_and_no_words_stand_in_an_address(stage: Stage) -> None:
    seen: list[str] = []
    image, workspace = await _image(stage), await stage.workspace()
    original = workspace.client.session.request  # type: ignore[union-attr]  # it has one

    def record(method: str, url: str, **more: Any) -> Any:
        seen.append(str(url) + json.dumps(more.get("params") or {}))
        return original(method, url, **more)

    workspace.client.session.request = record  # type: ignore[union-attr,method-assign]
    await upload(stage.app, workspace, image)

    assert len(seen) == 2
    assert all("apple" not in address for address in seen)
    assert all("apple" not in file.name + file.title for file in stage.fake.world.files.values())


async def test_s15_a_file_is_processed_when_slack_has_made_its_previews(stage: Stage) -> None:
    stage.fake.world.file_slowness = 3
    workspace = await stage.workspace()
    uploaded, _ = await upload(stage.app, workspace, await _image(stage))

    assert [await is_processed(workspace, uploaded.file) for _ in range(4)] == [False, False, True, True]


async def test_s14_a_file_is_shared_into_the_thread_and_it_is_looked_whether_it_is(stage: Stage) -> None:
    image, workspace = await _image(stage), await stage.workspace()
    root = stage.channel.messages[0]
    uploaded, _ = await upload(stage.app, workspace, image)
    spot = Spot(channel=stage.channel.id, thread=root.ts)

    assert not await is_shared(workspace, uploaded.file, spot)
    assert await share(workspace, uploaded, spot)
    assert await is_shared(workspace, uploaded.file, spot)
    assert not await is_shared(workspace, uploaded.file, Spot(channel=stage.channel.id, thread="1.000001"))
    assert [message.thread_ts for message in stage.of_bot()] == [root.ts]


@pytest.mark.parametrize(("lost", "shared"), [(1, True), (2, False)])
async def test_s14_a_share_that_is_not_there_is_made_once_more(stage: Stage, lost: int, *, shared: bool) -> None:
    image, workspace = await _image(stage), await stage.workspace()
    uploaded, _ = await upload(stage.app, workspace, image)
    left = [lost]

    def lose(request: Request) -> None:
        if request.method == "files.completeUploadExternal" and left[0]:
            left[0] -= 1
            stage.fake.world.files[uploaded.file].shares.clear()

    stage.fake.on_request.append(lose)
    spot = Spot(channel=stage.channel.id, thread=stage.channel.messages[0].ts)
    asked = len(stage.fake.calls("files.completeUploadExternal"))

    assert await share(workspace, uploaded, spot) is shared
    assert len(stage.fake.calls("files.completeUploadExternal")) - asked == 2


async def test_a_file_that_is_no_image_is_posted_with_words(stage: Stage) -> None:
    direct = stage.team.open_dm(stage.ana)
    await send_file(
        await stage.workspace(), "data.zip", b"PK", "application/zip", channel=direct.id, words="Your data &amp; more"
    )
    (message,) = stage.of_bot(direct)

    assert message.text == "Your data &amp; more"
    assert [(file.name, file.data) for file in message.files] == [("data.zip", b"PK")]


@pytest.mark.parametrize(
    "info",
    [
        None,
        {},
        {"shares": None},
        {"shares": []},
        {"shares": {"public": None}},
        {"shares": {"public": {"C1": {"ts": "1"}}}},
        {"shares": {"public": {"C1": ["1"]}}},
    ],
)
def test_strange_shares_are_none(info: Any) -> None:
    assert shares_of(info, "C1") == []
