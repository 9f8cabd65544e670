"""What the Qwen-Image families share: words without control tokens, a request's own pipeline, pixels of latents.

Their pipelines encode a prompt together with its references, resize references and wait for the device in between;
all of that is done aside as a whole, so that the device's thread only ever steps.
"""

import copy
from collections.abc import Callable, Collection, Sequence
from typing import Any, Final

import torch
import torch.nn.functional as F  # noqa: N812 - torch's own custom
from PIL import Image

from generator.diffusion.families.base import Loaded, OnStep
from generator.diffusion.families.calling import copy_of, remember
from generator.diffusion.fibers import Call, StandIn, aside
from generator.diffusion.task import Task

PREVIEW: Final = 256  # px of a preview's longer side
WHOLE: Final = ("encode_prompt", "_encode_vae_image", "get_image_caption")
"""Methods of the pipelines that are computed aside as a whole, what they do on the CPU included."""


def plain(words: str) -> str:
    """Words in which nothing is a control token of Qwen's tokenizers, such as the place of an image."""
    return words.replace("<|", "< |")


def negative(task: Task) -> str | None:
    """The negative prompt; None without guidance. The model cards give a space where there is nothing to avoid."""
    return (plain(task.negative_prompt) or " ") if task.guidance > 1 else None


def said(task: Task) -> tuple[str, ...]:
    """The prompts that the transformer is called with."""
    return tuple(words for words in (plain(task.prompt), negative(task)) if words is not None)


def keep_counting(pipeline: Any, tokenizer: Any) -> Any:
    """Give a pipeline a tokenizer for ``count``: one that encodes in another thread must not be used."""
    vars(pipeline)["counting"] = copy.deepcopy(tokenizer)
    return pipeline


def count(pipeline: Any, words: str) -> int:
    """How many tokens words are."""
    return len(pipeline.counting(words).input_ids)


def understands(calls: Sequence[Call], keywords: Collection[str]) -> bool:
    """Whether calls of a transformer say nothing but what is in ``keywords``; what is None or empty says nothing."""
    return all(
        not call.args and all(_is_nothing(call.kwargs[name]) for name in call.kwargs.keys() - set(keywords))
        for call in calls
    )


def _is_nothing(value: Any) -> bool:
    return value is None or (isinstance(value, dict) and not value)


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
    for method in WHOLE:
        if hasattr(mine, method):
            vars(mine)[method] = _aside(getattr(mine, method))
    for processor in ("image_processor", "mask_processor"):
        if processor in vars(mine):
            vars(mine)[processor] = StandIn(vars(mine)[processor], {"resize": "aside", "preprocess": "aside"})
    remember(mine, "encode_prompt", model.encodings, _prompt_key(task, more))
    if keeps_references:
        keys = iter(task.keys)
        remember(mine, "_encode_vae_image", model.encodings, lambda image, **_: _image_key(next(keys, None), image))
        remembered = mine._encode_vae_image  # noqa: SLF001
        vars(mine)["_encode_vae_image"] = lambda image, generator: remembered(image=image, generator=generator)
    return mine


def _aside(make: Callable[..., Any]) -> Callable[..., Any]:
    return lambda *args, **given: aside(lambda: make(*args, **given))


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


def shrunk(latents: torch.Tensor, factor: int) -> torch.Tensor:
    """Latents of a preview.

    Args:
        latents: (frames, channels, height, width).
        factor: Pixels of an image that one latent stands for at each side.

    Returns:
        Their means, the aspect kept as well as it can be, for at most ``PREVIEW`` px at the longer side.
    """
    height, width = latents.shape[-2:]
    scale = min(1.0, PREVIEW / factor / max(height, width))
    return F.interpolate(latents, (max(1, int(height * scale)), max(1, int(width * scale))), mode="area")


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
