"""Lets torchvision be imported beside a build of PyTorch that its compiled operators do not fit.

transformers imports torchvision wherever it is installed. The wheels of torchvision on PyPI are built for CUDA; beside
a CPU build of PyTorch their operators do not load, and the import ends with "operator torchvision::nms does not exist"
(seen with torch 2.13.0+cpu and torchvision 0.28.0). Image processors use none of these operators, so it is enough that
they are declared. Where they load, nothing is done.
"""

import ctypes
import importlib.util
from pathlib import Path
from typing import Final

import torch

_DECLARED: Final = ("nms", "qnms")
_SIGNATURE: Final = "(Tensor dets, Tensor scores, float iou_threshold) -> Tensor"


def declare_missing() -> bool:
    """Declare torchvision's operators unless they load; whether that was done. May be called again."""
    spec = importlib.util.find_spec("torchvision")
    if spec is None or spec.origin is None or _loads(Path(spec.origin).parent):
        return False
    for name in _DECLARED:
        if not hasattr(torch.ops.torchvision, name):
            torch.library.define(f"torchvision::{name}", _SIGNATURE)
    return True


def _loads(package: Path) -> bool:
    libraries = sorted(package.glob("_C*.so"))
    try:
        for library in libraries:
            ctypes.CDLL(str(library))
    except OSError:
        return False
    return bool(libraries)
