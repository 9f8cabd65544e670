"""What people say in a thread that belongs to the bot without addressing it: a request, or talk among themselves?

Two questions, each asked of an unaddressed turn only. Before planning: may this be for the bot at all? After planning:
is what the bot would say worth saying? Talk that is mistaken for a request costs a picture and everybody's patience, so
a turn must show what it wants: an order, a wish, a bare description, or a question about the picture.
"""

import re
from typing import Final

from bots.conversation import Conversation
from bots.planning import intent_words as said
from bots.planning import overheard_words as heard
from bots.planning.plan import Plan
from bots.planning.quotes import clean
from bots.planning.targets import drawn_in, shows
from generator.scene import Scene
from generator.sketch.word_forms import has_hangul

_READ: Final = 400  # characters; whoever wants a picture says so before that
_NOT_READ: Final = "unknown-noun"  # a bare description has none
_BARE: Final = 9  # words of a fragment: "a bit bigger", "blue background and no apples"


def may_be_request(conversation: Conversation, text: str) -> bool:
    """Whether an unaddressed turn may be meant for the bot.

    Args:
        conversation: Its newest turn is the one in question.
        text: That turn's words without the bot's names.
    """
    words = clean(text).strip()[:_READ]
    if not re.search(r"[^\W_]", words) or heard.LINK.fullmatch(words) or _names_somebody(conversation):
        return False
    if heard.CHATTER.fullmatch(words) or (heard.PRAISE_EN.fullmatch(words) and not heard.ORDER_EN.search(words)):
        return False
    if _is_awaited(conversation):
        return True
    said_first = _opening_cut(words)
    if has_hangul(words):
        return _korean(conversation, said_first)
    return _english(conversation, said_first)


def is_worth_saying(conversation: Conversation, plan: Plan) -> bool:
    """Whether the plan of an unaddressed turn is carried out.

    A picture is drawn unless half of the words, which gave no order, mean something else; words are said only where
    they are expected.
    """
    words = clean(conversation.newest.text).strip()[:_READ]
    korean = has_hangul(words)
    ordered = heard.ORDER_KO.search(words) if korean else _orders(_opening_cut(words))
    if plan.outcome == "draw":
        return bool(ordered) or all(notice.key != _NOT_READ for notice in plan.unmet)
    if _is_awaited(conversation):
        return True
    if plan.outcome == "answer":
        return plan.words is not None and plan.words.key.startswith("answer-")
    if plan.outcome == "invalid":
        return True
    if heard.COMPARATIVE_EN.fullmatch(_opening_cut(words)):
        return True
    return bool(ordered) and _speaks_of_pictures(conversation, words)


def _orders(words: str) -> bool:
    return any(one.match(words) for one in (heard.ORDER_EN, heard.WISH_EN, heard.SHOULD_EN, heard.PICTURE_EN))


def _english(conversation: Conversation, words: str) -> bool:
    if heard.BETWEEN_PEOPLE_EN.match(words):
        return False
    if heard.QUESTION_EN.match(words) and not heard.WISH_EN.match(words):
        return _asks_about_picture(conversation, words)
    if heard.WISH_EN.match(words) or heard.SHOULD_EN.search(words) or said.UNDO.match(words):
        return True
    if heard.ORDER_EN.match(words) or said.VARY.match(words):
        return heard.ORDER_TO_PEOPLE_EN.match(words) is None
    if heard.PERSON_EN.search(words) or heard.STATEMENT_EN.search(words):
        return False
    return _is_fragment(words) or _is_description(conversation, words)


def _is_fragment(words: str) -> bool:
    """A change without a verb: "bigger", "16:9", "without the apples", "yellow car"."""
    return len(words.split()) <= _BARE and (
        said.REVISE_EN.match(words) is not None or heard.OPTION_EN.search(words) is not None
    )


def _is_description(conversation: Conversation, words: str) -> bool:
    """A picture in words: "a cat on a sofa", "three red apples", "poster with a rocket"."""
    named = bool(drawn_in(words, conversation.locale))
    if said.INDEFINITE_EN.match(words) or heard.PICTURE_EN.match(words):
        return named or '"' in words
    return named and len(words.split()) <= _BARE


def _korean(conversation: Conversation, words: str) -> bool:
    if heard.BETWEEN_PEOPLE_KO.search(words):
        return False
    if heard.ORDER_KO.search(words):
        return heard.ORDER_TO_PEOPLE_KO.search(words) is None
    if heard.QUESTION_KO.search(words):
        return heard.ABOUT_PICTURE_KO.search(words) is not None or (
            heard.ASKED_KO.search(words) is not None and shows(_scene(conversation), words, "ko")
        )
    if heard.STATEMENT_KO.search(words):
        return False
    fragment = heard.OPTION_KO.search(words) is not None or said.REVISE_KO.search(words) is not None
    named = bool(drawn_in(words, "ko"))
    return len(words.split()) <= _BARE and (fragment or named)


def _asks_about_picture(conversation: Conversation, words: str) -> bool:
    if heard.ABOUT_PICTURE_EN.search(words):
        return True
    return heard.ASKED_EN.match(words) is not None and shows(_scene(conversation), words, conversation.locale)


def _speaks_of_pictures(conversation: Conversation, words: str) -> bool:
    """Whether something that can be drawn, or a part of every picture, is named."""
    korean = has_hangul(words)
    parts = heard.PARTS_KO if korean else heard.PARTS_EN
    return (
        parts.search(words) is not None
        or bool(drawn_in(words, "ko" if korean else "en"))
        or shows(_scene(conversation), words, conversation.locale)
    )


def _names_somebody(conversation: Conversation) -> bool:
    """Whether the turn speaks to another person: it begins with a mention, or with the name of one who is there.

    A mention of the bot would have made it an addressed one, so every mention in it is somebody else's.
    """
    text = conversation.newest.text.strip()
    for name in conversation.bot_names:
        text = re.sub(rf"@{re.escape(name)}(?!\w)", " ", text, flags=re.IGNORECASE).strip()
    if heard.MENTION.match(text) or heard.MENTION_AT_END.search(text):
        return True
    names = {turn.author for turn in conversation.turns if 1 < len(turn.author) <= _LONGEST_NAME}
    return any(re.match(rf"{re.escape(name)}\s?[,:]", text, re.IGNORECASE) for name in names)


_LONGEST_NAME: Final = 32


def _is_awaited(conversation: Conversation) -> bool:
    """Whether the bot's newest words asked this very person something back."""
    earlier = next((turn for turn in reversed(conversation.turns[:-1]) if turn.to_bot), None)
    return earlier is not None and earlier.author == conversation.newest.author and earlier.asked_back


def _scene(conversation: Conversation) -> Scene | None:
    newest = next((turn.generations for turn in reversed(conversation.turns) if turn.generations), ())
    return newest[0].scene if newest else None


def _opening_cut(text: str) -> str:
    """``text`` without what people begin a sentence with: "ok cool, now", "hmm maybe"."""
    words = text
    for _ in range(_OPENINGS):
        match = heard.OPENING.match(words)
        if match is None or match.end() == len(words):
            break
        words = words[match.end() :]
    return words.strip(" ,.!\n\t\"'“”")


_OPENINGS: Final = 8
