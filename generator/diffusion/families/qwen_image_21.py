"""Qwen-Image-2.1: transparent images of its own, and up to ten references, in one checkpoint.

Its transformer (diffusers 0.42.1, ``transformer_qwenimage21.py``) sees one sequence of text, references and image, of
which only the image's tokens change from step to step: the first call of a request computes all of it and keeps the
keys and values of what comes before the image, every later call computes the image's tokens alone. The first calls
have masks that follow each request's own order of text and references, so they are computed one by one; the later
ones, all but one of a request's steps, are packed.
"""

from collections.abc import Callable, Mapping, Sequence
from math import isqrt, prod
from typing import Any, Final

import torch
import torch.nn.functional as F  # noqa: N812 - torch's own custom
from diffusers import QwenImage21Pipeline
from diffusers.models.transformers.transformer_qwenimage21 import apply_rotary_emb_qwen
from diffusers.pipelines.qwenimage21 import pipeline_qwenimage21

from generator.diffusion.families import previews, prompts, qwen
from generator.diffusion.families.base import Loaded, OnStep
from generator.diffusion.families.calling import first_image, noise, understands
from generator.diffusion.fibers import Call
from generator.diffusion.task import Task
from generator.models.card import FamilyName

PATCH: Final = 16  # px of an image that one token stands for
SLOT: Final = 4  # tokens of an image that one token of the text encoder stands for
MOST_REFERENCE: Final = 1024  # px: references are made as large as the image, at most a square of this side
_IMAGE: Final = "<image1><|vision_start|><|image_pad|><|vision_end|>"
_KEYWORDS: Final = frozenset(
    {
        "hidden_states",
        "encoder_hidden_states",
        "timestep",
        "img_shapes",
        "img_mask",  # its shape follows from the others
        "kv_cache",
        "kv_cache_mode",
        "return_dict",
    }
)


class QwenImage21:
    """Implements ``Family``."""

    name = FamilyName.QWEN_IMAGE_21
    packs = True

    def load(self, source: str, options: Mapping[str, Any]) -> Any:
        """See ``Family.load``."""
        kind: Any = QwenImage21Pipeline
        return self.prepare(kind.from_pretrained(source, **options))

    def prepare(self, pipeline: Any) -> Any:
        """Let tokens be counted with a pipeline that was not loaded here."""
        return prompts.keep_counting(pipeline, pipeline.processor.tokenizer)

    def body(self, model: Loaded, task: Task, on_step: OnStep) -> Callable[[], torch.Tensor]:
        """See ``Family.body``.

        Raises:
            ValueError: The task has a mask or asks for layers.
        """
        if task.mask is not None or task.layers:
            raise ValueError("Qwen-Image-2.1 takes no mask and makes no layers")
        return lambda: first_image(_called(model, task, on_step))

    def tokens(self, model: Loaded, task: Task) -> int:
        """See ``Family.tokens``; of a request's first call, the longest."""
        size_of: Any = pipeline_qwenimage21.calculate_dimensions
        references = [size_of(_reference_side(task) ** 2, one.width / one.height) for one in task.references]
        seen = sum(int(width) // PATCH * (int(height) // PATCH) for width, height, _ in references)
        return max(_text_tokens(model.pipeline, task, words) for words in qwen.said(task)) + seen + prod(_grid(task))

    def forwards(self, model: Loaded, task: Task) -> int:
        """See ``Family.forwards``; a checkpoint with a schedule of its own has as many steps as that."""
        schedule = model.pipeline.config.sample_sigmas
        steps = task.steps if schedule is None else len(schedule)
        return steps * (2 if task.guidance > 1 else 1)

    def forward(self, model: Loaded, calls: Sequence[Call]) -> Sequence[Any]:
        """See ``Family.forward``."""
        together = [call for call in calls if _repeats(call)]
        if len(together) < 2:
            return [call.alone() for call in calls]
        answers = iter(packed(model.pipeline.transformer, together))
        return [next(answers) if _repeats(call) else call.alone() for call in calls]

    def preview(self, model: Loaded, task: Task, latents: torch.Tensor) -> torch.Tensor:
        """See ``Family.preview``."""
        grid = latents.transpose(1, 2).reshape(1, -1, *_grid(task))
        return qwen.preview_of(qwen.decoded(model.pipeline.vae, previews.shrunk(grid, PATCH))[0])


def packed(transformer: Any, calls: Sequence[Call]) -> list[tuple[torch.Tensor]]:
    """Answers to calls that repeat what their requests' first calls kept, each as it would be alone."""
    given = [call.kwargs for call in calls]
    lengths = [prod(one["img_shapes"][0][-1]) for one in given]
    hidden = torch.cat([one["hidden_states"][:, -length:] for one, length in zip(given, lengths, strict=True)], dim=1)
    hidden = transformer.img_in(hidden)
    time = transformer.time_text_embed(torch.cat([one["timestep"] for one in given]).to(hidden.dtype), hidden)
    rows = torch.arange(len(given)).repeat_interleave(torch.tensor(lengths)).to(hidden.device)
    first, first_gate, second, second_gate = transformer.modulation(time)[rows].chunk(4, dim=-1)
    rotary = torch.cat([_positions(transformer.pos_embed, one, hidden.device) for one in given])
    for index, block in enumerate(transformer.transformer_blocks):
        kept = [one["kv_cache"].get_layer(index).get() for one in given]
        found = _attended(block.attn, block.img_norm1(hidden) * (1 + first), rotary, kept, lengths)
        hidden = hidden + first_gate.tanh() * found
        hidden = hidden + second_gate.tanh() * block.img_mlp(block.img_norm2(hidden) * (1 + second))
        if hidden.dtype == torch.float16:  # diffusers' own guard against overflow
            hidden = hidden.clip(-65504, 65504)
    parts = hidden.split(lengths, dim=1)
    return [
        (transformer.proj_out(transformer.norm_out(part, time[index : index + 1])),) for index, part in enumerate(parts)
    ]


def _repeats(call: Call) -> bool:
    return call.kwargs.get("kv_cache_mode") == "cached" and understands([call], _KEYWORDS)


def _positions(embedding: Any, given: Mapping[str, Any], device: torch.device) -> torch.Tensor:
    """(tokens, half of head_dim) complex: of the image's tokens, which come after all text and references.

    Text advances the first axis by one a token and a reference by its longer side (diffusers' ``QwenImage21Rope``);
    so computed, nothing waits for the device.
    """
    *references, (_, height, width) = given["img_shapes"][0]
    slots = sum(prod(shape) for shape in references) // SLOT
    place = given["encoder_hidden_states"].shape[1] - slots + sum(max(shape[1:]) for shape in references)
    frames, rows, columns = (frequencies.to(device) for frequencies in embedding.freqs)
    across = torch.arange(-(width - width // 2), width // 2, device=device)
    down = torch.arange(-(height - height // 2), height // 2, device=device)
    parts = (
        frames[place].expand(height, width, -1),
        rows[down][:, None].expand(-1, width, -1),
        columns[across][None].expand(height, -1, -1),
    )
    return torch.cat(parts, dim=-1).flatten(0, 1)


def _attended(
    attn: Any,
    hidden: torch.Tensor,
    rotary: torch.Tensor,
    kept: Sequence[tuple[torch.Tensor, torch.Tensor]],
    lengths: Sequence[int],
) -> torch.Tensor:
    turn: Any = apply_rotary_emb_qwen  # typed as if it gave two tensors
    size = attn.inner_dim // attn.heads
    query, key, value = (layer(hidden).unflatten(-1, (-1, size)) for layer in (attn.to_q, attn.to_k, attn.to_v))
    query = turn(attn.norm_q(query).to(value.dtype), rotary, use_real=False)
    key = turn(attn.norm_k(key).to(value.dtype), rotary, use_real=False)
    parts = zip(*(torch.split(each, list(lengths), dim=1) for each in (query, key, value)), kept, strict=True)
    found = [
        _looked(part, torch.cat([old_key, new_key], dim=1), torch.cat([old_value, new_value], dim=1))
        for part, new_key, new_value, (old_key, old_value) in parts
    ]
    out: torch.Tensor = attn.to_out[1](attn.to_out[0](torch.cat(found, dim=1)))
    return out


def _looked(query: torch.Tensor, key: torch.Tensor, value: torch.Tensor) -> torch.Tensor:
    """(1, tokens, heads * head_dim): attention to all keys; the arguments are (1, tokens, heads, head_dim)."""
    found = F.scaled_dot_product_attention(query.transpose(1, 2), key.transpose(1, 2), value.transpose(1, 2))
    return found.transpose(1, 2).flatten(2)


def _called(model: Loaded, task: Task, on_step: OnStep) -> Any:
    side = _reference_side(task)
    mine = qwen.own_copy(model, model.pipeline, task, on_step, more=side)
    return mine(
        prompt=prompts.plain(task.prompt),
        negative_prompt=qwen.negative(task),
        true_cfg_scale=task.guidance,
        image=list(task.references) or None,
        height=task.height,
        width=task.width,
        num_inference_steps=task.steps,
        generator=noise(task.seed),
        output_resolution=side,
        output_type="pt",
    ).images


def _reference_side(task: Task) -> int:
    return min(isqrt(task.width * task.height), MOST_REFERENCE)


def _grid(task: Task) -> tuple[int, int]:
    return task.height // PATCH, task.width // PATCH


def _text_tokens(pipeline: Any, task: Task, words: str) -> int:
    """Of a prompt without what stands for references, which are tokens of images in the transformer."""
    number = len(task.references)
    if not number:
        return prompts.count(pipeline, pipeline.prompt_template_t2i.format(words or " ")) - int(pipeline._drop_idx)  # noqa: SLF001
    images = " ".join(_IMAGE.replace("1", str(index)) for index in range(1, number + 1))
    template = pipeline.prompt_template_ti2i.replace(_IMAGE, images).format(words or " ")
    return prompts.count(pipeline, template) - int(pipeline._drop_idx) - number  # noqa: SLF001
