"""Any other diffusers pipeline: called by what its signature takes, one request at a time.

Its steps are still shared with others in time: between any two of them the device may do another request's. Whether a
pipeline takes pictures, masks or a negative prompt is seen from its call; the pipelines that diffusers itself knows for
a mask over the same components (``AutoPipelineForInpainting``) are found there.
"""

import inspect
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final
from weakref import WeakKeyDictionary

import torch
from diffusers import AutoPipelineForInpainting, DiffusionPipeline, FlowMatchEulerDiscreteScheduler

from generator.diffusion.families import previews
from generator.diffusion.families.base import Loaded, OnStep
from generator.diffusion.families.calling import first_image, noise, watch, whole
from generator.diffusion.fibers import Call, Kind, own
from generator.diffusion.task import Task
from generator.models.card import Abilities, FamilyName

DENOISERS: Final = ("transformer", "unet")
PATCH: Final = 16  # px of an image that one token stands for in most transformers
LATENT: Final = 8  # px of an image that one latent stands for in most autoencoders

_MODELS: Final[Mapping[str, Kind]] = {"__call__": "aside", "generate": "aside", "encode": "aside", "decode": "aside"}
_CHANNELS_OF_PIXELS: Final = (3, 4)
_INPAINTING: Final[WeakKeyDictionary[Any, Any]] = WeakKeyDictionary()


class Generic:
    """Implements ``Family``."""

    name = FamilyName.GENERIC
    packs = False

    def load(self, source: str, options: Mapping[str, Any]) -> Any:
        """See ``Family.load``; code that a checkpoint brings along is not run."""
        pipeline = DiffusionPipeline.from_pretrained(source, **options)
        if _denoiser(pipeline) is None or getattr(pipeline, "scheduler", None) is None:
            raise ValueError(
                f"{type(pipeline).__name__} has no {' or '.join(DENOISERS)} with a schedule: it cannot be shared"
            )
        return pipeline

    def body(self, model: Loaded, task: Task, on_step: OnStep) -> Callable[[], torch.Tensor]:
        """See ``Family.body``.

        Raises:
            ValueError: The task asks for what the pipeline does not take.
        """
        able = abilities_of(model.pipeline)
        if len(task.references) > able.references and task.mask is None:
            raise ValueError(f"{model.card.id} draws upon {able.references} images, not {len(task.references)}")
        if task.mask is not None and (not able.mask or len(task.references) != 1):
            raise ValueError(f"{model.card.id} takes no mask")
        if task.layers:
            raise ValueError(f"{model.card.id} makes no layers")
        return lambda: _drawn(model, task, on_step)

    def tokens(self, model: Loaded, task: Task) -> int:
        """See ``Family.tokens``; reckoned as for a transformer of today, whatever the pipeline has."""
        areas = [(task.width, task.height), *(one.size for one in task.references)]
        return model.card.text_tokens + sum((width // PATCH) * (height // PATCH) for width, height in areas)

    def forwards(self, model: Loaded, task: Task) -> int:  # noqa: ARG002 - the port's
        """See ``Family.forwards``; a pipeline that needs more gets them, and is a little late."""
        return task.steps

    def forward(self, model: Loaded, calls: Sequence[Call]) -> Sequence[Any]:  # noqa: ARG002 - the port's
        """See ``Family.forward``."""
        return [call.alone() for call in calls]

    def preview(self, model: Loaded, task: Task, latents: torch.Tensor) -> torch.Tensor | None:  # noqa: ARG002 - the port's
        """See ``Family.preview``; for latents that lie as an image's pixels do."""
        vae: Any = getattr(model.pipeline, "vae", None)
        if type(vae).__name__ != "AutoencoderKL" or latents.ndim != 4 or latents.shape[1] != vae.config.latent_channels:
            return None
        small = previews.shrunk(latents[:1].to(vae.dtype), LATENT)
        small = small / vae.config.scaling_factor + (getattr(vae.config, "shift_factor", None) or 0.0)
        shown: torch.Tensor = vae.decode(small, return_dict=False)[0][0]
        return (shown.float() / 2 + 0.5).clamp(0, 1).cpu()


def abilities_of(pipeline: Any) -> Abilities:
    """What a pipeline's call takes."""
    takes = _parameters(pipeline)
    masks = "mask_image" in takes or _inpainting(pipeline) is not None
    return Abilities(
        create="image" not in takes or takes["image"].default is not inspect.Parameter.empty,
        edit="image" in takes,
        references=1 if "image" in takes else 0,
        mask=masks,
        negative="negative_prompt" in takes,
    )


def _drawn(model: Loaded, task: Task, on_step: OnStep) -> torch.Tensor:
    pipeline = model.pipeline
    if task.mask is not None and "mask_image" not in _parameters(pipeline):
        pipeline = _inpainting(pipeline)
    given = {name: value for name, value in _given(task).items() if name in _parameters(pipeline)}
    pixels = first_image(_own(pipeline, on_step)(**given).images)
    if pixels.ndim != 3 or pixels.shape[0] not in _CHANNELS_OF_PIXELS:
        raise ValueError(f"{model.card.id} gave {tuple(pixels.shape)} instead of an image")
    return pixels


def _given(task: Task) -> dict[str, Any]:
    """Everything that a pipeline may be told of a task, under the names that diffusers' pipelines have for it."""
    told: dict[str, Any] = {
        "prompt": task.prompt,
        "width": task.width,
        "height": task.height,
        "num_inference_steps": task.steps,
        "guidance_scale": task.guidance,
        "generator": noise(task.seed),
        "output_type": "pt",
    }
    if task.negative_prompt:
        told["negative_prompt"] = task.negative_prompt
    if task.references:
        told["image"] = task.references[0]
    if task.mask is not None:
        told |= {"mask_image": task.mask, "strength": 1.0}
    return told


def _own(pipeline: Any, on_step: OnStep) -> Any:
    denoiser = _denoiser(pipeline)
    models = [name for name, one in pipeline.components.items() if isinstance(one, torch.nn.Module)]
    mine = own(pipeline, {name: {"__call__": "forward"} if name == denoiser else _MODELS for name in models})
    if isinstance(mine.scheduler, FlowMatchEulerDiscreteScheduler):
        watch(mine.scheduler, on_step)
    else:
        _watch_noise(mine.scheduler, on_step)
    whole(mine, [name for name in ("encode_prompt",) if hasattr(mine, name)])
    return mine


def _watch_noise(scheduler: Any, on_step: OnStep) -> None:
    """Tell of every step of a schedule of noise; its own estimate of what is finished where it has one."""
    step, done = scheduler.step, 0

    def watched(*args: Any, return_dict: bool = True, **more: Any) -> Any:
        nonlocal done
        stepped = step(*args, return_dict=True, **more)
        done += 1
        finished = getattr(stepped, "pred_original_sample", None)
        on_step(done, lambda: stepped.prev_sample if finished is None else finished)
        return stepped if return_dict else (stepped.prev_sample,)

    scheduler.step = watched


def _denoiser(pipeline: Any) -> str | None:
    return next((name for name in DENOISERS if isinstance(getattr(pipeline, name, None), torch.nn.Module)), None)


def _parameters(pipeline: Any) -> Mapping[str, inspect.Parameter]:
    return inspect.signature(type(pipeline).__call__).parameters


def _inpainting(pipeline: Any) -> Any:
    """The pipeline that inpaints with the same components; None where diffusers knows none."""
    if pipeline not in _INPAINTING:
        try:
            _INPAINTING[pipeline] = AutoPipelineForInpainting.from_pipe(pipeline)
        except ValueError:
            _INPAINTING[pipeline] = None
    return _INPAINTING[pipeline]
