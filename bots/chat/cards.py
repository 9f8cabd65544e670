"""What an answer looks like in any chat: words, images, a short receipt, who asked, what can be done next.

Pure: an order, its answer and the records in, a value out that each platform draws in its own manner.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

from bots.chat.preferences import Preferences
from bots.order import Answer, Order
from bots.planning.again import can_upscale
from bots.progress import Standing
from bots.replies import say
from generator.engine import Capabilities
from generator.scene import Notice
from moderation.types import Locale
from storage.records import GenerationRecord

Verb = Literal["vary", "revise", "retry", "upscale", "details", "delete", "like", "dislike", "cancel"]
"""What a button does; its label is the message ``button-<verb>``."""

MOST_CHECKS: Final = 3
"""Lines of a receipt that are shown with the image; the details have all of them."""


EXACT: Final = ("background", "color", "text")
"""Checks of a value that somebody wrote down; the others count."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Press:
    """A button: what it does, to which generation or job."""

    verb: Verb
    target: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """An answer, ready to be shown.

    Attributes:
        words: What the line says.
        notes: Small print: who asked, the receipt, that it was generated.
        images: In order; none for an answer in words.
        presses: Buttons; those of the first image.
        spoiler: Images are hidden until clicked.
    """

    locale: Locale
    words: str
    notes: tuple[str, ...] = ()
    images: tuple[GenerationRecord, ...] = ()
    presses: tuple[Press, ...] = ()
    spoiler: bool = False


def answer_card(
    order: Order,
    answer: Answer,
    images: Sequence[GenerationRecord],
    preferences: Preferences,
    capabilities: Capabilities,
) -> Card:
    """The card of a finished job."""
    locale = order.conversation.locale
    author = order.conversation.newest.author
    asked = say(Notice(key="card-asked-by", args={"name": author}), locale)
    if not images:
        return Card(locale=locale, words=answer.reply, notes=(asked,) if author else ())
    made = say(Notice(key="card-made-neural" if capabilities.neural else "card-made-program"), locale)
    return Card(
        locale=locale,
        words=answer.reply,
        notes=(*((asked,) if author else ()), receipt_line(images[0], locale), made),
        images=tuple(images),
        presses=presses_of(images[0], capabilities),
        spoiler=preferences.spoiler,
    )


def presses_of(image: GenerationRecord, capabilities: Capabilities) -> tuple[Press, ...]:
    """What can be done with an image; what the engine cannot do has no button."""
    verbs: tuple[Verb, ...] = ("vary", "revise", "retry")
    if can_upscale(image, capabilities):
        verbs = (*verbs, "upscale")
    return tuple(Press(verb=verb, target=image.id) for verb in (*verbs, "details", "like", "dislike", "delete"))


def receipt_line(image: GenerationRecord, locale: Locale) -> str:
    """Size, seed, what was missed, the exact values that were asked for, and how many checks passed; one line."""
    size = Notice(key="card-size", args={"width": image.width, "height": image.height, "seed": str(image.seed)})
    checked = [line for line in image.receipt if line.passed is not None]
    missed = [line for line in checked if not line.passed]
    exact = [line for line in checked if line.passed and line.check in EXACT]
    told = [
        say(
            Notice(
                key="card-check-passed" if line.passed else "card-check-missed",
                args={"check": _check(line.check, locale), "asked": line.asked, "measured": line.measured},
            ),
            locale,
        )
        for line in (*missed, *sorted(exact, key=lambda line: EXACT.index(line.check)))[:MOST_CHECKS]
    ]
    passed = Notice(key="card-checks", args={"passed": len(checked) - len(missed), "all": len(checked)})
    return " · ".join([say(size, locale), *told, *([say(passed, locale)] if checked else [])])


def _check(check: str, locale: Locale) -> str:
    known = {"background": "check-background", "color": "check-color", "text": "check-text", "object": "check-object"}
    return say(Notice(key=known[check]), locale) if check in known else check


def refused_words(author: str, locale: Locale) -> str:
    """What everybody reads where the reason is told to the author alone; without a name where the platform told none."""
    if not author:
        return say(Notice(key="card-refused-unnamed"), locale)
    return say(Notice(key="card-refused", args={"name": author}), locale)


def progress_card(order: Order, standing: Standing | None) -> Card:
    """The placeholder: what happens now, and a button that stops it."""
    locale = order.conversation.locale
    stage = say(standing.words if standing else Notice(key="stage-waiting"), locale)
    percent = round((standing.fraction if standing else 0.0) * 100)
    author = order.conversation.newest.author
    return Card(
        locale=locale,
        words=say(Notice(key="card-working", args={"stage": stage, "percent": percent}), locale),
        notes=(say(Notice(key="card-asked-by", args={"name": author}), locale),) if author else (),
        presses=(Press(verb="cancel", target=order.job),),
    )
