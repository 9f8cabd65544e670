"""The listener for Slack's requests with bolt behind it, a stranger who sends requests, and a browser that installs."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp
from pydantic import SecretStr
from slack_bolt.app.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from bots.chat.desk import Desk
from bots.chat.rooms import RoomCache
from bots.config import SlackSettings
from bots.session import Session
from bots.slack import leaving
from bots.slack.http import slack_open
from bots.slack.parts import Later, Parts
from bots.slack.renewal import Installed, workspaces_of
from tests.chat.images import quiet_session
from tests.fakes.slack import FakeSlack, Team
from tests.slack.bot import free_port


@dataclass(slots=True, kw_only=True)
class Listening:
    """A listener that runs.

    Attributes:
        heard: Bodies of events, commands and actions that reached bolt's listeners.
        trouble: What a listener raises.
    """

    fake: FakeSlack
    parts: Parts
    session: Session
    address: str
    http: aiohttp.ClientSession
    heard: list[dict[str, Any]] = field(default_factory=list)
    trouble: Exception | None = None

    @property
    def installed(self) -> Installed:
        """The installations."""
        source = self.parts.workspaces.source
        assert isinstance(source, Installed)
        return source

    async def post(self, data: Any, headers: dict[str, str] | None = None, **more: str) -> "Reply":
        """A request to where Slack sends events, signed as Slack does (text only) unless headers are given."""
        own = self.fake.delivery.signed(data) if headers is None else headers
        kind = {"Content-Type": more.pop("kind", "application/json")}
        return await self.send("POST", "/slack/events", data=data, headers={**kind, **own, **more})

    async def send(self, method: str, path: str, **more: Any) -> "Reply":
        """Any request."""
        async with self.http.request(method, self.address + path, allow_redirects=False, **more) as response:
            return Reply(status=response.status, text=await response.text(), headers=response.headers)

    async def install(self, team: Team, language: str = "en-US") -> "Reply":
        """A browser installs the app in a workspace, as far as the last page."""
        begun = await self.send("GET", "/slack/install")
        cookie, state = begun.cookie, begun.query["state"]
        return await self.come_back(code=self.fake.code(team), state=state, cookie=cookie, language=language)

    async def come_back(self, *, cookie: str | None = None, language: str = "en-US", **query: str) -> "Reply":
        """Slack sends the browser back."""
        headers = {"Accept-Language": language, **({"Cookie": cookie} if cookie else {})}
        return await self.send("GET", "/slack/oauth_redirect", params=query, headers=headers)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What was answered."""

    status: int
    text: str
    headers: Any

    @property
    def cookie(self) -> str:
        """The cookie that is set, as a browser sends it back."""
        return str(self.headers["Set-Cookie"]).split(";")[0]

    @property
    def query(self) -> dict[str, str]:
        """The query of where a browser is sent on."""
        from yarl import URL  # noqa: PLC0415 - for this alone

        return dict(URL(self.headers["Location"]).query)


def http_settings(fake: FakeSlack, **more: Any) -> SlackSettings:
    """The settings of an app that workspaces install."""
    values: dict[str, Any] = {
        "mode": "http",
        "signing_secret": SecretStr(fake.signing_secret),
        "client_id": fake.client_id,
        "client_secret": SecretStr(fake.client_secret),
        "port": free_port(),
        "public_url": "https://bot.example.com/",
        "api_url": fake.api_url,
    }
    return SlackSettings(**{**values, **more})


@asynccontextmanager
async def listening(folder: Path, fake: FakeSlack, *, serve: bool = False, **slack: Any) -> AsyncIterator[Listening]:
    """Listen for a fake Slack that runs; events reach ``heard`` and the module that purges."""
    settings = http_settings(fake, **slack)
    async with (
        quiet_session(folder, serve=serve, slack=settings) as session,
        workspaces_of(session.app) as workspaces,
        aiohttp.ClientSession() as http,
        asyncio.TaskGroup() as tasks,
    ):
        later = Later(tasks)
        rooms = RoomCache(session.app.chats)
        parts = Parts(desk=Desk(session=session), workspaces=workspaces, rooms=rooms, later=later)
        app = _app(parts, settings)
        async with slack_open(app, parts) as address:
            made = Listening(fake=fake, parts=parts, session=session, address=address, http=http)
            _hear(app, made)
            fake.delivery.event_urls = [f"{address}/slack/events"]
            yield made
            await later.settle()


def _app(parts: Parts, settings: SlackSettings) -> AsyncApp:
    assert settings.signing_secret is not None
    app = AsyncApp(
        authorize=parts.workspaces.authorize,
        client=AsyncWebClient(base_url=str(settings.api_url), retry_handlers=[]),
        signing_secret=settings.signing_secret.get_secret_value(),
        process_before_response=True,
    )
    leaving.install(app, parts)
    return app


def _hear(app: AsyncApp, made: Listening) -> None:
    async def hear(body: dict[str, Any]) -> None:
        if made.trouble is not None:
            raise made.trouble
        made.heard.append(body)

    async def hear_and_acknowledge(body: dict[str, Any], ack: Any) -> None:
        made.heard.append(body)
        await ack()

    app.event("app_mention")(hear)
    app.command("/imagine")(hear_and_acknowledge)
    app.action("tb1:vary")(hear_and_acknowledge)
