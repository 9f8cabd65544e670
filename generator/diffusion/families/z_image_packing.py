"""One forward of Z-Image's transformer for unlike requests: their sizes, times, prompts and branches of guidance differ.

The transformer (diffusers 0.42.1, ``transformer_z_image.py``) refines image tokens and text tokens each on their own and
then lets them attend to each other in one stream. Its own forward takes lists of unlike images, but pads every row to
the longest and masks what it added, so that a small image costs as much as the large one beside it. Here all rows lie
one behind the other and each attends to itself only. What the transformer pads a single row with, up to multiples of 32
tokens, belongs to the model and stays.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import torch

from generator.diffusion.attention import Segments, attend, owners
from generator.diffusion.families.calling import understands
from generator.diffusion.families.streams import Streams
from generator.diffusion.fibers import Call

_KEYWORDS: Final = frozenset({"return_dict"})
_POSITIONAL: Final = 3  # latents, times, embeddings of the prompts
_PATCHES: Final = (2, 1)  # of a latent's sides and of its moments, as the transformer's own defaults
_KIND: Final = "2-1"  # as the transformer names its layers for them


@dataclass(frozen=True, slots=True, kw_only=True)
class _Rows:
    """Tokens that lie one behind the other.

    Attributes:
        tokens: (tokens, size).
        rotary: complex64 (tokens, head_dim / 2), their positions.
        time: (rows, size) of the times; None where nothing is modulated.
        owner: int64 (tokens,), the row of each.
    """

    tokens: torch.Tensor
    rotary: torch.Tensor
    segments: Segments
    time: torch.Tensor | None
    owner: torch.Tensor


def can_pack(calls: Sequence[Call]) -> bool:
    """Whether calls say nothing that is not understood here; such as come with a later diffusers are run alone."""
    plain = [Call(kind=call.kind, run=call.run, args=(), kwargs=call.kwargs) for call in calls]
    return understands(plain, _KEYWORDS) and all(
        len(call.args) == _POSITIONAL and isinstance(call.args[0][0], torch.Tensor) for call in calls
    )


def rows_of(call: Call) -> int:
    """How many images a call computes: the branches of guidance are two."""
    return len(call.args[0])


def packed(transformer: Any, calls: Sequence[Call]) -> list[tuple[list[torch.Tensor]]]:
    """The transformer's answers to calls, each as it would be alone."""
    latents = [one for call in calls for one in call.args[0]]
    prompts = [one for call in calls for one in call.args[2]]
    times = torch.cat([call.args[1] for call in calls]) * transformer.t_scale
    time = transformer.t_embedder(times).type_as(latents[0])
    images, texts, sizes, image_places, text_places, image_added, text_added = transformer.patchify_and_embed(
        latents, prompts, *_PATCHES
    )
    image = transformer.all_x_embedder[_KIND](torch.cat(images))
    image = torch.where(torch.cat(image_added).unsqueeze(-1), transformer.x_pad_token.to(image), image)
    text = transformer.cap_embedder(torch.cat(texts))
    text = torch.where(torch.cat(text_added).unsqueeze(-1), transformer.cap_pad_token.to(text), text)
    first = _rows(image, _rotary(transformer, image_places, images), images, time)
    for block in transformer.noise_refiner:
        first = _through(block, first)
    second = _rows(text, _rotary(transformer, text_places, texts), texts, None)
    for block in transformer.context_refiner:
        second = _through(block, second)
    joined = _joined(first, second, time)
    for block in transformer.layers:
        joined = _through(block, joined)
    return _answers(transformer, joined, sizes, calls)


def _rotary(transformer: Any, places: Sequence[torch.Tensor], parts: Sequence[torch.Tensor]) -> torch.Tensor:
    """Of the places of every row; the transformer gives more of them than a padded text has tokens."""
    rotary: torch.Tensor = transformer.rope_embedder(
        torch.cat([place[: len(part)] for place, part in zip(places, parts, strict=True)])
    )
    return rotary


def _rows(
    tokens: torch.Tensor, rotary: torch.Tensor, parts: Sequence[torch.Tensor], time: torch.Tensor | None
) -> _Rows:
    lengths = tuple(len(part) for part in parts)
    device = tokens.device
    return _Rows(
        tokens=tokens, rotary=rotary, segments=Segments.of(lengths, device), time=time, owner=owners(lengths, device)
    )


def _joined(image: _Rows, text: _Rows, time: torch.Tensor) -> _Rows:
    """Every row's image with its text behind it."""
    streams = Streams.of(image.segments.lengths, text.segments.lengths, image.tokens.device)
    return _Rows(
        tokens=torch.cat([image.tokens, text.tokens])[streams.join],
        rotary=torch.cat([image.rotary, text.rotary])[streams.join],
        segments=streams.segments,
        time=time,
        owner=owners(streams.segments.lengths, image.tokens.device),
    )


def _through(block: Any, rows: _Rows) -> _Rows:
    """Rows after a block (``ZImageTransformerBlock.forward``), every token modulated by its own row's time."""
    tokens = rows.tokens
    if rows.time is None:
        tokens = tokens + block.attention_norm2(_attended(block.attention, block.attention_norm1(tokens), rows))
        tokens = tokens + block.ffn_norm2(block.feed_forward(block.ffn_norm1(tokens)))
    else:
        parts = block.adaLN_modulation(rows.time).chunk(4, dim=-1)
        attending, attended, feeding, fed = (
            part[rows.owner] for part in (1 + parts[0], parts[1].tanh(), 1 + parts[2], parts[3].tanh())
        )
        found = _attended(block.attention, block.attention_norm1(tokens) * attending, rows)
        tokens = tokens + attended * block.attention_norm2(found)
        tokens = tokens + fed * block.ffn_norm2(block.feed_forward(block.ffn_norm1(tokens) * feeding))
    return _Rows(tokens=tokens, rotary=rows.rotary, segments=rows.segments, time=rows.time, owner=rows.owner)


def _attended(attn: Any, tokens: torch.Tensor, rows: _Rows) -> torch.Tensor:
    query, key, value = (layer(tokens).unflatten(-1, (attn.heads, -1)) for layer in (attn.to_q, attn.to_k, attn.to_v))
    if attn.norm_q is not None:
        query, key = attn.norm_q(query), attn.norm_k(key)
    found = attend(_turned(query, rows.rotary), _turned(key, rows.rotary), value, rows.segments)
    answer: torch.Tensor = attn.to_out[0](found.flatten(1))  # what follows is dropout
    return answer


def _turned(heads: torch.Tensor, rotary: torch.Tensor) -> torch.Tensor:
    """Rotary positions in float32, as the transformer's own attention does."""
    pairs = torch.view_as_complex(heads.float().unflatten(-1, (-1, 2)))
    return torch.view_as_real(pairs * rotary.unsqueeze(1)).flatten(2).type_as(heads)


def _answers(
    transformer: Any, rows: _Rows, sizes: Sequence[tuple[int, ...]], calls: Sequence[Call]
) -> list[tuple[list[torch.Tensor]]]:
    if rows.time is None:
        raise ValueError("images have a time")
    parts = zip(rows.tokens.split(rows.segments.lengths), rows.time.split(1), strict=True)
    final = [transformer.all_final_layer[_KIND](part.unsqueeze(0), c=time).squeeze(0) for part, time in parts]
    images = iter(transformer.unpatchify(final, sizes, *_PATCHES))
    return [([next(images) for _ in range(rows_of(call))],) for call in calls]
