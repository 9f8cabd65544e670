"""Several readings of one text, so that a disguise in one is plain in another. Knows writing; knows no forbidden word.

Every step is linear in the text's length. Readings are for comparison only: they are never shown or stored.
"""

import re
import unicodedata
from dataclasses import dataclass

import disarm

_BIDI_OVERRIDES = re.compile("[\u202d\u202e\u2066-\u2068]")
_LEET = str.maketrans(
    {
        "0": "o",
        "1": "i",
        "3": "e",
        "4": "a",
        "5": "s",
        "7": "t",
        "8": "b",
        "9": "g",
        "@": "a",
        "$": "s",
        "!": "i",
        "|": "i",
        "€": "e",
    }
)
_LEET_WITH_L = str.maketrans({"1": "l", "|": "l", "!": "l"})
# A run of leet characters counts as letters only inside a word that has a letter: "2024" and "$5" stay what they are.
_LEET_WORD = re.compile(r"[a-z0-9@$!|€]+")
_LATIN = re.compile("[a-z]")
_LEET_MARK = re.compile(r"[013457@$!|€89]")
_STRETCHED = re.compile(r"([^\W\d_])\1{2,}")
_JOINT_LATIN = re.compile(r"(?<=[a-z])[._*~\-+/\\'`^,:;=#]+(?=[a-z])")
_JOINT_HANGUL = re.compile(r"(?<=[가-힣ㄱ-ㅣ])[\d._*~\-+/\\'`^:;=#@!|]+(?=[가-힣ㄱ-ㅣ])")
# Single letters set apart: three or more Latin ones, two or more Korean syllables.
_SPACED_LATIN = re.compile(r"(?<![^\W_])(?:[a-z0-9@$!][\W_]{1,3}){2,}[a-z0-9@$!](?![^\W_])")
_SPACED_HANGUL = re.compile(r"(?<![^\W_])(?:[가-힣][\W_]{1,3})+[가-힣](?![^\W_])")
_SEPARATOR = re.compile(r"[\W_]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Views:
    """Readings of one text, without repetitions.

    Attributes:
        canonical: Look-alikes folded, invisible characters gone, lower case.
        all: ``canonical`` first, then every reading that differs from those before it.
    """

    canonical: str
    all: tuple[str, ...]


def views(text: str) -> Views:
    """The readings of ``text``: plain, leet undone, joints removed, spaced letters joined, stretched letters shortened, reversed.

    Args:
        text: Anything, of any length; time and space grow linearly.
    """
    canonical = canonicalize(text)
    readings = [canonical]
    if _BIDI_OVERRIDES.search(text):
        readings.append(canonical[::-1])
    undoings = (_shorten_once, _shorten_twice, _unjoint, _join_spaced, _unleet, _unleet_with_l)
    readings += [undo(canonical) for undo in undoings]
    # Disguises are worn together: spaced leet, jointed leet.
    readings += [_unleet(_join_spaced(canonical)), _unleet(_unjoint(canonical))]
    return Views(canonical=canonical, all=tuple(dict.fromkeys(readings)))


def canonicalize(text: str) -> str:
    """Look-alikes to the letters they imitate, invisible characters and overlaid marks removed, white space single, lower case."""
    # Overlaid strokes survive compatibility folding as combining marks; Hangul is put together again afterwards.
    bare = "".join(char for char in unicodedata.normalize("NFKD", text) if unicodedata.category(char) != "Mn")
    folded = disarm.canonicalize(unicodedata.normalize("NFC", bare))
    return unicodedata.normalize("NFC", folded).casefold()


def _unleet(text: str) -> str:
    return _LEET_WORD.sub(lambda word: _leet_letters(word[0]), text)


def _unleet_with_l(text: str) -> str:
    return _unleet(
        _LEET_WORD.sub(lambda word: word[0].translate(_LEET_WITH_L) if _LATIN.search(word[0]) else word[0], text)
    )


def _leet_letters(word: str) -> str:
    if not _LEET_MARK.search(word) or not _LATIN.search(word):
        return word
    # A mark at the end is punctuation far more often than a letter: "stop!" is not "stopi".
    stem = word.rstrip("!|")
    return stem.translate(_LEET) + word[len(stem) :]


def _shorten_once(text: str) -> str:
    return _STRETCHED.sub(r"\1", text)


def _shorten_twice(text: str) -> str:
    return _STRETCHED.sub(r"\1\1", text)


def _unjoint(text: str) -> str:
    return _JOINT_HANGUL.sub("", _JOINT_LATIN.sub("", text))


def _join_spaced(text: str) -> str:
    joined = _SPACED_LATIN.sub(lambda run: _SEPARATOR.sub("", run[0]), text)
    return _SPACED_HANGUL.sub(lambda run: _SEPARATOR.sub("", run[0]), joined)
