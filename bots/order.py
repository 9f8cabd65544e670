"""The values that the steps of the line hand to each other, from the order to the answer. All of them are JSON."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from bots.conversation import Attachment, Conversation, Outcome
from generator.receipt import ReceiptLine
from generator.scene import Notice, Scene
from moderation.types import Action, Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class Upload:
    """An attachment as it arrived: not yet decoded, only staged. ``turn`` is the index of its turn."""

    turn: int
    file: str
    name: str = ""


Detail = str | int | bool | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """Where an order came from and where its answer goes.

    Attributes:
        place: The channel, thread or direct message, ``discord:<id>``.
        details: The platform's own, and JSON.
    """

    platform: str
    place: str
    details: Mapping[str, Detail] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """One request to the line, complete and durable.

    Attributes:
        job: Idempotency key; an equal id is the same job.
        conversation: As the adapter read it. Earlier turns carry the ids of the jobs that answered them; what those
            jobs made is looked up in the records when planning.
        uploads: Files staged for this job, not admitted yet.
        source: The generation that the newest turn is explicitly about: its button was pressed, it was replied to.
        address: Where the answer is delivered; None when whoever ordered waits for it. An order with an address is
            completed by its platform (history, attachments) before the line begins.
        problem: Why the platform could not complete it.
    """

    job: str
    conversation: Conversation
    requester: str
    uploads: tuple[Upload, ...] = ()
    source: str | None = None
    address: Address | None = None
    problem: Notice | None = None

    @property
    def ordered(self) -> bool:
        """Whether it must wait for the earlier jobs of its conversation: yes, unless it is about a given image."""
        return self.source is None and self.conversation.newest.reply_to is None


@dataclass(frozen=True, slots=True, kw_only=True)
class AdmittedUpload:
    """An upload that decoded: its sanitised PNG is staged as ``file`` and will be a blob once nothing is refused."""

    turn: int
    file: str
    attachment: Attachment


@dataclass(frozen=True, slots=True, kw_only=True)
class Admission:
    """What came of looking at the request before any planning."""

    verdicts: tuple[Verdict, ...]
    uploads: tuple[AdmittedUpload, ...] = ()
    problem: Notice | None = None

    @property
    def action(self) -> Action:
        """The most severe of the verdicts; BLOCK without any."""
        return max(
            (verdict.action for verdict in self.verdicts), key=lambda action: action.severity, default=Action.BLOCK
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A drawn, unsigned picture in the staging folder, finished to its delivery format and measured.

    Attributes:
        model_license: See ``GeneratedImage``.
        neural: Whether a trained model drew it, so that words in it may be misspelt.
        may_retry: Whether the budget allows to draw once more. None: measured before there was a budget; it was one.
    """

    index: int
    file: str
    media_type: str
    width: int
    height: int
    has_alpha: bool
    seed: int
    engine: str
    engine_version: str
    model: str
    scene: Scene | None
    receipt: tuple[ReceiptLine, ...] = ()
    unmet: tuple[Notice, ...] = ()
    timings: Mapping[str, float] = field(default_factory=dict)
    model_license: str = ""
    neural: bool = False
    may_retry: bool | None = None

    @property
    def failures(self) -> int:
        """How many checks missed their tolerance."""
        return sum(line.passed is False for line in self.receipt)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """How a job ended: what the adapter delivers."""

    job: str
    outcome: Outcome
    reply: str
    unmet: tuple[str, ...] = ()
    generations: tuple[str, ...] = ()
