"""Asking back when a revision was not understood: what is missing, and what there is."""

from typing import Final

from bots.planning.naming import called
from bots.planning.plan import Plan
from generator.scene import Notice, Scene
from moderation.types import Locale

_LISTED: Final = 12  # names of things in a question


def not_understood(scene: Scene, missing: tuple[str, ...], unmet: tuple[Notice, ...], locale: Locale) -> Plan:
    """The question for a revision that came to nothing; ``missing`` are things that are not in the picture."""
    if not scene.objects:
        return Plan(outcome="question", words=Notice(key="nothing-in-picture"), unmet=unmet)
    named = tuple(one for one in missing if one != "?")
    if named:
        return Plan(outcome="question", words=not_in_picture(scene, named, locale), unmet=unmet)
    key = "which-object" if missing else "change-not-understood"
    return Plan(outcome="question", words=Notice(key=key, args={"objects": _listing(scene, locale)}), unmet=unmet)


def not_in_picture(scene: Scene, missing: tuple[str, ...], locale: Locale) -> Notice:
    """What was named and is not there, or (``?``) an "it" that means nothing."""
    if not scene.objects:
        return Notice(key="nothing-in-picture")
    named = ", ".join(one for one in missing if one != "?")
    objects = _listing(scene, locale)
    if named:
        return Notice(key="not-in-picture", args={"noun": named, "objects": objects})
    return Notice(key="which-object", args={"objects": objects})


def _listing(scene: Scene, locale: Locale) -> str:
    return ", ".join(dict.fromkeys(called(item, locale) for item in scene.objects[:_LISTED]))
