"""Quoted words: what stands between quotation marks is text to be written, letter by letter.

Owns the cleaning of a turn's text and the taking out of its quotes; linear in the length of the text.
"""

import re
import unicodedata
from bisect import bisect_left
from typing import Final

from generator.sketch.word_forms import has_hangul

_DOUBLE: Final = {'"': '"', "“": "”", "„": "“", "「": "」", "『": "』", "«": "»", "＂": "＂", "‟": "”"}
_SINGLE: Final = {"'": "'", "‘": "’", "‚": "‘"}
_TOKEN_MARKS: Final = str.maketrans({"⟦": "[", "⟧": "]", "⟨": "(", "⟩": ")"})
_KEPT_FORMATS: Final = frozenset("\u200c\u200d")  # joiners shape Persian and Indic words and compose emoji
MAX_QUOTES: Final = 40
"""Quotes beyond so many stay in the sentence."""

TOKEN: Final = re.compile(r"⟦(\d{1,3})⟧")
"""A quote's place in the sentence."""


def clean(text: str) -> str:
    """``text`` in NFC without control characters, invisible formatting and the signs that tokens are made of."""
    unified = unicodedata.normalize("NFC", text).replace("\r\n", "\n").translate(_TOKEN_MARKS)
    return "".join(_cleaned(character) for character in unified)


def _cleaned(character: str) -> str:
    if character in "\n " or character in _KEPT_FORMATS:
        return character
    category = unicodedata.category(character)
    if category in {"Cc", "Zs", "Zl", "Zp"}:
        return " "
    return "" if category in {"Cf", "Cs", "Co"} else character


def take_quotes(text: str) -> tuple[str, tuple[str, ...]]:
    """The sentence with each quote replaced by ``⟦n⟧``, and the quoted texts.

    Marks: "…" “…” „…“ ‘…’ '…' 「…」 『…』 «…». Apostrophes are no marks; an empty quote vanishes. A double mark that is
    opened and never closed quotes the rest of its line.

    Args:
        text: Cleaned text (``clean``).
    """
    closers = _single_closers(text)
    exhausted: set[str] = set()
    pieces: list[str] = []
    found: list[str] = []
    position = start = 0
    while position < len(text) and len(found) < MAX_QUOTES:
        end = _closing(text, position, closers, exhausted)
        if end < 0:
            position += 1
            continue
        inside = text[position + 1 : end].strip()
        pieces.append(text[start:position] + (f" ⟦{len(found)}⟧ " if inside else " "))
        if inside:
            found.append(inside)
        position = start = end + 1
    return "".join(pieces) + text[start:], tuple(found)


def _closing(text: str, position: int, closers: dict[str, list[int]], exhausted: set[str]) -> int:
    """Where the quote that opens at ``position`` closes, or -1 if none opens there or it never closes."""
    mark = text[position]
    if mark in _DOUBLE:
        closer = _DOUBLE[mark]
        if closer in exhausted:
            return -1
        end = text.find(closer, position + 1)
        if end < 0:
            exhausted.add(closer)
            return _line_end(text, position) if _opens(text, position) else -1
        return end
    if mark in _SINGLE and _opens(text, position):
        places = closers[_SINGLE[mark]]
        index = bisect_left(places, position + 2)
        return places[index] if index < len(places) else -1
    return -1


def _line_end(text: str, position: int) -> int:
    end = text.find("\n", position)
    return len(text) if end < 0 else end


def _opens(text: str, position: int) -> bool:
    before = text[position - 1] if position else " "
    after = text[position + 1] if position + 1 < len(text) else " "
    return not _is_letter(before) and not after.isspace()


def _single_closers(text: str) -> dict[str, list[int]]:
    """Where single marks may close: after something, and not inside a Latin word ("it's")."""
    places: dict[str, list[int]] = {closer: [] for closer in _SINGLE.values()}
    for position, character in enumerate(text):
        if character in places and position:
            after = text[position + 1] if position + 1 < len(text) else " "
            if not text[position - 1].isspace() and not _is_letter(after):
                places[character].append(position)
    return places


def _is_letter(character: str) -> bool:
    """A letter or digit of a script in which an apostrophe joins words; Korean particles follow a mark directly."""
    return character.isalnum() and not has_hangul(character)
