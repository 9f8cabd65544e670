"""What the bot knows of a thread in Slack: its history, read once, and the pictures that people put there."""

import pytest

from generator.scene import Kind
from tests.fakes.slack import Interaction, Message
from tests.slack.answers import words
from tests.slack.bot import Bot, Delivered
from tests.slack.scenes import PROMPT, about, all_told, begun, photo
from tests.storage.samples import picture

pytestmark = [pytest.mark.slow, pytest.mark.asyncio(loop_scope="module"), pytest.mark.xdist_group("slack threads")]

WITH_PHOTO = "put this photo next to a tree, 256x256"


def _readings(bot: Bot, root: Message) -> int:
    """How often Slack was asked what stands in a thread."""
    return len([each for each in about(bot.fake.requests, "conversations.replies") if each.args["ts"] == root.ts])


def _pasted(answer: Delivered) -> int:
    assert answer.job.outcome == "image", answer.job
    assert answer.image.scene is not None
    return sum(item.kind is Kind.IMAGE for item in answer.image.scene.objects)


async def test_s13_a_thread_of_people_is_read_once_and_then_known_from_events(bot: Bot) -> None:
    place = bot.place()
    root = await place.channel.say(place.ben, "I have a cat", files=[("cat.png", picture(color="#aa0000"))])
    await place.channel.say(place.ana, "nice!", thread=root)
    _, first = await bot.ask(place.channel, place.ana, f"{bot.mention} {WITH_PHOTO}", thread=root)
    await place.channel.say(place.ben, "what a day", thread=root)
    _, second = await bot.ask(place.channel, place.ben, f"{bot.mention} add a yellow sun", thread=root)
    _, third = await bot.ask(place.channel, place.ana, f"{bot.mention} remove the tree", thread=root)

    assert _pasted(first) == 1
    assert second.image.parents == (first.image.id,)
    assert third.image.parents == (second.image.id,)
    assert _readings(bot, root) == 1


async def test_s13_a_thread_that_began_with_the_bot_is_not_read_at_all(bot: Bot) -> None:
    place = bot.place()
    said, first = await begun(bot, place)
    _, second = await bot.ask(place.channel, place.ben, "make the car blue", thread=said)

    assert second.image.parents == (first.image.id,)
    assert _readings(bot, said) == 0


async def test_s13_what_was_said_before_the_bot_was_invited_is_read_back(bot: Bot) -> None:
    place = bot.place()
    channel = bot.team.add_channel("late", bot=False)
    root = await channel.say(place.ben, "cats")
    await channel.say(place.ben, "my cat", thread=root, files=[("cat.png", picture(color="#aa0000"))])
    channel.members.add(bot.team.bot.id)
    _, answer = await bot.ask(channel, place.ana, f"{bot.mention} put the photo next to a tree, 256x256", thread=root)

    assert _pasted(answer) == 1


async def test_s13_a_thread_that_may_not_be_read_is_answered_from_the_words_alone(bot: Bot) -> None:
    place = bot.place()
    root = await place.channel.say(place.ben, "cats")
    bot.team.scopes.discard("channels:history")
    try:
        _, answer = await bot.ask(place.channel, place.ana, f"{bot.mention} {PROMPT}", thread=root)
    finally:
        bot.team.scopes.add("channels:history")

    assert answer.job.outcome == "image"
    assert answer.there.thread_ts == root.ts


async def test_s16_an_upload_with_the_request_is_used(bot: Bot) -> None:
    place = bot.place()
    _, answer = await begun(bot, place, WITH_PHOTO, files=[("cat.jpg", photo())])

    assert _pasted(answer) == 1


async def test_s16_two_uploads_are_composed(bot: Bot) -> None:
    place = bot.place()
    files = [("a.jpg", photo("#aa0000")), ("b.jpg", photo("#0000aa"))]
    _, answer = await begun(bot, place, "put both photos next to each other, 512x256", files=files)

    assert _pasted(answer) == 2


async def test_s16_an_upload_in_the_thread_of_the_bot_is_used(bot: Bot) -> None:
    place = bot.place()
    said, first = await begun(bot, place)
    _, second = await bot.ask(
        place.channel, place.ben, "put this photo next to the tree", thread=said, files=[("cat.jpg", photo())]
    )

    assert _pasted(second) == 1
    assert second.image.parents[0] == first.image.id


async def test_s16_an_upload_without_words_is_kept_for_the_next_request(bot: Bot) -> None:
    place = bot.place()
    said, _ = await begun(bot, place)
    await bot.ask(place.channel, place.ben, "", thread=said, files=[("cat.jpg", photo())])
    _, answer = await bot.ask(place.channel, place.ben, "put my photo next to the tree", thread=said)

    assert _pasted(answer) == 1


async def test_s16_what_only_claims_to_be_an_image_is_refused_in_words(bot: Bot) -> None:
    place = bot.place()
    _, answer = await bot.ask(
        place.channel, place.ana, f"{bot.mention} {WITH_PHOTO}", files=[("photo.png", b"no image at all")]
    )

    assert answer.job.outcome == "invalid"
    assert answer.images == ()
    assert "PNG" in words(answer.there)


async def test_s16_a_missing_permission_to_read_files_is_told(bot: Bot) -> None:
    place = bot.place()
    bot.team.scopes.discard("files:read")
    try:
        _, answer = await bot.ask(place.channel, place.ana, f"{bot.mention} {WITH_PHOTO}", files=[("cat.jpg", photo())])
    finally:
        bot.team.scopes.add("files:read")

    assert answer.images == ()
    assert "files:read" in words(answer.there)
    assert "cat.jpg" in words(answer.there)


async def test_s16_a_missing_permission_to_read_files_does_not_keep_an_image_from_being_shown(bot: Bot) -> None:
    place = bot.place()
    bot.team.scopes.discard("files:read")
    try:
        _, answer = await begun(bot, place)
    finally:
        bot.team.scopes.add("files:read")

    assert len(answer.there.images) == 1


async def test_s16_a_download_that_fails_at_first_is_tried_again(bot: Bot) -> None:
    place = bot.place()
    bot.fake.faults.add("error", "download")
    bot.fake.faults.add("cut", "download")
    _, answer = await begun(bot, place, WITH_PHOTO, files=[("cat.jpg", photo())])

    assert {fault.times for fault in bot.fake.faults.set_} == {0}
    assert _pasted(answer) == 1


async def test_s16_a_file_deleted_before_it_could_be_read_is_told(bot: Bot) -> None:
    place = bot.place()
    bot.fake.faults.add("error", "download")
    said = await place.channel.say(place.ana, f"{bot.mention} {WITH_PHOTO}", files=[("cat.jpg", photo())])
    said.files[0].deleted = True
    answer = await bot.delivered(said)

    assert answer.images == ()
    assert "cat.jpg" in words(answer.there)


async def test_the_menu_uses_somebody_elses_picture_as_reference(bot: Bot) -> None:
    place = bot.place()
    shown = await place.channel.say(place.ben, "my cat", files=[("cat.png", picture(color="#aa0000"))])
    await place.ana.shortcut("reference", shown)
    view = await place.ana.view()
    answer = await bot.delivered(await place.ana.submit(view, {"prompt": WITH_PHOTO}))

    assert _pasted(answer) == 1
    assert answer.there.thread_ts == shown.ts


async def test_the_menu_describes_somebody_elses_picture_and_does_not_claim_it(bot: Bot) -> None:
    place = bot.place()
    shown = await place.channel.say(place.ben, "look", files=[("x.png", picture(color="#123456"))])
    asked = await place.ana.shortcut("describe", shown)
    described = await bot.until(lambda: _told(bot, asked))
    asked = await place.ben.shortcut("provenance", shown)
    checked = await bot.until(lambda: _told(bot, asked))

    assert "#123456" in described
    assert "do not recognize" in checked
    assert bot.of_bot(place.channel) == []


def _told(bot: Bot, asked: Interaction) -> str:
    return "\n".join([*(each["text"] for each in asked.told), *all_told(bot, asked.user)])


async def test_s13_s24_a_reading_that_slack_holds_back_is_waited_for(bot: Bot) -> None:
    place = bot.place()
    root = await place.channel.say(place.ben, "I have a cat", files=[("cat.png", picture(color="#aa0000"))])
    bot.fake.faults.add("rate_limit", "conversations.replies", seconds=1)
    _, answer = await bot.ask(place.channel, place.ana, f"{bot.mention} {WITH_PHOTO}", thread=root)

    assert _pasted(answer) == 1
    assert [
        each.status for each in about(bot.fake.requests, "conversations.replies") if each.args["ts"] == root.ts
    ] == [
        429,
        200,
    ]
