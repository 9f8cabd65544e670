"""Steps from where something stands: "up a bit", "100 px to the left", 조금 더 아래로.

"To the left" alone names a region of the canvas and is none; an amount, or a direction that is no region, makes a step.
"""

import re
from typing import Final, NamedTuple

_USUAL: Final = 0.15  # of the canvas's side
_SLIGHT: Final = 0.07
_FAR: Final = 0.3

_SLIGHTLY: Final = r"(?:just\s)?(?:an?\s(?:tiny\s|little\s)?(?:bit|little|touch|tad|smidge)|slightly|somewhat|little|조금|살짝|약간|좀)"
_FARTHER: Final = r"(?:a\slot|much|way|far|많이|훨씬|쭉|한참)"
_MORE: Final = r"(?:further|farther|more|더)"
_PIXELS: Final = r"(?P<pixels>\d{1,4})\s?(?:px|pixels?|픽셀)(?:만큼)?"
_PERCENT: Final = r"(?P<percent>\d{1,3})\s?(?:%|percent|퍼센트)(?:만큼)?"
_AMOUNT: Final = re.compile(
    rf"\b{_SLIGHTLY}(?!\w)|\b{_FARTHER}(?!\w)|\b{_MORE}(?!\w)|{_PIXELS}|{_PERCENT}", re.IGNORECASE
)
_SLIGHT_WORD: Final = re.compile(_SLIGHTLY, re.IGNORECASE)
_FAR_WORD: Final = re.compile(rf"\b{_FARTHER}(?!\w)", re.IGNORECASE)
_ALWAYS: Final = re.compile(
    r"\b(?P<up>up|upwards?|higher|raise)\b|\b(?P<down>down|downwards?|lower)\b|\b(?P<left>leftwards?)\b|\b(?P<right>rightwards?)\b"
    r"|(?<![가-힣])(?P<ko_up>위로|(?<!에 )올려|올리)|(?<![가-힣])(?P<ko_down>아래로|밑으로|내려|내리)",
    re.IGNORECASE,
)
_SIDEWAYS: Final = re.compile(
    r"\b(?:(?P<left>left)|(?P<right>right))\b(?!\s(?:of|side|half|corner|edge|now|away|next)\b)|(?P<ko_left>왼쪽|좌측)(?:으로)|(?P<ko_right>오른쪽|우측)(?:으로)",
    re.IGNORECASE,
)
_BARE_SIDEWAYS: Final = re.compile(
    r"\b(?:move|shift|push|slide|drag|nudge|scoot)\s(?:it|them|the\s\w{1,20}(?:\s(?!to\b)\w{1,20})?)\s(?:left|right)\W*$|\bnudge\b",
    re.IGNORECASE,
)
_ELSEWHERE: Final = re.compile(
    r"\b(?:top|bottom|upper|corner|center|centre|middle|edge|side)\b|\b(?:up|down)\s(?:in|on|to)\sthe\b|\blower\s(?:left|right)\b|\bup\s?side\b|\bsize\b"
    r"|맨|제일|가장|상단|하단|구석|모서리|위에|아래에|밑에|옆|사이|안에",
    re.IGNORECASE,
)
_ACROSS: Final = {"left": (-1, 0), "right": (1, 0), "up": (0, -1), "down": (0, 1)}


class Step(NamedTuple):
    """Pixels to the right and down."""

    right: float
    down: float


def step_in(text: str, width: int, height: int) -> Step | None:
    """The step that a fragment asks for on a canvas of that size, or None if it asks for none."""
    if _ELSEWHERE.search(text):
        return None
    found = list(_ALWAYS.finditer(text))
    if _AMOUNT.search(text) or _BARE_SIDEWAYS.search(text) or found:
        found += list(_SIDEWAYS.finditer(text))
    ways = {(match.lastgroup or "").removeprefix("ko_") for match in found}
    right = sum(_ACROSS[way][0] for way in ways) * _length(text, width)
    down = sum(_ACROSS[way][1] for way in ways) * _length(text, height)
    return Step(right, down) if right or down else None


def way_of(step: Step) -> str:
    """The direction of a step: ``up``, ``down``, ``left``, ``right``, or two of them joined (``up_left``)."""
    vertical = "up" if step.down < 0 else "down" if step.down > 0 else ""
    sideways = "left" if step.right < 0 else "right" if step.right > 0 else ""
    return "_".join(part for part in (vertical, sideways) if part)


def _length(text: str, side: int) -> float:
    amount = _AMOUNT.search(text)
    if amount is not None and amount["pixels"]:
        return float(amount["pixels"])
    if amount is not None and amount["percent"]:
        return side * min(int(amount["percent"]), 100) / 100
    if _FAR_WORD.search(text):
        return side * _FAR
    return side * (_SLIGHT if _SLIGHT_WORD.search(text) else _USUAL)
