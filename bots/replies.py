"""Words for people: one catalogue, English and Korean, from notices to sentences.

The catalogue is Project Fluent files in ``bots/locales/<locale>/``, one per domain; a message's id is the notice's key.
"""

from collections.abc import Iterable
from functools import cache
from importlib import resources

from fluent.runtime import FluentBundle, FluentResource

from generator.scene import Notice
from moderation.types import Locale

LOCALES: tuple[Locale, ...] = ("en", "ko")
MAX_ARGUMENT = 2000  # characters; fluent.runtime gives up on longer ones (its limit is 2,500)


@cache
def _bundle(locale: Locale) -> FluentBundle:
    # Isolation marks are invisible characters that would end up in alt text and JSON.
    bundle = FluentBundle([locale], use_isolating=False)
    folder = resources.files("bots") / "locales" / locale
    for file in sorted(folder.iterdir(), key=lambda entry: entry.name):
        if file.name.endswith(".ftl"):
            bundle.add_resource(FluentResource(file.read_text(encoding="utf-8")))
    return bundle


def say(notice: Notice, locale: Locale) -> str:
    """The notice in words; falls back to English, then to the bare key, so that nothing is ever lost."""
    for candidate in dict.fromkeys((locale, "en")):
        bundle = _bundle(candidate)
        if bundle.has_message(notice.key) and (pattern := bundle.get_message(notice.key).value) is not None:
            text, _ = bundle.format_pattern(pattern, {name: _cut(value) for name, value in notice.args.items()})
            return str(text)
    return notice.key


def _cut(value: str | float) -> str | float:
    if isinstance(value, str) and len(value) > MAX_ARGUMENT:
        return f"{value[: MAX_ARGUMENT - 1]}…"
    return value


def say_all(notices: Iterable[Notice], locale: Locale) -> tuple[str, ...]:
    """Each notice in words, without repetitions, in order."""
    return tuple(dict.fromkeys(say(notice, locale) for notice in notices))
