"""Qwen-Image: text to image, editing with up to three references, and taking an image apart into layers.

All of its checkpoints share one transformer (see ``qwen_packing``) and differ by pipeline, which the checkpoint's own
``model_index.json`` names: ``QwenImagePipeline`` draws and, with a mask, inpaints (``QwenImageInpaintPipeline`` is made
of the same components); ``QwenImageEditPlusPipeline`` edits; ``QwenImageLayeredPipeline`` makes layers. Guidance is a
second call of the transformer in every step; few-step checkpoints do without.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, cast

import torch
from diffusers import (
    DiffusionPipeline,
    QwenImageEditPlusPipeline,
    QwenImageInpaintPipeline,
    QwenImageLayeredPipeline,
    QwenImagePipeline,
)
from diffusers.pipelines.qwenimage import pipeline_qwenimage_edit_plus as edit_plus
from diffusers.pipelines.qwenimage import pipeline_qwenimage_layered as layered
from PIL import Image

from generator.diffusion.families import previews, prompts, qwen
from generator.diffusion.families.base import Loaded, OnStep
from generator.diffusion.families.calling import first_image, noise, understands
from generator.diffusion.families.qwen_packing import KEYWORDS, packed
from generator.diffusion.fibers import Call, aside
from generator.diffusion.task import Task
from generator.models.card import FamilyName

PATCH: Final = 16  # px of an image that one token stands for
LATENT: Final = 8  # px of an image that one latent stands for
MOST_TEXT: Final = 1024  # tokens; the pipelines refuse more
RESOLUTIONS: Final = (640, 1024)
"""Sides of the squares as large as which layers are made; the model card recommends the first (2025-12-19)."""


class QwenImage:
    """Implements ``Family``."""

    name = FamilyName.QWEN_IMAGE
    packs = True

    def load(self, source: str, options: Mapping[str, Any]) -> Any:
        """See ``Family.load``."""
        kind: Any = DiffusionPipeline
        pipeline = kind.from_pretrained(source, **options)
        if type(pipeline) not in _CALLED:
            raise ValueError(f"{type(pipeline).__name__} is not one of Qwen-Image's pipelines")
        return self.prepare(pipeline)

    def prepare(self, pipeline: Any) -> Any:
        """Let tokens be counted with a pipeline that was not loaded here."""
        return prompts.keep_counting(pipeline, pipeline.tokenizer)

    def body(self, model: Loaded, task: Task, on_step: OnStep) -> Callable[[], torch.Tensor]:
        """See ``Family.body``.

        Layers have the reference's aspect and the size that ``resolution`` says, whatever the task's size; the image
        is all of them but the backmost.

        Raises:
            ValueError: The task asks for what the checkpoint cannot do.
        """
        _check(model.pipeline, task)
        called = _CALLED[type(model.pipeline)]
        return lambda: called(model, task, on_step)

    def tokens(self, model: Loaded, task: Task) -> int:
        """See ``Family.tokens``; with guidance, of the longer of the two calls."""
        text = max(_text_tokens(model, task, words) for words in qwen.said(task))
        if _makes_layers(model.pipeline) and not task.prompt.strip():
            text = _most(model)  # the pipeline writes itself a caption, and nobody knows how long it will be
        return text + sum(height * width for height, width in _grids(model.pipeline, task))

    def forwards(self, model: Loaded, task: Task) -> int:  # noqa: ARG002 - as the port says
        """See ``Family.forwards``."""
        return task.steps * (2 if task.guidance > 1 else 1)

    def forward(self, model: Loaded, calls: Sequence[Call]) -> Sequence[Any]:
        """See ``Family.forward``."""
        if len(calls) == 1 or not understands(calls, KEYWORDS):
            return [call.alone() for call in calls]
        return packed(model.pipeline.transformer, calls)

    def preview(self, model: Loaded, task: Task, latents: torch.Tensor) -> torch.Tensor:
        """See ``Family.preview``."""
        frames = task.layers + 1 if task.layers else 1
        height, width = _grids(model.pipeline, task)[0]
        grid = latents[0].view(frames, height, width, -1, 2, 2).permute(0, 3, 1, 4, 2, 5)
        grid = grid.reshape(frames, -1, 2 * height, 2 * width)
        if task.layers:
            grid = grid[2:]  # the first is the reference once more, the second is the backmost layer
        pixels = qwen.decoded(model.pipeline.vae, previews.shrunk(grid, LATENT))
        return qwen.preview_of(qwen.composite(pixels) if task.layers else pixels[0])


def resolution(task: Task) -> int:
    """Of ``RESOLUTIONS``, the one that is nearer to the task's size."""
    small, large = RESOLUTIONS
    return small if task.width * task.height <= small * large else large


def _check(pipeline: Any, task: Task) -> None:
    edits, parts = _edits(pipeline), _makes_layers(pipeline)
    wanted = 1 if parts or task.mask is not None else len(task.references) or 1 if edits else 0
    if len(task.references) != wanted:
        raise ValueError(f"{type(pipeline).__name__} takes {wanted} references, not {len(task.references)}")
    if task.mask is not None and (edits or parts):
        raise ValueError(f"{type(pipeline).__name__} takes no mask")
    if (task.layers > 1) != parts or task.layers == 1:
        raise ValueError(f"{type(pipeline).__name__} does not make {task.layers} layers")


def _created(model: Loaded, task: Task, on_step: OnStep) -> torch.Tensor:
    pipeline, inpaints = model.pipeline, cast("Any", QwenImageInpaintPipeline)
    more: dict[str, Any] = {"height": task.height, "width": task.width}
    if task.mask is not None:
        pipeline = inpaints(**pipeline.components)
        # Of strength 1: what the mask shows begins as noise, so every step is taken and anything can be drawn there.
        more |= {"image": _opaque(task)[0], "mask_image": task.mask, "strength": 1.0}
    mine = qwen.own_copy(model, pipeline, task, on_step, keeps_references=False)  # the mask's latents are drawn by seed
    return first_image(mine(**_given(model, task), **more).images)


def _edited(model: Loaded, task: Task, on_step: OnStep) -> torch.Tensor:
    mine = qwen.own_copy(model, model.pipeline, task, on_step)
    given = {"image": _opaque(task), "height": task.height, "width": task.width}
    return first_image(mine(**_given(model, task), **given).images)


def _taken_apart(model: Loaded, task: Task, on_step: OnStep) -> torch.Tensor:
    mine = qwen.own_copy(model, model.pipeline, task, on_step)
    layers = mine(
        **_given(model, task),
        image=aside(lambda: task.references[0].convert("RGBA")),
        layers=task.layers,
        resolution=resolution(task),
        cfg_normalize=True,  # as in the model card (2025-12-19)
        use_en_prompt=True,
    ).images[0]
    image: torch.Tensor = aside(lambda: qwen.composite(layers[1:].float().clamp(0, 1)).cpu())
    return image


_CALLED: Final[Mapping[type, Callable[[Loaded, Task, OnStep], torch.Tensor]]] = {
    QwenImagePipeline: _created,
    QwenImageEditPlusPipeline: _edited,
    QwenImageLayeredPipeline: _taken_apart,
}


def _opaque(task: Task) -> list[Image.Image]:
    opaque: list[Image.Image] = aside(lambda: [qwen.on_white(one) for one in task.references])
    return opaque


def _given(model: Loaded, task: Task) -> dict[str, Any]:
    return {
        "prompt": prompts.plain(task.prompt),
        "negative_prompt": qwen.negative(task),
        "true_cfg_scale": task.guidance,
        "num_inference_steps": task.steps,
        "generator": noise(task.seed),
        "max_sequence_length": _most(model),
        "output_type": "pt",
    }


def _grids(pipeline: Any, task: Task) -> list[tuple[int, int]]:
    """Height and width in tokens of all images that the transformer sees, the one to make first."""
    sizes = [(task.width, task.height)]
    if _edits(pipeline):
        sizes += [_size(edit_plus, edit_plus.VAE_IMAGE_SIZE, one) for one in task.references]
    if _makes_layers(pipeline):
        size = _size(layered, resolution(task) ** 2, task.references[0])
        sizes = [size] * (task.layers + 2)  # the reference once more, the layers, the reference itself
    return [(height // PATCH, width // PATCH) for width, height in sizes]


def _size(module: Any, area: int, image: Image.Image) -> tuple[int, int]:
    """Width and height in pixels to which a pipeline brings a reference."""
    width, height = module.calculate_dimensions(area, image.width / image.height)[:2]
    return int(width), int(height)


def _text_tokens(model: Loaded, task: Task, words: str) -> int:
    """Of a prompt, as the pipeline encodes it: with what the text encoder sees of references, without its template."""
    pipeline = model.pipeline
    dropped = int(pipeline.prompt_template_encode_start_idx)
    if not _edits(pipeline):
        return min(prompts.count(pipeline, pipeline.prompt_template_encode.format(words)) - dropped, _most(model))
    pictures = "".join(
        f"Picture {index}: <|vision_start|><|image_pad|><|vision_end|>" for index in range(1, len(task.references) + 1)
    )
    template = pipeline.prompt_template_encode.format(pictures + words)
    return prompts.count(pipeline, template) - dropped + sum(_seen(pipeline, one) - 1 for one in task.references)


def _most(model: Loaded) -> int:
    return min(model.card.text_tokens, MOST_TEXT)


def _seen(pipeline: Any, image: Image.Image) -> int:
    """Tokens as which the text encoder sees a reference."""
    width, height = _size(edit_plus, edit_plus.CONDITION_IMAGE_SIZE, image)
    looker = pipeline.processor.image_processor
    return int(looker.get_number_of_image_patches(height, width)) // int(looker.merge_size) ** 2


def _edits(pipeline: Any) -> bool:
    return isinstance(pipeline, QwenImageEditPlusPipeline)


def _makes_layers(pipeline: Any) -> bool:
    return isinstance(pipeline, QwenImageLayeredPipeline)
