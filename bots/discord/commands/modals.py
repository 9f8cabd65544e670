"""The forms of the commands: what to change, what to draw, why to report (platforms D23).

A form lives as long as the process; one that is sent after a restart is answered by nobody, and Discord says so.
"""

from typing import Any, Self

import discord
from discord import ui

from bots.chat.desk import Desk
from bots.chat.wishes import Wish
from bots.conversation import Options
from bots.discord.commands.acknowledge import answer_wish
from bots.discord.commands.failing import apologize
from bots.discord.commands.files import files_of
from bots.discord.commands.people import Interaction, own_locale, requester_of, tenant_of
from bots.discord.where import PLATFORM
from bots.replies import say
from generator.scene import Notice
from moderation.types import Locale
from storage.turns import AttachmentRef

MAX_FILES = 4
MAX_WORDS = 4000  # characters of a form's field; Discord's own limit
MAX_REASON = 1000
FORM_SECONDS = 15 * 60.0


class Form(ui.Modal):
    """A form whose failures are apologized for."""

    async def on_error(  # type: ignore[override]  # a modal's has no item, as discord.py itself declares it
        self, interaction: Interaction, error: Exception, /
    ) -> None:
        """Tell the person, and us."""
        await apologize(interaction, error, type(self).__name__)


class AskModal(Form):
    """Words and images for a new request, about an image or with given ones."""

    def __init__(
        self,
        desk: Desk,
        locale: Locale,
        kind: str,
        *,
        source: str | None = None,
        files: tuple[AttachmentRef, ...] = (),
    ) -> None:
        super().__init__(title=say(Notice(key=f"form-{kind}-title"), locale)[:45], timeout=FORM_SECONDS)
        self._desk, self._source, self._files = desk, source, files
        # About an image of ours it is a revision, whatever the words; about anybody else's the words decide.
        self._options = Options(action="revise") if kind == "revise" and not files else Options()
        self.words: ui.TextInput[Any] = ui.TextInput(style=discord.TextStyle.paragraph, max_length=MAX_WORDS)
        self.uploads: ui.FileUpload[Any] = ui.FileUpload(required=False, min_values=0, max_values=MAX_FILES)
        self.add_item(_label(f"form-{kind}-words", locale, self.words))
        self.add_item(_label("form-images", locale, self.uploads))

    @classmethod
    def revising(
        cls, desk: Desk, locale: Locale, *, source: str | None = None, files: tuple[AttachmentRef, ...] = ()
    ) -> Self:
        """What to change about an image of ours, or about images that somebody else posted."""
        return cls(desk, locale, "revise", source=source, files=files)

    @classmethod
    def referring(cls, desk: Desk, locale: Locale, *, files: tuple[AttachmentRef, ...]) -> Self:
        """What to draw with those images as references."""
        return cls(desk, locale, "reference", files=files)

    async def on_submit(self, interaction: Interaction, /) -> None:
        """Ask for it."""
        files = (*self._files, *files_of(self.uploads.values))
        wish = Wish(text=self.words.value, options=self._options, files=files, source=self._source)
        await answer_wish(interaction, self._desk, wish)


class ReportModal(Form):
    """Why a message is reported."""

    def __init__(self, desk: Desk, locale: Locale, *, message: int, generation: str | None) -> None:
        super().__init__(title=say(Notice(key="form-report-title"), locale)[:45], timeout=FORM_SECONDS)
        self._desk, self._message, self._generation = desk, message, generation
        self.reason: ui.TextInput[Any] = ui.TextInput(style=discord.TextStyle.paragraph, max_length=MAX_REASON)
        self.add_item(_label("form-report-reason", locale, self.reason))

    async def on_submit(self, interaction: Interaction, /) -> None:
        """Keep it and say so."""
        await self._desk.app.chats.add_report(
            tenant=tenant_of(interaction),
            reporter=requester_of(interaction),
            reason=self.reason.value,
            generation=self._generation,
            message=f"{PLATFORM}:{self._message}",
        )
        await interaction.response.send_message(say(Notice(key="reported"), own_locale(interaction)), ephemeral=True)


def _label(key: str, locale: Locale, field: ui.Item[Any]) -> ui.Label[Any]:
    return ui.Label(text=say(Notice(key=key), locale)[:45], component=field)
