"""Which messages in Slack are requests, in which conversation; each is one job, however often Slack tells of it."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from prometheus_client import REGISTRY

from bots.chat.preferences import change_preferences
from bots.slack.where import Where, where
from storage.chats import RoomRecord
from storage.errors import DatabaseUnavailable
from tests.fakes.slack import Message
from tests.fakes.slack.people import said
from tests.slack.listening import Listener, job_id, key, listening
from tests.storage.samples import WHEN


@pytest.fixture
async def bot(tmp_path: Path) -> AsyncIterator[Listener]:
    async with listening(tmp_path / "data") as listener:
        yield listener


async def spot(bot: Listener, message: Message) -> Where:
    return where(await bot.order(message))


def held_back() -> float:
    return REGISTRY.get_sample_value("threadbrush_slack_rate_limited_total") or 0.0


async def test_s3_a_mention_is_one_job_although_slack_tells_of_it_twice(bot: Listener) -> None:
    message = await bot.channel.say(bot.ana, f"{bot.team.mention} a red car")
    job = await bot.job(message)
    await bot.heard()

    assert sorted(sent.body["event"]["type"] for sent in bot.fake.sent) == ["app_mention", "message"]
    assert await bot.jobs() == [job_id(message)]
    assert (job.tenant, job.requester) == (f"slack:{bot.team.id}", f"slack:{bot.team.id}:{bot.ana.id}")
    turn = await bot.turn(message)
    assert turn is not None
    assert (turn.text, turn.job, turn.to_bot) == ("a red car", job.id, True)


async def test_s2_the_same_events_four_times_more_are_accepted_and_stay_one_job(bot: Listener) -> None:
    message = await bot.channel.say(bot.ana, f"{bot.team.mention} a red car")
    await bot.job(message)
    await bot.heard()
    for sent in list(bot.fake.sent) * 4:
        await bot.fake.delivery.deliver(sent.kind, sent.body)

    assert all(sent.acknowledged for sent in bot.fake.sent)
    assert len(bot.fake.sent) == 10
    assert await bot.jobs() == [job_id(message)]


async def test_s2_while_the_database_is_down_nothing_is_acknowledged_and_slack_s_retry_is_taken(
    bot: Listener, monkeypatch: pytest.MonkeyPatch
) -> None:
    submit, failures, bot.fake.delivery.ack_seconds = bot.session.submit, 0, 0.5

    async def down(*arguments: Any) -> None:
        nonlocal failures
        if failures < 2:
            failures += 1
            bot.fake.delivery.ack_seconds = 0.5 if failures < 2 else 10.0  # what is taken is heard, however slowly
            raise DatabaseUnavailable("down")
        await submit(*arguments)

    monkeypatch.setattr(bot.session, "submit", down)
    dm = bot.team.open_dm(bot.ana)
    message = await dm.say(bot.ana, "a red car")
    await bot.job(message)
    await bot.heard()

    assert [sent.acknowledged for sent in bot.fake.sent] == [False, False, True]
    assert await bot.jobs() == [job_id(message)]


async def test_s7_the_answer_goes_to_the_thread_of_the_message_or_to_the_message_itself(bot: Listener) -> None:
    root = await bot.channel.say(bot.ana, f"{bot.team.mention} a red car")
    reply = await bot.channel.say(bot.ben, f"{bot.team.mention} blue", thread=root)
    first, second = await spot(bot, root), await spot(bot, reply)

    assert (first.manner, first.thread, first.message) == ("thread", root.ts, root.ts)
    assert (second.manner, second.thread, second.message) == ("thread", root.ts, reply.ts)
    assert not first.agent
    assert (await bot.job(root)).conversation == (await bot.job(reply)).conversation == key(root)


async def test_a_direct_message_is_for_the_bot_without_a_mention_and_stays_private(bot: Listener) -> None:
    message = await bot.team.open_dm(bot.ana).say(bot.ana, "a red car")
    job, at = await bot.job(message), await spot(bot, message)

    assert job.private
    assert at.agent
    assert (await bot.order(message)).conversation.newest.addressed


async def test_in_the_thread_of_a_request_every_word_is_for_the_bot_and_elsewhere_none(bot: Listener) -> None:
    root = await bot.channel.say(bot.ana, f"{bot.team.mention} a red car")
    await bot.job(root)
    word = await bot.channel.say(bot.ben, "make it blue", thread=root)
    await bot.job(word)
    order = await bot.order(word)
    other = await bot.channel.say(bot.ana, "nobody asked")
    reply = await bot.channel.say(bot.ben, "indeed", thread=other)
    await bot.heard()

    assert (order.conversation.newest.to_bot, order.conversation.newest.addressed) == (True, False)
    assert await bot.jobs() == [job_id(root), job_id(word)]
    assert await bot.turn(other) is None
    assert await bot.turn(reply) is None


async def test_under_an_answer_that_began_a_thread_every_word_belongs_to_its_conversation(bot: Listener) -> None:
    root = said(bot.fake.world, bot.channel, bot.team.bot, "Here it is")
    room = RoomRecord(
        place=key(root), conversation="slack:i:T:1", tenant=f"slack:{bot.team.id}", owned=True, opened_at=WHEN
    )
    await bot.app.chats.open_room(room)
    word = await bot.channel.say(bot.ben, "make it blue", thread=root)

    assert (await bot.job(word)).conversation == "slack:i:T:1"


async def test_where_the_bot_takes_part_what_people_say_to_each_other_is_kept_as_context(bot: Listener) -> None:
    root = await bot.channel.say(bot.ana, "we need a poster")
    ask = await bot.channel.say(bot.ana, f"{bot.team.mention} a red car", thread=root)
    await bot.gathered(ask)
    word = await bot.channel.say(bot.ben, "or a bicycle?", thread=root)
    await bot.heard()
    turn = await bot.turn(word)

    assert turn is not None
    assert (turn.text, turn.to_bot, turn.job, turn.conversation) == ("or a bicycle?", False, None, key(root))
    assert await bot.jobs() == [job_id(ask)]


async def test_s4_own_messages_and_those_of_other_bots_are_no_requests(bot: Listener) -> None:
    root = await bot.channel.say(bot.ana, f"{bot.team.mention} a red car")
    await bot.job(root)
    workspace = await bot.parts.workspaces.find(bot.team.id)
    await workspace.client.chat_postMessage(channel=bot.channel.id, thread_ts=root.ts, text="a blue car")
    event = {
        "type": "message",
        "subtype": "bot_message",
        "bot_id": "B0OTHER",
        "username": "other",
        "text": f"{bot.team.mention} a car",
        "ts": bot.fake.world.ts(),
    }
    bot.fake.world.people.event(bot.channel, {**event, "channel": bot.channel.id, "channel_type": "channel"})
    await bot.heard()

    assert await bot.jobs() == [job_id(root)]


async def test_s4_a_bot_that_the_operator_allows_may_ask(tmp_path: Path) -> None:
    async with listening(tmp_path / "data", allowed_bots=("B0WORKFLOW",)) as bot:
        ts = bot.fake.world.ts()
        event = {
            "type": "message",
            "subtype": "bot_message",
            "bot_id": "B0WORKFLOW",
            "username": "Weekly poster",
            "text": f"{bot.team.mention} a poster",
            "ts": ts,
            "channel": bot.channel.id,
            "channel_type": "channel",
        }
        bot.fake.world.people.event(bot.channel, event)
        await bot.until(bot.jobs)

        assert await bot.jobs() == [f"slack:m:{bot.team.id}:{bot.channel.id}:{ts}"]
        record = await bot.app.records.job((await bot.jobs())[0])
        assert record is not None
        assert record.requester == f"slack:{bot.team.id}:B0WORKFLOW"


async def test_who_may_not_ask_is_told_so_once_and_alone(bot: Listener) -> None:
    await change_preferences(bot.app.chats, f"slack:{bot.team.id}", channels=("C0ELSEWHERE",))
    await bot.channel.say(bot.ana, f"{bot.team.mention} a red car")
    await bot.heard()
    for sent in list(bot.fake.sent):
        await bot.fake.delivery.deliver(sent.kind, sent.body)
    await bot.heard()

    assert len(bot.told(bot.ana)) == 1
    assert bot.told(bot.ben) == []
    assert await bot.jobs() == []
    assert bot.fake.calls("chat.postMessage") == []


async def test_who_may_not_ask_is_told_so_in_the_thread_where_they_asked(bot: Listener) -> None:
    await change_preferences(bot.app.chats, f"slack:{bot.team.id}", channels=("C0ELSEWHERE",))
    root = await bot.channel.say(bot.ben, "a discussion")
    await bot.channel.say(bot.ana, f"{bot.team.mention} a red car", thread=root)
    await bot.heard()

    (request,) = bot.fake.calls("chat.postEphemeral")
    assert (request.args["user"], request.args["thread_ts"]) == (bot.ana.id, root.ts)


async def test_an_admin_asks_everywhere(bot: Listener) -> None:
    await change_preferences(bot.app.chats, f"slack:{bot.team.id}", channels=("C0ELSEWHERE",))
    carla = bot.team.add_user("carla", admin=True)
    message = await bot.channel.say(carla, f"{bot.team.mention} a red car")

    assert (await bot.job(message)).status == "waiting"


async def test_messages_of_a_thread_queue_in_the_order_of_sending(bot: Listener) -> None:
    root = await bot.channel.say(bot.ana, f"{bot.team.mention} a red car")
    await bot.job(root)
    replies = [await bot.channel.say(bot.ana, f"and {number} more", thread=root) for number in range(8)]
    for reply in replies:
        await bot.job(reply)
    positions = [(await bot.job(reply)).position for reply in replies]

    assert positions == sorted(positions)
    assert len(set(positions)) == len(positions)


async def test_people_are_called_by_their_names(bot: Listener) -> None:
    message = await bot.channel.say(bot.ana, f"{bot.team.mention} draw {bot.ben.mention} on a bike")
    order = await bot.order(message)

    assert order.conversation.newest.author == "ana"
    assert order.conversation.newest.text == "draw @ben on a bike"


async def test_somebody_whose_name_slack_does_not_say_has_none_rather_than_an_id(bot: Listener) -> None:
    bot.fake.faults.add("error", "users.info", times=None)
    order = await bot.order(await bot.channel.say(bot.ana, f"{bot.team.mention} a red car"))

    assert order.conversation.newest.author == ""


async def test_s1_what_slack_does_not_say_of_a_person_does_not_hold_up_the_request(bot: Listener) -> None:
    bot.fake.faults.add("error", "users.info", times=None)
    message = await bot.channel.say(bot.ana, f"{bot.team.mention} a red car")
    await bot.job(message)
    await bot.heard()

    assert all(sent.acknowledged and sent.attempt == 0 for sent in bot.fake.sent)
    assert (await bot.order(message)).conversation.locale == "en"


@pytest.mark.parametrize(("locale", "text", "expected"), [("ko-KR", "a car", "ko"), ("en-US", "빨간 자동차", "ko")])
async def test_the_language_is_that_of_the_words_or_of_the_person(
    bot: Listener, locale: str, text: str, expected: str
) -> None:
    dora = bot.team.add_user("dora", locale=locale)
    message = await bot.channel.say(dora, f"{bot.team.mention} {text}")

    assert (await bot.order(message)).conversation.locale == expected


async def test_s3_files_that_only_the_second_event_of_a_message_shows_are_kept(bot: Listener) -> None:
    message = await bot.channel.say(bot.ana, f"{bot.team.mention} on a poster", files=[("cat.png", b"x")])
    await bot.heard()
    mention, whole = sorted((sent.body for sent in bot.fake.sent), key=lambda body: str(body["event"]["type"]))
    ts = bot.fake.world.ts()
    poor = {key: value for key, value in mention["event"].items() if key != "files"}
    for body, event in ((mention, poor), (whole, whole["event"])):
        await bot.fake.delivery.deliver("events_api", {**body, "event": {**event, "ts": ts, "event_ts": ts}})
    turn = await bot.app.chats.turn(f"slack:{bot.team.id}:{bot.channel.id}:{ts}")

    assert turn is not None
    assert [file.name for file in turn.attachments] == ["cat.png"]
    assert await bot.turn(message) is not None


async def test_s21_in_a_workspace_of_an_organization_that_installed_the_app_for_all_requests_are_heard(
    tmp_path: Path,
) -> None:
    async with listening(tmp_path / "data", org_wide=True) as bot:
        message = await bot.channel.say(bot.ana, f"{bot.team.mention} a red car")
        job, at = await bot.job(message), await spot(bot, message)

        assert job.tenant == f"slack:{bot.team.id}"
        assert (at.team, at.enterprise) == (bot.team.id, "E0ORG")


async def test_s5_when_slack_holds_events_back_it_is_acknowledged_and_counted(bot: Listener) -> None:
    before = held_back()
    body = {
        "type": "app_rate_limited",
        "token": "t",
        "team_id": bot.team.id,
        "minute_rate_limited": 1700000000,
        "api_app_id": "A0FAKEAPP01",
    }
    await bot.fake.delivery.deliver("events_api", body)

    assert bot.fake.sent[-1].acknowledged
    assert held_back() == before + 1


@pytest.mark.parametrize("text", ["", "   "])
async def test_in_a_thread_that_is_ours_a_message_that_says_nothing_is_nothing(bot: Listener, text: str) -> None:
    root = await bot.channel.say(bot.ana, f"{bot.team.mention} a red car")
    await bot.job(root)
    await bot.channel.say(bot.ben, text, thread=root)
    await bot.heard()

    assert await bot.jobs() == [job_id(root)]
