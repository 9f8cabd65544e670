"""Errands: every end of a job reaches its chat once, through outages, restarts and doors that are closed for good."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from dbos import DBOS

from bots.config import ChecksSettings, Settings
from bots.conversation import Conversation, Options, Turn
from bots.courier import OnceMore, Placed, TryLater, Unreachable
from bots.errand import Errands, Paced
from bots.order import Answer, Order
from bots.session import Session, open_session
from generator.scene import Notice
from storage.errors import DatabaseUnavailable
from storage.records import JobRecord
from storage.store import Records
from storage.turns import TurnRecord
from tests.fakes.couriers import Chat, Posted
from tests.fakes.engines import Honest, Patient

pytestmark = pytest.mark.xdist_group("errand")


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(data_dir=tmp_path / "data", checks=ChecksSettings(ocr=False))


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bots.errand.FIRST_PAUSE", 0.02)


@pytest.fixture
async def session(settings: Settings) -> AsyncIterator[Session]:
    async with open_session(settings) as opened:
        opened.app.line.drawing.engine = Honest()
        yield opened


@pytest.fixture
def chat(session: Session) -> Chat:
    made = Chat()
    session.connect(made)
    return made


def _order(chat: Chat, name: str, text: str = "a red apple", *, addressed: bool = True) -> Order:
    turn = Turn(author="ana", text=text, addressed=addressed)
    thread = Conversation(id="chat:thread", turns=(turn,), options=Options(width=256, height=256))
    return Order(job=f"chat:{name}", conversation=thread, requester="chat:ana", address=chat.address())


async def _delivered(session: Session, order: Order, state: str = "delivered") -> None:
    async with asyncio.timeout(20):
        while True:
            post = await session.app.chats.post(order.job)
            if post is not None and post.state == state:
                return
            await asyncio.sleep(0.02)


async def test_a_job_from_a_chat_is_placed_and_delivered_with_its_image(session: Session, chat: Chat) -> None:
    order = _order(chat, "one")
    await session.submit(order)
    await _delivered(session, order)
    posted = chat.messages[order.job]
    assert posted.answer is not None
    assert posted.answer.outcome == "image"
    assert len(posted.answer.generations) == 1
    assert posted.states[0] == "placed"
    assert posted.states[-1] == "delivered"


@pytest.mark.parametrize("doubtful", [True, False])
@pytest.mark.slow
async def test_second_placeholders_are_swept_after_the_end_only_if_there_may_be_one(
    session: Session, chat: Chat, monkeypatch: pytest.MonkeyPatch, *, doubtful: bool
) -> None:
    monkeypatch.setattr("bots.errand.TWIN_SECONDS", 0.05)
    chat.doubtful = doubtful
    chat.faults = {"sweep": [TryLater(0.01)]}
    order = _order(chat, "doubtful")
    await session.submit(order)
    await _delivered(session, order)
    async with asyncio.timeout(20):
        while await DBOS.list_workflows_async(status=["PENDING", "ENQUEUED"]):
            await asyncio.sleep(0.02)
    assert chat.calls.count("sweep") == (2 if doubtful else 0)
    assert chat.calls.index("deliver") < len(chat.calls) - chat.calls.count("sweep")


async def test_the_same_job_twice_is_one_message(session: Session, chat: Chat) -> None:
    order = _order(chat, "twice")
    await asyncio.gather(*[session.submit(order) for _ in range(5)])
    await _delivered(session, order)
    await session.submit(order)
    assert chat.calls.count("place") == 1
    assert chat.calls.count("deliver") == 1


async def test_what_was_said_is_kept_with_the_job_in_one_commit(session: Session, chat: Chat) -> None:
    order = _order(chat, "said")
    said = TurnRecord(
        conversation="chat:thread",
        message="chat:7",
        author="chat:ana",
        text="a red apple",
        sent_at=datetime.now(UTC),
        job=order.job,
    )
    await session.submit(order, said)
    (kept,) = await session.app.chats.turns_of("chat:thread")
    assert kept.job == order.job
    await _delivered(session, order)


@pytest.mark.slow
async def test_an_outage_is_ridden_out_at_every_call(session: Session, chat: Chat) -> None:
    chat.faults = {name: [TryLater(0.01), TryLater(0.01)] for name in ("gather", "place", "deliver")}
    order = _order(chat, "outage")
    await session.submit(order)
    await _delivered(session, order)
    assert chat.calls.count("deliver") == 3
    assert chat.messages[order.job].states.count("delivered") == 1


@pytest.mark.slow
async def test_an_answer_that_something_older_may_follow_is_delivered_once_more_and_not_for_ever(
    session: Session, chat: Chat
) -> None:
    chat.faults = {"deliver": [TryLater(0.01), OnceMore(0.01), TryLater(0.01), OnceMore(0.01), OnceMore(0.01)]}
    order = _order(chat, "again")
    await session.submit(order)
    await _delivered(session, order)
    assert chat.calls.count("deliver") == 4


@pytest.mark.slow
async def test_an_answer_that_stands_is_no_failure_when_its_place_is_closed_afterwards(
    session: Session, chat: Chat
) -> None:
    chat.faults = {"deliver": [OnceMore(0.01), Unreachable(Notice(key="job-failed"))]}
    order = _order(chat, "closed-later")
    await session.submit(order)
    await _delivered(session, order)
    assert chat.calls.count("deliver") == 2
    assert chat.excuses == {}
    assert await session.app.records.usage(order.conversation.tenant) == 1


async def test_a_closed_door_ends_the_job_gives_the_quota_back_and_tells_the_requester(
    session: Session, chat: Chat
) -> None:
    chat.faults = {"deliver": [Unreachable(Notice(key="job-failed"))]}
    order = _order(chat, "closed")
    await session.submit(order)
    await _delivered(session, order, "dropped")
    assert order.job in chat.excuses
    assert await session.app.records.usage("local") == 0


async def test_a_door_that_is_closed_at_once_stops_the_drawing(session: Session, chat: Chat) -> None:
    session.app.line.drawing.engine = Patient()
    chat.faults = {"place": [Unreachable(Notice(key="job-failed"))]}
    order = _order(chat, "stopped")
    await session.submit(order)
    await _delivered(session, order, "dropped")
    record = await session.app.records.job(order.job)
    assert record is not None
    assert record.outcome == "cancelled"
    assert await session.app.records.generations_of_job(order.job) == ()


async def test_a_cancelled_job_is_delivered_as_cancelled(session: Session, chat: Chat) -> None:
    session.app.line.drawing.engine = Patient()
    order = _order(chat, "cancelled")
    await session.submit(order)
    async with asyncio.timeout(10):
        while order.job not in chat.messages:
            await asyncio.sleep(0.01)
    await session.cancel(order.job)
    await _delivered(session, order)
    answer = chat.messages[order.job].answer
    assert answer is not None
    assert answer.outcome == "cancelled"


async def test_words_between_people_bring_up_no_message(session: Session, chat: Chat) -> None:
    order = _order(chat, "nice", "nice!", addressed=False)
    await session.submit(order)
    await _delivered(session, order, "dropped")
    assert chat.messages == {}


@pytest.mark.slow
async def test_a_wish_in_our_thread_that_nobody_addressed_is_answered(session: Session, chat: Chat) -> None:
    order = _order(chat, "wish", "draw two green apples", addressed=False)
    await session.submit(order)
    await _delivered(session, order)
    answer = chat.messages[order.job].answer
    assert answer is not None
    assert answer.outcome == "image"


async def test_what_the_platform_cannot_complete_is_told_in_its_words(session: Session, chat: Chat) -> None:
    chat.completes = lambda order: replace(order, problem=Notice(key="intake-not-an-image"))
    order = _order(chat, "gone")
    await session.submit(order)
    await _delivered(session, order)
    answer = chat.messages[order.job].answer
    assert answer is not None
    assert answer.outcome == "invalid"


@pytest.mark.slow
async def test_an_errand_waits_for_its_platform_and_goes_on_after_a_restart(settings: Settings) -> None:
    chat = Chat()
    order = _order(chat, "later")
    async with open_session(settings) as before:
        await before.submit(order)
        await asyncio.sleep(0.3)  # long enough to be taken up; no chat is connected
        assert chat.messages == {}
    async with open_session(settings) as after:
        after.connect(chat)
        await _delivered(after, order)
    assert chat.calls.count("deliver") == 1
    answer = chat.messages[order.job].answer
    assert answer is not None
    assert answer.outcome == "image"


async def test_a_courier_that_breaks_for_good_ends_as_a_failure(session: Session, chat: Chat) -> None:
    chat.faults = {"gather": [ZeroDivisionError() for _ in range(9)]}
    order = _order(chat, "broken")
    await session.submit(order)
    await _delivered(session, order)
    answer = chat.messages[order.job].answer
    assert answer is not None
    assert answer.outcome == "invalid"


@pytest.mark.slow
async def test_finished_jobs_are_forgotten_by_the_engine_but_never_run_again(
    session: Session, chat: Chat, monkeypatch: pytest.MonkeyPatch
) -> None:
    order = _order(chat, "forgotten")
    await session.submit(order)
    await _delivered(session, order)
    monkeypatch.setattr("bots.service.KEPT_SECONDS", -5.0)
    async with asyncio.timeout(10):
        forgotten = 0
        while forgotten < 2:  # the job and its errand; the errand's row closes a moment after its delivery
            forgotten += await session.forget_finished()
            await asyncio.sleep(0.05)
    await session.submit(order)
    assert chat.calls.count("deliver") == 1


@pytest.mark.slow
async def test_all_finished_jobs_are_forgotten_however_many_there_are(
    session: Session, chat: Chat, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bots.service.FORGOTTEN_AT_ONCE", 1)
    orders = [_order(chat, f"finished-{number}") for number in range(3)]
    for order in orders:
        await session.submit(order)
    for order in orders:
        await _delivered(session, order)
    monkeypatch.setattr("bots.service.KEPT_SECONDS", -5.0)
    async with asyncio.timeout(10):  # each job and its errand; the errand's row closes a moment after its delivery
        while len(await DBOS.list_workflows_async(status="SUCCESS", has_parent=False, load_input=False)) < 6:
            await asyncio.sleep(0.05)
    assert await session.forget_finished() >= 6


async def test_an_answer_outlives_the_end_of_the_connection_it_was_asked_through(session: Session, chat: Chat) -> None:
    patient = Patient()
    session.app.line.drawing.engine = patient
    order = _order(chat, "reconnected")
    await session.submit(order)
    async with asyncio.timeout(10):
        while order.job not in chat.messages:
            await asyncio.sleep(0.01)
    session.disconnect(chat)
    chat.faults = {name: [RuntimeError("Session is closed")] * 99 for name in ("show", "deliver")}
    again = Chat(messages=chat.messages)
    await session.cancel(order.job)
    session.connect(again)
    await _delivered(session, order)
    assert again.calls.count("deliver") == 1


@pytest.mark.slow
async def test_a_connection_that_is_closed_under_a_call_counts_as_no_failure(
    session: Session, chat: Chat, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bots.errand.FIRST_PAUSE", 0.01)

    class Closing(Chat):
        async def deliver(self, order: Order, placed: Placed, answer: Answer) -> None:
            del order, placed, answer
            session.disconnect(self)
            session.connect(chats.pop())
            raise RuntimeError("Session is closed")

    chats: list[Chat] = [chat, *[Closing() for _ in range(7)]]
    session.connect(chats.pop())
    order = _order(chat, "closing")
    chat.messages[order.job] = Posted()
    await session.submit(order)
    await _delivered(session, order)
    assert chat.calls.count("deliver") == 1


async def test_progress_that_cannot_be_shown_keeps_no_answer_back(
    session: Session, chat: Chat, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bots.errand.PACE_SECONDS", 0.05)
    session.app.line.drawing.engine = Patient()
    chat.faults = {"show": [RuntimeError("Session is closed")]}
    order = _order(chat, "unshown")
    await session.submit(order)
    async with asyncio.timeout(10):
        while "show" not in chat.calls:
            await asyncio.sleep(0.01)
    await session.cancel(order.job)
    await _delivered(session, order)


@pytest.mark.slow
async def test_a_database_that_is_locked_for_a_while_keeps_no_answer_back(
    session: Session, chat: Chat, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bots.errand.STORAGE_SECONDS", 0.01)
    monkeypatch.setattr("bots.errand.FIRST_PAUSE", 0.01)
    whole = Records.job
    locked = [DatabaseUnavailable("locked")] * 20

    async def job(records: Records, identity: str) -> JobRecord | None:
        if locked and asyncio.current_task() in errands:
            raise locked.pop()
        return await whole(records, identity)

    errands: set[asyncio.Task[None] | None] = set()
    run = Errands.run

    async def known(self: Errands, order: Order, durable: Paced) -> None:
        errands.add(asyncio.current_task())
        await run(self, order, durable)

    monkeypatch.setattr(Errands, "run", known)
    monkeypatch.setattr(Records, "job", job)
    chat.faults = {"place": [DatabaseUnavailable("locked")] * 6, "deliver": [DatabaseUnavailable("locked")] * 6}
    order = _order(chat, "locked")
    await session.submit(order)
    await _delivered(session, order)
    assert not locked
    assert chat.messages[order.job].states.count("delivered") == 1
