"""Loading: from a local folder by diffusers' own loader, and the memory returned when a model leaves."""

import gc
import math
import weakref
from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file

from generator.diffusion.calibration import measure
from generator.diffusion.families import family_of
from generator.diffusion.families.base import Loaded
from generator.diffusion.loading import Placement, drop, load
from generator.models.card import FamilyName, Lora
from generator.models.folders import card_for
from tests.fakes.checkpoints import NAMES
from tests.generator.diffusion.tiny import card, tiny

CPU = torch.device("cpu")
PLACEMENT = Placement(device=CPU, dtype=torch.float32)
FLUX2 = family_of(FamilyName.FLUX2)
SMALL = 64 * 64


@pytest.mark.parametrize("name", NAMES)
def test_every_kind_of_checkpoint_is_known_by_its_folder_and_loads(
    name: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tiny(name, tmp_path_factory)
    found = card_for(str(folder))
    model = load(family_of(found.family), found, str(folder), PLACEMENT)

    denoiser = model.pipeline.unet if found.family is FamilyName.GENERIC and name == "stable_diffusion" else None
    denoiser = model.pipeline.transformer if denoiser is None else denoiser
    assert {weight.dtype for weight in denoiser.parameters()} == {torch.float32}
    assert not any(weight.requires_grad for weight in denoiser.parameters())


@pytest.mark.parametrize("name", ["flux2", "flux3", "z_image", "qwen_image", "qwen_image_21", "generic"])
def test_a_folder_without_a_model_is_refused(name: str, tmp_path: Path) -> None:
    with pytest.raises((OSError, ValueError)):
        load(family_of(FamilyName(name)), card(name), str(tmp_path), PLACEMENT)


@pytest.mark.slow
def test_a_model_that_leaves_returns_its_weights(tmp_path_factory: pytest.TempPathFactory) -> None:
    model = load(FLUX2, card("flux2"), str(tiny("flux2_klein", tmp_path_factory)), PLACEMENT)
    measure(FLUX2, small(model), CPU)
    weights = [weakref.ref(weight.untyped_storage()) for weight in model.pipeline.transformer.parameters()]
    assert any(one() is not None for one in weights)
    drop(model)
    gc.collect()

    assert all(weight.is_meta for weight in model.pipeline.transformer.parameters())


def test_what_a_step_costs_is_measured_with_the_models_own_forwards(tmp_path_factory: pytest.TempPathFactory) -> None:
    for name in ("flux2_klein", "stable_diffusion"):
        folder = tiny(name, tmp_path_factory)
        found = card_for(str(folder))
        family = family_of(found.family)
        model = load(family, card(found.family.value, native=SMALL), str(folder), PLACEMENT)
        measured = measure(family, model, CPU)

        assert measured.costs.together([64 + 16]) > 0
        assert measured.tokens >= 64 + 16
        assert measured.memory == 0  # not measured here


def small(model: Loaded) -> Loaded:
    return Loaded(card=card("flux2", native=SMALL), pipeline=model.pipeline, encodings=model.encodings)


def test_few_step_weights_are_put_upon_their_model_with_their_schedule(
    tmp_path_factory: pytest.TempPathFactory, tmp_path: Path
) -> None:
    base, family = tiny("qwen_image", tmp_path_factory), family_of(FamilyName.QWEN_IMAGE)
    plain = load(family, card("qwen_image"), str(base), PLACEMENT)
    weights = dict(plain.pipeline.transformer.named_parameters())
    layer = next(name.removesuffix(".weight") for name in weights if name.endswith("attn.to_q.weight"))
    size = weights[f"{layer}.weight"].shape
    lora = {
        f"transformer.{layer}.lora_A.weight": torch.full((2, size[1]), 0.1),
        f"transformer.{layer}.lora_B.weight": torch.full((size[0], 2), 0.1),
    }
    save_file(lora, tmp_path / "few.safetensors")
    few = Lora(id=str(tmp_path), weight_name="few.safetensors", base=str(base), shift=3.0)
    model = load(family, card("qwen_image", lora=few), "not/asked", PLACEMENT)

    changed = model.pipeline.transformer.get_parameter(f"{layer}.weight") - weights[f"{layer}.weight"]
    torch.testing.assert_close(changed, torch.full(size, 0.02))
    schedule = model.pipeline.scheduler
    schedule.set_timesteps(sigmas=[1.0, 0.75, 0.5, 0.25], mu=math.log(3.0))
    torch.testing.assert_close(schedule.sigmas, torch.tensor([1.0, 0.9, 0.75, 0.5, 0.0]))  # 3 s / (1 + 2 s)
    assert schedule.config.base_shift == schedule.config.max_shift == math.log(3.0)
