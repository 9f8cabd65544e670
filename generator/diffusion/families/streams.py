"""The two streams of a pack, text and image tokens, and the sequences that they are for attention.

Transformers with two streams keep the text tokens of all requests together, and so the image tokens; each request
attends to its own text and image only.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import torch

from generator.diffusion.attention import Segments, placed


@dataclass(frozen=True, slots=True, kw_only=True)
class Streams:
    """How the two streams of a pack become one sequence per request, and back.

    Attributes:
        texts: Text tokens of all requests together.
        join: Where each token of the sequences lies in the streams, text first.
        back: Where each token of the streams lies in the sequences.
    """

    segments: Segments
    texts: int
    join: torch.Tensor
    back: torch.Tensor

    @classmethod
    def of(cls, texts: Sequence[int], images: Sequence[int], device: torch.device) -> "Streams":
        """Streams of requests with so many text and image tokens each."""
        text_parts = torch.split(torch.arange(sum(texts)), list(texts))
        image_parts = torch.split(torch.arange(sum(images)) + sum(texts), list(images))
        join = torch.cat([part for pair in zip(text_parts, image_parts, strict=True) for part in pair])
        lengths = tuple(text + image for text, image in zip(texts, images, strict=True))
        return cls(
            segments=Segments.of(lengths, device),
            texts=sum(texts),
            join=placed(join, device),
            back=placed(torch.argsort(join), device),
        )
