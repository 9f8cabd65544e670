"""The Slack bot from start to stop: build the app, connect or listen, serve, and begin again when Slack was out of reach."""

import asyncio
import logging
import re
from contextlib import suppress
from dataclasses import replace
from typing import Any, Final

import structlog
from aiohttp import ClientError
from slack_bolt.app.async_app import AsyncApp
from slack_bolt.context.ack.async_ack import AsyncAck
from slack_bolt.response import BoltResponse
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.web.async_client import AsyncWebClient

from bots.chat.desk import Desk
from bots.chat.rooms import RoomCache
from bots.config import SlackSettings
from bots.courier import TryLater
from bots.exits import CommandFailed
from bots.logs import raised_at
from bots.slack import agent, home, incoming, interactions, leaving, upkeep, workflow_step
from bots.slack.agent import Agent
from bots.slack.connection import connected
from bots.slack.courier import SlackCourier
from bots.slack.http import slack_open
from bots.slack.parts import Later, Parts
from bots.slack.problems import code_of
from bots.slack.renewal import workspaces_of
from bots.slack.workspaces import Workspaces
from storage.errors import StorageError

FIRST_PAUSE, LONGEST_PAUSE = 1.0, 60.0
STOP_SECONDS: Final = 5.0  # for what goes on after its acknowledgement when the bot stops

_FATAL: Final = frozenset(
    {"invalid_auth", "not_authed", "account_inactive", "token_revoked", "not_allowed_token_type", "missing_scope"}
)
_OUTAGES: Final = (SlackApiError, SlackClientError, ClientError, OSError, TimeoutError, TryLater)
_LOGS: Final = ("slack_bolt", "slack_sdk")
_HANDLERS: Final = (incoming, upkeep, interactions, home, agent, workflow_step, leaving)

log = structlog.get_logger(__name__)


async def run(desk: Desk, stop: asyncio.Event) -> None:
    """Serve until ``stop`` is set. Outages, at the start or later, are waited out.

    Raises:
        CommandFailed: A token or secret is missing, or Slack refuses one.
    """
    check(desk.app.settings.slack)
    quiet_library()
    pause = FIRST_PAUSE
    while not stop.is_set():
        try:
            await _serve(desk, stop)
        except _OUTAGES as exc:
            code = code_of(exc) if isinstance(exc, SlackApiError) else ""
            if code in _FATAL:
                raise CommandFailed(
                    f"Slack refuses the app token ({code}); set THREADBRUSH_SLACK__APP_TOKEN, with connections:write"
                ) from None
            log.warning("slack_unreachable", error=code or type(exc).__name__, again_after=pause)
            with suppress(TimeoutError):
                async with asyncio.timeout(pause):
                    await stop.wait()
            pause = min(pause * 2, LONGEST_PAUSE)


def check(settings: SlackSettings) -> None:
    """Whether everything is set that the mode needs.

    Raises:
        CommandFailed: Something is missing.
    """
    if settings.mode == "socket" and settings.app_token is None:
        raise CommandFailed(
            "Socket Mode needs THREADBRUSH_SLACK__APP_TOKEN (xapp-…); without it set slack.mode to http"
        )
    if settings.mode == "http" and settings.signing_secret is None:
        raise CommandFailed("events by HTTP need THREADBRUSH_SLACK__SIGNING_SECRET")
    can_install = settings.client_id is not None and settings.client_secret is not None and settings.mode == "http"
    if settings.bot_token is None and not can_install:
        raise CommandFailed(
            "THREADBRUSH_SLACK__BOT_TOKEN (xoxb-…) is not set; without it workspaces install the app by OAuth, which "
            "needs THREADBRUSH_SLACK__CLIENT_ID, THREADBRUSH_SLACK__CLIENT_SECRET and slack.mode http"
        )


async def _serve(desk: Desk, stop: asyncio.Event) -> None:
    async with workspaces_of(desk.app) as workspaces:
        failed: Exception | None = None
        async with asyncio.TaskGroup() as tasks:
            later = Later(tasks)
            parts = parts_of(desk, workspaces, later)
            try:
                await _serve_parts(parts, stop)
            except (*_OUTAGES, CommandFailed) as exc:
                failed = exc  # raised outside of the group, which would wrap it
            finally:
                await _finish(later)
        if failed is not None:
            raise failed


def parts_of(desk: Desk, workspaces: Workspaces, later: Later) -> Parts:
    """The parts of a bot, joined."""
    parts = Parts(desk=desk, workspaces=workspaces, rooms=RoomCache(desk.app.chats), later=later)
    return replace(parts, sessions=(Agent(parts), workflow_step.Steps(parts)))


async def _serve_parts(parts: Parts, stop: asyncio.Event) -> None:
    settings, session = parts.desk.app.settings.slack, parts.desk.session
    only = parts.workspaces.only
    if only is not None and await only.look() is None:
        raise CommandFailed("Slack refuses the bot token; set THREADBRUSH_SLACK__BOT_TOKEN")
    app = build(parts)
    courier = SlackCourier(parts)
    session.connect(courier)
    try:
        if settings.mode == "socket":
            assert settings.app_token is not None  # noqa: S101 - checked at the start
            async with connected(app, settings.app_token.get_secret_value(), _address(settings)):
                await stop.wait()
        else:
            async with slack_open(app, parts) as address:
                log.info("slack_listens", address=address)
                await stop.wait()
    finally:
        session.disconnect(courier)


async def _finish(later: Later) -> None:
    with suppress(TimeoutError):
        async with asyncio.timeout(STOP_SECONDS):
            await later.settle()
    later.cancel()


def build(parts: Parts) -> AsyncApp:
    """The bolt app with all its listeners."""
    settings = parts.desk.app.settings.slack
    secret = settings.signing_secret

    # bolt gives arguments by their names, which it sees of functions, and not of methods with keywords.
    async def authorize(enterprise_id: str | None, team_id: str | None, user_id: str | None) -> Any:
        return await parts.workspaces.authorize(enterprise_id=enterprise_id, team_id=team_id, user_id=user_id)

    app = AsyncApp(
        name="threadbrush",
        authorize=authorize,
        client=AsyncWebClient(base_url=_address(settings), retry_handlers=[]),
        signing_secret=None if secret is None else secret.get_secret_value(),
        request_verification_enabled=settings.mode == "http",
        process_before_response=True,
        # What happens to our own messages is for us: bolt would keep to itself that somebody deleted one.
        ignoring_self_events_enabled=False,
    )
    app.error(_broke)
    for handlers in _HANDLERS:
        handlers.install(app, parts)
    app.event(re.compile(".*"))(_heard_of)
    for unknown in (app.action, app.shortcut, app.view, app.view_closed):
        unknown(re.compile(".*", re.DOTALL))(_acknowledge)
    return app


async def _broke(error: Exception) -> BoltResponse:
    """A listener broke: without an acknowledgement Slack sends an event again. What it was given is not logged."""
    log.error("handler_broke", error=type(error).__name__, at=raised_at(error))
    return BoltResponse(status=503 if isinstance(error, StorageError) else 500)


async def _heard_of() -> None:
    """An event that nothing here is interested in: heard, so that Slack does not send it again."""


async def _acknowledge(ack: AsyncAck) -> None:
    await ack()


def _address(settings: SlackSettings) -> str:
    return settings.api_url or AsyncWebClient.BASE_URL


def quiet_library() -> None:
    """Keep the libraries from logging what they are told, which they do at debug and, unhandled, as warnings."""
    for name in _LOGS:
        logging.getLogger(name).setLevel(logging.ERROR)
