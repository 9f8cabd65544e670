"""How much was drawn today, and what is left: numbers for ``/usage`` and the settings."""

from dataclasses import dataclass

from bots.app import App
from generator.scene import Notice


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    """Images of today (UTC) and what limits them.

    Attributes:
        mine: Debited to the person's requests.
        all: Debited to the tenant's.
        limit: Images per day of the tenant; 0 for no limit.
        plan: Set by the operator.
        waiting: Unfinished requests of everybody who shares the generator.
    """

    mine: int
    all: int
    limit: int
    plan: str
    waiting: int

    @property
    def left(self) -> int | None:
        """Images that can still be drawn today; None without a limit."""
        return None if self.limit == 0 else max(0, self.limit - self.all)


async def usage_of(app: App, tenant: str, requester: str) -> Usage:
    """What a person and their tenant used today."""
    record = await app.chats.tenant(tenant)
    return Usage(
        mine=await app.records.usage_by_requester(tenant, requester),
        all=await app.records.usage(tenant),
        limit=app.settings.quota.limit_of(record.plan),
        plan=record.plan,
        waiting=len(await app.records.unfinished_jobs()),
    )


def usage_lines(usage: Usage) -> tuple[Notice, ...]:
    """In words."""
    return (
        Notice(key="usage-today", args={"mine": usage.mine, "all": usage.all}),
        quota_line(usage),
        Notice(key="usage-plan", args={"plan": usage.plan}),
        Notice(key="usage-queue", args={"waiting": usage.waiting}),
    )


def quota_line(usage: Usage) -> Notice:
    """The limit and what is left of it."""
    if usage.left is None:
        return Notice(key="usage-unlimited")
    return Notice(key="usage-left", args={"left": usage.left, "limit": usage.limit})
