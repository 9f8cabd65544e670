"""Text encoders of a few layers, with the architectures of the released ones."""

from typing import Any

import transformers

from tests.fakes.checkpoints.tokens import END, IMAGE, PADDING, VIDEO, VISION_END, VISION_START

WIDTH = 32
"""Of the hidden states."""


def qwen3(tokenizer: Any, *, layers: int = 3, kind: Any = transformers.Qwen3ForCausalLM) -> Any:
    """Qwen3: FLUX.2 klein's and Z-Image's."""
    return kind(
        transformers.Qwen3Config(
            vocab_size=len(tokenizer),
            num_hidden_layers=layers,
            head_dim=WIDTH // 2,
            **_SIZES,
            max_position_embeddings=4096,
        )
    )


def clip(tokenizer: Any) -> Any:
    """CLIP: Stable Diffusion's."""
    return transformers.CLIPTextModel(
        transformers.CLIPTextConfig(
            vocab_size=len(tokenizer),
            hidden_size=WIDTH,
            intermediate_size=2 * WIDTH,
            num_hidden_layers=2,
            num_attention_heads=2,
            bos_token_id=tokenizer.bos_token_id,
            eos_token_id=tokenizer.eos_token_id,
        )
    )


def qwen2_5_vl(tokenizer: Any) -> Any:
    """Qwen2.5-VL: Qwen-Image's."""
    text = {"vocab_size": len(tokenizer), "num_hidden_layers": 2, "max_position_embeddings": 4096, **_SIZES}
    vision = {**_vision(4), "window_size": 32, "fullatt_block_indexes": [1]}
    return transformers.Qwen2_5_VLForConditionalGeneration(
        transformers.Qwen2_5_VLConfig(
            text_config={**text, "rope_parameters": _rope(1e6)}, vision_config=vision, **_marks(tokenizer)
        )
    )


def qwen3_vl(tokenizer: Any, *, layers: int = 3, patch: int = 4) -> Any:
    """Qwen3-VL: Qwen-Image-2.1's and FLUX.3's."""
    text = {
        "vocab_size": len(tokenizer),
        "num_hidden_layers": layers,
        "head_dim": WIDTH // 2,
        "max_position_embeddings": 16384,
        "rope_parameters": {**_rope(5e6), "mrope_interleaved": True},
        **_SIZES,
    }
    vision = {**_vision(patch), "num_position_embeddings": 64, "deepstack_visual_indexes": [0]}
    return transformers.Qwen3VLForConditionalGeneration(
        transformers.Qwen3VLConfig(text_config=text, vision_config=vision, **_marks(tokenizer))
    )


def qwen3_5(tokenizer: Any) -> Any:
    """Qwen3.5: the prompt upsampler of FLUX.3."""
    text = {
        "vocab_size": len(tokenizer),
        "num_hidden_layers": 2,
        "head_dim": 32,
        "max_position_embeddings": 16384,
        "layer_types": ["linear_attention", "full_attention"],
        "linear_conv_kernel_dim": 4,
        "linear_key_head_dim": 8,
        "linear_value_head_dim": 8,
        "linear_num_key_heads": 2,
        "linear_num_value_heads": 4,
        "pad_token_id": tokenizer.convert_tokens_to_ids(PADDING),
        "eos_token_id": tokenizer.convert_tokens_to_ids(END),
        "rope_parameters": {
            "rope_type": "default",
            "rope_theta": 1e6,
            "mrope_section": [2, 1, 1],
            "mrope_interleaved": True,
            "partial_rotary_factor": 0.25,
        },
        **_SIZES,
    }
    return transformers.Qwen3_5ForConditionalGeneration(
        transformers.Qwen3_5Config(
            text_config=text, vision_config={**_vision(4), "num_position_embeddings": 64}, **_marks(tokenizer)
        )
    )


_SIZES: dict[str, Any] = {
    "hidden_size": WIDTH,
    "intermediate_size": 2 * WIDTH,
    "num_attention_heads": 2,
    "num_key_value_heads": 1,
}


def _rope(theta: float) -> dict[str, Any]:
    return {"rope_type": "default", "rope_theta": theta, "mrope_section": [4, 2, 2]}


def _vision(patch: int) -> dict[str, Any]:
    return {
        "depth": 2,
        "hidden_size": 16,
        "intermediate_size": 32,
        "num_heads": 2,
        "patch_size": patch,
        "spatial_merge_size": 2,
        "temporal_patch_size": 2,
        "out_hidden_size": WIDTH,
    }


def _marks(tokenizer: Any) -> dict[str, Any]:
    names = {
        "image_token_id": IMAGE,
        "video_token_id": VIDEO,
        "vision_start_token_id": VISION_START,
        "vision_end_token_id": VISION_END,
    }
    return {name: tokenizer.convert_tokens_to_ids(token) for name, token in names.items()}
