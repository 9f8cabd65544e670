"""What the families share in calling a pipeline."""

import gc
import weakref
from typing import Any

import pytest
import torch
from diffusers import FlowMatchEulerDiscreteScheduler

from generator.diffusion.encodings import Encodings
from generator.diffusion.families.calling import remember, variant, watch, whole
from generator.diffusion.fibers import Fiber


class Pipeline:
    """As much of a pipeline as is asked for here."""

    def __init__(self, **components: Any) -> None:
        self.components = components
        self.image_processor = Processor()

    def encode(self, *, image: Any) -> torch.Tensor:
        """New with every call."""
        return torch.zeros(len(str(image)))


class Processor:
    """Of pixels."""

    def preprocess(self, image: Any) -> Any:
        """As it is."""
        return image


@pytest.mark.parametrize("begin", [0, 2])
def test_the_estimate_of_every_step_is_the_finished_image_of_a_model_that_is_right(begin: int) -> None:
    scheduler: Any = FlowMatchEulerDiscreteScheduler()
    scheduler.set_timesteps(4)
    scheduler.set_begin_index(begin)
    image, noise = torch.randn(2, 1, 3, generator=torch.Generator().manual_seed(1))
    estimates: list[tuple[int, torch.Tensor]] = []
    watch(scheduler, lambda done, estimate: estimates.append((done, estimate())))
    sample = scheduler.sigmas[begin] * noise + (1 - scheduler.sigmas[begin]) * image

    for time in scheduler.timesteps[begin:]:
        sample = scheduler.step(noise - image, time, sample, return_dict=False)[0]

    assert [done for done, _ in estimates] == list(range(1, 5 - begin))
    for _, estimate in estimates:
        torch.testing.assert_close(estimate, image)


def test_what_has_no_key_is_not_kept() -> None:
    mine, encodings = Pipeline(), Encodings(1000)
    remember(mine, "encode", encodings, lambda image: image)

    named, unnamed = ([mine.encode(image=key) for _ in range(2)] for key in ("a", None))

    assert named[0] is named[1]
    assert unnamed[0] is not unnamed[1]


def test_another_pipeline_of_the_same_components_is_made_once_and_goes_with_the_first() -> None:
    first = Pipeline(vae=object())
    made = variant(first, Pipeline)
    assert variant(first, Pipeline) is made
    assert made.components["vae"] is first.components["vae"]
    seen = weakref.ref(made)

    del first, made
    gc.collect()

    assert seen() is None


def test_methods_and_pixels_are_computed_aside() -> None:
    mine = Pipeline()
    whole(mine, ["encode"])

    fiber = Fiber(lambda: (mine.encode(image="a"), mine.image_processor.preprocess("b")))
    fiber.start()
    kinds = []
    while fiber.call is not None:
        kinds.append(fiber.call.kind)
        fiber.answer(fiber.call.alone())

    assert kinds == ["aside", "aside"]
    assert fiber.result[1] == "b"
