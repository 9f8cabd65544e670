"""describe and provenance: by file, by link and in a message's menu; and who learns what."""

from pathlib import Path

import pytest

from bots.app import App
from moderation.intake import MAX_BYTES
from storage.posts import open_post
from storage.records import GenerationRecord
from tests.chat.images import keep
from tests.contract.discord_loopback import POSTED
from tests.discord.offline import CHANNEL, GUILD, USER
from tests.discord.stage import attachment, serving, staged
from tests.storage.samples import picture

TENANT, ME, BEN = f"discord:{GUILD}", f"discord:{USER}", "discord:12"
HIDDEN = CHANNEL + 50
MESSAGE = {**POSTED, "attachments": []}


async def posted(app: App, job: str, channel: int, **more) -> GenerationRecord:
    """An image of BEN that was answered in a channel."""
    record = await keep(app, job, prompt="a secret hat", tenant=TENANT, requester=BEN, **more)
    async with app.chats.database.write() as connection:
        await open_post(connection, job, f"discord:{channel}")
    await app.chats.place_post(job, f"discord:{channel}", f"discord:{MESSAGE['id']}")
    return record


async def checked(stage, record: GenerationRecord, **more) -> str:
    file = stage.files.put("a.png", await stage.session.app.blobs.get(record.digest))
    came = await stage.command("provenance", {"image": file}, locale="en-US", **more)
    answer = await came.original()
    acknowledged = await came.callback()
    assert acknowledged == {"type": 5, "data": {"flags": 64}}
    words: str = answer["content"]
    return words


async def test_readers_of_the_conversation_learn_who_asked_for_what(tmp_path: Path) -> None:
    async with staged(tmp_path) as stage:
        words = await checked(stage, await posted(stage.session.app, "discord:i:1", CHANNEL))

    assert "drawn by me" in words
    assert "a secret hat" in words
    assert "<@12>" in words


@pytest.mark.parametrize(("channel", "private"), [(HIDDEN, False), (CHANNEL, True)])
async def test_others_learn_only_that_it_is_ours(tmp_path: Path, channel, private) -> None:
    async with staged(tmp_path) as stage:
        words = await checked(stage, await posted(stage.session.app, "discord:i:1", channel, private=private))

    assert "Drawn on 2026-11-23" in words
    assert "sketch" in words
    assert "secret" not in words
    assert "<@12>" not in words


async def test_an_admin_learns_it_and_the_same_person_elsewhere_does_not(tmp_path: Path) -> None:
    async with staged(tmp_path) as stage:
        record = await posted(stage.session.app, "discord:i:1", HIDDEN)
        as_admin = await checked(stage, record, permissions=1 << 5)
        direct = await checked(stage, record, direct=True)

    assert "a secret hat" in as_admin
    assert "a secret hat" not in direct


async def test_a_strangers_picture_is_unknown_and_nonsense_is_no_image(tmp_path: Path) -> None:
    async with staged(tmp_path) as stage:
        given = [stage.files.put("a.png", picture()), stage.files.put("b.png", b"not an image"), attachment()]
        given[2]["url"] = f"{stage.files.url}/gone.png"
        told = [await (await stage.command("provenance", {"image": file}, locale="en-US")).original() for file in given]

    assert "do not recognize" in told[0]["content"]
    assert "not an image" in told[1]["content"]
    assert "no longer gives me" in told[2]["content"]


async def test_d20_files_are_fetched_from_discord_only(tmp_path: Path) -> None:
    async with serving() as elsewhere, staged(tmp_path) as stage:
        file = elsewhere.put("a.png", picture())
        told = await (await stage.command("provenance", {"image": file}, locale="en-US")).original()

    assert "no longer gives me" in told["content"]


@pytest.mark.parametrize("says", [MAX_BYTES + 1, 10])
async def test_d21_a_file_that_is_too_large_is_not_read_whatever_its_size_is_said_to_be(tmp_path: Path, says) -> None:
    async with staged(tmp_path) as stage:
        large = {**stage.files.put("a.png", bytes(MAX_BYTES + 1)), "size": says}
        told = await (await stage.command("provenance", {"image": large}, locale="en-US")).original()

    assert "too large" in told["content"]


async def test_d11_a_messages_menu_checks_the_file_that_stands_there(tmp_path: Path) -> None:
    async with staged(tmp_path) as stage:
        record = await posted(stage.session.app, "discord:i:1", CHANNEL)
        files = [
            stage.files.put("a.png", await stage.session.app.blobs.get(record.digest)),
            stage.files.put("b.png", picture()),
        ]
        came = [
            await stage.menu("Check provenance", {**MESSAGE, "attachments": [file]}, locale="en-US") for file in files
        ]
        told = [(await one.original())["content"] for one in came]

    assert "drawn by me" in told[0]
    assert "do not recognize" in told[1]


async def test_d11_describe_tells_what_is_recorded_of_ours_and_measures_the_rest(tmp_path: Path) -> None:
    async with staged(tmp_path, checks={"ocr": False}) as stage:
        await posted(stage.session.app, "discord:i:1", CHANNEL)
        ours = await (await stage.menu("Describe", MESSAGE, locale="en-US")).original()
        file = stage.files.put("a.png", picture(size=64))
        other = await (await stage.command("describe", {"image": file}, locale="en-US")).original()

    assert "a secret hat" in ours["content"]
    assert "64" in other["content"]
    assert ours["content"] != other["content"]


async def test_describe_wants_an_image_or_the_link_of_a_message(tmp_path: Path) -> None:
    link = f"https://discord.com/channels/{GUILD}/{HIDDEN}/{MESSAGE['id']}"
    async with staged(tmp_path) as stage:
        nothing = await (await stage.command("describe", locale="en-US")).original()
        hidden = await (await stage.command("describe", {"message": link}, locale="en-US")).original()
        asked = [one.path for one in stage.heard if str(HIDDEN) in one.path]

    assert "give me an image or the link" in nothing["content"]
    assert "cannot read that message" in hidden["content"]
    assert asked == []


async def test_describe_reads_the_message_of_a_link_in_a_channel_one_can_read(tmp_path: Path) -> None:
    link = f"https://discord.com/channels/{GUILD}/{CHANNEL}/{MESSAGE['id']}"
    async with staged(tmp_path, checks={"ocr": False}) as stage:
        await posted(stage.session.app, "discord:i:1", CHANNEL)
        told = await (await stage.command("describe", {"message": link}, locale="en-US")).original()
        fetched = [one for one in stage.heard if one.path.endswith(f"/channels/{CHANNEL}/messages/{MESSAGE['id']}")]

    assert len(fetched) == 1
    assert "a secret hat" in told["content"]


async def test_d11_a_message_without_an_image_has_nothing_to_check(tmp_path: Path) -> None:
    text = attachment("notes.txt", content_type="text/plain")
    async with staged(tmp_path) as stage:
        told = await stage.menu("Check provenance", {**MESSAGE, "attachments": [text]}, locale="en-US")
        answer = await told.original()

    assert "no image" in answer["content"]


async def test_d22_what_components_and_embeds_show_is_found_though_it_is_no_attachment(tmp_path: Path) -> None:
    async with staged(tmp_path) as stage:
        record = await posted(stage.session.app, "discord:i:1", CHANNEL)
        url = stage.files.put("a.png", await stage.session.app.blobs.get(record.digest))["url"]
        media = {"url": f"{url}?ex=1", "proxy_url": url, "content_type": "image/png", "attachment_id": "5"}
        gallery = {"type": 12, "id": 2, "items": [{"media": media, "description": None, "spoiler": False}]}
        built = {**MESSAGE, "flags": 1 << 15, "components": [{"type": 17, "id": 1, "components": [gallery]}]}
        embedded = {**MESSAGE, "embeds": [{"type": "rich", "image": {"url": url}}]}
        elsewhere = {**MESSAGE, "embeds": [{"type": "rich", "image": {"url": "https://example.com/a.png"}}]}
        came = [
            await stage.menu("Check provenance", message, locale="en-US") for message in (built, embedded, elsewhere)
        ]
        told = [(await one.original())["content"] for one in came]

    assert "drawn by me" in told[0]
    assert "drawn by me" in told[1]
    assert "no image" in told[2]
