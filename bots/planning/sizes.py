"""Sizes that a sentence asks for: pixels, ratios, paper and the words square, portrait and landscape.

Pixels win over ratios, ratios over words; of the same kind the one said last wins. Ratios are delivered with the longer
side at 1536 px (a square with 1024 px) and sides that are multiples of eight; pixels are delivered exactly as said.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from bots.planning.cuts import Sentence
from generator.request import MAX_ASPECT, MAX_SIDE, MIN_SIDE
from generator.scene import Notice

SQUARE: Final = (1024, 1024)
LANDSCAPE: Final = (1536, 1024)
PORTRAIT: Final = (1024, 1536)
_LONGEST, _STEP = 1536, 8
_GRID_MAX: Final = 20  # "4x4" without a unit is a grid, not a size
_PIXELS_MIN: Final = 100  # "a 3 px outline" is no size

_END = r"(?![0-9A-Za-z가-힣])"
_UNIT = r"(?:\s?(?:px|pixels?|픽셀))"
_LEAD = (
    r"(?:(?:\b(?:at|in|with|of|as)\s{1,3})?(?:\ba\s|\ban\s)?(?:--|\b)(?:(?:image|canvas|picture|poster)\s)?"
    r"(?:size|resolution|dimensions?|aspect(?:[\s-]ratio)?|ratio|ar)\s?(?:of|is|to|:|=)?\s?"
    r"|(?:크기|사이즈|해상도|비율)(?:는|은|를|을|이|가)?\s?[:=]?\s?)"
)
_TAIL = r"(?:\s?(?:사이즈|크기|해상도|비율)?(?:으로|로|의)?(?![가-힣]))?"

_BY: Final = re.compile(
    rf"(?P<lead>{_LEAD})?(?<![\w.#])(?P<w>-?\d{{1,9}}){_UNIT}?\s?(?:x|×|✕|✖|\*|by|곱하기)\s?(?P<h>-?\d{{1,9}})"
    rf"(?P<unit>{_UNIT})?(?![0-9A-Za-z])(?P<grid>\s?(?:grid|table|matrix|그리드|격자|배열))?{_TAIL}",
    re.IGNORECASE,
)
_WIDTH: Final = re.compile(
    rf"(?:\b(?:width|wide)|너비|폭|가로)(?:는|은|를|을|가|이)?\s?(?:of|is|to|:|=)?\s?(\d{{2,9}}){_UNIT}?{_TAIL}"
    rf"|(?<![\w.#])(\d{{3,9}}){_UNIT}?\s(?:wide|in width)\b",
    re.IGNORECASE,
)
_HEIGHT: Final = re.compile(
    rf"(?:(?:,|\band)\s)?(?:(?:\b(?:height|high|tall)|높이|세로)(?:는|은|를|을|가|이)?\s?(?:of|is|to|:|=)?\s?(\d{{2,9}}){_UNIT}?{_TAIL}"
    rf"|(?<![\w.#])(\d{{3,9}}){_UNIT}?\s(?:tall|high|in height)\b)",
    re.IGNORECASE,
)
_SIDE: Final = re.compile(rf"(?P<lead>{_LEAD})?(?<![\w.#])(?P<side>\d{{2,9}}){_UNIT}{_END}", re.IGNORECASE)
_NOT_A_SIDE: Final = re.compile(
    r"(?:font|text|border|outline|stroke|margin|padding|테두리|글자)\W{1,3}(?:\w{1,9}\W{1,2})?$", re.IGNORECASE
)
_RATIO: Final = re.compile(
    rf"(?P<lead>{_LEAD})?(?:\b(?:in|as|to)\s(?:an?\s)?)?(?<![\w.:#])(?P<w>\d{{1,5}}(?:\.\d{{1,3}})?)\s?[:∶：]\s?(?P<h>\d{{1,5}}(?:\.\d{{1,3}})?)"
    rf"(?![\w:]*:)(?![0-9A-Za-z])(?P<clock>\s?[ap]\.?m\b)?"
    r"(?P<tail>\s(?:aspect(?:\sratio)?|ratio|format)\b|\s?비율)?(?:으로|로|의)?(?![가-힣])",
    re.IGNORECASE,
)
_CLOCK_BEFORE: Final = re.compile(r"\bat\s?$", re.IGNORECASE)
_USUAL: Final = frozenset(
    {"1:1", "16:9", "9:16", "4:3", "3:4", "3:2", "2:3", "5:4", "4:5", "21:9", "9:21", "2:1", "1:2", "16:10", "10:16"}
)
_NAMED: Final = {
    "4k": (3840, 2160), "uhd": (3840, 2160), "2k": (2560, 1440), "1440p": (2560, 1440), "full hd": (1920, 1080),
    "fullhd": (1920, 1080), "1080p": (1920, 1080), "720p": (1280, 720), "widescreen": (1536, 864),
    "wide-screen": (1536, 864), "a3": (1088, 1536), "a4": (1088, 1536), "a5": (1088, 1536),
}  # fmt: skip
_NAMES: Final = re.compile(rf"\b(?:in\s)?({'|'.join(_NAMED)}){_END}(?:\s(?:resolution|size|format)\b)?", re.IGNORECASE)

_CANVAS = (
    r"image|picture|format|canvas|poster|size|version|aspect|crop|logo|icon|photo|mode|orientation|layout|card|banner|"
    r"flyer|sticker|post|thumbnail|wallpaper|illustration|drawing|design|one|infographic|cover|ratio|graphic"
)
_FORMAT = r"format|size|mode|orientation|version|aspect|crop|ratio|layout"
_WORDS: Final = re.compile(
    rf"\b(?P<word>square|portrait|landscape|vertical|horizontal|tall|wide)\b(?![-'’])"
    rf"(?:[\s-](?:(?P<format>(?:{_FORMAT})s?)|(?P<canvas>(?:{_CANVAS})s?))\b)?(?:\sratio\b)?",
    re.IGNORECASE,
)
_LEADING: Final = re.compile(r"(?:\b(?:in|as|into|to)\s)?(?:\b(?:an?|the)\s)?$", re.IGNORECASE)
_WORD_BEFORE: Final = re.compile(r"([\w-]{1,16})\s$")
_WORD_AFTER: Final = re.compile(r"\s?([\w-]{1,16})")
_DETERMINERS: Final = frozenset(
    {
        "a",
        "an",
        "the",
        "one",
        "this",
        "that",
        "my",
        "two",
        "three",
        "four",
        "big",
        "small",
        "large",
        "little",
        "tiny",
        "huge",
    }
    | {"red", "blue", "green", "yellow", "orange", "purple", "pink", "black", "white", "gray", "grey", "brown"}
)
_ORIENTATION: Final = {
    "square": SQUARE, "portrait": PORTRAIT, "vertical": PORTRAIT, "tall": PORTRAIT, "landscape": LANDSCAPE,
    "horizontal": LANDSCAPE, "wide": LANDSCAPE, "세로": PORTRAIT, "가로": LANDSCAPE, "정사각형": SQUARE, "정방형": SQUARE,
}  # fmt: skip
_KOREAN: Final = re.compile(
    r"(?<![가-힣])(세로|가로|정사각형|정방형)\s?(?:형|형태|방향|모드|버전|비율|사이즈|크기)?(?:으로|로|인|의)?(?![가-힣])"
    r"(?!\s?(?:나란히|줄|한\s?줄|일렬|늘어|배열|놓|서\s|배치|\d|하나|두|세|네|다섯|여섯))"
)
_FOLLOWERS: Final = frozenset(
    {
        "in",
        "on",
        "at",
        "next",
        "to",
        "left",
        "right",
        "above",
        "below",
        "and",
        "with",
        "behind",
        "inside",
        "under",
        "over",
    }
    | {"beside", "between", "near", "of", "is", "are"}
)


@dataclass(frozen=True, slots=True)
class Asked:
    """A size in pixels as asked, not yet checked."""

    width: int
    height: int


def take_size(sentence: Sentence) -> tuple[Asked | None, Notice | None]:
    """The size that the sentence asks for, cut out of it, or the reason why it is impossible; both None if none is said."""
    sized = _take_pixels(sentence)
    ratios = list(_take_ratios(sentence))
    worded = _take_words(sentence)
    if sized is not None:
        return sized, check_size(sized.width, sized.height)
    if ratios:
        return _of_ratio(*ratios[-1])
    return worded, None


def check_size(width: int, height: int) -> Notice | None:
    """Why this size cannot be delivered, or None."""
    if not (MIN_SIDE <= width <= MAX_SIDE and MIN_SIDE <= height <= MAX_SIDE):
        return Notice(key="size-impossible", args=_texts(width=width, height=height, low=MIN_SIDE, high=MAX_SIDE))
    if max(width, height) > MAX_ASPECT * min(width, height):
        return Notice(key="aspect-impossible", args=_texts(width=width, height=height))
    return None


def _of_ratio(width: float, height: float) -> tuple[Asked | None, Notice | None]:
    if min(width, height) <= 0 or max(width, height) > MAX_ASPECT * min(width, height):
        return None, Notice(key="aspect-impossible", args={"width": f"{width:g}", "height": f"{height:g}"})
    if width == height:
        return Asked(*SQUARE), None
    shorter = round(_LONGEST * min(width, height) / max(width, height) / _STEP) * _STEP
    return (Asked(_LONGEST, shorter) if width > height else Asked(shorter, _LONGEST)), None


def _take_pixels(sentence: Sentence) -> Asked | None:
    """Width and height in pixels, the last that are said."""
    asked: Asked | None = None
    spans = []
    for match in sentence.find(_BY):
        if _is_size(match):
            asked = Asked(int(match["w"]), int(match["h"]))
            spans.append(match.span())
    sentence.cut_spans(spans)
    for match in sentence.cut(_NAMES):
        asked = asked or Asked(*_NAMED[match[1].lower()])
    width, height = (_last_number(sentence.cut(pattern)) for pattern in (_WIDTH, _HEIGHT))
    if width is not None or height is not None:
        return Asked(width or height or 0, height or width or 0)
    return asked or _take_side(sentence)


def _is_size(match: re.Match[str]) -> bool:
    if match["grid"]:
        return False
    larger = max(int(match["w"]), int(match["h"]))
    return bool(match["lead"] or match["unit"]) or larger > _GRID_MAX or int(match["w"]) * int(match["h"]) <= 0


def _last_number(matches: list[re.Match[str]]) -> int | None:
    numbers = [int(next(group for group in match.groups() if group)) for match in matches]
    return numbers[-1] if numbers else None


def _take_side(sentence: Sentence) -> Asked | None:
    """A single length in pixels: the side of a square."""
    sides = [
        match
        for match in sentence.find(_SIDE)
        if match["lead"]
        or (
            int(match["side"]) >= _PIXELS_MIN
            and not _NOT_A_SIDE.search(sentence.text[max(0, match.start() - 24) : match.start()])
        )
    ]
    sentence.cut_spans([match.span() for match in sides])
    return Asked(int(sides[-1]["side"]), int(sides[-1]["side"])) if sides else None


def _take_ratios(sentence: Sentence) -> Iterator[tuple[float, float]]:
    found = [match for match in sentence.find(_RATIO) if _is_ratio(match, sentence.text)]
    sentence.cut_spans([match.span() for match in found])
    return ((float(match["w"]), float(match["h"])) for match in found)


def _is_ratio(match: re.Match[str], text: str) -> bool:
    """A ratio and not a time of day ("at 10:30")."""
    if match["lead"] or match["tail"]:
        return True
    if match["clock"] or _CLOCK_BEFORE.search(text[max(0, match.start() - 5) : match.start()]):
        return False
    return f"{match['w']}:{match['h']}" in _USUAL or len(match["h"]) != 2


def _take_words(sentence: Sentence) -> Asked | None:
    """Square, portrait or landscape; the shape or the scene of that name is left in the sentence."""
    asked: Asked | None = None
    for match in sentence.cut(_KOREAN):
        asked = Asked(*_ORIENTATION[match[1]])
    text, position = sentence.text, 0
    pieces: list[str] = []
    for match in sentence.find(_WORDS):
        reading = _reading(match, text)
        if reading is not None:
            asked = Asked(*_ORIENTATION[match["word"].lower()])
            (start, end), filler = reading
            pieces += (text[position : max(start, position)], filler)
            position = end
    sentence.text = "".join(pieces) + text[position:]
    return asked


def _reading(match: re.Match[str], text: str) -> tuple[tuple[int, int], str] | None:
    """Which span an orientation word takes and what stays in its place; None when it names a shape or a quality."""
    word, (start, end) = match["word"].lower(), match.span("word")
    nearby = text[max(0, start - 24) : start]
    if match["format"]:
        return (start - len(_leading(nearby)), match.end()), " "
    if match["canvas"]:
        return (start, end), " "
    if word in {"vertical", "horizontal", "tall", "wide"}:
        return None
    before, after = _WORD_BEFORE.search(nearby), _WORD_AFTER.match(text, end)
    alone = after is None or after[1].lower() in _FOLLOWERS
    if before and before[1].lower() in _DETERMINERS and alone:  # "a square next to …", "a portrait of …"
        return None if word == "square" else ((start, end), "picture")
    return (start - (len(_leading(nearby)) if alone else 0), end), " "


def _leading(nearby: str) -> str:
    found = _LEADING.search(nearby)
    return found[0] if found else ""


def _texts(**numbers: int) -> dict[str, str]:
    """Numbers as they are to be read, without grouping."""
    return {name: str(number) for name, number in numbers.items()}
