"""D12: what works while the bot may not read what people say to each other (the message content intent is off)."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from tests.discord.bot import Bot, whole_bot
from tests.storage.samples import picture

pytestmark = [pytest.mark.slow, pytest.mark.asyncio(loop_scope="module"), pytest.mark.xdist_group("discord unread")]

PROMPT = "a red car and a green tree, 512x512"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def shared_bot(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Bot]:
    async with whole_bot(tmp_path_factory.mktemp("bot"), message_content=False) as bot:
        yield bot


async def test_d12_a_mention_works(bot: Bot) -> None:
    place = bot.place()
    _, answer = await bot.ask(place.channel, place.ana, f"{bot.mention} {PROMPT}")

    assert answer.job.outcome == "image"


async def test_d12_a_direct_message_works(bot: Bot) -> None:
    place = bot.place()
    _, answer = await bot.ask(bot.fake.open_dm(place.ana), place.ana, PROMPT)

    assert answer.job.outcome == "image"


async def test_d12_a_ping_reply_to_a_regular_message_works(bot: Bot) -> None:
    place = bot.place()
    asked = await place.ana.command(place.channel, "imagine", {"prompt": PROMPT})
    first = await bot.delivered(asked)
    _, second = await bot.ask(first.there.channel, place.ben, "make the car blue", reply_to=first.there)

    assert second.image.parents == (first.image.id,)


async def test_d12_commands_and_buttons_work(bot: Bot) -> None:
    place = bot.place()
    first = await bot.delivered(await place.ana.command(place.channel, "imagine", {"prompt": PROMPT}))
    second = await bot.delivered(await bot.press(place.ben, first.there, "vary"))

    assert second.image.parents == (first.image.id,)


async def test_d11_a_message_command_reads_what_the_bot_may_not(bot: Bot) -> None:
    place = bot.place()
    said = await place.channel.say(place.ben, "look at this", attachments=[("photo.png", picture(color="#aa0000"))])
    asked = await place.ana.message_command(said, "Describe")
    told = await asked.wait_for(lambda message: message.text and not message.is_loading)

    assert told.only_for is place.ana


async def test_d12_an_unreadable_message_in_a_thread_of_the_bot_is_answered_by_one_note_only(bot: Bot) -> None:
    place = bot.place()
    _, first = await bot.ask(place.channel, place.ana, f"{bot.mention} {PROMPT}")
    thread = await bot.thread_of(first)
    before = len(bot.of_bot(thread))
    await thread.say(place.ana, "make the car blue")
    await bot.until(lambda: len(bot.of_bot(thread)) > before)
    await thread.say(place.ben, "add a yellow sun")
    await bot.silent(thread, 1.0)
    [note] = bot.of_bot(thread)[before:]

    assert "Mention me" in note.text
    assert note.pinged == set()
