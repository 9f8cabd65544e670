"""What a command, form or button asks for before anybody knows where it is answered. Knows no platform."""

from dataclasses import dataclass, field, replace

from bots.chat.desk import Desk
from bots.conversation import MAX_TEXT, Options
from bots.flags import Flags, options_from
from bots.replies import say
from generator.scene import Notice
from moderation.types import Locale
from storage.turns import AttachmentRef


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


async def as_private_as_its_source(desk: Desk, wish: Wish) -> Wish:
    """What is made of a private image is private too."""
    if wish.source is None or wish.private:
        return wish
    source = await desk.app.records.generation(wish.source)
    return replace(wish, private=True) if source is not None and source.private else wish
