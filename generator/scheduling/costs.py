"""What a denoising step costs, as a formula fitted to measurements on the card."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

LEAST: Final = 0.01
"""Of the longest measured forward: what its tokens cost at least. Where a forward takes as long for few tokens as for
many, shares are still counted in tokens."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StepCosts:
    """Seconds of one forward: ``fixed`` per forward, ``linear`` per token, ``square`` per squared length of a sequence.

    Attention is within each request, so its squares add up and do not mix.
    """

    fixed: float
    linear: float
    square: float = 0.0

    def alone(self, tokens: int) -> float:
        """The part of a forward's seconds that is due to one request of so many tokens."""
        return self.linear * tokens + self.square * tokens * tokens

    def together(self, lengths: Iterable[int]) -> float:
        """Seconds of one forward of requests of these lengths."""
        return self.fixed + sum(self.alone(tokens) for tokens in lengths)


def fit(samples: Sequence[tuple[Sequence[int], float]]) -> StepCosts:
    """The costs that explain measured forwards best: least squares with no negative term, and never nothing for a token.

    Args:
        samples: Lengths of the requests of a forward, and the seconds it took. Three or more of different lengths.

    Raises:
        ValueError: Too few samples.
    """
    if len(samples) < 3:
        raise ValueError("costs need three measured forwards or more")
    rows = [(1.0, float(sum(lengths)), float(sum(n * n for n in lengths))) for lengths, _ in samples]
    seconds = [taken for _, taken in samples]
    best = min(_solutions(rows, seconds), key=lambda found: found[0])[1]
    longest = max(sum(lengths) for lengths, _ in samples)
    return StepCosts(fixed=best[0], linear=max(best[1], LEAST * max(seconds) / longest), square=best[2])


def _solutions(
    rows: Sequence[tuple[float, float, float]], seconds: Sequence[float]
) -> Iterable[tuple[float, tuple[float, float, float]]]:
    """Squared error and solution for every set of terms that may be other than zero, as far as none is negative."""
    matrix, target = np.array(rows), np.array(seconds)
    scale = matrix.max(axis=0)
    for terms in ((0, 1, 2), (0, 1), (0, 2), (1, 2), (1,), (0,), (2,)):
        part = matrix[:, terms] / scale[list(terms)]
        found, *_ = np.linalg.lstsq(part, target, rcond=None)
        if (found < 0).any():
            continue
        whole = [0.0, 0.0, 0.0]
        for term, value in zip(terms, found / scale[list(terms)], strict=True):
            whole[term] = float(value)
        yield float(((part @ found - target) ** 2).sum()), (whole[0], whole[1], whole[2])
