"""How long things take against what was foretold: learned from how earlier forecasts turned out."""

import math
from collections.abc import Hashable
from typing import Final

SMOOTHING: Final = 0.08
FURTHEST: Final = 20.0


class Calibration:
    """The factor by which reality differs from a forecast, as a running geometric mean."""

    def __init__(self) -> None:
        self._log = 0.0
        self._seen = 0

    @property
    def factor(self) -> float:
        """What a forecast is to be multiplied by; 1 before anything was seen."""
        return math.exp(self._log)

    def note(self, expected: float, taken: float) -> None:
        """Something was expected to take so many seconds and took so many."""
        if expected <= 0 or taken <= 0:
            return
        ratio = min(max(taken / expected, 1 / FURTHEST), FURTHEST)
        self._seen += 1
        share = max(SMOOTHING, 1 / self._seen)  # the first ones count fully: there is nothing older to trust
        self._log += share * (math.log(ratio) - self._log)


class Forecasts:
    """Corrects forecasts by kind and length: what is urgent is overtaken by nobody, what is long by many.

    A forecast counts the work that is lined up. How much arrives later and goes first can only be learned.
    """

    def __init__(self) -> None:
        self._by_class: dict[tuple[Hashable, int], Calibration] = {}

    def corrected(self, kind: Hashable, seconds: float) -> float:
        """A forecast of so many seconds, by what became of similar ones."""
        found = self._by_class.get(_class(kind, seconds))
        return seconds if found is None else seconds * found.factor

    def note(self, kind: Hashable, foretold: float, taken: float) -> None:
        """A forecast of so many seconds, before its correction, took so many."""
        if foretold > 0:
            self._by_class.setdefault(_class(kind, foretold), Calibration()).note(foretold, taken)


def _class(kind: Hashable, seconds: float) -> tuple[Hashable, int]:
    """Forecasts within a factor of two of each other are alike."""
    return kind, round(math.log2(max(seconds, 1e-3)))
