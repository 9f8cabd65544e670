"""The settings of tenants in memory, for a moment: what stands before every acknowledgement must not wait to read them."""

import time
from collections.abc import Callable
from typing import Final

from storage.chats import Chats
from storage.tenants import TenantRecord

FRESH_SECONDS: Final = 5.0
"""For how long a change by another process goes unnoticed."""

MOST_KEPT: Final = 10_000


class TenantCache:
    """What was read of tenants lately."""

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._kept: dict[str, tuple[float, TenantRecord]] = {}

    async def find(self, chats: Chats, tenant: str) -> TenantRecord:
        """The settings of a tenant, at most ``FRESH_SECONDS`` old; the default ones when it is unknown."""
        known = self._kept.get(tenant)
        if known is not None and self._now() - known[0] < FRESH_SECONDS:
            return known[1]
        record = await chats.tenant(tenant)
        if len(self._kept) >= MOST_KEPT:
            self._kept.clear()
        self._kept[tenant] = (self._now(), record)
        return record

    def forget(self, tenant: str) -> None:
        """It was changed: read it anew the next time."""
        self._kept.pop(tenant, None)
