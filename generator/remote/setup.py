"""What an operator decides about a remote engine, and the card of the model behind it."""

from dataclasses import dataclass, field
from typing import Final
from urllib.parse import urlsplit

from generator.models.card import Abilities, FamilyName, License, ModelCard
from generator.remote.dialects import DIALECTS, Dialect, Flavor
from generator.request import MAX_SIDE

MIB: Final = 2**20
MAX_NAME: Final = 200  # characters of a model's name


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoteSetup:
    """Settings of the engine. Nothing else is read: no environment, no proxy settings, no files.

    Attributes:
        base_url: Of the API, with its version: ``http://gpu-box:30000/v1``. http or https, without user or query.
        model: As the server calls it.
        api_key: None for a server that asks for none. Never shown.
        timeout_seconds: For one call of the server, further attempts included, waiting for our own turn not.
        connect_seconds: For reaching the server.
        concurrency: Calls under way at once.
        retries: Further attempts at a call that failed for a reason that may pass.
        previews: Ask for partial images where the server has them; it may charge for each.
        edit: The model changes images by an instruction and draws upon them.
        sizes: The only sizes the model draws, (width, height) in pixels; empty: any.
        transparent: The model makes transparent pixels itself; None: as the flavor says.
        references: Images it draws upon at once; None: as the flavor says.
        answer_bytes: Of one answer at most.
    """

    base_url: str
    model: str
    flavor: Flavor = Flavor.OPENAI
    api_key: str | None = field(default=None, repr=False)
    timeout_seconds: float = 600.0
    connect_seconds: float = 10.0
    concurrency: int = 4
    retries: int = 2
    previews: bool = False
    edit: bool = True
    sizes: tuple[tuple[int, int], ...] = ()
    transparent: bool | None = None
    references: int | None = None
    answer_bytes: int = 64 * MIB

    def __post_init__(self) -> None:
        """Refuse what cannot work.

        Raises:
            ValueError: A setting is wrong; the sentence names it and never holds the key.
        """
        object.__setattr__(self, "flavor", Flavor(self.flavor))
        _check_url(self.base_url)
        if not self.model or len(self.model) > MAX_NAME or not self.model.isprintable():
            raise ValueError(f"model must be a name of 1 to {MAX_NAME} printable characters")
        if self.api_key is not None and not (self.api_key.isascii() and self.api_key.isprintable() and self.api_key):
            raise ValueError("api_key must be printable ASCII")
        if min(self.timeout_seconds, self.connect_seconds) <= 0:
            raise ValueError("timeout_seconds and connect_seconds must be above 0")
        if self.concurrency < 1 or self.retries < 0 or self.answer_bytes < 1:
            raise ValueError("concurrency and answer_bytes must be at least 1, retries at least 0")
        if any(not 1 <= side <= MAX_SIDE for size in self.sizes for side in size):
            raise ValueError(f"sizes must be of 1 to {MAX_SIDE} pixels")
        if self.references is not None and self.references < 0:
            raise ValueError("references must be at least 0")

    @property
    def dialect(self) -> Dialect:
        """What the server takes."""
        return DIALECTS[self.flavor]

    @property
    def card(self) -> ModelCard:
        """The model as wording and routing see it. Of its steps and weights nothing is known here."""
        dialect = self.dialect
        references = dialect.references if self.references is None else self.references
        return ModelCard(
            id=self.model,
            family=FamilyName.GENERIC,
            license=License(
                name="unknown",
                commercial="conditional",
                condition="Ask whoever runs the server under which terms its images may be used.",
            ),
            abilities=Abilities(
                edit=self.edit,
                references=references if self.edit else 0,
                mask=self.edit and dialect.mask,
                rgba=dialect.rgba if self.transparent is None else self.transparent,
                text=2,
                negative=dialect.steering,
            ),
            steps=0,
            guidance=1.0,
            most=max(width * height for width, height in self.sizes) if self.sizes else dialect.most,
        )


def _check_url(url: str) -> None:
    wrong = ValueError("base_url must be an http or https address without user, query or fragment")
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise wrong from None  # what was given may hold a password
    if not (url.isascii() and url.isprintable()) or parts.scheme not in {"http", "https"} or not parts.hostname:
        raise wrong
    if "@" in parts.netloc or parts.query or parts.fragment or port == 0:
        raise wrong
