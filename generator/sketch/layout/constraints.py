"""Difference constraints ``x[b] >= x[a] + distance``: earliest places, latest places, and places near to wishes.

Plain arithmetic on indices; Source: Cormen et al., Introduction to Algorithms, section on difference constraints.
"""

from collections.abc import Sequence

Edge = tuple[int, int, float]
"""``(a, b, distance)``: b lies at least ``distance`` after a."""

_EPSILON = 1e-7


def earliest(starts: Sequence[float], edges: Sequence[Edge]) -> list[float] | None:
    """The least places that are not before ``starts`` and meet all edges, or None if the edges contradict each other."""
    places = list(starts)
    for _ in range(len(places) + 1):
        changed = False
        for first, second, distance in edges:
            if places[first] + distance > places[second] + _EPSILON:
                places[second] = places[first] + distance
                changed = True
        if not changed:
            return places
    return None


def latest(ends: Sequence[float], edges: Sequence[Edge]) -> list[float] | None:
    """The greatest places that are not after ``ends`` and meet all edges, or None."""
    mirrored = earliest([-end for end in ends], [(second, first, distance) for first, second, distance in edges])
    return None if mirrored is None else [-place for place in mirrored]


def near(
    wishes: Sequence[float], starts: Sequence[float], ends: Sequence[float], edges: Sequence[Edge]
) -> list[float] | None:
    """Places as near to ``wishes`` as one pass gets, within ``starts`` and ``ends``, meeting all edges; None if none exist.

    Each place is fixed in turn, from the first to the last wish, and its consequences are carried on.
    """
    low, high = earliest(starts, edges), latest(ends, edges)
    if low is None or high is None or any(a > b + 1e-3 for a, b in zip(low, high, strict=True)):
        return None
    for index in sorted(range(len(wishes)), key=lambda item: (wishes[item], item)):
        place = min(max(wishes[index], low[index]), max(high[index], low[index]))
        low[index] = high[index] = place
        pushed, pulled = earliest(low, edges), latest(high, edges)
        if pushed is None or pulled is None:
            return None
        low, high = pushed, pulled
    return low
