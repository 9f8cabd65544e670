"""Commands, menus and buttons on the whole bot, from the person's client to the person's client."""

import asyncio
from datetime import UTC, datetime

import pytest

from tests.discord.bot import Bot, Delivered, Place
from tests.fakes.discord import Interaction, Message
from tests.fakes.engines import Patient
from tests.storage.samples import picture

pytestmark = [pytest.mark.slow, pytest.mark.asyncio(loop_scope="module"), pytest.mark.xdist_group("discord commands")]

PROMPT = "a red car and a green tree, 512x512"
TEXT_INPUT, FILE_UPLOAD = 4, 19


async def _first(bot: Bot, place: Place) -> Delivered:
    answer = await bot.delivered(await place.ana.command(place.channel, "imagine", {"prompt": PROMPT}))
    assert answer.job.outcome == "image"
    return answer


async def _told(asked: Interaction) -> Message:
    return await asked.wait_for(lambda message: message.text and not message.is_loading)


def _field(asked: Interaction, kind: int) -> str:
    assert asked.modal is not None
    fields = [each["component"] for each in asked.modal.components if "component" in each]
    return next(str(each["custom_id"]) for each in fields if each["type"] == kind)


async def test_imagine_takes_images_and_options(bot: Bot) -> None:
    place = bot.place()
    options = {"prompt": "this photo next to a tree", "size": "640x512", "background": "#ffeecc", "seed": 7, "count": 2}
    asked = await place.ana.command(
        place.channel, "imagine", options, attachments={"image1": ("photo.png", picture(color="#aa0000"))}
    )
    answer = await bot.delivered(asked)

    assert answer.job.outcome == "image", answer.job
    assert [image.seed for image in answer.images] == [7, 8]
    assert {(image.width, image.height) for image in answer.images} == {(640, 512)}
    assert len(answer.there.attachments) == 2


async def test_revise_changes_the_newest_image_of_the_thread(bot: Bot) -> None:
    place = bot.place()
    first = await _first(bot, place)
    thread = first.there.thread
    assert thread is not None
    _, second = await bot.ask(thread, place.ben, "make the car blue")
    answer = await bot.delivered(await place.ana.command(thread, "revise", {"prompt": "add a yellow sun"}))

    assert answer.image.parents == (second.image.id,)
    assert answer.there.channel is thread


async def test_an_upload_that_is_no_image_is_refused_in_words(bot: Bot) -> None:
    place = bot.place()
    asked = await place.ana.command(
        place.channel, "imagine", {"prompt": "this photo"}, attachments={"image1": ("photo.png", b"no image at all")}
    )
    answer = await bot.delivered(asked)

    assert answer.job.outcome == "invalid"
    assert "PNG" in answer.job.reply
    assert answer.there.text.startswith(answer.job.reply)


async def test_a_korean_person_is_answered_in_korean(bot: Bot) -> None:
    place = bot.place(locale="ko")
    asked = await place.ana.command(place.channel, "imagine", {"prompt": "빨간 자동차와 초록 나무, 512x512"})
    answer = await bot.delivered(asked)

    assert answer.job.outcome == "image", answer.job
    assert answer.job.locale == "ko"
    assert "AI" in answer.there.text
    assert any("가" <= character <= "힣" for character in answer.there.text)


async def test_blend_makes_a_collage_that_says_so(bot: Bot) -> None:
    place = bot.place()
    files = {"image1": ("a.png", picture(color="#aa0000")), "image2": ("b.png", picture(color="#0000aa"))}
    answer = await bot.delivered(await place.ana.command(place.channel, "blend", {}, attachments=files))

    assert answer.job.outcome == "image", answer.job
    assert "collage" in answer.there.text.lower()


async def test_d11_the_menu_command_revises_an_image(bot: Bot) -> None:
    place = bot.place()
    first = await _first(bot, place)
    asked = await place.ben.message_command(first.there, "Revise this image")
    await asked.wait_acknowledged()
    assert asked.modal is not None
    sent = await place.ben.submit(asked.modal, {_field(asked, TEXT_INPUT): "make the car blue"})
    answer = await bot.delivered(sent)

    assert answer.image.parents == (first.image.id,)


async def test_d11_the_menu_command_uses_somebody_elses_picture(bot: Bot) -> None:
    place = bot.place()
    said = await place.channel.say(place.ben, "my cat", attachments=[("cat.png", picture(color="#aa0000"))])
    asked = await place.ana.message_command(said, "Use as reference")
    await asked.wait_acknowledged()
    assert asked.modal is not None
    sent = await place.ana.submit(asked.modal, {_field(asked, TEXT_INPUT): "put this photo next to a tree, 512x512"})
    answer = await bot.delivered(sent)

    assert answer.job.outcome == "image", answer.job


async def test_the_menu_commands_tell_where_an_image_comes_from(bot: Bot) -> None:
    place = bot.place()
    first = await _first(bot, place)
    ours = await _told(await place.ben.message_command(first.there, "Check provenance"))
    described = await _told(await place.ben.message_command(first.there, "Describe"))
    foreign = await place.channel.say(place.ben, "look", attachments=[("x.png", picture(color="#123456"))])
    not_ours = await _told(await place.ben.message_command(foreign, "Check provenance"))

    assert "drawn by me" in ours.text
    assert "car" in described.text
    assert "do not recognize" in not_ours.text
    assert {message.only_for for message in (ours, described, not_ours)} == {place.ben}


async def test_a_report_is_kept(bot: Bot) -> None:
    place = bot.place()
    first = await _first(bot, place)
    asked = await place.ben.message_command(first.there, "Report")
    await asked.wait_acknowledged()
    assert asked.modal is not None
    sent = await place.ben.submit(asked.modal, {_field(asked, TEXT_INPUT): "not nice"})
    await _told(sent)
    [report] = await bot.session.app.chats.reports_of(f"discord:{place.guild.id}")

    assert report.generation == first.image.id
    assert report.reason == "not nice"


async def test_thumbs_are_kept_and_details_tell_the_receipt(bot: Bot) -> None:
    place = bot.place()
    first = await _first(bot, place)
    await (await bot.press(place.ben, first.there, "like")).wait_acknowledged()

    async def kept() -> bool:
        return await bot.session.app.chats.feedback_of(first.image.id) == {f"discord:{place.ben.id}": 1}

    await bot.until(kept)
    details = await _told(await bot.press(place.ben, first.there, "details"))

    assert details.only_for is place.ben
    assert str(first.image.seed) in details.text


async def test_only_requester_or_moderators_delete_an_image(bot: Bot) -> None:
    place = bot.place()
    first = await _first(bot, place)
    refused = await _told(await bot.press(place.ben, first.there, "delete"))
    assert refused.only_for is place.ben
    assert await bot.session.app.records.generation(first.image.id) is not None
    place.guild.set_permissions(place.ben, ["view_channel", "send_messages", "manage_messages"])
    await (await bot.press(place.ben, first.there, "delete")).wait_acknowledged()

    async def gone() -> bool:
        return await bot.session.app.records.generation(first.image.id) is None

    await bot.until(gone)
    await bot.until(lambda: first.there.deleted or not first.there.attachments)


async def test_gallery_usage_help_and_privacy_answer_only_the_person(bot: Bot) -> None:
    place = bot.place()
    await _first(bot, place)
    told = [
        await _told(await place.ana.command(place.channel, name))
        for name in ("gallery", "usage", "help", "privacy export", "privacy delete")
    ]

    assert {message.only_for for message in told} == {place.ana}
    assert "1" in told[1].text
    assert told[3].attachments


async def test_privacy_delete_removes_the_posts_too(bot: Bot) -> None:
    place = bot.place()
    first = await _first(bot, place)
    asked = await _told(await place.ana.command(place.channel, "privacy delete"))
    confirm = next(each["custom_id"] for each in asked.buttons)
    await (await place.ana.click(asked, custom_id=confirm)).wait_acknowledged()
    await bot.until(lambda: first.there.deleted or not first.there.attachments)

    assert await bot.session.app.records.generation(first.image.id) is None


async def test_cancel_stops_what_is_running(bot: Bot) -> None:
    place = bot.place()
    engine = Patient()
    bot.session.app.line.drawing.engine = engine
    asked = await place.ana.command(place.channel, "imagine", {"prompt": PROMPT})
    await asyncio.wait_for(engine.started.wait(), 10)
    told = await _told(await place.ana.command(place.channel, "cancel"))
    answer = await bot.delivered(asked)

    assert told.only_for is place.ana
    assert answer.job.outcome == "cancelled"
    assert answer.job.finished_at is not None
    assert answer.job.finished_at <= datetime.now(UTC)


async def test_settings_turn_threads_off(bot: Bot) -> None:
    place = bot.place()
    place.guild.set_permissions(
        place.ana, ["view_channel", "send_messages", "manage_guild", "use_application_commands"]
    )
    await _told(await place.ana.command(place.channel, "settings change", {"threads": "channel"}))
    answer = await _first(bot, place)

    assert answer.there.channel is place.channel


async def test_d5_autocomplete_offers_sizes_styles_and_own_prompts(bot: Bot) -> None:
    place = bot.place()
    await _first(bot, place)
    sizes = await place.ana.autocomplete(place.channel, "imagine", {"prompt": "x", "size": ""}, focused="size")
    prompts = await place.ana.autocomplete(place.channel, "imagine", {"prompt": "a red"}, focused="prompt")
    of_ben = await place.ben.autocomplete(place.channel, "imagine", {"prompt": "a red"}, focused="prompt")

    assert 0 < len(sizes) <= 25
    assert [choice["value"] for choice in prompts] == [PROMPT]
    assert of_ben == []
