"""A tenant's settings: a guild's or workspace's plan, strictness, retention, language and preferences.

Every function runs in its caller's transaction. What may be changed is checked here; by whom is for others to check.
"""

import json
import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any, Literal, get_args

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from moderation.types import Locale
from storage.codec import decode
from storage.jobs import insert_missing
from storage.tables import tenants

MAX_RETENTION_DAYS = 3650
MAX_WEIGHT = 1000.0
MAX_PREFERENCES_BYTES = 32 * 1024
MAX_KEYS = 64
_NAME = re.compile(r"[a-z][a-z0-9_-]{0,63}", re.ASCII)

Strictness = Literal["standard", "strict"]
Visibility = Literal["conversation", "tenant", "private"]


@dataclass(frozen=True, slots=True, kw_only=True)
class TenantRecord:
    """A guild or workspace; of one that is unknown, what holds for everybody.

    Attributes:
        plan: Set by the operator only; so is ``weight``, the tenant's share of a busy engine.
        retention_days: After how many days images, uploads and words are removed; None: never.
        visibility: Who finds images in the gallery: readers of the ``conversation``, the whole ``tenant``, or nobody but
            who asked (``private``).
        preferences: The adapters' own settings, JSON.
    """

    id: str
    plan: str = "free"
    weight: float = 1.0
    policy_strictness: Strictness = "standard"
    retention_days: int | None = None
    locale: Locale = "en"
    visibility: Visibility = "conversation"
    preferences: Mapping[str, Any] = field(default_factory=dict)


async def find_tenant(connection: AsyncConnection, tenant: str) -> TenantRecord:
    """The settings of a tenant; the default ones when it is unknown."""
    row = (await connection.execute(sa.select(tenants).where(tenants.c.id == tenant))).mappings().one_or_none()
    return TenantRecord(id=tenant) if row is None else _record(row)


async def change_tenant(connection: AsyncConnection, tenant: str, changes: Mapping[str, Any]) -> TenantRecord:
    """Change some settings.

    Args:
        connection: The caller's transaction.
        tenant: Whose; made if unknown.
        changes: Fields of ``TenantRecord`` but its id. ``preferences`` are laid over the known ones key by key; None
            takes a key out.

    Raises:
        ValueError: A value is out of its range; nothing was changed.
        TypeError: There is no such setting.
    """
    for name, value in changes.items():
        if name not in _ALLOWED:
            raise TypeError(f"there is no setting {name[:64]}")
        if not _ALLOWED[name](value):
            raise ValueError(f"the setting {name} cannot have this value")
    await insert_missing(connection, tenants, id=tenant, created_at=datetime.now(UTC))
    query = sa.select(tenants).where(tenants.c.id == tenant).with_for_update()
    known = _record((await connection.execute(query)).mappings().one())
    wanted = dict(changes)
    if "preferences" in wanted:
        laid = {**known.preferences, **wanted["preferences"]}
        wanted["preferences"] = {key: value for key, value in laid.items() if value is not None}
        if not _are_preferences(wanted["preferences"]):
            raise ValueError("the setting preferences cannot hold that much")
    if wanted:
        await connection.execute(sa.update(tenants).where(tenants.c.id == tenant).values(**wanted))
    return replace(known, **wanted)


def _record(row: Any) -> TenantRecord:
    return decode(TenantRecord, {**row, "preferences": row["preferences"] or {}})


def _is_retention(value: Any) -> bool:
    return value is None or (type(value) is int and 1 <= value <= MAX_RETENTION_DAYS)


def _is_weight(value: Any) -> bool:
    return type(value) in (int, float) and math.isfinite(value) and 0 < value <= MAX_WEIGHT


def _are_preferences(value: Any) -> bool:
    if not isinstance(value, Mapping) or len(value) > MAX_KEYS:
        return False
    if not all(isinstance(key, str) and _NAME.fullmatch(key) for key in value):
        return False
    try:
        return len(json.dumps(dict(value), allow_nan=False)) <= MAX_PREFERENCES_BYTES
    except (TypeError, ValueError, RecursionError):
        return False


def _fits(pattern: re.Pattern[str]) -> Callable[[Any], bool]:
    return lambda value: isinstance(value, str) and pattern.fullmatch(value) is not None


def _one_of(*values: str) -> Callable[[Any], bool]:
    return lambda value: isinstance(value, str) and value in values


_ALLOWED: Mapping[str, Callable[[Any], bool]] = {
    "plan": _fits(_NAME),
    "weight": _is_weight,
    "policy_strictness": _one_of(*get_args(Strictness)),
    "retention_days": _is_retention,
    "locale": _one_of(*get_args(Locale)),
    "visibility": _one_of(*get_args(Visibility)),
    "preferences": _are_preferences,
}
