"""The thread that owns the device: it opens requests, lets them share forwards, and gives each its next answer.

Between any two forwards it takes in new requests, drops cancelled ones and asks the scheduler anew who is next.
"""

import queue
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import Any, Final, TypeVar

import structlog
import torch

from generator.diffusion.aside import Aside, Done
from generator.diffusion.fibers import Call, Fiber
from generator.diffusion.pacing import pace_of
from generator.errors import EngineLost, RenderCancelled
from generator.scheduling.scheduler import Estimate, Scheduler
from generator.scheduling.ticket import Ticket

AHEAD: Final = 4
"""Requests that wait with their text encoded, so that no forward has to wait for an encoder."""

Result = TypeVar("Result")
Forward = Callable[[str, Sequence[Call]], Sequence[Any]]

log = structlog.get_logger(__name__)


class DeviceLost(EngineLost):
    """The device does not answer any more; this process cannot draw again."""


@dataclass(slots=True, kw_only=True)
class Work:
    """A request for one image.

    Attributes:
        open: Builds its pipeline and gives what runs it; called in the device's thread.
        on_step: Called in the device's thread after each of its steps, with the number of steps behind it.
        future: Gets what the pipeline returns.
    """

    ticket: Ticket
    open: Callable[[], Callable[[], Any]]
    on_step: Callable[[int], None] = lambda _done: None
    future: "Future[Any]" = field(default_factory=Future)
    fiber: Fiber | None = None
    done: int = 0
    foretold: Estimate | None = None
    since: float = 0.0


class Device:
    """Runs work until it is closed."""

    def __init__(
        self,
        scheduler: Scheduler,
        forward: Forward,
        device: torch.device,
        on_lost: Callable[[BaseException], None] = lambda _error: None,
    ) -> None:
        """Start the thread.

        Args:
            scheduler: Belongs to the thread from now on.
            forward: Computes the calls of requests of one model together, one answer per call, in their order.
            device: Where the models are.
            on_lost: Called once if the device is lost; nothing can be drawn after it.
        """
        self._scheduler = scheduler
        self._forward = forward
        self._device = device
        self._on_lost = on_lost
        self._aside = Aside(device)
        self._pace = pace_of(device)
        self._inbox: queue.SimpleQueue[Callable[[], None]] = queue.SimpleQueue()
        self._works: dict[str, Work] = {}
        self._closing = False
        self._lost: BaseException | None = None
        self._thread = threading.Thread(target=self._run, name="threadbrush-device", daemon=True)
        self._thread.start()

    def submit(self, work: Work) -> None:
        """Line up a request. Its future ends with the result or with what the pipeline raised; safe in any thread."""
        self._inbox.put(lambda: self._take(work))

    def cancel(self, identity: str) -> None:
        """Stop a request before its next step; one that has ended stays as it is. Safe in any thread."""
        self._inbox.put(lambda: self._drop(identity, RenderCancelled("cancelled")))

    def estimate(self, identity: str) -> "Future[Estimate | None]":
        """When a request ends, as the thread sees it between two steps; None if it is not waiting for steps."""
        found: Future[Estimate | None] = Future()
        self._inbox.put(lambda: found.set_result(self._scheduler.estimate(identity)))
        return found

    @property
    def scheduler(self) -> Scheduler:
        """Of the device's thread: to be touched in ``call`` only."""
        return self._scheduler

    def call(self, run: Callable[[], Result]) -> "Future[Result]":
        """Run something in the device's thread, between two steps. Safe in any thread."""
        found: Future[Result] = Future()

        def told() -> None:
            try:
                found.set_result(run())
            except Exception as exc:  # noqa: BLE001 - it is raised where it was asked for
                found.set_exception(exc)

        self._inbox.put(told)
        return found

    def beside(self, run: Callable[[], Any], done: Done) -> None:
        """Compute something beside the forwards; ``done`` gets its result or its error. Safe in any thread."""
        self._aside.submit(run, done)

    def close(self) -> None:
        """Cancel everything and end the thread."""
        self._inbox.put(self._close)
        self._thread.join()
        self._aside.close()

    def _run(self) -> None:
        torch.set_grad_enabled(False)
        while not self._closing:
            self._read(wait=self._is_idle())
            if self._lost is not None:
                continue
            try:
                for identity in self._scheduler.to_prepare(AHEAD):
                    self._open(self._works[identity])
                pack = [ticket for ticket in self._scheduler.pack() if self._is_waiting(ticket.id)]
                if pack:
                    self._step(pack)
            except Exception as exc:  # noqa: BLE001 - whatever it is, the thread must not end without telling anybody
                self._lose(exc)

    def _is_idle(self) -> bool:
        if self._lost is None and (self._scheduler.pack() or self._unopened()):
            return False
        if self._lost is None:
            self._pace.idle()
        return True

    def _unopened(self) -> list[str]:
        return [one for one in self._scheduler.to_prepare(AHEAD) if self._works[one].fiber is None]

    def _read(self, *, wait: bool) -> None:
        """Do what other threads asked for; wait for something if there is nothing else to do."""
        if wait:
            self._inbox.get()()
        while True:
            try:
                told = self._inbox.get_nowait()
            except queue.Empty:
                return
            told()

    def _take(self, work: Work) -> None:
        if not work.future.set_running_or_notify_cancel():
            return
        if self._lost is not None:
            work.future.set_exception(DeviceLost(str(self._lost)))
            return
        try:
            self._scheduler.submit(work.ticket)
        except ValueError as exc:
            work.future.set_exception(exc)
            return
        self._works[work.ticket.id] = work
        work.since, work.foretold = time.monotonic(), self._scheduler.estimate(work.ticket.id)

    def _open(self, work: Work) -> None:
        if work.fiber is None:

            def begin() -> None:
                work.fiber = Fiber(work.open())
                work.fiber.start()

            self._advance(work, begin)

    def _advance(self, work: Work, move: Callable[[], None]) -> None:
        """Let a request run to its next call, and see what that is."""
        try:
            move()
        except Exception as exc:  # noqa: BLE001 - it is the request's, which raises it where it is waited for
            self._end(work, error=exc)
            return
        fiber, identity = work.fiber, work.ticket.id
        if fiber is None or fiber.is_over:
            self._end(work, value=None if fiber is None else fiber.result)
        elif fiber.call is not None and fiber.call.kind == "aside":
            self._scheduler.halted(identity)
            if work.done >= work.ticket.steps:
                self._leave(work)  # only pixels are left to be made of it
            call = fiber.call
            self._aside.submit(call.alone, lambda value, error: self._inbox.put(lambda: self._back(work, value, error)))
        else:
            if identity not in self._scheduler:
                self._scheduler.submit(work.ticket)  # it needs more steps than it said
            self._scheduler.prepared(identity)

    def _back(self, work: Work, value: Any, error: BaseException | None) -> None:
        """What a request wanted beside the forwards is there."""
        fiber = work.fiber
        if work.ticket.id not in self._works or fiber is None or fiber.is_over:
            return
        if error is not None and _is_fatal(error):
            self._lose(error)
            return
        self._advance(work, lambda: fiber.answer(value) if error is None else fiber.fail(error))

    def _is_waiting(self, identity: str) -> bool:
        work = self._works.get(identity)
        return work is not None and work.fiber is not None and work.fiber.call is not None

    def _step(self, pack: Sequence[Ticket]) -> None:
        works = [self._works[ticket.id] for ticket in pack]
        self._pace.begin()
        answers = self._answers(pack, works)
        if answers is None:
            return  # too many at once; the next pack is smaller
        self._pace.launched(lambda seconds: self._scheduler.took(pack, seconds))
        self._scheduler.stepped(pack, ended=())  # before anything of it ends and is forgotten, so that it is charged
        for work, answer in zip(works, answers, strict=True):
            fiber = work.fiber
            if fiber is None:
                continue
            if isinstance(answer, _Broken):
                error = answer.error
                self._advance(work, lambda fiber=fiber, error=error: fiber.fail(error))  # type: ignore[misc]
                continue
            work.done += 1
            work.on_step(work.done)
            self._advance(work, lambda fiber=fiber, answer=answer: fiber.answer(answer))  # type: ignore[misc]

    def _answers(self, pack: Sequence[Ticket], works: Sequence[Work]) -> Sequence[Any] | None:
        calls = [work.fiber.call for work in works if work.fiber is not None and work.fiber.call is not None]
        try:
            return self._forward(pack[0].model, calls)
        except torch.OutOfMemoryError:
            self._free()
            if self._scheduler.overflowed(pack):
                log.warning("pack_halved", requests=len(pack), tokens=sum(ticket.tokens for ticket in pack))
                return None
        except Exception as exc:
            if _is_fatal(exc):
                raise
            log.warning("pack_broke", requests=len(pack), error=type(exc).__name__)
        return [self._alone(pack[0].model, call) for call in calls]

    def _alone(self, model: str, call: Call) -> Any:
        """The answer to one call; the one that broke a pack breaks nobody else."""
        try:
            return self._forward(model, [call])[0]
        except Exception as exc:
            if _is_fatal(exc):
                raise
            self._free()
            return _Broken(exc)

    def _free(self) -> None:
        if self._device.type == "cuda":
            torch.cuda.empty_cache()

    def _drop(self, identity: str, error: Exception) -> None:
        work = self._works.get(identity)
        if work is None:
            return
        fiber = work.fiber
        if fiber is None or fiber.is_over:
            self._end(work, error=error)
        else:
            self._advance(work, lambda: fiber.fail(error))

    def _leave(self, work: Work) -> None:
        if self._scheduler.withdraw(work.ticket.id) and work.foretold is not None and work.done:
            self._scheduler.came_true(work.ticket, work.foretold, time.monotonic() - work.since)

    def _end(self, work: Work, value: Any = None, error: BaseException | None = None) -> None:
        self._works.pop(work.ticket.id, None)
        if error is None:
            self._leave(work)
            work.future.set_result(value)
        else:
            self._scheduler.withdraw(work.ticket.id)
            work.future.set_exception(error)

    def _lose(self, error: BaseException) -> None:
        log.error("device_lost", error=type(error).__name__)
        self._lost = error
        for work in list(self._works.values()):
            self._end(work, error=DeviceLost(str(error)))
        self._on_lost(error)

    def _close(self) -> None:
        self._closing = True
        for identity in list(self._works):
            self._drop(identity, RenderCancelled("the engine is closed"))


@dataclass(frozen=True, slots=True)
class _Broken:
    error: BaseException


def _is_fatal(error: BaseException) -> bool:
    """Whether the device is in a state that no later call can mend (a sticky CUDA error)."""
    return isinstance(error, torch.AcceleratorError) and not isinstance(error, torch.OutOfMemoryError)
