"""Slack's markup read back to plain words. Pure, and linear in the length of what it is given."""

import re
from collections.abc import Callable, Mapping
from html import unescape
from typing import Final

from bots.conversation import MAX_TEXT
from storage.folding import storable

LONGEST_RAW: Final = 4 * MAX_TEXT
"""Characters of markup that are read; a mention or a link takes more of them than its words."""

_TOKEN: Final = re.compile(r"<(?P<inside>[^<>\n]{1,4000})>")
_ESCAPES: Final = re.compile(r"&(?:amp|lt|gt);")
_USER: Final = re.compile(r"@(?P<id>[UW][A-Z0-9]{1,40})")
_FENCE: Final = re.compile(r"```")
_STYLED: Final = tuple(
    re.compile(rf"(?<![\w{mark}]){mark}(?!\s)(?P<words>[^{mark}\n]{{1,500}})(?<!\s){mark}(?![\w{mark}])")
    for mark in (r"\*", "_", "~", "`")
)


def mentioned_users(content: str) -> tuple[str, ...]:
    """Whom a text mentions, each once, in order.

    Args:
        content: As Slack writes it: ``<@U123>``; what a person typed comes escaped and mentions nobody.
    """
    found = (_USER.fullmatch(match["inside"].partition("|")[0]) for match in _TOKEN.finditer(content[:LONGEST_RAW]))
    return tuple(dict.fromkeys(match["id"] for match in found if match is not None))


def plain_text(content: str, names: Mapping[str, str], me: str) -> str:
    """What is said, without mentions of the bot, with other mentions and links as they are read.

    It has at most one character more than ``MAX_TEXT``, by which it is known that it is too long.

    Args:
        content: As Slack writes it.
        names: What people are called, by user id.
        me: The bot's user.
    """

    def read(match: re.Match[str]) -> str:
        target, _, label = match["inside"].partition("|")
        return _read(target, _unescaped(label), names, me)

    # What is outside of angle brackets is unescaped last: a typed "<@U1>" arrives as "&lt;@U1&gt;" and mentions nobody.
    pieces, at = [], 0
    content = content[:LONGEST_RAW]
    for match in _TOKEN.finditer(content):
        pieces += [_unescaped(content[at : match.start()]), read(match)]
        at = match.end()
    text = _FENCE.sub("", "".join([*pieces, _unescaped(content[at:])]))
    for styled in _STYLED:
        text = styled.sub(lambda match: match["words"], text)
    lines = (re.sub(r"[ \t]{2,}", " ", line).strip() for line in text.strip().splitlines())
    return storable("\n".join(lines).strip()[: MAX_TEXT + 1])


def _read(target: str, label: str, names: Mapping[str, str], me: str) -> str:
    """What stands for something in angle brackets."""
    if target.startswith("@"):
        user = _USER.fullmatch(target)
        if user is not None and user["id"] == me:
            return " "
        return f"@{(names.get(user['id']) if user is not None else None) or label or 'somebody'}"
    if target.startswith("#"):
        return f"#{label or 'channel'}"
    if target.startswith("!"):
        return _special(target, label)
    return label or _unescaped(target.removeprefix("mailto:"))


def _special(target: str, label: str) -> str:
    """``<!here>``, ``<!subteam^S1|@painters>``, ``<!date^1700000000^{date}|14 November>``."""
    kind = target[1:].partition("^")[0]
    if kind in ("here", "channel", "everyone"):
        return f"@{kind}"
    if kind == "subteam":
        return label or "@somebody"
    return label


_unescaped: Callable[[str], str] = lambda text: _ESCAPES.sub(lambda match: unescape(match[0]), text)  # noqa: E731
