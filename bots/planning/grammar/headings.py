"""Titles and the like that are not quoted: "title: Spring Sale", 제목: 봄 세일.

Quoted words arrive as tokens already; these are made into such tokens, so that the readers see only one form.
"""

import re
from typing import Final

from bots.planning.grammar.colors import english

_COLORS: Final = "|".join(name[0] for name in english() if len(name) == 1)
_NAMES: Final = r"title|headline|heading|subtitle|sub-title|subheading|tagline|slogan|caption|footer|label"
_MARKED: Final = re.compile(
    rf"\b(?P<role>{_NAMES})\s*(?::|\s(?:is|says|saying|reads|reading|should\s+(?:say|read|be)|that\s+(?:says|reads)))\s*"
    r"(?P<words>[^\W_⟦⟪⟨][^,;.\n⟦⟪⟨]{0,120})",
    re.IGNORECASE,
)
_CAPITALS: Final = re.compile(
    rf"\b(?P<role>{_NAMES}|titled|entitled)\s+(?P<words>[A-Z0-9][\w'’!?%&-]*(?:\s+(?:[A-Z0-9&][\w'’!?%&-]*|of|the|and|for|a|in|to)(?![\w⟦]))*)",
)
_SAYING: Final = re.compile(
    r"\b(?P<role>(?:that|which)\s(?:says|reads)|saying|with\sthe\s(?:text|words?|message|slogan)|with\s(?:text|words))\s*:?\s+"
    r"(?P<words>(?!⟦)(?!that\b|the\swords?\b|in\b|on\b|at\b)[^\W_][^,;.\n⟦⟪⟨]{0,80})",
    re.IGNORECASE,
)
_LETTER: Final = re.compile(r"\b(?P<role>letters?|initials?)\s(?P<words>[A-Z][A-Z&]{0,4})\b")
_KOREAN: Final = re.compile(
    r"(?P<role>제목|타이틀|부제목|부제|소제목|캡션|설명글|라벨|문구)(?:은|는|을|를)?\s*[:：]\s*(?P<words>[^\W_⟦⟪⟨][^,;.\n⟦⟪⟨、]{0,120})"
)
_TRAILING: Final = re.compile(
    rf"\s+(?:at the|in the|on the|on an?|with|and an?|and (?:two|three|four|some)|above|below|next to|in (?:big|bold|small|large|{_COLORS}))\b.*$|\s+(?:of|the|and|for|a|in|to)$",
    re.IGNORECASE,
)


def quote_headings(text: str, texts: tuple[str, ...]) -> tuple[str, tuple[str, ...]]:
    """``text`` with unquoted headings as tokens ``⟦n⟧``, and ``texts`` with their words appended."""
    words = list(texts)

    def token(match: re.Match[str]) -> str:
        said = match["words"]
        kept = _TRAILING.sub("", said).rstrip()
        rest = said[len(kept) :]
        if not kept:
            return match.group()
        words.append(kept)
        return f"{match['role']} ⟦{len(words) - 1}⟧{rest}"

    for pattern in (_MARKED, _CAPITALS, _SAYING, _LETTER, _KOREAN):
        text = pattern.sub(token, text)
    return text, tuple(words)
