"""One forward of Qwen-Image's transformer for unlike requests: their sizes, times, text lengths and references differ.

The transformer (diffusers 0.42.1, ``transformer_qwenimage.py``) keeps text and image tokens in two streams that attend
to each other in every block. Its own forward takes the positions of the first image for all of a batch, so requests of
different sizes would silently be wrong; here the streams of all requests are concatenated, every request has its
own positions and attends to itself only, and every token is modulated by its own request's time. Editing checkpoints
modulate the tokens of references by time zero (``zero_cond_t``), and layers are placed by their own axis
(``use_layer3d_rope``): both are the transformer's own computation, per request.

It expects one prompt without padding per call, which is how requests call their pipelines.
"""

from collections.abc import Mapping, Sequence
from math import prod
from typing import Any, Final

import torch
from diffusers.models.transformers.transformer_qwenimage import apply_rotary_emb_qwen

from generator.diffusion.attention import attend
from generator.diffusion.families.streams import Streams
from generator.diffusion.fibers import Call

KEYWORDS: Final = frozenset(
    {"hidden_states", "encoder_hidden_states", "timestep", "img_shapes", "additional_t_cond", "return_dict"}
)
"""What of a call is understood here."""

_Rotary = tuple[torch.Tensor, torch.Tensor]


def packed(transformer: Any, calls: Sequence[Call]) -> list[tuple[torch.Tensor]]:
    """The transformer's answers to calls, each as it would be alone."""
    given = [call.kwargs for call in calls]
    texts = [one["encoder_hidden_states"].shape[1] for one in given]
    images = [one["hidden_states"].shape[1] for one in given]
    hidden = transformer.img_in(torch.cat([one["hidden_states"] for one in given], dim=1))
    text = torch.cat([one["encoder_hidden_states"] for one in given], dim=1)
    text = transformer.txt_in(transformer.txt_norm(text))
    time = _times(transformer, given, hidden)
    streams = Streams.of(texts, images, hidden.device)
    rotary = _rotary(transformer, given, texts, hidden.device)
    image_rows = _image_rows(given, zero=transformer.zero_cond_t).to(hidden.device)
    text_rows = torch.arange(len(given)).repeat_interleave(torch.tensor(texts)).to(hidden.device)
    for block in transformer.transformer_blocks:
        modulation = (block.img_mod(time)[image_rows], block.txt_mod(time[: len(given)])[text_rows])
        hidden, text = _block(block, (hidden, text), modulation, rotary, streams)
    parts = torch.split(hidden, images, dim=1)
    return [
        (transformer.proj_out(transformer.norm_out(part, time[index : index + 1])),) for index, part in enumerate(parts)
    ]


def _times(transformer: Any, given: Sequence[Mapping[str, Any]], hidden: torch.Tensor) -> torch.Tensor:
    """(requests, size): embeddings of the times; twice as many where references have time zero, these last."""
    times = torch.cat([one["timestep"] for one in given]).to(hidden.dtype)
    kinds = [one["additional_t_cond"] for one in given if one.get("additional_t_cond") is not None]
    kind = torch.cat(kinds) if kinds else None
    if transformer.zero_cond_t:
        times = torch.cat([times, torch.zeros_like(times)])
        kind = None if kind is None else torch.cat([kind, kind])
    embedded: torch.Tensor = transformer.time_text_embed(times, hidden, kind)
    return embedded


def _image_rows(given: Sequence[Mapping[str, Any]], *, zero: bool) -> torch.Tensor:
    """Which embedding of time each image token is modulated by."""
    rows, counts = [], []
    for index, one in enumerate(given):
        target, *references = [prod(shape) for shape in one["img_shapes"][0]]
        rows += [index, index + len(given) if zero else index]
        counts += [target, sum(references)]
    return torch.tensor(rows).repeat_interleave(torch.tensor(counts))


def _rotary(
    transformer: Any, given: Sequence[Mapping[str, Any]], texts: Sequence[int], device: torch.device
) -> _Rotary:
    """Positions of all image tokens and of all text tokens."""
    each = [
        transformer.pos_embed(one["img_shapes"], max_txt_seq_len=length, device=device)
        for one, length in zip(given, texts, strict=True)
    ]
    return torch.cat([image for image, _ in each]), torch.cat([text for _, text in each])


def _block(
    block: Any,
    tokens: tuple[torch.Tensor, torch.Tensor],
    modulation: tuple[torch.Tensor, torch.Tensor],
    rotary: _Rotary,
    streams: Streams,
) -> tuple[torch.Tensor, torch.Tensor]:
    """Image and text tokens after a block; everything is (tokens, size) or (1, tokens, size)."""
    image, text = tokens
    image_first, image_second = modulation[0].chunk(2, dim=-1)
    text_first, text_second = modulation[1].chunk(2, dim=-1)
    shifted, image_gate = _modulated(block.img_norm1(image), image_first)
    text_shifted, text_gate = _modulated(block.txt_norm1(text), text_first)
    found, text_found = _attended(block.attn, shifted, text_shifted, rotary, streams)
    image, text = image + image_gate * found, text + text_gate * text_found
    shifted, image_gate = _modulated(block.img_norm2(image), image_second)
    image = image + image_gate * block.img_mlp(shifted)
    text_shifted, text_gate = _modulated(block.txt_norm2(text), text_second)
    text = text + text_gate * block.txt_mlp(text_shifted)
    if image.dtype == torch.float16:  # diffusers' own guard against overflow
        image, text = (each.clip(-65504, 65504) for each in (image, text))
    return image, text


def _modulated(tokens: torch.Tensor, modulation: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    shift, scale, gate = modulation.chunk(3, dim=-1)
    return tokens * (1 + scale) + shift, gate


def _attended(
    attn: Any, image: torch.Tensor, text: torch.Tensor, rotary: _Rotary, streams: Streams
) -> tuple[torch.Tensor, torch.Tensor]:
    size = attn.inner_dim // attn.heads
    image_query, image_key, image_value = (
        layer(image).unflatten(-1, (-1, size)) for layer in (attn.to_q, attn.to_k, attn.to_v)
    )
    text_query, text_key, text_value = (
        layer(text).unflatten(-1, (-1, size)) for layer in (attn.add_q_proj, attn.add_k_proj, attn.add_v_proj)
    )
    query = _joined(
        _turned(attn.norm_added_q(text_query), rotary[1]), _turned(attn.norm_q(image_query), rotary[0]), streams
    )
    key = _joined(_turned(attn.norm_added_k(text_key), rotary[1]), _turned(attn.norm_k(image_key), rotary[0]), streams)
    found = attend(query, key, _joined(text_value, image_value, streams), streams.segments)
    found = found[streams.back].flatten(1).unsqueeze(0)
    text_found, image_found = found[:, : streams.texts], found[:, streams.texts :]
    return attn.to_out[1](attn.to_out[0](image_found)), attn.to_add_out(text_found)


def _turned(heads: torch.Tensor, positions: torch.Tensor) -> torch.Tensor:
    turn: Any = apply_rotary_emb_qwen  # typed as if it gave two tensors
    turned: torch.Tensor = turn(heads, positions, use_real=False)
    return turned


def _joined(text: torch.Tensor, image: torch.Tensor, streams: Streams) -> torch.Tensor:
    return torch.cat([text, image], dim=1)[0][streams.join]
