"""Which requests share the next denoising step: lanes, fair order, packs within a budget, and honest estimates."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from typing import Final

from generator.scheduling.costs import StepCosts
from generator.scheduling.forecasts import Calibration, Forecasts
from generator.scheduling.queue import Entry, FairQueue
from generator.scheduling.ticket import Lane, Ticket

INTERACTIVE_SHARE: Final = 0.75
CREDIT_PACKS: Final = 4.0
"""How many full packs the interactive lane may be ahead of its share: a burst of small requests is done at once."""

GROWTH: Final = 1.1
"""By how much a budget that was halved grows with every pack that fits, until it is whole again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Budget:
    """What one device bears.

    Attributes:
        tokens: Of one pack: where a longer one costs as much per token as two shorter ones. A single longer request goes alone.
        memory: Bytes of everything that is prepared; the first request may exceed it, alone.
        requests: Of one pack, at most.
    """

    tokens: int
    memory: int = 2**62
    requests: int = 64


UNKNOWN: Final = StepCosts(fixed=0.0, linear=1.0)
ALONE: Final = Budget(tokens=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """How long a ticket still takes.

    Attributes:
        place: How many tickets are served before it.
        seconds: Until its last step, as similar forecasts came true.
        plain: The same without that correction: the work that is lined up now.
    """

    place: int
    seconds: float
    plain: float


class Scheduler:
    """Keeps the unfinished tickets. Not safe for threads: one thread owns it, as it owns the device."""

    def __init__(
        self,
        costs: StepCosts = UNKNOWN,
        budget: Budget = ALONE,
        interactive_share: float = INTERACTIVE_SHARE,
    ) -> None:
        """Start empty.

        Args:
            costs: Of a step on this device; before anything was measured, only the order of lengths is known.
            budget: Of this device; before anything was measured, one request at a time.
            interactive_share: The part of the work, above 0 and below 1, that the interactive lane may take while the
                other one waits.
        """
        self.costs, self.budget = costs, budget
        self._pace = Calibration()
        self._forecasts = Forecasts()
        self._lanes = {lane: FairQueue(costs) for lane in Lane}
        self._share = interactive_share
        self._ahead = 0.0  # what the interactive lane took beyond its share, in seconds
        self._tokens = float(budget.tokens)  # of the next pack: fewer after one that did not fit
        self._count = 0

    def measured(self, costs: StepCosts, budget: Budget) -> None:
        """The device was measured: go on with this."""
        self.costs, self.budget, self._tokens = costs, budget, float(budget.tokens)
        for queue in self._lanes.values():
            queue.reckon(costs)

    def __len__(self) -> int:
        """How many tickets are unfinished."""
        return sum(len(queue.entries) for queue in self._lanes.values())

    def __contains__(self, identity: str) -> bool:
        """Whether a ticket is unfinished."""
        return any(identity in queue.entries for queue in self._lanes.values())

    def submit(self, ticket: Ticket) -> None:
        """Line up a ticket.

        Raises:
            ValueError: There is one of that id.
        """
        if ticket.id in self:
            raise ValueError(f"ticket {ticket.id} is lined up already")
        self._count += 1
        self._lanes[ticket.lane].add(Entry(ticket=ticket, number=self._count))

    def withdraw(self, identity: str) -> bool:
        """Forget a ticket, wherever it is; whether there was one."""
        for queue in self._lanes.values():
            if identity in queue.entries:
                queue.remove(identity)
                return True
        return False

    def order(self) -> list[Entry]:
        """Every unfinished ticket in the order in which they are served now."""
        first, second = self._lane_order()
        return [*self._lanes[first].in_order(), *self._lanes[second].in_order()]

    def to_prepare(self, ahead: int) -> tuple[str, ...]:
        """The tickets to prepare next, so that ``ahead`` wait ready, as far as memory allows."""
        order = self.order()
        held = sum(entry.ticket.memory for entry in order if entry.ready)
        waiting = sum(entry.ready for entry in order)
        chosen: list[str] = []
        for place, entry in enumerate(order):
            if entry.ready:
                continue
            # The most urgent one does not wait for those that were ready before it came.
            if place > 0 and waiting + len(chosen) >= ahead:
                break
            if held > 0 and held + entry.ticket.memory > self.budget.memory:
                break
            held += entry.ticket.memory
            chosen.append(entry.ticket.id)
        return tuple(chosen)

    def prepared(self, identity: str) -> None:
        """A ticket can be stepped from now on; one that was withdrawn meanwhile stays so."""
        for queue in self._lanes.values():
            if identity in queue.entries:
                queue.entries[identity].ready = True

    def halted(self, identity: str) -> None:
        """A ticket cannot be stepped for now: it needs something else first."""
        for queue in self._lanes.values():
            if identity in queue.entries:
                queue.entries[identity].ready = False

    def pack(self) -> tuple[Ticket, ...]:
        """The tickets of the next step, the most urgent first; empty if none is ready.

        The most urgent one is always in it. Others of its model follow in order as long as they fit; one that does not
        is passed over, for the room that is left would be lost otherwise.
        """
        chosen: list[Ticket] = []
        room = self._tokens
        for entry in self.order():
            ticket = entry.ticket
            if not entry.ready or (chosen and (ticket.tokens > room or ticket.model != chosen[0].model)):
                continue
            chosen.append(ticket)
            room -= ticket.tokens
            if len(chosen) >= self.budget.requests:
                break
        return tuple(chosen)

    def stepped(
        self, pack: Sequence[Ticket], ended: Collection[str] | None = None, seconds: float | None = None
    ) -> None:
        """One step of a pack was made.

        Args:
            pack: As ``pack`` gave it, or a part of it.
            ended: Ids of those that are done; None for those that had all the steps of their tickets. One that needs
                more than its ticket says stays, as if one step were always left.
            seconds: How long the step took, if that was measured.
        """
        if seconds is not None:
            self.took(pack, seconds)
        self._tokens = min(self._tokens * GROWTH, float(self.budget.tokens))
        contended = all(queue.entries for queue in self._lanes.values())
        for ticket in pack:
            queue = self._lanes[ticket.lane]
            entry = queue.entries.get(ticket.id)
            if entry is None:
                continue  # withdrawn while it was stepped
            cost = ticket.cost(self.costs)
            entry.done += 1
            queue.charge(entry, cost)
            self._balance(ticket.lane, cost, contended=contended)
            if entry.done >= ticket.steps if ended is None else ticket.id in ended:
                queue.remove(ticket.id)

    def took(self, pack: Sequence[Ticket], seconds: float) -> None:
        """A step of a pack took so long; for devices that tell it only later than that it was made."""
        self._pace.note(self.costs.fixed + sum(ticket.cost(self.costs) for ticket in pack), seconds)

    def overflowed(self, pack: Sequence[Ticket]) -> bool:
        """A pack did not fit into memory: the next ones are half as long. False if it was a single request."""
        if len(pack) < 2:
            return False
        self._tokens = max(1.0, sum(ticket.tokens for ticket in pack) / 2)
        return True

    def estimate(self, identity: str) -> Estimate | None:
        """How long a ticket still takes if nothing else arrives; None if it is not unfinished."""
        work = steps = 0.0
        for place, entry in enumerate(self.order()):
            ticket = entry.ticket
            work += entry.left * ticket.cost(self.costs)
            steps += entry.left * min(1.0, ticket.tokens / self.budget.tokens)
            if ticket.id == identity:
                forwards = max(steps, entry.left)
                seconds = (work + forwards * self.costs.fixed) * self._pace.factor
                return Estimate(place=place, seconds=self._forecasts.corrected(ticket.lane, seconds), plain=seconds)
        return None

    def came_true(self, ticket: Ticket, estimate: Estimate, seconds: float) -> None:
        """Learn from a ticket that got ``estimate`` when it was submitted and took so many seconds from then on."""
        self._forecasts.note(ticket.lane, estimate.plain, seconds)

    def expected(self, ticket: Ticket) -> Estimate:
        """The estimate a ticket would get if it were submitted now."""
        trial = replace(ticket, id=f"{ticket.id}?")
        self.submit(trial)
        try:
            found = self.estimate(trial.id)
        finally:
            self.withdraw(trial.id)
        if found is None:
            raise RuntimeError("a submitted ticket has no place")
        return found

    def _lane_order(self) -> tuple[Lane, Lane]:
        if self._ahead > self._most_ahead() and self._lanes[Lane.BULK].entries:
            return Lane.BULK, Lane.INTERACTIVE
        return Lane.INTERACTIVE, Lane.BULK

    def _most_ahead(self) -> float:
        return CREDIT_PACKS * self.costs.alone(self.budget.tokens)

    def _balance(self, lane: Lane, cost: float, *, contended: bool) -> None:
        """The interactive lane goes first until it is too far ahead of its share; what it leaves it cannot save up."""
        if contended:
            change = cost * (1 - self._share) if lane is Lane.INTERACTIVE else -cost * self._share
            self._ahead = min(max(self._ahead + change, 0.0), 2 * self._most_ahead())
