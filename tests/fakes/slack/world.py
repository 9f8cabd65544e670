"""Everything that exists in the fake Slack, and who is told when it changes."""

import itertools
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from tests.fakes.slack.errors import ApiError
from tests.fakes.slack.model import Channel, File, Interaction, Message, Sent, Team, User, View

if TYPE_CHECKING:
    from tests.fakes.slack.people import People

APP = "A0FAKEAPP01"
ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
SCOPES = (
    "app_mentions:read assistant:write channels:history channels:read chat:write commands files:read files:write "
    "groups:history groups:read im:history im:write mpim:history users:read"
)
"""What a token may that nobody restricted."""


class World:
    """The state. ``tell`` is set by the server: it delivers to the app."""

    def __init__(self) -> None:
        self.teams: dict[str, Team] = {}
        self.files: dict[str, File] = {}
        self.views: dict[str, View] = {}
        self.homes: dict[str, View] = {}
        self.interactions: dict[str, Interaction] = {}
        self.ephemerals: list[dict[str, Any]] = []
        self.statuses: list[dict[str, Any]] = []
        self.prompts: list[dict[str, Any]] = []
        self.completions: list[dict[str, Any]] = []
        self.codes: dict[str, Team] = {}
        self.base_url = ""
        self.ahead = 0.0
        self.file_slowness = 0
        self.shares_lost = 0
        self.token_seconds: int | None = None
        self.expired: set[str] = set()
        self.refuses_blocks: Callable[[dict[str, Any]], bool] = lambda _: False
        self.tell: Callable[[Sent], None] = lambda _: None
        self.people: People
        self._numbers = itertools.count(1)
        self._last_ts = 0

    def identifier(self, prefix: str) -> str:
        """A new id as Slack's look."""
        number, text = next(self._numbers) * 7919, ""
        while number:
            number, rest = divmod(number, 36)
            text = ALPHABET[rest] + text
        return f"{prefix}0F{text:0>8}"

    def now(self) -> float:
        """Seconds since the epoch, as far ahead as somebody turned the clock."""
        return time.time() + self.ahead

    def ts(self) -> str:
        """The next message's."""
        self._last_ts = max(self._last_ts + 100, int(self.now() * 1e6))
        return f"{self._last_ts // 10**6}.{self._last_ts % 10**6:06d}"

    def add_team(self, name: str, *, enterprise: str | None = None, org_wide: bool = False) -> Team:
        """A workspace with the app installed."""
        team = Team(world=self, id=self.identifier("T"), name=name, enterprise=enterprise, org_wide=org_wide)
        team.bot = User(id=self.identifier("U"), name="threadbrush", team=team, bot=True)
        team.users[team.bot.id] = team.bot
        team.bot_id = self.identifier("B")
        team.scopes = set(SCOPES.split())
        self.issue_token(team)
        self.teams[team.id] = team
        return team

    def issue_token(self, team: Team) -> None:
        """A new token for the bot; with rotation, the old one goes on until it expires."""
        team.token = f"xox{'e.xoxb' if self.token_seconds else 'b'}-{team.id}-{next(self._numbers)}"
        team.refresh_token = f"xoxe-1-{team.id}-{next(self._numbers)}" if self.token_seconds else ""

    def add_user(self, team: Team, name: str, *, locale: str, admin: bool) -> User:
        """A person, member of the public channels there are."""
        user = User(id=self.identifier("U"), name=name, team=team, locale=locale, admin=admin)
        team.users[user.id] = user
        for channel in team.channels.values():
            if channel.kind == "channel":
                channel.members.add(user.id)
        return user

    def add_channel(self, team: Team, name: str, *, private: bool, bot: bool) -> Channel:
        """A channel with everybody in it."""
        kind = "group" if private else "channel"
        channel = Channel(team=team, id=self.identifier("G" if private else "C"), name=name, kind=kind)  # type: ignore[arg-type]  # mypy forgets the literal
        channel.members = {user.id for user in team.users.values() if bot or not user.bot}
        team.channels[channel.id] = channel
        return channel

    def open_dm(self, team: Team, user: User) -> Channel:
        """The direct messages of a person with the bot."""
        for channel in team.channels.values():
            if channel.kind == "im" and user.id in channel.members:
                return channel
        channel = Channel(team=team, id=self.identifier("D"), name=user.name, kind="im")
        channel.members = {user.id, team.bot.id}
        team.channels[channel.id] = channel
        return channel

    def team_of(self, token: str | None) -> Team:
        """Whose token that is.

        Raises:
            ApiError: Nobody's, or one that is not valid any more.
        """
        if token is None:
            raise ApiError("not_authed")
        if token in self.expired:
            raise ApiError("token_expired")
        for team in self.teams.values():
            if token == team.token or token.startswith(f"xoxe.xoxb-{team.id}-"):
                if not team.installed:
                    raise ApiError("token_revoked")
                return team
        raise ApiError("invalid_auth")

    def channel(self, identifier: str) -> Channel:
        """A channel by its id.

        Raises:
            ApiError: There is none.
        """
        for team in self.teams.values():
            if (found := team.channels.get(identifier)) is not None and not found.deleted:
                return found
        raise ApiError("channel_not_found")

    def find(self, channel: Channel, ts: str) -> Message | None:
        """A message that stands."""
        return next((each for each in channel.messages if each.ts == ts), None)

    def all_messages(self) -> list[Message]:
        """Every message that stands, anywhere."""
        return [each for team in self.teams.values() for one in team.channels.values() for each in one.messages]
