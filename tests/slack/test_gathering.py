"""Orders are completed with what was said before in the thread and with the files that people showed there."""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from bots.courier import TryLater
from bots.order import Order
from bots.slack.gathering import Gatherer
from moderation.intake import MAX_BYTES
from tests.slack.listening import Listener, job_id, key, listening
from tests.storage.samples import WHEN, picture

RED, BLUE = picture(color="#aa0000"), picture(color="#0000aa")


@pytest.fixture
async def bot(tmp_path: Path) -> AsyncIterator[Listener]:
    async with listening(tmp_path / "data") as listener:
        yield listener


async def staged(bot: Listener, order: Order) -> list[tuple[int, str, bytes]]:
    return [(upload.turn, upload.name, await bot.app.staging.read(order.job, upload.file)) for upload in order.uploads]


def words(order: Order) -> list[str]:
    return [turn.text for turn in order.conversation.turns]


def reads(bot: Listener) -> int:
    return len(bot.fake.calls("conversations.replies"))


async def test_s13_a_thread_that_the_bot_is_called_into_is_read_once_with_who_said_what(bot: Listener) -> None:
    root = await bot.channel.say(bot.ana, "I want an apple")
    await bot.channel.say(bot.ben, "a red one", thread=root)
    first = await bot.gathered(await bot.channel.say(bot.ana, f"{bot.team.mention} draw that", thread=root))
    await bot.channel.say(bot.ben, "not bad", thread=root)
    await bot.heard()
    second = await bot.gathered(await bot.channel.say(bot.ana, f"{bot.team.mention} larger", thread=root))

    assert words(first) == ["I want an apple", "a red one", "draw that"]
    assert [turn.author for turn in first.conversation.turns] == ["ana", "ben", "ana"]
    assert [turn.to_bot for turn in first.conversation.turns] == [False, False, True]
    assert words(second) == ["I want an apple", "a red one", "draw that", "not bad", "larger"]
    assert second.conversation.turns[2].job == first.job
    assert reads(bot) == 1


async def test_s13_a_thread_that_began_with_a_request_needs_no_reading_at_all(bot: Listener) -> None:
    root = await bot.channel.say(bot.ana, f"{bot.team.mention} an apple")
    await bot.gathered(root)
    order = await bot.gathered(await bot.channel.say(bot.ben, "with a leaf", thread=root))

    assert words(order) == ["an apple", "with a leaf"]
    assert reads(bot) == 0


async def test_s13_after_a_restart_a_thread_is_read_again_for_what_was_missed(bot: Listener) -> None:
    root = await bot.channel.say(bot.ana, f"{bot.team.mention} an apple")
    await bot.gathered(root)
    bot.channel.members.discard(bot.team.bot.id)  # Slack tells nothing of what is said now
    await bot.channel.say(bot.ben, "with a leaf", thread=root)
    bot.channel.members.add(bot.team.bot.id)
    newest = await bot.order(await bot.channel.say(bot.ana, "and larger", thread=root))
    restarted = await Gatherer(bot.parts).gather(newest)

    assert words(restarted) == ["an apple", "with a leaf", "and larger"]
    assert reads(bot) == 1
    room = await bot.app.chats.room(key(root))
    assert room is not None
    assert room.owned


async def test_s13_where_slack_allows_few_readings_known_threads_are_not_read_again(tmp_path: Path) -> None:
    async with listening(tmp_path / "data", history_limit=15) as bot:
        root = await bot.channel.say(bot.ana, "ideas")
        for number in range(20):
            await bot.channel.say(bot.ben, f"idea {number}", thread=root)
        first = await bot.gathered(await bot.channel.say(bot.ana, f"{bot.team.mention} an apple", thread=root))
        (request,) = bot.fake.calls("conversations.replies")
        newest = await bot.order(await bot.channel.say(bot.ana, f"{bot.team.mention} larger", thread=root))
        second = await Gatherer(bot.parts).gather(newest)

        assert int(request.args["limit"]) == 15
        assert words(first) == ["ideas", *(f"idea {number}" for number in range(14)), "an apple"]
        assert words(second)[-2:] == ["an apple", "larger"]
        assert reads(bot) == 1


async def test_s13_of_a_long_thread_the_newest_messages_are_kept(tmp_path: Path) -> None:
    async with listening(tmp_path / "data", history_limit=40) as bot:
        root = await bot.channel.say(bot.ana, "ideas")
        for number in range(90):
            await bot.channel.say(bot.ben, f"idea {number}", thread=root)
        order = await bot.gathered(await bot.channel.say(bot.ana, f"{bot.team.mention} an apple", thread=root))

        assert words(order)[-3:] == ["idea 88", "idea 89", "an apple"]
        assert len(words(order)) == 60
        assert reads(bot) == 3


async def test_s13_what_is_said_after_a_request_is_no_context_of_it(bot: Listener) -> None:
    root = await bot.channel.say(bot.ana, "ideas")
    asked = await bot.channel.say(bot.ana, f"{bot.team.mention} an apple", thread=root)
    order = await bot.order(asked)
    await bot.channel.say(bot.ben, "too late", thread=root)
    await bot.heard()

    assert words(await bot.gatherer.gather(order)) == ["ideas", "an apple"]


async def test_s13_answers_of_the_bot_are_no_words_but_their_request_is_known_by_its_job(bot: Listener) -> None:
    root = await bot.channel.say(bot.ana, f"{bot.team.mention} an apple")
    await bot.answer(root)
    newest = await bot.order(await bot.channel.say(bot.ana, "larger", thread=root))
    order = await bot.gatherer.gather(newest)

    assert words(order) == ["an apple", "larger"]
    assert order.conversation.turns[0].job == job_id(root)
    assert reads(bot) == 1


async def test_s24_when_slack_asks_for_patience_the_order_is_completed_later(bot: Listener) -> None:
    root = await bot.channel.say(bot.ana, "ideas")
    order = await bot.order(await bot.channel.say(bot.ana, f"{bot.team.mention} an apple", thread=root))
    bot.fake.faults.add("rate_limit", "conversations.replies", seconds=30)
    with pytest.raises(TryLater) as later:
        await bot.gatherer.gather(order)

    assert later.value.seconds == 30
    assert words(await bot.gatherer.gather(order)) == ["ideas", "an apple"]


async def test_where_the_thread_may_not_be_read_the_request_itself_is_enough(bot: Listener) -> None:
    root = await bot.channel.say(bot.ana, "ideas")
    asked = await bot.channel.say(bot.ana, f"{bot.team.mention} an apple", thread=root)
    order = await bot.order(asked)
    bot.team.scopes.discard("channels:history")

    assert words(await bot.gatherer.gather(order)) == ["an apple"]


async def test_s16_files_of_the_newest_turn_come_first_and_earlier_ones_that_nobody_looked_at_too(
    bot: Listener,
) -> None:
    root = await bot.channel.say(bot.ben, "my cat", files=[("cat.png", BLUE), ("notes.txt", b"no image")])
    asked = await bot.channel.say(
        bot.ana, f"{bot.team.mention} put it on this", thread=root, files=[("a b.png", RED), ("anything", BLUE)]
    )
    order = await bot.gathered(asked)

    assert await staged(bot, order) == [(1, "a b.png", RED), (1, "anything", BLUE), (0, "cat.png", BLUE)]
    assert order.problem is None


async def test_s16_gathering_again_fetches_nothing_again(bot: Listener) -> None:
    asked = await bot.channel.say(bot.ana, f"{bot.team.mention} use this", files=[("cat.png", RED)])
    order = await bot.order(asked)
    first = await bot.gatherer.gather(order)
    bot.fake.faults.add("error", "download", times=None)

    assert (await bot.gatherer.gather(order)).uploads == first.uploads


async def test_an_earlier_file_that_is_no_image_is_passed_over(bot: Listener) -> None:
    root = await bot.channel.say(bot.ben, "look", files=[("cat.png", b"not an image")])
    order = await bot.gathered(await bot.channel.say(bot.ana, f"{bot.team.mention} an apple", thread=root))

    assert order.uploads == ()
    assert order.problem is None


async def test_s16_without_the_permission_to_read_files_the_requester_is_told_so(bot: Listener) -> None:
    bot.team.scopes.discard("files:read")
    asked = await bot.channel.say(bot.ana, f"{bot.team.mention} use this", files=[("cat.png", RED)])
    order = await bot.gathered(asked)

    assert order.problem is not None
    assert (order.problem.key, order.problem.args) == ("slack-files-not-readable", {"name": "cat.png"})
    assert order.uploads == ()


async def test_s16_a_file_that_is_gone_is_named_to_who_gave_it_and_an_earlier_one_is_passed_over(
    bot: Listener,
) -> None:
    asked = await bot.channel.say(bot.ana, f"{bot.team.mention} use this", files=[("cat.png", RED)])
    order = await bot.order(asked)
    asked.files[0].deleted = True
    gathered = await bot.gatherer.gather(order)
    later = await bot.gathered(await bot.channel.say(bot.ana, "an apple then", thread=asked))

    assert gathered.problem is not None
    assert (gathered.problem.key, gathered.problem.args) == ("attachment-gone", {"name": "cat.png"})
    assert (later.problem, later.uploads) == (None, ())


async def test_s16_a_file_whose_address_slack_does_not_say_at_first_is_asked_for(bot: Listener) -> None:
    asked = await bot.channel.say(bot.ana, f"{bot.team.mention} use this", files=[("cat.png", RED)])
    order = await bot.order(asked)
    turn = await bot.turn(asked)
    assert turn is not None
    bare = (replace(turn.attachments[0], url="", media_type=None, name=turn.attachments[0].id),)
    await bot.app.chats.edit_turn(turn.message, turn.text, bare, WHEN.replace(year=2030))

    assert await staged(bot, await bot.gatherer.gather(order)) == [(0, turn.attachments[0].id, RED)]
    assert len(bot.fake.calls("files.info")) == 1


async def test_a_file_that_says_it_is_too_large_is_not_even_fetched(bot: Listener) -> None:
    asked = await bot.channel.say(bot.ana, f"{bot.team.mention} use this", files=[("cat.png", RED)])
    order = await bot.order(asked)
    turn = await bot.turn(asked)
    assert turn is not None
    huge = (replace(turn.attachments[0], size_bytes=MAX_BYTES + 1),)
    await bot.app.chats.edit_turn(turn.message, turn.text, huge, WHEN.replace(year=2030))
    bot.fake.faults.add("error", "download", times=None)
    gathered = await bot.gatherer.gather(order)

    assert gathered.problem is not None
    assert gathered.problem.key == "attachment-too-large"


async def test_files_that_a_request_has_looked_at_are_not_fetched_again(bot: Listener) -> None:
    root = await bot.channel.say(bot.ana, f"{bot.team.mention} use this", files=[("cat.png", RED)])
    await bot.gathered(root)
    await bot.answer(root, images=0, outcome="refused")
    order = await bot.gathered(await bot.channel.say(bot.ana, "an apple", thread=root))

    assert order.uploads == ()
    assert order.conversation.turns[0].job == job_id(root)
