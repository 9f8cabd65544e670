"""A turn that revises, cut into one fragment per change, each with what it wants done.

Owns the verbs of change in English and Korean. Which object is meant is not decided here.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum, auto
from typing import Final

from bots.planning.grammar.english_lexer import lex as lex_english
from bots.planning.grammar.korean_lexer import lex as lex_korean
from bots.planning.grammar.lexemes import Lexeme, Number, Quote, Scale, Spot, Tint
from generator.sketch.word_forms import has_hangul


class Verb(Enum):
    """What a fragment wants done."""

    ADD = auto()
    REMOVE = auto()
    REPLACE = auto()
    MOVE = auto()
    GROW = auto()
    SHRINK = auto()
    MORE = auto()  # of the same
    FEWER = auto()
    SWAP = auto()  # exchange places
    FLIP = auto()
    ROTATE = auto()
    ISOLATE = auto()
    RETEXT = auto()
    CHANGE = auto()  # whatever the other words say


@dataclass(frozen=True, slots=True, kw_only=True)
class Fragment:
    """One change: its words, their lexemes and its verb; ``own_verb`` unless the verb is the one before's."""

    text: str
    lexemes: Sequence[Lexeme]
    verb: Verb
    own_verb: bool = True


_PATTERNS: Final = tuple(
    (verb, re.compile(pattern, re.IGNORECASE))
    for verb, pattern in (
        (
            Verb.ISOLATE,
            (
r"\b(?:sticker|cut-?out|icon|emoji)s?\s+(?:of|with|from|for)\s+(?:only\s+|just\s+)?(?:the|it|that|this|my)\b|\bisolate\b"
            r"|\b(?:the|it)\b[^,]{0,40}\b(?:alone|by itself|on its own|as an? (?:transparent )?(?:sticker|icon|cut-?out))\b"
            r"|^\W*(?:only|just)\s+the\b|\b(?:keep|show|want|leave|draw)\s+(?:only|just)\s+the\b|\b(?:cut|crop)\s+out\s+the\b"
            r"|만\s?(?:투명|남|따로|떼어|오려|잘라|스티커|있는|보이)|(?:스티커|아이콘)(?:로|으로)?\s*(?:만들|바꿔|해|뽑)?.*만\b|[가-힣](?:만|의|를|을)\s+(?:투명\S*\s+)?(?:배경\S*\s+)?스티커"
            ),
        ),
        (
            Verb.REMOVE,
            (
r"\b(?:remove|delete|erase|get rid of|take away|take out|drop|lose|hide|eliminate|clear)\b|^\W*(?:without|no)\s+(?=\w)"
            r"|지우|지워|삭제|없애|빼|제거|치워|치우"
            ),
        ),
        (
            Verb.GROW,
            (
r"\b(?:bigger|larger|enlarge|grow|taller|scale up|increase|twice as (?:big|large)|double (?:the size|its size)|three times as big)\b"
            r"|(?:더|좀|조금|훨씬|두 배(?:로)?|두배로)?\s?(?:크게|키워|키우|확대|커지)"
            ),
        ),
        (
            Verb.SHRINK,
            (
r"\b(?:smaller|shrink|tinier|scale down|half (?:the|its) size|half as (?:big|large)|reduce the size|shorter)\b"
            r"|작게|축소|작아지"
            ),
        ),
        (
            Verb.SWAP,
            (
r"\b(?:swap|switch|exchange|trade)\b(?![^,]*\b(?:with|for|to|into)\s+(?:an?|one|two|three|four|five|\d+)\b)|\b(?:swap|switch|trade|change) (?:places|positions)\b"
            r"|(?:자리|위치)(?:를|을)?\s?(?:서로\s?)?(?:바꿔|바꾸|교환|맞바|체인지)|맞바꾸?|서로\s?바꿔"
            ),
        ),
        (Verb.FEWER, r"\b(?:fewer|less|one fewer|reduce)\b|(?:덜|줄여|줄이)(?=[^가-힣]|$|줘|고|주)"),
        (Verb.MORE, r"\b\w+\s+more\b|\bmore\b|\banother\b|\bdouble the (?:number|amount)\b|(?<![가-힣])더(?![가-힣])"),
        (Verb.FLIP, r"\b(?:flip|mirror|face the other way|turn (?:it|the \w+) around|reverse)\b|뒤집|반전|좌우\s?반전"),
        (Verb.ROTATE, r"\b(?:rotate|tilt|spin|turn\b[^,]*\b(?:degrees|upside down|sideways)|upside down)\b|회전|기울|돌려"),
        (
            Verb.REPLACE,
            (
r"\b(?:replace|swap|exchange|substitute)\b|\binstead of\b|\b(?:turn|change|switch|make)\b[^,]*\b(?:into|to|with)\s+(?:an?|the|two|three|four|five|\d+)\b"
            r"|(?:으로|로)\s?(?:바꿔|바꾸|교체|변경|대체)|대신"
            ),
        ),
        (
            Verb.ADD,
            (
r"^\W*(?:(?:please|and|also|then|now|can you|could you|next)\s+)*(?:add|include|insert|draw|append|put in|give (?:me|it)|we need|i want|i need|there should be)\b"
            r"|\b(?:add|insert)\b|추가|더해|넣어|넣고|그려\s?(?:줘|넣)|얹어|덧붙|올려"
            ),
        ),
        (Verb.MOVE, r"\b(?:move|shift|nudge|raise|lower|scoot|put|place|bring|slide|drag|position|send|push|relocate|align)\b|옮|이동|놓아|놔|배치|보내|가져|두어|둬"),
        (Verb.RETEXT, r"\b(?:retitle|rename|reword|should (?:say|read)|(?:to|it) (?:say|read)|says?|reads?|spell|rewrite)\b|라고|적어|써"),
        (Verb.CHANGE, r"\b(?:make|change|turn|color|colour|recolou?r|paint|set|let|give|switch|use|have|want|should be|instead)\b|바꿔|바꾸|변경|칠|해|만들|하고"),
    )
)  # fmt: skip
_CUT: Final = re.compile(
    r"\s*(?:[,;\n、]|(?<!\d)\.(?=\s|$)|[!?])+\s*(?:and\s+(?:then\s+)?|then\s+|그리고\s+)?|\s+(?:and\s+then|and\s+also|and|then|but|plus|그리고|하고서)\s+"
    r"|(?<=바꾸고)\s+|(?<=옮기고)\s+|(?<=하고)\s+|(?<=키우고)\s+|(?<=지우고)\s+|(?<=빼고)\s+|(?<=넣고)\s+|(?<=만들고)\s+|(?<=없애고)\s+|(?<=줄이고)\s+|(?<=칠하고)\s+|(?<=두고)\s+|(?<=놓고)\s+",
    re.IGNORECASE,
)
_TWO_THINGS: Final = re.compile(r"\b(?:between|swap|switch|exchange|trade)\b(?![^,;]*\band\b)", re.IGNORECASE)
_STANDS_ALONE: Final = frozenset(
    {
        Verb.REMOVE,
        Verb.ADD,
        Verb.SWAP,
        Verb.FLIP,
        Verb.ROTATE,
        Verb.GROW,
        Verb.SHRINK,
        Verb.MORE,
        Verb.FEWER,
        Verb.ISOLATE,
        Verb.REPLACE,
    }
)
# "No, make it blue" removes nothing.
_EXCLAIMED: Final = re.compile(
    r"^\W*(?:(?:no|nope|nah|wait|oops|sorry|hmm+|umm*|uh|actually|ok(?:ay)?)(?:\s*[,.!…:;–-]+\s*|\s+(?=(?:i|make|move|put|change|not|it|turn|add|remove|delete)\b))"
    r"|(?:아니+야?|아뇨|음+|흠+|잠깐만?|앗)(?:\s*[,.!…~]+\s*|\s+))+",
    re.IGNORECASE,
)
_STEP: Final = re.compile(r"\b(?:up|down|upwards?|downwards?|higher|lower|left|right)\b", re.IGNORECASE)
_SAYS_SOMETHING: Final = (Tint, Scale, Spot, Quote)


def fragments(text: str, texts: Sequence[str]) -> list[Fragment]:
    """The changes that ``text`` asks for, in order; a fragment without a verb shares the one before it."""
    text = _EXCLAIMED.sub("", text)
    found: list[Fragment] = []
    carried = ""
    for piece in _pieces(text):
        words = f"{carried} and {piece}" if carried else piece
        fragment = _fragment(words, texts, found[-1].verb if found else None)
        if _is_complete(fragment):
            found.append(fragment)
            carried = ""
        else:
            carried = words
    if carried:
        found.append(_fragment(carried, texts, found[-1].verb if found else None))
    return found


def lex_any(text: str, texts: Sequence[str]) -> list[Lexeme]:
    """Lexemes of a text in either language."""
    return lex_korean(text, texts) if has_hangul(text) else lex_english(text, texts)


def _pieces(text: str) -> list[str]:
    pieces: list[str] = []
    start = 0
    for cut in _CUT.finditer(text):
        if _TWO_THINGS.search(text[start : cut.start()]) and cut.group().strip() == "and":
            continue
        pieces.append(text[start : cut.start()].strip())
        start = cut.end()
    pieces.append(text[start:].strip())
    return [piece for piece in pieces if piece]


def _fragment(words: str, texts: Sequence[str], before: Verb | None) -> Fragment:
    verb = next((verb for verb, pattern in _PATTERNS if pattern.search(words)), None)
    return Fragment(
        text=words, lexemes=lex_any(words, texts), verb=verb or before or Verb.CHANGE, own_verb=verb is not None
    )


def _is_complete(fragment: Fragment) -> bool:
    """Whether it says what to do: "make the car" waits for "and the house yellow"."""
    if fragment.verb in _STANDS_ALONE or (fragment.verb is Verb.MOVE and _STEP.search(fragment.text)):
        return True
    return any(
        isinstance(one, _SAYS_SOMETHING) or (isinstance(one, Number) and one.value > 1) for one in fragment.lexemes
    )
