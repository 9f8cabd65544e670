"""What goes wrong on purpose: seeded, counted, for chosen routes."""

import fnmatch
import random
from collections import Counter
from dataclasses import dataclass


@dataclass(slots=True, kw_only=True)
class Fault:
    """One kind of trouble, for so many requests or with a probability."""

    kind: str
    method: str
    path: str
    left: int | None
    probability: float
    status: int = 0
    seconds: float = 0.0

    def concerns(self, method: str, path: str, template: str) -> bool:
        """Whether a request can meet it."""
        if self.left == 0 or self.method not in ("*", method):
            return False
        return fnmatch.fnmatchcase(path, self.path) or fnmatch.fnmatchcase(template, self.path)


class Faults:
    """Troubles that wait for requests. ``counts`` has how often each struck, by kind.

    Each is set for requests by method and by a pattern (``*`` and ``?``) of the path without ``/api/v10`` or of its
    template (``/channels/{channel}/messages``). ``times`` bounds how often it strikes; with a probability it strikes
    by chance, without ``times`` forever.
    """

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)
        self._waiting: list[Fault] = []
        self.counts: Counter[str] = Counter()
        self.gateway_cut_probability = 0.0

    def rate_limit(
        self,
        times: int | None = 1,
        *,
        seconds: float = 0.2,
        everywhere: bool = False,
        probability: float = 1.0,
        method: str = "*",
        path: str = "*",
    ) -> None:
        """429, for the bucket or for everything."""
        kind = "rate_limit_global" if everywhere else "rate_limit"
        self._add(Fault(kind=kind, method=method, path=path, left=times, probability=probability, seconds=seconds))

    def error(
        self, times: int | None = 1, *, status: int = 500, probability: float = 1.0, method: str = "*", path: str = "*"
    ) -> None:
        """An answer of 5xx; nothing was done."""
        self._add(Fault(kind="error", method=method, path=path, left=times, probability=probability, status=status))

    def cut(self, times: int | None = 1, *, probability: float = 1.0, method: str = "*", path: str = "*") -> None:
        """The connection is cut before anything is done."""
        self._add(Fault(kind="cut", method=method, path=path, left=times, probability=probability))

    def lose_answer(
        self, times: int | None = 1, *, probability: float = 1.0, method: str = "*", path: str = "*"
    ) -> None:
        """It is done, and then the connection is cut instead of an answer."""
        self._add(Fault(kind="answer_lost", method=method, path=path, left=times, probability=probability))

    def error_after(
        self, times: int | None = 1, *, status: int = 502, probability: float = 1.0, method: str = "*", path: str = "*"
    ) -> None:
        """It is done, and yet the answer is 5xx."""
        self._add(
            Fault(kind="error_after", method=method, path=path, left=times, probability=probability, status=status)
        )

    def slow(
        self, times: int | None = 1, *, seconds: float, probability: float = 1.0, method: str = "*", path: str = "*"
    ) -> None:
        """The answer takes so long."""
        self._add(Fault(kind="slow", method=method, path=path, left=times, probability=probability, seconds=seconds))

    def clear(self) -> None:
        """No more trouble."""
        self._waiting.clear()
        self.gateway_cut_probability = 0.0

    def _add(self, fault: Fault) -> None:
        self._waiting.append(fault)

    def meet(self, method: str, path: str, template: str) -> Fault | None:
        """The trouble that a request meets, if any."""
        for fault in self._waiting:
            if not fault.concerns(method, path, template):
                continue
            if fault.probability < 1 and self._random.random() >= fault.probability:
                continue
            if fault.left is not None:
                fault.left -= 1
            self.counts[fault.kind] += 1
            return fault
        return None

    def cuts_gateway(self) -> bool:
        """Whether the gateway's connection is cut now."""
        if self.gateway_cut_probability and self._random.random() < self.gateway_cut_probability:
            self.counts["gateway_cut"] += 1
            return True
        return False
