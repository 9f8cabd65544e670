"""What the newest turn wants, read by rules: a new image, a revision, a variation, an undo, an answer, or nothing.

Owns the decision and which image it is about; what exactly is drawn or changed is the grammar's and the revisions'
business. When there is no image to revise, vary, undo or ask about, that is said: nothing new is drawn in silence.
"""

import re
from dataclasses import dataclass
from typing import Final, Literal

from bots.conversation import Conversation, Options
from bots.planning import intent_words as said
from bots.planning.grammar.spacing import spaced
from bots.planning.options import Extracted, extract
from bots.planning.questions import answer_question
from bots.planning.quotes import TOKEN, clean
from bots.planning.targets import Target, ancestor, drawn_in, find_target, recounts, shows
from generator.scene import Notice
from generator.sketch.nouns import find_emoji
from generator.sketch.word_forms import has_hangul
from storage.records import GenerationRecord

IntentKind = Literal["create", "revise", "vary", "undo", "question", "ignore"]

_MAX_POLITE: Final = 6
_SHORT: Final = 80  # characters of a turn that may be a mere "hmm"
_DEFINITE_EN: Final = re.compile(r"\b(?:it|its|the|this|that|them|him|her)\b", re.IGNORECASE)
_REACTIONS: Final = frozenset("👍🙏👏😊😍🎉💯🔥😀😃😄😁🥰🙌")
_OF_THE_SAME: Final = re.compile(
    r"\binstead\sof\b|^(?:make|do|create|draw)?\s?(?:an?|the)\s[\w-]{1,16}\sversion\W*$", re.IGNORECASE
)
# Without an image these open the description of a new one.
_OPENS_NEW: Final = re.compile(
    r"(?:no|not|in|with|both|all|same|only|left|right|up|down|the|bg|background|backdrop)\b", re.IGNORECASE
)
# A description that is complete in itself, whatever stands in the thread: "bar chart: Mon 3, …", "a 4x4 grid of …".
_COMPOSED: Final = re.compile(
    r"(?:an?\s)?(?:(?:bar|line|pie)\s?(?:chart|graph)\s?(?::|of\b|with\b)|(?:the\s)?steps\s?:|infographic\b"
    r"|\d{1,2}\s?[x×]\s?\d{1,2}\s(?:grid|table)\s(?:of|with)\b|(?:막대|원|선|꺾은선)\s?(?:그래프|차트)\s?:|순서\s?:)",
    re.IGNORECASE,
)
_MANY_NEW: Final = 3  # things that the image does not show make a sentence without an order a new description
_WORDLIKE: Final = re.compile(r"[^\W_]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What the newest turn wants.

    Attributes:
        kind: What is to be done; ``question`` is for everything that is answered in words.
        source: The image it is about: to revise, to vary, to bring back (undo) or asked about; None for a new one.
        words: For ``question`` the words to reply with; None otherwise.
        outcome: How that ends: ``answer`` when the turn is answered, ``question`` when we must ask back.
        text: The turn's text without the bot's names and polite openings; an emoji prompt in words.
        explicit: Whether a reply or the words chose the source, rather than its being the newest.
    """

    kind: IntentKind
    source: GenerationRecord | None = None
    words: Notice | None = None
    outcome: Literal["draw", "answer", "question", "ignore"] = "draw"
    text: str = ""
    explicit: bool = False


def read_intent(conversation: Conversation) -> Reading:
    """The intent of the newest turn, English and Korean alike."""
    turn = conversation.newest
    if not turn.to_bot:
        return Reading(kind="ignore", outcome="ignore")
    text = without_names(clean(turn.text), conversation.bot_names)
    early = _without_words(conversation, text) or _chat(conversation, text)
    if early is not None:
        return early
    options = extract(text, conversation.locale, Options())
    plain = spaced(TOKEN.sub(" ", _unquoted(text, options)))
    words = _polite_end(plain)
    target = find_target(conversation, words)
    return _decide(conversation, _Turn(text=text, words=words, options=options, target=target))


def without_names(text: str, names: tuple[str, ...]) -> str:
    """``text`` without mentions of the bot, by id or by name ("@threadbrush", "threadbrush,")."""
    cleared = said.MENTION.sub(" ", text)
    for name in names:
        if name:
            quoted = re.escape(name)
            cleared = re.sub(
                rf"@{quoted}(?!\w)|^\W{{0,3}}{quoted}\s?[,:]|,\s?{quoted}\s?[.!?]?\s*$",
                " ",
                cleared,
                flags=re.IGNORECASE,
            )
    return cleared.strip(" ,\n\t")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Turn:
    """The newest turn as the rules see it. ``words`` is its text without quotes and polite openings."""

    text: str
    words: str
    options: Extracted
    target: Target

    @property
    def rest(self) -> str:
        """The words without their options."""
        return _polite_end(TOKEN.sub(" ", self.options.rest))


def _unquoted(text: str, options: Extracted) -> str:
    """The text with its quotes gone; what is written in the picture has no say in what is wanted."""
    for quoted in options.texts:
        text = text.replace(quoted, " ", 1)
    return text


def _polite_end(text: str) -> str:
    """``text`` without polite and connecting openings ("ok, now can you please")."""
    words = text.strip(" ,.!\n\t\"'“”‘’「」『』«»")
    for _ in range(_MAX_POLITE):
        match = said.POLITE.match(words)
        if match is None or match.end() == len(words):
            break
        words = words[match.end() :]
    return words.strip()


def _without_words(conversation: Conversation, text: str) -> Reading | None:
    """Turns without a single word: empty, an upload alone, emoji alone, marks alone."""
    if _WORDLIKE.search(text):
        return None
    nouns = find_emoji(text)
    has_image = any(turn.generations for turn in conversation.turns)
    if (
        nouns
        and has_image
        and all(character in _REACTIONS or not character.isprintable() for character in text.replace(" ", ""))
    ):
        return _reply("you-are-welcome", text)
    if nouns:
        names = [noun.korean if conversation.locale == "ko" else noun.name for noun in nouns]
        return Reading(kind="create", text=", ".join(names))
    if conversation.newest.attachments:
        return _ask_back("what-with-upload", text)
    return _ask_back("what-to-draw", text)


def _chat(conversation: Conversation, text: str) -> Reading | None:
    """Small talk, help, and attempts to read the bot's instructions."""
    if said.INSTRUCTIONS.search(text):
        return _reply("no-instructions", text)
    if said.HELP.fullmatch(text[:200]):
        return _reply("what-i-do", text)
    if not conversation.newest.attachments and _is_smalltalk(text):
        return _reply("you-are-welcome", text)
    if len(text) <= _SHORT and said.MUSING.fullmatch(text):
        has_image = any(turn.generations for turn in conversation.turns)
        return _ask_back("what-to-change" if has_image else "what-to-draw", text)
    return None


def _is_smalltalk(text: str) -> bool:
    position = 0
    while position < min(len(text), 200):
        match = said.SMALLTALK.match(text, position)
        if match is None or match.end() == position:
            return False
        after = text[match.end() : match.end() + 1]
        if after.isalnum() and text[match.end() - 1].isalnum():
            return False
        position = match.end()
    return len(text) <= 200


def _decide(conversation: Conversation, turn: _Turn) -> Reading:
    """The rules in order; the first that fits decides."""
    kind = _kind(conversation, turn)
    target = turn.target
    if kind == "create":
        return Reading(kind="create", text=_opening_cut(turn.text))
    if target.missing is not None:
        return _ask_back(target.missing.key, turn.text, target.missing)
    if target.record is None:
        return _ask_back(f"no-image-to-{_ASKED[kind]}", turn.text)
    if kind == "undo":
        return _undo(conversation, turn, target.record)
    if kind == "question":
        words = answer_question(conversation, target.record)
        return Reading(
            kind="question",
            source=target.record,
            words=words,
            outcome="answer",
            text=turn.text,
            explicit=target.explicit,
        )
    return Reading(kind=kind, source=target.record, text=_opening_cut(turn.text), explicit=target.explicit)


_ASKED: Final = {"revise": "revise", "vary": "vary", "undo": "undo", "question": "ask-about", "ignore": "revise"}


def _kind(conversation: Conversation, turn: _Turn) -> IntentKind:
    words = turn.words
    if _is_undo(words):
        return "undo"
    if _is_question(words, has_image=_any_image(conversation)):
        return "question"
    variation = said.VARY.match(words) or (said.VARY.match(turn.rest) if turn.rest else None)
    if variation is not None:
        left = (words if variation.string is words else turn.rest)[variation.end() :].strip()
        if not left or said.VARY_FILLER.fullmatch(left[:200]):
            return "vary"
        if not _names_something(conversation, left) or re.match(r"(?:but|with|in|and|,)\b", left, re.IGNORECASE):
            return "revise" if _any_image(conversation) else "create"
    if turn.options.count is not None and (not turn.rest or said.VARY_FILLER.fullmatch(turn.rest[:200])):
        return "vary"
    return _create_or_revise(conversation, turn)


def _is_undo(words: str) -> bool:
    match = said.UNDO.search(words[:200])
    return match is not None and (match.start() < 24 or has_hangul(words))


def _is_question(words: str, *, has_image: bool) -> bool:
    if said.ABOUT.match(words):
        return False
    if has_hangul(words):
        short = words[:300]
        if said.REQUEST_KO.search(short) or (not has_image and not said.QUESTION_KO.search(short)):
            return False
        return said.QUESTION_KO.search(short) is not None
    return said.QUESTION_EN.match(words) is not None


def _create_or_revise(conversation: Conversation, turn: _Turn) -> IntentKind:
    has_image = _any_image(conversation)
    revising = _revises(turn, conversation)
    if not has_image:
        uploads = any(item.attachments for item in conversation.turns)
        return "revise" if revising and not uploads else "create"
    if _OF_THE_SAME.search(turn.words[:300]):
        return "revise"
    if _COMPOSED.match(turn.words) or _lists_new_things(conversation, turn):
        return "create"
    if recounts(turn.words, turn.target.record, conversation.locale):
        return "revise"
    if turn.target.explicit and not _creates(conversation, turn):
        return "revise"
    if _creates(conversation, turn):
        return "create"
    if revising or not _names_something(conversation, turn.rest):
        return "revise"
    return "revise" if _refers(conversation, turn, turn.rest) else "create"


def _lists_new_things(conversation: Conversation, turn: _Turn) -> bool:
    """Whether a bare list names far more that is new than is there: "cat, dog, fox, bear" over the picture of a fox."""
    record = turn.target.record
    if record is None or record.scene is None or has_hangul(turn.words) or said.REVISE_EN.match(turn.words):
        return False
    if _DEFINITE_EN.search(turn.words[:2000]):
        return False
    arts = {item.art for item in record.scene.objects}
    named = set(drawn_in(turn.rest[:2000], conversation.locale))
    return len(named - arts) >= _MANY_NEW and len(named & arts) <= 1


def _revises(turn: _Turn, conversation: Conversation) -> bool:
    """Whether the words, taken alone, speak of something that is already there."""
    words = turn.words
    if has_hangul(words):
        if said.REVISE_KO.search(words) is None:
            return False
        if _any_image(conversation):
            return True
        fresh = said.CREATE_KO.search(words) is not None and re.search(r"[가-힣]게\s?(?:해|만들)", words) is None
        return (
            not fresh
            and re.search(
                r"바꿔|변경|옮겨|지워|삭제|빼줘|없애|제거|키워|줄여|크게|작게|추가|넣어줘|고쳐|수정|[가-힣]게\s?해",
                words,
            )
            is not None
        )
    if said.CREATE_EN.match(words) or said.INDEFINITE_EN.match(words):
        return False
    if said.REVISE_EN.match(words) is not None:
        return bool(turn.rest) and (_any_image(conversation) or _OPENS_NEW.match(words) is None)
    return not turn.rest and (turn.options.size_said or turn.options.background is not None)


def _creates(conversation: Conversation, turn: _Turn) -> bool:
    """Whether the words ask for a new image though there are images: "draw a cat", "now a poster with …"."""
    words = turn.words
    if has_hangul(words):
        adds = re.search(r"넣어|추가|붙여|바꿔|옮겨|크게|작게|[가-힣]게\s?(?:해|만들)|빼|없애|지워", words) is not None
        made = said.CREATE_KO.search(words) is not None and not adds
        return made and _names_something(conversation, turn.rest) and not _refers(conversation, turn, turn.rest)
    command = said.CREATE_EN.match(words)
    if command is not None:
        left = words[command.end() :]
        thing = _names_something(conversation, turn.rest) or not turn.options.background  # "a blue background"
        fresh = (command["article"] is not None and thing) or _names_something(conversation, left[:80])
        return fresh and not _refers(conversation, turn, left)
    if said.INDEFINITE_EN.match(turn.rest) is None and said.INDEFINITE_EN.match(words) is None:
        return False
    return not _refers(conversation, turn, words)


def _refers(conversation: Conversation, turn: _Turn, words: str) -> bool:
    """Whether the words point at something of the image: "the car", "it", 차 옆에; alone a noun of the scene will do."""
    record = turn.target.record
    if record is None:
        return False
    if has_hangul(words):
        pointed = re.search(r"옆에|위에|아래에|앞에|뒤에|안에|스티커|의\s|이거|이걸|그거|그걸|저거", words) is not None
        bare = said.CREATE_KO.search(words) is None
        return (pointed or bare) and (
            shows(record.scene, words, "ko") or re.search(r"이거|이걸|그거|그걸|저거", words) is not None
        )
    for match in _DEFINITE_EN.finditer(words[:2000]):
        word = match[0].lower()
        if word not in {"the", "this", "that"}:
            return _is_pointing(words, match.start())
        if shows(record.scene, " ".join(words[match.end() : match.end() + 40].split()[:3]), conversation.locale):
            return True
    opened = said.CREATE_EN.match(turn.words) or said.INDEFINITE_EN.match(turn.words)
    return opened is None and shows(record.scene, words, conversation.locale)


def _is_pointing(words: str, start: int) -> bool:
    """A pronoun that comes before any noun of its own sentence points at the image: "draw a hat on it"."""
    before = words[:start]
    return len(drawn_in(before, "en")) <= 1 and not re.search(
        r"\b(?:with|and|that|which|has|holding|wearing)\b", before, re.IGNORECASE
    )


def _names_something(conversation: Conversation, words: str) -> bool:
    return (
        bool(drawn_in(words[:2000], conversation.locale))
        or re.search(
            r"\b(?:poster|picture|sticker|banner|infographic|chart|logo|icon|card|scene|illustration|image)s?\b|포스터|그림|스티커|배너|차트|카드|아이콘|로고|이미지",
            words[:2000],
            re.IGNORECASE,
        )
        is not None
    )


def _any_image(conversation: Conversation) -> bool:
    return any(turn.generations for turn in conversation.turns)


def _undo(conversation: Conversation, turn: _Turn, record: GenerationRecord) -> Reading:
    """What to bring back: the image that the words name, else the one before the newest (or the one replied to)."""
    named = turn.target.explicit and conversation.newest.reply_to is None
    if named:
        return Reading(kind="undo", source=record, text=turn.text, explicit=True)
    match = said.STEPS.search(turn.words[:200])
    count = next((group.lower() for group in match.groups() if group), "1") if match else "1"
    steps = said.STEP_NUMBERS.get(count) or int(count)
    earlier = ancestor(conversation, record, max(1, steps))
    if earlier is None:
        return _ask_back("nothing-to-undo", turn.text)
    return Reading(kind="undo", source=earlier, text=turn.text, explicit=turn.target.explicit)


def _opening_cut(text: str) -> str:
    """The text without polite openings, its quotes untouched."""
    words = text
    for _ in range(_MAX_POLITE):
        match = said.POLITE.match(words)
        if match is None or match.end() == len(words):
            break
        words = words[match.end() :]
    return words.strip()


def _reply(key: str, text: str) -> Reading:
    return Reading(kind="question", words=Notice(key=key), outcome="answer", text=text)


def _ask_back(key: str, text: str, notice: Notice | None = None) -> Reading:
    return Reading(kind="question", words=notice or Notice(key=key), outcome="question", text=text)
