"""The durable service: the line as DBOS workflows, in this process.

``job`` walks the line on queue ``jobs``; ``generate`` (id ``<job>/gen/<n>``) draws on queue ``gpu``; ``errand`` (id
``<job>/errand``, only for orders with an address) talks to the chat on queue ``chats``. Source for every DBOS setting: measurements of DBOS 3.4.0
recorded in docs/adr/0001.
"""

import asyncio
import logging
import threading
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractAsyncContextManager, asynccontextmanager, contextmanager, nullcontext, suppress
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import Any, NoReturn, TypeVar

import structlog
from dbos import DBOS, DBOSClient, DBOSConfig, DBOSPortableJSONSerializer, SetWorkflowID
from sqlalchemy import Engine as SyncEngine

from bots.errand import Errands
from bots.line import Line
from bots.order import Answer, Draft, Order
from bots.progress import ProgressBoard
from bots.queues import (
    APPLICATION,
    APPLICATION_VERSION,
    GPU,
    POLL_SECONDS,
    dbos_client,
    enqueue,
    errand_id,
    register_queues,
)
from generator.errors import EngineLost, RenderFailed, RequestUnsupported
from generator.request import GenerationRequest
from generator.scene import Notice
from storage.chats import Chats
from storage.codec import decode, encode
from storage.store import Records
from storage.turns import TurnRecord

EXECUTOR = "embedded"  # fixed, so that a restarted process recovers its own work; the data lock keeps it alone
MAX_STARTS = 30  # of drawing one job; a restart starts every unfinished job again
LOSS = 15  # starts that are charged to a job during which the engine was lost: it may be the cause
WATCH_SECONDS = 0.25
_RETRIED = ("close", "fail")  # they only write to the database: without them a finished job would hang open
_ALIVE = ("PENDING", "ENQUEUED", "DELAYED")
_ENDED = ("SUCCESS", "ERROR", "CANCELLED", "MAX_RECOVERY_ATTEMPTS_EXCEEDED")
KEPT_SECONDS = 3600.0
COMPUTING, TALKING = 4, 16  # steps at once
_WAITING = ("wait", "wanted")
_TALKS = ("gather", "place", "deliver", "abandon")
FORGOTTEN_AT_ONCE = 200  # workflows in a transaction
UNSUPPORTED = "unsupported"  # what ``generate`` gives instead of drafts: the reason, for the person

T = TypeVar("T")
log = structlog.get_logger(__name__)

_current: "Service | None" = None


def _service() -> "Service":
    if _current is None:
        raise RuntimeError("the service is not running")
    return _current


@DBOS.workflow(name="job", max_recovery_attempts=1000)
async def _job(document: dict[str, Any]) -> dict[str, Any]:
    with _service().tracked() as service:
        return await service.run_job(decode(Order, document))


@DBOS.workflow(name="errand", max_recovery_attempts=1000)
async def _errand(document: dict[str, Any]) -> None:
    with _service().tracked() as service:
        await service.run_errand(decode(Order, document))


@DBOS.workflow(name="generate", max_recovery_attempts=1000)
async def _generate(job: str, attempt: int, document: dict[str, Any]) -> list[Any] | dict[str, Any]:
    with _service().tracked() as service:
        return await service.run_generate(job, attempt, decode(GenerationRequest, document))


class Gates:
    """How many steps run at once, so that a crowd of requests does not keep new ones from being acknowledged.

    Steps that only wait for others pass freely, those that talk to a chat do not take the place of those that compute.
    """

    def __init__(self) -> None:
        self._computing = asyncio.Semaphore(COMPUTING)
        self._talking = asyncio.Semaphore(TALKING)

    def of(self, step: str) -> AbstractAsyncContextManager[Any]:
        """The gate that a step goes through."""
        name = step.partition("/")[0]
        if name in _WAITING:
            return nullcontext()
        return self._talking if name in _TALKS else self._computing


class _DurableJob:
    """The line's durable port over DBOS, for one job."""

    def __init__(self, job: str, board: ProgressBoard, closing: asyncio.Event, gates: "Gates") -> None:
        self._job = job
        self._board = board
        self._closing = closing
        self._gates = gates

    async def step(self, name: str, kind: Any, work: Callable[[], Awaitable[T]]) -> T:
        if self._closing.is_set():
            await park()
        self._board.stage(self._job, name)

        async def run() -> Any:
            return encode(kind, await work())

        async with self._gates.of(name):
            recorded = await DBOS.run_step_async(
                {"name": name, "retries_allowed": name in _RETRIED, "max_attempts": 8}, run
            )
        value: T = decode(kind, recorded)
        return value

    async def sleep(self, seconds: float) -> None:
        await DBOS.sleep_async(seconds)

    async def generate(self, attempt: int, request: GenerationRequest) -> tuple[Draft, ...]:
        with SetWorkflowID(f"{self._job}/gen/{attempt}"):
            handle = await DBOS.enqueue_workflow_async(
                GPU, _generate, self._job, attempt, encode(GenerationRequest, request)
            )
        drawn: Any = await handle.get_result(polling_interval_sec=POLL_SECONDS)
        if isinstance(drawn, dict):
            raise RequestUnsupported(decode(Notice, drawn[UNSUPPORTED]))
        return decode(tuple[Draft, ...], drawn)


class Service:
    """A running line. Only one exists in a process, because DBOS is one per process."""

    def __init__(self, line: Line, records: Records, engine: SyncEngine, board: ProgressBoard, chats: Chats) -> None:
        self._line = line
        self._records = records
        self._engine = engine
        self._board = board
        self._flags: dict[str, threading.Event] = {}
        self.errands = Errands(records, chats, board, self.cancel)
        self.closing = asyncio.Event()
        self._gates = Gates()
        self._tasks: set[asyncio.Task[Any]] = set()

    @contextmanager
    def tracked(self) -> Iterator["Service"]:
        """Know the task of a running workflow, to end it before what it uses is closed."""
        task = asyncio.current_task()
        assert task is not None  # noqa: S101 - workflows are coroutines
        self._tasks.add(task)
        try:
            yield self
        finally:
            self._tasks.discard(task)

    async def end_workflows(self) -> None:
        """Cancel what still runs, once the engine is gone: nothing is recorded, and the next process goes on."""
        leftover = tuple(self._tasks)
        for task in leftover:
            task.cancel()
        await asyncio.gather(*leftover, return_exceptions=True)

    @cached_property
    def _client(self) -> DBOSClient:
        return dbos_client(self._engine)

    async def submit(self, order: Order, turn: TurnRecord | None = None) -> None:
        """Make the order durable; returns after the commit. The same job id again changes nothing."""
        await enqueue(self._records, self._client, order, turn)

    async def cancel(self, job: str) -> None:
        """Stop a job wherever it is: the engine at its next step, the rest at once; one that is done stays as it is."""
        if (flag := self._flags.get(job)) is not None:
            flag.set()
        record = await self._records.job(job)
        if record is None or record.status == "done":
            return
        await self._line.cancel(job)
        self.errands.ended(job)
        await DBOS.cancel_workflow_async(job, cancel_children=True)

    async def close_dead_jobs(self) -> None:
        """Close jobs whose workflow has ended or never was: they would hold up their conversation for ever."""
        for job in await self._records.unfinished_jobs():
            status = await DBOS.get_workflow_status_async(job.id)
            if status is None or status.status not in _ALIVE:
                log.error("job_found_dead", job=job.id, workflow=status.status if status else "missing")
                await self._line.bury(job.id)
                self.errands.ended(job.id)

    async def forget_finished(self) -> int:
        """Delete workflows that ended more than ``KEPT_SECONDS`` ago: their inputs hold people's words.

        A job's own row stays and keeps its id from being used again.
        """
        before = (datetime.now(UTC) - timedelta(seconds=KEPT_SECONDS)).isoformat()
        forgotten = 0
        while True:
            ended = await DBOS.list_workflows_async(
                status=list(_ENDED),
                completed_before=before,
                has_parent=False,  # a child goes with its parent, which may still want its result
                limit=FORGOTTEN_AT_ONCE,
                load_input=False,
                load_output=False,
            )
            if ended:
                await DBOS.delete_workflows_async([workflow.workflow_id for workflow in ended], delete_children=True)
            forgotten += len(ended)
            if len(ended) < FORGOTTEN_AT_ONCE:
                return forgotten

    async def forget(self, jobs: Sequence[str]) -> None:
        """Delete the workflows of jobs that have ended, now: somebody's words are to be erased."""
        ids = [identity for job in jobs for identity in (job, errand_id(job))]
        await DBOS.delete_workflows_async(ids, delete_children=True)

    async def run_job(self, order: Order) -> dict[str, Any]:
        """The body of workflow ``job``."""
        durable = _DurableJob(order.job, self._board, self.closing, self._gates)
        with structlog.contextvars.bound_contextvars(job=order.job):
            try:
                # A request that kills its process would be recovered for ever, so starts are counted, not steps.
                if await self._records.count_attempt(order.job) > 2 * MAX_STARTS:  # drawing gives up before
                    raise RenderFailed("started too often")  # noqa: TRY301 - one way to fail
                if order.address is not None:
                    order = await self.errands.gather(order, durable)
                answer = await self._line.walk(order, durable)
            except RequestUnsupported as exc:
                notice = exc.notice
                log.info("job_not_drawable", reason=notice.key)
                answer = await durable.step("fail", Answer, lambda: self._line.decline(order, notice))
            except Exception as exc:
                if self.closing.is_set():
                    await park()
                log.exception("job_failed", error=type(exc).__name__)
                answer = await durable.step("fail", Answer, lambda: self._line.fail(order))
            finally:
                self._board.remove(order.job)
                self.errands.ended(order.job)
                if not self.closing.is_set() and await self._is_over(order.job):
                    # A step that was running when the job was cancelled may have staged something after its end.
                    await self._line.drawing.discard(order.job)
            log.info("job_closed", outcome=answer.outcome, images=len(answer.generations))
            document: dict[str, Any] = encode(Answer, answer)
            return document

    async def run_errand(self, order: Order) -> None:
        """The body of workflow ``errand``."""
        durable = _DurableJob(order.job, self._board, self.closing, self._gates)
        with structlog.contextvars.bound_contextvars(job=order.job):
            try:
                await self.errands.run(order, durable)
            except Exception as exc:
                if self.closing.is_set():
                    await park()
                log.exception("errand_failed", error=type(exc).__name__)
                raise

    async def run_generate(self, job: str, attempt: int, request: GenerationRequest) -> list[Any] | dict[str, Any]:
        """The body of workflow ``generate``: one durable step, because half a picture is worth nothing."""

        async def draw() -> list[Any] | dict[str, Any]:
            flag = self._flags.setdefault(job, threading.Event())
            if await self._records.count_attempt(job, 0) > MAX_STARTS:
                raise RenderFailed("given up: the process ended each time that this was drawn")
            try:
                async with asyncio.TaskGroup() as tasks:
                    watches = (
                        tasks.create_task(self._watch(job, flag)),
                        tasks.create_task(self._line.drawing.previews.watch(job)),
                    )
                    try:
                        drafts = await self._line.drawing.draw(job, attempt, request, flag)
                    except RequestUnsupported as exc:
                        return {UNSUPPORTED: encode(Notice, exc.notice)}
                    except EngineLost:
                        # Whoever started the process ends it; recorded as failed, the job would not be taken up again.
                        with suppress(Exception):  # the process may be ending already
                            await self._records.count_attempt(job, LOSS)
                        await park()
                    finally:
                        for watch in watches:
                            watch.cancel()
            finally:
                self._flags.pop(job, None)
                if await self._is_over(job):
                    await self._line.drawing.discard(job)
            drawn: list[Any] = encode(tuple[Draft, ...], drafts)
            return drawn

        return await DBOS.run_step_async({"name": "render"}, draw)

    async def _watch(self, job: str, flag: threading.Event) -> None:
        """Set the flag once the job is over: somebody in another process cancelled it."""
        while not flag.is_set():
            await asyncio.sleep(WATCH_SECONDS)
            if await self._is_over(job):
                flag.set()

    async def _is_over(self, job: str) -> bool:
        record = await self._records.job(job)
        return record is not None and record.status == "done"


def _take_over_log(closing: asyncio.Event) -> None:
    """DBOS brings its own console handler; what it has to say goes where all logs go.

    Left out: the traceback of every failed workflow, which we log ourselves with the job's id, and the complaints of
    steps whose engine is being closed under them.
    """
    dbos_log = logging.getLogger("dbos")
    dbos_log.handlers.clear()
    dbos_log.filters.clear()
    dbos_log.propagate = True
    dbos_log.addFilter(lambda record: not (closing.is_set() or record.getMessage().startswith("Exception encountered")))


async def park() -> NoReturn:
    """Wait for the end of the process.

    A job that went on while its engine closes would be recorded as failed for ever; one that stands still is taken up
    by the next process at its last checkpoint.
    """
    await asyncio.Event().wait()
    raise AssertionError("nobody sets this event")


@asynccontextmanager
async def running(
    line: Line, records: Records, engine: SyncEngine, board: ProgressBoard, chats: Chats
) -> AsyncIterator[Service]:
    """Launch the engine, recover what was interrupted, and serve until the block is left.

    Args:
        line: The wired line.
        records: Where jobs are opened.
        engine: A synchronous SQLAlchemy engine on the same database (SQLite in WAL mode, or PostgreSQL).
        board: Told which step each job is at.
        chats: What errands remember of the posts they made.
    """
    global _current  # noqa: PLW0603 - DBOS finds workflows by module-level functions, one service per process
    if _current is not None:
        raise RuntimeError("a service is already running in this process")
    config: DBOSConfig = {
        "name": APPLICATION,
        "system_database_engine": engine,
        "serializer": DBOSPortableJSONSerializer(),
        "application_version": APPLICATION_VERSION,
        "executor_id": EXECUTOR,
        "notification_listener_polling_interval_sec": POLL_SECONDS,
        "log_level": "ERROR",
        "enable_otlp": False,
    }
    await asyncio.to_thread(register_queues, engine)
    DBOS(config=config)
    # Recovery starts inside launch, so the service must be findable before it.
    _current = Service(line, records, engine, board, chats)
    _take_over_log(_current.closing)
    try:
        DBOS.launch()  # on this loop's thread: DBOS then runs the workflows on this loop
        yield _current
    finally:
        _current.closing.set()
        await asyncio.to_thread(DBOS.destroy)
        await _current.end_workflows()
        _current = None
        # DBOS lends its own threads to the loop and has just ended them; whoever closes files after us needs some.
        asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor())
