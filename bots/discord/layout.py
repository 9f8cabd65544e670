"""A card as a Discord message: built from components, or plain with attachments.

Knows what fits into a message (platforms D16, D18, D22, D24) and nothing of how it gets there.
"""

import io
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import discord
from discord import ui

from bots.chat.cards import Card, Press
from bots.replies import say
from generator.scene import Notice
from storage.records import GenerationRecord

LONGEST_PLAIN: Final = 2000
LONGEST_TEXT: Final = 2900  # of the words; a message of components takes 4,000 in all
LONGEST_NOTE: Final = 240  # a long receipt must not push out that the image is generated (platforms P3)
LONGEST_NOTES: Final = 1000
LONGEST_ALT: Final = 1024
BUTTONS_IN_ROW: Final = 5
STYLES: Final = {
    "delete": discord.ButtonStyle.danger,
    "cancel": discord.ButtonStyle.danger,
    "revise": discord.ButtonStyle.primary,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """A file of a message. ``data`` are signed bytes."""

    name: str
    data: bytes
    alt: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Body:
    """What discord.py sends: a view, and words where the view holds none."""

    view: ui.LayoutView | ui.View
    content: str | None = None
    files: tuple[Picture, ...] = field(default=())

    @property
    def is_layout(self) -> bool:
        """Whether it is built from components."""
        return isinstance(self.view, ui.LayoutView)


def custom_id(press: Press) -> str:
    """The id of a button: version, verb, target; at most 100 characters (platforms D7)."""
    return f"tb1:{press.verb}:{press.target}"[:100]


def stem_of(image: GenerationRecord) -> str:
    """The name of an image's file in a message, without its ending: by it the message is found again."""
    return f"threadbrush-{image.id[:8]}-{image.index}"


def layout(card: Card, files: Sequence[Picture]) -> Body:
    """The card from components."""
    view = ui.LayoutView(timeout=None)
    box: ui.Container[Any] = ui.Container()
    if words := fitted(card.words, LONGEST_TEXT):
        box.add_item(ui.TextDisplay(words))
    if files:
        gallery: ui.MediaGallery[Any] = ui.MediaGallery()
        for file in files:
            gallery.add_item(
                media=f"attachment://{file.name}", description=file.alt[:LONGEST_ALT], spoiler=card.spoiler
            )
        box.add_item(gallery)
    if card.notes:
        box.add_item(ui.TextDisplay(small(card.notes)))
    for row in rows(card):
        box.add_item(ui.ActionRow(*row))
    view.add_item(box)
    view.stop()  # its buttons are dynamic items; a view that is not stopped would be remembered for ever
    return Body(view=view, files=tuple(files))


def plain(card: Card, files: Sequence[Picture]) -> Body:
    """The card as words, attachments and buttons."""
    view = ui.View(timeout=None)
    for number, row in enumerate(rows(card)):
        for button in row:
            button.row = number
            view.add_item(button)
    view.stop()
    notes = small(card.notes)
    words = fitted(card.words, LONGEST_PLAIN - len(notes) - 1)
    return Body(view=view, content=f"{words}\n{notes}".strip(), files=tuple(files))


def rows(card: Card) -> list[list[ui.Button[Any]]]:
    """The buttons, five in a row; the verb's word is the label, an emoji never the only meaning."""
    made: list[ui.Button[Any]] = [
        ui.Button(
            label=say(Notice(key=f"button-{press.verb}"), card.locale)[:80],
            custom_id=custom_id(press),
            style=STYLES.get(press.verb, discord.ButtonStyle.secondary),
        )
        for press in card.presses
    ]
    return [made[start : start + BUTTONS_IN_ROW] for start in range(0, len(made), BUTTONS_IN_ROW)]


def small(notes: Sequence[str]) -> str:
    """Notes in small print, without any formatting of their own."""
    return "\n".join(f"-# {fitted(note, LONGEST_NOTE)}" for note in notes)[:LONGEST_NOTES]


def fitted(words: str, longest: int) -> str:
    """Words without formatting of their own, cut with a mark where they are too long."""
    text = harmless(words)
    return text if len(text) <= longest else f"{text[: longest - 1]}…"


def harmless(text: str) -> str:
    """Somebody's words may be quoted in it: no headings, no hidden links, no mentions that show as such."""
    return discord.utils.escape_mentions(discord.utils.escape_markdown(text))


def files_of(pictures: Sequence[Picture], *, spoiler: bool) -> list[discord.File]:
    """Fresh file objects; discord.py closes them after each request."""
    return [
        discord.File(io.BytesIO(one.data), filename=one.name, description=one.alt[:LONGEST_ALT], spoiler=spoiler)
        for one in pictures
    ]
