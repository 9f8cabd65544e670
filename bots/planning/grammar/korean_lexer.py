"""Korean words to lexemes: particles are taken off nouns and kept as their case."""

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from bots.planning.grammar import colors
from bots.planning.grammar import korean_words as ko
from bots.planning.grammar.english_lexer import lex as lex_english
from bots.planning.grammar.english_lexer import literal, tokens
from bots.planning.grammar.lexemes import (
    Case,
    Deed,
    GridOf,
    Group,
    Heading,
    Lexeme,
    Line,
    Mark,
    Number,
    Scale,
    Thing,
    Tint,
    Trait,
    Unknown,
)
from bots.planning.grammar.nouns import case_of, find_noun, kind_of
from generator.sketch.word_forms import has_hangul

_PARTICLES: Final = "에서는|에게서|이라는|으로는|에서|에게|한테|에는|에도|으로|이랑|이나|하고|까지|부터|라는|을|를|이|가|은|는|의|에|로|와|과|랑|도|만|나"
_PARTICLE: Final = re.compile(rf"(?:{_PARTICLES})$")
_COUNTER: Final = re.compile(rf"(?:{'|'.join(ko.COUNTERS)})(?:들)?(?P<particle>{_PARTICLES}|씩)?")
_NUMERAL: Final = "|".join(sorted((word for word in ko.NUMBERS if word not in {"많은", "여러"}), key=len, reverse=True))
_GLUED_COUNT: Final = re.compile(
    rf"(?P<number>{_NUMERAL}|\d{{1,4}})(?:{'|'.join(ko.COUNTERS)})(?:들)?(?P<particle>{_PARTICLES}|씩)?"
)
_TIMES: Final = re.compile(r"배(?:로|만큼|나|쯤|정도)?")
_MULTIPLE: Final = re.compile(r"(?:두|세|네|다섯|몇|\d{1,3})배(?:로|만큼|나|쯤|정도)?|절반(?:으로)?|반으로")
_COLOR_TAIL: Final = re.compile(r"(?:으로|로|의|은|는|이|인|을|를|과|와)?")
_TO_COLOR: Final = frozenset({"로", "으로", "색", "색으로", "색상으로", "빛으로"})
_GRID_WORD: Final = re.compile(r"(?:격자|그리드|바둑판|칸)(?:무늬|모양)?(?:으로|로|에|에는|의)?")
_SUN: Final = re.compile(rf"해(?P<particle>{_PARTICLES})?")
_Taken = tuple[Sequence[Lexeme], int] | None


def lex(text: str, texts: Sequence[str]) -> list[Lexeme]:
    """The lexemes of a Korean text whose quoted words are tokens ``⟦n⟧``, ``n`` counting through ``texts``."""
    words = tokens(text)
    found: list[Lexeme] = []
    index = 0
    while index < len(words):
        lexemes, length = _next(words, index, texts)
        found += lexemes
        index += length
    return found


def is_color(word: str) -> bool:
    """Whether a word is a colour, with or without its particle."""
    return _color([word], 0) is not None


def fixed_word(word: str) -> bool:
    """Whether a word is one of the grammar's own: a count, place, size, heading, arrangement or connective."""
    return bool(_GLUED_COUNT.fullmatch(word) or _fixed([word], 0) or _spot([word], 0) or _heading([word], 0))


def _next(words: list[str], index: int, texts: Sequence[str]) -> tuple[Sequence[Lexeme], int]:
    return (
        _number(words, index)
        or _literal(words, index, texts)
        or _fixed(words, index)
        or _spot(words, index)
        or _color(words, index)
        or _heading(words, index)
        or _noun(words, index)
        or _verbal(words, index)
        or _foreign(words, index, texts)
        or ((Unknown(_PARTICLE.sub("", words[index]) if len(words[index]) > 2 else words[index]),), 1)
    )


def _literal(words: list[str], index: int, texts: Sequence[str]) -> _Taken:
    """What looks the same in every language; "#2563eb로" colours the noun before it."""
    if has_hangul(words[index]):
        return None
    taken = literal(words[index].lower(), texts)
    if taken is None:
        return None
    lexemes, _ = taken
    following = words[index + 1] if index + 1 < len(words) else ""
    if lexemes and isinstance(lexemes[0], Tint) and following in _TO_COLOR:
        return (Tint(lexemes[0].color, after=following != "색"),), 2
    if lexemes and isinstance(lexemes[0], GridOf) and _GRID_WORD.fullmatch(following):
        return lexemes, 2
    return taken


def _number(words: list[str], index: int) -> _Taken:
    word = words[index]
    if times := _times(words, index):
        return (Mark.FILLER,), times
    if glued := _GLUED_COUNT.fullmatch(word):
        counted = ko.NUMBERS[glued["number"]] if glued["number"] in ko.NUMBERS else int(glued["number"])
        return (Number(counted, counter=True, case=case_of(glued["particle"] or "")),), 1
    stem = _PARTICLE.sub("", word)
    for form in (word, stem):
        if form in ko.ALONE:
            return (Number(ko.ALONE[form], counter=True, case=case_of(word[len(form) :])),), 1
    value = int(word) if word.isdecimal() and len(word) < 7 else ko.NUMBERS.get(word)
    if value is None or index + 1 >= len(words):
        return None
    following = words[index + 1]
    counter = _COUNTER.fullmatch(following)
    if counter is not None and not _is_dog(words, index + 1):
        return (Number(value, counter=True, case=case_of(counter["particle"] or "")),), 2
    counts = word.isdecimal() or find_noun(words[index + 1 : index + 4], "ko") is not None
    return ((Number(value),), 1) if counts and has_hangul(following) else None


def _times(words: list[str], index: int) -> int:
    """How many words say a multiple: 두 배로, 3배; the verb says of what."""
    if _MULTIPLE.fullmatch(words[index]):
        return 1
    following = words[index + 1] if index + 1 < len(words) else ""
    numeral = words[index] in ko.NUMBERS or words[index].isdecimal()
    return 2 if numeral and _TIMES.fullmatch(following) else 0


def _is_dog(words: list[str], index: int) -> bool:
    """개 is a dog as well; after a number it counts, unless a counter for animals follows."""
    return words[index].startswith("개") and words[index + 1 : index + 2] != [] and words[index + 1].startswith("마리")


def _fixed(words: list[str], index: int) -> _Taken:
    """Sizes, arrangements, and the words that hold a sentence together."""
    if words[index] == "해" and words[index + 1 : index + 2] and words[index + 1] in {"줘", "주세요", "줘요", "줄래"}:
        return (Mark.FILLER,), 2  # alone it is the sun
    for length in (2, 1):
        phrase = " ".join(words[index : index + length])
        if phrase in ko.SIZES:
            return (Scale(ko.SIZES[phrase]),), length
        if phrase in ko.LINES:
            return (Line(ko.LINES[phrase]),), length
    return _grammatical(words[index])


def _grammatical(word: str) -> _Taken:
    sets: tuple[tuple[frozenset[str], Mark], ...] = (
        (ko.SAYS, Mark.SAYS),
        (ko.JOINS, Mark.AND),
        (ko.CLAUSE_ENDS, Mark.COMMA),
        (ko.FILLERS, Mark.FILLER),
        (ko.DISTINCT, Mark.DIFFERENT),
        (ko.NEGATION, Mark.NOT),
    )
    for members, mark in sets:
        if word in members:
            return (mark,), 1
    return ((Mark.FILLER,), 1) if _GRID_WORD.fullmatch(word) and word != "칸" else None


def _spot(words: list[str], index: int) -> _Taken:
    spot = ko.spot_at(words, index)
    return ((spot[0],), spot[1]) if spot is not None else None


def _color(words: list[str], index: int) -> _Taken:
    table = colors.korean()
    for length in (2, 1):
        phrase = " ".join(words[index : index + length])
        for end in range(len(phrase), max(0, len(phrase) - 3), -1):
            if phrase[:end] in table and _COLOR_TAIL.fullmatch(phrase[end:]):
                after = phrase[end:] in {"으로", "로"} or phrase.endswith("게")
                return (Tint(table[phrase[:end]], after=after),), length
    return None


def _heading(words: list[str], index: int) -> _Taken:
    word = words[index]
    for form in (word, _PARTICLE.sub("", word)):
        if form in ko.HEADINGS:
            return (Heading(ko.HEADINGS[form]),), 1
        if form in ko.CANVAS:
            return (Mark.CANVAS,), 1
        if kind := kind_of(form):
            return (Group(kind),), 1
    return None


def _noun(words: list[str], index: int) -> _Taken:
    if sun := _SUN.fullmatch(words[index]):
        star = find_noun(["태양"], "ko")
        return ((Thing(replace(star.noun, label="해"), case_of(sun["particle"] or "")),), 1) if star else None
    run: list[str] = []
    for word in words[index : index + 3]:
        if not word[0].isalpha():
            break
        run.append(word)
    if not run or not has_hangul("".join(run)):
        return None
    found = find_noun(run, "ko")
    if found is not None and (found.noun.drawn_as is None or found.length == 1):
        return (Thing(found.noun, found.case),), found.length
    return _glued(words[index])


def _glued(word: str) -> _Taken:
    """A noun and its place written as one word: 상자위에."""
    for end in range(len(word) - 1, 0, -1):
        spot = ko.spot_at([word[end:]], 0)
        found = find_noun([word[:end]], "ko") if spot is not None else None
        if spot is not None and found is not None and found.noun.drawn_as is None:
            return (Thing(found.noun), spot[0]), 1
    return None


def _verbal(words: list[str], index: int) -> _Taken:
    word = words[index]
    if ko.DEEDS.fullmatch(word):
        return (Deed(word),), 1
    if ko.ENDING.fullmatch(word):
        return (Mark.FILLER,), 1
    if ko.TRAIT.fullmatch(word) and index + 1 < len(words):
        return (Trait(word),), 1
    return None


def _foreign(words: list[str], index: int, texts: Sequence[str]) -> _Taken:
    """An English word within a Korean sentence, with or without a particle glued to it."""
    latin = re.match(r"[A-Za-z][A-Za-z'’-]*", words[index])
    if latin is None:
        return None
    lexemes = lex_english(latin.group(), texts)
    particle = words[index][latin.end() :]
    case = case_of(particle) if particle else Case.BARE
    return tuple(Thing(one.noun, case) if isinstance(one, Thing) else one for one in lexemes), 1
