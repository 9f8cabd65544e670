"""Attention among the tokens of each request of a pack, and no others.

On CUDA in half precision one variable-length kernel does all requests at once; elsewhere each gets a call of its own.
"""

from dataclasses import dataclass
from itertools import accumulate

import torch
import torch.nn.functional as F  # noqa: N812 - torch's own custom
from torch.nn.attention.varlen import varlen_attn

_HALF = (torch.float16, torch.bfloat16)


@dataclass(frozen=True, slots=True, kw_only=True)
class Segments:
    """Where the requests of a pack lie in its token axis, one behind the other.

    Attributes:
        lengths: Tokens of each.
        offsets: int32 (requests + 1,), where each begins and, last, where all end; on the device.
        longest: The greatest of the lengths.
    """

    lengths: tuple[int, ...]
    offsets: torch.Tensor
    longest: int

    @classmethod
    def of(cls, lengths: tuple[int, ...], device: torch.device) -> "Segments":
        """Segments of these lengths."""
        offsets = torch.tensor([0, *accumulate(lengths)], dtype=torch.int32, device=device)
        return cls(lengths=lengths, offsets=offsets, longest=max(lengths))


def attend(query: torch.Tensor, key: torch.Tensor, value: torch.Tensor, segments: Segments) -> torch.Tensor:
    """Scaled dot product attention within each segment, not causal.

    Args:
        query: (tokens, heads, head_dim).
        key: Likewise.
        value: Likewise.
        segments: Of the token axis.

    Returns:
        (tokens, heads, head_dim)
    """
    if query.is_cuda and query.dtype in _HALF:
        reach = segments.longest
        found = varlen_attn(query, key, value, segments.offsets, segments.offsets, reach, reach)
        return found if isinstance(found, torch.Tensor) else found[0]
    parts = (each.split(segments.lengths) for each in (query, key, value))
    return torch.cat([_alone(*part) for part in zip(*parts, strict=True)])


def _alone(query: torch.Tensor, key: torch.Tensor, value: torch.Tensor) -> torch.Tensor:
    query, key, value = (each.transpose(0, 1).unsqueeze(0) for each in (query, key, value))
    return F.scaled_dot_product_attention(query, key, value).squeeze(0).transpose(0, 1)
