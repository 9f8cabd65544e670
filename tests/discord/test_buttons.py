"""Buttons as people abuse them, and what Delete leaves behind."""

import asyncio
from typing import Any

import pytest

from tests.discord.bot import Bot, Delivered
from tests.fakes.discord import Interaction, Message, User
from tests.fakes.engines import Patient

pytestmark = [pytest.mark.slow, pytest.mark.asyncio(loop_scope="module"), pytest.mark.xdist_group("buttons")]

PROMPT = "a red car, 256x256"
NOBODYS = "00000000-0000-5000-8000-000000000000"


async def _told(pressed: Interaction) -> Message:
    message: Message = await pressed.wait_for(lambda each: each.text)
    return message


async def _forged(user: User, message: Message, custom_id: str) -> Message:
    """What somebody is told who presses a button that we never put there."""
    buttons = message.buttons
    buttons[0]["custom_id"] = custom_id
    return await _told(await user.click(message, custom_id=custom_id))


async def _erased(bot: Bot, answer: Delivered) -> None:
    async def gone() -> bool:
        return not await bot.session.app.records.generations_of_job(answer.job.id)

    await bot.until(gone)


@pytest.mark.parametrize("verb", ["vary", "details", "delete", "like"])
async def test_d7_an_image_of_another_server_is_out_of_reach_of_a_forged_button(bot: Bot, verb: str) -> None:
    place, other = bot.place(), bot.place("elsewhere")
    _, theirs = await bot.ask(other.channel, other.ana, f"{bot.mention} {PROMPT}")
    _, mine = await bot.ask(place.channel, place.ben, f"{bot.mention} {PROMPT}")
    told = await _forged(place.ben, mine.there, f"tb1:{verb}:{theirs.image.id}")

    assert told.only_for is place.ben
    assert told.text == "You cannot use that image here."
    assert await bot.session.app.records.generation(theirs.image.id) == theirs.image
    assert await bot.session.app.chats.feedback_of(theirs.image.id) == {}


@pytest.mark.parametrize(
    ("custom_id", "words"),
    [
        (f"tb1:vary:{NOBODYS}", "That image is not there any more."),
        (f"tb1:delete:{NOBODYS}", "That image is not there any more."),
        ("tb1:cancel:discord:m:1", "That was finished already."),
    ],
)
async def test_d7_an_unknown_id_is_answered_politely(bot: Bot, custom_id: str, words: str) -> None:
    place = bot.place()
    _, answer = await bot.ask(place.channel, place.ana, f"{bot.mention} {PROMPT}")
    told = await _forged(place.ana, answer.there, custom_id)

    assert told.only_for is place.ana
    assert told.text == words


async def test_d10_a_button_answers_in_the_language_of_who_presses_it(bot: Bot) -> None:
    place = bot.place(locale="ko")
    _, answer = await bot.ask(place.channel, place.ana, f"{bot.mention} {PROMPT}")
    pressed = await place.ana.click(answer.there, custom_id=f"tb1:like:{answer.image.id}", locale="ko")

    assert (await _told(pressed)).text == "고마워요. 마음에 드신다고 적어 뒀어요."


async def test_delete_takes_down_every_message_of_the_answer(bot: Bot, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bots.discord.courier.REQUEST_BYTES", 1)  # so that every image needs a message of its own
    place = bot.place()
    _, other = await bot.ask(place.channel, place.ana, f"{bot.mention} {PROMPT}")
    _, answer = await bot.ask(place.channel, place.ana, f"{bot.mention} 3 images of a red apple, size 256x256")
    thread = await bot.thread_of(answer)
    before = len(bot.of_bot(thread))
    told = await _told(await bot.press(place.ana, answer.there, "delete"))

    assert before == 3
    assert told.text == "Deleted."
    assert bot.of_bot(thread) == []
    assert not other.there.deleted


async def test_delete_takes_down_a_private_answer(bot: Bot) -> None:
    place = bot.place()
    asked = await place.ana.command(place.channel, "imagine", {"prompt": PROMPT, "private": True})
    answer = await bot.delivered(asked)
    message = await asked.wait_for(lambda each: each.attachments)
    told = await _told(await place.ana.click(message, custom_id=f"tb1:delete:{answer.image.id}"))

    assert told.text == "Deleted."
    assert message.deleted


async def test_delete_takes_down_an_answer_where_the_bot_is_not(bot: Bot) -> None:
    guild = bot.fake.add_guild("without us", bot=False)
    ana = bot.fake.add_user("ana")
    guild.add_member(ana)
    asked = await ana.command(guild.add_text_channel("general"), "imagine", {"prompt": PROMPT}, installed="user")
    answer = await bot.delivered(asked)
    message = await asked.wait_for(lambda each: each.attachments)
    told = await _told(await ana.click(message, custom_id=f"tb1:delete:{answer.image.id}"))

    assert told.text == "Deleted."
    assert message.deleted
    await _erased(bot, answer)


async def test_delete_says_so_when_further_private_messages_are_out_of_reach(
    bot: Bot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bots.discord.courier.REQUEST_BYTES", 1)
    place = bot.place()
    asked = await place.ana.command(place.channel, "imagine", {"prompt": PROMPT, "private": True, "count": 2})
    answer = await bot.delivered(asked)
    first = await asked.wait_for(lambda each: each.buttons and each.attachments)
    await bot.until(lambda: len(asked.followups) == 1)
    told = await _told(await place.ana.click(first, custom_id=f"tb1:delete:{answer.images[0].id}"))

    assert told.text != "Deleted."
    assert "delete what is left" in told.text
    assert first.deleted
    await _erased(bot, answer)


async def test_delete_says_so_when_discord_does_not_let_it(bot: Bot) -> None:
    place = bot.place()
    _, answer = await bot.ask(place.channel, place.ana, f"{bot.mention} {PROMPT}")
    bot.fake.faults.error(9, status=403, method="DELETE", path="/channels/*/messages/*")
    bot.fake.faults.error(9, status=403, method="DELETE", path="/webhooks/*/*/messages/*")
    told = await _told(await bot.press(place.ana, answer.there, "delete"))

    assert "delete what is left" in told.text
    await _erased(bot, answer)


async def test_d2_further_private_images_come_directly_when_our_clock_is_behind_that_of_discord(
    bot: Bot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bots.discord.courier.REQUEST_BYTES", 1)
    place = bot.place()
    engine = Patient()
    bot.session.app.line.drawing.engine = engine
    asked = await place.ana.command(place.channel, "imagine", {"prompt": PROMPT, "private": True, "count": 2})
    await asyncio.wait_for(engine.started.wait(), 10)
    await bot.until(lambda: asked.original)
    bot.fake.clock.advance(16 * 60)
    engine.proceed.set()
    answer = await bot.delivered(asked, within=60)
    bot.clock.ahead += 16 * 60
    sent: list[Any] = bot.of_bot(bot.fake.open_dm(place.ana))

    assert answer.post.state == "delivered"
    assert [len(message.attachments) for message in sent] == [1, 1]
