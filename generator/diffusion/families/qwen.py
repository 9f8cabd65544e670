"""What the Qwen-Image families share: prompts, a request's own pipeline, pixels of latents.

Their pipelines encode a prompt together with its references, resize references and wait for the device in between;
all of that is done aside as a whole, so that the device's thread only ever steps.
"""

from collections.abc import Callable
from typing import Any, Final

import torch
from PIL import Image

from generator.diffusion.families.base import Loaded, OnStep
from generator.diffusion.families.calling import copy_of, remember, whole
from generator.diffusion.families.prompts import plain
from generator.diffusion.task import Task

WHOLE: Final = ("encode_prompt", "_encode_vae_image", "get_image_caption")
"""Methods of the pipelines that are computed aside as a whole, what they do on the CPU included."""


def negative(task: Task) -> str | None:
    """The negative prompt; None without guidance. The model cards give a space where there is nothing to avoid."""
    return (plain(task.negative_prompt) or " ") if task.guidance > 1 else None


def said(task: Task) -> tuple[str, ...]:
    """The prompts that the transformer is called with."""
    return tuple(words for words in (plain(task.prompt), negative(task)) if words is not None)


def own_copy(
    model: Loaded,
    pipeline: Any,
    task: Task,
    on_step: OnStep,
    more: Any = None,
    *,
    keeps_references: bool = True,
) -> Any:
    """A request's own copy of one of the pipelines, which remembers prompts and references.

    Args:
        model: Whose encodings are asked.
        pipeline: The model's, or another one of its components.
        task: Its keys say which references there are.
        on_step: See ``copy_of``.
        more: What else, besides prompt and references, decides how these are encoded.
        keeps_references: Whether what the decoder makes of references depends on nothing but them.
    """
    mine = copy_of(pipeline, on_step)
    whole(mine, [method for method in WHOLE if hasattr(mine, method)])
    remember(mine, "encode_prompt", model.encodings, _prompt_key(task, more))
    if keeps_references:
        keys = iter(task.keys)
        remember(mine, "_encode_vae_image", model.encodings, lambda image, **_: _image_key(next(keys, None), image))
        remembered = mine._encode_vae_image  # noqa: SLF001
        vars(mine)["_encode_vae_image"] = lambda image, generator: remembered(image=image, generator=generator)
    return mine


def _prompt_key(task: Task, more: Any) -> Callable[..., Any]:
    def key(*, prompt: Any, image: Any = None, max_sequence_length: int | None = None, **_: Any) -> Any:
        if not isinstance(prompt, str) or (image is not None and len(task.keys) != len(image)):
            return None
        return prompt, max_sequence_length, task.keys if image is not None else (), more

    return key


def _image_key(key: str | None, image: torch.Tensor) -> Any:
    return None if key is None else (key, image.shape)


def on_white(image: Image.Image) -> Image.Image:
    """An image without transparency."""
    if not image.has_transparency_data:
        return image.convert("RGB")
    opaque = Image.new("RGBA", image.size, "white")
    opaque.alpha_composite(image.convert("RGBA"))
    return opaque.convert("RGB")


def decoded(vae: Any, latents: torch.Tensor) -> torch.Tensor:
    """Pixels of latents as these pipelines decode them.

    Args:
        vae: One of the decoders with a time axis, of which an image is one moment.
        latents: (frames, channels, height, width), as the transformer sees them.

    Returns:
        (frames, 3 or 4, height, width), float32 from 0 to 1.
    """
    mean, deviation = (
        torch.tensor(values, device=latents.device, dtype=vae.dtype).view(1, -1, 1, 1, 1)
        for values in (vae.config.latents_mean, vae.config.latents_std)
    )
    pixels = vae.decode(latents.to(vae.dtype).unsqueeze(2) * deviation + mean, return_dict=False)[0][:, :, 0]
    shown: torch.Tensor = (pixels.float() / 2 + 0.5).clamp(0, 1)
    return shown


def composite(layers: torch.Tensor) -> torch.Tensor:
    """Layers one over the other (Porter and Duff, "Compositing Digital Images", 1984).

    Args:
        layers: (layers, 4, height, width) from 0 to 1, straight alpha, the backmost first.

    Returns:
        (4, height, width), straight alpha; black where nothing is.
    """
    color, alpha = torch.zeros_like(layers[0, :3]), torch.zeros_like(layers[0, 3:])
    for layer in layers:
        over = layer[3:]
        color = layer[:3] * over + color * (1 - over)  # multiplied by alpha until the end
        alpha = over + alpha * (1 - over)
    return torch.cat([torch.where(alpha > 0, color / alpha.clamp(min=1e-6), 0).clamp(0, 1), alpha])


def preview_of(pixels: torch.Tensor) -> torch.Tensor:
    """(3, height, width) on the CPU: the pixels, over white where they are (4, height, width)."""
    if pixels.shape[0] == 4:
        pixels = pixels[:3] * pixels[3:] + 1 - pixels[3:]
    return pixels[:3].cpu()
