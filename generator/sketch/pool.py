"""Worker processes for drawing. The renderer holds the interpreter lock, so threads would stall the event loop.

Cancelling kills: who sets the flag, cancels the awaiting task or lets the time run out gets its worker's process
killed, and the next job starts a fresh one. Knows nothing of scenes.
"""

import asyncio
import os
from collections.abc import Callable
from typing import TypeVar, TypeVarTuple

import anyio
from anyio import CapacityLimiter, to_process
from anyio.abc import TaskGroup

from generator.engine import CancelFlag
from generator.errors import GeneratorError, RenderCancelled, RenderFailed, RenderTimeout

_POLL_SECONDS = 0.02

Result = TypeVar("Result")
Arguments = TypeVarTuple("Arguments")


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
        async with anyio.create_task_group() as group:
            for _ in range(self._size):
                group.start_soon(self.call_alone, function)

    async def call_alone(self, function: Callable[[], None]) -> None:
        """Run without a cancel flag."""
        await self.call(_Never(), function)

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
                        await to_process.run_sync(function, *arguments, cancellable=True, limiter=self._limiter)
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


class _Never:
    """A flag that nobody can set."""

    def is_set(self) -> bool:
        return False


async def _watch(cancel: CancelFlag, group: TaskGroup) -> None:
    while not cancel.is_set():
        await anyio.sleep(_POLL_SECONDS)
    group.cancel_scope.cancel()
