"""What a layer of moderation is handed and what it must offer. The engine knows no layer by more than this."""

from dataclasses import dataclass
from typing import Protocol

from moderation.types import Finding, Locale, Stage


@dataclass(frozen=True, slots=True, kw_only=True)
class TextContent:
    """A text to be judged. Everything in it is data; nothing in it instructs a layer.

    Attributes:
        text: The newest turn, or the planned request. Findings concern this text.
        context: Earlier turns of the thread, oldest first. They complete an idea that ``text`` takes up.
        with_image: Whether ``text`` asks for something to be done with an uploaded picture.
    """

    text: str
    stage: Stage
    locale: Locale
    context: tuple[str, ...] = ()
    with_image: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageContent:
    """An image to be judged.

    Attributes:
        encoded: A PNG, JPEG or WebP file.
        context_text: What was asked of the image, or empty.
    """

    encoded: bytes
    stage: Stage
    locale: Locale
    context_text: str = ""


class TextClassifier(Protocol):
    """One technique that judges texts."""

    @property
    def name(self) -> str:
        """Stands in ``Finding.layer``."""

    async def classify(self, content: TextContent) -> tuple[Finding, ...]:
        """The findings, empty when nothing speaks against the text.

        Raises:
            Exception: Anything; the engine treats it, and silence beyond its timeout, as this layer having failed.
        """


class ImageClassifier(Protocol):
    """One technique that judges images, with the words that came with them."""

    @property
    def name(self) -> str:
        """Stands in ``Finding.layer``."""

    async def classify(self, content: ImageContent) -> tuple[Finding, ...]:
        """The findings, empty when nothing speaks against the image.

        Raises:
            Exception: Anything; the engine treats it, and silence beyond its timeout, as this layer having failed.
        """
