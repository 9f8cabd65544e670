"""English words to lexemes. Linear in the length of the text: every position looks at a bounded number of words."""

import re
from collections.abc import Sequence
from typing import Final

from bots.planning.grammar import colors
from bots.planning.grammar.english_words import CANVAS, MAX_PHRASE, phrases, place_at
from bots.planning.grammar.lexemes import (
    Deed,
    GridOf,
    Group,
    Heading,
    InsetAt,
    Lexeme,
    Mark,
    Number,
    Quote,
    Spot,
    Thing,
    Tint,
    Trait,
    Unknown,
    Upload,
)
from bots.planning.grammar.nouns import find_noun, kind_of
from bots.planning.grammar.uploads import ALL
from generator.scene import TextRole

_TOKEN: Final = re.compile(
    r"⟦\d+⟧|⟨\d+⟩|⟪\d+⟫|#[0-9a-zA-Z]+|\d+\s?[x×]\s?\d+\b|\d+(?:\.\d+)?%?|[^\W\d_][\w'’\-]*|[,;:.!?\n()&、。，]"
)
_GRID: Final = re.compile(r"(\d+)\s?[x×]\s?(\d+)")
_MARKS: Final = {
    ",": Mark.COMMA, "、": Mark.COMMA, "，": Mark.COMMA, ";": Mark.STOP, ".": Mark.STOP, "。": Mark.STOP, "!": Mark.STOP,
    "?": Mark.STOP, "\n": Mark.STOP, ":": Mark.COLON, "(": Mark.FILLER, ")": Mark.FILLER, "&": Mark.AND,
}  # fmt: skip
HEADINGS: Final = {
    "title": TextRole.TITLE,
    "headline": TextRole.TITLE,
    "heading": TextRole.TITLE,
    "titled": TextRole.TITLE,
    "entitled": TextRole.TITLE,
    "subtitle": TextRole.SUBTITLE,
    "sub-title": TextRole.SUBTITLE,
    "subheading": TextRole.SUBTITLE,
    "subhead": TextRole.SUBTITLE,
    "tagline": TextRole.SUBTITLE,
    "slogan": TextRole.SUBTITLE,
    "subtitled": TextRole.SUBTITLE,
    "caption": TextRole.CAPTION,
    "footer": TextRole.CAPTION,
    "footnote": TextRole.CAPTION,
    "label": TextRole.LABEL,
    "paragraph": TextRole.BODY,
    "text": TextRole.BODY,
    "words": TextRole.BODY,
    "word": TextRole.BODY,
    "lettering": TextRole.BODY,
}
_NO_DEEDS: Final = frozenset(
    [
        "spring",
        "string",
        "evening",
        "morning",
        "ceiling",
        "clothing",
        "everything",
        "something",
        "anything",
        "nothing",
        "during",
        "viking",
        "meeting",
        "painting",
        "amazing",
        "interesting",
        "stunning",
        "charming",
        "matching",
        "missing",
        "following",
        "beijing",
    ]
)


def tokens(text: str) -> list[str]:
    """Words, numbers, hex colours, quotes (``⟦0⟧``), uploads (``⟨0⟩``) and punctuation, as they stand in the text."""
    return [match.group() for match in _TOKEN.finditer(text)]


def lex(text: str, texts: Sequence[str]) -> list[Lexeme]:
    """The lexemes of an English text whose quoted words are tokens ``⟦n⟧``, ``n`` counting through ``texts``."""
    words = tokens(text)
    lower = [word.lower().replace("’", "'") for word in words]
    found: list[Lexeme] = []
    index = 0
    while index < len(words):
        lexemes, length = _next(words, lower, index, texts)
        found += lexemes
        index += length
    return found


def _next(words: list[str], lower: list[str], index: int, texts: Sequence[str]) -> tuple[Sequence[Lexeme], int]:
    """What stands at ``index`` and how many words it takes, at least one."""
    return (
        literal(lower[index], texts)
        or _grid_by_words(lower, index)
        or _place(lower, index)
        or _long_noun(words, lower, index)
        or _color(words, lower, index)
        or _phrase(words, lower, index)
        or _noun(words, lower, index)
        or ((Unknown(words[index]),), 1)
    )


_Taken = tuple[Sequence[Lexeme], int] | None


def literal(word: str, texts: Sequence[str]) -> _Taken:
    """Quotes, uploads, hex colours, numbers, punctuation."""
    if word in _MARKS:
        return (_MARKS[word],), 1
    if word[0] in "⟦⟨⟪":
        number = int(word[1:-1])
        if word[0] == "⟨":
            return (Upload(None if number == ALL else number),), 1
        if word[0] == "⟪":
            return (InsetAt(number),), 1
        return ((Quote(texts[number]),) if number < len(texts) else ()), 1
    if colors.HEX.fullmatch(word):
        return (Tint(colors.full_hex(word)),), 1
    if grid := _GRID.fullmatch(word):
        return (GridOf(int(grid[1]), int(grid[2])),), 1
    if word.isdecimal() and len(word) < 7:
        return (Number(int(word)),), 1
    return ((Mark.FILLER,), 1) if word[0].isdecimal() or word[0] == "#" else None


def _grid_by_words(lower: list[str], index: int) -> _Taken:
    """The number of a "4 by 4" and the words around a grid: "in a", "grid", "of"."""
    if lower[index] in {"grid", "matrix", "mosaic"}:
        return (Mark.FILLER,), 1 + (index + 1 < len(lower) and lower[index + 1] == "of")
    if lower[index + 1 : index + 2] == ["by"] and lower[index].isdecimal() and lower[index + 2 : index + 3]:
        other = lower[index + 2]
        return ((GridOf(int(lower[index]), int(other)),), 3) if other.isdecimal() and len(other) < 4 else None
    if lower[index] == "in" and any(_GRID.fullmatch(word) for word in lower[index + 1 : index + 3]):
        return (Mark.FILLER,), 1
    if lower[index] in {"a", "an", "the"} and lower[index + 1 : index + 2] and _GRID.fullmatch(lower[index + 1]):
        return (Mark.FILLER,), 1
    return None


def _place(lower: list[str], index: int) -> _Taken:
    place = place_at(lower, index)
    return ((Spot(place=place[0]),), place[1]) if place else None


def _long_noun(words: list[str], lower: list[str], index: int) -> _Taken:
    """A noun of several words ("ice cream", "hot dog") wins over what its words mean alone, but for colours and counts."""
    if (lower[index],) in colors.english() and lower[index] not in colors.NOUN_TOO:
        return None
    if lower[index] in CANVAS or isinstance(phrases().get((lower[index],), (None,))[0], Number):
        return None
    found = find_noun(_run(words, index), "en")
    return ((Thing(found.noun),), found.length) if found and found.length > 1 and found.noun.drawn_as is None else None


def _color(words: list[str], lower: list[str], index: int) -> _Taken:
    after = lower[index] in {"in", "colored", "coloured", "painted"}
    start = index + after
    start += after and lower[start : start + 1] in (["the"], ["a"], ["color"], ["colour"])
    for length in (2, 1):
        color = colors.english().get(tuple(lower[start : start + length]))
        if color is None and length == 1 and lower[start : start + 1] and colors.HEX.fullmatch(lower[start]):
            color = colors.full_hex(lower[start])
        if color is None or not (after or _is_color_here(words, lower, start, length)):
            continue
        if after and _starts_noun(words, lower, start + length):
            return None  # "in red boots"
        return (Tint(color, after=after),), start - index + length
    return None


def _is_color_here(words: list[str], lower: list[str], start: int, length: int) -> bool:
    """Whether a word like "orange" means the colour: it does before a noun or another quality of one."""
    if length > 1 or lower[start] not in colors.NOUN_TOO:
        return True
    return _starts_noun(words, lower, start + 1)


def _starts_noun(words: list[str], lower: list[str], index: int) -> bool:
    if index >= len(words) or lower[index] in CANVAS:
        return index < len(words)
    if lower[index] in HEADINGS:
        return True
    lexemes, _ = _phrase(words, lower, index) or _noun(words, lower, index) or ((), 0)
    return bool(lexemes) and isinstance(lexemes[0], (Thing, Trait))


def _phrase(words: list[str], lower: list[str], index: int) -> _Taken:
    table = phrases()
    for length in range(min(MAX_PHRASE, len(lower) - index), 0, -1):
        lexemes = table.get(tuple(lower[index : index + length]))
        if lexemes is None:
            continue
        # "with a view", "playing cards": a known noun that starts here was tried before; a verb form may be a noun too.
        if length == 1 and isinstance(lexemes[0], (Deed, Trait)) and find_noun([words[index]], "en"):
            return None
        return lexemes, length
    return None


def _noun(words: list[str], lower: list[str], index: int) -> _Taken:
    word = lower[index]
    if word in HEADINGS:
        return (Heading(HEADINGS[word]),), 1
    if word.rstrip("s") in CANVAS or word in CANVAS:
        return (Mark.CANVAS,), 1
    if kind := kind_of(word):
        return (Group(kind),), 1
    found = find_noun(_run(words, index), "en")
    if found is not None:
        return (Thing(found.noun),), found.length
    return ((Deed(word),), 1) if word.endswith("ing") and len(word) > 5 and word not in _NO_DEEDS else None


def _run(words: list[str], index: int) -> list[str]:
    """The words up to the next punctuation or quote, five at most."""
    run: list[str] = []
    for word in words[index : index + MAX_PHRASE]:
        if not (word[0].isalpha() or word[0].isdecimal()):
            break
        run.append(word)
    return run
