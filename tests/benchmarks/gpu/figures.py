"""The figures of a run, as they are printed and kept."""

from collections.abc import Sequence
from dataclasses import dataclass

from tests.benchmarks.gpu.ours import Served


@dataclass(frozen=True, slots=True, kw_only=True)
class Throughput:
    """A batch of equal images: images per second of the bare loop, of the compiled one, of ours, and the bound."""

    name: str
    bare: float
    compiled: float | None
    ours: float
    bound: float

    def lines(self) -> list[str]:
        """As printed."""
        compiled = "-" if self.compiled is None else f"{self.compiled:.2f}"
        line = (
            f"{self.name}: (a) {self.bare:.2f}, (b) {compiled}, (c) {self.ours:.2f} images/s"
            f" ({1 / self.bare:.3f}, {1 / self.ours:.3f} s per image with (a), (c));"
            f" (c)/(a) {self.ours / self.bare:.2f}, (c)/denoise bound {self.ours / self.bound:.2f}"
        )
        return [line]


def latency(name: str, seconds: Sequence[float]) -> str:
    """p50, p95 and p99 of waits in seconds."""
    return f"{name}: p50 {part(seconds, 0.5):.2f}, p95 {part(seconds, 0.95):.2f}, p99 {part(seconds, 0.99):.2f} s"


def part(values: Sequence[float], share: float) -> float:
    """The value that this share of the values does not exceed."""
    found = sorted(values)
    return found[min(len(found) - 1, int(share * len(found)))] if found else float("nan")


def foretelling(served: Sequence[Served]) -> str:
    """How well the seconds until the image came true, for those that waited."""
    errors = [abs(one.foretold - one.seconds) / one.seconds for one in served if one.foretold is not None]
    return f"forecasts: {len(errors)}, median absolute error {100 * part(errors, 0.5):.0f} %"
