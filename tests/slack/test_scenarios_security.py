"""Words, buttons and forms that mean harm, in Slack: nobody is pinged, nothing is seen that is not theirs, nothing leaks."""

import json

import pytest

from bots.conversation import MAX_TEXT
from tests.fakes.slack import Interaction, Message, User
from tests.slack.answers import words
from tests.slack.bot import Bot, Delivered, Place
from tests.slack.scenes import PROMPT, all_told, begun, held, is_removed, texts

pytestmark = [pytest.mark.slow, pytest.mark.asyncio(loop_scope="module"), pytest.mark.xdist_group("slack security")]

OURS = "chat."
"""What begins the methods that show words to people."""


def _said_since(bot: Bot, before: int) -> list[str]:
    """Every string that the bot showed to anybody."""
    requests = [each for each in bot.fake.requests[before:] if each.method.startswith((OURS, "files.", "views."))]
    return [text for each in requests for text in texts(_opened(each.args))]


def _opened(args: dict[str, object]) -> list[object]:
    """Arguments, with what is JSON in them read."""
    values: list[object] = []
    for value in args.values():
        is_json = isinstance(value, str) and value[:1] in "[{"
        values.append(json.loads(value) if is_json and isinstance(value, str) else value)
    return values


async def _told(bot: Bot, asked: Interaction) -> str:
    told: str = await bot.until(
        lambda: "\n".join([*(each["text"] for each in asked.told), *all_told(bot, asked.user)]).strip()
    )
    return told


async def _private(bot: Bot, user: User) -> Delivered:
    """An image that only this person has seen."""
    _, answer = await bot.ask(bot.team.open_dm(user), user, PROMPT)
    assert answer.job.private
    return answer


@pytest.mark.parametrize("written", ["<!channel>", "&lt;!channel&gt;", "<!here>", "<!everyone|everyone>"])
async def test_s20_a_prompt_that_mentions_everybody_pings_nobody(bot: Bot, written: str) -> None:
    place = bot.place()
    before = len(bot.fake.requests)
    prompt = f'{written} {place.ben.mention} a poster, title "{written}", 256x256'
    _, by_message = await bot.ask(place.channel, place.ana, f"{bot.mention} {prompt}")
    by_command = await bot.delivered(await place.ana.command(place.channel, "/imagine", prompt))
    await _told(bot, await place.ben.click(by_message.there, "details"))
    said = _said_since(bot, before)

    assert by_message.job.outcome == by_command.job.outcome == "image"
    assert not [text for text in said if "<!" in text or place.ben.mention in text]
    assert {each.args.get("parse") for each in bot.fake.calls("chat.postMessage")} == {"none"}


async def test_s20_links_and_markup_of_a_prompt_are_no_links_in_the_answer(bot: Bot) -> None:
    place = bot.place()
    before = len(bot.fake.requests)
    prompt = 'a red car, title "<https://evil.example/|free money>", 256x256'
    await bot.delivered(await place.ana.command(place.channel, "/imagine", prompt))
    gallery = await _told(bot, await place.ana.command(place.channel, "/imagine", "gallery"))

    assert "<https://evil" not in gallery
    assert not [text for text in _said_since(bot, before) if "<https://evil" in text]


async def test_s19_metadata_holds_an_opaque_id_and_no_words(bot: Bot) -> None:
    place = bot.place()
    _, answer = await begun(bot, place)
    metadata = answer.there.metadata

    assert metadata == {"event_type": "threadbrush_job", "event_payload": {"job": answer.job.id}}


async def test_a_button_with_somebody_elses_private_image_shows_and_does_nothing(bot: Bot) -> None:
    place = bot.place()
    mine = await _private(bot, place.ana)
    _, public = await begun(bot, place)
    for verb in ("vary", "revise", "retry", "upscale", "details", "delete"):
        forged = await place.ben.click(public.there, verb, value=mine.image.id)
        told = await _told(bot, forged)
        assert await bot.jobs_of(forged) is None
        assert PROMPT not in told
        assert str(mine.image.seed) not in told

    assert not await is_removed(bot, mine)
    assert [each for each in bot.fake.world.views.values() if each.user is place.ben] == []
    assert bot.of_bot(place.channel) == [public.there]


async def test_a_form_with_somebody_elses_private_image_draws_nothing(bot: Bot) -> None:
    place = bot.place()
    mine = await _private(bot, place.ana)
    _, public = await begun(bot, place)
    await place.ben.click(public.there, "revise")
    view = await place.ben.view()
    view.body["private_metadata"] = view.body["private_metadata"].replace(public.image.id, mine.image.id)
    await place.ben.submit(view, {"prompt": "make the car blue"})

    assert view.open
    assert list(view.errors) == ["prompt"]


async def test_a_cancel_button_with_somebody_elses_job_stops_nothing(bot: Bot) -> None:
    place = bot.place()
    said, placeholder, engine = await held(bot, place)
    job = (await bot.job(said)).id
    bens = await place.channel.say(place.ben, f"{bot.mention} a blue boat, 256x256")
    await bot.job(bens)
    pressed = await place.ben.click(placeholder, "cancel", value=job)
    told = await _told(bot, pressed)
    engine.proceed.set()
    answer = await bot.delivered(said)
    await bot.delivered(bens)

    assert "Only the person" in told
    assert answer.job.outcome == "image"


@pytest.mark.parametrize("value", ["", "' OR 1=1 --", "x" * 2000, "../../etc/passwd", "<!channel>"])
async def test_a_button_with_nonsense_in_it_is_told_that_the_image_is_gone(bot: Bot, value: str) -> None:
    place = bot.place()
    _, public = await begun(bot, place)
    before = len(bot.fake.requests)
    told = await _told(bot, await place.ben.click(public.there, "vary", value=value))

    assert "not there any more" in told
    assert not [text for text in _said_since(bot, before) if "<!" in text]


async def test_the_gallery_shows_nobody_elses_private_images(bot: Bot) -> None:
    place = bot.place()
    _, mine = await bot.ask(bot.team.open_dm(place.ana), place.ana, "a purple boat, 256x256")
    bens = await _told(bot, await place.ben.command(place.channel, "/imagine", "gallery"))
    asked = await place.ana.command(place.channel, "/imagine", "gallery")
    await bot.until(lambda: asked.told)
    anas = "\n".join(each["text"] for each in asked.told)

    assert mine.job.outcome == "image"
    assert "purple" in anas
    assert "purple" not in bens


async def test_a_private_image_carried_into_a_channel_is_a_strangers_picture_to_others(bot: Bot) -> None:
    place = bot.place()
    mine = await _private(bot, place.ana)
    data = await bot.session.app.blobs.get(mine.image.digest)
    carried = await place.channel.say(place.ana, "look", files=[("picture.png", data)])
    checked = await _told(bot, await place.ben.shortcut("provenance", carried))

    assert "drawn by me" in checked
    assert "car" not in checked
    assert place.ana.id not in checked


async def test_words_beyond_what_can_be_read_are_refused_and_the_bot_goes_on(bot: Bot) -> None:
    place = bot.place()
    asked = await place.ana.command(place.channel, "/imagine", "a red car " * (MAX_TEXT // 10 + 1))
    said = await place.channel.say(place.ana, f"{bot.mention} " + "a red car " * 4000)
    await bot.delivered(said)
    _, after = await bot.ask(place.channel, place.ana, f"{bot.mention} {PROMPT}")

    assert asked.response.get("text")
    assert await bot.jobs_of(asked) is None
    assert after.job.outcome == "image"


async def test_s16_a_page_that_calls_itself_a_picture_is_no_picture(bot: Bot) -> None:
    place = bot.place()
    page = b"<!DOCTYPE html><script>alert(1)</script>"
    _, answer = await bot.ask(place.channel, place.ana, f"{bot.mention} this photo", files=[("a.png", page)])

    assert answer.images == ()
    assert "script" not in words(answer.there)


async def test_hostile_names_of_files_and_people_are_shown_as_they_are_written(bot: Bot) -> None:
    place = bot.place()
    eve = bot.team.add_user("<!channel> *eve*")
    before = len(bot.fake.requests)
    said = await place.channel.say(
        eve, f"{bot.mention} this photo next to a tree", files=[("<!here>\u202egnp.png", b"no image")]
    )
    answer = await bot.delivered(said)

    assert answer.job.outcome == "invalid"
    assert not [text for text in _said_since(bot, before) if "<!" in text]


async def test_what_is_logged_holds_neither_words_nor_tokens(bot: Bot, capsys: pytest.CaptureFixture[str]) -> None:
    place = bot.place()
    bot.fake.faults.add("error", "chat.postMessage")
    bot.fake.faults.add("refuse", "files.completeUploadExternal", code="fatal_error")
    _, first = await bot.ask(place.channel, place.ana, f"{bot.mention} a violet boat, 256x256")
    await bot.delivered(await place.ben.click(first.there, "vary"))
    await place.ana.command(place.channel, "/imagine", "usage")
    await bot.quiet()
    logged = "".join(capsys.readouterr())

    assert "job_closed" in logged
    for secret in (
        "violet",
        bot.team.token,
        bot.fake.app_token,
        bot.fake.signing_secret,
        "/response/",
        "/files-pri/",
    ):
        assert secret not in logged


async def test_nobody_who_is_not_in_the_thread_is_written_to(bot: Bot) -> None:
    place = bot.place()
    _, answer = await begun(bot, place)
    await bot.quiet()

    assert answer.job.outcome == "image"
    assert _directly(bot, place.ben) == []
    assert _directly(bot, place.ana) == []


def _directly(bot: Bot, user: User) -> list[Message]:
    return [
        message
        for channel in bot.team.channels.values()
        if channel.kind == "im" and user.id in channel.members
        for message in channel.messages
    ]


async def test_a_thread_in_another_channel_is_not_spilled_by_its_id(bot: Bot) -> None:
    place, other = bot.place(), bot.place()
    _, secret = await _channel_answer(bot, other)
    _, public = await begun(bot, place)
    forged = await place.ben.click(public.there, "details", value=secret.image.id)
    told = await _told(bot, forged)

    assert "violet" not in told


async def _channel_answer(bot: Bot, place: Place) -> tuple[Message, Delivered]:
    return await bot.ask(place.channel, place.ana, f"{bot.mention} a violet boat, 256x256")
