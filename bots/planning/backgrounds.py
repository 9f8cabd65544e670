"""The background that a sentence asks for: a colour, a vertical gradient, or none at all (transparent)."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from bots.planning.color_words import HEX_LIKE, Word, color_at, color_before, words_of
from bots.planning.cuts import Sentence
from generator.scene import TRANSPARENT, Background, Notice
from generator.sketch.word_forms import without_particles

DEFAULT_GRADIENT: Final = ("#e0f2fe", "#fce7f3")
"""A gradient whose colours nobody said: pale sky to pale rose, under which every ink reads."""

_GROUND = r"(?:back\s?ground|backdrop|bg)s?"
_TRANSPARENT: Final = re.compile(
    rf"(?:\b(?:on|with|against|has|have|having)\s)?(?:\b(?:an?|the)\s)?\b(?:transparent|see-through|alpha|no|without(?:\san?y?)?)\s{_GROUND}\b"
    rf"|(?:\b(?:make|turn|set|change)\s)?(?:\b(?:the|its)\s)?{_GROUND}(?:\s(?:colou?r))?\s?(?:is|be|to|:|=)?\s?(?:transparent|see-through|none)\b"
    rf"|\b(?:remove|delete|drop|erase|clear|cut\sout|get\srid\sof|take\saway)\s(?:the\s|its\s)?{_GROUND}\b"
    r"|\btransparent(?=\s(?:\w{1,20}\s)?(?:stickers?|png|webp|image|picture|logo|icons?|version|cut-?out|clipart|emoji|one)\b)"
    r"|(?:\b(?:make|turn)\sit\s|\b(?:as|in)\s(?:an?\s)?)?\btransparent(?=\s*(?:$|[,.;!?\n]|please\b|and\b|with\b))"
    r"|(?:투명|트랜스페어런트)(?:한|하게)?\s?(?:배경|바탕)?(?:으로|로|에|의|을|를|은|이)?(?:\s?(?:해|만들어|바꿔|변경해)\s?(?:줘요|줘|주세요)?)?(?![가-힣])"
    r"|(?:배경|바탕)(?:은|을|이|색은|색을)?\s?(?:투명|트랜스페어런트)(?:하게|으로|으로\s?해)?(?:\s?(?:해|만들어|바꿔|변경해)\s?(?:줘요|줘|주세요)?)?(?![가-힣])"
    r"|(?:배경|바탕)(?:을|은)?\s?(?:없이|없는|없애|제거해?|지워|빼|날려|투명화)\s?(?:줘요|줘|주세요|고)?(?![가-힣])|누끼(?:\s?(?:따|처리해?)\s?(?:줘|주세요)?)?(?![가-힣])",
    re.IGNORECASE,
)
_ENGLISH: Final = frozenset({"background", "backgrounds", "backdrop", "bg"})
_KOREAN: Final = frozenset({"배경", "배경색", "바탕", "바탕색", "배경화면"})
_STRONG: Final = frozenset({"is", "are", "be", "to", ":", "=", "color", "colour", "should"})
_LINKS: Final = _STRONG | {
    "of",
    "in",
    "as",
    "with",
    "-",
    "a",
    "an",
    "the",
    "solid",
    "plain",
    "simple",
    "into",
    "very",
    "flat",
}
_TOPIC: Final = re.compile(r"(?:배경|바탕)색?(?:은|을|이|색)")
_ONLY_BACKGROUNDS: Final = {
    "dark": "#111827",
    "light": "#f8fafc",
    "bright": "#fef9c3",
    "어두운": "#111827",
    "밝은": "#f8fafc",
}
_ONTO: Final = frozenset({"on", "with", "against", "over", "has", "have", "having", "to", "in", "and", "onto"})
_ARTICLES: Final = frozenset({"a", "an", "the", "its", "solid", "plain", "simple", "flat", "nice"})
_CHANGES: Final = frozenset({"make", "change", "set", "turn", "switch", "put", "use", "give", "it", "update", "paint"})
_GRADIENT: Final = frozenset({"gradient", "gradation", "ombre", "그라데이션", "그라디언트", "그러데이션"})
_BETWEEN: Final = frozenset({"to", "and", "into", "-", ",", "/", "&"})
_KOREAN_CHANGES: Final = re.compile(
    r"(?:바꿔|변경해|해|만들어|칠해|깔아|설정해|바꾸어|바꿔서|하고|변경)(?:줘요|줘|주세요|줄래|봐)?|줘|주세요"
)
_REACH: Final = 8  # words on either side that are looked at


@dataclass(frozen=True, slots=True)
class _Phrase:
    """A background and the words (indices, end exclusive) that said it."""

    value: Background
    start: int
    end: int


def take_background(sentence: Sentence) -> tuple[Background | None, Notice | None]:
    """The background asked for, cut out of the sentence, or the reason why it is impossible; the last one said wins."""
    transparent = sentence.cut(_TRANSPARENT)
    found: Background | None = TRANSPARENT if transparent else None
    words = words_of(sentence.text)
    spans: list[tuple[int, int]] = []
    bound = 0
    for index in range(len(words)):
        phrase = _phrase(words, index) if index >= bound and _is_ground(words[index].text[:16]) else None
        if phrase is not None and phrase.start >= bound:
            found, bound = phrase.value, phrase.end
            spans.append((words[phrase.start].start, words[phrase.end - 1].end))
        elif index >= bound and _is_ground(words[index].text[:16]) and (bad := _bad_hex_near(words, index)):
            return None, Notice(key="color-invalid", args={"color": bad})
    sentence.cut_spans(spans)
    return found, None


@lru_cache(maxsize=4096)
def _is_ground(word: str) -> bool:
    plain = word.lower()
    return plain in _ENGLISH or plain in _KOREAN or any(stem in _KOREAN for stem, _ in without_particles(plain[:8]))


def _phrase(words: Sequence[Word], ground: int) -> _Phrase | None:
    """The background that the word at ``ground`` belongs to, with everything that says only that."""
    strong = _is_topic(words, ground)
    first, second = (_after, _before) if strong else (_before, _after)
    found = _gradient(words, ground) or first(words, ground) or second(words, ground)
    return _widened(words, found) if found else None


def _is_topic(words: Sequence[Word], ground: int) -> bool:
    """Whether the colour follows for certain: "background to …", "배경을 …"."""
    follows = words[ground + 1].text.lower() if ground + 1 < len(words) else ""
    return follows in _STRONG or _TOPIC.match(words[ground].text) is not None


def _after(words: Sequence[Word], ground: int) -> _Phrase | None:
    """Reads what follows: "background is X", "배경은 X"."""
    index = ground + 1
    while index < len(words) and index < ground + _REACH and words[index].text.lower() in _LINKS:
        index += 1
    read = color_at(words, index)
    if read is None:
        return None
    color, length = read
    follows = words[index + length].text.lower() if index + length < len(words) else ""
    if index == ground + 1 and _starts_thing(words[ground].text, follows):
        return None  # "white background red apple": the red is the apple's
    return _Phrase(color, ground, index + length)


def _starts_thing(ground: str, follows: str) -> bool:
    return (
        ground.isascii()
        and follows[:1].isalpha()
        and follows not in {"and", "with", "please", "but", "in", "on", "a", "an", "the", "some"}
    )


def _before(words: Sequence[Word], ground: int) -> _Phrase | None:
    """Reads what stands before: "X background", "X 배경"."""
    read = color_before(words, ground) or (
        color_before(words, ground - 1)
        if ground and words[ground - 1].text.lower() in {"color", "colored", "colour", "coloured"}
        else None
    )
    if read is None:
        plain = words[ground - 1].text.lower() if ground else ""
        color = _ONLY_BACKGROUNDS.get(plain)
        return _Phrase(color, ground - 1, ground + 1) if color else None
    offset = 0 if color_before(words, ground) else 1
    return _Phrase(read[0], ground - offset - read[1], ground + 1)


def _gradient(words: Sequence[Word], ground: int) -> _Phrase | None:
    """A gradient said within a few words of the background: with two colours, or with none."""
    low, high = max(0, ground - _REACH), min(len(words), ground + _REACH + 4)
    marks = [index for index in range(low, high) if _plain(words[index].text[:24]) in _GRADIENT]
    if not marks:
        return None
    used = [*marks[:1], ground]
    for first in range(low, high):
        pair = _pair(words, first)
        if pair is not None:
            top, bottom, end = pair
            start = min(*used, first)
            return _Phrase((top, bottom), start, max(*used, end - 1) + 1)
    before, after = color_before(words, min(used)), color_at(words, max(used) + 1)
    if before is not None:
        return _Phrase(_fading(before[0]), min(used) - before[1], max(used) + 1)
    if after is not None and not words[max(used)].text.isascii():
        return _Phrase(_fading(after[0]), min(used), max(used) + 1 + after[1])
    return _Phrase(DEFAULT_GRADIENT, min(used), max(used) + 1)


def _fading(color: str) -> tuple[str, str]:
    """A gradient of one colour: from half way to white down to the colour itself."""
    channels = (int(color[start : start + 2], 16) for start in (1, 3, 5))
    return "#" + "".join(f"{(channel + 255) // 2:02x}" for channel in channels), color


def _pair(words: Sequence[Word], first: int) -> tuple[str, str, int] | None:
    """Two colours joined by "to" or the like; "파란색에서 분홍색"."""
    one = color_at(words, first)
    if one is None:
        return None
    index = first + one[1]
    joined = not words[index - 1].text.isascii() or (index < len(words) and words[index].text.lower() in _BETWEEN)
    while index < len(words) and words[index].text.lower() in _BETWEEN:
        index += 1
    other = color_at(words, index) if joined else None
    return (one[0], other[0], index + other[1]) if other else None


@lru_cache(maxsize=4096)
def _plain(word: str) -> str:
    lower = word.lower()
    return (
        lower
        if lower in _GRADIENT
        else next((stem for stem, _ in without_particles(lower[:12]) if stem in _GRADIENT), lower)
    )


def _widened(words: Sequence[Word], phrase: _Phrase) -> _Phrase:
    """With the articles, prepositions and verbs that belong to it alone ("change the … to", "on a …", "… 바꿔줘")."""
    start, end = phrase.start, phrase.end
    while start and words[start - 1].text.lower() in {*_ARTICLES, "of", "from", "color", "colour"}:
        start -= 1
    if start and words[start - 1].text.lower() in _ONTO:
        start -= 1
    while start and words[start - 1].text.lower() in _CHANGES:
        start -= 1
    if end < len(words) and words[end].text.lower() in _GRADIENT:
        end += 1
    while end < len(words) and (
        _KOREAN_CHANGES.fullmatch(words[end].text[:12]) or words[end].text in {"색", "로", "으로", "색으로", "컬러로"}
    ):
        end += 1
    return _Phrase(phrase.value, start, end)


def _bad_hex_near(words: Sequence[Word], ground: int) -> str:
    nearby = words[ground + 1 : ground + 4]
    return next(
        (word.text[:12] for word in nearby if HEX_LIKE.fullmatch(word.text) and color_at([word], 0) is None), ""
    )
