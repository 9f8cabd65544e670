"""Places in Slack that are closed, or taken away while the bot draws: jobs end cleanly and nobody is charged."""

from typing import Any

import pytest

from tests.slack.answers import words
from tests.slack.bot import Bot, Delivered, Place
from tests.slack.scenes import NOT_CHARGED, PROMPT, all_told, begun, held, is_removed, over, told_directly, used

pytestmark = [pytest.mark.slow, pytest.mark.asyncio(loop_scope="module"), pytest.mark.xdist_group("slack taken away")]


async def _ends_cleanly(bot: Bot, place: Place, said: Any, engine: Any) -> Delivered:
    """The job ended, nobody was charged, nothing was posted any more, and nothing is left running."""
    engine.proceed.set()
    answer = await bot.delivered(said)
    assert answer.post.state == "dropped"
    assert answer.job.status == "done"
    assert await used(bot, place.ana) == 0
    assert [job.id for job in await bot.session.app.records.unfinished_jobs()] == []
    return answer


def _told_why(bot: Bot, place: Place, word: str) -> None:
    [told] = all_told(bot, place.ana)
    assert word in told
    assert NOT_CHARGED in told
    assert "car" not in told


async def test_an_archived_channel_ends_the_job_cleanly_and_the_requester_is_told_directly(bot: Bot) -> None:
    place = bot.place()
    place.channel.archived = True
    said = await place.channel.say(place.ana, f"{bot.mention} {PROMPT}")
    answer = await bot.delivered(said)

    assert answer.post.state == "dropped"
    assert bot.of_bot(place.channel) == []
    assert await used(bot, place.ana) == 0
    assert len(told_directly(bot, place.ana)) == 1
    _told_why(bot, place, "archived")


async def test_a_channel_archived_in_the_middle_ends_the_job_cleanly_and_says_why(bot: Bot) -> None:
    place = bot.place()
    said, placeholder, engine = await held(bot, place)
    place.channel.archived = True
    await _ends_cleanly(bot, place, said, engine)

    assert placeholder.images == []
    _told_why(bot, place, "archived")


async def test_a_private_channel_that_the_bot_is_removed_from_in_the_middle_ends_the_job_cleanly(bot: Bot) -> None:
    place = bot.place(private=True)
    said, placeholder, engine = await held(bot, place)
    bot.fake.world.people.remove_bot(place.channel)
    await _ends_cleanly(bot, place, said, engine)

    assert placeholder.images == []
    assert len(told_directly(bot, place.ana)) == 1
    _told_why(bot, place, "gone")


async def test_a_channel_that_is_deleted_in_the_middle_ends_the_job_cleanly(bot: Bot) -> None:
    place = bot.place()
    said, _, engine = await held(bot, place)
    bot.fake.world.people.delete_channel(place.channel)
    await bot.until(lambda: over(bot, said))
    await _ends_cleanly(bot, place, said, engine)

    assert engine.stopped


async def test_a_placeholder_that_somebody_deletes_is_not_posted_again_and_its_job_stops(bot: Bot) -> None:
    place = bot.place()
    said, placeholder, engine = await held(bot, place)
    await placeholder.delete()
    await bot.until(lambda: engine.stopped)
    await bot.delivered(said)
    await bot.silent(place.channel)

    assert bot.of_bot(place.channel) == []
    assert (await bot.job(said)).outcome == "cancelled"
    assert await used(bot, place.ana) == 0


async def test_a_placeholder_that_is_gone_without_anybody_telling_is_not_posted_again(bot: Bot) -> None:
    place = bot.place()
    said, placeholder, engine = await held(bot, place)
    place.channel.messages.remove(placeholder)
    engine.proceed.set()
    await bot.delivered(said)
    await bot.silent(place.channel)

    assert bot.of_bot(place.channel) == []


async def test_a_message_that_asks_and_is_deleted_before_it_is_answered_gets_no_answer(bot: Bot) -> None:
    place = bot.place()
    said, placeholder, engine = await held(bot, place)
    await said.delete()
    await bot.until(lambda: engine.stopped)
    answer = await bot.delivered(said)

    assert answer.job.outcome == "cancelled"
    assert placeholder.images == []
    assert await used(bot, place.ana) == 0


async def test_a_read_only_channel_ends_the_job_cleanly_and_says_why(bot: Bot) -> None:
    place = bot.place()
    bot.fake.faults.add("refuse", "chat.postMessage", code="restricted_action_read_only_channel")
    said = await place.channel.say(place.ana, f"{bot.mention} {PROMPT}")
    answer = await bot.delivered(said)

    assert answer.post.state == "dropped"
    assert await used(bot, place.ana) == 0
    _told_why(bot, place, "may not post")


async def test_a_lost_permission_to_upload_ends_the_job_cleanly_and_says_why(bot: Bot) -> None:
    place = bot.place()
    bot.team.scopes.discard("files:write")
    try:
        said = await place.channel.say(place.ana, f"{bot.mention} {PROMPT}")
        answer = await bot.delivered(said)
    finally:
        bot.team.scopes.add("files:write")

    assert answer.post.state == "dropped"
    assert all(message.images == [] for message in bot.of_bot(place.channel))
    assert await used(bot, place.ana) == 0
    _told_why(bot, place, "permission")


async def test_after_an_archived_channel_is_opened_again_the_bot_answers_there(bot: Bot) -> None:
    place = bot.place()
    place.channel.archived = True
    await bot.ask(place.channel, place.ana, f"{bot.mention} {PROMPT}")
    place.channel.archived = False
    _, answer = await bot.ask(place.channel, place.ana, f"{bot.mention} {PROMPT}")

    assert answer.job.outcome == "image"
    assert "AI-generated" in words(answer.there)


async def test_a_thread_goes_on_under_a_request_that_was_deleted_after_its_answer(bot: Bot) -> None:
    place = bot.place()
    said, first = await begun(bot, place)
    await said.delete()
    key = f"slack:{bot.team.id}:{place.channel.id}:{said.ts}"

    async def forgotten() -> bool:
        turn = await bot.session.app.chats.turn(key)
        return turn is not None and turn.deleted_at is not None and turn.text == ""

    await bot.until(forgotten)
    _, second = await bot.ask(place.channel, place.ben, "make the car blue", thread=said.ts)

    assert second.image.parents == (first.image.id,)
    assert second.there.thread_ts == said.ts


async def test_a_thread_goes_on_under_an_answer_that_was_deleted(bot: Bot) -> None:
    place = bot.place()
    first = await bot.delivered(await place.ana.command(place.channel, "/imagine", PROMPT))
    root = first.there
    _, second = await bot.ask(place.channel, place.ben, "make the car blue", thread=root)
    await place.ana.click(root, "delete")
    await bot.until(lambda: is_removed(bot, first))
    _, third = await bot.ask(place.channel, place.ben, "add a yellow sun", thread=root)

    assert root.deleted
    assert second.image.parents == (first.image.id,)
    assert third.image.parents == (second.image.id,)
