"""What every handler of Slack's events works with: one value, made where the bot is started."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any, Final, Protocol

import structlog

from bots.chat.desk import Desk
from bots.chat.locks import Locks
from bots.chat.rooms import RoomCache
from bots.logs import raised_at
from bots.order import Answer, Order
from bots.progress import Standing
from bots.slack.workspaces import Workspaces

MOST_NAMES: Final = 20_000

log = structlog.get_logger(__name__)


class Sessions(Protocol):
    """What the agent view and workflow steps show of a job; told by the courier.

    Raises (``settled`` only):
        TryLater: It must be told again; the answer itself stands already.
        StorageError: Likewise.
    """

    async def processing(self, order: Order, standing: Standing | None) -> None:
        """The job is being worked on."""
        ...

    async def settled(self, order: Order, answer: Answer) -> None:
        """The answer stands in the thread."""
        ...


class Later:
    """Work that goes on after the acknowledgement, in the task group of the running bot."""

    def __init__(self, tasks: asyncio.TaskGroup) -> None:
        self._tasks = tasks
        self._running: set[asyncio.Task[None]] = set()

    def __call__(self, work: Callable[[], Awaitable[Any]]) -> None:
        """Begin ``work`` soon. What it raises is logged by its name only: it may hold words and tokens."""
        task = self._tasks.create_task(self._guarded(work))
        self._running.add(task)
        task.add_done_callback(self._running.discard)

    async def _guarded(self, work: Callable[[], Awaitable[Any]]) -> None:
        try:
            await work()
        except Exception as exc:  # noqa: BLE001 - nobody waits for it
            at = raised_at(exc)
            log.error("handler_broke", error=type(exc).__name__, at=at)  # noqa: TRY400 - its text may be theirs

    async def settle(self) -> None:
        """Return when nothing is left to do."""
        while self._running:
            await asyncio.wait(self._running)

    def cancel(self) -> None:
        """Give up what still runs: the bot stops."""
        for task in self._running:
            task.cancel()


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """The running bot's parts.

    Attributes:
        desk: The session, its parts and settings.
        workspaces: Tokens and clients.
        rooms: Which places are conversations.
        later: Begins work that must not hold up the acknowledgement.
        names: What people are called, by requester id, as seen lately.
        locks: By thread: what happens there is handled in the order in which it was heard.
        sessions: Told how jobs of the agent view and of workflow steps are going.
    """

    desk: Desk
    workspaces: Workspaces
    rooms: RoomCache
    later: Later
    names: dict[str, str] = field(default_factory=dict)
    locks: Locks = field(default_factory=Locks)
    sessions: tuple[Sessions, ...] = ()

    def remember_name(self, requester: str, name: str) -> None:
        """What somebody is called, for as long as we run: people address each other by name."""
        if len(self.names) >= MOST_NAMES:
            self.names.clear()
        self.names[requester] = name
