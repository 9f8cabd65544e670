"""FLUX.2: unlike requests in one forward are what each is alone."""

from pathlib import Path

import pytest
import torch
from PIL import Image

from generator.diffusion.encodings import Encodings
from generator.diffusion.families import flux2
from generator.diffusion.families.base import Loaded
from generator.diffusion.task import Task
from tests.generator.diffusion.families.together import alone, together
from tests.generator.diffusion.tiny import card, tiny

KEY = "0" * 64


def task(**more) -> Task:
    return Task(**{"prompt": "a cat", "width": 64, "height": 64, "steps": 3, "guidance": 1.0, "seed": 1, **more})


def picture(color: str, width: int = 64, height: int = 64) -> Image.Image:
    return Image.new("RGB", (width, height), color)


UNLIKE = (
    task(),
    task(prompt="a much longer prompt about a dog", width=96, steps=5, seed=2),
    task(prompt="x", width=128, steps=4, seed=3, references=(picture("red"), picture("blue", 96)), keys=("a", "b")),
)


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Loaded:
    folder = tiny("flux2_klein", tmp_path_factory)
    pipeline = flux2.Flux2().load(str(folder), {"local_files_only": True})
    return Loaded(card=card("flux2"), pipeline=pipeline, encodings=Encodings(2**20))


def test_unlike_requests_in_one_forward_are_what_each_is_alone(model: Loaded) -> None:
    family = flux2.Flux2()
    singles = [alone(family, model, one) for one in UNLIKE]
    images, packs = together(family, model, UNLIKE)

    assert packs == [3, 3, 3, 2, 1]
    for image, single in zip(images, singles, strict=True):
        assert single.std() > 0.01
        torch.testing.assert_close(image, single, atol=1e-5, rtol=0)
