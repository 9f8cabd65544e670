"""Z-Image: text to image, with a mask inpainting (``ZImageInpaintPipeline`` over the same components).

The few-step checkpoint draws without guidance. With it, diffusers' pipelines (0.42.1) compute both branches in one call
of the transformer, as two rows of unlike length. See ``z_image_packing`` for how unlike requests share a forward.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

import torch
from diffusers import ZImageInpaintPipeline, ZImagePipeline
from PIL import Image

from generator.diffusion.families import previews, prompts
from generator.diffusion.families.base import Loaded, OnStep
from generator.diffusion.families.calling import copy_of, first_image, noise, remember, variant, whole
from generator.diffusion.families.z_image_packing import can_pack, packed, rows_of
from generator.diffusion.fibers import Call, aside
from generator.diffusion.task import Task
from generator.models.card import FamilyName

PATCH: Final = 16  # px of an image that one token stands for
LATENT: Final = 8  # px of an image that one latent stands for
BLOCK: Final = 32  # tokens; the transformer pads image and text to multiples of this


class ZImage:
    """Implements ``Family``."""

    name = FamilyName.Z_IMAGE
    packs = True

    def load(self, source: str, options: Mapping[str, Any]) -> Any:
        """See ``Family.load``."""
        return self.prepare(ZImagePipeline.from_pretrained(source, **options))

    def prepare(self, pipeline: Any) -> Any:
        """Let tokens be counted with a pipeline that was not loaded here."""
        return prompts.keep_counting(pipeline, pipeline.tokenizer)

    def body(self, model: Loaded, task: Task, on_step: OnStep) -> Callable[[], torch.Tensor]:
        """See ``Family.body``.

        With a mask, the image that it is of is brought to the task's size.

        Raises:
            ValueError: The task asks for what Z-Image cannot do, or its size is none that it can draw.
        """
        wanted = 0 if task.mask is None else 1
        if len(task.references) != wanted:
            raise ValueError(f"Z-Image draws upon {wanted} images here, not {len(task.references)}")
        if task.layers:
            raise ValueError("Z-Image makes no layers")
        if task.width % PATCH or task.height % PATCH:
            raise ValueError(f"{task.width} x {task.height} px are not multiples of {PATCH}")
        return lambda: _drawn(model, task, on_step)

    def tokens(self, model: Loaded, task: Task) -> int:
        """See ``Family.tokens``."""
        image = _padded((task.width // PATCH) * (task.height // PATCH))
        return sum(image + _padded(_text_tokens(model, words)) for words in _said(task))

    def forwards(self, model: Loaded, task: Task) -> int:  # noqa: ARG002 - as the port says
        """See ``Family.forwards``."""
        return task.steps

    def forward(self, model: Loaded, calls: Sequence[Call]) -> Sequence[Any]:
        """See ``Family.forward``; two rows of guidance are a pack, too, for alone they would be padded and masked."""
        if not can_pack(calls) or sum(rows_of(call) for call in calls) == 1:
            return [call.alone() for call in calls]
        return packed(model.pipeline.transformer, calls)

    def preview(self, model: Loaded, task: Task, latents: torch.Tensor) -> torch.Tensor:  # noqa: ARG002 - as the port
        """See ``Family.preview``."""
        vae = model.pipeline.vae
        small = previews.shrunk(latents[:1].to(vae.dtype), LATENT) / vae.config.scaling_factor + vae.config.shift_factor
        shown: torch.Tensor = vae.decode(small, return_dict=False)[0][0]
        return (shown.float() / 2 + 0.5).clamp(0, 1).cpu()


def _drawn(model: Loaded, task: Task, on_step: OnStep) -> torch.Tensor:
    pipeline, more = model.pipeline, {}
    if task.mask is not None:
        pipeline = variant(pipeline, ZImageInpaintPipeline)
        image = aside(lambda: task.references[0].resize((task.width, task.height), Image.Resampling.LANCZOS))
        # Of strength 1: what the mask shows begins as noise, so every step is taken and anything can be drawn there.
        more = {"image": image, "mask_image": task.mask, "strength": 1.0}
    mine = copy_of(pipeline, on_step)
    whole(mine, ("_encode_prompt",))
    remember(mine, "_encode_prompt", model.encodings, _prompt_key)
    return first_image(
        mine(
            prompt=prompts.plain(task.prompt),
            negative_prompt=prompts.plain(task.negative_prompt),
            guidance_scale=task.guidance if task.guidance > 1 else 0.0,  # the pipelines take all above 0 for guidance
            width=task.width,
            height=task.height,
            num_inference_steps=task.steps,
            generator=noise(task.seed),
            max_sequence_length=model.card.text_tokens,
            output_type="pt",
            **more,
        ).images
    )


def _prompt_key(*, prompt: Sequence[str], max_sequence_length: int, prompt_embeds: Any = None, **_: Any) -> Any:
    return (tuple(prompt), max_sequence_length) if prompt_embeds is None else None


def _said(task: Task) -> tuple[str, ...]:
    """The prompts that the transformer is called with."""
    said = (task.prompt, task.negative_prompt) if task.guidance > 1 else (task.prompt,)
    return tuple(prompts.plain(words) for words in said)


def _text_tokens(model: Loaded, words: str) -> int:
    """Of a prompt, as the pipelines encode it."""
    said = model.pipeline.counting.apply_chat_template(
        [{"role": "user", "content": words}], tokenize=False, add_generation_prompt=True, enable_thinking=True
    )
    return min(prompts.count(model.pipeline, said), model.card.text_tokens)


def _padded(tokens: int) -> int:
    return tokens + -tokens % BLOCK
