"""The measured models: real architectures with random weights, built on the device; tiny ones for machines without."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

import diffusers
import torch
import transformers

from generator.diffusion.families import family_of
from generator.models.card import Abilities, FamilyName, License, ModelCard
from tests.fakes.checkpoints import tokenizer

RANDOM: Final = License(name="random weights", commercial="yes")
QWEN3_4B: Final = {
    # The text encoder of both models: Qwen3-4B, config.json on the hub, 2025-04.
    "vocab_size": 151_936,
    "hidden_size": 2560,
    "intermediate_size": 9728,
    "num_hidden_layers": 36,
    "num_attention_heads": 32,
    "num_key_value_heads": 8,
    "head_dim": 128,
    "max_position_embeddings": 40_960,
    "tie_word_embeddings": True,
}
TINY_QWEN3: Final = {
    "vocab_size": 512,
    "hidden_size": 32,
    "intermediate_size": 64,
    "num_hidden_layers": 28,
    "num_attention_heads": 2,
    "num_key_value_heads": 1,
    "head_dim": 16,
    "max_position_embeddings": 4096,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Bench:
    """One measured model.

    Attributes:
        sides: Sides in px of the two batches of squares, the larger one first.
        steps: Of those batches.
    """

    card: ModelCard
    build: Callable[[torch.device, torch.dtype], Any]
    sides: tuple[int, int]
    steps: int
    tiny: bool

    def pipeline(self, device: torch.device) -> Any:
        """The pipeline on the device, with what our family puts into it at loading; for a bare loop it changes nothing."""
        dtype = torch.bfloat16 if device.type == "cuda" else torch.float32
        pipeline = self.build(device, dtype)
        pipeline.set_progress_bar_config(disable=True)
        prepare = getattr(family_of(self.card.family), "prepare", None)
        return pipeline if prepare is None else prepare(pipeline)


def benches(*, tiny: bool) -> tuple[Bench, ...]:
    """FLUX.2 klein 4B and Z-Image-Turbo, or tiny models of the same kinds."""
    size: dict[str, Any] = {"sides": (64, 32), "tiny": True} if tiny else {"sides": (1024, 512), "tiny": False}
    native = (64 if tiny else 1024) ** 2
    flux2 = ModelCard(
        id="FLUX.2 klein 4B" if not tiny else "tiny FLUX.2",
        family=FamilyName.FLUX2,
        license=RANDOM,
        abilities=Abilities(edit=True, references=4),
        steps=4,
        guidance=1.0,
        text_tokens=64 if tiny else 512,
        native=native,
    )
    z_image = ModelCard(
        id="Z-Image-Turbo" if not tiny else "tiny Z-Image",
        family=FamilyName.Z_IMAGE,
        license=RANDOM,
        abilities=Abilities(),
        steps=8,
        guidance=0.0,
        text_tokens=64 if tiny else 512,
        native=native,
    )
    return (
        Bench(card=flux2, build=_flux2(tiny=tiny), steps=4, **size),
        Bench(card=z_image, build=_z_image(tiny=tiny), steps=8, **size),
    )


def _flux2(*, tiny: bool) -> Callable[[torch.device, torch.dtype], Any]:
    # transformer/config.json of FLUX.2-klein-4B, and the same names with small numbers.
    sizes: dict[str, Any] = {"num_layers": 5, "num_single_layers": 20, "num_attention_heads": 24}
    sizes |= {"attention_head_dim": 128, "joint_attention_dim": 7680, "in_channels": 128, "axes_dims_rope": (32,) * 4}
    decoder: dict[str, Any] = {}
    if tiny:
        sizes = {"num_layers": 1, "num_single_layers": 2, "num_attention_heads": 2, "attention_head_dim": 16}
        sizes |= {"joint_attention_dim": 96, "in_channels": 16, "axes_dims_rope": (4,) * 4}
        sizes["timestep_guidance_channels"] = 32
        decoder = {"block_out_channels": (4,) * 4, "layers_per_block": 1, "latent_channels": 4, "norm_num_groups": 1}

    def build(device: torch.device, dtype: torch.dtype) -> Any:
        blocks = {"down_block_types": ("DownEncoderBlock2D",) * 4, "up_block_types": ("UpDecoderBlock2D",) * 4}
        return diffusers.Flux2KleinPipeline(
            scheduler=_scheduler(dynamic=True),
            vae=_made(lambda: diffusers.AutoencoderKLFlux2(**blocks, **decoder), device, dtype),
            text_encoder=_made(lambda: _qwen3(transformers.Qwen3ForCausalLM, tiny=tiny), device, dtype),
            tokenizer=tokenizer(),
            transformer=_made(lambda: diffusers.Flux2Transformer2DModel(guidance_embeds=False, **sizes), device, dtype),
            is_distilled=True,
        )

    return build


def _z_image(*, tiny: bool) -> Callable[[torch.device, torch.dtype], Any]:
    sizes: dict[str, Any] = {}  # the defaults of diffusers 0.42.1 are those of the released model
    decoder: dict[str, Any] = {"block_out_channels": (128, 256, 512, 512), "layers_per_block": 2}
    if tiny:
        sizes = {"dim": 32, "n_layers": 2, "n_refiner_layers": 1, "n_heads": 2, "n_kv_heads": 2, "cap_feat_dim": 32}
        sizes |= {"axes_dims": [8, 4, 4], "axes_lens": [1024, 128, 128]}
        decoder = {"block_out_channels": (8,) * 4, "layers_per_block": 1, "norm_num_groups": 4}

    def build(device: torch.device, dtype: torch.dtype) -> Any:
        blocks = {"down_block_types": ("DownEncoderBlock2D",) * 4, "up_block_types": ("UpDecoderBlock2D",) * 4}
        scales = {"latent_channels": 16, "scaling_factor": 0.3611, "shift_factor": 0.1159}
        plain = {"use_quant_conv": False, "use_post_quant_conv": False}
        return diffusers.ZImagePipeline(
            scheduler=_scheduler(dynamic=False),
            vae=_made(lambda: diffusers.AutoencoderKL(**blocks, **decoder, **scales, **plain), device, dtype),
            text_encoder=_made(lambda: _qwen3(transformers.Qwen3Model, tiny=tiny), device, dtype),
            tokenizer=tokenizer(),
            transformer=_made(lambda: diffusers.ZImageTransformer2DModel(**sizes), device, dtype),
        )

    return build


def _scheduler(*, dynamic: bool) -> Any:
    more = {"use_dynamic_shifting": True, "time_shift_type": "exponential"} if dynamic else {}
    return diffusers.FlowMatchEulerDiscreteScheduler(shift=3.0, **more)


def _qwen3(kind: Any, *, tiny: bool) -> Any:
    sizes: dict[str, Any] = TINY_QWEN3 if tiny else QWEN3_4B
    return kind(transformers.Qwen3Config(**sizes))


def _made(make: Callable[[], Any], device: torch.device, dtype: torch.dtype) -> Any:
    """A module with random weights, made where it will be used and in its final precision."""
    before = torch.get_default_dtype()
    torch.set_default_dtype(dtype)
    try:
        with torch.device(device):
            module = make()
    finally:
        torch.set_default_dtype(before)
    generator = torch.Generator(device).manual_seed(0)
    with torch.no_grad():
        for parameter in module.parameters():
            if parameter.ndim > 1:  # scaled so that depth neither kills nor explodes what passes through
                parameter.normal_(0, parameter[0].numel() ** -0.5, generator=generator)
            elif not torch.isfinite(parameter).all() or not parameter.any():
                parameter.fill_(0.01)
    return module.to(device).eval().requires_grad_(False)  # noqa: FBT003 - torch's own signature
