"""What the families share in calling a pipeline: its own copy for a request, its noise, its steps, its encodings."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import Any, Final
from weakref import WeakKeyDictionary

import torch

from generator.diffusion.encodings import Encodings
from generator.diffusion.families.base import OnStep
from generator.diffusion.fibers import Call, Kind, StandIn, aside, own

STAND_INS: Final[Mapping[str, Mapping[str, Kind]]] = {
    "transformer": {"__call__": "forward"},
    "text_encoder": {"__call__": "aside"},
    "vae": {"encode": "aside", "decode": "aside"},
}
"""Which components halt a request: the usual ones of diffusers' pipelines."""

_PROCESSORS: Final = ("image_processor", "mask_processor")
_ON_PIXELS: Final[Mapping[str, Kind]] = {"resize": "aside", "preprocess": "aside", "_resize_to_target_area": "aside"}

_VARIANTS: Final[WeakKeyDictionary[Any, dict[type, Any]]] = WeakKeyDictionary()


def noise(seed: int) -> torch.Generator:
    """What a pipeline draws its noise from: on the CPU, so that a seed means the same picture on every device."""
    return torch.Generator().manual_seed(seed)


def copy_of(pipeline: Any, on_step: OnStep, stand_ins: Mapping[str, Mapping[str, Kind]] = STAND_INS) -> Any:
    """A request's own copy of a pipeline, which tells of its steps."""
    mine = own(pipeline, stand_ins)
    watch(mine.scheduler, on_step)
    return mine


def watch(scheduler: Any, on_step: OnStep) -> None:
    """Tell ``on_step`` of every step of a flow matching scheduler, which is the request's own.

    Its steps are counted from the first that is taken; the schedule may have begun before it.

    The model predicts a velocity v, and x0 = x - sigma * v (Lipman et al., "Flow Matching for Generative Modeling",
    2023, in the parametrization of diffusers' FlowMatchEulerDiscreteScheduler).
    """
    step, done = scheduler.step, 0

    def watched(model_output: torch.Tensor, timestep: Any, sample: torch.Tensor, **more: Any) -> Any:
        nonlocal done
        stepped = step(model_output, timestep, sample, **more)
        sigma = scheduler.sigmas[scheduler.step_index - 1]  # the step that is behind
        done += 1
        on_step(done, lambda: sample - sigma.to(sample.device) * model_output)
        return stepped

    scheduler.step = watched


def remember(mine: Any, method: str, encodings: Encodings, key_of: Callable[..., Any]) -> None:
    """Ask what was kept before a method of a request's own pipeline is called.

    Args:
        mine: The copy.
        method: Its name; called with keywords only.
        encodings: Where results are kept.
        key_of: A hashable key of the keywords; None for what is not kept.
    """
    make = getattr(mine, method)

    def remembered(**given: Any) -> Any:
        key = key_of(**given)
        return make(**given) if key is None else encodings.get((method, key), lambda: make(**given))

    vars(mine)[method] = remembered


def variant(pipeline: Any, kind: Any, **more: Any) -> Any:
    """Another pipeline of the same components, such as the one that inpaints: nothing is copied.

    Made once for each loaded pipeline, and gone with it: what is found out about a pipeline is kept by its identity.

    Args:
        pipeline: A loaded one.
        kind: The class of the other.
        more: What else that is made of.
    """
    made = _VARIANTS.setdefault(pipeline, {})
    if kind not in made:
        made[kind] = kind(**pipeline.components, **more)
    return made[kind]


def whole(mine: Any, methods: Iterable[str]) -> None:
    """Compute methods of a request's own pipeline aside as a whole, what they do on the CPU included.

    So are the resizing and the reading of pixels by its image processors: the device's thread only ever steps.
    """
    for method in methods:
        vars(mine)[method] = _aside(getattr(mine, method))
    for name in _PROCESSORS:
        if name in vars(mine):
            vars(mine)[name] = StandIn(vars(mine)[name], _ON_PIXELS)


def _aside(make: Callable[..., Any]) -> Callable[..., Any]:
    return lambda *args, **given: aside(lambda: make(*args, **given))


def first_image(images: Sequence[torch.Tensor] | torch.Tensor) -> torch.Tensor:
    """The only image of a pipeline's output: (channels, height, width), float32 from 0 to 1, on the CPU."""
    return aside(lambda: images[0].float().clamp(0, 1).cpu())  # type: ignore[no-any-return]  # as the callable says


def understands(calls: Sequence[Call], keywords: Collection[str]) -> bool:
    """Whether calls of a transformer say nothing but what is in ``keywords``; what is None or empty says nothing."""
    return all(
        not call.args and all(_is_nothing(call.kwargs[name]) for name in call.kwargs.keys() - set(keywords))
        for call in calls
    )


def _is_nothing(value: Any) -> bool:
    return value is None or (isinstance(value, dict) and not value)
