"""The tickets of one lane in their fair order."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from generator.scheduling.costs import StepCosts
from generator.scheduling.shares import Clocks, in_order
from generator.scheduling.ticket import Ticket


@dataclass(slots=True, kw_only=True)
class Entry:
    """A ticket that is not finished.

    Attributes:
        done: Steps that are behind it.
        ready: Prepared: text encoded, noise drawn; it can be stepped.
    """

    ticket: Ticket
    number: int
    done: int = 0
    ready: bool = False

    @property
    def left(self) -> int:
        """Steps before it, at least one."""
        return max(self.ticket.steps - self.done, 1)


@dataclass(slots=True)
class FairQueue:
    """Orders entries by tenant, then by requester, then by arrival."""

    costs: StepCosts
    entries: dict[str, Entry] = field(default_factory=dict)
    weights: dict[str, float] = field(default_factory=dict)
    tenants: Clocks[str] = field(default_factory=Clocks)
    requesters: Clocks[tuple[str, str]] = field(default_factory=Clocks)
    _ordered: list[Entry] | None = None

    def reckon(self, costs: StepCosts) -> None:
        """Go on with other costs; what was charged before is forgotten, for it was counted in another unit."""
        self.costs, self.tenants, self.requesters, self._ordered = costs, Clocks(), Clocks(), None

    def add(self, entry: Entry) -> None:
        """Take in an entry."""
        ticket = entry.ticket
        self._tidy()
        self.tenants.enter(ticket.tenant)
        self.requesters.enter((ticket.tenant, ticket.requester))
        self.weights[ticket.tenant] = ticket.weight
        self.entries[ticket.id] = entry
        self._ordered = None

    def remove(self, identity: str) -> None:
        """Forget an entry; what was done for it stays charged."""
        del self.entries[identity]
        self._ordered = None
        self._tidy()

    def charge(self, entry: Entry, cost: float) -> None:
        """So much was done for an entry. Its place does not change by it: what is done is no longer left to do."""
        ticket = entry.ticket
        self.tenants.charge(ticket.tenant, cost / self.weights.get(ticket.tenant, 1.0))
        self.requesters.charge((ticket.tenant, ticket.requester), cost)
        self._ordered = None

    def in_order(self) -> list[Entry]:
        """Every entry, the next one first."""
        if self._ordered is None:
            self._ordered = [item for _, _, item in in_order(self._by_tenant(), self.tenants, self.weights)]
        return self._ordered

    def _by_tenant(self) -> Mapping[str, list[tuple[float, Entry]]]:
        flows: dict[str, dict[tuple[str, str], list[tuple[float, Entry]]]] = {}
        for entry in self.entries.values():  # dicts keep the order of arrival
            ticket = entry.ticket
            left = entry.left * ticket.cost(self.costs)
            flow = flows.setdefault(ticket.tenant, {}).setdefault((ticket.tenant, ticket.requester), [])
            flow.append((left, entry))
        return {
            tenant: [
                (entry.left * entry.ticket.cost(self.costs), entry)
                for _, _, entry in in_order(requesters, self.requesters, {})
            ]
            for tenant, requesters in flows.items()
        }

    def _tidy(self) -> None:
        tickets = [entry.ticket for entry in self.entries.values()]
        busy = {ticket.tenant for ticket in tickets}
        self.tenants.keep(busy)
        self.requesters.keep({(ticket.tenant, ticket.requester) for ticket in tickets})
        self.weights = {tenant: weight for tenant, weight in self.weights.items() if tenant in busy}
