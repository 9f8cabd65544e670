"""Orderings: sort things so that what must come first does. It knows only names."""

from collections.abc import Callable, Collection, Hashable, Sequence
from typing import TypeVar

Name = TypeVar("Name", bound=Hashable)


def topological(
    names: Sequence[Name], before: Collection[tuple[Name, Name]], key: Callable[[Name], float] | None = None
) -> list[Name]:
    """``names`` so that each pair of ``before`` is respected; among the ready ones the least key, else the given order.

    Pairs of a cycle are ignored where they cannot be respected, so every name appears exactly once.
    """
    waiting = dict.fromkeys(names, 0)
    after: dict[Name, list[Name]] = {name: [] for name in names}
    for first, second in set(before):
        if first in waiting and second in waiting and first != second:
            waiting[second] += 1
            after[first].append(second)
    rank = {name: (key(name) if key else 0.0, index) for index, name in enumerate(names)}
    result: list[Name] = []
    while waiting:
        ready = [name for name, count in waiting.items() if count <= 0] or list(waiting)
        chosen = min(ready, key=rank.__getitem__)
        del waiting[chosen]
        result.append(chosen)
        for name in after[chosen]:
            if name in waiting:
                waiting[name] -= 1
    return result


def closure(count: int, pairs: Collection[tuple[int, int]]) -> list[int]:
    """For each of ``count`` nodes the set of nodes reached along ``pairs``, as a bit mask."""
    reached = [0] * count
    for first, second in pairs:
        reached[first] |= 1 << second
    for middle in range(count):
        for node in range(count):
            if reached[node] >> middle & 1:
                reached[node] |= reached[middle]
    return reached
