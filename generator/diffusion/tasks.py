"""What a request asks of a chosen model: its words, its size, its pictures, one task per image."""

import io
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final

import numpy as np
from PIL import Image

from generator.diffusion.task import Task
from generator.models.card import ModelCard
from generator.prompting.wording import Wording
from generator.refining.sizes import model_size
from generator.request import SEED_LIMIT, GenerationRequest, ReferenceRole

LAYERS: Final = 2
"""Into how many an image is taken apart to lose its background: that, and everything else."""

Pictures = Sequence[tuple[str, Image.Image]]
"""Images to draw upon with their digests, the one to change first."""


def tasks_of(request: GenerationRequest, card: ModelCard, wording: Wording, pictures: Pictures, n: int) -> list[Task]:
    """Images 0 to n-1 of a request, with the seeds that follow its own."""
    width, height = model_size(request.width, request.height, card)
    first = Task(
        prompt=wording.prompt,
        negative_prompt=wording.negative_prompt,
        width=width,
        height=height,
        steps=request.num_inference_steps or card.steps,
        guidance=card.guidance if request.guidance_scale is None else request.guidance_scale,
        seed=request.seed,
        references=tuple(image for _, image in pictures),
        keys=tuple(key for key, _ in pictures),
        boxes=wording.boxes,
    )
    return [replace(first, seed=(request.seed + index) % SEED_LIMIT) for index in range(n)]


def cut_tasks(card: ModelCard, drawn: Sequence[tuple[Task, np.ndarray]]) -> list[Task]:
    """Tasks for a model that takes images apart: each of these without its background. Blocking.

    Args:
        card: Of that model.
        drawn: What was drawn, (height, width, 3) from 0 to 1, with the task that it was drawn for.
    """
    return [
        Task(
            prompt=task.prompt,
            width=pixels.shape[1],
            height=pixels.shape[0],
            steps=card.steps,
            guidance=card.guidance,
            seed=task.seed,
            references=(Image.fromarray((pixels[..., :3] * 255 + 0.5).astype(np.uint8)),),
            layers=LAYERS,
        )
        for task, pixels in drawn
    ]


def opened(request: GenerationRequest, references: Mapping[str, bytes], card: ModelCard) -> Pictures:
    """The images that the model draws upon, as many as it takes. Blocking.

    What only gives colors is in the words already. Transparent images are shown on white.
    """
    used = [one for one in request.references if one.role is not ReferenceRole.PALETTE]
    used.sort(key=lambda one: one.role is not ReferenceRole.EDIT)
    return [(one.digest, _on_white(references[one.digest])) for one in used[: card.abilities.references]]


def mask_of(request: GenerationRequest, references: Mapping[str, bytes], size: tuple[int, int]) -> Image.Image | None:
    """Where the first image may change, in that image's size: white on black; None if it may everywhere. Blocking.

    A mask with transparency says it by that, as the Images API does: what is transparent may change.
    """
    if request.mask_image is None:
        return None
    with Image.open(io.BytesIO(references[request.mask_image])) as mask:
        if mask.mode in {"RGBA", "LA"}:
            found = mask.getchannel("A").point(lambda value: 255 - value)
        else:
            found = mask.convert("L")
    return found.resize(size, Image.Resampling.BILINEAR)


def _on_white(png: bytes) -> Image.Image:
    with Image.open(io.BytesIO(png)) as image:
        if "A" not in image.getbands() and "transparency" not in image.info:
            return image.convert("RGB")
        plate = Image.new("RGBA", image.size, "white")
        return Image.alpha_composite(plate, image.convert("RGBA")).convert("RGB")
