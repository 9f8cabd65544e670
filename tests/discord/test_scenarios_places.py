"""Every kind of place in which the bot can be asked, and those that are taken away while it draws."""

import asyncio

import pytest

from bots.discord.where import TOKEN_SECONDS
from generator.scene import Kind
from tests.discord.bot import Bot, Delivered, Place
from tests.fakes.discord import Channel, Message
from tests.fakes.engines import Patient
from tests.storage.samples import picture

pytestmark = [pytest.mark.slow, pytest.mark.asyncio(loop_scope="module"), pytest.mark.xdist_group("discord places")]

PROMPT = "a red car and a green tree, 512x512"


async def _begun(bot: Bot, place: Place, channel: Channel | None = None) -> tuple[Message, Patient]:
    """A request whose picture is being drawn, and whose placeholder stands."""
    engine = Patient()
    bot.session.app.line.drawing.engine = engine
    said = await (channel or place.channel).say(place.ana, f"{bot.mention} {PROMPT}")
    await asyncio.wait_for(engine.started.wait(), 10)
    job = await bot.job(said)

    async def placed() -> bool:
        post = await bot.session.app.chats.post(job.id)
        return post is not None and post.state == "placed"

    await bot.until(placed)
    return said, engine


async def _used(bot: Bot, place: Place) -> int:
    return await bot.session.app.records.usage(f"discord:{place.guild.id}")


def _direct(bot: Bot, place: Place) -> list[Message]:
    return bot.of_bot(bot.fake.open_dm(place.ana))


async def _ends_cleanly(bot: Bot, place: Place, said: Message, engine: Patient) -> Delivered:
    """The job ended, nobody was charged, and nothing is left running or staged."""
    engine.proceed.set()
    answer = await bot.delivered(said)
    assert answer.post.state == "dropped"
    assert answer.job.status == "done"
    assert await _used(bot, place) == 0
    assert [job.id for job in await bot.session.app.records.unfinished_jobs()] == []
    return answer


async def test_a_direct_message_is_answered_there_and_replies_revise(bot: Bot) -> None:
    place = bot.place()
    direct = bot.fake.open_dm(place.ana)
    _, first = await bot.ask(direct, place.ana, PROMPT)
    _, second = await bot.ask(direct, place.ana, "make the car blue")

    assert first.job.outcome == second.job.outcome == "image"
    assert first.there.channel is second.there.channel is direct
    assert second.image.parents == (first.image.id,)
    assert first.job.tenant == f"discord:user:{place.ana.id}"


async def test_d25_a_forum_post_is_a_conversation(bot: Bot) -> None:
    place = bot.place()
    forum = place.guild.add_forum("ideas")
    post = await forum.post(place.ana, "a car", f"{bot.mention} {PROMPT}")
    first = await bot.delivered(post.messages[0])
    _, second = await bot.ask(post, place.ben, f"{bot.mention} make the car blue")

    assert first.there.channel is second.there.channel is post
    assert second.image.parents == (first.image.id,)


async def test_a_thread_of_somebody_else_is_answered_where_the_bot_is_mentioned_or_replied_to(bot: Bot) -> None:
    place = bot.place()
    thread = await place.channel.start_thread(place.ben, "cars")
    await thread.say(place.ben, "I had coffee today")
    await bot.silent(thread)
    _, first = await bot.ask(thread, place.ana, f"{bot.mention} {PROMPT}")
    _, second = await bot.ask(thread, place.ben, "make the car blue", reply_to=first.there)

    assert first.there.channel is second.there.channel is thread
    assert second.image.parents == (first.image.id,)


async def test_talk_among_people_in_the_thread_of_the_bot_is_not_answered(bot: Bot) -> None:
    place = bot.place()
    _, first = await bot.ask(place.channel, place.ana, f"{bot.mention} {PROMPT}")
    thread = await bot.thread_of(first)
    before = len(bot.of_bot(thread))
    said = await thread.say(place.ben, "nice!")
    await bot.until(lambda: _done(bot, said))
    _, second = await bot.ask(thread, place.ana, "make the car blue")

    assert bot.of_bot(thread)[before:] == [second.there]


async def _done(bot: Bot, said: Message) -> bool:
    job = await bot.jobs_of(said)
    return job is not None and job.status == "done"


async def test_where_threads_may_not_be_opened_the_answer_is_a_reply_in_the_channel(bot: Bot) -> None:
    place = bot.place()
    place.channel.deny_bot("create_public_threads")
    said, first = await bot.ask(place.channel, place.ana, f"{bot.mention} {PROMPT}")
    _, second = await bot.ask(place.channel, place.ana, "make the car blue", reply_to=first.there)

    assert first.there.channel is place.channel
    assert first.there.reference is said
    assert second.image.parents == (first.image.id,)


async def test_a_user_install_is_answered_in_the_original_answer(bot: Bot) -> None:
    guild = bot.fake.add_guild("elsewhere", bot=False)
    ana = bot.fake.add_user("ana")
    guild.add_member(ana)
    channel = guild.add_text_channel("general")
    asked = await ana.command(channel, "imagine", {"prompt": PROMPT}, installed="user")
    answer = await bot.delivered(asked)
    message = await asked.wait_for(lambda each: each.attachments)

    assert answer.job.outcome == "image"
    assert answer.job.tenant == f"discord:user:{ana.id}"
    assert asked.followups == []
    assert asked.original is message
    assert "AI-generated" in message.text


async def test_d2_a_user_install_of_more_than_14_minutes_is_answered_by_a_direct_message(bot: Bot) -> None:
    ana, ben = bot.fake.add_user("ana"), bot.fake.add_user("ben")
    channel = bot.fake.open_private(ana, ben)
    engine = Patient()
    bot.session.app.line.drawing.engine = engine
    asked = await ana.command(channel, "imagine", {"prompt": PROMPT}, installed="user")
    await asyncio.wait_for(engine.started.wait(), 10)
    await bot.until(lambda: asked.original)
    bot.advance(TOKEN_SECONDS + 1)
    before = len(bot.fake.requests)
    engine.proceed.set()
    await bot.delivered(asked)

    assert not [each for each in bot.fake.requests[before:] if asked.token in each.path]
    assert sum(len(each.attachments) for each in bot.of_bot(bot.fake.open_dm(ana))) == 1


async def test_d2_who_takes_no_direct_messages_finds_a_late_private_picture_in_the_gallery(bot: Bot) -> None:
    place = bot.place()
    place.ana.accepts_direct_messages = False
    engine = Patient()
    bot.session.app.line.drawing.engine = engine
    asked = await place.ana.command(place.channel, "imagine", {"prompt": PROMPT, "private": True})
    await asyncio.wait_for(engine.started.wait(), 10)
    await bot.until(lambda: asked.original)
    bot.advance(TOKEN_SECONDS + 1)
    before = len(bot.fake.requests)
    engine.proceed.set()
    answer = await bot.delivered(asked)
    again = await place.ana.command(place.channel, "gallery")
    gallery = await again.wait_for(lambda message: message.attachments)

    assert len(answer.images) == 1
    assert not [each for each in bot.fake.requests[before:] if asked.token in each.path]
    assert len(gallery.attachments) == 1
    assert gallery.only_for is place.ana


async def test_d25_without_permission_to_write_nothing_is_charged_and_the_requester_is_told(bot: Bot) -> None:
    place = bot.place()
    place.channel.deny_bot("send_messages", "create_public_threads", "send_messages_in_threads")
    said = await place.channel.say(place.ana, f"{bot.mention} {PROMPT}")
    answer = await bot.delivered(said)

    assert answer.post.state == "dropped"
    assert bot.of_bot(place.channel) == []
    assert await _used(bot, place) == 0
    assert len(_direct(bot, place)) == 1
    assert PROMPT not in _direct(bot, place)[0].text


async def test_d25_without_permission_to_attach_files_the_requester_is_told(bot: Bot) -> None:
    place = bot.place()
    place.channel.deny_bot("attach_files")
    said = await place.channel.say(place.ana, f"{bot.mention} {PROMPT}")
    answer = await bot.delivered(said)
    told = [*_direct(bot, place), *bot.of_bot(place.channel)]
    told += [message for thread in place.channel.threads for message in bot.of_bot(thread)]

    assert all(not message.attachments for message in told)
    assert told
    assert answer.job.status == "done"
    assert await _used(bot, place) == 0


async def test_d25_a_permission_taken_away_in_the_middle_ends_the_job_cleanly(bot: Bot) -> None:
    place = bot.place()
    said, engine = await _begun(bot, place)
    thread = place.channel.threads[0]
    place.channel.deny_bot("view_channel")
    await _ends_cleanly(bot, place, said, engine)

    assert all(not message.attachments for message in bot.of_bot(thread))
    assert len(_direct(bot, place)) == 1


async def test_d25_an_archived_thread_is_reopened(bot: Bot) -> None:
    place = bot.place()
    said, engine = await _begun(bot, place)
    thread = place.channel.threads[0]
    await thread.archive()
    engine.proceed.set()
    answer = await bot.delivered(said)

    assert answer.job.outcome == "image"
    assert answer.post.state == "delivered"
    assert answer.there.channel is thread
    assert len(answer.there.attachments) == 1
    assert not thread.archived


async def test_d25_a_locked_thread_ends_the_job_cleanly_and_the_requester_is_told(bot: Bot) -> None:
    place = bot.place()
    said, engine = await _begun(bot, place)
    await place.channel.threads[0].archive(locked=True)
    await _ends_cleanly(bot, place, said, engine)

    assert len(_direct(bot, place)) == 1


async def test_d30_a_deleted_channel_ends_the_job_cleanly(bot: Bot) -> None:
    place = bot.place()
    said, engine = await _begun(bot, place)
    await place.channel.delete()
    await _ends_cleanly(bot, place, said, engine)


async def test_d30_a_deleted_thread_ends_the_job_cleanly(bot: Bot) -> None:
    place = bot.place()
    said, engine = await _begun(bot, place)
    await place.channel.threads[0].delete()
    await _ends_cleanly(bot, place, said, engine)


async def test_d30_a_bot_removed_in_the_middle_ends_the_job_cleanly(bot: Bot) -> None:
    place = bot.place()
    said, engine = await _begun(bot, place)
    await place.guild.kick_bot()
    await _ends_cleanly(bot, place, said, engine)


async def test_a_deleted_placeholder_is_not_posted_again(bot: Bot) -> None:
    place = bot.place()
    said, engine = await _begun(bot, place)
    thread = place.channel.threads[0]
    [placeholder] = bot.of_bot(thread)
    await placeholder.delete()
    engine.proceed.set()
    await bot.delivered(said)
    await bot.silent(thread)

    assert bot.of_bot(thread) == []


async def test_a_request_deleted_while_it_is_drawn_is_stopped(bot: Bot) -> None:
    place = bot.place()
    said, engine = await _begun(bot, place)
    await said.delete()
    await bot.until(lambda: engine.stopped, 10)
    await bot.until(lambda: _done(bot, said))
    job = await bot.job(said)

    assert job.outcome == "cancelled"
    assert await _used(bot, place) == 0


async def test_a_picture_in_the_message_replied_to_is_used(bot: Bot) -> None:
    place = bot.place()
    shown = await place.channel.say(place.ben, "my cat", attachments=[("cat.png", picture(color="#aa0000"))])
    _, answer = await bot.ask(
        place.channel, place.ana, f"{bot.mention} put this photo next to a tree, 512x512", reply_to=shown
    )

    assert answer.job.outcome == "image", answer.job
    assert _pasted(answer) == 1


async def test_the_history_of_a_thread_is_read_back_when_the_bot_is_newly_invited(bot: Bot) -> None:
    guild = bot.fake.add_guild("late", bot=False)
    ana, ben = bot.fake.add_user("ana"), bot.fake.add_user("ben")
    guild.add_member(ana)
    guild.add_member(ben)
    channel = guild.add_text_channel("images")
    thread = await channel.start_thread(ben, "cats")
    await thread.say(ben, "my cat", attachments=[("cat.png", picture(color="#aa0000"))])
    await thread.say(ana, "nice!")
    guild.add_bot()
    _, answer = await bot.ask(thread, ana, f"{bot.mention} put the photo next to a tree, 512x512")

    assert answer.job.outcome == "image", answer.job
    assert _pasted(answer) == 1


def _pasted(answer: Delivered) -> int:
    assert answer.image.scene is not None
    return sum(item.kind is Kind.IMAGE for item in answer.image.scene.objects)


async def test_what_a_person_deleted_later_is_forgotten(bot: Bot) -> None:
    place = bot.place()
    _, first = await bot.ask(place.channel, place.ana, f"{bot.mention} {PROMPT}")
    thread = await bot.thread_of(first)
    said = await thread.say(place.ben, f"{bot.mention} make the car blue")
    answer = await bot.delivered(said)
    await said.delete()
    key = f"discord:{said.id}"

    async def forgotten() -> bool:
        turn = await bot.session.app.chats.turn(key)
        return turn is not None and turn.deleted_at is not None and turn.text == ""

    await bot.until(forgotten)
    assert not answer.there.deleted


async def test_an_edited_message_updates_the_record(bot: Bot) -> None:
    place = bot.place()
    said, _ = await bot.ask(place.channel, place.ana, f"{bot.mention} {PROMPT}")
    await said.edit(f"{bot.mention} a purple car")
    key = f"discord:{said.id}"

    async def edited() -> bool:
        turn = await bot.session.app.chats.turn(key)
        return turn is not None and turn.edited_at is not None and "purple" in turn.text

    await bot.until(edited)


async def test_d20_an_attachment_whose_link_expired_is_fetched_through_its_message(bot: Bot) -> None:
    place = bot.place()
    engine = Patient()
    bot.session.app.line.drawing.engine = engine
    await place.channel.say(place.ben, f"{bot.mention} {PROMPT}")
    await asyncio.wait_for(engine.started.wait(), 10)
    lifetime, bot.fake.cdn.lifetime = bot.fake.cdn.lifetime, -1.0
    try:
        said = await place.channel.say(
            place.ana,
            f"{bot.mention} put this photo next to a tree, 512x512",
            attachments=[("photo.png", picture(color="#aa0000"))],
        )
    finally:
        bot.fake.cdn.lifetime = lifetime
    engine.proceed.set()
    answer = await bot.delivered(said)

    assert answer.job.outcome == "image", answer.job
