"""Clients of Slack's Web API over one pool of connections. They repeat nothing by themselves (platforms S24)."""

from typing import Any, Final

import aiohttp
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

API: Final = "https://slack.com/api/"
TIMEOUT: Final = aiohttp.ClientTimeout(total=60, sock_connect=10, sock_read=30)


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
