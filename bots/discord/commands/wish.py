"""What a command asks for, read from its options; pure, and quick enough to stand before the acknowledgement."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import discord

from bots.conversation import MAX_TEXT, Options
from bots.flags import Flags, options_from
from bots.replies import say
from generator.scene import Notice
from moderation.types import Locale
from storage.turns import AttachmentRef

MAX_NAME = 100  # characters of a file's name that are kept


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """A request before anybody knows where it is answered.

    Attributes:
        text: In the person's words; at most ``MAX_TEXT`` characters.
        files: Images given with it, not read yet.
        source: The image that it is about.
        private: Only the person is to see the answer.
        conversation: Which one it belongs to; None for that of the place where it is asked.
    """

    text: str
    options: Options = field(default_factory=Options)
    files: tuple[AttachmentRef, ...] = ()
    source: str | None = None
    private: bool = False
    conversation: str | None = None


def files_of(attachments: Sequence[discord.Attachment | None]) -> tuple[AttachmentRef, ...]:
    """The attachments that are there, as they are remembered; what they hold is looked at later, by content."""
    return tuple(
        AttachmentRef(
            id=str(one.id),
            name=one.filename[:MAX_NAME],
            url=one.url,
            media_type=one.content_type,
            size_bytes=one.size,
        )
        for one in attachments
        if one is not None
    )


def read_options(flags: Flags, locale: Locale) -> Options | Notice:
    """The options, or why one of them is impossible, with the option's name as the person sees it."""
    read = options_from(flags, locale)
    if isinstance(read, Notice) and read.key == "flag-unreadable":
        name = str(read.args["flag"]).removeprefix("--")
        return Notice(key=read.key, args={**read.args, "flag": say(Notice(key=f"option-{name}-name"), locale)})
    return read


def too_long(text: str) -> Notice | None:
    """Why a text cannot be read; None if it can."""
    return Notice(key="text-too-long", args={"limit": MAX_TEXT}) if len(text) > MAX_TEXT else None
