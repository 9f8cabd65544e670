"""Which groups of terms occur in a text. Knows words and their boundaries; knows nothing of what follows from them.

Lexicons are packaged tables with the columns term, match and groups. ``match`` is ``word`` (whole word; a Korean word may carry a
particle), ``prefix`` (begins a word) or ``anywhere``. The group ``safe`` marks phrases that only look like a term: they hide what lies in them.
"""

import csv
import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Literal, get_args

from ahocorasick_rs import AhoCorasick

from moderation.normalization import Views

Match = Literal["word", "prefix", "anywhere"]
SAFE = "safe"
_HANGUL = re.compile(r"[가-힣]")
_PARTICLE = re.compile(
    r"(?:들)?(?:을|를|이|가|은|는|의|에|에게|에서|로|으로|도|만|과|와|랑|이랑|하고|한테|께|보다|처럼|같은|같이|까지|부터|이나|나|야|아"
    r"|인|이다|이고|이며|이에요|예요|적|적인|한|하는|용|씨|님)?(?![가-힣])"
)


class LexiconInvalid(Exception):
    """A packaged table is malformed; the installation is broken."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """One entry.

    Attributes:
        text: In the canonical reading: lower case, words parted by single spaces.
        groups: What it counts as.
    """

    text: str
    match: Match
    groups: frozenset[str]


class Lexicon:
    """Finds every term in one pass over a text.

    Args:
        terms: The entries; the same text may stand in several.
    """

    def __init__(self, terms: Iterable[Term]) -> None:
        by_text: dict[str, list[Term]] = {}
        for term in terms:
            by_text.setdefault(term.text, []).append(term)
        self._terms = [tuple(entries) for entries in by_text.values()]
        self._automaton = AhoCorasick(list(by_text))

    def groups(self, views: Views) -> frozenset[str]:
        """Every group with a term in one of the readings."""
        return frozenset().union(*(self._groups_in(view) for view in views.all))

    def _groups_in(self, text: str) -> set[str]:
        found: list[tuple[int, int, Term]] = []
        safe: list[tuple[int, int]] = []
        for index, start, end in self._automaton.find_matches_as_indexes(text, overlapping=True):
            for term in self._terms[index]:
                if not _stands_alone(text, start, end, term.match):
                    continue
                if SAFE in term.groups:
                    safe.append((start, end))
                else:
                    found.append((start, end, term))
        hidden = _Spans(safe)
        return {group for start, end, term in found if not hidden.cover(start, end) for group in term.groups}


class _Spans:
    """Where safe phrases lie; answers in one step per character asked about."""

    def __init__(self, spans: Sequence[tuple[int, int]]) -> None:
        self._reach: dict[int, int] = {}
        for start, end in spans:
            for position in range(start, end):
                self._reach[position] = max(end, self._reach.get(position, 0))

    def cover(self, start: int, end: int) -> bool:
        """Whether one safe phrase holds all of ``start`` to ``end``."""
        return self._reach.get(start, 0) >= end


def _stands_alone(text: str, start: int, end: int, match: Match) -> bool:
    if match == "anywhere":
        return True
    if start and _continues(text[start - 1], text[start]):
        return False
    if match == "prefix" or end == len(text):
        return True
    if _HANGUL.match(text[end - 1]):
        return _PARTICLE.match(text, end) is not None
    return not _continues(text[end - 1], text[end])


def _continues(left: str, right: str) -> bool:
    """Whether two neighbors belong to one word: Latin beside Hangul does not."""
    if not (left.isalnum() and right.isalnum()):
        return False
    return bool(_HANGUL.match(left)) == bool(_HANGUL.match(right))


def parse_lexicon(name: str, text: str) -> tuple[Term, ...]:
    """Read one table.

    Raises:
        LexiconInvalid: A row has no such match, no group, or a term that is not in its canonical form.
    """
    rows = csv.reader(
        (line for line in text.splitlines() if line and not line.startswith("#")),
        delimiter="\t",
        quoting=csv.QUOTE_NONE,
    )
    header = next(rows, [])
    if header != ["term", "match", "groups"]:
        raise LexiconInvalid(f"{name}: columns must be term, match and groups")
    return tuple(_term(name, row) for row in rows)


def _term(name: str, row: list[str]) -> Term:
    if len(row) != 3:
        raise LexiconInvalid(f"{name}: {len(row)} columns in a row")
    text, match, groups = row
    if (
        match not in get_args(Match)
        or not groups
        or not text
        or text != unicodedata.normalize("NFC", text).casefold().strip()
    ):
        raise LexiconInvalid(f"{name}: a malformed row for the groups {groups!r}")
    modes: dict[str, Match] = {"word": "word", "prefix": "prefix", "anywhere": "anywhere"}
    return Term(text=text, match=modes[match], groups=frozenset(groups.split("|")))


@cache
def load_lexicon() -> Lexicon:
    """The packaged tables as one lexicon.

    Raises:
        LexiconInvalid: One of them is malformed.
    """
    folder = resources.files("moderation").joinpath("lexicons")
    tables = sorted((entry for entry in folder.iterdir() if entry.name.endswith(".tsv")), key=lambda entry: entry.name)
    return Lexicon(term for entry in tables for term in parse_lexicon(entry.name, entry.read_text("utf-8")))
