"""Attention among the tokens of each request of a pack, and no others.

On CUDA in half precision one variable-length kernel does all requests at once; elsewhere each gets a call of its own.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from itertools import accumulate
from typing import Final

import torch
import torch.nn.functional as F  # noqa: N812 - torch's own custom
from torch.nn.attention.varlen import varlen_attn

_HALF: Final = (torch.float16, torch.bfloat16)
_HEADS: Final = 8  # the kernel wants multiples of this
_LARGEST_HEAD: Final = 256
_OLDEST: Final = (8, 0)  # compute capability; FlashAttention 2 needs Ampere


@dataclass(frozen=True, slots=True, kw_only=True)
class Segments:
    """Where the requests of a pack lie in its token axis, one behind the other.

    Attributes:
        lengths: Tokens of each, at least one.
        offsets: int32 (requests + 1,), where each begins and, last, where all end; on the device.
        longest: The greatest of the lengths.
    """

    lengths: tuple[int, ...]
    offsets: torch.Tensor
    longest: int

    @classmethod
    def of(cls, lengths: tuple[int, ...], device: torch.device) -> "Segments":
        """Segments of these lengths.

        Raises:
            ValueError: There are none, or one of them is empty.
        """
        if not lengths or min(lengths) < 1:
            raise ValueError(f"segments of {lengths} tokens")
        offsets = placed(torch.tensor([0, *accumulate(lengths)], dtype=torch.int32), device)
        return cls(lengths=lengths, offsets=offsets, longest=max(lengths))


def placed(values: torch.Tensor, device: torch.device) -> torch.Tensor:
    """A small tensor of the CPU on the device, without waiting for what the device computes.

    An ordinary copy from the CPU waits until all that was launched before is done, and a forward that begins with one
    cannot be prepared while the one before is computed.
    """
    return values.pin_memory().to(device, non_blocking=True) if device.type == "cuda" else values.to(device)


def owners(lengths: Sequence[int], device: torch.device) -> torch.Tensor:
    """Which of the requests each token is of, where they lie one behind the other: int64 (tokens,), on the device."""
    return placed(torch.arange(len(lengths)).repeat_interleave(torch.tensor(lengths, dtype=torch.int64)), device)


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
    found: torch.Tensor = _within(query, key, value, segments)
    return found


@torch.compiler.disable  # type: ignore[untyped-decorator]  # lengths change with every pack: it would compile anew
def _within(query: torch.Tensor, key: torch.Tensor, value: torch.Tensor, segments: Segments) -> torch.Tensor:
    if _suits(query):
        reach = segments.longest
        query, key, value = (each.contiguous() for each in (query, key, value))
        found = varlen_attn(query, key, value, segments.offsets, segments.offsets, reach, reach)
        return found if isinstance(found, torch.Tensor) else found[0]
    parts = (each.split(segments.lengths) for each in (query, key, value))
    return torch.cat([_alone(*part) for part in zip(*parts, strict=True)])


def _suits(query: torch.Tensor) -> bool:
    """Whether the variable-length kernel takes such tensors (torch 2.13, ``torch.nn.attention.varlen``)."""
    size = query.shape[-1]
    fits = query.dtype in _HALF and size % _HEADS == 0 and size <= _LARGEST_HEAD
    return query.is_cuda and fits and _has_kernel(query.device)


@cache
def _has_kernel(device: torch.device) -> bool:
    built = torch.backends.cuda.is_flash_attention_available()
    return built and torch.cuda.get_device_capability(device) >= _OLDEST


def _alone(query: torch.Tensor, key: torch.Tensor, value: torch.Tensor) -> torch.Tensor:
    query, key, value = (each.transpose(0, 1).unsqueeze(0) for each in (query, key, value))
    return F.scaled_dot_product_attention(query, key, value).squeeze(0).transpose(0, 1)
