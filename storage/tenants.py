"""Tenants: the settings of a guild or workspace. ``preferences`` are the adapters' own; the rest is common."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Literal

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from moderation.types import Locale
from storage.jobs import insert_missing
from storage.tables import tenants

MAX_RETENTION_DAYS = 3650


@dataclass(frozen=True, slots=True, kw_only=True)
class TenantRecord:
    """What is set for a tenant.

    Attributes:
        plan: Set by the operator only.
        weight: Share of the generator, above 0.
        retention_days: How long images and words are kept, 1 to 3650; None keeps them.
        visibility: Who sees images beyond their conversation.
    """

    id: str
    plan: str = "free"
    weight: float = 1.0
    policy_strictness: Literal["standard", "strict"] = "standard"
    retention_days: int | None = None
    locale: Locale = "en"
    visibility: str = "conversation"
    preferences: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Refuse what cannot be.

        Raises:
            ValueError: A value is out of its range.
        """
        if not self.weight > 0:
            raise ValueError("weight must be above 0")
        if self.retention_days is not None and not 1 <= self.retention_days <= MAX_RETENTION_DAYS:
            raise ValueError(f"retention_days must be from 1 to {MAX_RETENTION_DAYS}")
        if self.policy_strictness not in ("standard", "strict") or self.locale not in ("en", "ko"):
            raise ValueError("unknown strictness or language")


async def find_tenant(connection: AsyncConnection, tenant: str) -> TenantRecord:
    """Its settings; the defaults when it was never seen."""
    row = (await connection.execute(sa.select(tenants).where(tenants.c.id == tenant))).mappings().one_or_none()
    if row is None:
        return TenantRecord(id=tenant)
    known = {key: value for key, value in row.items() if key != "created_at"}
    return TenantRecord(**{**known, "preferences": known["preferences"] or {}})


async def change_tenant(connection: AsyncConnection, tenant: str, changes: Mapping[str, Any]) -> TenantRecord:
    """Set what ``changes`` names.

    Raises:
        ValueError: A value is out of its range.
        TypeError: There is no such setting.
    """
    await insert_missing(connection, tenants, id=tenant, created_at=datetime.now(UTC))
    before = await find_tenant(connection, tenant)
    known = {name: getattr(before, name) for name in TenantRecord.__slots__}
    after = TenantRecord(**{**known, **changes, "id": tenant})
    values = {name: getattr(after, name) for name in TenantRecord.__slots__ if name != "id"}
    await connection.execute(sa.update(tenants).where(tenants.c.id == tenant).values(**values))
    return after
