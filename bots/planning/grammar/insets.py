"""Charts and step cards, which have a notation of their own: found in the text and taken out of it before it is read."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from bots.planning.grammar.colors import full_hex
from generator.scene import Kind

MAX_ITEMS: Final = 24  # of one chart; more cannot be told apart
MAX_STEPS: Final = 12

_CHART: Final = re.compile(
    r"(?:\b(?:an?|the)\s+)?\b(?P<en>bar|column|line|pie|donut|doughnut)[\s-]+(?:chart|graph|plot|diagram)\b"
    r"|(?P<ko>막대|원|파이|선|꺾은선|도넛)\s?(?:형\s?)?(?:그래프|차트|도표)[은는]?",
    re.IGNORECASE,
)
_TYPES: Final = {
    "bar": "bar", "column": "bar", "line": "line", "pie": "pie", "donut": "pie", "doughnut": "pie",
    "막대": "bar", "원": "pie", "파이": "pie", "도넛": "pie", "선": "line", "꺾은선": "line",
}  # fmt: skip
_CHART_TITLE: Final = re.compile(
    r"\s*,?\s*(?:titled|called|named|entitled|with (?:the )?title|제목[은는]?)?\s*⟦(?P<title>\d+)⟧", re.IGNORECASE
)
_CHART_LEAD: Final = re.compile(
    r"\s*(?:(?:of|showing|with|for|comparing|about)\b(?:\s[^\W\d_][\w ]{0,40}?(?=\s?[:：]))?)?\s*[:：\-–]?\s*",
    re.IGNORECASE,
)
_ITEM: Final = re.compile(
    r"\s*(?:and\s+)?(?:⟦(?P<quoted>\d+)⟧|(?P<label>[^\W_][^,;:=\n⟦⟧%#]{0,40}?))(?:\s*[:=]\s*|\s+)"
    r"(?P<number>-?\d{1,12}(?:\.\d{1,6})?)\s?(?P<unit>%|[^\W\d_]{1,3}(?=\s*[,;.\n、]|\s*$))?\s*(?P<hex>#[0-9a-fA-F]{6}|#[0-9a-fA-F]{3})?"
    r"\s*(?=[,;\n、]|\.(?!\d)|\band\b|$)",
    re.IGNORECASE,
)
_SEPARATOR: Final = re.compile(r"\s*(?:[,;、]\s*(?:and\b)?|\band\b)", re.IGNORECASE)
_STEPS: Final = re.compile(
    r"(?:\b(?:a|an|the|with|in|\d+|two|three|four|five|six)\s+)*\b(?:step[\s-]?cards?|steps?)\s*[:：]\s*"
    r"|(?:단계|순서)\s?(?:카드)?\s?[:：]\s*",
    re.IGNORECASE,
)
_STEPS_END: Final = re.compile(
    r"[.;\n]|\s(?=with\s(?:an?|the|two|three|\d+)\s)|[,、]\s*(?=(?:title|subtitle|caption|background|label|on an? |with|제목|부제|배경|캡션|글자)\b|⟦|제목|배경)",
    re.IGNORECASE,
)
_STEP_SPLIT: Final = re.compile(
    r"\s*(?:[,、]\s*(?:and\s+|then\s+)?|→|->|(?:^|\s)\d{1,2}[.)]\s+|\s+then\s+)", re.IGNORECASE
)
_MARK: Final = re.compile(r"(?<![\w.#])(\d{1,2})[.)]\s+(?=\S)")
_NUMBERED_END: Final = re.compile(
    r"[,;\n]\s*(?=(?:with|and|title|subtitle|caption|background|on an?)\b|⟦|제목|배경)|\n", re.IGNORECASE
)
_FEWEST: Final = 2
_LONGEST_STEP: Final = 120  # characters
_STEP_TEXT: Final = re.compile(r"\s*(?:\s[-–—]\s|[:：])\s*")
_QUOTED: Final = re.compile(r"⟦(\d+)⟧")


@dataclass(frozen=True, slots=True, kw_only=True)
class Inset:
    """A chart or a card: ``data`` as in ``SceneObject.data``."""

    kind: Kind
    data: Mapping[str, Any]


@dataclass(slots=True)
class Insets:
    """A text whose charts and cards are tokens ``⟪n⟫``, ``n`` counting through ``found``."""

    text: str
    found: list[Inset] = field(default_factory=list)
    empty_chart: bool = False  # a chart was asked for without numbers


def take_insets(text: str, texts: Sequence[str]) -> Insets:
    """Take charts and step cards out of ``text``, whose quoted words are tokens ``⟦n⟧`` into ``texts``."""
    insets = Insets(text)
    _take_charts(insets, texts)
    _take_steps(insets, texts)
    return insets


def _take_charts(insets: Insets, texts: Sequence[str]) -> None:
    start = 0
    while match := _CHART.search(insets.text, start):
        title, end = "", match.end()
        if titled := _CHART_TITLE.match(insets.text, end):
            title, end = _quoted(titled["title"], texts), titled.end()
        lead = _CHART_LEAD.match(insets.text, end)
        items, end = _items(insets.text, lead.end() if lead else end, texts)
        start = match.end()
        if not items:
            insets.empty_chart = True
            insets.text = f"{insets.text[: match.start()]} {insets.text[match.end() :]}"
            start = match.start()
            continue
        kind = _TYPES[(match["en"] or match["ko"]).lower()]
        _replace(
            insets, match.start(), end, Inset(kind=Kind.CHART, data={"type": kind, "title": title, "items": items})
        )


def _items(text: str, start: int, texts: Sequence[str]) -> tuple[list[list[Any]], int]:
    items: list[list[Any]] = []
    position = end = start
    while len(items) < MAX_ITEMS and (match := _ITEM.match(text, position)):
        label = _quoted(match["quoted"], texts) if match["quoted"] else match["label"].strip()
        number = float(match["number"])
        items.append(
            [label, int(number) if number.is_integer() else number, full_hex(match["hex"]) if match["hex"] else None]
        )
        end = match.end()
        separator = _SEPARATOR.match(text, end)
        if separator is None:
            break
        position = separator.end()
    return items, end


def _take_numbered(insets: Insets, texts: Sequence[str]) -> None:
    """Two or more numbered items make step cards without being called so: "1. pick 2. roast 3. brew"."""
    marks = list(_MARK.finditer(insets.text))
    run = [mark for index, mark in enumerate(marks) if int(mark[1]) == index + 1][:MAX_STEPS]
    if len(run) < _FEWEST or len(run) != len(marks[:MAX_STEPS]):
        return
    tail = _NUMBERED_END.search(insets.text, run[-1].end())
    end = tail.start() if tail else len(insets.text)
    starts = [mark.end() for mark in run]
    stops = [*(mark.start() for mark in run[1:]), end]
    parts = [insets.text[start:stop].strip(" .,;\n") for start, stop in zip(starts, stops, strict=True)]
    if all(parts) and all(len(part) <= _LONGEST_STEP for part in parts):
        inset = Inset(kind=Kind.CARD, data={"steps": [_step(part, texts) for part in parts]})
        _replace(insets, run[0].start(), end, inset)


def _take_steps(insets: Insets, texts: Sequence[str]) -> None:
    match = _STEPS.search(insets.text)
    if match is None:
        _take_numbered(insets, texts)
        return
    numbered = re.compile(r"\s*1[.)]\s").match(insets.text, match.end())
    stop = (
        re.compile(r"\n\n|;").search(insets.text, match.end())
        if numbered
        else _STEPS_END.search(insets.text, match.end())
    )
    end = stop.start() if stop else len(insets.text)
    parts = [part.strip(" .") for part in _STEP_SPLIT.split(insets.text[match.end() : end])]
    steps = [_step(part, texts) for part in parts if part][:MAX_STEPS]
    if steps:
        _replace(insets, match.start(), end, Inset(kind=Kind.CARD, data={"steps": steps}))


def _step(part: str, texts: Sequence[str]) -> list[str]:
    words = _QUOTED.sub(lambda match: _quoted(match[1], texts), part.removeprefix("and "))
    title, *rest = _STEP_TEXT.split(words, maxsplit=1)
    return [title.strip(), rest[0].strip() if rest else ""]


def _quoted(number: str, texts: Sequence[str]) -> str:
    return texts[int(number)] if int(number) < len(texts) else ""


def _replace(insets: Insets, start: int, end: int, inset: Inset) -> None:
    insets.text = f"{insets.text[:start]} ⟪{len(insets.found)}⟫ {insets.text[end:]}"
    insets.found.append(inset)
