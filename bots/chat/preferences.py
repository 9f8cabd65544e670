"""What the admins of a tenant may set: where the bot draws, for whom, in which style and language.

Strictness and retention have columns of their own in the tenant's record; the rest is its ``preferences`` document,
which is read here and nowhere else. Knows no platform: channels and roles are the platform's ids without its prefix.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal, get_args

from bots.planning.styles import STYLES
from generator.scene import Notice
from moderation.types import Locale
from storage.chats import Chats
from storage.tenants import TenantRecord

MOST_LISTED: Final = 25
"""Channels or roles that can be listed; as many as a select shows."""

Reply = Literal["thread", "channel"]
"""Where the first request in a channel is answered: in a thread that the bot opens, or in the channel itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Preferences:
    """The adapters' settings of a tenant.

    Attributes:
        channels: Ids of the channels (or their categories) in which the bot draws; empty for all.
        roles: Ids of the roles of which one is needed to ask; empty for everybody.
        default_style: For a new picture when nothing names a style; one of ``STYLES``.
        language: Of public posts; None for the platform's own.
        threads: How a request in a channel's root is answered; None for the operator's setting.
        spoiler: Pictures are hidden until clicked.
    """

    channels: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()
    default_style: str | None = None
    language: Locale | None = None
    threads: Reply | None = None
    spoiler: bool = False

    def __post_init__(self) -> None:
        """Refuse what cannot be.

        Raises:
            ValueError: An unknown style, language or way to answer, or too many channels or roles.
        """
        if self.default_style is not None and self.default_style not in STYLES:
            raise ValueError("unknown style")
        if self.language is not None and self.language not in get_args(Locale):
            raise ValueError("unknown language")
        if self.threads is not None and self.threads not in get_args(Reply):
            raise ValueError("unknown way to answer")
        if max(len(self.channels), len(self.roles)) > MOST_LISTED:
            raise ValueError("too many channels or roles")

    def opens_thread(self, default: bool) -> bool:  # noqa: FBT001 - the one thing that it is about
        """Whether a request in a channel's root gets a thread; ``default`` is the operator's setting."""
        return default if self.threads is None else self.threads == "thread"

    def locale(self, platform: str | None) -> Locale:
        """The language of public posts; ``platform`` is the tag of the guild or workspace, such as ``en-GB``."""
        return self.language or locale_from(platform)


def locale_from(tag: str | None) -> Locale:
    """The catalogue's language for a language tag: Korean or English."""
    return "ko" if tag is not None and tag.lower().split("-")[0] == "ko" else "en"


def preferences_of(tenant: TenantRecord) -> Preferences:
    """The preferences of a tenant. What is stored and no longer possible (a style that went) is left out."""
    known: dict[str, Any] = {}
    for name in Preferences.__slots__:
        value = tenant.preferences.get(name)
        if value is None:
            continue
        one: dict[str, Any] = {name: tuple(str(item) for item in value) if isinstance(value, list) else value}
        try:
            Preferences(**one)
        except (ValueError, TypeError):
            continue
        known |= one
    return Preferences(**known)


async def change_preferences(
    chats: Chats, tenant: str, *, columns: Mapping[str, Any] | None = None, **changes: Any
) -> TenantRecord:
    """Set what ``changes`` names and leave the rest of the preferences as it is; None takes a setting back.

    Args:
        chats: Where tenants are kept.
        tenant: Its id.
        columns: ``policy_strictness`` and ``retention_days`` of the tenant's record, to be set at the same time.
        changes: Fields of ``Preferences``.

    Raises:
        ValueError: A value is out of its range.
        TypeError: There is no such setting.
    """
    Preferences(**changes)
    document = {key: list(value) if isinstance(value, tuple) else value for key, value in changes.items()}
    return await chats.change_tenant(tenant, **(columns or {}), preferences=document)


def refusal(
    preferences: Preferences, *, channels: Collection[str], roles: Collection[str], admin: bool = False
) -> Notice | None:
    """Why this tenant does not let a person ask here; None if it does.

    Args:
        preferences: The tenant's.
        channels: The channel of the request, and what it lies in: the thread's channel, the category.
        roles: The person's.
        admin: Admins ask everywhere.
    """
    if admin:
        return None
    if preferences.channels and not set(preferences.channels) & set(channels):
        return Notice(key="channel-not-allowed")
    if preferences.roles and not set(preferences.roles) & set(roles):
        return Notice(key="role-not-allowed")
    return None
