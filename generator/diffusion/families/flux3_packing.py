"""One forward of FLUX.3's transformer for unlike requests: their sizes, times, text lengths and references differ.

The transformer (diffusers 0.42.1, ``transformer_flux3.py``) lets text, image and reference tokens pass through blocks of
their own, where each kind attends to itself, and then all together through joint blocks. Here each kind is concatenated
over the requests and then every request's tokens are put one behind the other; a request attends to itself only, and
every token is modulated by its own request's time. Text and references have time zero; in distilled checkpoints (flow
maps) the time that a step leads to is added to both.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import torch
import torch.nn.functional as F  # noqa: N812 - torch's own custom
from diffusers.models.embeddings import apply_rotary_emb
from diffusers.models.transformers.transformer_flux3 import Flux3Attention, Flux3AttnProcessor

from generator.diffusion.attention import Segments, attend, owners
from generator.diffusion.families.calling import understands
from generator.diffusion.fibers import Call

_KINDS: Final = {"txt": "encoder_hidden_states", "image": "hidden_states", "image_cond": "image_cond_hidden_states"}
_IDS: Final = {"txt": "txt_ids", "image": "img_ids", "image_cond": "image_cond_ids"}
_KEYWORDS: Final = frozenset({*_KINDS.values(), *_IDS.values(), "timestep", "target_timestep", "return_dict"})
"""What of a call is understood here."""

_Tokens = dict[str, torch.Tensor]
_Rotary = tuple[torch.Tensor, torch.Tensor]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Placed:
    """Positions of tokens and where the requests lie among them; goes through the blocks as their positions do."""

    rotary: _Rotary
    segments: Segments


def prepare(transformer: Any) -> None:
    """Let a transformer attend within the requests of a pack; for a single request nothing changes."""
    ours: Any = _Attention()
    for module in transformer.modules():
        if isinstance(module, Flux3Attention):
            module.set_processor(ours)


def can_pack(calls: Sequence[Call]) -> bool:
    """Whether calls say nothing that is not understood here; such as come with a later diffusers are run alone."""
    return understands(calls, _KEYWORDS) and all(call.kwargs["hidden_states"].shape[0] == 1 for call in calls)


def packed(transformer: Any, calls: Sequence[Call]) -> list[tuple[torch.Tensor]]:
    """The transformer's answers to calls, each as it would be alone.

    Raises:
        TypeError: The transformer was not prepared.
    """
    if not isinstance(transformer.txt_mode_blocks[0].attn.processor, _Attention):
        raise TypeError("the pipeline was not prepared: its requests would see each other")
    given = [call.kwargs for call in calls]
    counts = {kind: [_count(one.get(name)) for one in given] for kind, name in _KINDS.items()}
    present = [kind for kind, lengths in counts.items() if any(lengths)]
    times = _times(transformer, given)
    tokens = {kind: _embedded(transformer, kind, given) for kind in present}
    rotary = {kind: transformer.pos_embed(_joined(given, _IDS[kind], dim=0)) for kind in present}
    for kind in present:
        tokens[kind] = _apart(transformer, kind, tokens[kind], times, rotary[kind], counts[kind])
    whole = _together(transformer, tokens, times, rotary, {kind: counts[kind] for kind in present})
    answers = []
    for index, sequence in enumerate(whole):
        begin = counts["txt"][index]
        image = sequence[:, begin : begin + counts["image"][index]]
        answers.append((transformer.proj_out(transformer.norm_out(image, times["image"][index].view(1, 1, -1))),))
    return answers


def _count(states: torch.Tensor | None) -> int:
    return 0 if states is None else states.shape[1]


def _joined(given: Sequence[Mapping[str, Any]], name: str, dim: int) -> torch.Tensor:
    return torch.cat([one[name] for one in given if one.get(name) is not None], dim=dim)


def _embedded(transformer: Any, kind: str, given: Sequence[Mapping[str, Any]]) -> torch.Tensor:
    embedder = transformer.context_embedder if kind == "txt" else transformer.x_embedders[kind]
    embedded: torch.Tensor = embedder(_joined(given, _KINDS[kind], dim=1))
    return embedded


def _times(transformer: Any, given: Sequence[Mapping[str, Any]]) -> _Tokens:
    """(requests, size) for each kind of tokens: embeddings of the times."""
    dtype = given[0]["hidden_states"].dtype
    time = torch.cat([one["timestep"] for one in given])
    image, zero = (
        transformer.timestep_embedder(transformer.time_proj(each.to(dtype) * 1000).to(dtype))
        for each in (time, torch.zeros_like(time))
    )
    if given[0].get("target_timestep") is not None:
        ahead = torch.cat([one["target_timestep"] for one in given])
        target = transformer.target_timestep_embedder(transformer.time_proj(ahead.to(dtype) * 1000).to(dtype))
        image, zero = image + target, zero + target
    return {"image": image, "txt": zero, "image_cond": zero}


def _modulations(heads: Any, kind: str, times: _Tokens, counts: Sequence[int]) -> torch.Tensor:
    """(1, tokens, 3 * size), each token by its own request's time."""
    modulation: torch.Tensor = heads[kind](F.silu(times[kind]))
    return modulation[owners(counts, modulation.device)].unsqueeze(0)


def _apart(
    transformer: Any, kind: str, tokens: torch.Tensor, times: _Tokens, rotary: _Rotary, counts: Sequence[int]
) -> torch.Tensor:
    """One kind of tokens after its own blocks."""
    blocks = transformer.txt_mode_blocks if kind == "txt" else transformer.mode_blocks[kind]
    modulation = _modulations(transformer.early_stream_modulations, kind, times, counts)
    lengths = tuple(count for count in counts if count)  # requests without references have none of that kind
    placed = _Placed(rotary=rotary, segments=Segments.of(lengths, tokens.device))
    for block in blocks:
        tokens = block(tokens, modulation, placed)
    return tokens


def _together(
    transformer: Any, tokens: _Tokens, times: _Tokens, rotary: dict[str, _Rotary], counts: dict[str, list[int]]
) -> tuple[torch.Tensor, ...]:
    """Every request's tokens after the joint blocks: text, image, references."""
    modulations = {
        kind: _modulations(transformer.single_stream_modulations, kind, times, lengths)
        for kind, lengths in counts.items()
    }
    lengths = tuple(sum(each) for each in zip(*counts.values(), strict=True))
    placed = _Placed(
        rotary=(
            _sequences({kind: each[0] for kind, each in rotary.items()}, counts, dim=0),
            _sequences({kind: each[1] for kind, each in rotary.items()}, counts, dim=0),
        ),
        segments=Segments.of(lengths, tokens["image"].device),
    )
    sequence = _sequences(tokens, counts, dim=1)
    modulation = _sequences(modulations, counts, dim=1)
    for block in transformer.single_transformer_blocks:
        _, sequence = block(  # all as what the block calls content, which it does not treat unlike text
            hidden_states=sequence,
            encoder_hidden_states=sequence[:, :0],
            temb_mod=modulation,
            temb_mod_context=modulation[:, :0],
            image_rotary_emb=placed,
        )
    parts: tuple[torch.Tensor, ...] = sequence.split(lengths, dim=1)
    return parts


def _sequences(kinds: _Tokens, counts: dict[str, list[int]], dim: int) -> torch.Tensor:
    """What is there of each kind for all requests, as one sequence per request behind the other."""
    parts = [kinds[kind].split(lengths, dim=dim) for kind, lengths in counts.items()]
    return torch.cat([part for request in zip(*parts, strict=True) for part in request], dim=dim)


class _Attention(Flux3AttnProcessor):
    """Attention within the requests of a pack; with positions alone it is diffusers' own."""

    def __call__(
        self,
        attn: Any,
        hidden_states: torch.Tensor,
        attention_mask: torch.Tensor | None = None,
        image_rotary_emb: Any = None,
    ) -> torch.Tensor:
        """See ``Flux3AttnProcessor``."""
        if not isinstance(image_rotary_emb, _Placed):
            own: Any = super().__call__
            alone: torch.Tensor = own(attn, hidden_states, attention_mask, image_rotary_emb)
            return alone
        query, key, value = (
            layer(hidden_states).unflatten(-1, (attn.heads, -1)) for layer in (attn.to_q, attn.to_k, attn.to_v)
        )
        turn: Any = apply_rotary_emb
        query, key = (
            turn(norm(each.float()), image_rotary_emb.rotary, sequence_dim=1).to(value.dtype)
            for norm, each in ((attn.norm_q, query), (attn.norm_k, key))
        )
        found = attend(query[0], key[0], value[0], image_rotary_emb.segments).flatten(1).unsqueeze(0)
        answer: torch.Tensor = attn.to_out[1](attn.to_out[0](found))
        return answer
