"""Asking the line and waiting for its answer, wherever it runs.

Only one process at a time runs the line over a data folder (it holds the lock). Whoever comes while it runs hands its
orders to it through the database; when that process goes away, the one that waits takes the lock and goes on.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager

import structlog
from dbos import DBOSClient

from bots.app import App, open_app
from bots.config import Settings
from bots.courier import Courier
from bots.errand import answer_of
from bots.exits import EngineGone
from bots.order import Answer, Order
from bots.progress import Standing
from bots.queues import dbos_client, enqueue
from bots.service import Service, running
from storage.lead import Lead
from storage.lock import DataLock
from storage.turns import TurnRecord

POLL_SECONDS = 0.03
LOCK_SECONDS = 1.0
STAGED_SECONDS = 3600.0  # nobody takes longer from the first upload to the order

log = structlog.get_logger(__name__)


class Session:
    """An open data folder through which orders can be asked."""

    def __init__(self, app: App, stack: AsyncExitStack) -> None:
        self.app = app
        self.leading = asyncio.Event()
        """Set once the line runs in this process."""
        self._stack = stack
        self._service: Service | None = None
        self._lead: Lead | None = None
        self._couriers: list[Courier] = []
        self._queue: DBOSClient | None = None
        self._making = asyncio.Lock()

    @property
    def serving(self) -> bool:
        """Whether the line runs in this process."""
        return self._service is not None

    async def serve(self) -> bool:
        """Take the lock and run the line here; False when another process does."""
        if self._service is not None:
            return True
        lock = await asyncio.to_thread(DataLock.acquire, self.app.settings.data_dir)
        if lock is None:
            return False
        self._lead = await self._led(lock)
        if self._lead is None:
            return False
        await self._sweep()
        self._service = await self._stack.enter_async_context(
            running(self.app.line, self.app.records, self.app.queue_engine, self.app.board, self.app.chats)
        )
        await self._service.close_dead_jobs()
        for courier in self._couriers:
            self._service.errands.connect(courier)
        self.leading.set()
        return True

    async def _led(self, lock: DataLock) -> Lead | None:
        """The lead over all processes on the database, for as long as the session; without it the lock is let go."""
        try:
            lead = await Lead.acquire(self.app.database)
        except BaseException:
            lock.release()
            raise
        if lead is None:
            lock.release()
            return None
        self._stack.enter_context(lock)
        self._stack.push_async_callback(lead.release)
        return lead

    async def lost(self) -> None:
        """Return when another process may run the line although this one does: the database dropped our lock.

        Raises:
            RuntimeError: The line does not run here.
        """
        if self._lead is None:
            raise RuntimeError("the line does not run here")
        await self._lead.lost()

    def connect(self, courier: Courier) -> None:
        """From now on, or as soon as the line runs in this process, ``courier`` answers for its platform."""
        self._couriers.append(courier)
        if self._service is not None:
            self._service.errands.connect(courier)

    def disconnect(self, courier: Courier) -> None:
        """Its connection is about to end: errands stand still until its platform is connected again."""
        self._couriers.remove(courier)
        if self._service is not None:
            self._service.errands.disconnect(courier)

    async def submit(self, order: Order, turn: TurnRecord | None = None) -> None:
        """Make the order durable, and ``turn``, what was said, with it; an equal job id makes a second one a no-op."""
        if self._service is not None:
            await self._service.submit(order, turn)
            return
        await enqueue(self.app.records, await self._client(), order, turn)

    async def _client(self) -> DBOSClient:
        """For orders to a line that runs elsewhere; made once, because it opens connections."""
        async with self._making:
            if self._queue is None:
                self._queue = await asyncio.to_thread(dbos_client, self.app.queue_engine)
                self._stack.callback(self._queue.destroy)
        return self._queue

    async def ask(self, order: Order, on_progress: Callable[[Standing], None] | None = None) -> Answer:
        """Submit and wait. Cancelling the wait cancels the job."""
        await self.submit(order)
        try:
            answer = await self.wait(order.job, on_progress)
        except asyncio.CancelledError:
            await asyncio.shield(self.cancel(order.job))
            raise
        assert answer is not None  # noqa: S101 - without an event to end it, the wait ends with an answer
        return answer

    async def cancel(self, job: str) -> None:
        """Stop a job, wherever it runs, and close it; one that is done stays as it is.

        Raises:
            UnknownJob: It was never opened.
        """
        if self._service is not None:
            await self._service.cancel(job)
            return
        # The job's end is written first: the process that draws looks for it and stops.
        await self.app.line.cancel(job)
        await (await self._client()).cancel_workflow_async(job, cancel_children=True)

    async def wait(
        self, job: str, on_progress: Callable[[Standing], None] | None = None, until: asyncio.Event | None = None
    ) -> Answer | None:
        """The answer of a submitted job; None when ``until`` is set before there is one. The job goes on without us.

        Raises:
            EngineGone: The line runs here and its engine can draw nothing more; the next process goes on.
        """
        ticks = 0
        while until is None or not until.is_set():
            record = await self.app.records.job(job)
            if record is not None and record.status == "done":
                return await answer_of(self.app.records, record)
            if self.app.lost.is_set():
                raise EngineGone
            if on_progress is not None and (standing := self.app.board.standing(job)) is not None:
                on_progress(standing)
            await asyncio.sleep(POLL_SECONDS)
            ticks += 1
            if self._service is None and ticks % int(LOCK_SECONDS / POLL_SECONDS) == 0 and await self.serve():
                log.info("line_taken_over", job=job)
        return None

    async def forget_finished(self) -> int:
        """Have the durable engine forget the jobs that ended a while ago: its rows hold people's words."""
        return 0 if self._service is None else await self._service.forget_finished()

    async def forget(self, jobs: Sequence[str]) -> None:
        """Have the durable engine forget jobs that have ended, at once.

        Raises:
            RuntimeError: The line runs in another process.
        """
        if self._service is None:
            raise RuntimeError("workflows can only be deleted where the line runs")
        await self._service.forget(jobs)

    async def _sweep(self) -> None:
        """Before anything runs: what no record and no unfinished job needs is rubbish of a killed process.

        Uploads are staged before their job is opened, so young folders are spared. A configured bucket is never swept:
        it may belong to another database as well, whose images would be taken for orphans.
        """
        unfinished = await self.app.records.unfinished_jobs()
        await self.app.staging.sweep((job.id for job in unfinished), older_than=STAGED_SECONDS)
        if self.app.settings.blobs_url is None and self.app.settings.embedded:
            await self.app.blobs.sweep(await self.app.records.referenced_digests(), older_than=0)


@asynccontextmanager
async def open_session(settings: Settings, *, serve: bool = True) -> AsyncIterator[Session]:
    """Open the data folder; with ``serve``, run the line here unless another process already does."""
    async with AsyncExitStack() as stack:
        app = await stack.enter_async_context(open_app(settings))
        session = Session(app, stack)
        if serve:
            await session.serve()
        yield session
