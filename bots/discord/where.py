"""The details of a Discord address: what a courier must know to answer, as JSON in the order."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Literal, cast, get_args

from bots.order import Address, Detail, Order

PLATFORM = "discord"
TOKEN_SECONDS = 14 * 60
"""How long an interaction token is used; Discord forgets it after 15 minutes (platforms D2)."""

Manner = Literal["reply", "channel", "private"]
"""``reply``: to a message, by the bot's own token. ``channel``: a command where the bot is in the channel, answered by
a regular message, by the bot's own token. ``private``: only through the interaction (user installs, private requests)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Where:
    """Ids are Discord's snowflakes.

    Attributes:
        manner: How the answer reaches the channel.
        user: Who asked.
        guild: None in direct messages.
        channel: The channel, thread or direct message in which it was asked.
        message: The message that asked, or whose button was pressed; None for a slash command.
        opens_thread: A thread is to be opened for the conversation, if it is allowed.
        ephemeral: Only the requester sees the answer.
        interaction: Id of the interaction, if it was one.
        application: Ours.
        token: The interaction's token; a secret, worthless after fifteen minutes.
        asked_at: Seconds since the epoch.
    """

    manner: Manner
    user: int
    channel: int
    asked_at: float
    guild: int | None = None
    message: int | None = None
    opens_thread: bool = False
    ephemeral: bool = False
    interaction: int | None = None
    application: int | None = None
    token: str | None = None

    def address(self) -> Address:
        """As it travels with the order; snowflakes as text, because JSON readers round large numbers."""
        details: dict[str, Detail] = {
            key: str(value) if isinstance(value, int | float) and not isinstance(value, bool) else value
            for key, value in asdict(self).items()
        }
        return Address(platform=PLATFORM, place=f"{PLATFORM}:{self.channel}", details=details)

    def token_usable(self, now: float) -> bool:
        """Whether the interaction may still be answered through its token."""
        return self.token is not None and now - self.asked_at < TOKEN_SECONDS


def where(order: Order) -> Where:
    """The details of a Discord order.

    Raises:
        ValueError: It is not one.
    """
    if order.address is None or order.address.platform != PLATFORM:
        raise ValueError("not an order from Discord")
    return read_details(order.address.details)


def read_details(details: Mapping[str, Detail]) -> Where:
    """What ``Where.address`` wrote.

    Raises:
        ValueError: Something is missing.
    """

    def number(key: str) -> int | None:
        value = details.get(key)
        return None if value is None else int(str(value))

    user, channel, token = number("user"), number("channel"), details.get("token")
    if details.get("manner") not in get_args(Manner) or user is None or channel is None:
        raise ValueError("an address without manner, user or channel")
    manner = cast("Manner", details["manner"])
    return Where(
        manner=manner,
        user=user,
        channel=channel,
        asked_at=float(str(details.get("asked_at", 0))),
        guild=number("guild"),
        message=number("message"),
        opens_thread=details.get("opens_thread") is True,
        ephemeral=details.get("ephemeral") is True,
        interaction=number("interaction"),
        application=number("application"),
        token=None if token is None else str(token),
    )
