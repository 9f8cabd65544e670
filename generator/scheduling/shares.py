"""Weighted fair order: tenants, and within each of them its requesters, by the work they have had.

Every flow has a virtual clock that advances by the work done for it over its weight. The jobs of all flows are put in
the order in which they would end if all flows ran side by side, each at its weight's share (the finish times of
Demers, Keshav and Shenker, "Analysis and Simulation of a Fair Queueing Algorithm", 1989; clocks that start at the
least advanced one as in Goyal, Vin and Cheng, "Start-time Fair Queueing", 1996). So a job is not cut into slices for
fairness' sake, yet nobody ends later than with slices, but for what is in the device right now.
"""

from collections.abc import Hashable, Iterable, Mapping, Sequence
from typing import Generic, TypeVar

Key = TypeVar("Key", bound=Hashable)
Item = TypeVar("Item")


class Clocks(Generic[Key]):
    """The virtual clocks of flows. A flow that comes back after a while has saved up nothing."""

    def __init__(self) -> None:
        self._spent: dict[Key, float] = {}
        self._floor = 0.0

    def enter(self, key: Key) -> None:
        """A flow has work from now on; one that has had work all along is left alone."""
        if key not in self._spent:
            self._spent[key] = self._floor

    def charge(self, key: Key, cost: float) -> None:
        """So much work was done for a flow, over its weight."""
        self._spent[key] = self._spent.get(key, self._floor) + cost

    def keep(self, busy: Iterable[Key]) -> None:
        """Only these flows have work; the others are forgotten once the rest has caught up with them."""
        now = set(busy)
        if now:
            self._floor = max(self._floor, min(self._spent.get(key, self._floor) for key in now))
        self._spent = {key: spent for key, spent in self._spent.items() if key in now or spent > self._floor}

    def of(self, key: Key) -> float:
        """What a flow's clock shows."""
        return self._spent.get(key, self._floor)


def in_order(
    flows: Mapping[Key, Sequence[tuple[float, Item]]], clocks: Clocks[Key], weights: Mapping[Key, float]
) -> list[tuple[float, Key, Item]]:
    """All items with what is left of them to do, in the order of their virtual ends; equal ends keep the flows' order.

    Args:
        flows: The items of each flow in the flow's own order, each with the work it still needs.
        clocks: The flows' clocks.
        weights: Above 0; 1 for a flow that is not in it.
    """
    found: list[tuple[float, Key, Item]] = []
    for key, items in flows.items():
        end, weight = clocks.of(key), weights.get(key, 1.0)
        for left, item in items:
            end += left / weight
            found.append((end, key, item))
    found.sort(key=lambda one: one[0])
    return found
