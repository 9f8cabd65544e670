"""The home page as blocks: what a person used, their newest images, the workspace's settings, their data, help. Pure."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from bots.chat.provenance_words import shortened
from bots.chat.settings_words import settings_lines
from bots.chat.usage import Usage, usage_lines
from bots.replies import say
from bots.slack.layout import LONGEST_ALT, Block, fitted
from generator.scene import Notice
from moderation.types import Locale
from storage.records import GenerationRecord
from storage.tenants import TenantRecord

CALLBACK: Final = "home"
CREATE: Final = "tb1:create"
REFRESH: Final = "tb1:home-refresh"
SETTINGS: Final = "tb1:home-settings"
EXPORT: Final = "tb1:home-export"
ERASE: Final = "tb1:home-erase"

MOST_IMAGES: Final = 6
LONGEST_TEXT: Final = 2900
LONGEST_HEADER: Final = 150
LONGEST_LABEL: Final = 75

SETTINGS_SHOWN: Final = frozenset(
    {
        "settings-channels",
        "settings-strictness",
        "settings-style",
        "settings-retention",
        "settings-language",
        "settings-plan",
    }
)
"""Slack has no roles, nothing that is hidden until it is clicked, and threads everywhere."""

TOPICS: Final = ("draw", "revise", "buttons", "check", "limits", "privacy")

_LINK: Final = re.compile(r"https?://[^\s<>|]{1,2000}")
_CHANNEL: Final = re.compile(r"[CG][A-Z0-9]{1,40}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """An image on the page.

    Attributes:
        file: Slack's id of its file; None if Slack has none.
        link: Where its message stands; None if it stands nowhere.
    """

    image: GenerationRecord
    file: str | None = None
    link: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """What the page says.

    Attributes:
        images: The person's newest.
        tenant: Whose settings are shown; None for people who do not administer the workspace.
        engine: What draws here.
        said: What has just happened, at the top.
    """

    locale: Locale
    usage: Usage
    images: tuple[Shown, ...]
    tenant: TenantRecord | None
    engine: str
    said: tuple[Notice, ...] = ()


def view(sheet: Sheet, *, pictures: bool = True) -> Block:
    """The page; without ``pictures`` the images are only named, where Slack does not show one of them."""
    made = [
        _header("slack-home-title", sheet.locale),
        *_section(sheet.said, sheet.locale),
        *_section([Notice(key="slack-home-intro")], sheet.locale),
        _row(
            _button(CREATE, "slack-home-create", sheet.locale, "primary"),
            _button(REFRESH, "slack-home-refresh", sheet.locale),
        ),
        {"type": "divider"},
        _header("slack-home-usage", sheet.locale),
        *_section(usage_lines(sheet.usage), sheet.locale),
        {"type": "divider"},
        _header("slack-home-images", sheet.locale),
        *_images(sheet, pictures=pictures),
        *_settings(sheet),
        {"type": "divider"},
        _header("slack-home-privacy", sheet.locale),
        *_section([Notice(key="slack-home-privacy-text")], sheet.locale),
        _row(
            _button(EXPORT, "slack-home-export", sheet.locale),
            _button(ERASE, "slack-home-erase", sheet.locale, "danger"),
        ),
        {"type": "divider"},
        _header("slack-home-help", sheet.locale),
        *_section(_help(sheet.engine), sheet.locale),
    ]
    return {"type": "home", "callback_id": CALLBACK, "blocks": made}


def plain(words: str, longest: int) -> Block:
    """Words that format and mention nothing (platforms S20)."""
    return {"type": "plain_text", "text": fitted(words, longest) or "…", "emoji": False}


def _images(sheet: Sheet, *, pictures: bool) -> list[Block]:
    if not sheet.images:
        return _section([Notice(key="slack-home-no-images")], sheet.locale)
    return [block for shown in sheet.images[:MOST_IMAGES] for block in _image(shown, sheet.locale, pictures=pictures)]


def _image(shown: Shown, locale: Locale, *, pictures: bool) -> list[Block]:
    image = shown.image
    made: list[Block] = []
    if pictures and shown.file is not None:
        alt = image.alt.strip() or say(Notice(key="card-made-program"), locale)
        made.append({"type": "image", "slack_file": {"id": shown.file}, "alt_text": alt[:LONGEST_ALT]})
    when: dict[str, str | int | float] = {
        "date": f"{image.created_at:%Y-%m-%d %H:%M}",
        "private": "yes" if image.private else "no",
    }
    elements: list[Block] = [plain(say(Notice(key="gallery-image", args=when), locale), 200)]
    if image.request.prompt.strip():
        elements.append(plain(shortened(image.request.prompt), 300))
    if shown.link is not None and _LINK.fullmatch(shown.link):
        words = fitted(say(Notice(key="slack-home-thread"), locale), LONGEST_LABEL)
        elements.append({"type": "mrkdwn", "text": f"<{shown.link.replace('&', '&amp;')}|{words}>", "verbatim": True})
    return [*made, {"type": "context", "elements": elements}]


def _settings(sheet: Sheet) -> list[Block]:
    if sheet.tenant is None:
        return []
    lines = settings_lines(sheet.tenant, sheet.usage, opens_threads=True, channel=_channel, role=str)
    shown = [
        line if line.key != "settings-language" else _language(line) for line in lines if line.key in SETTINGS_SHOWN
    ]
    text = "\n".join(
        # The mentions of channels are ours; everything else is words.
        say(line, sheet.locale) if line.key == "settings-channels" else fitted(say(line, sheet.locale), 300)
        for line in shown
    )
    return [
        {"type": "divider"},
        _header("slack-home-settings", sheet.locale),
        {"type": "section", "text": {"type": "mrkdwn", "text": text[:LONGEST_TEXT], "verbatim": True}},
        _row(_button(SETTINGS, "slack-home-change", sheet.locale)),
    ]


def _channel(identifier: str) -> str:
    return f"<#{identifier}>" if _CHANNEL.fullmatch(identifier) else "?"


def _language(line: Notice) -> Notice:
    """Slack has no language for a whole workspace."""
    return line if line.args.get("language") != "none" else Notice(key="slack-home-language-none")


def _help(engine: str) -> list[Notice]:
    return [
        *(Notice(key=f"slack-help-{topic}") for topic in TOPICS),
        Notice(key="help-engine", args={"engine": engine}),
    ]


def _header(key: str, locale: Locale) -> Block:
    return {"type": "header", "text": plain(say(Notice(key=key), locale), LONGEST_HEADER)}


def _section(lines: Iterable[Notice], locale: Locale) -> list[Block]:
    text = "\n".join(say(line, locale) for line in lines)
    return [{"type": "section", "text": plain(text, LONGEST_TEXT)}] if text else []


def _row(*buttons: Block) -> Block:
    elements: Sequence[Block] = buttons
    return {"type": "actions", "elements": list(elements)}


def _button(action: str, key: str, locale: Locale, style: str | None = None) -> Block:
    button: dict[str, Any] = {
        "type": "button",
        "text": plain(say(Notice(key=key), locale), LONGEST_LABEL),
        "action_id": action,
    }
    return button if style is None else {**button, "style": style}
