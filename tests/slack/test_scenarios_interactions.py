"""Buttons, forms, the command and menus on the whole bot, from the person's client to the person's client."""

import asyncio

import pytest

from tests.fakes.slack import Interaction
from tests.slack.answers import words
from tests.slack.bot import Bot, verbs
from tests.slack.scenes import MANY, PROMPT, about, all_told, begun, color_of, is_removed, used

pytestmark = [pytest.mark.slow, pytest.mark.asyncio(loop_scope="module"), pytest.mark.xdist_group("slack interactions")]

ACK_SECONDS = 3.0


async def _told(bot: Bot, asked: Interaction) -> str:
    """What only the person was told after what they did."""

    def look() -> str:
        with_it = [asked.response.get("text", "")]
        return "\n".join([*with_it, *(each["text"] for each in asked.told), *all_told(bot, asked.user)]).strip()

    told: str = await bot.until(look)
    return told


def _acknowledged(*asked: Interaction) -> None:
    for each in asked:
        assert each.acknowledged_after is not None, each.kind
        assert each.acknowledged_after < ACK_SECONDS


async def test_s1_everything_is_acknowledged_within_three_seconds_while_a_picture_is_drawn(bot: Bot) -> None:
    place = bot.place()
    _, first = await begun(bot, place)
    asked = [
        await place.ana.command(place.channel, "/imagine", MANY),
        await place.ana.click(first.there, "vary"),
        await place.ana.click(first.there, "details"),
        await place.ana.click(first.there, "revise"),
        await place.ben.shortcut("describe", first.there),
        await place.ben.global_shortcut("create_image"),
        await place.ben.command(place.channel, "/imagine", "usage"),
        await place.ben.act(first.there, "tb1:feedback", value=f"like:{first.image.id}"),
    ]
    asked.append(await place.ana.submit(await place.ana.view(), {"prompt": "make the car blue"}))
    for each in (asked[0], asked[1], asked[-1]):
        assert (await bot.delivered(each)).job.outcome == "image"

    _acknowledged(*asked)


async def test_s2_the_same_command_told_twice_is_one_job_and_one_message(bot: Bot) -> None:
    place = bot.place()
    asked = await place.ana.command(place.channel, "/imagine", PROMPT)
    await asyncio.gather(*(_again(bot, asked) for _ in range(3)))
    answer = await bot.delivered(asked)
    await _again(bot, asked)
    await bot.silent(place.channel)

    assert bot.of_bot(place.channel) == [answer.there]
    assert len(answer.images) == 1
    assert await used(bot, place.ana) == 1


async def test_s2_the_same_press_told_twice_is_one_job_and_one_message(bot: Bot) -> None:
    place = bot.place()
    _, first = await begun(bot, place)
    pressed = await place.ben.click(first.there, "vary")
    await asyncio.gather(*(_again(bot, pressed) for _ in range(3)))
    answer = await bot.delivered(pressed)
    await bot.silent(place.channel)

    assert bot.of_bot(place.channel) == [first.there, answer.there]
    assert await used(bot, place.ben) == 1


async def _again(bot: Bot, asked: Interaction) -> None:
    """Slack tells of something once more."""
    heard = asyncio.Event()
    bot.fake.world.people._deliver(asked.kind, asked.body, lambda _: heard.set())
    await heard.wait()


async def test_two_presses_of_a_button_are_two_requests(bot: Bot) -> None:
    place = bot.place()
    _, first = await begun(bot, place, MANY)
    answers = [await bot.delivered(await place.ben.click(first.there, "vary")) for _ in range(2)]

    assert len({answer.job.id for answer in answers}) == 2
    assert len({answer.image.seed for answer in answers} | {first.image.seed}) == 3


async def test_the_revise_form_asks_for_words_and_files_and_draws_in_the_thread(bot: Bot) -> None:
    place = bot.place()
    said, first = await begun(bot, place)
    pressed = await place.ben.click(first.there, "revise")
    view = await place.ben.view()
    fields = {block["block_id"]: block["element"]["type"] for block in view.body["blocks"] if block["type"] == "input"}
    sent = await place.ben.submit(view, {"prompt": "make the car blue"})
    answer = await bot.delivered(sent)

    _acknowledged(pressed, sent)
    assert fields == {"prompt": "plain_text_input", "files": "file_input"}
    assert not view.open
    assert "car" not in view.body["private_metadata"]
    assert answer.image.parents == (first.image.id,)
    assert color_of(answer, "car") == "#0000ff"
    assert answer.there.thread_ts == said.ts


async def test_the_global_shortcut_opens_a_form_whose_answer_stands_in_the_chosen_channel(bot: Bot) -> None:
    place = bot.place()
    await place.ana.global_shortcut("create_image")
    view = await place.ana.view()
    form = {"prompt": "a red car", "size": "320x256", "background": "#ffeecc", "count": "2"}
    answer = await bot.delivered(await place.ana.submit(view, {**form, "channel": place.channel.id}))

    assert [(image.width, image.height) for image in answer.images] == [(320, 256)] * 2
    assert answer.there.channel is place.channel
    assert answer.there.thread_ts in (None, answer.there.ts)
    assert len(answer.there.images) == 2


async def test_the_form_without_a_channel_is_answered_directly(bot: Bot) -> None:
    place = bot.place()
    await place.ana.global_shortcut("create_image")
    answer = await bot.delivered(await place.ana.submit(await place.ana.view(), {"prompt": PROMPT}))

    assert answer.there.channel is bot.team.open_dm(place.ana)
    assert answer.job.private
    assert bot.of_bot(place.channel) == []


async def test_a_channel_without_the_bot_is_complained_about_in_the_form(bot: Bot) -> None:
    place = bot.place()
    elsewhere = bot.team.add_channel("elsewhere", bot=False)
    await place.ana.global_shortcut("create_image")
    view = await place.ana.view()
    await place.ana.submit(view, {"prompt": PROMPT, "channel": elsewhere.id})

    assert view.open
    assert list(view.errors) == ["channel"]
    assert elsewhere.messages == []


async def test_what_is_wrong_with_a_size_is_said_at_its_field(bot: Bot) -> None:
    place = bot.place()
    await place.ana.command(place.channel, "/imagine")
    view = await place.ana.view()
    await place.ana.submit(view, {"prompt": PROMPT, "size": "enormous"})

    assert view.open
    assert list(view.errors) == ["size"]


async def test_details_tell_the_receipt_to_whoever_asks_alone(bot: Bot) -> None:
    place = bot.place()
    _, first = await begun(bot, place)
    told = await _told(bot, await place.ben.click(first.there, "details"))

    assert str(first.image.seed) in told
    assert all_told(bot, place.ana) == []
    assert bot.of_bot(place.channel) == [first.there]


async def test_opinions_are_kept_one_for_each_person(bot: Bot) -> None:
    place = bot.place()
    _, first = await begun(bot, place)
    for user, opinion in ((place.ana, "like"), (place.ben, "like"), (place.ben, "dislike")):
        await user.act(first.there, "tb1:feedback", value=f"{opinion}:{first.image.id}")
    ana, ben = (f"slack:{bot.team.id}:{user.id}" for user in (place.ana, place.ben))

    assert await bot.session.app.chats.feedback_of(first.image.id) == {ana: 1, ben: -1}


async def test_delete_removes_message_file_and_record(bot: Bot) -> None:
    place = bot.place()
    _, first = await begun(bot, place)
    [file] = [bot.fake.world.files[block["slack_file"]["id"]] for block in first.there.images]
    told = await _told(bot, await place.ana.click(first.there, "delete"))
    await bot.until(lambda: is_removed(bot, first))

    assert "Deleted" in told
    assert first.there.deleted
    assert file.deleted
    assert bot.of_bot(place.channel) == []


async def test_delete_removes_images_that_were_shared_beside_the_answer(
    bot: Bot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bots.slack.uploading.PAUSES", (0.02, 0.02, 0.05))
    place = bot.place()
    bot.fake.world.refuses_blocks = lambda block: block["type"] == "image"
    _, first = await begun(bot, place)
    bot.fake.world.refuses_blocks = lambda _: False
    before = bot.of_bot(place.channel)
    await place.ana.click(first.there, "delete")
    await bot.until(lambda: is_removed(bot, first))

    assert len(before) == 2
    assert bot.of_bot(place.channel) == []


async def test_only_requester_or_admins_delete_an_image(bot: Bot) -> None:
    place = bot.place()
    admin = bot.team.add_user("chief", admin=True)
    _, first = await begun(bot, place)
    refused = await _told(bot, await place.ben.click(first.there, "delete"))
    assert not first.there.deleted
    assert not await is_removed(bot, first)
    await admin.click(first.there, "delete")
    await bot.until(lambda: is_removed(bot, first))

    assert "Only the person" in refused
    assert first.there.deleted


async def test_a_message_of_the_bot_that_somebody_deletes_in_slack_leaves_the_record(bot: Bot) -> None:
    place = bot.place()
    said, first = await begun(bot, place)
    await first.there.delete()
    await bot.quiet()
    _, second = await bot.ask(place.channel, place.ana, "make the car blue", thread=said)

    assert not await is_removed(bot, first)
    assert second.image.parents == (first.image.id,)


async def test_the_menu_tells_where_an_image_comes_from_and_what_it_shows(bot: Bot) -> None:
    place = bot.place()
    _, first = await begun(bot, place)
    ours = await _told(bot, await place.ana.shortcut("provenance", first.there))
    described = await _told(bot, await place.ben.shortcut("describe", first.there))

    assert "drawn by me" in ours
    assert "car" in described
    assert bot.of_bot(place.channel) == [first.there]


async def test_a_report_is_kept_with_its_image(bot: Bot) -> None:
    place = bot.place()
    _, first = await begun(bot, place)
    before = len(await bot.session.app.chats.reports_of(f"slack:{bot.team.id}"))
    await place.ben.shortcut("report", first.there)
    await place.ben.submit(await place.ben.view(), {"reason": "not nice"})
    reports = await bot.session.app.chats.reports_of(f"slack:{bot.team.id}")

    assert len(reports) == before + 1
    assert (first.image.id, "not nice") in [(report.generation, report.reason) for report in reports]


async def test_a_shortcut_on_words_alone_says_that_there_is_no_image(bot: Bot) -> None:
    place = bot.place()
    shown = await place.channel.say(place.ben, "no picture here")
    told = await _told(bot, await place.ana.shortcut("revise", shown))

    assert told
    assert [each for each in bot.fake.world.views.values() if each.user is place.ana] == []


async def test_the_command_alone_tells_usage_gallery_settings_and_privacy(bot: Bot) -> None:
    place = bot.place()
    _, first = await begun(bot, place)
    told = {}
    for topic in ("usage", "gallery", "settings", "privacy"):
        asked = await place.ana.command(place.channel, "/imagine", topic)
        told[topic] = await _told(bot, asked)

    assert "1" in told["usage"]
    assert "car" in told["gallery"]
    assert all(told.values())
    assert bot.of_bot(place.channel) == [first.there]


async def test_buttons_of_an_answer_that_a_thread_has_outgrown_still_work(bot: Bot) -> None:
    place = bot.place()
    said, first = await begun(bot, place)
    for word in ("blue", "yellow"):
        await bot.ask(place.channel, place.ana, f"make the car {word}", thread=said)
    retried = await bot.delivered(await place.ben.click(first.there, "retry"))

    assert retried.job.outcome == "image"
    assert color_of(retried, "car") == "#ff0000"
    assert "vary" in verbs(retried.there)


async def test_the_answer_to_a_private_image_stays_private(bot: Bot) -> None:
    place = bot.place()
    direct = bot.team.open_dm(place.ana)
    _, first = await bot.ask(direct, place.ana, PROMPT)
    varied = await bot.delivered(await place.ana.click(first.there, "vary"))

    assert first.job.private
    assert varied.job.private
    assert varied.there.channel is direct
    assert words(varied.there)


async def test_s24_a_form_that_slack_does_not_open_is_told(bot: Bot) -> None:
    place = bot.place()
    _, first = await begun(bot, place)
    bot.fake.faults.add("refuse", "views.open", code="expired_trigger_id")
    pressed = await place.ben.click(first.there, "revise")
    told = await _told(bot, pressed)

    _acknowledged(pressed)
    assert "try" in told.lower()
    assert len(about(bot.fake.requests, "views.open")) >= 1
