"""The workspaces that the app is installed in, each with a client that acts there (platforms S21).

One workspace whose token the operator set, or those that installed the app by OAuth. Knows nothing of events; what is
kept of installations, and how tokens are renewed, is ``bots.slack.installations``.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from types import TracebackType
from typing import Final, Self, cast

from slack_bolt.authorization import AuthorizeResult
from slack_sdk.web.async_client import AsyncWebClient

from bots.config import SlackSettings
from bots.slack.clients import Clients
from bots.slack.grants import SetToken, Source

FRESH_SECONDS: Final = 60.0
"""For how long a token is used before it is looked up again: another process may have renewed or deleted it."""

MOST_KEPT: Final = 5_000


class NotInstalled(Exception):
    """The app is not installed in that workspace, or its token is not valid any more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Workspace:
    """A workspace and who the bot is there.

    Attributes:
        team: ``T…``.
        enterprise: The organization that the workspace belongs to, ``E…``.
        bot_user: What people mention, ``U…`` or ``W…``.
        bot_id: Under which its messages come, ``B…``.
        name: For people and logs.
        client: Acts with the bot's token. It repeats nothing by itself: what it posts must not be posted twice.
        scopes: What the token may; empty if that is not known.
    """

    team: str
    enterprise: str | None
    bot_user: str
    bot_id: str
    name: str
    client: AsyncWebClient = field(repr=False)
    scopes: frozenset[str] = frozenset()


class Workspaces:
    """Finds workspaces. Use as an asynchronous context manager: it owns the connections of all clients.

    Args:
        settings: Token and address.
        installed: Opens what installations are kept in; not asked while a token is set.
        now: Seconds of any clock that does not go back.

    Attributes:
        clients: Makes clients, also without a token.
        only: The token that is set; None if workspaces install the app by OAuth.
        source: Where tokens come from; None before the start, or if there is nothing to take them from.
    """

    def __init__(
        self,
        settings: SlackSettings,
        installed: Callable[[Clients], Awaitable[Source | None]] | None = None,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self._now = now
        self._kept: dict[str, tuple[float, Workspace]] = {}
        self._turns: dict[str, asyncio.Lock] = {}
        self.clients = Clients(settings.api_url)
        self.only: SetToken | None = None
        if settings.bot_token is not None:
            self.only = SetToken(settings.bot_token.get_secret_value(), self.clients)
        self.source: Source | None = self.only
        self._installed = installed

    async def __aenter__(self) -> Self:
        """Open what tokens are kept in; nothing is connected yet.

        Raises:
            KeyMaterialError: The key that tokens are sealed with cannot be read or made.
        """
        if self.only is None and self._installed is not None:
            self.source = await self._installed(self.clients)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the connections of every client."""
        await self.clients.close()

    async def find(self, team: str, enterprise: str | None = None) -> Workspace:
        """The workspace, with a client that acts there.

        Args:
            team: ``T…``.
            enterprise: Its organization, if it has one: the app may be installed for all of it.

        Raises:
            NotInstalled: There is no valid token for it.
            TryLater: It cannot be known now.
            StorageError: Likewise.
        """
        if (known := self._fresh(team)) is not None:
            return known
        turn = self._turns.setdefault(team, asyncio.Lock())
        try:
            async with turn:
                return self._fresh(team) or await self._look(team, enterprise)
        finally:
            if not turn.locked():
                self._turns.pop(team, None)

    async def _look(self, team: str, enterprise: str | None) -> Workspace:
        grant = None if self.source is None else await self.source.grant(team, enterprise)
        if grant is None:
            self._kept.pop(team, None)
            raise NotInstalled(team)
        known = self._kept.get(team)
        if known is not None and known[1].client.token == grant.token and known[1].scopes == grant.scopes:
            self._kept[team] = (self._now(), known[1])  # the same client, whose connections and answers others keep
            return known[1]
        workspace = Workspace(
            team=team,
            enterprise=grant.enterprise or enterprise,
            bot_user=grant.bot_user,
            bot_id=grant.bot_id,
            name=grant.name,
            client=self.clients.client(grant.token, team if grant.team is None else None),
            scopes=grant.scopes,
        )
        if len(self._kept) >= MOST_KEPT:
            self._kept.clear()
        self._kept[team] = (self._now(), workspace)
        return workspace

    def _fresh(self, team: str) -> Workspace | None:
        read_at, workspace = self._kept.get(team, (0.0, None))
        return workspace if workspace is not None and self._now() - read_at < FRESH_SECONDS else None

    @property
    def authorize(self) -> Callable[..., Awaitable[AuthorizeResult]]:
        """What bolt asks who the bot is where an event comes from; None where the app is not installed."""

        # bolt looks at the names of a plain function's positional arguments and passes by those names.
        async def authorize(
            enterprise_id: str | None, team_id: str | None, user_id: str | None = None
        ) -> AuthorizeResult | None:
            return await self._authorize(enterprise_id, team_id, user_id)

        return cast("Callable[..., Awaitable[AuthorizeResult]]", authorize)  # bolt takes None, and does not say so

    async def _authorize(
        self, enterprise_id: str | None, team_id: str | None, user_id: str | None
    ) -> AuthorizeResult | None:
        """Who the bot is; None where the app is not installed.

        Raises:
            TryLater: It cannot be known now; Slack is not acknowledged and sends again.
            StorageError: Likewise.
        """
        identifier = team_id or enterprise_id  # events of a whole organization's installation name no workspace here
        if identifier is None:
            return None
        try:
            workspace = await self.find(identifier, enterprise_id)
        except NotInstalled:
            return None
        return AuthorizeResult(
            enterprise_id=enterprise_id,
            team_id=team_id,
            team=workspace.name,
            bot_user_id=workspace.bot_user,
            bot_id=workspace.bot_id,
            bot_token=workspace.client.token,
            bot_scopes=sorted(workspace.scopes),
            user_id=user_id,
        )

    def forget(self, team: str) -> None:
        """The token of a workspace changed or went: look it up the next time."""
        self._kept.pop(team, None)
        if self.only is not None:
            self.only.forget()
