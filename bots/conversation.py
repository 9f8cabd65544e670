"""A conversation as every adapter hands it to the line: one frozen value, the same for all platforms.

Platform payloads are parsed into this by pure functions in the adapters; nothing here knows a platform.
"""

from dataclasses import dataclass
from typing import Literal

from generator.request import OutputFormat
from generator.scene import Background
from moderation.types import Locale
from storage.records import GenerationRecord

MAX_TEXT = 8_000  # characters of one turn that are read; longer requests are answered as invalid
MAX_ATTACHMENTS = 10
MAX_TURNS = 60  # newest turns that are kept as context


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment:
    """An uploaded image, already admitted: ``digest`` is the sha256 of its sanitised PNG, sides in pixels."""

    digest: str
    width: int
    height: int
    name: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplyTo:
    """The turn being replied to (index in the conversation) and which image of its answer, if it has several."""

    turn: int
    image: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """One message of a person and, once answered, what the bot made of it.

    Attributes:
        to_bot: For the bot to read as a request (mention, direct message, reply to it, its own thread).
        addressed: Explicitly to the bot: a mention, a reply to it, a command, a direct message. What people merely say
            in a thread that belongs to the bot is ``to_bot`` without being ``addressed``.
        job: Job id of the request this turn started, if any.
        generations: The images that answered this turn, in order.
        answer: The words that answered this turn.
        asked_back: Whether those words asked its author something back, instead of answering.
    """

    author: str
    text: str
    to_bot: bool = True
    addressed: bool = True
    attachments: tuple[Attachment, ...] = ()
    reply_to: ReplyTo | None = None
    job: str | None = None
    generations: tuple[GenerationRecord, ...] = ()
    answer: str = ""
    asked_back: bool = False


Act = Literal["revise", "vary", "retry", "upscale", "blend"]
"""What a button or a command asks for without words.

``vary``: another one like the source. ``retry``: the source's own request again, with new seeds. ``upscale``: the source
at twice its size. ``blend``: the newest turn's uploads put together.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """Options given outside the text (command line flags, slash command fields). They win over the words."""

    width: int | None = None
    height: int | None = None
    background: Background | None = None
    style: str | None = None
    count: int | None = None
    seed: int | None = None
    output_format: OutputFormat | None = None
    private: bool = False
    action: Act | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Conversation:
    """A thread up to and including the turn to answer, which is the last.

    Attributes:
        id: Stable over the thread's life: ``cli:<uuid>``, ``discord:<thread>``, ``slack:<team>:<channel>:<ts>``.
        tenant: The guild or workspace; ``local`` on the command line.
        bot_names: Names the bot is called by, so that planning can drop them from the text.
        default_style: The tenant's own: for a new picture when neither options nor words name a style.
        strictness: The tenant's own strictness of moderation.
    """

    id: str
    turns: tuple[Turn, ...]
    tenant: str = "local"
    locale: Locale = "en"
    options: Options = Options()
    bot_names: tuple[str, ...] = ("threadbrush",)
    default_style: str | None = None
    strictness: Literal["standard", "strict"] = "standard"

    @property
    def newest(self) -> Turn:
        """The turn to answer."""
        return self.turns[-1]


Outcome = Literal["image", "answer", "question", "invalid", "refused", "held", "cancelled", "failed"]
"""How a job ended, as it stands in results and records."""
