"""All that the fake knows: who and what exists, and what the bot registered."""

import asyncio
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from tests.fakes.discord.clock import Clock, Snowflakes
from tests.fakes.discord.errors import unknown
from tests.fakes.discord.model import DM, GROUP_DM, Channel, Guild, Message, User

if TYPE_CHECKING:
    from tests.fakes.discord.cdn import Cdn
    from tests.fakes.discord.gateway import Gateway
    from tests.fakes.discord.interactions import Interaction

FIRST_GUILD = 1_389_999_999_960  # milliseconds; a multiple of 2520, so that the servers spread evenly over shards
NONCE_SECONDS = 300


class World:
    """The state, and how it is looked things up in. What changes it: places, threads, posting, people."""

    def __init__(self, *, token: str, message_content: bool) -> None:
        from tests.fakes.discord.people import People  # noqa: PLC0415 - they know each other
        from tests.fakes.discord.places import Places  # noqa: PLC0415
        from tests.fakes.discord.posting import Posting  # noqa: PLC0415
        from tests.fakes.discord.threads import Threads  # noqa: PLC0415

        self.clock = Clock()
        self.snowflakes = Snowflakes(self.clock)
        self.token = token
        self.message_content = message_content
        self.identified_with_content = message_content
        self.base_url = ""
        self.cdn: Cdn
        self.gateway: Gateway
        self.users: dict[int, User] = {}
        self.guilds: dict[int, Guild] = {}
        self.channels: dict[int, Channel] = {}
        self.messages: dict[int, Message] = {}
        self.interactions: dict[int, Interaction] = {}
        self.interactions_by_token: dict[str, Interaction] = {}
        self.commands: dict[int | None, list[dict[str, Any]]] = {None: []}
        self.command_creates: dict[int | None, list[float]] = {}
        self.nonces: dict[tuple[int, str], tuple[float, Message]] = {}
        self.send: Callable[..., None] = lambda *_, **__: None
        self.bot = self.add_user("Threadbrush", bot=True)
        self.application_id = self.bot.id
        self.operator = self.add_user("operator")
        self.places = Places(self)
        self.threads = Threads(self)
        self.posting = Posting(self)
        self.people = People(self)

    @property
    def content_visible(self) -> bool:
        """Whether the bot may read all messages: switched on in the portal and asked for when it identified."""
        return self.message_content and self.identified_with_content

    def now(self) -> float:
        """Seconds since the epoch, by the fake's clock."""
        return self.clock.time()

    def next_guild_id(self) -> int:
        """An id such that the n-th server is on shard n modulo the count of shards."""
        return (FIRST_GUILD + len(self.guilds)) << 22

    def add_user(self, name: str, *, locale: str = "en-US", bot: bool = False, user_id: int | None = None) -> User:
        """Somebody new."""
        user = User(world=self, id=user_id or self.snowflakes.next(), name=name, locale=locale, bot=bot)
        self.users[user.id] = user
        return user

    def open_dm(self, user: User) -> Channel:
        """The direct messages between somebody and the bot."""
        for channel in self.channels.values():
            if channel.type == DM and channel.recipients == [user]:
                return channel
        return self._private(DM, [user])

    def open_private(self, *users: User) -> Channel:
        """Direct messages among people, which the bot is not part of."""
        return self._private(GROUP_DM, list(users))

    def _private(self, kind: int, users: list[User]) -> Channel:
        name = ", ".join(user.name for user in users)
        channel = Channel(world=self, id=self.snowflakes.next(), type=kind, name=name, recipients=users)
        self.channels[channel.id] = channel
        return channel

    def guild(self, identifier: Any) -> Guild:
        """A server that the bot is in."""
        guild = self.guilds.get(number(identifier))
        if guild is None or not guild.has_bot:
            raise unknown(10004)
        return guild

    def channel(self, identifier: Any) -> Channel:
        """A channel that exists for the bot."""
        channel = self.channels.get(number(identifier))
        if channel is None or channel.deleted or channel.type == GROUP_DM:
            raise unknown(10003)
        return channel

    def message(self, channel: Channel, identifier: Any) -> Message:
        """A message of a channel; ephemeral ones are not found this way."""
        message = self.messages.get(number(identifier))
        if message is None or message.deleted or message.channel is not channel or message.only_for is not None:
            raise unknown(10008)
        return message

    def find_command(self, guild: Guild | None, name: str, kind: int) -> dict[str, Any] | None:
        """A command the bot registered, for the server or everywhere."""
        places = [guild.id, None] if guild is not None else [None]
        for place in places:
            for command in self.commands.get(place, []):
                if command["name"] == name and command.get("type", 1) == kind:
                    return command
        return None

    def dispatch(
        self, event: str, data: Any, *, intent: int = 1, guild: Guild | None = None, channel: Channel | None = None
    ) -> None:
        """Tell the bot, if it asked for this and may see the place.

        Args:
            event: Its name.
            data: The payload, or a function that makes it and is told whether contents of messages may be read.
            intent: The bit that asks for it; 0 for what always comes.
            guild: Where it happened; None for direct messages.
            channel: Only told if the bot sees it.
        """
        if guild is not None and not guild.has_bot and intent:
            return
        if channel is not None and intent and not self._seen(channel):
            return
        build = data if callable(data) else (lambda _content: data)
        self.send(event, build, intent=intent, guild_id=None if guild is None or not guild.has_bot else guild.id)

    def _seen(self, channel: Channel) -> bool:
        if channel.guild is None:
            return channel.type == DM
        return bool(channel.bot_permissions & (1 << 10))

    async def wait_until(self, predicate: Callable[[], Any], timeout: float = 10) -> Any:  # noqa: ASYNC109 - how long a condition may take
        """What a predicate says once it is truthy.

        Raises:
            TimeoutError: It never was.
        """
        end = time.monotonic() + timeout
        while True:
            value = predicate()
            if value:
                return value
            if time.monotonic() >= end:
                raise TimeoutError("what was waited for did not happen")
            await asyncio.sleep(0.005)


def number(identifier: Any) -> int:
    """An id from a path or body; -1 for what is none."""
    try:
        return int(identifier)
    except (TypeError, ValueError):
        return -1
