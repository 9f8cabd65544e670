"""Installations by OAuth: kept sealed in our database (platforms S21). Knows nothing of renewing tokens.

slack_sdk has a store over SQLAlchemy of its own. It keeps tokens as they are, and its transactions are none of ours:
SQLite would refuse them while somebody else writes. So its interfaces are kept over ``storage.installs``.
"""

import hashlib
import json
import logging
import secrets
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import structlog
from slack_sdk.oauth.installation_store import Bot, Installation
from slack_sdk.oauth.installation_store.async_installation_store import AsyncInstallationStore
from slack_sdk.oauth.state_store.async_state_store import AsyncOAuthStateStore

from bots.config import Settings
from bots.secrets import CannotUnseal, Seal, open_seal
from bots.slack.where import PLATFORM, tenant_of
from storage.database import Database
from storage.installs import InstallRecord, Installs

STATE_SECONDS: Final = 600
_KEPT: Final = (
    "app_id",
    "enterprise_id",
    "enterprise_name",
    "team_id",
    "team_name",
    "bot_token",
    "bot_id",
    "bot_user_id",
    "bot_scopes",
    "bot_refresh_token",
    "bot_token_expires_at",
    "user_id",
    "is_enterprise_install",
    "token_type",
    "installed_at",
)

log = structlog.get_logger(__name__)


class InstallationStore(AsyncInstallationStore):
    """slack_sdk's store of installations, one for each workspace or organization.

    The app asks for no user's token and no webhook; should Slack send one anyway, it is not kept.

    Args:
        installs: Where they are kept.
        seal: What they are sealed with.
        app: The app's client id: another app's installations are none of ours.
    """

    def __init__(self, installs: Installs, seal: Seal, app: str) -> None:
        self.installs = installs
        self._seal = seal
        self._app = app

    @property
    def logger(self) -> logging.Logger:
        """Where slack_sdk would log to."""
        return logging.getLogger("slack_sdk")

    @property
    def prefix(self) -> str:
        """What the keys of all installations begin with."""
        return f"{PLATFORM}:{self._app}:"

    def key(self, identifier: str) -> str:
        """The key of a workspace's or an organization's installation."""
        return f"{self.prefix}{identifier}"

    async def async_save(self, installation: Installation) -> None:
        """Keep an installation in place of an earlier one.

        Raises:
            ValueError: It names no workspace and no organization, or has no bot token.
        """
        identifier = _identifier(
            installation.enterprise_id, installation.team_id, whole=installation.is_enterprise_install
        )
        if identifier is None or not installation.bot_token:
            raise ValueError("an installation of nothing, or without a bot")
        key, team = self.key(identifier), installation.team_id
        served = (tenant_of(team),) if team and not installation.is_enterprise_install else ()
        await self.installs.keep(key, self._sealed(key, installation), served)

    async def async_save_bot(self, bot: Bot) -> None:
        """Keep a bot as if it were a whole installation."""
        values = {name: getattr(bot, name) for name in _KEPT if hasattr(bot, name)}
        await self.async_save(Installation(user_id="", **values))

    async def async_find_installation(
        self,
        *,
        enterprise_id: str | None,
        team_id: str | None,
        user_id: str | None = None,
        is_enterprise_install: bool | None = False,
    ) -> Installation | None:
        """The installation of a workspace or organization, whoever installed it."""
        del user_id
        identifier = _identifier(enterprise_id, team_id, whole=bool(is_enterprise_install))
        record = None if identifier is None else await self.installs.find(self.key(identifier))
        return None if record is None else self.unsealed(record)

    async def async_find_bot(
        self, *, enterprise_id: str | None, team_id: str | None, is_enterprise_install: bool | None = False
    ) -> Bot | None:
        """The bot of an installation."""
        found = await self.async_find_installation(
            enterprise_id=enterprise_id, team_id=team_id, is_enterprise_install=is_enterprise_install
        )
        return None if found is None else found.to_bot()

    async def async_delete_bot(self, *, enterprise_id: str | None, team_id: str | None) -> None:
        """Forget an installation; without a workspace, that of the organization."""
        identifier = _identifier(enterprise_id, team_id, whole=False)
        if identifier is not None:
            await self.installs.forget(self.key(identifier))

    async def async_delete_installation(
        self, *, enterprise_id: str | None, team_id: str | None, user_id: str | None = None
    ) -> None:
        """Forget an installation. A single user's is none: no user's token is kept."""
        if user_id is None:
            await self.async_delete_bot(enterprise_id=enterprise_id, team_id=team_id)

    def unsealed(self, record: InstallRecord) -> Installation | None:
        """What a record holds; None if the app was removed, or if it was sealed with keys that are not here."""
        if record.sealed is None:
            return None
        try:
            document = json.loads(self._seal.unseal(record.sealed))
        except CannotUnseal:
            log.error("installation_sealed_with_another_key", key=record.key)  # noqa: TRY400 - the name says it all
            return None
        if document.pop("key") != record.key:
            log.error("installation_moved", key=record.key)  # somebody put it under another name
            return None
        return Installation(**document)

    def renewed(self, record: InstallRecord, bot: Bot, installation: Installation) -> str:
        """An installation with the tokens that a renewal gave, sealed."""
        values = {name: getattr(installation, name) for name in _KEPT}
        values |= {
            "bot_token": bot.bot_token,
            "bot_refresh_token": bot.bot_refresh_token or installation.bot_refresh_token,
            "bot_token_expires_at": bot.bot_token_expires_at,
        }
        return self._sealed(record.key, Installation(**values))

    def _sealed(self, key: str, installation: Installation) -> str:
        # With its key, so that nobody who can write to the database gives one workspace the token of another.
        return self._seal.seal(json.dumps({"key": key, **{name: getattr(installation, name) for name in _KEPT}}))


class StateStore(AsyncOAuthStateStore):
    """slack_sdk's store of states: random, good once, for ten minutes. The database has their digests only."""

    def __init__(self, installs: Installs) -> None:
        self._installs = installs

    @property
    def logger(self) -> logging.Logger:
        """Where slack_sdk would log to."""
        return logging.getLogger("slack_sdk")

    async def async_issue(self, *args: Any, **kwargs: Any) -> str:
        """A new state."""
        del args, kwargs
        state = secrets.token_urlsafe(32)
        await self._installs.issue_state(_digest(state), datetime.now(UTC) + timedelta(seconds=STATE_SECONDS))
        return state

    async def async_consume(self, state: str) -> bool:
        """Whether it was issued and is still good; the second time it is not."""
        return await self._installs.consume_state(_digest(state))


async def open_store(settings: Settings, database: Database) -> InstallationStore:
    """The installations of the app that is set.

    Raises:
        KeyMaterialError: The key that they are sealed with cannot be read or made.
    """
    return InstallationStore(Installs(database), await open_seal(settings), settings.slack.client_id or "")


def _identifier(enterprise: str | None, team: str | None, *, whole: bool) -> str | None:
    """What an installation is found by: its workspace, or for a whole organization that."""
    return enterprise if whole or team is None else team


def _digest(state: str) -> str:
    return hashlib.sha256(state.encode("utf-8", "replace")).hexdigest()
