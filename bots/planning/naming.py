"""What things and colours are called in the language of a conversation, for telling people about them.

An object keeps the word that it was asked for with; where that is of the other language, the name of its drawing is used.
"""

from collections.abc import Sequence

from bots.planning.grammar.colors import color_name, korean_color_name
from bots.replies import say
from generator.scene import TRANSPARENT, Kind, Notice, SceneObject
from generator.sketch.nouns import by_art
from generator.sketch.word_forms import has_hangul, plural
from moderation.types import Locale

_KINDS = {
    Kind.IMAGE: Notice(key="thing-image"),
    Kind.CHART: Notice(key="thing-chart"),
    Kind.CARD: Notice(key="thing-card"),
}
_LONGEST = 60  # characters of a text that is only to be recognised


def called(item: SceneObject, locale: Locale) -> str:
    """Its name without an article: "car", "apples", title “SALE”."""
    if item.kind is Kind.TEXT:
        words = item.text or ""
        shown = words if len(words) <= _LONGEST else f"{words[: _LONGEST - 1]}…"
        return say(Notice(key="thing-text", args={"role": item.role.value, "text": shown}), locale)
    if item.kind is not Kind.ART:
        return say(_KINDS[item.kind], locale)
    name = one(item, locale)
    return plural(name) if item.count > 1 and locale == "en" and not has_hangul(name) else name


def one(item: SceneObject, locale: Locale) -> str:
    """The name of a single one of a drawn object."""
    noun = by_art(item.art) if item.art else None
    if noun is None or has_hangul(item.label) is (locale == "ko"):
        return item.label or item.id
    return noun.korean if locale == "ko" else noun.name


def pair(names: Sequence[str], locale: Locale) -> str:
    """One or two names as one."""
    if len(names) == 1:
        return names[0]
    return say(Notice(key="thing-pair", args={"first": names[0], "second": names[1]}), locale)


def color_words(value: str, locale: Locale) -> str:
    """The colour's plain name, or its hex if it has none."""
    if value == TRANSPARENT:
        return say(Notice(key="transparent"), locale)
    return korean_color_name(value) if locale == "ko" else color_name(value)
