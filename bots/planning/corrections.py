"""A turn that corrects the one before it: "no, I meant the tree" after "make the car yellow".

The former request is read again with the thing that was meant, on the picture as it was before.
"""

import re
from typing import Final, NamedTuple

from bots.conversation import Conversation
from bots.planning.targets import ancestor
from generator.request import Intent
from storage.records import GenerationRecord

_MEANT: Final = re.compile(
    r"^\W*(?:(?:no+|nope|sorry|oops|wait|actually|not\s(?:the|that)(?:\s\w{1,20})?)[\s,.!:-]+)*"
    r"(?:i\s(?:meant|mean|was\stalking\sabout)\s|(?:meant\s))(?:the\s|that\s)?(?P<thing>[a-z][a-z\s-]{0,30}?)(?:\s?(?:not|,).*)?[.!?]*$"
    r"|^\W*(?:no+|nope|not\s(?:the|that)(?:\s\w{1,20})?)[\s,.!:-]+the\s(?P<other>[a-z][a-z\s-]{0,30}?)[.!?]*$"
    r"|^\W*(?:아니+[야요]?|아뇨)?[\s,.!]*(?P<ding>[가-힣]{1,10}?)\s?(?:을|를)?\s?(?:말한\s?(?:거|건데|거야|거예요)|말이야|말이에요|말하는\s?거|였어)[\s요.!]*$",
    re.IGNORECASE,
)
_IT: Final = re.compile(r"\b(?:it|them)\b|그거|그걸", re.IGNORECASE)


class Correction(NamedTuple):
    """The picture to start from again and the request with what was meant; no source where that cannot be told."""

    source: GenerationRecord | None
    text: str


def corrected(conversation: Conversation, source: GenerationRecord, text: str) -> Correction | None:
    """The former revision with another object, if the newest turn says only that; None for any other turn."""
    match = _MEANT.match(text[:200])
    if match is None:
        return None
    before = ancestor(conversation, source)
    former = source.request.prompt if source.request.intent is Intent.REVISE else ""
    names = [_word(name) for name in _changed(source)]
    pattern = next((name for name in names if re.search(name, former, re.IGNORECASE)), None)
    korean = match["ding"] is not None
    meant = match["ding"] or f"the {match['thing'] or match['other']}"
    if before is None or not former:
        return Correction(None, text)
    if pattern is not None:
        return Correction(before, re.sub(pattern, meant, former, count=1, flags=re.IGNORECASE))
    if _IT.search(former) and not korean:
        return Correction(before, _IT.sub(meant, former, count=1))
    return Correction(None, text)


def _changed(source: GenerationRecord) -> tuple[str, ...]:
    """The labels of what the revision changed, longest first."""
    scene = source.scene
    ids = {change.args.get("id") for change in source.request.changes}
    labels = {item.label for item in (scene.objects if scene else ()) if item.id in ids and item.label}
    return tuple(sorted(labels, key=len, reverse=True))


def _word(label: str) -> str:
    return rf"(?:\bthe\s)?(?<![\w가-힣]){re.escape(label)}(?:s\b|es\b|\b|(?=[가-힣]))"
