"""Where the app is installed: sealed tokens, who renews them, which tenants they serve, and what must still be purged.

Each method of ``Installs`` is one transaction. Knows no platform, and nothing of what is sealed.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.codec import decode
from storage.database import Database
from storage.jobs import insert_missing
from storage.tables import install_states, install_tenants, installs

MOST_STATES = 10_000
"""Installations that may be under way at a time; one that began before these is forgotten."""


@dataclass(frozen=True, slots=True, kw_only=True)
class InstallRecord:
    """An installation, or one that was removed and whose data must still be purged.

    Attributes:
        key: ``slack:<app>:<workspace or organization>``.
        sealed: The tokens; None once the app was removed.
        installed_at: When it was installed the last time.
        renewing_until: Until when a process alone may renew the tokens.
        left_at: When the app was removed.
    """

    key: str
    sealed: str | None
    installed_at: datetime
    renewing_until: datetime | None = None
    left_at: datetime | None = None


class Installs:
    """Installations over a migrated database.

    Raises (every method):
        DatabaseUnavailable: The database cannot be used right now.
        SchemaOutdated: It was not migrated.
    """

    def __init__(self, database: Database) -> None:
        self.database = database

    async def keep(self, key: str, sealed: str, tenants: Iterable[str] = (), at: datetime | None = None) -> None:
        """Keep the tokens of an installation; whatever was there under that key is over."""
        async with self.database.write() as connection:
            values = {"sealed": sealed, "installed_at": at or datetime.now(UTC)}
            if not await insert_missing(connection, installs, key=key, **values):
                await connection.execute(
                    sa.update(installs).where(installs.c.key == key).values(renewing_until=None, left_at=None, **values)
                )
            for tenant in tenants:
                await insert_missing(connection, install_tenants, install=key, tenant=tenant)

    async def find(self, key: str) -> InstallRecord | None:
        """The installation with that key, also one that was removed and is not purged yet."""
        async with self.database.read() as connection:
            return await _find(connection, key)

    async def under(self, prefix: str) -> tuple[InstallRecord, ...]:
        """Every installation whose key begins with ``prefix``, oldest first."""
        query = (
            sa.select(installs)
            .where(installs.c.key.startswith(prefix, autoescape=True))
            .order_by(installs.c.installed_at, installs.c.key)
        )
        async with self.database.read() as connection:
            return tuple(decode(InstallRecord, dict(row)) for row in (await connection.execute(query)).mappings())

    async def tenants_of(self, key: str) -> tuple[str, ...]:
        """Whom an installation served."""
        query = sa.select(install_tenants.c.tenant).where(install_tenants.c.install == key)
        async with self.database.read() as connection:
            return tuple((await connection.execute(query.order_by(install_tenants.c.tenant))).scalars())

    async def serve(self, key: str, tenant: str) -> None:
        """Note that an installation serves a tenant: with it, the tenant's data goes."""
        if tenant in await self.tenants_of(key):
            return
        async with self.database.write() as connection:
            if await _find(connection, key) is not None:
                await insert_missing(connection, install_tenants, install=key, tenant=tenant)

    async def begin_renewal(self, known: InstallRecord, until: datetime) -> bool:
        """Whether the caller may now renew the tokens of ``known``: nobody else does, and nobody has."""
        free = sa.or_(installs.c.renewing_until.is_(None), installs.c.renewing_until < datetime.now(UTC))
        return await self._change(known, free, renewing_until=until)

    async def end_renewal(self, known: InstallRecord, sealed: str | None = None) -> bool:
        """Keep the renewed tokens instead of ``known``, or give the renewal up. False if there were others already."""
        return await self._change(known, sealed=sealed or known.sealed, renewing_until=None)

    async def _change(self, known: InstallRecord, *conditions: sa.ColumnElement[bool], **values: object) -> bool:
        which = (installs.c.key == known.key, installs.c.sealed == known.sealed, *conditions)
        async with self.database.write() as connection:
            done = await connection.execute(sa.update(installs).where(*which).values(**values))
            return done.rowcount == 1

    async def leave(
        self, key: str, at: datetime, *, installed_at: datetime | None, tenants: Iterable[str] = ()
    ) -> bool:
        """The app was removed: forget the tokens, and remember that the data must be purged.

        Args:
            key: The installation.
            at: When.
            installed_at: Of the installation that is meant; None for one of which no tokens are kept.
            tenants: Whom it served, beside those that were noted.

        Returns:
            False if it was installed anew in the meantime; then nothing was changed.
        """
        gone = {"sealed": None, "renewing_until": None, "left_at": at}
        meant = (installs.c.key == key, installs.c.left_at.is_(None), installs.c.installed_at == installed_at)
        async with self.database.write() as connection:
            if not await insert_missing(connection, installs, key=key, installed_at=at, left_at=at):
                await connection.execute(sa.update(installs).where(*meant).values(gone))
            known = await _find(connection, key)
            if known is None or known.left_at is None:
                return False
            for tenant in tenants:
                await insert_missing(connection, install_tenants, install=key, tenant=tenant)
            return True

    async def left(self, prefix: str) -> tuple[InstallRecord, ...]:
        """Removed installations whose data is not purged yet."""
        return tuple(record for record in await self.under(prefix) if record.left_at is not None)

    async def forget(self, key: str, *, only_left: bool = False) -> None:
        """Nothing is left of an installation; with ``only_left``, unless it was installed anew."""
        async with self.database.write() as connection:
            row = sa.select(installs.c.left_at).where(installs.c.key == key).with_for_update()
            known = (await connection.execute(row)).one_or_none()
            if known is None or (only_left and known.left_at is None):
                return
            await connection.execute(sa.delete(install_tenants).where(install_tenants.c.install == key))
            await connection.execute(sa.delete(installs).where(installs.c.key == key))

    async def issue_state(self, digest: str, expires_at: datetime) -> None:
        """Remember that somebody began to install the app."""
        now = datetime.now(UTC)
        async with self.database.write() as connection:
            await connection.execute(sa.delete(install_states).where(install_states.c.expires_at <= now))
            newest = sa.select(install_states.c.digest).order_by(install_states.c.expires_at.desc())
            oldest = newest.offset(MOST_STATES - 1).limit(MOST_STATES)
            await connection.execute(sa.delete(install_states).where(install_states.c.digest.in_(oldest)))
            await insert_missing(connection, install_states, digest=digest, expires_at=expires_at)

    async def consume_state(self, digest: str) -> bool:
        """Whether somebody began to install the app with that, lately; true once only."""
        which = (install_states.c.digest == digest, install_states.c.expires_at > datetime.now(UTC))
        async with self.database.write() as connection:
            return (await connection.execute(sa.delete(install_states).where(*which))).rowcount == 1


async def _find(connection: AsyncConnection, key: str) -> InstallRecord | None:
    row = (await connection.execute(sa.select(installs).where(installs.c.key == key))).mappings().one_or_none()
    return None if row is None else decode(InstallRecord, dict(row))
