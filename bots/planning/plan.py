"""What planning decides about the newest turn."""

from dataclasses import dataclass
from typing import Literal, Protocol

from bots.conversation import Conversation
from generator.request import GenerationRequest
from generator.scene import Notice


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """The decision.

    Attributes:
        outcome: ``draw`` needs a request; ``answer`` (words about an image), ``question`` (we must ask back) and
            ``invalid`` (an impossible option) need words; ``ignore`` is for turns that are not for us.
        words: The reply when nothing is drawn.
        unmet: Asked for and not possible, told with the image and listed in results.
        notes: Told with the image, nothing is missing ("drawn as …").
        changes: What a revision changed, kept with the record's request so that "what did you change?" can be answered.
    """

    outcome: Literal["draw", "answer", "question", "invalid", "ignore"]
    request: GenerationRequest | None = None
    words: Notice | None = None
    unmet: tuple[Notice, ...] = ()
    notes: tuple[Notice, ...] = ()
    changes: tuple[Notice, ...] = ()


class Planner(Protocol):
    """Turns a conversation into a plan: by rules, or by a language model that falls back to them."""

    async def plan(self, conversation: Conversation) -> Plan:
        """Decide about the newest turn."""
        ...
