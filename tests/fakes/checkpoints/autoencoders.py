"""Autoencoders with the scale factors of the released ones and next to no channels."""

from typing import Any

import diffusers

_LEVELS = 4  # a latent stands for 8 x 8 px, as in the released ones: pipelines derive sizes from it


def flux2() -> Any:
    """FLUX.2's and FLUX.3's."""
    return diffusers.AutoencoderKLFlux2(
        sample_size=32,
        down_block_types=("DownEncoderBlock2D",) * _LEVELS,
        up_block_types=("UpDecoderBlock2D",) * _LEVELS,
        block_out_channels=(4,) * _LEVELS,
        layers_per_block=1,
        latent_channels=4,
        norm_num_groups=1,
    )


def kl(latents: int, **more: Any) -> Any:
    """Z-Image's, and Stable Diffusion's."""
    return diffusers.AutoencoderKL(
        down_block_types=("DownEncoderBlock2D",) * _LEVELS,
        up_block_types=("UpDecoderBlock2D",) * _LEVELS,
        block_out_channels=(8,) * _LEVELS,
        layers_per_block=1,
        latent_channels=latents,
        norm_num_groups=4,
        sample_size=32,
        **more,
    )


def qwen(latents: int = 4, *, channels: int = 3) -> Any:
    """Qwen-Image's; of four channels for the one that takes images apart into layers."""
    return diffusers.AutoencoderKLQwenImage(
        base_dim=8,
        z_dim=latents,
        dim_mult=[1] * _LEVELS,
        num_res_blocks=1,
        temperal_downsample=[False, True, True],
        latents_mean=[0.0 if channels == 3 else 0.1] * latents,
        latents_std=[1.0 if channels == 3 else 1.2] * latents,
        input_channels=channels,
    )


def qwen_21(latents: int = 4) -> Any:
    """Qwen-Image-2.1's, which has an alpha channel."""
    return diffusers.AutoencoderKLQwenImage21(
        base_dim=4,
        decoder_base_dim=4,
        z_dim=latents,
        dim_mult=[1] * 5,
        num_res_blocks=1,
        temperal_downsample=[False, True, True, True],
        latents_mean=[0.0] * latents,
        latents_std=[1.0] * latents,
    )
