"""Tokens of installations, renewed before they end by one process at a time (platforms S21).

A refresh token is good once. Who may spend it is said by the database, so that replicas do not take it from each other.
"""

import asyncio
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Final

import structlog
from slack_sdk.errors import SlackTokenRotationError
from slack_sdk.oauth.installation_store import Bot, Installation
from slack_sdk.oauth.token_rotation.async_rotator import AsyncTokenRotator

from bots.app import App
from bots.courier import TryLater
from bots.slack.clients import Clients
from bots.slack.grants import Grant, Source
from bots.slack.installations import InstallationStore, open_store
from bots.slack.problems import code_of, reaching
from bots.slack.where import tenant_of
from bots.slack.workspaces import Workspaces
from storage.errors import StorageError
from storage.installs import InstallRecord

RENEW_MINUTES: Final = 120
"""Tokens live twelve hours; so long before their end they are renewed."""

LEASE: Final = timedelta(seconds=90)
"""For how long a process renews alone; longer than any request takes (``workspaces.TIMEOUT``)."""

SAVE_PAUSES: Final = (0.2, 1.0, 3.0)
WAIT_SECONDS, POLL_SECONDS = 5.0, 0.1  # for the process that is renewing a token that is over already
OVER: Final = frozenset(
    {
        "invalid_refresh_token",
        "invalid_grant",
        "token_revoked",
        "token_expired",
        "account_inactive",
        "invalid_auth",
        "bad_client_secret",
        "invalid_client_id",
    }
)
"""Errors after which a token is renewed no more."""


log = structlog.get_logger(__name__)


class Installed(Source):
    """Tokens of installations, renewed before they end.

    Args:
        store: The installations.
        rotator: slack_sdk's, which asks Slack for new tokens.
        now: Seconds since the epoch.
    """

    def __init__(
        self, store: InstallationStore, rotator: AsyncTokenRotator, now: Callable[[], float] = time.time
    ) -> None:
        self.store = store
        self._rotator = rotator
        self._now = now
        self._served: set[tuple[str, str]] = set()

    async def grant(self, team: str, enterprise: str | None) -> Grant | None:
        """The workspace's own installation, else that of its organization."""
        for identifier in filter(None, dict.fromkeys((team, enterprise))):
            record = await self.store.installs.find(self.store.key(identifier))
            installation = None if record is None else await self._current(record)
            if record is None or installation is None or not installation.bot_token:
                continue
            if team != enterprise:
                await self._serve(record.key, tenant_of(team))
            return Grant(
                token=installation.bot_token,
                team=None if installation.is_enterprise_install else team,
                enterprise=installation.enterprise_id,
                bot_user=installation.bot_user_id or "",
                bot_id=installation.bot_id or "",
                name=installation.team_name or installation.enterprise_name or "",
                scopes=frozenset(installation.bot_scopes or ()),
            )
        return None

    async def _serve(self, key: str, tenant: str) -> None:
        if (key, tenant) not in self._served:
            await self.store.installs.serve(key, tenant)
            self._served.add((key, tenant))

    async def _current(self, record: InstallRecord) -> Installation | None:
        """What a record holds, renewed if its token ends soon.

        Raises:
            TryLater: Its token is over, and Slack cannot be asked for another now.
        """
        installation = self.store.unsealed(record)
        if installation is None or self._left(installation) > RENEW_MINUTES * 60:
            return installation
        try:
            if await self.store.installs.begin_renewal(record, datetime.now(UTC) + LEASE):
                return await self._renew(record, installation)
            return await self._others(record, installation)
        except TryLater:
            if self._left(installation) <= 0:
                raise
            log.warning("token_not_renewed_yet", key=record.key)
            return installation

    def _left(self, installation: Installation) -> float:
        """Seconds for which its token is good."""
        end = installation.bot_token_expires_at
        return float("inf") if end is None else end - self._now()

    async def _renew(self, record: InstallRecord, installation: Installation) -> Installation | None:
        bot: Bot | None = None
        try:
            bot = await self._ask(installation.to_bot())
        except SlackTokenRotationError as exc:
            code = code_of(exc.api_error)
            log.error("token_not_renewed", key=record.key, error=code)  # noqa: TRY400 - its text is Slack's answer
            if code not in OVER:
                raise TryLater from None
            return installation if self._left(installation) > 0 else None
        finally:
            await self._save(record, None if bot is None else self.store.renewed(record, bot, installation))
        known = await self.store.installs.find(record.key)
        return None if known is None else self.store.unsealed(known)

    async def _ask(self, bot: Bot) -> Bot | None:
        refused: SlackTokenRotationError | None = None
        async with reaching():
            try:
                return await self._rotator.perform_bot_token_rotation(bot=bot, minutes_before_expiration=RENEW_MINUTES)
            except SlackTokenRotationError as exc:
                refused = exc
            except (KeyError, TypeError, ValueError):  # an answer that slack_sdk cannot read
                raise TryLater from None
        raise refused

    async def _save(self, record: InstallRecord, sealed: str | None) -> None:
        """Insisting: the token that this one was renewed with is good for nothing any more."""
        for pause in SAVE_PAUSES:
            try:
                await self.store.installs.end_renewal(record, sealed)
            except StorageError as exc:
                log.warning("token_not_saved_yet", key=record.key, error=type(exc).__name__)
                await asyncio.sleep(pause)
            else:
                return
        await self.store.installs.end_renewal(record, sealed)

    async def _others(self, record: InstallRecord, installation: Installation) -> Installation | None:
        """Another process is renewing: what is there is good until it is done."""
        if self._left(installation) > 0:
            return installation
        end = time.monotonic() + WAIT_SECONDS
        while time.monotonic() < end:
            known = await self.store.installs.find(record.key)
            if known is None or known.sealed != record.sealed:
                return None if known is None else self.store.unsealed(known)
            await asyncio.sleep(POLL_SECONDS)
        raise TryLater


def workspaces_of(app: App) -> Workspaces:
    """The workspaces of a wired app: with a token that is set, or as they were installed by OAuth."""
    slack = app.settings.slack

    async def source(clients: Clients) -> Source | None:
        if slack.client_id is None or slack.client_secret is None:
            return None
        store = await open_store(app.settings, app.database)
        rotator = AsyncTokenRotator(
            client_id=slack.client_id, client_secret=slack.client_secret.get_secret_value(), client=clients.client()
        )
        return Installed(store, rotator)

    return Workspaces(slack, source)
