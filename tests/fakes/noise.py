"""An engine whose pictures no compression makes small."""

import io
from collections.abc import Mapping
from dataclasses import replace

import numpy as np
from PIL import Image

from generator.engine import CancelFlag, OnProgress
from generator.request import GeneratedImage, GenerationRequest
from tests.fakes.engines import Honest


class Noise(Honest):
    """Random pixels, random alpha: four bytes a pixel, as a PNG and as any other lossless format."""

    async def render(
        self,
        request: GenerationRequest,
        references: Mapping[str, bytes],
        n: int,
        on_progress: OnProgress,
        cancel: CancelFlag,
    ) -> tuple[GeneratedImage, ...]:
        drawn = await super().render(request, references, n, on_progress, cancel)
        return tuple(replace(image, png=noise(request.width, request.height, image.seed)) for image in drawn)


def noise(width: int, height: int, seed: int) -> bytes:
    """A PNG of so many random pixels; the corners are transparent."""
    pixels = np.random.default_rng(seed).integers(0, 256, (height, width, 4), dtype=np.uint8)
    pixels[:8, :8, 3] = pixels[-8:, -8:, 3] = 0
    target = io.BytesIO()
    Image.fromarray(pixels, "RGBA").save(target, "PNG", compress_level=1)
    return target.getvalue()
