"""FLUX.2 (klein): text to image and editing with references in one checkpoint, and unlike requests in one forward.

The transformer (diffusers 0.42.1, ``transformer_flux2.py``) has blocks with separate streams of text and image tokens
that attend to each other, then blocks with one stream. A pack concatenates the streams of all requests, attends within
each request only, and modulates every token by its own request's time.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import torch
import torch.nn.functional as F  # noqa: N812 - torch's own custom
from diffusers import Flux2KleinInpaintPipeline, Flux2KleinPipeline
from diffusers.models.embeddings import apply_rotary_emb
from diffusers.models.transformers.transformer_flux2 import Flux2AttnProcessor, Flux2ParallelSelfAttnProcessor

from generator.diffusion.attention import Segments, attend
from generator.diffusion.families.base import Loaded, OnStep
from generator.diffusion.families.calling import copy_of, first_image, noise, remember
from generator.diffusion.fibers import Call
from generator.diffusion.task import Task
from generator.models.card import FamilyName

PATCH: Final = 16  # px of an image that one token stands for
PREVIEW: Final = 16  # tokens of a preview's longer side
MOST_REFERENCE: Final = 1024 * 1024  # px to which the pipeline shrinks references


class Flux2:
    """Implements ``Family``."""

    name = FamilyName.FLUX2
    packs = True

    def load(self, source: str, options: Mapping[str, Any]) -> Any:
        """See ``Family.load``."""
        return self.prepare(Flux2KleinPipeline.from_pretrained(source, **options))

    def prepare(self, pipeline: Any) -> Any:
        """Let a pipeline's transformer attend within the requests of a pack; for a single request nothing changes."""
        for block in pipeline.transformer.transformer_blocks:
            block.attn.set_processor(_TwoStreams())  # type: ignore[no-untyped-call]  # diffusers'
        for block in pipeline.transformer.single_transformer_blocks:
            block.attn.set_processor(_OneStream())  # type: ignore[no-untyped-call]  # diffusers'
        return pipeline

    def body(self, model: Loaded, task: Task, on_step: OnStep) -> Callable[[], torch.Tensor]:
        """See ``Family.body``."""
        return lambda: first_image(_called(model, task, on_step))

    def tokens(self, model: Loaded, task: Task) -> int:
        """See ``Family.tokens``."""
        references = sum(min(one.width * one.height, MOST_REFERENCE) for one in task.references) // PATCH**2
        return model.card.text_tokens + task.width * task.height // PATCH**2 + references

    def forwards(self, model: Loaded, task: Task) -> int:
        """See ``Family.forwards``."""
        guided = task.guidance > 1 and not model.pipeline.config.is_distilled
        return task.steps * (2 if guided else 1)

    def forward(self, model: Loaded, calls: Sequence[Call]) -> Sequence[Any]:
        """See ``Family.forward``."""
        return [calls[0].alone()] if len(calls) == 1 else _packed(model.pipeline.transformer, calls)

    def preview(self, model: Loaded, task: Task, latents: torch.Tensor) -> torch.Tensor:
        """See ``Family.preview``."""
        pipeline, vae = model.pipeline, model.pipeline.vae
        height, width = task.height // PATCH, task.width // PATCH
        grid = latents[:1, : height * width].transpose(1, 2).unflatten(2, (height, width)).to(vae.dtype)
        shrink = max(1.0, max(height, width) / PREVIEW)
        grid = F.interpolate(grid, (max(1, int(height / shrink)), max(1, int(width / shrink))), mode="area")
        deviation = torch.sqrt(vae.bn.running_var + vae.config.batch_norm_eps)
        grid = grid * deviation.view(1, -1, 1, 1) + vae.bn.running_mean.view(1, -1, 1, 1)
        decoded = vae.decode(pipeline._unpatchify_latents(grid), return_dict=False)[0]  # noqa: SLF001
        return (decoded[0].float() / 2 + 0.5).clamp(0, 1).cpu()  # type: ignore[no-any-return]  # diffusers is untyped


def _called(model: Loaded, task: Task, on_step: OnStep) -> Any:
    pipeline = model.pipeline
    more: dict[str, Any] = {"guidance_scale": task.guidance}
    if task.mask is not None:
        pipeline = Flux2KleinInpaintPipeline(**pipeline.components, is_distilled=pipeline.config.is_distilled)
        more["mask_image"] = task.mask
    mine = copy_of(pipeline, on_step)
    remember(mine, "encode_prompt", model.encodings, _prompt_key)
    images = iter(task.keys)
    if task.mask is None:
        remember(mine, "_encode_vae_image", model.encodings, lambda image, **_: (next(images, None), image.shape))
    return mine(
        prompt=task.prompt,
        image=list(task.references) or None,
        height=task.height,
        width=task.width,
        num_inference_steps=task.steps,
        generator=noise(task.seed),
        max_sequence_length=model.card.text_tokens,
        output_type="pt",
        **more,
    ).images


def _prompt_key(*, prompt: Any, max_sequence_length: int, **_: Any) -> Any:
    return (prompt, max_sequence_length) if isinstance(prompt, str) else None


@dataclass(frozen=True, slots=True)
class _Streams:
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
    def of(cls, texts: Sequence[int], images: Sequence[int], device: torch.device) -> "_Streams":
        text_parts = torch.arange(sum(texts)).split(list(texts))
        image_parts = (torch.arange(sum(images)) + sum(texts)).split(list(images))
        join = torch.cat([part for pair in zip(text_parts, image_parts, strict=True) for part in pair])
        lengths = tuple(text + image for text, image in zip(texts, images, strict=True))
        return cls(
            segments=Segments.of(lengths, device),
            texts=sum(texts),
            join=join.to(device),
            back=torch.argsort(join).to(device),
        )


class _TwoStreams(Flux2AttnProcessor):
    """Attention of a block with two streams; without ``streams`` it is diffusers' own."""

    def __call__(
        self,
        attn: Any,
        hidden_states: torch.Tensor,
        encoder_hidden_states: torch.Tensor | None = None,
        attention_mask: torch.Tensor | None = None,
        image_rotary_emb: Any = None,
        streams: _Streams | None = None,
    ) -> Any:
        """See ``Flux2AttnProcessor``; ``image_rotary_emb`` lies as the streams do, text first."""
        if streams is None or encoder_hidden_states is None:
            own: Any = super()
            return own.__call__(attn, hidden_states, encoder_hidden_states, attention_mask, image_rotary_emb)
        query, key, value = (_heads(layer(hidden_states), attn) for layer in (attn.to_q, attn.to_k, attn.to_v))
        text_query, text_key, text_value = (
            _heads(layer(encoder_hidden_states), attn) for layer in (attn.add_q_proj, attn.add_k_proj, attn.add_v_proj)
        )
        query = torch.cat([attn.norm_added_q(text_query), attn.norm_q(query)], dim=1)
        key = torch.cat([attn.norm_added_k(text_key), attn.norm_k(key)], dim=1)
        found = _attended(query, key, torch.cat([text_value, value], dim=1), image_rotary_emb, streams)
        text, image = found.split([streams.texts, found.shape[1] - streams.texts], dim=1)
        return attn.to_out[1](attn.to_out[0](image)), attn.to_add_out(text)


class _OneStream(Flux2ParallelSelfAttnProcessor):
    """Attention and feed-forward of a block with one stream; without ``streams`` it is diffusers' own."""

    def __call__(
        self,
        attn: Any,
        hidden_states: torch.Tensor,
        attention_mask: torch.Tensor | None = None,
        image_rotary_emb: Any = None,
        streams: _Streams | None = None,
    ) -> Any:
        """See ``Flux2ParallelSelfAttnProcessor``."""
        if streams is None:
            return super().__call__(attn, hidden_states, attention_mask, image_rotary_emb)
        projected = attn.to_qkv_mlp_proj(hidden_states)
        attention, feeding = projected.split([3 * attn.inner_dim, attn.mlp_hidden_dim * attn.mlp_mult_factor], dim=-1)
        query, key, value = (_heads(each, attn) for each in attention.chunk(3, dim=-1))
        found = _attended(attn.norm_q(query), attn.norm_k(key), value, image_rotary_emb, streams)
        return attn.to_out(torch.cat([found, attn.mlp_act_fn(feeding)], dim=-1))


def _heads(projected: torch.Tensor, attn: Any) -> torch.Tensor:
    found: torch.Tensor = projected.unflatten(-1, (-1, attn.head_dim))
    return found


def _attended(
    query: torch.Tensor, key: torch.Tensor, value: torch.Tensor, rotary: Any, streams: _Streams
) -> torch.Tensor:
    """(1, tokens, heads * head_dim) as the streams lie; the arguments are (1, tokens, heads, head_dim)."""
    turn: Any = apply_rotary_emb
    query, key = (turn(each, rotary, sequence_dim=1) for each in (query, key))
    query, key, value = (each[0][streams.join] for each in (query, key, value))
    return attend(query, key, value, streams.segments)[streams.back].flatten(1).unsqueeze(0)


def _packed(transformer: Any, calls: Sequence[Call]) -> list[tuple[torch.Tensor]]:
    if not isinstance(transformer.transformer_blocks[0].attn.processor, _TwoStreams):
        raise TypeError("the pipeline was not prepared: its requests would see each other")
    given = [call.kwargs for call in calls]
    texts = [one["encoder_hidden_states"].shape[1] for one in given]
    images = [one["hidden_states"].shape[1] for one in given]
    hidden = transformer.x_embedder(torch.cat([one["hidden_states"] for one in given], dim=1))
    text = transformer.context_embedder(torch.cat([one["encoder_hidden_states"] for one in given], dim=1))
    time = transformer.time_guidance_embed(
        torch.cat([one["timestep"] for one in given]).to(hidden.dtype) * 1000, _guidance(given, hidden.dtype)
    )
    streams = _Streams.of(texts, images, hidden.device)
    ids = [*(_flat(one["txt_ids"]) for one in given), *(_flat(one["img_ids"]) for one in given)]
    more = {
        "image_rotary_emb": transformer.pos_embed(torch.cat(ids)),
        "joint_attention_kwargs": {"streams": streams},
    }
    per_text = _per_token(transformer.double_stream_modulation_txt(time), texts)
    per_image = _per_token(transformer.double_stream_modulation_img(time), images)
    for block in transformer.transformer_blocks:
        text, hidden = block(
            hidden_states=hidden,
            encoder_hidden_states=text,
            temb_mod_img=per_image,
            temb_mod_txt=per_text,
            **more,
        )
    hidden = torch.cat([text, hidden], dim=1)
    modulation = transformer.single_stream_modulation(time)
    per_token = torch.cat([_per_token(modulation, texts), _per_token(modulation, images)], dim=1)
    for block in transformer.single_transformer_blocks:
        hidden = block(hidden_states=hidden, encoder_hidden_states=None, temb_mod=per_token, **more)
    parts = hidden[:, streams.texts :].split(images, dim=1)
    return [
        (transformer.proj_out(transformer.norm_out(part, time[index : index + 1])),) for index, part in enumerate(parts)
    ]


def _guidance(given: Sequence[Mapping[str, Any]], dtype: torch.dtype) -> torch.Tensor | None:
    """Of models that were distilled with guidance as an input; klein was not."""
    if given[0].get("guidance") is None:
        return None
    return torch.cat([one["guidance"] for one in given]).to(dtype) * 1000


def _flat(ids: torch.Tensor) -> torch.Tensor:
    return ids[0] if ids.ndim == 3 else ids


def _per_token(modulation: torch.Tensor, lengths: Sequence[int]) -> torch.Tensor:
    """(requests, size) to (1, tokens, size)."""
    counts = torch.tensor(lengths, device=modulation.device)
    return modulation.repeat_interleave(counts, dim=0, output_size=sum(lengths)).unsqueeze(0)
