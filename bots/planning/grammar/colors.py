"""Colour words, English and Korean: every CSS name, and what people call colours besides.

CSS names mean exactly their CSS value; a word that CSS lacks takes a usual value.
"""

import re
from functools import cache
from typing import Final

from coloraide.css.color_names import name2val_map

from bots.planning.grammar.word_list import words

HEX: Final = re.compile(r"#(?:[0-9a-fA-F]{6}|[0-9a-fA-F]{3})(?![0-9a-zA-Z])")

_ENGLISH: Final = {
    "golden": "#ffd700",
    "silvery": "#c0c0c0",
    "cream": "#fffdd0",
    "mint": "#98ff98",
    "mint green": "#98ff98",
    "navy blue": "#000080",
    "sky blue": "#87ceeb",
    "royal blue": "#4169e1",
    "baby blue": "#89cff0",
    "light red": "#ff7f7f",
    "bright red": "#ff0000",
    "dark yellow": "#b58900",
    "dark purple": "#4b0082",
    "light purple": "#cbb5f5",
    "dark pink": "#e75480",
    "light brown": "#b5815a",
    "dark brown": "#5c3a21",
    "light orange": "#ffc680",
    "burgundy": "#800020",
    "mustard": "#ffdb58",
    "peach": "#ffdab9",
    "rose": "#ff007f",
    "lilac": "#c8a2c8",
    "amber": "#ffbf00",
    "emerald": "#50c878",
    "charcoal": "#36454f",
    "scarlet": "#ff2400",
    "ruby": "#e0115f",
    "sapphire": "#0f52ba",
}
_KOREAN: Final = {
    "빨간": "red",
    "빨강": "red",
    "붉은": "red",
    "파란": "blue",
    "파랑": "blue",
    "푸른": "blue",
    "노란": "yellow",
    "노랑": "yellow",
    "초록": "green",
    "녹색": "green",
    "연두": "yellowgreen",
    "연두색": "yellowgreen",
    "주황": "orange",
    "보라": "purple",
    "분홍": "pink",
    "핑크": "pink",
    "검은": "black",
    "검정": "black",
    "까만": "black",
    "하얀": "white",
    "하양": "white",
    "흰": "white",
    "회색": "gray",
    "갈색": "brown",
    "밤색": "maroon",
    "하늘": "skyblue",
    "남색": "navy",
    "금색": "gold",
    "황금": "gold",
    "은색": "silver",
    "청록": "teal",
    "자주": "purple",
    "베이지": "beige",
    "민트": "#98ff98",
    "크림": "#fffdd0",
    "살구": "#ffdab9",
    "카키": "khaki",
    "라임": "lime",
    "연한 파란": "lightblue",
    "진한 파란": "darkblue",
    "연한 초록": "lightgreen",
    "진한 초록": "darkgreen",
    "연한 분홍": "lightpink",
}
_KOREAN_ADVERBS: Final = {"빨갛게": "red", "파랗게": "blue", "노랗게": "yellow", "하얗게": "white", "까맣게": "black"}
# Without 색 these are a sky or fruit and the like; with it they are colours.
_ONLY_WITH_SUFFIX: Final = frozenset({"하늘", "살구", "라임", "크림", "황금"})
# English words that are a colour or something to draw; before a noun they are its colour.
NOUN_TOO: Final = frozenset(
    words(
        "orange peach rose tomato salmon chocolate wheat snow olive plum orchid lime coral mint emerald ruby mustard gold "
        "silver lavender linen lilac charcoal"
    )
)


@cache
def english() -> dict[tuple[str, ...], str]:
    """Words of the colour name, lower case -> ``#rrggbb``."""
    names = {name: _hex(name) for name in name2val_map}
    names |= _ENGLISH
    for tone in ("light", "dark", "medium", "deep", "pale"):
        names |= {f"{tone} {name[len(tone) :]}": value for name, value in names.items() if _toned(name, tone)}
    names |= {f"deep {name[5:]}": value for name, value in names.items() if name.startswith("dark ")}
    names |= {
        f"{tone} {name}": names[name]
        for tone in ("bright", "pure", "vivid")
        for name in ("red", "blue", "green", "yellow")
    }
    return {tuple(name.split()): value for name, value in names.items() if name != "transparent"}


@cache
def korean() -> dict[str, str]:
    """Colour word as it stands before a noun or particle (빨간, 빨간색, 빨강) -> ``#rrggbb``."""
    names: dict[str, str] = {}
    for word, css in _KOREAN.items():
        value = css if css.startswith("#") else _hex(css)
        if word not in _ONLY_WITH_SUFFIX:
            names[word] = value
        if not word.endswith("색"):
            names[f"{word}색"] = value
            names[f"{word}빛"] = value
    return names | {word: _hex(css) for word, css in _KOREAN_ADVERBS.items()}


def full_hex(text: str) -> str:
    """``#abc`` and ``#AABBCC`` as ``#aabbcc``."""
    digits = text.lower().lstrip("#")
    return "#" + ("".join(digit * 2 for digit in digits) if len(digits) == 3 else digits)


def color_name(value: str) -> str:
    """The plain CSS name of ``#rrggbb`` if it has one, else the hex itself; for telling people what changed."""
    return _names().get(value, value)


def korean_color_name(value: str) -> str:
    """The Korean name of ``#rrggbb`` if it has one, else the hex itself."""
    return _korean_names().get(value, value)


@cache
def _korean_names() -> dict[str, str]:
    names: dict[str, str] = {}
    for word, css in _KOREAN.items():
        value = css if css.startswith("#") else _hex(css)
        names.setdefault(value, word if word.endswith("색") else f"{word}색")
    return names


@cache
def _names() -> dict[str, str]:
    return {_hex(name): name for name in reversed(name2val_map) if name != "transparent"}


def _toned(name: str, tone: str) -> bool:
    return name.startswith(tone) and name != tone and " " not in name


def _hex(name: str) -> str:
    return "#" + "".join(f"{round(channel):02x}" for channel in name2val_map[name][:3])
