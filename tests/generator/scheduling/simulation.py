"""A device that takes exactly as long as the costs say: the scheduler's own order, seen without a clock's noise."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from generator.scheduling.costs import StepCosts
from generator.scheduling.scheduler import Budget, Estimate, Scheduler
from generator.scheduling.ticket import Lane, Ticket

COSTS = StepCosts(fixed=0.004, linear=1e-5, square=5e-10)
BUDGET = Budget(tokens=4608)


@dataclass(frozen=True, slots=True)
class Arrival:
    at: float
    ticket: Ticket


@dataclass(slots=True)
class Run:
    """What a simulated day gave: waits by ticket in seconds, and when the last one ended."""

    waits: dict[str, float] = field(default_factory=dict)
    until: float = 0.0
    packs: list[tuple[str, ...]] = field(default_factory=list)
    predicted: dict[str, Estimate] = field(default_factory=dict)


def simulate(arrivals: Iterable[Arrival], *, fair: bool = True, ahead: int = 4, budget: Budget = BUDGET) -> Run:
    """Serve all arrivals to the end. Without ``fair`` everybody stands in one line, in the order of arrival."""
    scheduler, run, now = Scheduler(COSTS, budget), Run(), 0.0
    waiting = sorted(arrivals, key=lambda arrival: arrival.at)
    came = {arrival.ticket.id: arrival.at for arrival in waiting}
    tickets = {arrival.ticket.id: arrival.ticket for arrival in waiting}
    while waiting or len(scheduler):
        if not len(scheduler):
            now = max(now, waiting[0].at)
        while waiting and waiting[0].at <= now:
            ticket = waiting.pop(0).ticket
            scheduler.submit(ticket if fair else replace(ticket, tenant="all", requester="", lane=Lane.BULK))
            estimate = scheduler.estimate(ticket.id)
            assert estimate is not None
            run.predicted[ticket.id] = estimate
        for identity in scheduler.to_prepare(ahead):
            scheduler.prepared(identity)
        pack = scheduler.pack()
        assert pack, "there is work, and nothing is done"
        now += COSTS.together(ticket.tokens for ticket in pack)
        run.packs.append(tuple(ticket.id for ticket in pack))
        scheduler.stepped(pack)
        for identity in [ticket.id for ticket in pack if ticket.id not in scheduler]:
            run.waits[identity] = now - came[identity]
            scheduler.came_true(tickets[identity], run.predicted[identity], run.waits[identity])
    run.until = now
    return run


def percentile(values: Iterable[float], part: float) -> float:
    """The value below which ``part`` of the values are; the upper one of two."""
    found = sorted(values)
    return found[min(len(found) - 1, int(part * len(found)))]
