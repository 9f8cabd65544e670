"""A chat platform that fits in a dict: it keeps what was posted, and fails when it is told to."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace

from bots.courier import Placed
from bots.order import Address, Answer, Order
from bots.progress import Standing
from generator.scene import Notice


@dataclass
class Posted:
    """A message and everything it has shown."""

    states: list[str] = field(default_factory=list)
    answer: Answer | None = None


@dataclass
class Chat:
    """Implements ``bots.courier.Courier``. ``faults`` are raised by the next calls of that name, one each."""

    platform: str = "chat"
    messages: dict[str, Posted] = field(default_factory=dict)
    excuses: dict[str, Notice] = field(default_factory=dict)
    faults: dict[str, list[Exception]] = field(default_factory=dict)
    calls: list[str] = field(default_factory=list)
    completes: Callable[[Order], Order] = replace
    doubtful: bool = False

    def address(self) -> Address:
        """Where the orders of this chat come from."""
        return Address(platform=self.platform, place=f"{self.platform}:1")

    async def gather(self, order: Order) -> Order:
        """As ``completes`` says."""
        self._called("gather")
        return self.completes(order)

    async def place(self, order: Order) -> Placed:
        """One message per job."""
        self._called("place")
        self.messages.setdefault(order.job, Posted()).states.append("placed")
        return Placed(place=f"{self.platform}:1", message=f"{self.platform}:{order.job}", doubtful=self.doubtful)

    async def show(self, order: Order, placed: Placed, standing: Standing) -> None:
        """Add the stage."""
        del placed
        self._called("show")
        self.messages[order.job].states.append(standing.stage)

    async def deliver(self, order: Order, placed: Placed, answer: Answer) -> None:
        """Put the answer into the message."""
        del placed
        self._called("deliver")
        self.messages[order.job].states.append("delivered")
        self.messages[order.job].answer = answer

    async def sweep(self, order: Order, placed: Placed) -> None:
        """Nothing is ever posted twice here; that it was asked is enough."""
        del order, placed
        self._called("sweep")

    async def excuse(self, order: Order, reason: Notice) -> None:
        """Keep the reason."""
        self._called("excuse")
        self.excuses[order.job] = reason

    def _called(self, name: str) -> None:
        self.calls.append(name)
        if waiting := self.faults.get(name):
            raise waiting.pop(0)
