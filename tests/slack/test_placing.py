"""Where an answer stands on Slack: once, in its thread, whatever becomes of Slack's answers."""

import asyncio
import time
import traceback
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from bots.courier import TryLater, Unreachable
from bots.order import Order
from bots.slack import pacing
from bots.slack.pacing import Pace
from bots.slack.sweeping import order_of, part_of
from bots.slack.where import channel_key, message_key, where
from tests.fakes.naive_slack import NaivePlacing
from tests.slack.answers import Stage, answering, words

PROMPT = "<!channel> <@U12345678> a secret apple"


@pytest_asyncio.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Stage]:
    async with answering(tmp_path) as made:
        yield made


async def test_s7_the_placeholder_is_a_reply_to_the_message_that_asked(stage: Stage) -> None:
    order = await stage.ask()
    placed = await stage.courier.place(order)
    (posted,) = stage.of_bot()

    assert posted.thread_ts == where(order).message
    assert (placed.message, placed.place) == (stage.key(posted), where(order).place)
    assert not placed.doubtful
    assert stage.fake.calls("chat.postMessage")[0].args.get("reply_broadcast") is None


async def test_s7_in_a_thread_the_placeholder_stands_under_its_first_message(stage: Stage) -> None:
    root = await stage.channel.say(stage.ben, "look at this")
    placed = await stage.courier.place(await stage.ask(thread=root))
    (posted,) = stage.of_bot()

    assert posted.thread_ts == root.ts
    assert placed.place == stage.key(root)


async def test_s18_s19_a_post_has_words_of_its_own_and_carries_nothing_but_the_opaque_id(stage: Stage) -> None:
    order = await stage.ask(PROMPT)
    await stage.courier.place(order)
    (request,) = stage.fake.calls("chat.postMessage")

    assert request.args["text"]
    assert request.args["metadata"] == {"event_type": "threadbrush_job", "event_payload": {"job": order.job}}
    assert (request.args["unfurl_links"], request.args["unfurl_media"]) == (False, False)
    assert request.args["parse"] == "none"
    assert "apple" not in str(request.args["metadata"])


async def test_s20_the_name_of_whoever_asks_pings_nobody(stage: Stage) -> None:
    order = await stage.ask()
    turn = replace(order.conversation.newest, author="<!channel> <@U1>")
    await stage.courier.place(replace(order, conversation=replace(order.conversation, turns=(turn,))))

    assert "<" not in words(stage.of_bot()[0])
    assert "<" not in stage.of_bot()[0].text


async def test_placing_again_finds_the_placeholder_in_the_records(stage: Stage) -> None:
    order = await stage.ask()
    first, again = await stage.courier.place(order), await stage.courier.place(order)

    assert again == replace(first, doubtful=True)  # who placed it did not tell whether there was doubt
    assert len(stage.of_bot()) == 1


@pytest.mark.parametrize("manner", ["thread", "channel", "direct"])
async def test_s19_a_placeholder_whose_answer_was_lost_is_found_by_its_metadata(stage: Stage, manner: Any) -> None:
    order = await (stage.ask() if manner == "thread" else stage.command(manner=manner))
    channel = stage.team.open_dm(stage.ana) if manner == "direct" else stage.channel
    await _lose_an_answer(stage, order)
    placed = await stage.courier.place(order)
    (posted,) = stage.of_bot(channel)

    assert placed.message == stage.key(posted)
    assert placed.doubtful
    assert len(stage.fake.calls("chat.postMessage")) == 1


@pytest.mark.parametrize("fault", ["error", "cut"])
async def test_a_placeholder_that_was_never_posted_is_posted(stage: Stage, fault: Any) -> None:
    order = await stage.ask()
    stage.fake.faults.add(fault, "chat.postMessage")
    with pytest.raises(TryLater):
        await stage.courier.place(order)
    placed = await stage.courier.place(order)

    assert [stage.key(each) for each in stage.of_bot()] == [placed.message]
    assert placed.doubtful


@pytest.mark.parametrize("manner", ["thread", "channel"])
async def test_a_placeholder_that_appears_late_is_swept_away_and_the_recorded_one_stays(
    stage: Stage, manner: Any
) -> None:
    order = await (stage.ask() if manner == "thread" else stage.command())
    placed_again = asyncio.Event()
    stage.fake.faults.add("slow_commit", "chat.postMessage", until=placed_again)
    with pytest.raises(TryLater):
        await stage.courier.place(order)
    placed = await stage.courier.place(order)
    placed_again.set()
    await stage.fake.wait_until(lambda: len(stage.of_bot()) == 2)
    await stage.courier.sweep(order, placed)

    assert placed.doubtful
    assert [stage.key(each) for each in stage.of_bot()] == [placed.message]


async def test_of_several_placeholders_the_lowest_is_adopted(stage: Stage) -> None:
    order = await stage.ask()
    await _lose_an_answer(stage, order)
    (first,) = stage.of_bot()
    hidden, first.metadata = first.metadata, None
    await _lose_an_answer(stage, order)
    first.metadata = hidden
    lowest, second = stage.of_bot()
    placed = await stage.courier.place(order)
    await stage.courier.sweep(order, placed)

    assert lowest.ts < second.ts
    assert placed.message == stage.key(lowest)
    assert stage.of_bot() == [lowest]


async def _lose_an_answer(stage: Stage, order: Order) -> None:
    """A placeholder is posted, and nobody hears of it."""
    stage.fake.faults.add("answer_lost", "chat.postMessage")
    with pytest.raises(TryLater):
        await stage.courier.place(order)


async def test_s19_what_others_post_with_our_metadata_is_not_ours(stage: Stage) -> None:
    order = await stage.ask()
    forged = await stage.channel.say(stage.ben, "mine", thread=where(order).thread)
    forged.metadata = {"event_type": "threadbrush_job", "event_payload": {"job": order.job}}
    stage.fake.faults.add("cut", "chat.postMessage")
    with pytest.raises(TryLater):
        await stage.courier.place(order)
    placed = await stage.courier.place(order)
    await stage.courier.sweep(order, placed)

    assert placed.message != stage.key(forged)
    assert forged in stage.channel.messages


async def test_a_placeholder_is_found_on_a_later_page_of_a_busy_thread(tmp_path: Path) -> None:
    async with answering(tmp_path, history_limit=5) as stage:
        order = await stage.ask()
        root = stage.channel.message(where(order).message or "")
        for number in range(12):
            await stage.channel.say(stage.ben, f"meanwhile {number}", thread=root)
        await _lose_an_answer(stage, order)
        await stage.courier.place(order)

        assert len(stage.of_bot()) == 1
        assert {each.args["limit"] for each in stage.fake.calls("conversations.replies")} == {"5"}


async def test_s13_an_app_that_may_read_once_a_minute_makes_do_with_one_page(tmp_path: Path) -> None:
    async with answering(tmp_path, history_limit=15) as stage:
        order = await stage.ask()
        await _lose_an_answer(stage, order)
        stage.fake.faults.clear()
        root = stage.channel.message(where(order).message or "")
        for number in range(20):
            await stage.channel.say(stage.ben, f"meanwhile {number}", thread=root)
        stage.fake.on_request.append(lambda _: _refuse_second_reading(stage))
        placed = await stage.courier.place(order)

        assert [stage.key(each) for each in stage.of_bot()] == [placed.message]
        assert len(stage.fake.calls("conversations.replies")) == 2


def _refuse_second_reading(stage: Stage) -> None:
    """Once a thread was read, Slack wants a minute."""
    if len(stage.fake.calls("conversations.replies")) == 1 and not stage.fake.faults.set_:
        stage.fake.faults.add("rate_limit", "conversations.replies", times=None, seconds=60)


async def test_s24_slack_is_left_alone_for_as_long_as_it_says(stage: Stage) -> None:
    stage.fake.faults.add("rate_limit", "chat.postMessage", seconds=7)
    with pytest.raises(TryLater) as told:
        await stage.courier.place(await stage.ask())

    assert told.value.seconds == 7


async def test_a_command_is_answered_in_the_channel_and_begins_a_thread_of_ours(stage: Stage) -> None:
    order = await stage.command()
    placed = await stage.courier.place(order)
    (posted,) = stage.of_bot()
    room = await stage.app.chats.room(stage.key(posted))

    assert posted.thread_ts is None
    assert placed.place == placed.message == stage.key(posted)
    assert room is not None
    assert (room.conversation, room.owned) == (order.conversation.id, True)


async def test_a_command_where_the_bot_is_no_member_is_answered_directly_and_says_why(stage: Stage) -> None:
    elsewhere = stage.team.add_channel("elsewhere", bot=False)
    order = await stage.command(channel=elsewhere)
    placed = await stage.courier.place(order)
    (posted,) = stage.of_bot(stage.team.open_dm(stage.ana))

    assert stage.of_bot(elsewhere) == []
    assert placed.message == stage.key(posted)
    assert "/invite" in words(posted)
    assert await stage.app.chats.room(stage.key(posted)) is not None


async def test_a_direct_answer_stands_in_the_direct_messages_and_roots_a_conversation(stage: Stage) -> None:
    placed = await stage.courier.place(await stage.command(manner="direct"))
    (posted,) = stage.of_bot(stage.team.open_dm(stage.ana))

    assert stage.of_bot() == []
    assert placed.message == stage.key(posted)
    assert "/invite" not in words(posted)
    assert await stage.app.chats.room(stage.key(posted)) is not None


async def test_an_archived_channel_is_unreachable_and_the_words_say_so(stage: Stage) -> None:
    order = await stage.ask()
    stage.channel.archived = True
    with pytest.raises(Unreachable) as told:
        await stage.courier.place(order)

    assert told.value.reason.key == "slack-place-archived"


async def test_a_thread_that_was_deleted_is_unreachable(stage: Stage) -> None:
    order = await stage.ask()
    await stage.channel.message(where(order).message or "").delete()
    with pytest.raises(Unreachable) as told:
        await stage.courier.place(order)

    assert told.value.reason.key == "slack-thread-gone"


async def test_s21_where_the_app_was_removed_nothing_is_posted(stage: Stage) -> None:
    order = await stage.ask()
    stage.team.installed = False
    with pytest.raises(Unreachable) as told:
        await stage.courier.place(order)

    assert told.value.reason.key == "slack-not-allowed"


async def test_s12_s17_where_plans_are_refused_the_placeholder_is_in_words_from_then_on(stage: Stage) -> None:
    first = await stage.ask()
    await stage.courier.place(first)
    stage.fake.world.refuses_blocks = lambda block: block["type"] == "plan"
    await stage.courier.place(await stage.ask())
    await stage.courier.place(await stage.ask())
    kinds = [message.blocks[0]["type"] for message in stage.of_bot()]

    assert kinds == ["plan", "section", "section"]
    assert len(stage.fake.calls("chat.postMessage")) == 4  # it was tried once more, and then remembered


async def test_what_goes_wrong_tells_no_words_and_no_tokens(stage: Stage) -> None:
    order = await stage.ask(PROMPT)
    stage.fake.faults.add("refuse", "chat.postMessage", code="invalid_metadata_format")
    with pytest.raises(Exception, match="invalid_metadata_format") as told:
        await stage.courier.place(order)
    text = "".join(traceback.format_exception(told.value))

    assert "apple" not in text
    assert stage.team.token not in text
    assert "Working on it" not in text


async def test_s24_posts_in_a_channel_go_out_a_second_apart_and_others_do_not_wait(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(pacing, "POST_SECONDS", 0.1)
    pace, begun = Pace(), time.monotonic()
    gone: list[tuple[str, float]] = []

    async def post(channel: str) -> None:
        await pace.turn(channel)
        gone.append((channel, time.monotonic() - begun))

    await asyncio.gather(*[post(channel) for channel in ("a", "a", "b", "a")])
    mine = [at for channel, at in gone if channel == "a"]

    assert [at >= number * 0.1 - 0.005 for number, at in enumerate(mine)] == [True, True, True]
    assert [channel for channel, _ in gone][:2] == ["a", "b"]


def test_progress_is_shown_seldom_and_not_while_slack_wants_patience() -> None:
    now = [100.0]
    pace = Pace(lambda: now[0])

    assert pace.may_show("T1")
    assert not pace.may_show("T1")
    assert pace.may_show("T2")
    now[0] += pacing.SHOW_SECONDS
    assert pace.may_show("T1")
    pace.rest("T1", 30)
    now[0] += 29
    assert not pace.may_show("T1")
    now[0] += 2
    assert pace.may_show("T1")


@pytest.mark.parametrize(
    "metadata",
    [
        None,
        "job",
        {"event_type": "other", "event_payload": {"job": "slack:i:T1:1"}},
        {"event_type": "threadbrush_job", "event_payload": ["slack:i:T1:1"]},
        {"event_type": "threadbrush_job", "event_payload": {"job": "slack:i:T1:2"}},
        {"event_type": "threadbrush_job", "event_payload": {"job": "slack:i:T1:1", "part": "1"}},
    ],
)
async def test_strange_metadata_is_not_ours(stage: Stage, metadata: Any) -> None:
    workspace = await stage.workspace()

    assert part_of({"ts": "1.1", "user": workspace.bot_user, "metadata": metadata}, "slack:i:T1:1", workspace) is None


def test_stamps_are_compared_as_numbers() -> None:
    assert sorted(["1700000000.000200", "999999999.000900", "1700000000.000100", "x"], key=order_of) == [
        "x",
        "999999999.000900",
        "1700000000.000100",
        "1700000000.000200",
    ]


def test_the_place_of_an_answer_names_its_workspace() -> None:
    assert message_key("T1", "C1", "1.2") == f"{channel_key('T1', 'C1')}:1.2"


async def test_the_control_of_the_fault_run_posts_twice_when_an_answer_is_lost(stage: Stage) -> None:
    order = await stage.ask()
    naive = NaivePlacing(stage.parts, Pace())
    stage.fake.faults.add("answer_lost", "chat.postMessage")
    with pytest.raises(TryLater):
        await naive.place(order)
    await naive.place(order)

    assert len(stage.of_bot()) == 2
