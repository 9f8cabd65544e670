"""The errand of a job from a chat: complete the order, show how far it is, deliver what came of it.

The errand is a workflow beside the job's own. The job's row is all it looks at, so it delivers every end alike: a
picture, a refusal, a cancellation from another process, a job that died. Knows no platform: that is a ``Courier``.
"""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any, Protocol, TypeVar

import structlog
from storage.chats import Chats

from bots.courier import PACE_SECONDS, Courier, Placed, TryLater, Unreachable
from bots.order import Answer, Order
from bots.progress import ProgressBoard, Standing
from generator.scene import Notice
from storage.records import JobRecord
from storage.store import Records

POLL_SECONDS = 1.0  # how soon an end that another process wrote is seen
FIRST_PAUSE, LONGEST_PAUSE = 0.5, 120.0
MAX_ATTEMPTS = 500  # of one platform call: with the longest pause between them, more than half a day
MAX_BREAKS = 4  # of those, failures that nobody foresaw
_BEGUN = frozenset({"stage-drawing", "stage-measuring", "stage-signing"})

T = TypeVar("T")
log = structlog.get_logger(__name__)


class Paced(Protocol):
    """What an errand needs of the durable engine."""

    async def step(self, name: str, kind: Any, work: Callable[[], Awaitable[T]]) -> T:
        """Run ``work`` once and remember its result, a value of type ``kind``."""
        ...

    async def sleep(self, seconds: float) -> None:
        """Wait; a restart does not begin the wait anew."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """What came of one call to a platform: done (perhaps with a value), to be tried again, or impossible."""

    placed: Placed | None = None
    order: Order | None = None
    later: float | None = None
    reason: Notice | None = None
    broke: bool = False


async def answer_of(records: Records, record: JobRecord) -> Answer:
    """The answer of a job that has ended."""
    generations = await records.generations_of_job(record.id)
    return Answer(
        job=record.id,
        outcome=record.outcome or "failed",  # type: ignore[arg-type]  # stored as text
        reply=record.reply,
        unmet=record.unmet,
        generations=tuple(generation.id for generation in generations),
    )


class Errands:
    """Runs errands with the couriers of the platforms that are connected in this process."""

    def __init__(
        self, records: Records, chats: Chats, board: ProgressBoard, cancel: Callable[[str], Awaitable[None]]
    ) -> None:
        self._records = records
        self._chats = chats
        self._board = board
        self._cancel = cancel
        self._couriers: dict[str, Courier] = {}
        self._connected: dict[str, asyncio.Event] = {}
        self._ends: dict[str, asyncio.Event] = {}

    def connect(self, courier: Courier) -> None:
        """From now on ``courier`` answers for its platform; errands that waited for it go on."""
        self._couriers[courier.platform] = courier
        self._connected.setdefault(courier.platform, asyncio.Event()).set()

    def ended(self, job: str) -> None:
        """A job has ended in this process; whoever waits for it need not poll."""
        if (event := self._ends.get(job)) is not None:
            event.set()

    async def gather(self, order: Order, durable: Paced) -> Order:
        """The order as its platform completes it; one that cannot be completed says why in ``problem``."""
        courier = await self._courier(order)

        async def attempt() -> Attempt:
            return Attempt(order=await courier.gather(order))

        gathered = await self._insist(durable, "gather", attempt)
        return gathered.order or _with_problem(order, gathered.reason)

    async def run(self, order: Order, durable: Paced) -> None:
        """The body of workflow ``errand``."""
        courier = await self._courier(order)
        try:
            if not await durable.step("wanted", bool, lambda: self._is_wanted(order)):
                await self._chats.close_post(order.job, "dropped")
                return
            await self._run(order, courier, durable)
        finally:
            self._ends.pop(order.job, None)

    async def _run(self, order: Order, courier: Courier, durable: Paced) -> None:
        async def place() -> Attempt:
            return Attempt(placed=await courier.place(order))

        there = await self._insist(durable, "place", place)
        placed = there.placed
        if placed is None:
            await self._abandon(order, courier, durable, there.reason)
            return
        await self._narrate(order, courier, placed)

        async def deliver() -> Attempt:
            record = await self._records.job(order.job)
            if record is None:
                return Attempt(reason=Notice(key="job-failed"))
            await courier.deliver(order, placed, await answer_of(self._records, record))
            return Attempt()

        delivered = await self._insist(durable, "deliver", deliver)
        if delivered.reason is not None:
            await self._abandon(order, courier, durable, delivered.reason)
            return
        await self._chats.close_post(order.job, "delivered")

    async def _courier(self, order: Order) -> Courier:
        """The courier of the order's platform. Where none is connected the errand stands still for those who have it."""
        if order.address is None:
            raise ValueError("an order without an address has no courier")
        platform = order.address.platform
        await self._connected.setdefault(platform, asyncio.Event()).wait()
        return self._couriers[platform]

    async def _is_wanted(self, order: Order) -> bool:
        """Whether anything is to be posted. A word between people in our thread must not bring up a placeholder."""
        if order.conversation.newest.addressed:
            return True
        while not await self._has_ended(order.job, 0.2):
            standing = self._board.standing(order.job)
            if standing is not None and standing.stage in _BEGUN:
                return True
        record = await self._records.job(order.job)
        return record is not None and not record.silent

    async def _narrate(self, order: Order, courier: Courier, placed: Placed) -> None:
        shown: Standing | None = None
        while not await self._has_ended(order.job, PACE_SECONDS):
            standing = self._board.standing(order.job)
            if standing is None or standing == shown:
                continue
            shown = standing
            with suppress(TryLater, Unreachable):
                await courier.show(order, placed, standing)

    async def _has_ended(self, job: str, seconds: float) -> bool:
        """Whether the job ends within so many seconds."""
        event = self._ends.setdefault(job, asyncio.Event())
        deadline = asyncio.get_running_loop().time() + seconds
        while True:
            record = await self._records.job(job)
            if record is None or record.status == "done":
                return True
            left = deadline - asyncio.get_running_loop().time()
            if left <= 0:
                return False
            with suppress(TimeoutError):
                async with asyncio.timeout(min(left, POLL_SECONDS)):
                    await event.wait()

    async def _abandon(self, order: Order, courier: Courier, durable: Paced, reason: Notice | None) -> None:
        """Nobody can be answered there: stop the job, give its quota back, tell the requester some other way."""
        words = reason or Notice(key="job-failed")

        async def end() -> bool:
            await self._cancel(order.job)
            await self._records.refund(order.job)
            await self._chats.close_post(order.job, "dropped")
            try:
                await courier.excuse(order, words)
            except (TryLater, Unreachable):
                log.info("requester_not_told", job=order.job)
            return True

        await durable.step("abandon", bool, end)
        log.warning("place_unreachable", job=order.job, reason=words.key)

    async def _insist(self, durable: Paced, name: str, call: Callable[[], Awaitable[Attempt]]) -> Attempt:
        """Call a platform until it answers or never will. Every attempt is a step, so a restart repeats the last one."""
        pause, broken = FIRST_PAUSE, 0
        for number in range(MAX_ATTEMPTS):
            attempt = await durable.step(f"{name}/{number}", Attempt, lambda: _tried(name, call))
            if attempt.later is None:
                return attempt
            broken += attempt.broke
            if broken > MAX_BREAKS:
                return Attempt(reason=Notice(key="job-failed"))
            await durable.sleep(max(attempt.later, pause))
            pause = min(pause * 2, LONGEST_PAUSE)
        return Attempt(reason=Notice(key="platform-silent"))


async def _tried(name: str, call: Callable[[], Awaitable[Attempt]]) -> Attempt:
    try:
        return await call()
    except TryLater as exc:
        return Attempt(later=exc.seconds)
    except Unreachable as exc:
        return Attempt(reason=exc.reason)
    except Exception as exc:
        log.exception("courier_broke", call=name, error=type(exc).__name__)
        return Attempt(later=0.0, broke=True)


def _with_problem(order: Order, reason: Notice | None) -> Order:
    return replace(order, problem=reason or Notice(key="job-failed"))
