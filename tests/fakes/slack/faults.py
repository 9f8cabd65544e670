"""Troubles on demand: some requests are refused, cut, answered with an error, or done without anybody hearing of it."""

import asyncio
import random
from collections import Counter
from dataclasses import dataclass, field
from typing import Literal

Kind = Literal["rate_limit", "error", "error_after", "cut", "answer_lost", "slow_commit", "refuse"]


@dataclass(slots=True, kw_only=True)
class Fault:
    """One trouble. ``times`` counts down; None for ever.

    Attributes:
        kind: ``rate_limit``: 429 with Retry-After. ``error``: a 5xx, nothing is done. ``error_after``: a 5xx, it was
            done. ``cut``: the connection breaks, nothing is done. ``answer_lost``: it breaks, it was done.
            ``slow_commit``: it breaks, and it is done some seconds later. ``refuse``: Slack's own error ``code``.
        until: With it a slow commit waits for this instead.
        method: ``chat.postMessage``; None for every method, ``upload`` and ``download`` for files.
    """

    kind: Kind
    method: str | None
    times: int | None = 1
    probability: float = 1.0
    seconds: float = 1.0
    status: int = 503
    code: str = "fatal_error"
    until: asyncio.Event | None = None


@dataclass(slots=True)
class Faults:
    """The troubles that are set, and how many of each kind happened."""

    seed: int = 0
    counts: Counter[str] = field(default_factory=Counter)
    set_: list[Fault] = field(default_factory=list)
    socket_cut_probability: float = 0.0
    socket_lost_probability: float = 0.0
    chance: random.Random = field(init=False)

    def __post_init__(self) -> None:
        self.chance = random.Random(self.seed)

    def add(self, kind: Kind, method: str | None = None, **more: object) -> None:
        """Set a trouble; with a probability it lasts until it is cleared."""
        if "probability" in more:
            more.setdefault("times", None)
        self.set_.append(Fault(kind=kind, method=method, **more))  # type: ignore[arg-type]  # as the caller says

    def clear(self) -> None:
        """No more troubles."""
        self.set_.clear()
        self.socket_cut_probability = self.socket_lost_probability = 0.0

    def meet(self, method: str) -> Fault | None:
        """The trouble that a request runs into."""
        for fault in self.set_:
            if fault.method not in (None, method) or fault.times == 0 or self.chance.random() >= fault.probability:
                continue
            if fault.times is not None:
                fault.times -= 1
            self.counts[fault.kind] += 1
            return fault
        return None

    def cuts_socket(self) -> bool:
        """Whether the socket breaks before this envelope."""
        cut = self.chance.random() < self.socket_cut_probability
        self.counts["socket_cut"] += cut
        return cut

    def loses_acknowledgement(self) -> bool:
        """Whether Slack does not hear this acknowledgement."""
        lost = self.chance.random() < self.socket_lost_probability
        self.counts["ack_lost"] += lost
        return lost
