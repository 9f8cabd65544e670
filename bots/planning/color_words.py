"""Reading a colour, as hex or as English or Korean words, at a place in a sentence.

The vocabulary itself stands with the grammar; CSS names mean exactly their CSS values.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from bots.planning.grammar import colors
from generator.sketch.word_forms import has_hangul, without_particles

HEX_LIKE: Final = re.compile(r"(?<![\w&#])#([0-9A-Za-z]{1,40})(?![0-9A-Za-z])")
_MAX_WORDS: Final = 3
_LONGEST: Final = 24  # characters of a Korean colour with its particle


@dataclass(frozen=True, slots=True)
class Word:
    """A word of a sentence and where it stands."""

    text: str
    start: int
    end: int


_WORD: Final = re.compile(r"#[0-9A-Za-z]+|[^\W_][\w'’-]*|[^\w\s]")


def words_of(text: str) -> list[Word]:
    """Words, hex colours and single marks, in order."""
    return [Word(match.group(), *match.span()) for match in _WORD.finditer(text)]


def color_at(words: Sequence[Word], index: int) -> tuple[str, int] | None:
    """The colour that starts at ``index`` as ``#rrggbb`` and how many words it takes; the longest name wins."""
    for length in range(min(_MAX_WORDS, len(words) - index), 0, -1):
        color = _named([word.text for word in words[index : index + length]])
        if color is not None:
            return color, length
    return None


def color_before(words: Sequence[Word], index: int) -> tuple[str, int] | None:
    """The colour that ends just before ``index``; the longest name wins."""
    for length in range(min(_MAX_WORDS, index), 0, -1):
        color = _named([word.text for word in words[index - length : index]])
        if color is not None:
            return color, length
    return None


def bad_hex(digits: str) -> bool:
    """Whether ``#`` and these letters and digits were meant as a colour and are none (``#GGHHII``, ``#12345``)."""
    is_hex = all(digit in "0123456789abcdefABCDEF" for digit in digits)
    if len(digits) in {3, 6}:
        return not is_hex
    return is_hex and len(digits) > 3


def _named(words: Sequence[str]) -> str | None:
    first = words[0]
    if first.startswith("#"):
        return colors.full_hex(first) if len(words) == 1 and colors.HEX.fullmatch(first) else None
    if has_hangul("".join(words)):
        phrase = " ".join(words)
        return _korean(phrase) if len(phrase) <= _LONGEST else None
    return colors.english().get(tuple(word.lower() for word in words))


@lru_cache(maxsize=4096)
def _korean(phrase: str) -> str | None:
    names = colors.korean()
    if phrase in names:
        return names[phrase]
    return next((names[stem] for stem, _ in without_particles(phrase) if stem in names), None)
