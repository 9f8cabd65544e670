"""The doctor's look at Slack: tokens, permissions, sockets, secrets, installations."""

import re
import time
from typing import Final

from slack_sdk.oauth.installation_store import Installation
from slack_sdk.web.async_client import AsyncWebClient

from bots.config import Settings, SlackSettings
from bots.courier import TryLater, Unreachable
from bots.findings import Finding
from bots.secrets import set_keys
from bots.slack.clients import Clients
from bots.slack.grants import Grant, identify
from bots.slack.installations import open_store
from bots.slack.installing import INSTALL, redirect_uri
from bots.slack.manifest import bot_scopes
from bots.slack.problems import Refused, reaching
from storage.database import open_database
from storage.errors import StorageError

PAGES: Final = "https://api.slack.com/apps"
INSTALL_AGAIN: Final = f"Install the app again at {PAGES}, OAuth & Permissions."
SHORTEST_KEY: Final = 20  # characters
MOST_INSTALLATIONS: Final = 20  # asked about one by one
_SECRET: Final = re.compile(r"[0-9a-f]{32}")


async def examine(settings: Settings) -> list[Finding]:
    """Everything about the bot that can be asked without connecting its socket; secrets appear nowhere."""
    slack = settings.slack
    if not slack.is_wanted:
        mend = (
            f"Make an app at {PAGES} from `threadbrush slack-manifest`, and set THREADBRUSH_SLACK__BOT_TOKEN "
            "and THREADBRUSH_SLACK__APP_TOKEN."
        )
        return [Finding(part="slack", status="absent", detail="no token is set", mend=mend)]
    clients = Clients(slack.api_url)
    try:
        found = await _token(slack, clients) if slack.bot_token is not None else await _oauth(settings, clients)
        return [*found, await _socket(slack, clients) if slack.mode == "socket" else _signing(slack)]
    finally:
        await clients.close()


async def _token(slack: SlackSettings, clients: Clients) -> list[Finding]:
    """The token that is set, and what it may."""
    part = "slack token"
    token = "" if slack.bot_token is None else slack.bot_token.get_secret_value()
    if not token.startswith("xoxb-"):
        mend = "Set THREADBRUSH_SLACK__BOT_TOKEN to the Bot User OAuth Token, which begins with xoxb-."
        return [Finding(part=part, status="broken", detail="not the token of a bot that stays valid", mend=mend)]
    try:
        grant = await identify(clients.client(token))
    except TryLater:
        return [_unreachable(part)]
    except (Unreachable, Refused):
        mend = f"{INSTALL_AGAIN} Then set THREADBRUSH_SLACK__BOT_TOKEN."
        return [Finding(part=part, status="broken", detail="Slack refuses the token", mend=mend)]
    where = grant.name or grant.enterprise or ""
    detail = f"{where} ({grant.team or grant.enterprise}), bot {grant.bot_user}"
    return [Finding(part=part, status="ok", detail=detail), _scopes("slack scopes", grant)]


def _scopes(part: str, grant: Grant) -> Finding:
    wanted = set(bot_scopes())
    if missing := sorted(wanted - grant.scopes):
        mend = f"Give the app the manifest of `threadbrush slack-manifest` at {PAGES}, App Manifest. {INSTALL_AGAIN}"
        return Finding(part=part, status="broken", detail=f"missing: {', '.join(missing)}", mend=mend)
    more = sorted(grant.scopes - wanted)
    unneeded = f"; not needed: {', '.join(more)}" if more else ""
    return Finding(part=part, status="ok", detail=f"every permission it needs{unneeded}")


async def _socket(slack: SlackSettings, clients: Clients) -> Finding:
    """Whether Slack would give us a socket; none is opened."""
    part = "slack socket"
    mend = (
        f"Make an app-level token with connections:write at {PAGES}, Basic Information, enable Socket Mode, and set "
        "THREADBRUSH_SLACK__APP_TOKEN."
    )
    if slack.app_token is None:
        return Finding(part=part, status="broken", detail="no app token is set", mend=mend)
    client: AsyncWebClient = clients.client()
    try:
        async with reaching():
            await client.apps_connections_open(app_token=slack.app_token.get_secret_value())
    except TryLater:
        return _unreachable(part)
    except (Unreachable, Refused):
        return Finding(
            part=part, status="broken", detail="Slack refuses the app token, or Socket Mode is off", mend=mend
        )
    return Finding(part=part, status="ok", detail="Slack offers a socket")


def _signing(slack: SlackSettings) -> Finding:
    part = "slack signing secret"
    secret = "" if slack.signing_secret is None else slack.signing_secret.get_secret_value()
    mend = f"Copy it from {PAGES}, Basic Information, and set THREADBRUSH_SLACK__SIGNING_SECRET."
    if not secret.strip():
        return Finding(part=part, status="broken", detail="none is set, and events come by HTTP", mend=mend)
    if not _SECRET.fullmatch(secret):
        return Finding(part=part, status="absent", detail="it is set, but does not look like Slack's", mend=mend)
    return Finding(part=part, status="ok", detail=f"set; events are listened to at {slack.host}:{slack.port}")


async def _oauth(settings: Settings, clients: Clients) -> list[Finding]:
    """Whether workspaces can install the app, and those that did."""
    slack = settings.slack
    lacking = [
        name
        for name, given in (
            ("THREADBRUSH_SLACK__CLIENT_ID", slack.client_id is not None),
            ("THREADBRUSH_SLACK__CLIENT_SECRET", slack.client_secret is not None),
            ("THREADBRUSH_SLACK__SIGNING_SECRET", slack.signing_secret is not None),
            ("THREADBRUSH_SLACK__MODE=http", slack.mode == "http"),
        )
        if not given
    ]
    if lacking:
        mend = (
            "For one workspace set THREADBRUSH_SLACK__BOT_TOKEN. For several set "
            f"{', '.join(lacking)}; the values are at {PAGES}, Basic Information."
        )
        found = [Finding(part="slack oauth", status="broken", detail="workspaces cannot install the app", mend=mend)]
    else:
        found = [_address(slack)]
    return [*found, *_keys(settings), *await _installations(settings, clients)]


def _keys(settings: Settings) -> list[Finding]:
    """What is wrong with the keys that tokens are sealed with."""
    part, keys = "secret key", set_keys(settings)
    if not keys and not settings.embedded:
        mend = "Set THREADBRUSH_SECRET_KEY to the same long random words everywhere."
        detail = "every process seals tokens with a key of its own, which no other can read"
        return [Finding(part=part, status="absent", detail=detail, mend=mend)]
    if keys and len(keys[0]) < SHORTEST_KEY:
        mend = "Put a longer one first, such as what `openssl rand -hex 32` says, and keep the others behind a comma."
        return [Finding(part=part, status="absent", detail="the one that seals can be guessed: it is short", mend=mend)]
    return []


def _address(slack: SlackSettings) -> Finding:
    part, redirect = "slack oauth", redirect_uri(slack)
    if redirect is None:
        detail = "Slack sends browsers back to the first redirect URL of the app's page"
        mend = "Set THREADBRUSH_SLACK__PUBLIC_URL."
        return Finding(part=part, status="absent", detail=detail, mend=mend)
    public = (slack.public_url or "").rstrip("/")
    if not public.startswith("https://"):
        mend = "Slack takes https addresses only: set THREADBRUSH_SLACK__PUBLIC_URL."
        return Finding(part=part, status="broken", detail=f"{redirect} is no https address", mend=mend)
    return Finding(part=part, status="ok", detail=f"install at {public}{INSTALL}; redirect URL {redirect}")


async def _installations(settings: Settings, clients: Clients) -> list[Finding]:
    part = "slack installations"
    database = open_database(settings.database)
    try:
        store = await open_store(settings, database)
        records = [record for record in await store.installs.under(store.prefix) if record.left_at is None]
    except StorageError as exc:
        return [Finding(part=part, status="broken", detail=str(exc), mend="Run `threadbrush migrate`.")]
    finally:
        await database.close()
    if not records:
        return [Finding(part=part, status="absent", detail="no workspace has installed the app")]
    known = [(record, store.unsealed(record)) for record in records]
    if unread := [record.key for record, installation in known if installation is None]:
        mend = "Set THREADBRUSH_SECRET_KEY to all keys that were ever used, the newest first, or install again."
        detail = f"{len(unread)} of {len(records)} cannot be unsealed: {', '.join(unread[:MOST_INSTALLATIONS])}"
        found = [Finding(part=part, status="broken", detail=detail, mend=mend)]
    else:
        found = [Finding(part=part, status="ok", detail=f"{len(records)}, all of them can be unsealed")]
    for installation in [each for _, each in known if each is not None][:MOST_INSTALLATIONS]:
        found += await _installed(installation, clients)
    return found


async def _installed(installation: Installation, clients: Clients) -> list[Finding]:
    """What is wrong with an installation."""
    end = installation.bot_token_expires_at
    if end is not None and end <= time.time():
        return []  # nobody asked for anything there lately; it is renewed when somebody does
    part = f"slack {installation.team_name or installation.enterprise_name or installation.team_id}"
    try:
        grant = await identify(clients.client(installation.bot_token))
    except TryLater:
        return [_unreachable(part)]
    except (Unreachable, Refused):
        mend = "Somebody there must install the app again, or it was removed."
        return [Finding(part=part, status="broken", detail="Slack refuses its token", mend=mend)]
    scopes = _scopes(part, grant)
    return [] if scopes.status == "ok" else [scopes]


def _unreachable(part: str) -> Finding:
    return Finding(part=part, status="broken", detail="Slack cannot be reached", mend="Check the network.")
