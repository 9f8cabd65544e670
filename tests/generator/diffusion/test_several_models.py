"""Engines of several models: who draws, who edits, who cuts out; and models that only change what they are shown."""

import io
import threading
from collections.abc import AsyncIterator
from typing import Any

import numpy as np
import pytest
import pytest_asyncio
from diffusers import QwenImageLayeredPipeline
from diffusers.pipelines.qwenimage import pipeline_qwenimage_edit_plus, pipeline_qwenimage_layered
from PIL import Image

from generator.diffusion.engine import Diffusion
from generator.diffusion.settings import Setup
from generator.engine import Progress
from generator.errors import RequestUnsupported
from generator.models.card import Abilities
from generator.request import GenerationRequest, Reference, ReferenceRole
from tests.generator.diffusion.tiny import card, tiny

pytestmark = pytest.mark.slow
SMALL = 64 * 64


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """References and layers of a few pixels, and captions that end."""
    real = pipeline_qwenimage_layered.calculate_dimensions
    monkeypatch.setattr(pipeline_qwenimage_layered, "calculate_dimensions", lambda area, ratio: real(area / 100, ratio))
    monkeypatch.setattr(pipeline_qwenimage_edit_plus, "VAE_IMAGE_SIZE", SMALL)
    monkeypatch.setattr(QwenImageLayeredPipeline, "get_image_caption", lambda *_, **__: "a caption")


KLEIN = card("flux2", id="klein", native=SMALL)
LAYERED = card(
    "qwen_image",
    id="layered",
    native=SMALL,
    text_tokens=512,
    steps=2,
    abilities=Abilities(create=False, references=1, layers=True, rgba=True),
)
EDITING = card(
    "qwen_image",
    id="editing",
    native=SMALL,
    text_tokens=512,
    steps=2,
    abilities=Abilities(create=False, edit=True, references=3),
)


@pytest_asyncio.fixture
async def made(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Any]:
    engines: list[Diffusion] = []

    def make(memory: float | None = None, **cards: Any) -> Diffusion:
        folders = {str(tiny(name, tmp_path_factory)): found for name, found in cards.items()}
        engines.append(Diffusion(Setup(models=tuple(folders), device="cpu", memory=memory), folders))
        return engines[-1]

    yield make
    for engine in engines:
        await engine.close()


def request(**more: Any) -> GenerationRequest:
    return GenerationRequest(**{"prompt": "a red car", "width": 96, "height": 64, "seed": 7, **more})


def png(color: str) -> bytes:
    target = io.BytesIO()
    Image.new("RGB", (64, 64), color).save(target, "PNG")
    return target.getvalue()


async def drawn(engine: Diffusion, wanted: GenerationRequest, told: list[Progress], **references: bytes) -> Any:
    (image,) = await engine.render(wanted, references, 1, told.append, threading.Event())
    return image


async def test_a_model_that_takes_images_apart_cuts_out_what_another_drew(made: Any) -> None:
    engine = made(flux2_klein=KLEIN, qwen_image_layered=LAYERED)
    told: list[Progress] = []
    image = await drawn(engine, request(background="transparent"), told)
    with Image.open(io.BytesIO(image.png)) as opened:
        assert opened.size == (96, 64)

    assert image.model == "klein"
    fractions = [one.fraction for one in told]
    assert fractions == sorted(fractions)
    assert fractions[-1] == 1.0
    assert sorted(engine._models.resident) == ["klein", "layered"]


async def test_both_take_turns_in_memory_where_they_do_not_fit_together(made: Any) -> None:
    size = 2**20
    klein = card("flux2", id="klein", native=SMALL, transformer=size)
    layered = card("qwen_image", **{**_facts(LAYERED), "transformer": size})
    engine = made(memory=1.5 * size / 2**30, flux2_klein=klein, qwen_image_layered=layered)
    for seed in (1, 2):
        await drawn(engine, request(background="transparent", seed=seed), [])
        assert engine._models.resident == ("layered",)


async def test_a_model_that_only_edits_is_measured_and_edits_and_draws_nothing_new(made: Any) -> None:
    engine = made(qwen_image_edit_plus=EDITING)
    edit = Reference(digest="d", role=ReferenceRole.EDIT)
    told: list[Progress] = []
    image = await drawn(engine, request(references=(edit,)), told, d=png("orange"))

    assert image.model == "editing"
    assert np.asarray(Image.open(io.BytesIO(image.png))).std() > 1
    with pytest.raises(RequestUnsupported, match="engine-cannot-create"):
        await drawn(engine, request(), told)


def _facts(found: Any) -> dict[str, Any]:
    names = ("id", "native", "text_tokens", "steps", "abilities")
    return {name: getattr(found, name) for name in names}
