"""What the scheduler knows of a request: whose it is, how many steps it takes and how many tokens each of them has."""

from dataclasses import dataclass
from enum import StrEnum

from generator.scheduling.costs import StepCosts


class Lane(StrEnum):
    """Small work that somebody waits for, and everything else."""

    INTERACTIVE = "interactive"
    BULK = "bulk"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ticket:
    """One image's place in the queue.

    Attributes:
        id: Unique among unfinished tickets.
        tenant: Tenants share the device by ``weight``.
        requester: The requesters of one tenant share its part evenly.
        model: Tickets of one model can share a forward.
        steps: Denoising steps, at least 1.
        tokens: Length of its sequence in one step: text, image and references, times the branches of guidance.
        memory: Bytes it holds from its preparation to its last step.
        scale: What its model takes over what the model takes that the costs were measured with.
        weight: Above 0; a tenant with 2 gets twice the device of one with 1. The one of the tenant's newest ticket holds.
    """

    id: str
    tenant: str
    requester: str = ""
    model: str = ""
    steps: int
    tokens: int
    memory: int = 0
    scale: float = 1.0
    weight: float = 1.0
    lane: Lane = Lane.BULK

    def __post_init__(self) -> None:
        """Refuse what no queue could order.

        Raises:
            ValueError: A number is out of its range.
        """
        if (
            self.steps < 1
            or self.tokens < 1
            or self.memory < 0
            or not (0 < self.weight < float("inf") and 0 < self.scale < float("inf"))
        ):
            raise ValueError(f"ticket out of range: {self}")

    def cost(self, costs: StepCosts) -> float:
        """Seconds of one of its steps, without what a forward takes anyway."""
        return self.scale * costs.alone(self.tokens)
