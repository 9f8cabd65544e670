"""Any other pipeline: drawn as diffusers draws it, one request's step after another's."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest
import torch
from diffusers import AutoPipelineForInpainting, EulerDiscreteScheduler, HeunDiscreteScheduler
from PIL import Image

from generator.diffusion.encodings import Encodings
from generator.diffusion.families import family_of
from generator.diffusion.families.base import Loaded
from generator.diffusion.families.generic import Generic, abilities_of
from generator.diffusion.task import Task
from generator.models.card import Abilities, FamilyName
from tests.generator.diffusion.families.together import alone, together
from tests.generator.diffusion.families.watching import calls_in_fibers, calls_of, drawn
from tests.generator.diffusion.tiny import card, tiny

pytestmark = pytest.mark.filterwarnings(
    "ignore:__array__ implementation"
)  # NumPy's, of what a pipeline of diffusers does

FAMILY = Generic()


def task(**more: Any) -> Task:
    given: Mapping[str, Any] = {"prompt": "a cat", "width": 64, "height": 64, "steps": 3, "guidance": 1.0, "seed": 1}
    return Task(**{**given, **more})


GUIDED = task(prompt="a dog", width=96, steps=5, seed=2, guidance=4.0, negative_prompt="cats")


def loaded(name: str, factory: pytest.TempPathFactory) -> Loaded:
    pipeline = FAMILY.load(str(tiny(name, factory)), {"local_files_only": True})
    return Loaded(card=card("generic"), pipeline=pipeline, encodings=Encodings(2**24))


@pytest.fixture(scope="module")
def unet(tmp_path_factory: pytest.TempPathFactory) -> Loaded:
    return loaded("stable_diffusion", tmp_path_factory)


@pytest.fixture(scope="module")
def transformer(tmp_path_factory: pytest.TempPathFactory) -> Loaded:
    return loaded("ernie_image", tmp_path_factory)


@pytest.fixture(params=["unet", "transformer"])
def model(request: pytest.FixtureRequest) -> Loaded:
    found: Loaded = request.getfixturevalue(request.param)
    return found


def stock(pipeline: Any, task: Task, **more: Any) -> torch.Tensor:
    """The image of diffusers' own call."""
    pipeline.set_progress_bar_config(disable=True)
    image: torch.Tensor = pipeline(
        prompt=task.prompt,
        width=task.width,
        height=task.height,
        num_inference_steps=task.steps,
        guidance_scale=task.guidance,
        generator=torch.Generator().manual_seed(task.seed),
        output_type="pt",
        **more,
    ).images[0]
    return image


def test_a_request_is_what_diffusers_draws(model: Loaded) -> None:
    assert torch.equal(alone(FAMILY, model, task()), stock(model.pipeline, task()))
    assert torch.equal(alone(FAMILY, model, GUIDED), stock(model.pipeline, GUIDED, negative_prompt="cats"))


def test_requests_that_take_turns_are_what_each_is_alone(model: Loaded) -> None:
    singles = [alone(FAMILY, model, one) for one in (task(), GUIDED)]
    images, _ = together(FAMILY, model, (task(), GUIDED))

    assert not FAMILY.packs
    for image, single in zip(images, singles, strict=True):
        assert single.std() > 0.01
        assert torch.equal(image, single)


def test_nothing_but_the_denoiser_is_computed_where_others_wait(model: Loaded) -> None:
    with calls_in_fibers(model.pipeline.text_encoder, model.pipeline.vae.decoder) as calls:
        together(FAMILY, model, (task(), GUIDED))

    assert len(calls) >= 2 + 2  # prompts, images
    assert not any(calls)


def test_a_mask_is_honored_by_the_pipeline_that_diffusers_knows_for_it(unet: Loaded) -> None:
    mask, image = Image.new("L", (64, 64), 0), Image.new("RGB", (64, 64), "red")
    mask.paste(255, (32, 0, 64, 64))
    masked = task(guidance=3.0, references=(image,), keys=("a",), mask=mask)
    inpainting = AutoPipelineForInpainting.from_pipe(unet.pipeline)

    expected = stock(inpainting, masked, image=image, mask_image=mask, strength=1.0)

    assert torch.equal(alone(FAMILY, unet, masked), expected)


def test_a_preview_of_what_is_finished_is_the_image(unet: Loaded) -> None:
    image, estimates = drawn(FAMILY, unet, task(width=128))

    with torch.no_grad():
        last = FAMILY.preview(unet, task(width=128), estimates[-1])

    assert last is not None
    torch.testing.assert_close(last, image, atol=1e-3, rtol=0)  # the schedule leaves a last trace of noise


def test_every_step_is_told_whatever_the_schedule(unet: Loaded) -> None:
    for kind in (EulerDiscreteScheduler, HeunDiscreteScheduler):
        other = replace(
            unet, pipeline=type(unet.pipeline)(**{**unet.pipeline.components, "scheduler": kind(steps_offset=1)})
        )
        with calls_of(unet.pipeline.unet) as calls:
            image, estimates = drawn(FAMILY, other, task())

        assert image.shape == (3, 64, 64)
        assert len(estimates) == len(calls) >= 3


def test_latents_that_are_no_picture_have_no_preview(transformer: Loaded) -> None:
    assert FAMILY.preview(transformer, task(), torch.zeros(1, 16, 64)) is None


def test_what_a_pipeline_takes_is_seen_from_its_call(unet: Loaded, transformer: Loaded) -> None:
    assert abilities_of(unet.pipeline) == Abilities(mask=True, negative=True)
    assert abilities_of(transformer.pipeline) == Abilities(negative=True)
    assert abilities_of(AutoPipelineForInpainting.from_pipe(unet.pipeline)).edit


@pytest.mark.parametrize(
    "impossible",
    [
        task(references=(Image.new("RGB", (64, 64)),), keys=("a",)),
        task(mask=Image.new("L", (64, 64))),
        task(layers=2),
    ],
)
def test_what_the_pipeline_does_not_take_is_refused(transformer: Loaded, impossible: Task) -> None:
    with pytest.raises(ValueError, match="tiny/generic"):
        FAMILY.body(transformer, impossible, lambda _done, _estimate: None)


def test_the_family_is_found_by_its_name() -> None:
    assert isinstance(family_of(FamilyName.GENERIC), Generic)
