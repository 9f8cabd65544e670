"""A sentence from which what has been understood is cut out, piece by piece."""

import re
from collections.abc import Iterator


class Sentence:
    """A text under reading. Cut pieces become single spaces, so that the words around them stay apart."""

    def __init__(self, text: str) -> None:
        self.text = text

    def find(self, pattern: re.Pattern[str]) -> Iterator[re.Match[str]]:
        """Every match of ``pattern`` in the text as it stands."""
        return pattern.finditer(self.text)

    def cut(self, pattern: re.Pattern[str]) -> list[re.Match[str]]:
        """All matches of ``pattern``, cut out."""
        matches = list(pattern.finditer(self.text))
        self.cut_spans([match.span() for match in matches])
        return matches

    def cut_spans(self, spans: list[tuple[int, int]], filler: str = " ") -> None:
        """Put ``filler`` in place of each span; spans are ascending and do not overlap."""
        pieces: list[str] = []
        position = 0
        for start, end in spans:
            pieces += (self.text[position:start], filler)
            position = end
        self.text = "".join(pieces) + self.text[position:]

    def rest(self) -> str:
        """What is left, tidied: single spaces, no comma or colon that lost its words."""
        text = _SPACES.sub(" ", self.text)
        text = _BREAKS.sub("\n", text)
        text = _RUNS.sub(_one_mark, text)
        return _LOST.sub("", text).strip(" ,;:\n\t-–—")


# Each of these looks at a run of characters once, whatever its length.
_SPACES = re.compile(r"[^\S\n]+")
_BREAKS = re.compile(r" ?\n\s*")
_RUNS = re.compile(r"[ ,;:]{2,}")
_LOST = re.compile(r"[,;:]?[ ](?=[.!?。])")


def _one_mark(match: re.Match[str]) -> str:
    """Of a run of spaces, commas and colons: the first mark and a space; a time's or label's single colon stays."""
    marks = match.group().replace(" ", "")
    return (marks[0] + " ") if marks else " "
