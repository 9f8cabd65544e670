"""One call of a method: who calls, with which arguments."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tests.fakes.slack.errors import ApiError
from tests.fakes.slack.model import Channel, Message, Team
from tests.fakes.slack.world import World

JSON = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """Arguments are those of query string and body together; what is JSON may come as text."""

    world: World
    args: JSON
    token: str | None

    @property
    def team(self) -> Team:
        """Whose bot calls."""
        return self.world.team_of(self.token)

    def text(self, key: str) -> str:
        """An argument that must be there.

        Raises:
            ApiError: It is not.
        """
        value = self.args.get(key)
        if value in (None, ""):
            raise ApiError("invalid_arguments", response_metadata={"messages": [f"[ERROR] missing required: {key}"]})
        return str(value)

    def given(self, key: str) -> str | None:
        """An argument, or None."""
        value = self.args.get(key)
        return None if value in (None, "") else str(value)

    def flag(self, key: str) -> bool:
        """Whether it is set; forms say so in words."""
        return str(self.args.get(key, "")).lower() in ("true", "1")

    def number(self, key: str, default: int) -> int:
        """A number."""
        return int(self.args.get(key) or default)

    def document(self, key: str) -> Any:
        """An argument that is JSON; None if it is not there."""
        value = self.args.get(key)
        if not isinstance(value, str):
            return value
        try:
            return json.loads(value)
        except ValueError:
            raise ApiError(f"invalid_{key}_format") from None

    def needs(self, *scopes: str) -> None:
        """One of these scopes is needed.

        Raises:
            ApiError: The token has none of them.
        """
        if not self.team.scopes & set(scopes):
            raise ApiError("missing_scope", needed=scopes[0], provided=",".join(sorted(self.team.scopes)))

    def channel(self, key: str = "channel") -> Channel:
        """The channel that is named; the bot may name a person to mean their direct messages."""
        identifier = self.text(key)
        team = self.team
        if identifier in team.users:
            return team.open_dm(team.users[identifier])
        channel = self.world.channel(identifier)
        if channel.team is not team or (channel.kind == "group" and team.bot.id not in channel.members):
            raise ApiError("channel_not_found")
        return channel

    def history_scope(self, channel: Channel) -> None:
        """What reading a channel needs."""
        names = {"channel": "channels", "group": "groups", "im": "im", "mpim": "mpim"}
        self.needs(f"{names[channel.kind]}:history")
        if self.team.bot.id not in channel.members:
            raise ApiError("not_in_channel")

    def message(self, channel: Channel, ts: str, missing: str = "message_not_found") -> Message:
        """A message that stands; a thread goes on under a deleted one."""
        found = self.world.find(channel, ts)
        if found is None or (found.deleted and missing != "thread_not_found"):
            raise ApiError(missing)
        return found


Method = Callable[[Call], JSON]
