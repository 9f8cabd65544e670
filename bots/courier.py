"""The port of a chat platform: what the durable errand of a job asks of it.

A platform reads a request completely (``gather``), shows where its answer will stand (``place``), how far it is
(``show``) and what came of it (``deliver``). All four may be called again for the same job after a crash, so each must
find what it did before. Nothing here knows a platform.
"""

from dataclasses import dataclass
from typing import Protocol

from bots.order import Answer, Order
from bots.progress import Standing
from generator.scene import Notice


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """Where a job's answer stands: a channel or thread and the message in it, as keys of the platform's records.

    Attributes:
        place: ``discord:<channel or thread>``.
        message: ``discord:<message>``; None where the platform keeps no message of its own (a private answer).
        doubtful: An attempt whose end nobody saw may have left a second placeholder, which may even appear later.
    """

    place: str
    message: str | None = None
    doubtful: bool = False


class Unreachable(Exception):
    """The place is gone or closed to us for good: no permission, deleted, locked, the bot was removed.

    Attributes:
        reason: Words for the requester.
    """

    def __init__(self, reason: Notice) -> None:
        super().__init__(reason.key)
        self.reason = reason


class TryLater(Exception):
    """The platform is not answering; the same call may succeed after ``seconds``."""

    def __init__(self, seconds: float = 1.0) -> None:
        super().__init__(f"again after {seconds} s")
        self.seconds = seconds


class OnceMore(TryLater):
    """The answer stands, but something older may yet come after it: deliver it again after ``seconds``, once."""


class Courier(Protocol):
    """One platform, connected.

    Raises (every method):
        TryLater: The platform cannot be reached now.
        Unreachable: It never will, for this job.
    """

    @property
    def platform(self) -> str:
        """The first word of its job ids: ``discord``, ``slack``."""
        ...

    async def gather(self, order: Order) -> Order:
        """The order with the thread's history and with the attachments staged; ``problem`` set if they are gone."""
        ...

    async def place(self, order: Order) -> Placed:
        """Post the placeholder, or find the one that was posted before."""
        ...

    async def show(self, order: Order, placed: Placed, standing: Standing) -> None:
        """Show how far the job is; best effort, called at most every ``pace`` seconds and never after ``deliver``."""
        ...

    async def deliver(self, order: Order, placed: Placed, answer: Answer) -> None:
        """Put the answer in the placeholder's place. Every call for a job leaves the same messages behind."""
        ...

    async def sweep(self, order: Order, placed: Placed) -> None:
        """Remove second placeholders of the job; called once, some time after the end of a doubtful one."""
        ...

    async def excuse(self, order: Order, reason: Notice) -> None:
        """Tell the requester, some other way, that the answer cannot stand where it was asked; best effort."""
        ...


PACE_SECONDS = 2.5
"""Between two progress edits (platforms D27)."""

TWIN_SECONDS = 60.0
"""After which a message that was posted without an answer has appeared, if it ever does."""
