"""The settings of a tenant in words, with the plan and quota that only the operator sets."""

from collections.abc import Callable, Sequence

from bots.chat.preferences import preferences_of
from bots.chat.usage import Usage, quota_line
from generator.scene import Notice
from storage.tenants import TenantRecord

Named = Callable[[str], str]


def settings_lines(
    tenant: TenantRecord, usage: Usage, *, opens_threads: bool, channel: Named, role: Named
) -> list[Notice]:
    """One line for each setting.

    Args:
        tenant: Whose.
        usage: Of today.
        opens_threads: The operator's setting, for tenants that have none of their own.
        channel: How the platform writes a channel's id.
        role: How it writes a role's id.
    """
    set_ = preferences_of(tenant)
    return [
        Notice(key="settings-channels", args=_listed(set_.channels, channel)),
        Notice(key="settings-roles", args=_listed(set_.roles, role)),
        Notice(key="settings-strictness", args={"strictness": tenant.policy_strictness}),
        Notice(key="settings-style", args={"style": set_.default_style or "none"}),
        Notice(key="settings-retention", args={"days": tenant.retention_days or 0}),
        Notice(key="settings-language", args={"language": set_.language or "none"}),
        Notice(key="settings-threads", args={"threads": "thread" if set_.opens_thread(opens_threads) else "channel"}),
        Notice(key="settings-spoiler", args={"spoiler": "yes" if set_.spoiler else "no"}),
        Notice(key="settings-plan", args={"plan": usage.plan}),
        quota_line(usage),
    ]


def _listed(ids: Sequence[str], named: Named) -> dict[str, str | int | float]:
    return {"count": len(ids), "list": " ".join(named(one) for one in ids)}
