"""The errand of a job from a chat: complete the order, show how far it is, deliver what came of it.

The errand is a workflow beside the job's own. The job's row is all it looks at, so it delivers every end alike: a
picture, a refusal, a cancellation from another process, a job that died. Knows no platform: that is a ``Courier``.
"""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any, Literal, Protocol, TypeVar

import structlog

from bots.courier import PACE_SECONDS, TWIN_SECONDS, Courier, OnceMore, Placed, TryLater, Unreachable
from bots.order import Answer, Order
from bots.progress import ProgressBoard, Standing
from generator.scene import Notice
from storage.chats import Chats
from storage.errors import BlobsUnavailable, DatabaseUnavailable
from storage.records import JobRecord
from storage.store import Records

POLL_SECONDS = 1.0  # how soon an end that another process wrote is seen
STORAGE_SECONDS = 1.0  # until the database is asked again after it could not be used
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
    """What came of one call to a platform: done (perhaps with a value), to be tried again, or impossible.

    Attributes:
        stands: Done, but to be done once more.
    """

    placed: Placed | None = None
    order: Order | None = None
    later: float | None = None
    reason: Notice | None = None
    broke: bool = False
    stands: bool = False


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

    def disconnect(self, courier: Courier) -> None:
        """Its connection is about to end; errands stand still until the platform is connected again."""
        if self._is_connected(courier):
            del self._couriers[courier.platform]
            self._connected[courier.platform].clear()

    def ended(self, job: str) -> None:
        """A job has ended in this process; whoever waits for it need not poll."""
        if (event := self._ends.get(job)) is not None:
            event.set()

    async def gather(self, order: Order, durable: Paced) -> Order:
        """The order as its platform completes it; one that cannot be completed says why in ``problem``."""

        async def attempt(courier: Courier) -> Attempt:
            return Attempt(order=await courier.gather(order))

        gathered = await self._insist(order, durable, "gather", attempt)
        return gathered.order or _with_problem(order, gathered.reason)

    async def run(self, order: Order, durable: Paced) -> None:
        """The body of workflow ``errand``."""
        await self._courier(order)
        try:
            addressed = order.conversation.newest.addressed
            if not addressed and not await durable.step("wanted", bool, lambda: self._is_wanted(order)):
                await self._close(order, "dropped")
                return
            await self._run(order, durable)
        finally:
            self._ends.pop(order.job, None)

    async def _run(self, order: Order, durable: Paced) -> None:
        async def place(courier: Courier) -> Attempt:
            return Attempt(placed=await courier.place(order))

        there = await self._insist(order, durable, "place", place)
        placed = there.placed
        if placed is None:
            await self._abandon(order, durable, there.reason)
            return
        await self._narrate(order, placed)

        async def deliver(courier: Courier) -> Attempt:
            record = await self._records.job(order.job)
            if record is None:
                return Attempt(reason=Notice(key="job-failed"))
            await courier.deliver(order, placed, await answer_of(self._records, record))
            return Attempt()

        delivered = await self._insist(order, durable, "deliver", deliver)
        if delivered.reason is not None:
            await self._abandon(order, durable, delivered.reason)
        else:
            await self._close(order, "delivered")
        if placed.doubtful:
            await self._sweep(order, placed, durable)

    async def _sweep(self, order: Order, placed: Placed, durable: Paced) -> None:
        async def sweep(courier: Courier) -> Attempt:
            await courier.sweep(order, placed)
            return Attempt()

        await durable.sleep(TWIN_SECONDS)
        await self._insist(order, durable, "sweep", sweep)

    async def _courier(self, order: Order) -> Courier:
        """The courier of the order's platform. Where none is connected the errand stands still for those who have it."""
        if order.address is None:
            raise ValueError("an order without an address has no courier")
        platform = order.address.platform
        await self._connected.setdefault(platform, asyncio.Event()).wait()
        return self._couriers[platform]

    def _is_connected(self, courier: Courier) -> bool:
        return self._couriers.get(courier.platform) is courier

    async def _job(self, job: str) -> JobRecord | None:
        return await _lasting(lambda: self._records.job(job))

    async def _close(self, order: Order, state: Literal["delivered", "dropped"]) -> None:
        await _lasting(lambda: self._chats.close_post(order.job, state))

    async def _is_wanted(self, order: Order) -> bool:
        """Whether anything is to be posted. A word between people in our thread must not bring up a placeholder."""
        while not await self._has_ended(order.job, 0.2):
            standing = self._board.standing(order.job)
            if standing is not None and standing.stage in _BEGUN:
                return True
        record = await self._job(order.job)
        return record is not None and not record.silent

    async def _narrate(self, order: Order, placed: Placed) -> None:
        shown: Standing | None = None
        while not await self._has_ended(order.job, PACE_SECONDS):
            standing = self._board.standing(order.job)
            if standing is None or standing == shown:
                continue
            shown = standing
            # Whatever hinders it: how far the job is may remain unsaid, but what came of it may not.
            await self._tried(order, "show", lambda courier, now=standing: _shown(courier, order, placed, now))  # type: ignore[misc]  # a default makes it untyped

    async def _has_ended(self, job: str, seconds: float) -> bool:
        """Whether the job ends within so many seconds."""
        event = self._ends.setdefault(job, asyncio.Event())
        deadline = asyncio.get_running_loop().time() + seconds
        while True:
            record = await self._job(job)
            if record is None or record.status == "done":
                return True
            left = deadline - asyncio.get_running_loop().time()
            if left <= 0:
                return False
            with suppress(TimeoutError):
                async with asyncio.timeout(min(left, POLL_SECONDS)):
                    await event.wait()

    async def _abandon(self, order: Order, durable: Paced, reason: Notice | None) -> None:
        """Nobody can be answered there: stop the job, give its quota back, tell the requester some other way."""
        words = reason or Notice(key="job-failed")

        async def end() -> bool:
            await _lasting(lambda: self._cancel(order.job))
            await _lasting(lambda: self._records.refund(order.job))
            await self._close(order, "dropped")
            told = await self._tried(order, "excuse", lambda courier: _excused(courier, order, words))
            if told.later is not None or told.reason is not None:
                log.info("requester_not_told", job=order.job)
            return True

        await durable.step("abandon", bool, end)
        log.warning("place_unreachable", job=order.job, reason=words.key)

    async def _insist(
        self, order: Order, durable: Paced, name: str, call: Callable[[Courier], Awaitable[Attempt]]
    ) -> Attempt:
        """Call a platform until it answers or never will. Every attempt is a step, so a restart repeats the last one."""
        pause, broken, stands = FIRST_PAUSE, 0, False
        for number in range(MAX_ATTEMPTS):
            attempt = await durable.step(f"{name}/{number}", Attempt, lambda: self._tried(order, name, call))
            if stands and (attempt.stands or attempt.later is None):
                return Attempt()  # it has been done, whatever became of the second time
            if attempt.later is None:
                return attempt
            if attempt.stands:
                stands, pause = True, FIRST_PAUSE
            broken += attempt.broke
            if broken > MAX_BREAKS:
                return Attempt(reason=Notice(key="job-failed"))
            await durable.sleep(max(attempt.later, pause))
            pause = min(pause * 2, LONGEST_PAUSE)
        return Attempt(reason=Notice(key="platform-silent"))

    async def _tried(self, order: Order, name: str, call: Callable[[Courier], Awaitable[Attempt]]) -> Attempt:
        """One call, by the courier that is connected now: the one of the last attempt may be gone."""
        courier = await self._courier(order)
        try:
            return await call(courier)
        except TryLater as exc:
            return Attempt(later=exc.seconds, stands=isinstance(exc, OnceMore))
        except Unreachable as exc:
            return Attempt(reason=exc.reason)
        except (DatabaseUnavailable, BlobsUnavailable) as exc:
            log.warning("records_out_of_reach", call=name, error=type(exc).__name__)
            return Attempt(later=STORAGE_SECONDS)
        except Exception as exc:
            if not self._is_connected(courier):
                return Attempt(later=0.0)  # its connection was closed under the call
            log.exception("courier_broke", call=name, error=type(exc).__name__)
            return Attempt(later=0.0, broke=True)


async def _shown(courier: Courier, order: Order, placed: Placed, standing: Standing) -> Attempt:
    await courier.show(order, placed, standing)
    return Attempt()


async def _excused(courier: Courier, order: Order, words: Notice) -> Attempt:
    await courier.excuse(order, words)
    return Attempt()


async def _lasting(work: Callable[[], Awaitable[T]]) -> T:
    """The result of ``work``, however long the database cannot be used: an errand that broke would answer nobody."""
    while True:
        try:
            return await work()
        except DatabaseUnavailable as exc:
            log.warning("records_out_of_reach", error=type(exc).__name__)
        await asyncio.sleep(STORAGE_SECONDS)


def _with_problem(order: Order, reason: Notice | None) -> Order:
    return replace(order, problem=reason or Notice(key="job-failed"))
