"""torchvision beside a build of PyTorch that its operators do not fit."""

import subprocess
import sys

import pytest
import torch

from generator.diffusion.operators import declare_missing

IMPORTED = (
    "import torch, {first}torchvision; from torchvision.transforms import v2; print(torchvision.ops.nms.__name__)"
)


@pytest.mark.slow
def test_torchvision_can_be_imported_after_the_engine_was() -> None:
    code = IMPORTED.format(first="generator.diffusion, ")
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, timeout=120)

    assert ran.stdout.strip() == "nms", ran.stderr


@pytest.mark.parametrize("name", ["nms", "qnms"])
def test_its_operators_are_there_and_declaring_them_again_changes_nothing(name: str) -> None:
    before = declare_missing()

    assert hasattr(torch.ops.torchvision, name) or not before
    assert declare_missing() == before
