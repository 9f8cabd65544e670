"""Forms as views: what to change, what to draw, why to report. Pure.

What a form is about travels in it as ids only, is bounded when it is read back, and is looked up again when it is
submitted.
"""

import json
import re
from dataclasses import asdict, dataclass
from typing import Any, Final, Literal

from bots.planning.styles import STYLES
from bots.replies import say
from bots.slack.layout import Block, fitted
from generator.request import MAX_IMAGES
from generator.scene import Notice
from moderation.types import Locale

CREATE: Final = "create_image"
REVISE: Final = "revise"
REFERENCE: Final = "reference"
REPORT: Final = "report"

Field = Literal["prompt", "files", "size", "background", "style", "count", "channel", "reason"]
"""Block of an input, and the action in it."""

MOST_FILES: Final = 10
MOST_REFERENCES: Final = 6
LONGEST_PROMPT: Final = 3000  # Slack's own limit of a field
LONGEST_REASON: Final = 1000
LONGEST_TITLE: Final = 24
LONGEST_LABEL: Final = 75
LONGEST_METADATA: Final = 3000
FILE_TYPES: Final = ("png", "jpg", "jpeg", "webp", "gif")

_ID: Final = re.compile(r"[A-Za-z0-9:.\-]{1,80}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """What a form is about.

    Attributes:
        generation: An image of ours.
        files: Slack's ids of files in the message.
        channel: Where the form was opened.
        message: The message whose button or menu opened it, by its ``ts``.
        thread: The first message of its thread.
    """

    generation: str | None = None
    files: tuple[str, ...] = ()
    channel: str | None = None
    message: str | None = None
    thread: str | None = None


def write_subject(subject: Subject) -> str:
    """As it travels in the form."""
    return json.dumps({key: value for key, value in asdict(subject).items() if value}, separators=(",", ":"))


def read_subject(text: str) -> Subject:
    """What ``write_subject`` wrote; what is no id is left out."""
    try:
        said = json.loads(text[:LONGEST_METADATA]) if text else {}
    except ValueError:
        said = {}
    if not isinstance(said, dict):
        said = {}
    files = said.get("files")
    ids = {key: said.get(key) for key in ("generation", "channel", "message", "thread")}
    return Subject(
        files=tuple(filter(_is_id, files))[:MOST_REFERENCES] if isinstance(files, list) else (),
        **{key: value for key, value in ids.items() if _is_id(value)},
    )


def create_form(locale: Locale, *, channel: str | None = None, prompt: str = "") -> Block:
    """What to draw, and where to post it.

    Args:
        locale: The person's.
        channel: Where they are, to be suggested; None if that is not known: then Slack suggests what they look at.
        prompt: To begin with.
    """
    subject = Subject(channel=channel)
    blocks = [
        _input("prompt", "slack-form-prompt", locale, _text(LONGEST_PROMPT, multiline=True, initial=prompt)),
        _files("slack-form-files", locale),
        _input("size", "slack-form-size", locale, _text(40), hint="option-size-description", optional=True),
        _input(
            "background", "slack-form-background", locale, _text(60), hint="slack-form-background-hint", optional=True
        ),
        _input("style", "slack-form-style", locale, _styles(locale), optional=True),
        _input("count", "slack-form-count", locale, _counts(), optional=True),
        _input(
            "channel", "slack-form-channel", locale, _channels(channel), hint="slack-form-channel-hint", optional=True
        ),
    ]
    return _form(CREATE, "slack-form-create-title", locale, subject, blocks)


def revise_form(locale: Locale, subject: Subject) -> Block:
    """What to change about an image of ours, or about images that somebody posted."""
    words = _input("prompt", "form-revise-words", locale, _text(LONGEST_PROMPT, multiline=True))
    return _form(REVISE, "form-revise-title", locale, subject, [words, _files("form-images", locale)])


def reference_form(locale: Locale, subject: Subject) -> Block:
    """What to draw with the images of a message."""
    words = _input("prompt", "form-reference-words", locale, _text(LONGEST_PROMPT, multiline=True))
    return _form(REFERENCE, "form-reference-title", locale, subject, [words, _files("form-images", locale)])


def report_form(locale: Locale, subject: Subject) -> Block:
    """Why a message is reported."""
    reason = _input("reason", "form-report-reason", locale, _text(LONGEST_REASON, multiline=True))
    return _form(REPORT, "form-report-title", locale, subject, [reason])


def words_form(title: str, words: Notice, locale: Locale) -> Block:
    """What takes the place of a form that was sent: words, and a button that closes it."""
    text = {"type": "plain_text", "text": fitted(say(words, locale), LONGEST_METADATA - 100), "emoji": False}
    return {
        "type": "modal",
        "title": _plain(title, locale, LONGEST_TITLE),
        "close": _plain("slack-form-done", locale, LONGEST_TITLE),
        "blocks": [{"type": "section", "text": text}],
    }


def _form(callback: str, title: str, locale: Locale, subject: Subject, blocks: list[Block]) -> Block:
    return {
        "type": "modal",
        "callback_id": callback,
        "title": _plain(title, locale, LONGEST_TITLE),
        "submit": _plain(f"slack-form-{callback.removesuffix('_image')}-submit", locale, LONGEST_TITLE),
        "close": _plain("slack-form-close", locale, LONGEST_TITLE),
        "private_metadata": write_subject(subject),
        "blocks": blocks,
    }


def _input(
    field: Field, label: str, locale: Locale, element: Block, *, hint: str | None = None, optional: bool = False
) -> Block:
    block: Block = {
        "type": "input",
        "block_id": field,
        "label": _plain(label, locale, LONGEST_LABEL),
        "element": {**element, "action_id": field},
        "optional": optional,
    }
    return block if hint is None else {**block, "hint": _plain(hint, locale, 200)}


def _text(longest: int, *, multiline: bool = False, initial: str = "") -> Block:
    element: Block = {"type": "plain_text_input", "multiline": multiline, "max_length": longest}
    return {**element, "initial_value": initial[:longest]} if initial else element


def _files(label: str, locale: Locale) -> Block:
    element = {"type": "file_input", "filetypes": list(FILE_TYPES), "max_files": MOST_FILES}
    return _input("files", label, locale, element, optional=True)


def _styles(locale: Locale) -> Block:
    options = [{"text": _plain(f"style-{style}", locale, LONGEST_LABEL), "value": style} for style in STYLES]
    return {"type": "static_select", "options": options}


def _counts() -> Block:
    numbers = [str(number) for number in range(1, MAX_IMAGES + 1)]
    return {
        "type": "static_select",
        "options": [{"text": {"type": "plain_text", "text": each}, "value": each} for each in numbers],
    }


def _channels(channel: str | None) -> Block:
    """Channels only: what is answered directly needs no choice, and other people's direct messages are not ours."""
    element: dict[str, Any] = {
        "type": "conversations_select",
        "filter": {"include": ["public", "private", "mpim"]},
        "response_url_enabled": False,
    }
    if channel is None:
        return {**element, "default_to_current_conversation": True}
    return element if channel.startswith("D") else {**element, "initial_conversation": channel}


def _plain(key: str, locale: Locale, longest: int) -> Block:
    return {"type": "plain_text", "text": fitted(say(Notice(key=key), locale), longest), "emoji": False}


def _is_id(value: Any) -> bool:
    return isinstance(value, str) and _ID.fullmatch(value) is not None
