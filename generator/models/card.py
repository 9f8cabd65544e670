"""A model card: what the engine must know of a model before it loads it."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Literal


class FamilyName(StrEnum):
    """Models that are built and called alike."""

    FLUX2 = "flux2"
    FLUX3 = "flux3"
    Z_IMAGE = "z_image"
    QWEN_IMAGE = "qwen_image"
    QWEN_IMAGE_21 = "qwen_image_21"
    GENERIC = "generic"  # any other diffusers pipeline


@dataclass(frozen=True, slots=True, kw_only=True)
class License:
    """What a model's licence allows; ``name`` as its file calls it.

    Attributes:
        commercial: Whether outputs may be used commercially; ``conditional``: only by whom ``condition`` names.
        condition: One English sentence; empty where there is none.
        url: Where the licence stands.
    """

    name: str
    commercial: Literal["yes", "no", "conditional"]
    condition: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Abilities:
    """What a model can do natively.

    Attributes:
        create: Draws from words alone.
        edit: Changes a given image by an instruction.
        references: How many images it draws upon at once, the one to edit included.
        mask: Changes only where a mask says.
        rgba: Makes transparent pixels itself.
        layers: Takes an image apart into transparent layers.
        boxes: Places objects where the request says.
        text: How well it writes: 0 not, 1 words, 2 sentences, 3 pages.
        negative: Takes a negative prompt.
    """

    create: bool = True
    edit: bool = False
    references: int = 0
    mask: bool = False
    rgba: bool = False
    layers: bool = False
    boxes: bool = False
    text: int = 1
    negative: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Lora:
    """Weights that are put on top of a model's, such as those of a few-step variant.

    Attributes:
        id: Hub id or local folder that holds them.
        weight_name: The file.
        base: Hub id of the model that they are put upon.
        shift: The schedule's shift that a few-step variant was distilled with; None: the model's own schedule.
    """

    id: str
    weight_name: str
    base: str
    shift: float | None = None
    revision: str = "main"


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelCard:
    """A model as it is offered.

    Attributes:
        id: Of the hub, and what settings and records call it. The card of a local folder has its name.
        revision: A commit of the hub; what was looked at. ``main`` where none is pinned.
        steps: Denoising steps by default.
        guidance: ``guidance_scale`` by default; 1.0 is without.
        text_tokens: The longest prompt in tokens; models that pad pad to it.
        multiple: Width and height are multiples of this, in pixels.
        native: Pixels of an image that it draws best.
        most: Pixels of the largest image that it draws well.
        transformer, text_encoder, other: Bytes of the weights in bfloat16.
        preview: Id of a tiny decoder for previews; None: previews come from the model's own.
    """

    id: str
    family: FamilyName
    license: License
    abilities: Abilities
    steps: int
    guidance: float
    revision: str = "main"
    text_tokens: int = 512
    multiple: int = 16
    native: int = 1024 * 1024
    most: int = 2048 * 2048
    transformer: int = 0
    text_encoder: int = 0
    other: int = 0
    lora: Lora | None = None
    preview: str | None = None

    @property
    def memory(self) -> int:
        """Bytes of all weights in bfloat16."""
        return self.transformer + self.text_encoder + self.other
