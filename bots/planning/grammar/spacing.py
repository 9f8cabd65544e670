"""Spaces for Korean that was typed without them: 차를지워줘 → 차를 지워줘.

A run of syllables is cut into words of the grammar at the least cost. Two bare nouns are not cut apart, since together
they are usually a third thing (사과나무); what the grammar does not know stays in one piece.
"""

import re
from functools import lru_cache
from typing import Final, NamedTuple

from bots.planning.grammar.korean_lexer import fixed_word, is_color
from bots.planning.grammar.lexemes import Case
from bots.planning.grammar.nouns import find_noun, kind_of
from generator.sketch.nouns import find

_RUN: Final = re.compile(r"[가-힣]{4,40}")
_LONGEST: Final = 8  # syllables of a word with its particle
_MOST: Final = 24  # runs of a text that are looked at
_UNKNOWN: Final = 4.0
_PER_SYLLABLE: Final = 1.0
_SINGLE: Final = 0.7
_VERB: Final = re.compile(
    r"(?:그려|그리|만들어|만들|바꿔|바꾸|변경해|옮겨|옮기|이동해|지워|지우|빼|없애|제거해|삭제해|넣어|넣|추가해|추가|더해|키워|키우|줄여|줄이|칠해|칠하|돌려|"
    r"되돌려|되돌리|뒤집어|놓아|놓|놔|붙여|붙이|써|적어|올려|내려|보여|교체해|회전해|만들어서)(?:줘요|줘|주세요|줄래요|줄래|줄수있어|고|라)?|해(?:줘요|줘|주세요|줄래)|"
    r"(?:크게|작게|투명하게|밝게|어둡게|더|좀|조금|살짝|다시|이제|그리고|배경(?:을|은|에|색을|색은)?|그라데이션(?:으로)?)|[가-힣]{1,4}색(?:에서|까지|부터)"
)


class _Piece(NamedTuple):
    cost: float
    bare_noun: bool
    known: bool


def spaced(text: str) -> str:
    """``text`` with spaces in the Korean runs that can be cut into words."""
    left = _MOST

    def cut(match: re.Match[str]) -> str:
        nonlocal left
        left -= 1
        return _cut(match.group()) if left >= 0 else match.group()

    return _RUN.sub(cut, text)


@lru_cache(maxsize=4096)
def _cut(run: str) -> str:
    if _piece(run).known:
        return run
    words = _cheapest(run)
    return (
        " ".join(words)
        if (len(words) > 1 and any(_VERB.fullmatch(word) for word in words)) or _all_known(words)
        else run
    )


def _all_known(words: list[str]) -> bool:
    return all(_piece(word).known for word in words)


def _cheapest(run: str) -> list[str]:
    """The words of the cheapest cut; for every end the best one with and without a bare noun last."""
    best: dict[tuple[int, bool], tuple[float, list[str]]] = {(0, False): (0.0, [])}
    for end in range(1, len(run) + 1):
        for start in range(max(0, end - _LONGEST), end):
            piece = _piece(run[start:end])
            for after_bare in (False, True):
                before = best.get((start, after_bare))
                if before is None or (after_bare and piece.bare_noun):
                    continue
                cost = before[0] + piece.cost
                key = (end, piece.bare_noun)
                if key not in best or cost < best[key][0]:
                    best[key] = (cost, [*before[1], run[start:end]])
    # Pieces that are too long for a word and unknown leave no way through.
    ends = [best[key] for key in ((len(run), False), (len(run), True)) if key in best]
    return min(ends, key=lambda found: found[0])[1] if ends else [run]


@lru_cache(maxsize=16384)
def _piece(word: str) -> _Piece:
    extra = _SINGLE if len(word) == 1 else 0.0
    if _VERB.fullmatch(word) or is_color(word) or fixed_word(word) or kind_of(word):
        return _Piece(1.0 + extra, bare_noun=False, known=True)
    found, listed = find_noun([word], "ko"), find([word], "ko")
    if found is not None and listed is not None and not listed.disclosed:
        return _Piece(1.0 + extra, bare_noun=found.case is Case.BARE, known=True)
    return _Piece(_UNKNOWN + _PER_SYLLABLE * len(word) + extra * 5, bare_noun=True, known=False)
