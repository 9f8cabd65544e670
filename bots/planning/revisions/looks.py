"""Verbs that change how a thing looks and leave it where it is, and which thing they mean."""

import re
from collections.abc import Callable, Sequence
from typing import Final

from bots.planning.grammar.lexemes import Line, Scale, Tint
from bots.planning.revisions.editor import Editor
from bots.planning.revisions.fragments import Fragment
from bots.planning.revisions.targets import UNCLEAR, Mention

_TWICE: Final = re.compile(r"\b(?:twice|double|half|much|a lot|way|far)\b|두\s?배|훨씬|절반|반으로", re.IGNORECASE)
_DEGREES: Final = re.compile(r"(-?\d{1,3})\s*(?:degrees?|deg|°|도)")
_COUNTERCLOCKWISE: Final = re.compile(r"counter-?clockwise|anti-?clockwise|to the left|반시계|왼쪽", re.IGNORECASE)
_STICKER: Final = re.compile(r"sticker|스티커", re.IGNORECASE)
_OUTLINE: Final = re.compile(r"\b(?:outlined?|contour|border|stroke)\b|외곽선|윤곽선|테두리", re.IGNORECASE)


class Looks:
    """A revision under way, as far as it concerns the looks of what is there."""

    def __init__(self, editor: Editor) -> None:
        self._editor = editor
        self._missing: list[str] = []

    def _targets(self, found: Sequence[Mention], *, tell: bool = True) -> tuple[str, ...]:
        """The objects that are named; with none named, "it"."""
        ids = tuple(dict.fromkeys(one for mention in found for one in mention.ids))
        missing = [
            mention.word for mention in found if not mention.ids and mention.word and not (ids and mention.noun is None)
        ]
        if tell:
            self._missing += missing
        if ids or missing:
            return ids
        if not self._editor.it and tell:
            self._missing.append("?")
        return self._editor.it

    def _grow(self, fragment: Fragment, found: list[Mention]) -> None:
        self._rescale(fragment, found, 1)

    def _shrink(self, fragment: Fragment, found: list[Mention]) -> None:
        self._rescale(fragment, found, -1)

    def _rescale(self, fragment: Fragment, found: list[Mention], direction: int) -> None:
        steps = 2 if _TWICE.search(fragment.text) else 1
        for identity in self._targets(found):
            self._editor.scale(identity, direction * steps)

    def _recount(self, identity: str, change: Callable[[int], int]) -> None:
        item = self._editor.scene.find(identity)
        if item is not None:
            self._editor.recount(identity, change(item.count))

    def _flip(self, fragment: Fragment, found: list[Mention]) -> None:
        del fragment
        for identity in self._targets(found):
            self._editor.flip(identity)

    def _rotate(self, fragment: Fragment, found: list[Mention]) -> None:
        said = _DEGREES.search(fragment.text)
        degrees = float(said[1]) if said else 180.0 if "upside" in fragment.text else 15.0
        if _COUNTERCLOCKWISE.search(fragment.text):
            degrees = -degrees
        for identity in self._targets(found):
            self._editor.rotate(identity, degrees)

    def _isolate(self, fragment: Fragment, found: list[Mention]) -> None:
        targets = self._targets(found)
        if targets:
            self._editor.isolate(targets, sticker=bool(_STICKER.search(fragment.text)))

    def _recolor(self, fragment: Fragment, found: list[Mention], tints: Sequence[Tint]) -> None:
        for identity in self._targets(found):
            if _OUTLINE.search(fragment.text):
                self._editor.outline(identity, tints[-1].color)
            else:
                self._editor.recolor(identity, tints[-1].color)

    def _describe(
        self, found: list[Mention], scales: Sequence[Scale], lines: Sequence[Line], count: int | None
    ) -> None:
        if count is not None and any(mention.noun is not None for mention in found):
            found = [mention for mention in found if mention.word != UNCLEAR]  # "make it five apples" is about apples
        for identity in self._targets(found):
            if scales:
                self._editor.resize(identity, scales[-1].size)
            if lines:
                self._editor.arrange(identity, lines[-1].arrangement)
            if count is not None and not scales:
                self._editor.recount(identity, count)
