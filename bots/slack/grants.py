"""What a token lets us do and where (platforms S21); the one that the operator sets is asked about here."""

from dataclasses import dataclass, field
from typing import Any, Protocol

import structlog
from slack_sdk.web.async_client import AsyncWebClient

from bots.courier import Unreachable
from bots.slack.clients import Clients
from bots.slack.problems import Refused, reaching

log = structlog.get_logger(__name__)


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
