"""Shortcuts: whose image a message shows, what is done with it, and what strangers are told about it."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from hypothesis import given
from hypothesis import strategies as st

from bots.slack.interactions.targets import MOST_TARGETS, targets_of
from bots.slack.where import file_key, message_key, requester_of, tenant_of, where
from storage.chats import FileRecord
from tests.fakes.slack import Message
from tests.slack.pressing import Hands, Shown, hands_on
from tests.storage.samples import picture

JUNK = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=12),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=10), inner, max_size=4),
    max_leaves=20,
)
BLOCKS = st.recursive(
    st.builds(lambda file: {"type": "image", "slack_file": {"id": file}}, st.text(max_size=12) | st.none()) | JUNK,
    lambda inner: st.builds(lambda each: {"type": "container", "child_blocks": each}, st.lists(inner, max_size=3)),
    max_leaves=10,
)


@pytest_asyncio.fixture
async def hands(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Hands]:
    async with hands_on(tmp_path, monkeypatch) as made:
        yield made


def shows(message: Message, *files: str) -> None:
    """Have a message of ours show files in blocks, as an answer does."""
    message.blocks = [{"type": "image", "slack_file": {"id": file}, "alt_text": "a hat"} for file in files]


async def file_of(hands: Hands, shown: Shown) -> str:
    """Slack's file of an image."""
    (record,) = await hands.stage.app.chats.files_of(shown.image.id)
    return record.key.rpartition(":")[2]


async def uploaded(hands: Hands, data: bytes | None = None, name: str = "photo.png") -> Message:
    """Somebody's message with a picture that is none of ours."""
    return await hands.stage.channel.say(hands.stage.ben, "look", files=[(name, picture() if data is None else data)])


@given(message=st.dictionaries(st.sampled_from(["files", "blocks", "text"]), JUNK | BLOCKS | st.lists(BLOCKS)))
def test_whatever_a_message_holds_its_images_are_found_without_breaking(message: dict[str, Any]) -> None:
    found = targets_of(message)

    assert len(found) <= MOST_TARGETS
    assert len({one.id for one in found}) == len(found)


def test_a_block_in_a_block_shows_a_file() -> None:
    image = {"type": "image", "slack_file": {"id": "F1"}}
    carousel = {
        "type": "carousel",
        "elements": [{"type": "card", "hero_image": image}, {"type": "card", "body": image}],
    }

    assert [one.id for one in targets_of({"blocks": [carousel]})] == ["F1"]


def test_s16_a_file_that_slack_does_not_show_is_none() -> None:
    assert targets_of({"files": [{"id": "F1", "mode": "tombstone"}, {"id": 7}, None]}) == ()


async def test_revise_changes_our_image_of_the_message_in_its_thread(hands: Hands) -> None:
    shown, ben = await hands.shown(hands.stage.ana, 1), hands.stage.ben
    shows(shown.message, await file_of(hands, shown))
    chosen = await ben.shortcut("revise", shown.message)
    view = await hands.opened(ben)
    await ben.submit(view, {"prompt": "파란색으로"})
    at = where(hands.order)

    assert chosen.acknowledged_after is not None
    assert (hands.order.source, hands.order.conversation.options.action) == (shown.image.id, "revise")
    assert (at.manner, at.thread) == ("thread", shown.message.thread_ts)
    assert hands.stage.fake.ephemerals == []


async def test_of_several_images_the_one_of_the_file_is_meant_and_without_files_the_first_of_the_answer(
    hands: Hands,
) -> None:
    shown = await hands.shown(hands.stage.ana, 1)
    await hands.stage.ana.shortcut("revise", shown.message)
    await hands.stage.ana.submit(await hands.opened(hands.stage.ana), {"prompt": "bigger"})

    assert hands.order.source == shown.image.id


async def test_an_image_carried_to_where_others_cannot_read_its_request_is_a_strangers_picture(hands: Hands) -> None:
    carl = hands.stage.team.add_user("carl")
    hidden = await hands.shown(carl, 1, "a secret", channel=hands.stage.team.add_channel("hidden", private=True))
    carried = await uploaded(hands)
    key = file_key(hands.stage.team.id, carried.files[0].id)
    await hands.stage.app.chats.keep_file(FileRecord(key=key, generation=hidden.image.id, digest="0" * 64))
    await hands.stage.ben.shortcut("revise", carried)
    await hands.stage.ben.submit(await hands.opened(hands.stage.ben), {"prompt": "bigger"})

    assert hands.order.source is None
    assert [one.id for one in hands.turns[0].attachments] == [carried.files[0].id]


@pytest.mark.parametrize(("callback", "action"), [("revise", None), ("reference", None)])
async def test_somebodys_picture_goes_with_the_request(hands: Hands, callback: str, action: str | None) -> None:
    message, ana = await uploaded(hands), hands.stage.ana
    await ana.shortcut(callback, message)
    view = await hands.opened(ana)
    await ana.submit(view, {"prompt": "as a poster"})
    at = where(hands.order)

    assert not view.open
    assert hands.order.source is None
    assert hands.order.conversation.options.action == action
    assert [one.id for one in hands.turns[0].attachments] == [message.files[0].id]
    assert "http" not in view.body["private_metadata"]
    assert (at.manner, at.thread) == ("thread", message.ts)


async def test_our_own_image_is_a_reference_too(hands: Hands) -> None:
    shown = await hands.shown(hands.stage.ana, 1)
    shows(shown.message, await file_of(hands, shown))
    await hands.stage.ana.shortcut("reference", shown.message)
    await hands.stage.ana.submit(await hands.opened(hands.stage.ana), {"prompt": "a cat in these colors"})

    assert hands.order.source is None
    assert [one.id for one in hands.turns[0].attachments] == [await file_of(hands, shown)]


async def test_where_the_bot_is_not_the_answer_comes_directly(hands: Hands) -> None:
    message = await uploaded(hands)
    hands.stage.channel.members.discard(hands.stage.team.bot.id)
    await hands.stage.ana.shortcut("reference", message)
    await hands.stage.ana.submit(await hands.opened(hands.stage.ana), {"prompt": "a cat"})

    assert where(hands.order).manner == "direct"


@pytest.mark.parametrize("callback", ["revise", "reference", "describe", "provenance"])
async def test_a_message_without_an_image_is_answered_politely(hands: Hands, callback: str) -> None:
    message = await hands.stage.channel.say(hands.stage.ben, "just words")
    chosen = await hands.stage.ana.shortcut(callback, message)

    assert await hands.told(chosen) == ["This message has no image that I can use."]


async def test_describe_tells_of_our_image_what_was_asked(hands: Hands) -> None:
    shown = await hands.shown(hands.stage.ana, 1, "a hat <!here>")
    (told,) = await hands.told(await hands.stage.ana.shortcut("describe", shown.message))

    assert "a hat &lt;!here&gt;" in told


async def test_describe_measures_somebodys_picture(hands: Hands) -> None:
    message = await uploaded(hands)
    (told,) = await hands.told(await hands.stage.ben.shortcut("describe", message))

    assert "픽셀" in told or "px" in told
    assert "photo" not in told


async def test_provenance_looks_at_the_file_that_stands_there(hands: Hands) -> None:
    shown = await hands.shown(hands.stage.ana, 1)
    ours = await hands.stage.app.blobs.get(shown.image.digest)
    posted, strange = await uploaded(hands, ours), await uploaded(hands)
    first = await hands.told(await hands.stage.ana.shortcut("provenance", posted))
    second = await hands.told(await hands.stage.ana.shortcut("provenance", strange))

    assert first != second
    assert "I do not recognize this file." in second[-1]


@pytest.mark.parametrize("callback", ["describe", "provenance"])
@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"MZ, not an image", "I can read. PNG, JPEG, WebP and still GIF"),
        (b"<html>sign in</html>", "files:read is missing"),
    ],
)
async def test_a_file_that_only_claims_to_be_an_image_is_answered_politely(
    hands: Hands, callback: str, data: bytes, words: str
) -> None:
    message = await uploaded(hands, data)
    (told,) = await hands.told(await hands.stage.ana.shortcut(callback, message))

    assert words in told


@pytest.mark.parametrize("callback", ["describe", "provenance"])
async def test_s16_without_the_permission_to_read_files_people_are_told_what_to_do(hands: Hands, callback: str) -> None:
    message = await uploaded(hands)
    hands.stage.team.scopes.discard("files:read")
    (told,) = await hands.told(await hands.stage.ana.shortcut(callback, message))

    assert "the permission files:read is missing" in told


async def test_a_report_is_kept_with_image_and_message_and_thanked_for_in_the_form(hands: Hands) -> None:
    shown, ben = await hands.shown(hands.stage.ana, 1), hands.stage.ben
    await ben.shortcut("report", shown.message)
    view = await hands.opened(ben)
    sent = await ben.submit(view, {"reason": "이상해요"})
    team = hands.stage.team.id
    (report,) = await hands.stage.app.chats.reports_of(tenant_of(team))

    assert sent.response["response_action"] == "update"
    assert view.body["blocks"][0]["text"]["text"].startswith("알려 주셔서 고마워요.")
    assert (report.generation, report.reason) == (shown.image.id, "이상해요")
    assert report.message == message_key(team, shown.message.channel.id, shown.message.ts)
    assert report.reporter == requester_of(team, ben.id)


async def test_any_message_can_be_reported(hands: Hands) -> None:
    message = await hands.stage.channel.say(hands.stage.ben, "just words")
    await hands.stage.ana.shortcut("report", message)
    await hands.stage.ana.submit(await hands.opened(hands.stage.ana), {"reason": "rude"})
    (report,) = await hands.stage.app.chats.reports_of(tenant_of(hands.stage.team.id))

    assert (report.generation, report.reason) == (None, "rude")


async def test_the_global_shortcut_opens_the_form(hands: Hands) -> None:
    chosen = await hands.stage.ana.global_shortcut("create_image")

    assert chosen.acknowledged_after is not None
    assert (await hands.opened(hands.stage.ana)).callback_id == "create_image"
