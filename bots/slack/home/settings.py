"""Settings of the workspace: a form for those who administer it, checked again when it is submitted."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

import structlog
from slack_bolt.app.async_app import AsyncApp

from bots.chat.preferences import MOST_LISTED, change_preferences, preferences_of
from bots.planning.styles import STYLES
from bots.replies import say
from bots.slack.home.page import SETTINGS, plain
from bots.slack.home.publishing import PASSED_OVER, Home
from bots.slack.layout import Block
from bots.slack.parts import Parts
from bots.slack.people import Person, person_or_nobody, who
from bots.slack.problems import reaching
from bots.slack.where import tenant_of
from generator.scene import Notice
from moderation.types import Locale
from storage.tenants import MAX_RETENTION_DAYS, TenantRecord

CALLBACK: Final = "home_settings"
NONE: Final = "none"
"""The choice that takes a setting back."""

CHOICES: Final[dict[str, dict[str, str]]] = {
    "strictness": {"standard": "strictness-standard", "strict": "strictness-strict"},
    "style": {style: f"style-{style}" for style in (*STYLES, NONE)},
    "language": {"en": "language-en", "ko": "language-ko", NONE: "slack-settings-language-none"},
}
"""Fields with a choice; each block and the input in it are called like this."""

LABELS: Final = {
    "strictness": "option-strictness-description",
    "style": "option-default-style-description",
    "language": "option-language-description",
    "retention": "option-retention-description",
    "channels": "settings-choose-channels",
}


log = structlog.get_logger(__name__)


class Unusable(Exception):
    """What was filled in cannot be a setting.

    Attributes:
        field: Where.
    """

    def __init__(self, field: str) -> None:
        super().__init__(field)
        self.field = field


def install(app: AsyncApp, parts: Parts, home: Home) -> None:
    """Listen to the button under the settings, and to the form."""

    async def pressed(ack: Any, body: dict[str, Any]) -> None:
        team, enterprise, user = who(body)
        said: tuple[Notice, ...] = ()
        try:
            workspace = await parts.workspaces.find(team, enterprise)
            person = await person_or_nobody(workspace, user)
            if person.admin:
                tenant = await parts.desk.app.chats.tenant(tenant_of(team))
                async with reaching():
                    await workspace.client.views_open(trigger_id=body["trigger_id"], view=form(tenant, person.locale))
            else:
                said = (Notice(key="slack-admins-only"),)
        except PASSED_OVER as exc:
            log.warning("settings_not_opened", error=type(exc).__name__)
            said = (Notice(key="slack-form-not-opened"),)
        await ack()
        if said:
            parts.later(lambda: home.publish(team, enterprise, user, said=said))

    async def submitted(ack: Any, body: dict[str, Any], view: dict[str, Any]) -> None:
        team, enterprise, user = who(body)
        try:
            person = await person_or_nobody(await parts.workspaces.find(team, enterprise), user)
        except PASSED_OVER:
            person = Person()
        if not person.admin:
            await ack(response_action="errors", errors={"strictness": _words("slack-admins-only", person.locale)})
            return
        try:
            columns, changes = read_form(view)
        except Unusable as exc:
            await ack(response_action="errors", errors={exc.field: _words("slack-settings-unusable", person.locale)})
            return
        tenant = tenant_of(team)
        await change_preferences(parts.desk.app.chats, tenant, columns=columns, **changes)
        parts.desk.tenants.forget(tenant)
        await ack()
        parts.later(lambda: home.publish(team, enterprise, user, said=(Notice(key="settings-changed"),)))

    app.action(SETTINGS)(pressed)
    app.view(CALLBACK)(submitted)


def form(tenant: TenantRecord, locale: Locale) -> Block:
    """The form, filled with what is set."""
    set_ = preferences_of(tenant)
    chosen = {
        "strictness": tenant.policy_strictness,
        "style": set_.default_style or NONE,
        "language": set_.language or NONE,
    }
    days: Block = {
        "type": "number_input",
        "is_decimal_allowed": False,
        "min_value": "0",
        "max_value": str(MAX_RETENTION_DAYS),
        "initial_value": str(tenant.retention_days or 0),
    }
    channels: Block = {
        "type": "multi_conversations_select",
        "max_selected_items": MOST_LISTED,
        "filter": {"include": ["public", "private"], "exclude_bot_users": True},
    }
    if set_.channels:
        channels["initial_conversations"] = list(set_.channels)
    return {
        "type": "modal",
        "callback_id": CALLBACK,
        "title": plain(_words("slack-settings-title", locale), 24),
        "submit": plain(_words("slack-settings-save", locale), 24),
        "close": plain(_words("slack-form-close", locale), 24),
        "blocks": [
            *(_field(name, _select(options, chosen[name], locale), locale) for name, options in CHOICES.items()),
            _field("retention", days, locale),
            _field("channels", channels, locale, optional=True),
        ],
    }


def read_form(view: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Columns of the tenant's record and preferences that a submitted form sets; nothing in it is believed.

    Raises:
        Unusable: A field holds what cannot be set.
    """
    state = view.get("state")
    values = state.get("values") if isinstance(state, Mapping) else None
    fields = values if isinstance(values, Mapping) else {}
    strictness, style, language = (_chosen(fields, name) for name in CHOICES)
    changes: dict[str, Any] = {
        "default_style": None if style == NONE else style,
        "language": None if language == NONE else language,
        "channels": _conversations(_input(fields, "channels").get("selected_conversations")),
    }
    return {"policy_strictness": strictness, "retention_days": _days(fields) or None}, changes


def _input(fields: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    block = fields.get(name)
    entry = block.get(name) if isinstance(block, Mapping) else None
    return entry if isinstance(entry, Mapping) else {}


def _chosen(fields: Mapping[str, Any], name: str) -> str:
    option = _input(fields, name).get("selected_option")
    value = option.get("value") if isinstance(option, Mapping) else None
    if not isinstance(value, str) or value not in CHOICES[name]:
        raise Unusable(name)
    return value


def _days(fields: Mapping[str, Any]) -> int:
    value = _input(fields, "retention").get("value")
    if not isinstance(value, str) or not value.isascii() or not value.isdigit() or len(value) > 6:
        raise Unusable("retention")
    if int(value) > MAX_RETENTION_DAYS:
        raise Unusable("retention")
    return int(value)


def _conversations(value: Any) -> tuple[str, ...]:
    found: Sequence[Any] = value if isinstance(value, list) else ()
    named = tuple(dict.fromkeys(one for one in found if isinstance(one, str) and one.isalnum() and len(one) <= 40))
    if len(named) > MOST_LISTED:
        raise Unusable("channels")
    return named


def _field(name: str, element: Block, locale: Locale, *, optional: bool = False) -> Block:
    label = plain(_words(LABELS[name], locale), 2000)
    shown = {**element, "action_id": name}
    return {"type": "input", "block_id": name, "label": label, "element": shown, "optional": optional}


def _select(options: Mapping[str, str], chosen: str, locale: Locale) -> Block:
    offered = {value: {"text": plain(_words(key, locale), 75), "value": value} for value, key in options.items()}
    first = offered.get(chosen, offered[next(reversed(offered))])
    return {"type": "static_select", "options": list(offered.values()), "initial_option": first}


def _words(key: str, locale: Locale) -> str:
    return say(Notice(key=key), locale)
