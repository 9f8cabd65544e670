"""settings: what the admins of a server may set. Discord shows it to them only; here it is checked again at every use."""

import re
from collections.abc import Sequence
from typing import Any, Final, Self

import discord
from discord import app_commands

from bots.chat.desk import Desk
from bots.chat.preferences import MOST_LISTED, change_preferences, preferences_of
from bots.chat.settings_words import settings_lines
from bots.chat.usage import Usage, usage_of
from bots.discord.commands.answering import acknowledge_privately, panel, tell_privately
from bots.discord.commands.failing import guarded
from bots.discord.commands.people import Interaction, is_admin, own_locale, requester_of, tenant_of
from bots.discord.commands.scope import Declared, for_admins
from bots.discord.commands.wording import choices, localized
from bots.planning.styles import STYLES
from bots.replies import say
from generator.scene import Notice
from moderation.types import Locale
from storage.tenants import MAX_RETENTION_DAYS, TenantRecord

NONE: Final = "none"
"""The choice that takes a setting back."""

KINDS: Final = (
    discord.ChannelType.text,
    discord.ChannelType.news,
    discord.ChannelType.forum,
    discord.ChannelType.voice,
    discord.ChannelType.category,
)
Picker = discord.ui.ChannelSelect[Any] | discord.ui.RoleSelect[Any]


def settings_command(desk: Desk) -> Declared:
    """The group ``settings`` over ``desk``: show and change."""
    group = app_commands.Group(
        name=localized("command-settings-name"), description=localized("command-settings-description")
    )

    @group.command(
        name=localized("command-settings-show-name"), description=localized("command-settings-show-description")
    )
    async def show(interaction: Interaction) -> None:
        await acknowledge_privately(interaction)
        await _show(interaction, desk)

    @group.command(
        name=localized("command-settings-change-name"), description=localized("command-settings-change-description")
    )
    @app_commands.rename(
        strictness=localized("option-strictness-name"),
        style=localized("option-default-style-name"),
        retention_days=localized("option-retention-name"),
        language=localized("option-language-name"),
        threads=localized("option-threads-name"),
        spoiler=localized("option-spoiler-name"),
    )
    @app_commands.describe(
        strictness=localized("option-strictness-description"),
        style=localized("option-default-style-description"),
        retention_days=localized("option-retention-description"),
        language=localized("option-language-description"),
        threads=localized("option-threads-description"),
        spoiler=localized("option-spoiler-description"),
    )
    @app_commands.choices(
        strictness=choices({"standard": "strictness-standard", "strict": "strictness-strict"}),
        style=choices({style: f"style-{style}" for style in (*STYLES, NONE)}),
        language=choices({"en": "language-en", "ko": "language-ko", NONE: "language-none"}),
        threads=choices({"thread": "threads-thread", "channel": "threads-channel", NONE: "threads-none"}),
    )
    async def change(
        interaction: Interaction,
        strictness: str | None = None,
        style: str | None = None,
        retention_days: app_commands.Range[int, 0, MAX_RETENTION_DAYS] | None = None,
        language: str | None = None,
        threads: str | None = None,
        spoiler: bool | None = None,  # noqa: FBT001 - an option of the command
    ) -> None:
        await acknowledge_privately(interaction)
        columns: dict[str, Any] = {}
        if strictness is not None:
            columns["policy_strictness"] = strictness
        if retention_days is not None:
            columns["retention_days"] = retention_days or None
        given = {"default_style": style, "language": language, "threads": threads}
        changes: dict[str, Any] = {key: None if value == NONE else value for key, value in given.items() if value}
        if spoiler is not None:
            changes["spoiler"] = spoiler
        await _change(interaction, desk, columns, changes)

    return for_admins(group)


def settings_select(desk: Desk) -> type[discord.ui.DynamicItem[Picker]]:
    """The lists of channels and roles under the settings."""

    class SettingsSelect(discord.ui.DynamicItem[Picker], template=r"tc1:settings:(?P<what>channels|roles)"):
        @classmethod
        async def from_custom_id(
            cls, interaction: Interaction, item: discord.ui.Item[Any], match: re.Match[str], /
        ) -> Self:
            del interaction, match
            assert isinstance(item, discord.ui.ChannelSelect | discord.ui.RoleSelect)  # noqa: S101 - found by its type
            return cls(item)

        async def callback(self, interaction: Interaction) -> None:
            listed = {self.custom_id.rpartition(":")[2]: tuple(str(one.id) for one in self.item.values)}
            await guarded(interaction, "settings list", _change_list(interaction, desk, listed))

    return SettingsSelect


async def _change_list(interaction: Interaction, desk: Desk, listed: dict[str, Any]) -> None:
    await interaction.response.defer()
    await _change(interaction, desk, {}, listed)


async def _change(interaction: Interaction, desk: Desk, columns: dict[str, Any], changes: dict[str, Any]) -> None:
    if not is_admin(interaction):
        await tell_privately(interaction, [Notice(key="admins-only")])
        return
    if columns or changes:
        tenant = tenant_of(interaction)
        await change_preferences(desk.app.chats, tenant, columns=columns, **changes)
        desk.tenants.forget(tenant)
    await _show(interaction, desk, changed=bool(columns or changes))


async def _show(interaction: Interaction, desk: Desk, *, changed: bool = False) -> None:
    if not is_admin(interaction):
        await tell_privately(interaction, [Notice(key="admins-only")])
        return
    tenant = await desk.app.chats.tenant(tenant_of(interaction))
    usage = await usage_of(desk.app, tenant.id, requester_of(interaction))
    lines = [Notice(key="settings-changed"), *_lines(desk, tenant, usage)] if changed else _lines(desk, tenant, usage)
    await tell_privately(interaction, lines, view=_panel(tenant, own_locale(interaction)))


def _lines(desk: Desk, tenant: TenantRecord, usage: Usage) -> list[Notice]:
    return settings_lines(
        tenant,
        usage,
        opens_threads=desk.app.settings.discord.threads,
        channel=lambda one: f"<#{one}>",
        role=lambda one: f"<@&{one}>",
    )


def _panel(tenant: TenantRecord, locale: Locale) -> discord.ui.View | None:
    preferences = preferences_of(tenant)
    kind = discord.SelectDefaultValueType
    channels: discord.ui.ChannelSelect[Any] = discord.ui.ChannelSelect(
        custom_id="tc1:settings:channels",
        channel_types=list(KINDS),
        placeholder=say(Notice(key="settings-choose-channels"), locale),
        min_values=0,
        max_values=MOST_LISTED,
        default_values=_defaults(preferences.channels, kind.channel),
    )
    roles: discord.ui.RoleSelect[Any] = discord.ui.RoleSelect(
        custom_id="tc1:settings:roles",
        placeholder=say(Notice(key="settings-choose-roles"), locale),
        min_values=0,
        max_values=MOST_LISTED,
        default_values=_defaults(preferences.roles, kind.role),
    )
    return panel(channels, roles)


def _defaults(ids: Sequence[str], kind: discord.SelectDefaultValueType) -> list[discord.SelectDefaultValue]:
    # discord.py writes an id as it is given, and Discord's document wants a string.
    return [discord.SelectDefaultValue(id=one, type=kind) for one in ids]  # type: ignore[arg-type]  # see above
