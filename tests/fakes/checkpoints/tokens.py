"""Tokenizers and processors of a few hundred tokens: bytes and the special tokens that each kind of model asks for."""

from typing import Any, Final, Literal

from tokenizers.pre_tokenizers import ByteLevel
from transformers import (
    CLIPTokenizer,
    Qwen2Tokenizer,
    Qwen2VLImageProcessor,
    Qwen2VLProcessor,
    Qwen2VLVideoProcessor,
    Qwen3VLProcessor,
    Qwen3VLVideoProcessor,
)

IMAGE: Final = "<|image_pad|>"
VIDEO: Final = "<|video_pad|>"
VISION_START: Final = "<|vision_start|>"
VISION_END: Final = "<|vision_end|>"
END: Final = "<|im_end|>"
PADDING: Final = "<|endoftext|>"
_THINKING: Final = ("<think>", "</think>")
_SPECIAL: Final = (PADDING, "<|im_start|>", END, VISION_START, VISION_END, "<|vision_pad|>", IMAGE, VIDEO)

CHAT: Final = """\
{%- for message in messages -%}
<|im_start|>{{ message['role'] }}
{% if message['content'] is string -%}
{{ message['content'] }}
{%- else -%}
{%- for part in message['content'] -%}
{%- if part['type'] == 'image' -%}<|vision_start|><|image_pad|><|vision_end|>
{%- elif 'text' in part -%}{{ part['text'] }}
{%- endif -%}
{%- endfor -%}
{%- endif -%}<|im_end|>
{% endfor -%}
{%- if add_generation_prompt -%}<|im_start|>assistant
{% if enable_thinking is defined and enable_thinking is false -%}<think>

</think>

{% endif -%}
{%- endif -%}
"""
"""A ChatML template: turns of text and images, an answer begun, without thinking where that is asked."""


def tokenizer() -> Qwen2Tokenizer:
    """A tokenizer of the Qwen kind: a token for each byte, and the special ones."""
    words = (*sorted(ByteLevel.alphabet()), *_SPECIAL, *_THINKING)
    made = Qwen2Tokenizer(
        vocab={word: number for number, word in enumerate(words)},
        merges=[],
        eos_token=END,
        pad_token=PADDING,
        unk_token=None,  # type: ignore[arg-type]  # as in the released ones
        extra_special_tokens=list(_SPECIAL),
        model_max_length=32768,
    )
    made.chat_template = CHAT
    return made


def clip_tokenizer() -> CLIPTokenizer:
    """A tokenizer of the CLIP kind: a token for each byte, within a word and at its end."""
    letters = sorted(ByteLevel.alphabet())
    words = (*letters, *(f"{letter}</w>" for letter in letters), "<|startoftext|>", PADDING)
    return CLIPTokenizer(vocab={word: number for number, word in enumerate(words)}, merges=[], model_max_length=77)


def processor(kind: Literal["qwen2", "qwen3"], *, patch: int = 4, least: int = 64, most: int = 4096) -> Any:
    """What prepares text and images for a vision-language model.

    Args:
        kind: Of Qwen2.5-VL or Qwen3-VL.
        patch: Side of a patch in pixels; two by two of them are a token.
        least: Pixels of the smallest image that is not enlarged.
        most: Pixels of the largest image that is not shrunk.
    """
    patches: dict[str, Any] = {"patch_size": patch, "merge_size": 2, "temporal_patch_size": 2}
    pictures = Qwen2VLImageProcessor(size={"shortest_edge": least, "longest_edge": most}, **patches)
    if kind == "qwen3":
        return Qwen3VLProcessor(pictures, tokenizer(), Qwen3VLVideoProcessor(**patches), chat_template=CHAT)
    return Qwen2VLProcessor(pictures, tokenizer(), Qwen2VLVideoProcessor(**patches), chat_template=CHAT)
