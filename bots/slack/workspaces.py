"""The workspaces that the app is installed in, each with a client that acts there (platforms S21).

One workspace whose token the operator set, or those that installed the app by OAuth. Knows nothing of events; what is
kept of installations, and how tokens are renewed, is ``bots.slack.installations``.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Final, Protocol, Self, cast

import aiohttp
import structlog
from slack_bolt.authorization import AuthorizeResult
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from bots.config import SlackSettings
from bots.courier import Unreachable
from bots.slack.problems import Refused, reaching

API: Final = "https://slack.com/api/"
TIMEOUT: Final = aiohttp.ClientTimeout(total=60, sock_connect=10, sock_read=30)
FRESH_SECONDS: Final = 60.0
"""For how long a token is used before it is looked up again: another process may have renewed or deleted it."""

MOST_KEPT: Final = 5_000

log = structlog.get_logger(__name__)


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """What an installation gives: a token and who the bot is with it.

    Attributes:
        team: None if it is for all workspaces of ``enterprise``.
    """

    token: str = field(repr=False)
    team: str | None
    enterprise: str | None
    bot_user: str
    bot_id: str
    name: str
    scopes: frozenset[str] = frozenset()

    def covers(self, team: str, enterprise: str | None) -> bool:
        """Whether it is for that workspace."""
        if self.team is not None:
            return self.team == team
        return self.enterprise is not None and self.enterprise == enterprise


class Source(Protocol):
    """Where tokens come from."""

    async def grant(self, team: str, enterprise: str | None) -> Grant | None:
        """What is valid in a workspace now; None where the app is not installed.

        Raises:
            TryLater: It cannot be known now.
            StorageError: Likewise.
        """
        ...


class Client(AsyncWebClient):
    """slack_sdk's client without what aiohttp is about to take away from under it."""

    async def oauth_v2_access(
        self,
        *,
        client_id: str,
        client_secret: str,
        code: str | None = None,
        redirect_uri: str | None = None,
        grant_type: str | None = None,
        refresh_token: str | None = None,
        **kwargs: Any,
    ) -> AsyncSlackResponse:
        """A code, or a refresh token, for tokens; the app's secret travels in a header."""
        given = {
            "code": code,
            "redirect_uri": redirect_uri,
            "grant_type": grant_type,
            "refresh_token": refresh_token,
            **kwargs,
        }
        return await self.api_call(
            "oauth.v2.access",
            data={name: value for name, value in given.items() if value is not None},
            headers={"Authorization": aiohttp.encode_basic_auth(client_id, client_secret)},
        )


class Clients:
    """Clients over one pool of connections, which is opened when it is first needed.

    Args:
        base_url: Of the Web API.
    """

    def __init__(self, base_url: str | None = None) -> None:
        self._base_url = base_url or API
        self._session: aiohttp.ClientSession | None = None

    def client(self, token: str | None = None, team: str | None = None) -> AsyncWebClient:
        """A client that acts with ``token``; ``team`` says where, if the token is good in many workspaces."""
        if self._session is None or self._session.closed:
            self._session = aiohttp.ClientSession(timeout=TIMEOUT)
        return Client(token=token, base_url=self._base_url, session=self._session, team_id=team, retry_handlers=[])

    async def close(self) -> None:
        """Close the connections."""
        if self._session is not None:
            await self._session.close()


class SetToken:
    """The one workspace whose token the operator set; asked about once."""

    def __init__(self, token: str, clients: Clients) -> None:
        self.token = token
        self._clients = clients
        self._grant: Grant | None = None

    async def grant(self, team: str, enterprise: str | None) -> Grant | None:
        """What Slack says of the token, if it is one for that workspace."""
        grant = await self.look()
        return grant if grant is not None and grant.covers(team, enterprise) else None

    async def look(self) -> Grant | None:
        """What Slack says of the token; None if it refuses it.

        Raises:
            TryLater: Slack cannot be reached.
        """
        if self._grant is None:
            try:
                self._grant = await identify(self._clients.client(self.token))
            except (Unreachable, Refused):
                log.error("slack_token_refused")  # noqa: TRY400 - there is nothing more to tell
        return self._grant

    @property
    def known(self) -> Grant | None:
        """What Slack said of the token, if it was asked."""
        return self._grant

    def forget(self) -> None:
        """Ask Slack again the next time."""
        self._grant = None


async def identify(client: AsyncWebClient) -> Grant:
    """Who a client's token makes us.

    Raises:
        TryLater: Slack cannot be reached.
        Unreachable, Refused: Slack does not take the token.
    """
    async with reaching():
        answer = await client.auth_test()
    whole = bool(answer.get("is_enterprise_install"))
    headers: Any = answer.headers
    said = str(headers.get("x-oauth-scopes") or "")
    return Grant(
        token=client.token or "",
        team=None if whole else answer.get("team_id"),
        enterprise=answer.get("enterprise_id"),
        bot_user=str(answer.get("user_id") or ""),
        bot_id=str(answer.get("bot_id") or ""),
        name=str(answer.get("team") or ""),
        scopes=frozenset(scope.strip() for scope in said.split(",") if scope.strip()),
    )


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
