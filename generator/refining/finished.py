"""The last step of every engine that draws by a model: from the pixels that came to the image that was asked for."""

from collections.abc import Sequence

import numpy as np

from generator.refining.refine import refine
from generator.request import GeneratedImage, GenerationRequest
from generator.scene import Notice


def finished(
    pixels: np.ndarray,
    request: GenerationRequest,
    *,
    key_color: str | None,
    index: int,
    seed: int,
    drawn_by: tuple[str, str],
    unmet: Sequence[Notice],
) -> GeneratedImage:
    """Make an image exact and say what it is. Blocking.

    Args:
        pixels: (H, W, 3 or 4), from 0 to 1.
        request: What was asked for.
        key_color: See ``Wording.key_color``.
        index: Which of the request's images.
        seed: That it was drawn with.
        drawn_by: Names of the engine and the model.
        unmet: What could not be done as asked so far.
    """
    refined = refine(pixels, request, key_color)
    engine, model = drawn_by
    return GeneratedImage(
        index=index,
        png=refined.png,
        width=request.width,
        height=request.height,
        has_alpha=refined.has_alpha,
        seed=seed,
        engine=engine,
        model=model,
        scene=request.scene,
        unmet=(*unmet, *refined.unmet),
    )
