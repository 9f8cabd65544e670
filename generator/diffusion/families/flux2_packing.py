"""One forward of FLUX.2's transformer for unlike requests: their sizes, times and references differ.

The transformer (diffusers 0.42.1, ``transformer_flux2.py``) has blocks with separate streams of text and image tokens
that attend to each other, then blocks with one stream. A pack keeps the text tokens of all requests together, and so
the image tokens, as long as there are two streams; then every request's tokens follow its text. Each request attends to
itself only, and every token is modulated by its own request's time.

It expects one prompt per call, which is how requests call their pipelines.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final

import torch
from diffusers.models.embeddings import apply_rotary_emb
from diffusers.models.transformers.transformer_flux2 import Flux2AttnProcessor, Flux2ParallelSelfAttnProcessor

from generator.diffusion.attention import Segments, attend, owners
from generator.diffusion.families.calling import understands
from generator.diffusion.families.streams import Streams
from generator.diffusion.fibers import Call

_KEYWORDS: Final = frozenset(
    {"hidden_states", "encoder_hidden_states", "timestep", "guidance", "txt_ids", "img_ids", "return_dict"}
)
"""What of a call is understood here."""

_Rotary = tuple[torch.Tensor, torch.Tensor]


def prepare(transformer: Any) -> None:
    """Let a transformer attend within the requests of a pack; for a single request nothing changes."""
    for block in transformer.transformer_blocks:
        block.attn.set_processor(_TwoStreams())  # type: ignore[no-untyped-call]  # diffusers'
    for block in transformer.single_transformer_blocks:
        block.attn.set_processor(_OneStream())  # type: ignore[no-untyped-call]  # diffusers'


def can_pack(calls: Sequence[Call]) -> bool:
    """Whether calls say nothing that is not understood here; such as come with a later diffusers are run alone."""
    return understands(calls, _KEYWORDS) and all(call.kwargs["hidden_states"].shape[0] == 1 for call in calls)


def packed(transformer: Any, calls: Sequence[Call]) -> list[tuple[torch.Tensor]]:
    """The transformer's answers to calls, each as it would be alone.

    Raises:
        TypeError: The transformer was not prepared.
    """
    if not isinstance(transformer.transformer_blocks[0].attn.processor, _TwoStreams):
        raise TypeError("the pipeline was not prepared: its requests would see each other")
    given = [call.kwargs for call in calls]
    texts = [one["encoder_hidden_states"].shape[1] for one in given]
    images = [one["hidden_states"].shape[1] for one in given]
    image = transformer.x_embedder(torch.cat([one["hidden_states"] for one in given], dim=1))
    text = transformer.context_embedder(torch.cat([one["encoder_hidden_states"] for one in given], dim=1))
    time = _time(transformer, given, image.dtype)
    streams = Streams.of(texts, images, image.device)
    ids = [*(_flat(one["txt_ids"]) for one in given), *(_flat(one["img_ids"]) for one in given)]
    rotary = transformer.pos_embed(torch.cat(ids))
    image, text = _through_two(transformer, (image, text), (time, images, texts), rotary, streams)
    tokens = torch.cat([text, image], dim=1)[:, streams.join]
    rotary = (rotary[0][streams.join], rotary[1][streams.join])
    tokens = _through_one(transformer, tokens, time, rotary, streams.segments)
    parts = tokens.split(streams.segments.lengths, dim=1)
    return [
        (transformer.proj_out(transformer.norm_out(part[:, text:], time[index : index + 1])),)
        for index, (part, text) in enumerate(zip(parts, texts, strict=True))
    ]


def _through_two(
    transformer: Any,
    tokens: tuple[torch.Tensor, torch.Tensor],
    times: tuple[torch.Tensor, Sequence[int], Sequence[int]],
    rotary: _Rotary,
    streams: Streams,
) -> tuple[torch.Tensor, torch.Tensor]:
    """Image and text tokens after the blocks with two streams; ``times`` with how many of both each request has."""
    image, text = tokens
    time, images, texts = times
    more = {"image_rotary_emb": rotary, "joint_attention_kwargs": {"streams": streams}}
    per_image = _per_token(transformer.double_stream_modulation_img(time), owners(images, image.device))
    per_text = _per_token(transformer.double_stream_modulation_txt(time), owners(texts, image.device))
    for block in transformer.transformer_blocks:
        text, image = block(
            hidden_states=image, encoder_hidden_states=text, temb_mod_img=per_image, temb_mod_txt=per_text, **more
        )
    return image, text


def _through_one(
    transformer: Any, tokens: torch.Tensor, time: torch.Tensor, rotary: _Rotary, segments: Segments
) -> torch.Tensor:
    """(1, tokens, size) after the blocks with one stream, every request's tokens one behind the other."""
    more = {"image_rotary_emb": rotary, "joint_attention_kwargs": {"segments": segments}}
    per_token = _per_token(transformer.single_stream_modulation(time), owners(segments.lengths, tokens.device))
    for block in transformer.single_transformer_blocks:
        tokens = block(hidden_states=tokens, encoder_hidden_states=None, temb_mod=per_token, **more)
    return tokens


def _time(transformer: Any, given: Sequence[Mapping[str, Any]], dtype: torch.dtype) -> torch.Tensor:
    """(requests, size): embeddings of the times and, in models distilled with guidance as an input, of that."""
    times = torch.cat([one["timestep"] for one in given]).to(dtype) * 1000
    scales = [one["guidance"] for one in given if one.get("guidance") is not None]
    embedded: torch.Tensor = transformer.time_guidance_embed(
        times, torch.cat(scales).to(dtype) * 1000 if scales else None
    )
    return embedded


def _flat(ids: torch.Tensor) -> torch.Tensor:
    return ids[0] if ids.ndim == 3 else ids


def _per_token(modulation: torch.Tensor, owner: torch.Tensor) -> torch.Tensor:
    """(requests, size) to (1, tokens, size)."""
    return modulation[owner].unsqueeze(0)


class _TwoStreams(Flux2AttnProcessor):
    """Attention of a block with two streams; without ``streams`` it is diffusers' own."""

    def __call__(
        self,
        attn: Any,
        hidden_states: torch.Tensor,
        encoder_hidden_states: torch.Tensor | None = None,
        attention_mask: torch.Tensor | None = None,
        image_rotary_emb: Any = None,
        streams: Streams | None = None,
    ) -> Any:
        """See ``Flux2AttnProcessor``; ``image_rotary_emb`` lies as the streams do, text first."""
        if streams is None or encoder_hidden_states is None:
            own: Any = super().__call__
            return own(attn, hidden_states, encoder_hidden_states, attention_mask, image_rotary_emb)
        query, key, value = (_heads(layer(hidden_states), attn) for layer in (attn.to_q, attn.to_k, attn.to_v))
        text_query, text_key, text_value = (
            _heads(layer(encoder_hidden_states), attn) for layer in (attn.add_q_proj, attn.add_k_proj, attn.add_v_proj)
        )
        query = torch.cat([attn.norm_added_q(text_query), attn.norm_q(query)], dim=1)
        key = torch.cat([attn.norm_added_k(text_key), attn.norm_k(key)], dim=1)
        value = torch.cat([text_value, value], dim=1)
        query, key = _turned(query, image_rotary_emb), _turned(key, image_rotary_emb)
        sequences = [each[0][streams.join] for each in (query, key, value)]
        found = attend(sequences[0], sequences[1], sequences[2], streams.segments)
        found = found[streams.back].flatten(1).unsqueeze(0)
        text, image = found[:, : streams.texts], found[:, streams.texts :]
        return attn.to_out[1](attn.to_out[0](image)), attn.to_add_out(text)


class _OneStream(Flux2ParallelSelfAttnProcessor):
    """Attention and feed-forward of a block with one stream; without ``segments`` it is diffusers' own."""

    def __call__(
        self,
        attn: Any,
        hidden_states: torch.Tensor,
        attention_mask: torch.Tensor | None = None,
        image_rotary_emb: Any = None,
        segments: Segments | None = None,
    ) -> Any:
        """See ``Flux2ParallelSelfAttnProcessor``."""
        if segments is None:
            own: Any = super().__call__
            return own(attn, hidden_states, attention_mask, image_rotary_emb)
        projected = attn.to_qkv_mlp_proj(hidden_states)
        attention, feeding = projected.split([3 * attn.inner_dim, attn.mlp_hidden_dim * attn.mlp_mult_factor], dim=-1)
        query, key, value = (_heads(each, attn) for each in attention.chunk(3, dim=-1))
        query, key = _turned(attn.norm_q(query), image_rotary_emb), _turned(attn.norm_k(key), image_rotary_emb)
        found = attend(query[0], key[0], value[0], segments).flatten(1).unsqueeze(0)
        return attn.to_out(torch.cat([found, attn.mlp_act_fn(feeding)], dim=-1))


def _heads(projected: torch.Tensor, attn: Any) -> torch.Tensor:
    heads: torch.Tensor = projected.unflatten(-1, (-1, attn.head_dim))
    return heads


def _turned(heads: torch.Tensor, rotary: Any) -> torch.Tensor:
    turn: Any = apply_rotary_emb  # typed as if it took other positions
    turned: torch.Tensor = turn(heads, rotary, sequence_dim=1)
    return turned
