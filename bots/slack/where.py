"""The details of a Slack address, what a courier must know to answer, and the keys under which Slack's things are kept.

Pure. A key names the workspace, because Slack's ids of channels and messages are unique in a workspace only.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Final, Literal, cast, get_args

from bots.order import Address, Detail, Order

PLATFORM: Final = "slack"

Manner = Literal["thread", "channel", "direct"]
"""``thread``: a reply in ``Where.thread``. ``channel``: a command where the bot is; there is no message to answer, so the
answer stands in the channel and begins the thread. ``direct``: in the bot's direct messages with the person."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Where:
    """Ids are Slack's own; a message is named by its ``ts``.

    Attributes:
        manner: How the answer reaches people.
        team: The workspace.
        user: Who asked, ``U…`` or ``W…``.
        channel: Where it was asked; a channel, a group or a direct message. Of a form: where it was asked to appear.
        enterprise: The organization, where the app was installed for all of it.
        message: The message that asked, or whose button was pressed.
        thread: The first message of the thread that the answer goes to (platforms S7); None unless ``manner`` is
            ``thread``.
        agent: In the agent view, where the thread is a session with a status (platforms S10).
        execution: Of a workflow's step that waits for the answer.
        asked_at: Seconds since the epoch.
    """

    manner: Manner
    team: str
    user: str
    channel: str
    asked_at: float
    enterprise: str | None = None
    message: str | None = None
    thread: str | None = None
    agent: bool = False
    execution: str | None = None

    def address(self) -> Address:
        """As it travels with the order; no secrets."""
        details: dict[str, Detail] = {
            key: str(value) if isinstance(value, float) else value for key, value in asdict(self).items()
        }
        return Address(platform=PLATFORM, place=self.place, details=details)

    @property
    def place(self) -> str:
        """The thread that the answer goes to, else the channel."""
        if self.manner == "thread" and self.thread is not None:
            return message_key(self.team, self.channel, self.thread)
        return channel_key(self.team, self.channel)


def where(order: Order) -> Where:
    """The details of a Slack order.

    Raises:
        ValueError: It is not one.
    """
    if order.address is None or order.address.platform != PLATFORM:
        raise ValueError("not an order from Slack")
    return read_details(order.address.details)


def read_details(details: Mapping[str, Detail]) -> Where:
    """What ``Where.address`` wrote.

    Raises:
        ValueError: Something is missing.
    """

    def text(key: str) -> str | None:
        value = details.get(key)
        return None if value is None else str(value)

    team, user, channel = text("team"), text("user"), text("channel")
    if details.get("manner") not in get_args(Manner) or team is None or user is None or channel is None:
        raise ValueError("an address without manner, team, user or channel")
    return Where(
        manner=cast("Manner", details["manner"]),
        team=team,
        user=user,
        channel=channel,
        asked_at=float(str(details.get("asked_at", 0))),
        enterprise=text("enterprise"),
        message=text("message"),
        thread=text("thread"),
        agent=details.get("agent") is True,
        execution=text("execution"),
    )


def tenant_of(team: str) -> str:
    """The workspace in the records."""
    return f"{PLATFORM}:{team}"


def requester_of(team: str, user: str) -> str:
    """A person in the records."""
    return f"{PLATFORM}:{team}:{user}"


def channel_key(team: str, channel: str) -> str:
    """A channel in the records."""
    return f"{PLATFORM}:{team}:{channel}"


def message_key(team: str, channel: str, ts: str) -> str:
    """A message in the records; of the first one of a thread: the thread."""
    return f"{PLATFORM}:{team}:{channel}:{ts}"


def file_key(team: str, file: str) -> str:
    """A file in the records."""
    return f"{PLATFORM}:{team}:{file}"


def split_message(key: str) -> tuple[str, str, str]:
    """Workspace, channel and ``ts`` of a message's key.

    Raises:
        ValueError: It is no key of a message in Slack.
    """
    platform, *rest = key.split(":")
    if platform != PLATFORM or len(rest) != 3:
        raise ValueError("not the key of a message in Slack")
    return rest[0], rest[1], rest[2]


def job_of_message(team: str, channel: str, ts: str) -> str:
    """One message is one job, however many events tell of it (platforms S2, S3)."""
    return f"{PLATFORM}:m:{team}:{channel}:{ts}"


def job_of_trigger(team: str, trigger: str) -> str:
    """One command, shortcut or press of a button is one job."""
    return f"{PLATFORM}:i:{team}:{trigger}"


def job_of_view(team: str, view: str) -> str:
    """One submitted form is one job."""
    return f"{PLATFORM}:v:{team}:{view}"
