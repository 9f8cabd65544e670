"""The app was removed from a workspace: its tokens go at once, and everything of the workspace after them (platforms S21).

That it was removed is committed before Slack is acknowledged, so that the purge is ended by the next start if this
process does not. Who installed the app again in the meantime did not leave: a late or repeated event purges nothing.
"""

import asyncio
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final

import structlog
from slack_bolt.app.async_app import AsyncApp

from bots.courier import Unreachable
from bots.slack.grants import identify
from bots.slack.installations import InstallationStore
from bots.slack.parts import Parts
from bots.slack.problems import Refused
from bots.slack.renewal import Installed
from bots.slack.where import PLATFORM, tenant_of
from storage.errors import StorageError, UnknownJob
from storage.installs import InstallRecord, Installs

REASON: Final = "the app was removed"
ASK_SECONDS: Final = 2.0
"""For Slack's answer whether a token is still good; the event itself must be acknowledged within three."""

FIRST_PAUSE, LONGEST_PAUSE = 0.5, 30.0
ATTEMPTS: Final = 10
SET_TOKEN: Final = f"{PLATFORM}::"
"""What the keys of removals begin with where the operator sets the token: no app's id is empty."""

log = structlog.get_logger(__name__)


def install(app: AsyncApp, parts: Parts) -> None:
    """Listen for removals, and end what an earlier process did not."""
    leaving = Leaving(parts)

    async def uninstalled(body: dict[str, Any]) -> None:
        await leaving.removed(body)

    async def revoked(body: dict[str, Any]) -> None:
        tokens = body.get("event", {}).get("tokens")
        if isinstance(tokens, Mapping) and tokens.get("bot"):  # users' tokens are none of ours
            await leaving.removed(body, sure=False)

    app.event("app_uninstalled")(uninstalled)
    app.event("tokens_revoked")(revoked)
    parts.later(leaving.resume)


class Leaving:
    """Removes what is kept of workspaces that removed the app. Every method may be called again for the same thing."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        source = parts.workspaces.source
        self._store = source.store if isinstance(source, Installed) else None
        self._installs = self._store.installs if self._store is not None else Installs(parts.desk.app.database)

    async def removed(self, body: Mapping[str, Any], *, sure: bool = True) -> None:
        """Slack says that the app was removed, or its token revoked.

        Args:
            body: Slack's event.
            sure: Whether the event alone says it, if it is newer than the installation. A revoked token alone does
                not: an operator who sets another token revokes the first one, and leaves nothing.

        Raises:
            TryLater: Slack does not say whether the token is still good.
            StorageError: It cannot be kept. Slack is not acknowledged then and sends the event again.
        """
        team, enterprise = _text(body.get("team_id")), _text(body.get("enterprise_id"))
        happened = _instant(body.get("event_time"))
        left = [
            await self._lose_token(team, happened, sure=sure)
            if self._store is None
            else await self._leave(self._store, team, happened, sure=sure),
            # A workspace may go while its organization stays, so of that the event is never enough.
            None if self._store is None else await self._leave(self._store, enterprise, happened, sure=False),
        ]
        self._parts.workspaces.forget(team or "")
        for key in filter(None, left):
            self._parts.later(lambda key=key: self.purge(key))  # type: ignore[misc]  # a default makes it untyped

    async def _leave(
        self, store: InstallationStore, identifier: str | None, happened: datetime, *, sure: bool
    ) -> str | None:
        """The key of what is to be purged, if anything is."""
        key = store.key(identifier or "")
        known = await self._installs.find(key)
        if known is None:
            return None
        if known.left_at is None and await self._stands(store, known, happened, sure=sure):
            log.info("not_left", key=key)
            return None
        return key if await self._installs.leave(key, happened, installed_at=known.installed_at) else None

    async def _stands(self, store: InstallationStore, known: InstallRecord, happened: datetime, *, sure: bool) -> bool:
        """Whether an installation is there although Slack said once that it was removed."""
        # Slack's clock counts whole seconds. Ours may go wrong: what seems to be older is asked about.
        if sure and happened >= known.installed_at.replace(microsecond=0):
            return False
        installation = store.unsealed(known)
        return installation is not None and await self._is_good(installation.bot_token or "")

    async def _lose_token(self, team: str | None, happened: datetime, *, sure: bool) -> str | None:
        """Of a token that is set only Slack knows whether it is good."""
        only = self._parts.workspaces.only
        if only is None or team is None or not sure:
            return None
        if (only.known is not None and only.known.team not in (None, team)) or await self._is_good(only.token):
            return None
        key = f"{SET_TOKEN}{team}"
        await self._installs.leave(key, happened, installed_at=None, tenants=[tenant_of(team)])
        return key

    async def _is_good(self, token: str) -> bool:
        async with asyncio.timeout(ASK_SECONDS):
            try:
                await identify(self._parts.workspaces.clients.client(token))
            except (Unreachable, Refused):
                return False
        return True

    async def resume(self) -> None:
        """Purge what an earlier process did not end."""
        prefix = SET_TOKEN if self._store is None else self._store.prefix
        for known in await self._installs.left(prefix):
            await self.purge(known.key)

    async def purge(self, key: str) -> None:
        """Remove everything of the workspaces that an installation served, unless it is there again."""
        pause = FIRST_PAUSE
        for _ in range(ATTEMPTS):
            try:
                known = await self._installs.find(key)
                if known is None or known.left_at is None:
                    return
                for tenant in await self._installs.tenants_of(key):
                    await self._purge_tenant(tenant)
                await self._installs.forget(key, only_left=True)
            except StorageError as exc:
                log.warning("purge_delayed", key=key, error=type(exc).__name__)
            else:
                log.info("left", key=key)
                return
            await asyncio.sleep(pause)
            pause = min(pause * 2, LONGEST_PAUSE)
        log.error("purge_given_up", key=key)  # the next start takes it up again

    async def _purge_tenant(self, tenant: str) -> None:
        desk = self._parts.desk
        for job in await desk.app.records.unfinished_jobs_of(tenant=tenant):
            try:
                await desk.session.cancel(job.id)
            except UnknownJob:
                log.info("nothing_to_cancel", job=job.id)
        await desk.app.records.purge_tenant(tenant, desk.app.blobs, REASON)
        self._parts.rooms.forget_all()
        desk.tenants.forget(tenant)
        self._parts.workspaces.forget(tenant.removeprefix(tenant_of("")))
        for person in [person for person in self._parts.names if person.startswith(f"{tenant}:")]:
            del self._parts.names[person]


def _text(value: object) -> str | None:
    return value if isinstance(value, str) and value else None


def _instant(value: object) -> datetime:
    """When an event happened; without a time, long ago, so that Slack is asked."""
    try:
        return datetime.fromtimestamp(float(str(value)), UTC)
    except (ValueError, OverflowError, OSError):
        return datetime.fromtimestamp(0, UTC)
