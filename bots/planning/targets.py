"""Which image of a thread a turn is about: the one replied to, one that the words name, or the newest.

Of an answer with several images the first is meant unless the reply or the words say another one.
"""

import re
from dataclasses import dataclass
from typing import Final

from bots.conversation import Conversation
from bots.planning.color_words import words_of
from generator.request import Intent
from generator.scene import Notice, Scene
from generator.sketch.nouns import find
from moderation.types import Locale
from storage.records import GenerationRecord

Batch = tuple[GenerationRecord, ...]

_ORDINALS: Final = {
    "first": 1, "1st": 1, "original": 1, "second": 2, "2nd": 2, "third": 3, "3rd": 3, "fourth": 4, "4th": 4, "fifth": 5,
    "5th": 5, "sixth": 6, "6th": 6, "seventh": 7, "eighth": 8, "ninth": 9, "tenth": 10, "last": -1, "latest": -1, "newest": -1,
    "previous": -2, "earlier": -2,
    "첫": 1, "첫번째": 1, "두": 2, "두번째": 2, "세": 3, "세번째": 3, "네": 4, "네번째": 4, "다섯": 5, "다섯번째": 5, "여섯번째": 6,
    "마지막": -1, "처음": 1, "원래": 1, "이전": -2,
}  # fmt: skip
_IMAGE = r"(?:one|version|image|picture|variation|variant|option|draft|take|attempt|try|drawing|poster)"
_KO_IMAGE = r"(?:거|것|걸|버전|이미지|그림|사진|시안|안|변형|포스터)"
_NAMED: Final = re.compile(
    rf"\b(?P<ordinal>first|second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth|[1-6](?:st|nd|rd|th)|last|latest|newest|original|previous|earlier)\s{_IMAGE}\b"
    rf"|\b(?P<whole>the\soriginal)\b|\b(?:{_IMAGE}|v)\s?(?:number\s|no\.?\s|#)?(?P<number>\d{{1,3}})\b|#(?P<hash>\d{{1,2}})\b"
    rf"|(?P<korean>첫|두|세|네|다섯|여섯)\s?번째\s?{_KO_IMAGE}|(?P<edge>마지막|처음|원래|이전)\s?{_KO_IMAGE}"
    rf"|(?P<digits>\d{{1,3}})\s?번(?:째)?\s?{_KO_IMAGE}?|{_KO_IMAGE}\s?(?P<after>\d{{1,3}})(?:번)?(?!\d|장|개|:|x)",
    re.IGNORECASE,
)
_WITH: Final = re.compile(
    rf"\b(?:the|that)\s{_IMAGE}\swith\s(?:the|a|an)?\s?(?P<thing>[^,.;!?]{{1,40}})|(?P<ding>[^\s]{{1,20}})\s?(?:있는|나오는|들어간)\s?{_KO_IMAGE}",
    re.IGNORECASE,
)


_COUNTED: Final = re.compile(
    r"(?:(?:give|gimme|make|show)\s(?:me\s|it\s|that\s)?|i\s(?:want|need|said)\s|we\sneed\s|let's\shave\s|only\s|just\s|there\sshould\sbe\s)?"
    r"(?:\d{1,3}|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|twenty|a\sdozen)\s(?P<thing>[a-z][a-z\s'-]{0,30}?)(?:\s(?:please|pls|instead|now|total|in\stotal))*\W*$",
    re.IGNORECASE,
)


_READ: Final = 500  # characters of a turn in which things are named
_THE: Final = re.compile(r"\bthe\s(?P<thing>[\w'-]{1,20}(?:\s[\w'-]{1,20}){0,2})", re.IGNORECASE)
_MARKED: Final = re.compile(r"[가-힣]{1,10}(?:을|를|은|는)(?![가-힣])")
_ADDS: Final = re.compile(
    r"\b(?:add|draw|include|insert|create|another|new|with|instead|replace|into|undo|back)\b|추가|넣|그려|만들어|더해|대신|되돌",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Target:
    """The image meant, or why there is none. ``explicit`` when a reply or the words chose it."""

    record: GenerationRecord | None
    explicit: bool = False
    missing: Notice | None = None


def find_target(conversation: Conversation, words: str) -> Target:
    """The image that the newest turn is about; ``words`` is its text without quotes."""
    batches = tuple(turn.generations for turn in conversation.turns if turn.generations)
    if not batches:
        return Target(None)
    replied = _replied_to(conversation)
    number = _number(words)
    if number is not None:
        return _numbered(batches, replied, number)
    if replied is not None:
        reply = conversation.newest.reply_to
        index = reply.image if reply else 0
        return Target(replied[index if 0 <= index < len(replied) else 0], explicit=True)
    shown = _showing(batches, words, conversation.locale)
    shown = shown or _named_elsewhere(batches, words, conversation.locale)
    return Target(shown, explicit=True) if shown else Target(batches[-1][0])


def ancestor(conversation: Conversation, record: GenerationRecord, steps: int = 1) -> GenerationRecord | None:
    """The image that ``record`` came from, ``steps`` changes back; what undoing brought back counts as what it shows."""
    known = {item.id: item for turn in conversation.turns for item in turn.generations}
    node: GenerationRecord | None = _shown_by(record, known)
    for _ in range(steps):
        if node is None or not node.parents:
            return None
        node = known.get(node.parents[0])
        node = _shown_by(node, known) if node else None
    return node


def shows(scene: Scene | None, words: str, locale: Locale) -> bool:
    """Whether ``words`` name something that stands in the scene, by its label or by its drawing."""
    if scene is None or not scene.objects:
        return False
    lower = f" {words.lower()} "
    if any(len(item.label) > 1 and _has_word(lower, item.label.lower()) for item in scene.objects):
        return True
    arts = {item.art for item in scene.objects if item.art}
    return any(art in arts for art in drawn_in(words, locale))


def recounts(words: str, record: GenerationRecord | None, locale: Locale) -> bool:
    """Whether the words say only how many there are to be of something in the image: "five apples"."""
    match = _COUNTED.match(words)
    if match is None or record is None or record.scene is None:
        return False
    found = find([word.text for word in words_of(match["thing"])], locale)
    arts = {item.art for item in record.scene.objects if item.art}
    return found is not None and found.length == len(match["thing"].split()) and found.noun.art in arts


def drawn_in(words: str, locale: Locale) -> list[str]:
    """The drawings of all curated nouns in a text, in order."""
    tokens = [word.text for word in words_of(words)]
    found, index = [], 0
    while index < len(tokens):
        match = find(tokens[index : index + 5], locale)
        if match is not None and not match.disclosed:
            found.append(match.noun.art)
            index += match.length
        else:
            index += 1
    return found


def _has_word(text: str, word: str) -> bool:
    start = text.find(word)
    while start > 0:
        if not text[start - 1].isalnum():
            return True
        start = text.find(word, start + len(word))
    return False


def _shown_by(record: GenerationRecord, known: dict[str, GenerationRecord]) -> GenerationRecord:
    for _ in range(len(known)):
        if record.request.intent is not Intent.UNDO or not record.parents or record.parents[0] not in known:
            break
        record = known[record.parents[0]]
    return record


def _replied_to(conversation: Conversation) -> Batch | None:
    reply = conversation.newest.reply_to
    if reply is None or not 0 <= reply.turn < len(conversation.turns) - 1:
        return None
    return conversation.turns[reply.turn].generations or None


def _number(words: str) -> int | None:
    """Which image the words name, from 1; -1 is the last, -2 the one before it."""
    match = _NAMED.search(words)
    if match is None:
        return None
    name = match.lastgroup or ""
    said = match[name].lower()
    if name == "whole":
        return 1
    return int(said) if said.isdigit() else _ORDINALS[said]


def _numbered(batches: tuple[Batch, ...], replied: Batch | None, number: int) -> Target:
    """By number within the images replied to or last shown if those are several, else among the answers of the thread."""
    batch = replied or batches[-1]
    choice = batch if len(batch) > 1 and number > 0 else tuple(images[0] for images in batches)
    if number == 0 or abs(number) > len(choice):
        return Target(None, missing=Notice(key="no-such-image", args={"number": number, "count": len(choice)}))
    return Target(choice[number - 1 if number > 0 else number], explicit=True)


def _named_elsewhere(batches: tuple[Batch, ...], words: str, locale: Locale) -> GenerationRecord | None:
    """The newest image that shows what the words change, where the newest of all shows none of it ("the rocket")."""
    if _ADDS.search(words[:_READ]):
        return None
    arts = set(_definite(words[:_READ], locale))
    if not arts or arts & _arts(batches[-1][0]):
        return None
    return next((batch[0] for batch in reversed(batches) if arts <= _arts(batch[0])), None)


def _arts(record: GenerationRecord) -> set[str]:
    return {item.art for item in (record.scene.objects if record.scene else ()) if item.art}


def _definite(words: str, locale: Locale) -> list[str]:
    """The drawings of nouns with "the", or with a Korean particle that marks what is spoken of."""
    named = [match["thing"] for match in _THE.finditer(words)] + [match[0] for match in _MARKED.finditer(words)]
    return [art for thing in named for art in drawn_in(thing, locale)[:1]]


def _showing(batches: tuple[Batch, ...], words: str, locale: Locale) -> GenerationRecord | None:
    """The newest image with the thing that the words describe it by ("the one with the car")."""
    match = _WITH.search(words)
    if match is None:
        return None
    thing = match["thing"] or match["ding"]
    images = (record for batch in reversed(batches) for record in batch)
    return next((record for record in images if shows(record.scene, thing, locale)), None)
