"""What there is without us: diffusers in a loop, one request at a time, in the order in which they came.

(a) as its documentation has it: bfloat16 on the device, nothing offloaded, warmed, PIL out. (b) the same with the
transformer's repeated blocks compiled.
"""

import time
from collections.abc import Sequence
from typing import Any

import torch

from tests.benchmarks.gpu.streams import Wanted


def draw(pipeline: Any, wanted: Wanted, guidance: float, text_tokens: int) -> Any:
    """One image, as PIL."""
    more: dict[str, Any] = {"image": list(wanted.references)} if wanted.references else {}
    return pipeline(
        prompt=wanted.prompt,
        width=wanted.width,
        height=wanted.height,
        num_inference_steps=wanted.steps,
        guidance_scale=guidance,
        generator=torch.Generator().manual_seed(wanted.number),
        max_sequence_length=text_tokens,
        **more,
    ).images[0]


def serve(pipeline: Any, stream: Sequence[Wanted], guidance: float, text_tokens: int) -> list[float]:
    """Seconds that each took, one after the other."""
    seconds = []
    for wanted in stream:
        started = time.perf_counter()
        draw(pipeline, wanted, guidance, text_tokens)
        seconds.append(time.perf_counter() - started)
    return seconds


def waited(seconds: Sequence[float], came: Sequence[float]) -> list[float]:
    """From its arrival to its end, for each, where one after the other is served: the queue of the measured times."""
    free, waits = 0.0, []
    for took, at in zip(seconds, came, strict=True):
        free = max(free, at) + took
        waits.append(free - at)
    return waits


def compiled(pipeline: Any) -> None:
    """Compile what repeats in the transformer."""
    pipeline.transformer.compile_repeated_blocks(fullgraph=True, dynamic=True)


def denoise_seconds(pipeline: Any, wanted: Wanted, guidance: float, text_tokens: int) -> float:
    """Of one image, only what the transformer takes: the bound for anything that draws one image at a time."""
    spent, forward = 0.0, pipeline.transformer.forward
    cuda = next(pipeline.transformer.parameters()).is_cuda

    def timed(*args: Any, **kwargs: Any) -> Any:
        nonlocal spent
        if cuda:
            torch.cuda.synchronize()
        started = time.perf_counter()
        found = forward(*args, **kwargs)
        if cuda:
            torch.cuda.synchronize()
        spent += time.perf_counter() - started
        return found

    pipeline.transformer.forward = timed
    try:
        draw(pipeline, wanted, guidance, text_tokens)
    finally:
        pipeline.transformer.forward = forward
    return spent
