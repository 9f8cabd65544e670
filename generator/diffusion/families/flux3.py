"""FLUX.3 Image Klein: text to image, editing with up to ten references, and objects placed by boxes.

It is a pipeline of blocks (diffusers' modular pipelines, 0.42.1). Where its prompt upsampler is part of the checkpoint it
writes the caption, as the makers recommend; without it the caption is made of the request's own words and boxes. The
distilled checkpoint draws without guidance, the base one calls the transformer twice a step. See ``flux3_packing`` for
how unlike requests share a forward.
"""

import copy
from collections.abc import Callable, Mapping, Sequence
from math import ceil
from pathlib import Path
from typing import Any, Final

import torch
from diffusers import ModularPipeline

from generator.diffusion.families import previews, prompts
from generator.diffusion.families.base import Loaded, OnStep
from generator.diffusion.families.calling import STAND_INS, copy_of, first_image, noise, whole
from generator.diffusion.families.flux3_packing import can_pack, packed, prepare
from generator.diffusion.families.layout_caption import layout_caption, rows_of
from generator.diffusion.fibers import Call, aside
from generator.diffusion.task import Task
from generator.models.card import FamilyName

PATCH: Final = 16  # px of an image that one token stands for
LATENT: Final = 8  # px of an image that one latent stands for
WINDOW: Final = 80  # tokens; the text is padded to multiples of this, and the padding is attended to
MOST_ALONE: Final = 4 * 1024 * 1024
MOST_OF_SEVERAL: Final = 1024 * 1024
"""Pixels to which a single reference, and each of several, is shrunk."""
LEAST_SIDE: Final = 64
UPSAMPLED: Final = 640  # tokens of text that are reckoned with where the caption is yet to be written

_UPSAMPLER: Final = "prompt_upsampler"
_NEEDED: Final = ("text_encoder", "tokenizer", "transformer", "vae")


class Flux3:
    """Implements ``Family``."""

    name = FamilyName.FLUX3
    packs = True

    def load(self, source: str, options: Mapping[str, Any]) -> Any:
        """See ``Family.load``."""
        finding = {name: options[name] for name in ("local_files_only", "revision") if name in options}
        pipeline = ModularPipeline.from_pretrained(source, **finding)
        pipeline.load_components(**_loading(pipeline, source, options))
        missing = [name for name in _NEEDED if getattr(pipeline, name, None) is None]
        if missing:
            raise ValueError(f"the checkpoint lacks {', '.join(missing)}, or they could not be loaded")
        return self.prepare(pipeline)

    def prepare(self, pipeline: Any) -> Any:
        """Let the transformer compute packs, and tokens be counted; without an upsampler its block is left out."""
        prepare(pipeline.transformer)
        if getattr(pipeline, _UPSAMPLER, None) is None:
            pipeline._blocks.sub_blocks.pop(_UPSAMPLER, None)  # noqa: SLF001 - ``blocks`` gives a copy
        return prompts.keep_counting(pipeline, pipeline.tokenizer.tokenizer)

    def body(self, model: Loaded, task: Task, on_step: OnStep) -> Callable[[], torch.Tensor]:
        """See ``Family.body``.

        Raises:
            ValueError: The task asks for what FLUX.3 cannot do.
        """
        if task.mask is not None:
            raise ValueError("FLUX.3 takes no mask")
        if task.layers:
            raise ValueError("FLUX.3 makes no layers")
        if task.width % PATCH or task.height % PATCH:
            raise ValueError(f"{task.width} x {task.height} px are not multiples of {PATCH}")
        return lambda: _drawn(model, task, on_step)

    def tokens(self, model: Loaded, task: Task) -> int:
        """See ``Family.tokens``."""
        text = UPSAMPLED if _upsamples(model) else _window(model.pipeline, _caption(task))
        areas = [(task.width, task.height), *(_seen(one.size, len(task.references)) for one in task.references)]
        return text + sum((width // PATCH) * (height // PATCH) for width, height in areas)

    def forwards(self, model: Loaded, task: Task) -> int:
        """See ``Family.forwards``."""
        return task.steps * (2 if _is_guided(model, task) else 1)

    def forward(self, model: Loaded, calls: Sequence[Call]) -> Sequence[Any]:
        """See ``Family.forward``."""
        if len(calls) == 1 or not can_pack(calls):
            return [call.alone() for call in calls]
        return packed(model.pipeline.transformer, calls)

    def preview(self, model: Loaded, task: Task, latents: torch.Tensor) -> torch.Tensor:
        """See ``Family.preview``."""
        vae = model.pipeline.vae
        grid = latents[:1].transpose(1, 2).unflatten(2, (task.height // PATCH, task.width // PATCH)).to(vae.dtype)
        deviation = torch.sqrt(vae.bn.running_var + vae.config.batch_norm_eps)
        grid = grid * deviation.view(1, -1, 1, 1) + vae.bn.running_mean.view(1, -1, 1, 1)
        small = previews.shrunk(_unpatched(grid), LATENT)
        shown: torch.Tensor = vae.decode(small, return_dict=False)[0][0]
        return (shown.float() / 2 + 0.5).clamp(0, 1).cpu()


def _drawn(model: Loaded, task: Task, on_step: OnStep) -> torch.Tensor:
    mine = _own(model, task, on_step)
    upsamples = _upsamples(model)
    given: dict[str, Any] = {
        "prompt": prompts.plain(task.prompt) if upsamples else _caption(task),
        "width": task.width,
        "height": task.height,
        "num_inference_steps": task.steps,
        "generator": noise(task.seed),
        "output_type": "pt",
    }
    if upsamples and task.boxes:
        given["boxes"] = rows_of(task.boxes)
    if task.references:
        given["image"] = list(task.references)
    if _is_guided(model, task):
        given["negative_prompt"] = prompts.plain(task.negative_prompt)
    return first_image(mine(output="images", **given))


def _own(model: Loaded, task: Task, on_step: OnStep) -> Any:
    """A request's own copy of the pipeline, which remembers prompts and references."""
    mine = copy_of(model.pipeline, on_step, {**STAND_INS, _UPSAMPLER: {"generate": "aside"}})
    whole(mine, ())
    if "guider" in vars(mine):
        guider = copy.deepcopy(model.pipeline.guider)  # it counts steps
        guider.guidance_scale = task.guidance
        guider._enabled = _is_guided(model, task)  # noqa: SLF001 - has no setter
        vars(mine)["guider"] = guider
    blocks = copy.copy(mine._blocks)  # noqa: SLF001 - ``blocks`` gives a deep copy
    blocks.sub_blocks = copy.copy(blocks.sub_blocks)
    encoder = blocks.sub_blocks["text_encoder"] = copy.copy(blocks.sub_blocks["text_encoder"])
    encode = encoder._get_qwen3_vl_prompt_embeds  # noqa: SLF001 - the only place that knows the prompt

    def encoded(*, prompt: str, max_sequence_length: int, **more: Any) -> Any:
        made = lambda: aside(lambda: encode(prompt=prompt, max_sequence_length=max_sequence_length, **more))  # noqa: E731
        return model.encodings.get(("prompt", prompt, max_sequence_length), made)

    vars(encoder)["_get_qwen3_vl_prompt_embeds"] = encoded
    vars(mine)["_blocks"] = blocks
    _remember_references(model, task, mine.vae)
    return mine


def _remember_references(model: Loaded, task: Task, vae: Any) -> None:
    """Ask what was kept of references before the request's own decoder encodes them, which it does in their order."""
    encode = vae.encode
    keys = iter(task.keys if len(task.keys) == len(task.references) else ())

    def encoded(image: torch.Tensor) -> Any:
        key = next(keys, None)
        if key is None:
            return encode(image)
        # A single reference is padded to whole tokens, several are cropped to them.
        return model.encodings.get(
            ("image", key, tuple(image.shape), len(task.references) > 1),
            lambda: _Mode(encode(image).latent_dist.mode()),
        )

    vars(vae)["encode"] = encoded


class _Mode:
    """As much of what an autoencoder's ``encode`` gives as the pipeline looks at."""

    def __init__(self, latents: torch.Tensor) -> None:
        self.latent_dist = self
        self._latents = latents

    def mode(self) -> torch.Tensor:
        return self._latents


def _is_guided(model: Loaded, task: Task) -> bool:
    return task.guidance > 1 and getattr(model.pipeline, "guider", None) is not None


def _upsamples(model: Loaded) -> bool:
    return _UPSAMPLER in model.pipeline._blocks.sub_blocks  # noqa: SLF001 - ``blocks`` gives a copy


def _window(pipeline: Any, words: str) -> int:
    """Tokens of the text that the transformer sees."""
    turn = pipeline.tokenizer.apply_chat_template(
        [{"role": "user", "content": words}], tokenize=False, add_generation_prompt=True
    )
    return ceil(prompts.count(pipeline, turn) / WINDOW) * WINDOW


def _caption(task: Task) -> str:
    return prompts.plain(layout_caption(task.prompt, task.boxes))


def _loading(pipeline: Any, source: str, options: Mapping[str, Any]) -> dict[str, Any]:
    """What ``load_components`` is given: parts that lie in the checkpoint's own folder are taken from there."""
    given = {name: value for name, value in options.items() if name not in {"quantization_config", "revision"}}
    names = pipeline.pretrained_component_names
    inside = {name: source for name in names if (Path(source) / name).is_dir()}
    if inside:
        given["pretrained_model_name_or_path"] = inside
    if (wanted := options.get("quantization_config")) is not None:
        given["quantization_config"] = {
            name: config
            for name in names
            if (config := wanted._resolve_quant_config(is_diffusers=name == "transformer", module_name=name))  # noqa: SLF001 - as diffusers' own loader does
        }
    return given


def _seen(size: tuple[int, int], several: int) -> tuple[int, int]:
    """Width and height of a reference as the pipeline sees it, but for rounding at its limits."""
    width, height = size
    most = MOST_ALONE if several == 1 else MOST_OF_SEVERAL
    scale = min(1.0, (most / (width * height)) ** 0.5)
    if several > 1:
        return max(PATCH, int(width * scale)), max(PATCH, int(height * scale))
    wide, high = (max(LEAST_SIDE, ceil(round(side * scale) / PATCH) * PATCH) for side in size)
    return wide, high


def _unpatched(grid: torch.Tensor) -> torch.Tensor:
    """(1, 4 * channels, height, width) to (1, channels, 2 * height, 2 * width)."""
    return torch.pixel_shuffle(grid, 2)
