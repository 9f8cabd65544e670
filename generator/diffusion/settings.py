"""What an operator decides about the diffusion engine."""

from dataclasses import dataclass
from typing import Literal

GIB = 2**30


@dataclass(frozen=True, slots=True, kw_only=True)
class Setup:
    """Settings of the engine.

    Attributes:
        models: Local folders or hub ids; the first one is the default.
        device: ``auto``: the first GPU, else the CPU. Otherwise a torch device: ``cuda:1``, ``cpu``.
        memory: GiB for the weights of all models together; None: what the device has, less a fifth.
        offload, quantize: See ``generator.diffusion.loading``.
        local_only: Take nothing from the hub.
        previews: Show what is coming while it is drawn.
        interactive_seconds: Work of at most so many seconds of the device goes into the fast lane.
        timeout_seconds: For one request, from its admission on.
        encodings: MiB for kept encodings of prompts and references, for each model.
        compile: Compile the repeated blocks of transformers (CUDA only). Off until it was measured to be worth it.
    """

    models: tuple[str, ...]
    device: str = "auto"
    memory: float | None = None
    offload: Literal["none", "text_encoder", "all"] = "none"
    quantize: Literal["none", "fp8", "int8", "int4"] = "none"
    local_only: bool = True
    previews: bool = True
    interactive_seconds: float = 5.0
    timeout_seconds: float = 600.0
    encodings: int = 256
    compile: bool = False
