"""Names and descriptions of commands in every language, out of the catalogue.

Discord asks for them once, when the commands are registered. Whatever is said later is said by ``bots.replies``.
"""

from collections.abc import Mapping
from typing import Final

from discord import Locale as Tag
from discord import app_commands

from bots.replies import say
from generator.scene import Notice
from moderation.types import Locale

TAGS: Final[dict[Tag, Locale]] = {Tag.american_english: "en", Tag.british_english: "en", Tag.korean: "ko"}
"""Discord's languages for which names are registered; everybody else sees the English ones."""


def localized(key: str) -> app_commands.locale_str:
    """The message ``key`` of the catalogue, to be translated when the commands are registered."""
    return app_commands.locale_str(say(Notice(key=key), "en"), key=key)


def choices(named: Mapping[str, str]) -> list[app_commands.Choice[str]]:
    """Fixed choices: what is sent, and the message that names it."""
    return [app_commands.Choice(name=localized(key), value=value) for value, key in named.items()]


class Catalogue(app_commands.Translator):
    """The catalogue as discord.py asks for it (platforms D10)."""

    async def translate(
        self, string: app_commands.locale_str, locale: Tag, context: app_commands.TranslationContextTypes
    ) -> str | None:
        """The words in that language; None where we have none, or where the text is nobody's to translate."""
        del context
        key = string.extras.get("key")
        if key is None or locale not in TAGS:
            return None
        return say(Notice(key=str(key)), TAGS[locale])
