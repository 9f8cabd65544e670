"""Every kind of place in which the bot can be asked in Slack, by socket and by HTTP."""

from typing import Any

import pytest

from tests.fakes.slack import Message, Request
from tests.fakes.slack.people import mention_event
from tests.slack.answers import words
from tests.slack.bot import Bot, Place
from tests.slack.scenes import PROMPT, about, all_told, begun, color_of, held, over, texts

pytestmark = [pytest.mark.slow, pytest.mark.asyncio(loop_scope="module"), pytest.mark.xdist_group("slack places")]


async def test_s7_a_mention_in_a_channel_is_answered_in_its_thread_and_never_in_the_channel(bot: Bot) -> None:
    place = bot.place()
    said, answer = await begun(bot, place)

    assert said.replies == [answer.there]
    assert bot.of_bot(place.channel) == [answer.there]
    assert [each for each in place.channel.roots if each.author.bot] == []
    assert len(answer.there.images) == 1


async def test_s7_a_mention_in_a_thread_is_answered_in_that_thread(bot: Bot) -> None:
    place = bot.place()
    root = await place.channel.say(place.ben, "what a day")
    _, answer = await bot.ask(place.channel, place.ana, f"{bot.mention} {PROMPT}", thread=root)

    assert answer.job.outcome == "image"
    assert answer.there.thread_ts == root.ts


async def test_s3_s2_one_message_told_four_times_and_as_a_mention_is_one_job_and_one_placeholder(bot: Bot) -> None:
    place = bot.place()
    said = await place.channel.say(place.ana, f"{bot.mention} {PROMPT}")
    told = await bot.until(lambda: _events_of(bot, said))
    for body in 3 * [each for each in told if each["event"]["type"] == "message"]:
        bot.fake.world.people._deliver("events_api", body)
    answer = await bot.delivered(said)
    await bot.quiet()
    await bot.silent(place.channel)

    assert {each["event"]["type"] for each in told} == {"message", "app_mention"}
    assert len({each["event_id"] for each in told}) == 2
    assert len(_events_of(bot, said)) == 5
    assert bot.of_bot(place.channel) == [answer.there]
    assert len([each for each in about(bot.fake.requests, "chat.postMessage") if _is_in(each, place)]) == 1
    assert len(await bot.session.app.records.generations_of_job(answer.job.id)) == 1


def _events_of(bot: Bot, said: Message) -> list[dict[str, Any]]:
    """What the app was told of a message, once it was told in both ways."""
    bodies = [each.body for each in bot.fake.sent if each.body.get("event", {}).get("ts") == said.ts]
    return bodies if {each["event"]["type"] for each in bodies} >= {"message", "app_mention"} else []


def _is_in(request: Request, place: Place) -> bool:
    return request.args.get("channel") == place.channel.id


async def test_s2_an_event_that_slack_sends_again_because_nobody_acknowledged_it_is_not_lost(bot: Bot) -> None:
    place = bot.place()
    delays, bot.fake.delivery.retry_delays = bot.fake.delivery.retry_delays, (0.1, 0.1, 0.5)
    bot.fake.faults.socket_lost_probability = 1.0
    heard = bot.fake.delivery.ack_seconds
    bot.fake.delivery.ack_seconds = 0.5
    try:
        said = await place.channel.say(place.ana, f"{bot.mention} {PROMPT}")
        answer = await bot.delivered(said)
        await bot.quiet()
    finally:
        bot.fake.delivery.retry_delays, bot.fake.delivery.ack_seconds = delays, heard
        bot.fake.faults.clear()
    attempts = [each.attempt for each in bot.fake.sent if each.body.get("event", {}).get("ts") == said.ts]

    assert answer.job.outcome == "image"
    assert sorted(set(attempts)) == [0, 1, 2, 3]
    assert bot.of_bot(place.channel) == [answer.there]


async def test_s7_the_answer_to_imagine_begins_a_thread_that_belongs_to_the_bot(bot: Bot) -> None:
    place = bot.place()
    first = await bot.delivered(await place.ana.command(place.channel, "/imagine", PROMPT))
    _, second = await bot.ask(place.channel, place.ben, "make the car blue", thread=first.there)

    assert first.there.thread_ts in (None, first.there.ts)
    assert first.there.replies[0].text == "make the car blue"
    assert second.there.thread_ts == first.there.ts
    assert second.image.parents == (first.image.id,)


async def test_a_direct_message_is_answered_there_and_replies_revise(bot: Bot) -> None:
    place = bot.place()
    direct = bot.team.open_dm(place.ana)
    said, first = await bot.ask(direct, place.ana, PROMPT)
    _, second = await bot.ask(direct, place.ana, "make the car blue", thread=said)

    assert first.job.outcome == second.job.outcome == "image"
    assert first.job.private
    assert first.there.channel is second.there.channel is direct
    assert first.there.thread_ts == second.there.thread_ts == said.ts
    assert second.image.parents == (first.image.id,)


async def test_a_private_channel_is_answered_like_any_other(bot: Bot) -> None:
    place = bot.place(private=True)
    said, first = await begun(bot, place)
    _, second = await bot.ask(place.channel, place.ben, "make the car blue", thread=said)

    assert first.there.thread_ts == second.there.thread_ts == said.ts
    assert second.image.parents == (first.image.id,)


async def test_everything_people_say_in_the_thread_of_the_bot_is_for_the_bot(bot: Bot) -> None:
    place = bot.place()
    said, first = await begun(bot, place)
    _, second = await bot.ask(place.channel, place.ben, "make the car blue", thread=said)
    _, third = await bot.ask(place.channel, place.ana, "add a yellow sun", thread=said)

    assert second.image.parents == (first.image.id,)
    assert third.image.parents == (second.image.id,)


async def test_talk_among_people_in_the_thread_of_the_bot_is_not_answered(bot: Bot) -> None:
    place = bot.place()
    said, first = await begun(bot, place)
    talk = await place.channel.say(place.ben, "nice!", thread=said)
    await bot.until(lambda: over(bot, talk))
    _, second = await bot.ask(place.channel, place.ana, "make the car blue", thread=said)

    assert bot.of_bot(place.channel) == [first.there, second.there]


async def test_a_thread_of_somebody_else_is_answered_only_where_the_bot_is_mentioned(bot: Bot) -> None:
    place = bot.place()
    root = await place.channel.say(place.ben, "I want a car")
    await place.channel.say(place.ana, "me too", thread=root)
    _, first = await bot.ask(place.channel, place.ana, f"{bot.mention} {PROMPT}", thread=root)
    talk = await place.channel.say(place.ben, "make the car blue", thread=root)
    await bot.quiet()
    assert await bot.jobs_of(talk) is None
    _, second = await bot.ask(place.channel, place.ben, f"{bot.mention} make the car yellow", thread=root)

    assert second.image.parents == (first.image.id,)
    assert bot.of_bot(place.channel) == [first.there, second.there]


async def test_a_command_where_the_bot_is_no_member_is_answered_directly_and_says_why(bot: Bot) -> None:
    place = bot.place()
    elsewhere = bot.team.add_channel("elsewhere", bot=False)
    answer = await bot.delivered(await place.ana.command(elsewhere, "/imagine", PROMPT))

    assert answer.job.outcome == "image"
    assert answer.there.channel is bot.team.open_dm(place.ana)
    assert "/invite" in words(answer.there)
    assert len(answer.there.images) == 1
    assert elsewhere.messages == []


async def test_the_direct_answer_to_a_command_begins_a_thread_that_belongs_to_the_bot(bot: Bot) -> None:
    place = bot.place()
    elsewhere = bot.team.add_channel("elsewhere", bot=False)
    first = await bot.delivered(await place.ana.command(elsewhere, "/imagine", PROMPT))
    direct = bot.team.open_dm(place.ana)
    _, second = await bot.ask(direct, place.ana, "make the car blue", thread=first.there)

    assert second.image.parents == (first.image.id,)
    assert second.there.thread_ts == first.there.ts


async def test_a_korean_person_is_answered_in_korean(bot: Bot) -> None:
    place = bot.place(locale="ko-KR")
    asked = await place.ana.command(place.channel, "/imagine", "빨간 자동차와 초록 나무, 256x256")
    answer = await bot.delivered(asked)
    shown = words(answer.there)

    assert answer.job.outcome == "image", answer.job
    assert answer.job.locale == "ko"
    assert "AI" in shown
    assert any("가" <= character <= "힣" for character in shown)
    assert "Vary" not in shown


async def test_s4_what_the_bot_itself_and_other_bots_say_begins_nothing(bot: Bot) -> None:
    place = bot.place()
    said, first = await begun(bot, place)
    robot = bot.team.add_user("robot")
    body = {
        "type": "message",
        "subtype": "bot_message",
        "bot_id": "B0ROBOT",
        "user": robot.id,
        "text": f"{bot.mention} {PROMPT}",
        "ts": bot.fake.world.ts(),
        "thread_ts": said.ts,
        "channel": place.channel.id,
        "channel_type": "channel",
        "event_ts": bot.fake.world.ts(),
    }
    bot.fake.world.people.event(place.channel, body)
    await bot.quiet()
    await bot.silent(place.channel)

    assert bot.of_bot(place.channel) == [first.there]


async def test_s4_an_edited_message_updates_the_record_and_begins_no_second_job(bot: Bot) -> None:
    place = bot.place()
    said, first = await begun(bot, place)
    await said.edit(f"{bot.mention} a purple car")
    key = f"slack:{bot.team.id}:{place.channel.id}:{said.ts}"

    async def edited() -> bool:
        turn = await bot.session.app.chats.turn(key)
        return turn is not None and turn.edited_at is not None and turn.text == "a purple car"

    await bot.until(edited)
    await bot.silent(place.channel)

    assert bot.of_bot(place.channel) == [first.there]


async def test_s4_what_a_person_deleted_later_is_forgotten_and_the_answer_stays(bot: Bot) -> None:
    place = bot.place()
    said, _ = await begun(bot, place)
    reply, answer = await bot.ask(place.channel, place.ben, "make the car blue", thread=said)
    await reply.delete()
    key = f"slack:{bot.team.id}:{place.channel.id}:{reply.ts}"

    async def forgotten() -> bool:
        turn = await bot.session.app.chats.turn(key)
        return turn is not None and turn.deleted_at is not None and turn.text == ""

    await bot.until(forgotten)

    assert not answer.there.deleted


async def test_a_person_who_asks_for_help_gets_it_alone(bot: Bot) -> None:
    place = bot.place()
    asked = await place.ana.command(place.channel, "/imagine", "help")
    await bot.until(lambda: asked.told or bot.told(place.ana))
    told = "\n".join([*texts(asked.told), *all_told(bot, place.ana)])

    assert "/imagine" in told
    assert bot.of_bot(place.channel) == []


async def test_s4_a_mention_that_is_added_by_an_edit_is_heard_once(bot: Bot) -> None:
    place = bot.place()
    said = await place.channel.say(place.ana, PROMPT)
    await said.edit(f"{bot.mention} {PROMPT}")
    for _ in range(2):
        bot.fake.world.people.event(place.channel, mention_event(said))
    answer = await bot.delivered(said)
    await bot.silent(place.channel)

    assert answer.job.outcome == "image"
    assert bot.of_bot(place.channel) == [answer.there]


async def test_a_conversation_of_several_is_answered_where_the_bot_is_mentioned(bot: Bot) -> None:
    place = bot.place()
    place.channel.kind = "mpim"
    talk = await place.channel.say(place.ben, PROMPT)
    said, first = await begun(bot, place)
    _, second = await bot.ask(place.channel, place.ben, "make the car blue", thread=said)

    assert await bot.jobs_of(talk) is None
    assert second.image.parents == (first.image.id,)
    assert not second.job.private


async def test_a_command_in_the_messages_of_the_bot_is_answered_there_in_private(bot: Bot) -> None:
    place = bot.place()
    direct = bot.team.open_dm(place.ana)
    answer = await bot.delivered(await place.ana.command(direct, "/imagine", PROMPT))

    assert answer.job.private
    assert answer.there.channel is direct
    assert "/invite" not in words(answer.there)


async def test_a_command_in_a_private_channel_without_the_bot_is_answered_directly(bot: Bot) -> None:
    place = bot.place()
    elsewhere = bot.team.add_channel("secret", private=True, bot=False)
    answer = await bot.delivered(await place.ana.command(elsewhere, "/imagine", PROMPT))

    assert answer.there.channel is bot.team.open_dm(place.ana)
    assert "/invite" in words(answer.there)
    assert elsewhere.messages == []


async def test_s1_somebody_of_whom_slack_says_nothing_is_answered_all_the_same(bot: Bot) -> None:
    place = bot.place()
    bot.fake.faults.add("refuse", "users.info", times=None, code="user_not_visible")
    said, answer = await begun(bot, place)

    assert answer.there.thread_ts == said.ts
    assert len(answer.there.images) == 1


async def test_words_to_somebody_else_in_the_thread_of_the_bot_are_left_to_them(bot: Bot) -> None:
    place = bot.place()
    said, first = await begun(bot, place)
    talk = await place.channel.say(place.ana, f"{place.ben.mention} what do you think of it?", thread=said)
    await bot.until(lambda: over(bot, talk))
    await bot.silent(place.channel)

    assert bot.of_bot(place.channel) == [first.there]


async def test_a_mention_without_words_is_asked_what_to_draw(bot: Bot) -> None:
    place = bot.place()
    said, answer = await bot.ask(place.channel, place.ana, bot.mention)

    assert answer.job.outcome in ("question", "answer"), answer.job
    assert answer.there.thread_ts == said.ts
    assert words(answer.there)


async def test_s4_a_request_that_is_edited_while_it_is_drawn_is_answered_as_it_was_first_said(bot: Bot) -> None:
    place = bot.place()
    said, _, engine = await held(bot, place)
    await said.edit(f"{bot.mention} a yellow boat, 256x256")
    await bot.quiet()
    engine.proceed.set()
    answer = await bot.delivered(said)

    assert color_of(answer, "car") == "#ff0000"
    assert bot.of_bot(place.channel) == [answer.there]


async def test_s6_a_socket_that_slack_refreshes_or_that_breaks_loses_nothing(bot: Bot) -> None:
    place = bot.place()
    said, placeholder, engine = await held(bot, place)
    sockets = list(bot.fake.delivery.connections)
    for socket in sockets:
        await socket.refresh()
    during = await place.channel.say(place.ben, f"{bot.mention} a blue boat, 256x256")
    for socket in list(bot.fake.delivery.connections):
        await socket.cut()
    after = await place.channel.say(place.ben, f"{bot.mention} a yellow boat, 256x256")
    engine.proceed.set()
    answers = [await bot.delivered(each, within=40) for each in (said, during, after)]

    assert [answer.job.outcome for answer in answers] == ["image"] * 3
    assert answers[0].there is placeholder
    assert sorted(each.ts for each in bot.of_bot(place.channel)) == sorted(answer.there.ts for answer in answers)
