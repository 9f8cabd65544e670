"""A request as the routes see it."""

from dataclasses import dataclass, field
from typing import Any

from tests.fakes.discord.errors import missing_access, missing_permissions
from tests.fakes.discord.model import Channel, Message
from tests.fakes.discord.permissions import can
from tests.fakes.discord.state import World


@dataclass(slots=True, kw_only=True)
class Call:
    """A request of the bot; ``parameters`` are those of the path."""

    world: World
    parameters: dict[str, str]
    query: dict[str, Any]
    json: Any
    files: dict[str, bytes] = field(repr=False)
    filenames: dict[str, str]

    @property
    def body(self) -> dict[str, Any]:
        """The body if it is an object, else nothing."""
        return self.json if isinstance(self.json, dict) else {}

    def channel(self, *needed: str) -> Channel:
        """The channel of the path, which the bot must see and where it must be allowed this.

        Raises:
            ApiError: 404 or 403.
        """
        channel = self.world.channel(self.parameters["channel"])
        if channel.guild is None:
            return channel
        if not channel.guild.has_bot or not can(channel, self.world.bot, "view_channel"):
            raise missing_access()
        if not can(channel, self.world.bot, *needed):
            raise missing_permissions()
        return channel

    def message(self, channel: Channel) -> Message:
        """The message of the path."""
        return self.world.message(channel, self.parameters["message"])

    def limit(self, usual: int, most: int) -> int:
        """How many are asked for."""
        return max(1, min(most, int(self.query.get("limit", usual))))
