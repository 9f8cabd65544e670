"""A tiny pipeline of every family: the released architecture and classes, a few thousand weights.

Which sizes a pipeline derives from its parts (pixels of a latent, tokens of an image, encoder layers that are read) is
as released; the rest is as small as it may be.
"""

from collections.abc import Callable, Mapping
from typing import Any, Final

import diffusers
import torch
import transformers
from diffusers.modular_pipelines.flux3 import image_processor as _flux3_images  # noqa: F401 - its blocks look for it

from tests.fakes.checkpoints import autoencoders, encoders
from tests.fakes.checkpoints.tokens import clip_tokenizer, processor, tokenizer


def flux2(*, distilled: bool) -> Any:
    """FLUX.2 klein, or the base model that it was distilled from."""
    words = tokenizer()
    return diffusers.Flux2KleinPipeline(
        scheduler=_scheduler(),
        vae=autoencoders.flux2(),
        text_encoder=encoders.qwen3(words, layers=28),  # its layers 9, 18 and 27 are read
        tokenizer=words,
        transformer=diffusers.Flux2Transformer2DModel(
            patch_size=1,
            in_channels=16,
            num_layers=1,
            num_single_layers=2,
            attention_head_dim=16,
            num_attention_heads=2,
            joint_attention_dim=3 * encoders.WIDTH,
            timestep_guidance_channels=32,
            axes_dims_rope=(4, 4, 4, 4),
            guidance_embeds=False,
        ),
        is_distilled=distilled,
    )


def z_image() -> Any:
    """Z-Image."""
    words = tokenizer()
    return diffusers.ZImagePipeline(
        scheduler=diffusers.FlowMatchEulerDiscreteScheduler(shift=3.0),
        vae=autoencoders.kl(
            16, scaling_factor=0.3611, shift_factor=0.1159, use_quant_conv=False, use_post_quant_conv=False
        ),
        text_encoder=encoders.qwen3(words, kind=transformers.Qwen3Model),
        tokenizer=words,
        transformer=diffusers.ZImageTransformer2DModel(
            in_channels=16,
            dim=32,
            n_layers=2,
            n_refiner_layers=1,
            n_heads=2,
            n_kv_heads=2,
            cap_feat_dim=encoders.WIDTH,
            axes_dims=[8, 4, 4],
            axes_lens=[1024, 128, 128],
        ),
    )


def qwen_image() -> Any:
    """Qwen-Image."""
    words = tokenizer()
    return diffusers.QwenImagePipeline(
        scheduler=_scheduler(),
        vae=autoencoders.qwen(),
        text_encoder=encoders.qwen2_5_vl(words),
        tokenizer=words,
        transformer=_qwen_transformer(4),
    )


def qwen_image_edit_plus() -> Any:
    """Qwen-Image-Edit-2509 and 2511; the later one keeps references at time zero."""
    return diffusers.QwenImageEditPlusPipeline(
        **_qwen_seeing(), vae=autoencoders.qwen(), transformer=_qwen_transformer(4, zero_cond_t=True)
    )


def qwen_image_layered() -> Any:
    """Qwen-Image-Layered: pixels of four channels, and places in three dimensions."""
    return diffusers.QwenImageLayeredPipeline(
        **_qwen_seeing(),
        vae=autoencoders.qwen(8, channels=4),
        transformer=_qwen_transformer(8, use_additional_t_cond=True, use_layer3d_rope=True),
    )


def qwen_image_21() -> Any:
    """Qwen-Image-2.1. Its encoder sees a token for 32 x 32 px, two by two of its latents, as in the released one."""
    seeing = processor("qwen3", patch=16, least=32 * 32, most=4096 * 4096)
    return diffusers.QwenImage21Pipeline(
        scheduler=_scheduler(),
        vae=autoencoders.qwen_21(),
        text_encoder=encoders.qwen3_vl(seeing.tokenizer, patch=16),
        processor=seeing,
        transformer=diffusers.QwenImage21Transformer2DModel(
            patch_size=1,
            in_channels=4,
            out_channels=4,
            num_layers=2,
            attention_head_dim=16,
            num_attention_heads=2,
            context_in_dim=encoders.WIDTH,
            mlp_ratio=2,
            axes_dims_rope=(4, 6, 6),
        ),
    )


def flux3(*, distilled: bool, upsampler: bool = False) -> Any:
    """FLUX.3 Image Klein, or its base model: pipelines of blocks."""
    blocks: Any = diffusers.Flux3DistilledAutoBlocks() if distilled else diffusers.Flux3AutoBlocks()
    seeing = processor("qwen3")
    parts = {
        "text_encoder": encoders.qwen3_vl(seeing.tokenizer, layers=33),  # every fourth of them is read
        "tokenizer": seeing,
        "vae": autoencoders.flux2(),
        "transformer": diffusers.Flux3Transformer2DModel(
            in_channels=16,
            cond_in_channels=16,
            num_layers=1,
            num_single_layers=1,
            attention_head_dim=16,
            num_attention_heads=2,
            joint_attention_dim=8 * encoders.WIDTH,
            timestep_channels=32,
            mlp_ratio=2.0,
            axes_dims_rope=(4, 4, 4, 4),
            flow_map=distilled,
        ),
    }
    if upsampler:
        parts |= {"prompt_upsampler": encoders.qwen3_5(seeing.tokenizer), "prompt_upsampler_processor": seeing}
    else:
        blocks.sub_blocks.pop("prompt_upsampler")
    pipeline = blocks.init_pipeline()
    pipeline.update_components(**parts)
    return pipeline


def stable_diffusion() -> Any:
    """Stable Diffusion 1: a U-Net, and a schedule of noise instead of a flow. For the adapter to any pipeline."""
    words = clip_tokenizer()
    return diffusers.StableDiffusionPipeline(
        scheduler=diffusers.DDIMScheduler(clip_sample=False, set_alpha_to_one=False, steps_offset=1),
        vae=autoencoders.kl(4),
        text_encoder=encoders.clip(words),
        tokenizer=words,
        unet=diffusers.UNet2DConditionModel(
            sample_size=8,
            block_out_channels=(8, 16),
            layers_per_block=1,
            down_block_types=("DownBlock2D", "CrossAttnDownBlock2D"),
            up_block_types=("CrossAttnUpBlock2D", "UpBlock2D"),
            cross_attention_dim=encoders.WIDTH,
            attention_head_dim=2,
            norm_num_groups=4,
        ),
        safety_checker=None,
        feature_extractor=None,
        requires_safety_checker=False,
    )


def ernie_image() -> Any:
    """ERNIE-Image: a transformer of a family that we have no packing for. For the adapter to any pipeline."""
    words = tokenizer()
    return diffusers.ErnieImagePipeline(
        scheduler=diffusers.FlowMatchEulerDiscreteScheduler(shift=3.0),
        vae=autoencoders.flux2(),
        text_encoder=encoders.qwen3(words, kind=transformers.Qwen3Model),
        tokenizer=words,
        transformer=diffusers.ErnieImageTransformer2DModel(
            hidden_size=32,
            num_attention_heads=2,
            num_layers=2,
            ffn_hidden_size=64,
            in_channels=16,
            out_channels=16,
            text_in_dim=encoders.WIDTH,
            rope_axes_dim=(8, 4, 4),
        ),
    )


PIPELINES: Final[Mapping[str, Callable[[], Any]]] = {
    "flux2_klein": lambda: flux2(distilled=True),
    "flux2_base": lambda: flux2(distilled=False),
    "z_image": z_image,
    "qwen_image": qwen_image,
    "qwen_image_edit_plus": qwen_image_edit_plus,
    "qwen_image_layered": qwen_image_layered,
    "qwen_image_21": qwen_image_21,
    "flux3": lambda: flux3(distilled=True),
    "flux3_upsampler": lambda: flux3(distilled=True, upsampler=True),
    "flux3_base": lambda: flux3(distilled=False),
    "stable_diffusion": stable_diffusion,
    "ernie_image": ernie_image,
}


def build(name: str) -> Any:
    """The tiny pipeline of that name, with the same random weights every time.

    What denoises gets weights that all matter: released ones begin as zeros in places, and then whatever is computed
    of a request is the same.
    """
    torch.manual_seed(0)
    pipeline = PIPELINES[name]()
    denoiser = pipeline.unet if "unet" in pipeline.components else pipeline.transformer
    torch.manual_seed(1)
    with torch.no_grad():
        for weight in denoiser.parameters():
            weight.copy_(torch.randn_like(weight) * 0.12)
    return pipeline


def _scheduler() -> Any:
    return diffusers.FlowMatchEulerDiscreteScheduler(
        use_dynamic_shifting=True, time_shift_type="exponential", shift=3.0
    )


def _qwen_seeing() -> dict[str, Any]:
    seeing = processor("qwen2")
    return {
        "scheduler": _scheduler(),
        "text_encoder": encoders.qwen2_5_vl(seeing.tokenizer),
        "tokenizer": seeing.tokenizer,
        "processor": seeing,
    }


def _qwen_transformer(latents: int, **more: Any) -> Any:
    return diffusers.QwenImageTransformer2DModel(
        patch_size=2,
        in_channels=4 * latents,
        out_channels=latents,
        num_layers=2,
        attention_head_dim=16,
        num_attention_heads=2,
        joint_attention_dim=encoders.WIDTH,
        axes_dims_rope=(8, 4, 4),
        **more,
    )
