"""Keeping the device busy and the queue honest: how far launches may run ahead, and how long each forward took.

A GPU computes what it was told while the thread goes on. One forward may be in the making while the next is prepared;
a second one would be decided too early, for who is next may change and a cancelled request would still be computed.
"""

import time
from collections.abc import Callable
from typing import Protocol

import torch

Took = Callable[[float], None]


class Pace(Protocol):
    """Told of every forward; tells how long it took."""

    def begin(self) -> None:
        """A forward is about to be launched."""
        ...

    def launched(self, took: Took) -> None:
        """It was launched. ``took`` is called with its seconds, now or when a later one is launched."""
        ...

    def idle(self) -> None:
        """Nothing follows for now: whatever is open is waited for."""
        ...


def pace_of(device: torch.device) -> Pace:
    """The pace of a device."""
    return _CudaPace(device) if device.type == "cuda" else _HostPace()


class _HostPace:
    """Where a forward is over when its call returns."""

    def __init__(self) -> None:
        self._since = 0.0

    def begin(self) -> None:
        self._since = time.perf_counter()

    def launched(self, took: Took) -> None:
        took(time.perf_counter() - self._since)

    def idle(self) -> None:
        """Nothing is ever open."""


class _CudaPace:
    """Where it is over when an event says so. The seconds of a forward are those since the end of the one before."""

    def __init__(self, device: torch.device) -> None:
        self._stream = torch.cuda.default_stream(device)
        self._before: torch.cuda.Event | None = None
        self._open: tuple[torch.cuda.Event, Took] | None = None

    def begin(self) -> None:
        if self._before is None:
            self._before = self._mark()

    def launched(self, took: Took) -> None:
        event = self._mark()
        self._finish()
        self._open = (event, took)

    def idle(self) -> None:
        self._finish()
        self._before = None

    def _mark(self) -> torch.cuda.Event:
        event = torch.cuda.Event(enable_timing=True)
        event.record(self._stream)
        return event

    def _finish(self) -> None:
        if self._open is None or self._before is None:
            return
        event, took = self._open
        event.synchronize()
        took(self._before.elapsed_time(event) / 1000)
        self._before, self._open = event, None
