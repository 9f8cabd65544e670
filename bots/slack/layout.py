"""A card as a Slack message: blocks, and the words that stand for them in notifications and screen readers (S18).

Knows what fits into a message (platforms S17) and nothing of how it gets there. Words are plain text objects, so that
nobody's words format anything, and escaped, so that they mention nobody (S20).
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from bots.chat.cards import Card, Press, Verb
from bots.progress import Standing
from bots.replies import say
from generator.scene import Notice
from moderation.types import Locale
from storage.records import GenerationRecord

Block = dict[str, Any]

LONGEST_TEXT: Final = 2900  # of a section; Slack takes 3,000
LONGEST_FALLBACK: Final = 2900
LONGEST_NOTE: Final = 240  # a long receipt must not push out that the image is generated (platforms P3)
LONGEST_ALT: Final = 2000
LONGEST_LABEL: Final = 75
LONGEST_VALUE: Final = 2000
LONGEST_TITLE: Final = 150
MOST_NOTES: Final = 10  # elements of a context block
MOST_IMAGES: Final = 10
"""Images of one message; there may be fifty blocks."""

BUTTONS_IN_ROW: Final = 5
OPINIONS: Final = frozenset({"like", "dislike"})
FEEDBACK: Final = "tb1:feedback"
"""What the opinion buttons are called; their value is ``<verb>:<generation>``."""

STYLES: Final[dict[Verb, str]] = {"delete": "danger", "cancel": "danger", "revise": "primary"}

STAGES: Final = (
    ("stage-reading", 0.0, 0.02),
    ("stage-planning", 0.02, 0.2),
    ("stage-drawing", 0.2, 0.6),
    ("stage-measuring", 0.6, 0.8),
    ("stage-checking", 0.8, 0.9),
    ("stage-signing", 0.9, 1.0),
)
"""What a job goes through as people see it, and the shares of its way (``bots.progress``)."""

MENTION: Final = re.compile(r"<(?=[!@#])")
ENTITIES: Final = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """A file at Slack, by its id, that shows an image."""

    file: str
    alt: str


def blocks(card: Card, pictures: Sequence[Picture]) -> list[Block]:
    """The card with images."""
    made: list[Block] = []
    if card.words.strip():
        made.append(_section(card.words))
    made += [_image(picture, card.locale) for picture in pictures[:MOST_IMAGES]]
    made += _notes(card.notes)
    made += _rows(card)
    if opinions := {press.verb: press for press in card.presses if press.verb in OPINIONS}:
        made += _feedback(opinions, card.locale)
    return made or [_section("…")]


def working(card: Card, standing: Standing | None, *, plan: bool) -> list[Block]:
    """The placeholder: what is done, what is being done, what is left.

    Args:
        card: What ``progress_card`` makes.
        standing: How far the job is; None at its beginning.
        plan: As a plan with tasks, which not every workspace takes; else in words.
    """
    first = _plan(card, standing) if plan else _section(card.words)
    return [first, *_notes(card.notes), *_rows(card)]


def fallback(card: Card) -> str:
    """The words that stand for the blocks."""
    notes = "\n".join(note for each in card.notes[:MOST_NOTES] if (note := fitted(each, LONGEST_NOTE)))
    words = fitted(card.words, max(LONGEST_FALLBACK - len(notes) - 1, 1)) if card.words.strip() else ""
    return f"{words}\n{notes}".strip() or "…"


def stem_of(image: GenerationRecord) -> str:
    """The name of an image's file without its ending."""
    return f"threadbrush-{image.id[:8]}-{image.index}"


def escaped(text: str) -> str:
    """Words in which nothing is a mention, a link or a command to Slack (platforms S20)."""
    return "".join(ENTITIES.get(character, character) for character in text)


def fitted(words: str, longest: int) -> str:
    """Escaped words of at most so many characters, cut with a mark between characters of the original."""
    text = escaped(words.strip())
    if len(text) <= longest:
        return text
    kept, room = [], longest - 1
    for character in words.strip():
        piece = ENTITIES.get(character, character)
        if len(piece) > room:
            break
        kept.append(piece)
        room -= len(piece)
    return f"{''.join(kept)}…"


def spoken(alt: str) -> str:
    """Alt text in which nothing is a mention; it is read out as it is, so that escapes would be heard (platforms S20)."""
    return MENTION.sub("‹", alt.strip())


def _plain(words: str, longest: int) -> Block:
    return {"type": "plain_text", "text": fitted(words, longest) or "…", "emoji": False}


def _section(words: str) -> Block:
    return {"type": "section", "text": _plain(words, LONGEST_TEXT)}


def _image(picture: Picture, locale: Locale) -> Block:
    alt = spoken(picture.alt) or say(Notice(key="card-made-program"), locale)
    return {"type": "image", "slack_file": {"id": picture.file}, "alt_text": alt[:LONGEST_ALT]}


def _notes(notes: Iterable[str]) -> list[Block]:
    elements = [_plain(note, LONGEST_NOTE) for note in notes if note.strip()]
    return [{"type": "context", "elements": elements[:MOST_NOTES]}] if elements else []


def _rows(card: Card) -> list[Block]:
    buttons = [_button(press, card.locale) for press in card.presses if press.verb not in OPINIONS]
    rows = [buttons[start : start + BUTTONS_IN_ROW] for start in range(0, len(buttons), BUTTONS_IN_ROW)]
    return [{"type": "actions", "elements": row} for row in rows]


def _button(press: Press, locale: Locale) -> Block:
    button: Block = {
        "type": "button",
        "text": _plain(_word_for(press.verb, locale), LONGEST_LABEL),
        "action_id": f"tb1:{press.verb}",
        "value": press.target[:LONGEST_VALUE],
    }
    if press.verb in STYLES:
        button["style"] = STYLES[press.verb]
    if press.verb == "delete":
        button["confirm"] = {
            "title": _plain(say(Notice(key="slack-delete-title"), locale), 100),
            "text": _plain(say(Notice(key="slack-delete-text"), locale), 300),
            "confirm": _plain(_word_for("delete", locale), 30),
            "deny": _plain(say(Notice(key="slack-delete-keep"), locale), 30),
            "style": "danger",
        }
    return button


def _feedback(opinions: dict[Verb, Press], locale: Locale) -> list[Block]:
    if opinions.keys() != OPINIONS:
        return []
    good, bad = (
        {
            "text": _plain(_word_for(verb, locale), LONGEST_LABEL),
            "value": f"{verb}:{opinions[verb].target}"[:LONGEST_VALUE],
        }
        for verb in ("like", "dislike")
    )
    element = {"type": "feedback_buttons", "action_id": FEEDBACK, "positive_button": good, "negative_button": bad}
    return [{"type": "context_actions", "elements": [element]}]


def _word_for(verb: Verb, locale: Locale) -> str:
    return say(Notice(key=f"button-{verb}"), locale)


def _plan(card: Card, standing: Standing | None) -> Block:
    done = standing.fraction if standing else 0.0
    return {"type": "plan", "title": fitted(card.words, LONGEST_TITLE) or "…", "tasks": _tasks(card.locale, done)}


def _tasks(locale: Locale, done: float) -> list[Block]:
    return [
        {
            "type": "task_card",
            "task_id": key.removeprefix("stage-"),
            "title": say(Notice(key=key), locale),
            "status": "complete" if done >= end else "in_progress" if done >= begin else "pending",
        }
        for key, begin, end in STAGES
    ]
