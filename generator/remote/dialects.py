"""How servers that speak the images API differ. Facts about servers stand here and nowhere else."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class Flavor(StrEnum):
    """Whose server it is."""

    OPENAI = "openai"
    SGLANG = "sglang"
    VLLM_OMNI = "vllm_omni"
    OTHER = "other"  # anything else: only what every version of the API had


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialect:
    """What a server takes.

    Attributes:
        response_format: Has to be asked for base64; others answer nothing else and refuse the field.
        output_format: Takes ``output_format``.
        several: Draws several images in one call.
        steering: Takes ``seed``, ``negative_prompt``, ``num_inference_steps`` and ``guidance_scale``.
        quality: Takes ``quality``.
        background: Takes ``background``.
        stream: Sends partial images of a drawing under way.
        mask: Changes only where a mask says.
        rgba: Makes transparent pixels itself.
        references: Images it draws upon at once.
        least, most: Pixels of the smallest and the largest image to ask for.
    """

    response_format: bool
    output_format: bool
    several: bool
    steering: bool
    quality: bool
    background: bool
    stream: bool
    mask: bool
    rgba: bool
    references: int
    least: int
    most: int


DIALECTS: Final = {
    # Parameters of images.generate and images.edit in openai 3.51.0: up to 16 images; a mask; transparency; any size in
    # multiples of 16 between 1:3 and 3:1 for gpt-image-2 and later, those above 2560x1440 are called experimental. The
    # smallest size is that of OpenAI's image generation guide (size constraints of gpt-image-2, read in November 2026),
    # where the longest edge is 3840 px.
    Flavor.OPENAI: Dialect(
        response_format=False,
        output_format=True,
        several=True,
        steering=False,
        quality=True,
        background=True,
        stream=True,
        mask=True,
        rgba=True,
        references=16,
        least=655_360,
        most=2560 * 1440,
    ),
    # SGLang 0.5.23, multimodal_gen/runtime/entrypoints/openai/{image_api,protocol}.py of the wheel: answers with a URL
    # unless asked; takes a mask and does not look at it; ``background`` only picks the file type, transparency is a
    # matter of the model; ``quality`` means something else.
    Flavor.SGLANG: Dialect(
        response_format=True,
        output_format=True,
        several=True,
        steering=True,
        quality=False,
        background=True,
        stream=False,
        mask=False,
        rgba=False,
        references=16,
        least=1,
        most=2048 * 2048,
    ),
    # vllm-omni 0.30.0, entrypoints/openai/{api_server,protocol/images}.py of the wheel: base64 only; no ``mask`` (its
    # ``mask_image`` is some models' own); ``background`` only picks the file type; a stream has no partial images. It
    # answers 400 to a model's name that is not the one it was started with.
    Flavor.VLLM_OMNI: Dialect(
        response_format=True,
        output_format=True,
        several=True,
        steering=True,
        quality=False,
        background=False,
        stream=False,
        mask=False,
        rgba=False,
        references=16,
        least=1,
        most=2048 * 2048,
    ),
    Flavor.OTHER: Dialect(
        response_format=True,
        output_format=False,
        several=False,
        steering=False,
        quality=False,
        background=False,
        stream=False,
        mask=True,
        rgba=False,
        references=1,
        least=1,
        most=1024 * 1024,
    ),
}
