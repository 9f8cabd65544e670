"""FLUX.2 (klein): text to image, editing with references and inpainting, in one checkpoint.

A mask is honored by ``Flux2KleinInpaintPipeline`` over the same components. Distilled checkpoints take a few steps
without guidance; base ones call the transformer twice a step. There is no negative prompt: diffusers' pipelines
(0.42.1) put an empty one in its place. See ``flux2_packing`` for how unlike requests share a forward.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from math import ceil, sqrt
from typing import Any, Final

import torch
from diffusers import Flux2KleinInpaintPipeline, Flux2KleinPipeline
from PIL import Image

from generator.diffusion.families import previews, prompts
from generator.diffusion.families.base import Loaded, OnStep
from generator.diffusion.families.calling import copy_of, first_image, noise, remember, variant, whole
from generator.diffusion.families.flux2_packing import can_pack, packed, prepare
from generator.diffusion.fibers import Call, aside
from generator.diffusion.task import Task
from generator.models.card import FamilyName

PATCH: Final = 16  # px of an image that one token stands for
LATENT: Final = 8  # px of an image that one latent stands for
MOST_REFERENCE: Final = 1024 * 1024
"""Pixels to which the pipelines shrink larger references, and images with a mask (diffusers 0.42.1)."""
LEAST_REFERENCE: Final = 64
STEEPEST_REFERENCE: Final = 8
"""Shortest side in pixels and greatest aspect of references (``Flux2ImageProcessor.check_image_input``)."""

_WHOLE: Final = ("encode_prompt", "_encode_vae_image", "_unpack_latents_with_ids")


class Flux2:
    """Implements ``Family``."""

    name = FamilyName.FLUX2
    packs = True

    def load(self, source: str, options: Mapping[str, Any]) -> Any:
        """See ``Family.load``."""
        return self.prepare(Flux2KleinPipeline.from_pretrained(source, **options))

    def prepare(self, pipeline: Any) -> Any:
        """Let a pipeline's transformer attend within the requests of a pack; for a single request nothing changes."""
        prepare(pipeline.transformer)
        return pipeline

    def body(self, model: Loaded, task: Task, on_step: OnStep) -> Callable[[], torch.Tensor]:
        """See ``Family.body``.

        With a mask, the first reference is brought to the task's size, and an image above ``MOST_REFERENCE`` px is
        drawn at that many.

        Raises:
            ValueError: There is a mask without an image, or layers are asked for.
        """
        if task.layers:
            raise ValueError("FLUX.2 makes no layers")
        if task.mask is not None and not task.references:
            raise ValueError("a mask needs the image that it is of")
        called = _drawn if task.mask is None else _inpainted
        return lambda: called(model, task, on_step)

    def tokens(self, model: Loaded, task: Task) -> int:
        """See ``Family.tokens``; every prompt is padded to the longest."""
        width, height = _size(task)
        sizes = [(width, height), *(_seen(one.size) for one in task.references)]
        if task.mask is not None:
            sizes[1] = (width, height)
        return model.card.text_tokens + sum((wide // PATCH) * (high // PATCH) for wide, high in sizes)

    def forwards(self, model: Loaded, task: Task) -> int:
        """See ``Family.forwards``."""
        guided = task.guidance > 1 and not model.pipeline.config.is_distilled
        return task.steps * (2 if guided else 1)

    def forward(self, model: Loaded, calls: Sequence[Call]) -> Sequence[Any]:
        """See ``Family.forward``."""
        if len(calls) == 1 or not can_pack(calls):
            return [call.alone() for call in calls]
        return packed(model.pipeline.transformer, calls)

    def preview(self, model: Loaded, task: Task, latents: torch.Tensor) -> torch.Tensor:
        """See ``Family.preview``."""
        pipeline, vae = model.pipeline, model.pipeline.vae
        width, height = _size(task)
        grid = latents[:1].transpose(1, 2).unflatten(2, (height // PATCH, width // PATCH)).to(vae.dtype)
        deviation = torch.sqrt(vae.bn.running_var + vae.config.batch_norm_eps)
        grid = grid * deviation.view(1, -1, 1, 1) + vae.bn.running_mean.view(1, -1, 1, 1)
        small = previews.shrunk(pipeline._unpatchify_latents(grid), LATENT)  # noqa: SLF001 - as the pipeline does
        shown: torch.Tensor = vae.decode(small, return_dict=False)[0][0]
        return (shown.float() / 2 + 0.5).clamp(0, 1).cpu()


def _drawn(model: Loaded, task: Task, on_step: OnStep) -> torch.Tensor:
    mine = _own(model, model.pipeline, task, on_step)
    references = aside(lambda: [_admitted(one) for one in task.references]) if task.references else None
    given = {"image": references, "width": task.width, "height": task.height}
    return first_image(mine(**_given(model, task), **given).images)


def _inpainted(model: Loaded, task: Task, on_step: OnStep) -> torch.Tensor:
    distilled = model.pipeline.config.is_distilled
    pipeline = variant(model.pipeline, Flux2KleinInpaintPipeline, is_distilled=distilled)
    mine = _own(model, pipeline, task, on_step)
    image = aside(lambda: task.references[0].resize(_size(task), Image.Resampling.LANCZOS))
    _draw_upon(mine, task.references[1:])
    # Of strength 1: what the mask shows begins as noise, so every step is taken and anything can be drawn there.
    given = {"image": image, "mask_image": task.mask, "strength": 1.0}
    return first_image(mine(**_given(model, task), **given).images)


def _given(model: Loaded, task: Task) -> dict[str, Any]:
    return {
        "prompt": prompts.plain(task.prompt),
        "guidance_scale": 1.0 if model.pipeline.config.is_distilled else task.guidance,  # it would be ignored
        "num_inference_steps": task.steps,
        "generator": noise(task.seed),
        "max_sequence_length": model.card.text_tokens,
        "output_type": "pt",
    }


def _own(model: Loaded, pipeline: Any, task: Task, on_step: OnStep) -> Any:
    """A request's own copy of one of the pipelines, which remembers prompts and references."""
    mine = copy_of(pipeline, on_step)
    whole(mine, _WHOLE)
    remember(mine, "encode_prompt", model.encodings, _prompt_key)
    remember(mine, "_encode_vae_image", model.encodings, _image_key(task))
    return mine


def _prompt_key(*, prompt: Any, max_sequence_length: int, **_: Any) -> Any:
    return (prompt, max_sequence_length) if isinstance(prompt, str) else None


def _image_key(task: Task) -> Callable[..., Any]:
    """A key of the references in the order in which the pipelines encode them, which is their own.

    What the pipelines make of a reference depends on its size, and on whether it is the one with the mask.
    """
    known = task.keys if len(task.keys) == len(task.references) else ()
    keys = iter([(key, index == 0 and task.mask is not None) for index, key in enumerate(known)])

    def key(*, image: torch.Tensor, **_: Any) -> Any:
        found = next(keys, None)
        return None if found is None else (*found, tuple(image.shape))

    return key


def _draw_upon(mine: Any, references: Iterable[Image.Image]) -> None:
    """Let an inpainting pipeline see further references, each in its own size; it only takes one, or all cropped."""
    prepare_image_latents, processor = mine.prepare_image_latents, mine.image_processor

    def prepared(images: list[torch.Tensor], *more: Any) -> Any:
        return prepare_image_latents([*images, *(_pixels(processor, one) for one in references)], *more)

    vars(mine)["prepare_image_latents"] = prepared


def _pixels(processor: Any, reference: Image.Image) -> Any:
    """What ``Flux2KleinPipeline`` makes of a reference."""
    image = aside(lambda: _admitted(reference).resize(_seen(reference.size), Image.Resampling.LANCZOS))
    width, height = (side // PATCH * PATCH for side in image.size)
    return processor.preprocess(image, height=height, width=width, resize_mode="crop")


def _size(task: Task) -> tuple[int, int]:
    """Width and height in pixels at which a task is drawn."""
    if task.mask is None:
        return task.width, task.height
    width, height = _shrunk((task.width, task.height))
    return width // PATCH * PATCH, height // PATCH * PATCH


def _seen(size: tuple[int, int]) -> tuple[int, int]:
    """Width and height of a reference as the pipelines see it, before its edges are cut to whole tokens."""
    return _shrunk(_plate(size))


def _shrunk(size: tuple[int, int]) -> tuple[int, int]:
    """As the pipelines shrink what is larger than ``MOST_REFERENCE``."""
    width, height = size
    if width * height <= MOST_REFERENCE:
        return size
    scale = sqrt(MOST_REFERENCE / (width * height))
    return int(width * scale), int(height * scale)


def _plate(size: tuple[int, int]) -> tuple[int, int]:
    """The size of a plate that the pipelines take, on which there is room for a reference."""
    width, height = _enlarged(size)
    least = LEAST_REFERENCE, ceil(max(width, height) / STEEPEST_REFERENCE)
    return max(width, *least), max(height, *least)


def _enlarged(size: tuple[int, int]) -> tuple[int, int]:
    """A size whose longer side is at least ``LEAST_REFERENCE``."""
    scale = max(1.0, LEAST_REFERENCE / max(size))
    return max(1, round(size[0] * scale)), max(1, round(size[1] * scale))


def _admitted(image: Image.Image) -> Image.Image:
    """A reference as the pipelines take it: tiny ones are enlarged, steep ones lie on white."""
    width, height = _plate(image.size)
    if image.size == (width, height):
        return image
    enlarged = image.resize(_enlarged(image.size), Image.Resampling.LANCZOS)
    plate = Image.new("RGB", (width, height), "white")
    plate.paste(enlarged, ((width - enlarged.width) // 2, (height - enlarged.height) // 2))
    return plate
