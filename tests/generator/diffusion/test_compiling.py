"""Compiled blocks compute what they did before, alone and in packs of whatever lengths."""

from collections.abc import Iterator

import pytest
import torch
from torch._dynamo.utils import counters

from generator.diffusion.compiling import compile_blocks
from generator.diffusion.encodings import Encodings
from generator.diffusion.families import family_of
from generator.diffusion.families.base import Loaded
from generator.diffusion.task import Task
from generator.models.card import FamilyName
from tests.generator.diffusion.families.together import alone, together
from tests.generator.diffusion.tiny import card, tiny

pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("ignore")]  # the compiler's, of its own parts


@pytest.fixture(autouse=True)
def fresh() -> Iterator[None]:
    """Nothing compiled before or after."""
    suppress = torch._dynamo.config.suppress_errors
    torch._dynamo.reset()
    counters.clear()
    yield
    torch._dynamo.reset()
    torch._dynamo.config.suppress_errors = suppress


def task(**more: object) -> Task:
    facts = {"prompt": "a cat", "width": 64, "height": 64, "steps": 2, "guidance": 1.0, "seed": 1, **more}
    return Task(**facts)  # type: ignore[arg-type]


UNLIKE = (task(), task(width=96, seed=2), task(height=128, seed=3), task(width=80, height=80, steps=3, seed=4))


@pytest.mark.parametrize(
    ("name", "family_name"), [("flux2_klein", "flux2"), ("flux3", "flux3"), ("z_image", "z_image")]
)
def test_packs_and_singles_are_the_same_compiled(
    name: str, family_name: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    family = family_of(FamilyName(family_name))
    pipeline = family.load(str(tiny(name, tmp_path_factory)), {"local_files_only": True})
    model = Loaded(card=card(family_name), pipeline=pipeline, encodings=Encodings(2**24))
    before = [alone(family, model, one) for one in UNLIKE]

    assert compile_blocks(pipeline.transformer, backend="aot_eager") > 0
    images, _ = together(family, model, UNLIKE)
    pairs, _ = together(family, model, UNLIKE[1:3])
    after = [alone(family, model, one) for one in UNLIKE]

    assert counters["frames"]["ok"] > 0
    assert counters["frames"]["ok"] == counters["frames"]["total"]
    for image, single, expected in zip(images, after, before, strict=True):
        torch.testing.assert_close(image, expected, atol=1e-5, rtol=0)
        torch.testing.assert_close(single, expected, atol=1e-5, rtol=0)
    torch.testing.assert_close(pairs[0], before[1], atol=1e-5, rtol=0)


def test_a_transformer_that_says_of_no_repetition_stays_as_it_is() -> None:
    assert compile_blocks(torch.nn.Linear(2, 2)) == 0


def test_what_cannot_be_compiled_runs_as_it_is() -> None:
    class Broken(torch.nn.Module):
        def forward(self, value: torch.Tensor) -> torch.Tensor:
            return value + 1

    def backend(*_: object) -> object:
        raise RuntimeError("no compiler here")

    outer = torch.nn.Sequential(Broken())
    outer._repeated_blocks = ["Broken"]  # type: ignore[assignment]
    compile_blocks(outer, backend=backend)  # type: ignore[arg-type]

    assert outer(torch.ones(1)).item() == 2
