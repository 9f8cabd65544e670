"""What every handler of a chat platform works with: one value, made where the bot is started."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field

from bots.app import App
from bots.chat.tenant_cache import TenantCache
from bots.session import Session


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """The open session and its parts.

    Attributes:
        session: Orders go in here (``submit``, ``cancel``).
        now: Seconds since the epoch; a test turns it.
        tenants: Settings of tenants as read lately; whoever changes one tells it (``forget``).
    """

    session: Session
    now: Callable[[], float] = time.time
    tenants: TenantCache = field(default_factory=TenantCache)

    @property
    def app(self) -> App:
        """The wired parts: records, chats, blobs, credentials, engine, settings."""
        return self.session.app
