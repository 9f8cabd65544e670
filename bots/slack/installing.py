"""Installing the app in a workspace from a browser: OAuth v2 as bolt does it, over our stores, with pages of our own.

A state belongs to the browser that began (a cookie), is good once and for ten minutes. The pages repeat nothing that
came from outside except ids of Slack's form.
"""

import html
import logging
import re
from typing import Any, Final
from urllib.parse import urlencode

import structlog
from aiohttp import ClientError
from slack_bolt.error import BoltError
from slack_bolt.oauth.async_callback_options import AsyncCallbackOptions, AsyncFailureArgs, AsyncSuccessArgs
from slack_bolt.oauth.async_oauth_flow import AsyncOAuthFlow
from slack_bolt.oauth.async_oauth_settings import AsyncOAuthSettings
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_bolt.response import BoltResponse
from slack_sdk.errors import SlackClientError
from slack_sdk.oauth import OAuthStateUtils
from slack_sdk.oauth.installation_store import Installation

from bots.chat.preferences import locale_from
from bots.config import SlackSettings
from bots.replies import say
from bots.slack.installations import STATE_SECONDS, InstallationStore, StateStore
from bots.slack.manifest import REDIRECT, bot_scopes
from bots.slack.workspaces import Workspaces
from generator.scene import Notice
from moderation.types import Locale
from storage.errors import StorageError

INSTALL: Final = "/slack/install"
AUTHORIZE: Final = "https://slack.com/oauth/v2/authorize"
REASONS: Final = {
    "access_denied": "slack-install-cancelled",
    "invalid_browser": "slack-install-stale",
    "invalid_state": "slack-install-stale",
    "storage_error": "slack-install-broken",
}
"""Why an installation failed, as Slack and bolt call it; anything else is a refusal."""

_TEAM: Final = re.compile(r"[TE][A-Z0-9]{2,30}")
_APP: Final = re.compile(r"A[A-Z0-9]{2,30}")

_SILENT: Final = logging.getLogger("slack_bolt.oauth")
_SILENT.setLevel(logging.CRITICAL)  # it would name codes

log = structlog.get_logger(__name__)


class Flow(AsyncOAuthFlow):
    """bolt's flow, which never names a code or a token, and answers also when Slack or the database does not."""

    def __init__(self, settings: SlackSettings, store: InstallationStore, workspaces: Workspaces) -> None:
        if settings.client_id is None or settings.client_secret is None:
            raise ValueError("installing by OAuth needs client_id and client_secret")
        self._workspaces = workspaces
        made = AsyncOAuthSettings(
            client_id=settings.client_id,
            client_secret=settings.client_secret.get_secret_value(),
            scopes=list(bot_scopes()),
            user_scopes=[],
            redirect_uri=redirect_uri(settings),
            install_path=INSTALL,
            redirect_uri_path=REDIRECT,
            install_page_rendering_enabled=False,  # Slack's directory wants to be sent on at once
            authorization_url=AUTHORIZE,
            installation_store=store,
            state_store=StateStore(store.installs),
            state_expiration_seconds=STATE_SECONDS,
            callback_options=AsyncCallbackOptions(success=_done, failure=_failed),
            logger=_SILENT,
        )
        made.state_utils = _StateCookie(expiration_seconds=STATE_SECONDS)
        super().__init__(client=workspaces.clients.client(), logger=_SILENT, settings=made)

    async def build_authorize_url(self, state: str, request: AsyncBoltRequest) -> str:
        """Where the browser is sent: Slack's page that asks for the permissions."""
        values = {"client_id": self.client_id, "scope": ",".join(self.settings.scopes or ()), "state": state}
        if self.redirect_uri is not None:
            values["redirect_uri"] = self.redirect_uri
        team = (request.query.get("team") or [""])[0]
        if _TEAM.fullmatch(team):
            values["team"] = team
        return f"{AUTHORIZE}?{urlencode(values)}"

    async def run_installation(self, code: str) -> Installation | None:
        """A code for tokens; None if Slack does not give them."""
        try:
            made = await super().run_installation(code)
        except (ClientError, OSError, TimeoutError, SlackClientError, KeyError) as exc:
            log.warning("slack_did_not_answer", error=type(exc).__name__)
            made = None
        if made is None:
            log.warning("installation_not_confirmed")
        return made

    async def store_installation(self, request: AsyncBoltRequest, installation: Installation) -> None:
        """Keep what Slack gave, and use it from now on.

        Raises:
            BoltError: It cannot be kept.
        """
        del request
        try:
            await self.settings.installation_store.async_save(installation)
        except (StorageError, ValueError) as exc:
            log.error("installation_not_kept", error=type(exc).__name__)  # noqa: TRY400 - its text may be long
            raise BoltError("storage_error") from None
        self._workspaces.forget(installation.team_id or "")
        log.info("installed", team=installation.team_id, enterprise=installation.enterprise_id)


class _StateCookie(OAuthStateUtils):
    """The cookie that ties a state to a browser; other sites cannot have it sent with requests of theirs."""

    def build_set_cookie_for_new_state(self, state: str) -> str:
        return f"{super().build_set_cookie_for_new_state(state)}; SameSite=Lax"


def redirect_uri(settings: SlackSettings) -> str | None:
    """Where Slack sends the browser back to; None lets Slack take what the app's page says."""
    return None if settings.public_url is None else f"{settings.public_url.rstrip('/')}{REDIRECT}"


async def _done(args: AsyncSuccessArgs) -> BoltResponse:
    locale = _locale(args.request)
    made = args.installation
    link = ""
    team = made.team_id or made.enterprise_id or ""
    if _APP.fullmatch(made.app_id or "") and _TEAM.fullmatch(team):
        address = f"https://slack.com/app_redirect?{urlencode({'app': made.app_id, 'team': team})}"
        link = _link(address, _word("slack-install-open", locale))
    page = _page(_word("slack-install-done-title", locale), _word("slack-install-done", locale), link, locale)
    return _answer(200, page, args.settings)


async def _failed(args: AsyncFailureArgs) -> BoltResponse:
    locale = _locale(args.request)
    key = REASONS.get(args.reason, "slack-install-refused")
    log.info("not_installed", reason=args.reason if args.reason in REASONS else "refused")
    link = _link("install", _word("slack-install-again", locale))  # beside this page, wherever a proxy has put it
    page = _page(_word("slack-install-failed-title", locale), _word(key, locale), link, locale)
    return _answer(args.suggested_status_code, page, args.settings)


def _answer(status: int, page: str, settings: AsyncOAuthSettings) -> BoltResponse:
    headers: dict[str, Any] = {
        "content-type": "text/html; charset=utf-8",
        "set-cookie": [settings.state_utils.build_set_cookie_for_deletion()],
    }
    return BoltResponse(status=status, body=page, headers=headers)


def _page(title: str, words: str, link: str, locale: Locale) -> str:
    head = (
        f'<meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>{html.escape(title)}</title>'
    )
    body = f"<h1>{html.escape(title)}</h1><p>{html.escape(words)}</p>{link}"
    return f'<!doctype html><html lang="{locale}"><head>{head}</head><body>{body}</body></html>'


def _link(address: str, words: str) -> str:
    return f'<p><a href="{html.escape(address)}">{html.escape(words)}</a></p>'


def _word(key: str, locale: Locale) -> str:
    return say(Notice(key=key), locale)


def _locale(request: AsyncBoltRequest) -> Locale:
    said = (request.headers.get("accept-language") or [""])[0]
    return locale_from(said.split(",")[0].split(";")[0].strip())
