"""The request for pictures as it travels down the line, and the pictures that come back from an engine.

Field names are those of the diffusers library wherever it has one.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Literal

from generator.scene import Background, Notice, Scene, TextRole

SCHEMA = 1
MIN_SIDE, MAX_SIDE = 256, 4096  # px
MAX_ASPECT = 3.0
MAX_IMAGES = 10
MAX_REFERENCES = 16
SEED_LIMIT = 2**32

OutputFormat = Literal["png", "webp", "jpeg"]


class Intent(StrEnum):
    """What a drawing request wants done."""

    CREATE = "create"
    REVISE = "revise"
    VARY = "vary"
    UNDO = "undo"


class ReferenceRole(StrEnum):
    """What an uploaded image is for."""

    OBJECT = "object"  # placed in the picture
    PALETTE = "palette"  # colours are taken from it
    STYLE = "style"
    EDIT = "edit"  # the picture to change


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """An image the request draws upon, by the sha256 of its sanitised bytes; ``strength`` from 0 to 1."""

    digest: str
    role: ReferenceRole = ReferenceRole.OBJECT
    strength: float = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class TextBlock:
    """Words that must be readable in the picture, letter by letter.

    Attributes:
        exact: Where a model keeps misspelling them they are set over the picture.
    """

    text: str
    role: TextRole = TextRole.BODY
    exact: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class GenerationRequest:
    """One request for pictures, complete: an engine needs nothing else but the bytes of the references.

    Attributes:
        parents: Ids of the generations this one revises or varies.
        width: Pixels of the delivered image, 256 to 4096; aspect from 1:3 to 3:1. Same for ``height``.
        background: None leaves it to the engine.
        num_images_per_prompt: 1 to 10; image ``i`` uses ``seed + i``.
        seed: 0 to 2**32 - 1.
        num_inference_steps: None for the engine's default; engines without steps ignore it. Same for ``guidance_scale``.
        scene: The planned scene; always there from the rules planner.
        changes: What a revision changed, in order; answers "what did you change?".
    """

    schema: int = SCHEMA
    intent: Intent = Intent.CREATE
    prompt: str = ""
    negative_prompt: str = ""
    parents: tuple[str, ...] = ()
    references: tuple[Reference, ...] = ()
    mask_image: str | None = None
    width: int = 1024
    height: int = 1024
    background: Background | None = None
    style: str = "flat"
    palette: tuple[str, ...] = ()
    text_blocks: tuple[TextBlock, ...] = ()
    num_images_per_prompt: int = 1
    seed: int = 0
    num_inference_steps: int | None = None
    guidance_scale: float | None = None
    output_format: OutputFormat = "png"
    quality: Literal["auto", "low", "medium", "high"] = "auto"
    private: bool = False
    scene: Scene | None = None
    changes: tuple[Notice, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class GeneratedImage:
    """One drawn picture before moderation, finishing and signing.

    Attributes:
        index: Which of the request's images, from 0.
        png: Lossless PNG, 8-bit RGB or RGBA (straight alpha, sRGB), exactly ``width`` by ``height`` pixels.
        scene: The scene with solved boxes, if the engine draws from one.
        unmet: What the engine could not do as asked.
        timings: Milliseconds by phase.
        model_license: What the licence of the model that drew it is called; empty where no model did.
    """

    index: int
    png: bytes
    width: int
    height: int
    has_alpha: bool
    seed: int
    engine: str
    model: str
    scene: Scene | None = None
    unmet: tuple[Notice, ...] = ()
    timings: Mapping[str, float] = field(default_factory=dict)
    model_license: str = ""
