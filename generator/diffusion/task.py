"""One image to make by one model, in the model's own terms: what a request has become when a pipeline is called."""

from dataclasses import dataclass

from PIL import Image

from generator.prompting.wording import LayoutBox


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """One image, in the model's own size.

    Attributes:
        prompt: As the model reads it.
        width, height: Pixels, multiples of what the model's card says.
        guidance: ``guidance_scale``; 1.0 is without.
        seed: Of the noise.
        references: Images to draw upon, the one to edit first.
        keys: What identifies each reference, for what is kept of its encoding; as many as ``references``.
        mask: White where the first reference may change; its size.
        boxes: For models that place objects.
        layers: Into how many layers a model takes the first reference apart; 0 for a plain image.
    """

    prompt: str
    width: int
    height: int
    steps: int
    guidance: float
    seed: int
    negative_prompt: str = ""
    references: tuple[Image.Image, ...] = ()
    keys: tuple[str, ...] = ()
    mask: Image.Image | None = None
    boxes: tuple[LayoutBox, ...] = ()
    layers: int = 0
