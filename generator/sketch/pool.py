"""Worker processes for drawing. The renderer holds the interpreter lock, so threads would stall the event loop.

Cancelling kills: who sets the flag, cancels the awaiting task or lets the time run out gets its worker's process
killed, and the next job starts a fresh one. Knows nothing of scenes.
"""

import asyncio
import os
from collections.abc import Callable, Coroutine
from functools import cache
from typing import Any, TypeVar, TypeVarTuple

import anyio
from anyio import CapacityLimiter, to_process
from anyio.abc import TaskGroup

from generator.engine import CancelFlag
from generator.errors import GeneratorError, RenderCancelled, RenderFailed, RenderTimeout

_POLL_SECONDS = 0.02
_NICENESS = 10

Result = TypeVar("Result")
Arguments = TypeVarTuple("Arguments")


class _Never:
    def is_set(self) -> bool:
        return False


NEVER: CancelFlag = _Never()
"""A flag that nobody can set."""


class WorkerPool:
    """Runs functions in worker processes, as many at once as there are processors."""

    def __init__(self, timeout_seconds: float) -> None:
        """``timeout_seconds`` limits every single call; waiting for a free worker does not count."""
        self._timeout = timeout_seconds
        self._size = max(1, len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1)
        self._turns = asyncio.Semaphore(self._size)
        self._limiter = CapacityLimiter(self._size)

    async def warm(self, function: Callable[[], None]) -> None:
        """Start every worker and run ``function`` in it."""

        async def one(_index: int) -> None:
            await self.call(NEVER, function)

        await together(one, self._size)

    async def call(
        self, cancel: CancelFlag, function: Callable[[*Arguments], Result], *arguments: *Arguments
    ) -> Result:
        """Run ``function(*arguments)`` in a worker; everything must be picklable.

        Raises:
            RenderCancelled: The flag was set; the worker is dead.
            RenderTimeout: It took longer than the limit; the worker is dead.
            RenderFailed: The function raised, or the worker died.
        """
        while not cancel.is_set():
            try:
                async with asyncio.timeout(_POLL_SECONDS):
                    await self._turns.acquire()
            except TimeoutError:
                continue
            break
        else:
            raise RenderCancelled("cancelled while waiting")
        try:
            return await self._watched(cancel, function, *arguments)
        finally:
            self._turns.release()

    async def _watched(
        self, cancel: CancelFlag, function: Callable[[*Arguments], Result], *arguments: *Arguments
    ) -> Result:
        results: list[Result] = []
        failure: GeneratorError | None = None
        with anyio.move_on_after(self._timeout) as limit:
            async with anyio.create_task_group() as group:
                group.start_soon(_watch, cancel, group)
                try:
                    results.append(
                        await to_process.run_sync(
                            _politely, function, *arguments, cancellable=True, limiter=self._limiter
                        )
                    )
                except Exception as error:  # noqa: BLE001 - whatever a worker raises is a failed render
                    failure = RenderFailed(type(error).__name__)
                    failure.__cause__ = error
                group.cancel_scope.cancel()
        if failure is not None:
            raise failure
        if results:
            return results[0]
        if limit.cancelled_caught and not cancel.is_set():
            raise RenderTimeout(self._timeout)
        raise RenderCancelled("cancelled while drawing")


def _politely(function: Callable[[*Arguments], Result], *arguments: *Arguments) -> Result:
    """In the worker: let the event loop go first whenever both want the same processor."""
    _lower_priority()
    return function(*arguments)


@cache
def _lower_priority() -> None:
    if hasattr(os, "nice"):
        os.nice(_NICENESS)


async def _watch(cancel: CancelFlag, group: TaskGroup) -> None:
    while not cancel.is_set():
        await anyio.sleep(_POLL_SECONDS)
    group.cancel_scope.cancel()


async def together(job: Callable[[int], Coroutine[Any, Any, None]], count: int) -> None:
    """Run ``job(0)`` to ``job(count - 1)`` at once; the first error stops the others and is raised bare."""
    try:
        async with anyio.create_task_group() as group:
            for index in range(count):
                group.start_soon(job, index)
    except BaseExceptionGroup as errors:
        first = _first(errors)
        if first is None:
            raise
        raise first from first.__cause__


def _first(errors: BaseExceptionGroup[BaseException]) -> GeneratorError | None:
    """The error that the caller can act upon; cancellation of the siblings is only its echo."""
    for error in errors.exceptions:
        found = _first(error) if isinstance(error, BaseExceptionGroup) else error
        if isinstance(found, GeneratorError):
            return found
    return None
