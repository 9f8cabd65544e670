"""Bringing models into memory: where, in which precision, and with what left outside of it."""

import gc
import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Literal

import structlog
import torch
from diffusers import FlowMatchEulerDiscreteScheduler, PipelineQuantizationConfig
from diffusers.hooks import apply_group_offloading

from generator.diffusion.compiling import compile_blocks
from generator.diffusion.encodings import Encodings
from generator.diffusion.families.base import Family, Loaded
from generator.models.card import Lora, ModelCard

Offload = Literal["none", "text_encoder", "all"]
Quantize = Literal["none", "fp8", "int8", "int4"]

_ENCODERS: Final = ("text_encoder",)
_LARGE: Final = ("text_encoder", "transformer")
_BITSANDBYTES: Final[Mapping[str, tuple[str, Mapping[str, Any]]]] = {
    "int8": ("bitsandbytes_8bit", {"load_in_8bit": True}),
    "int4": ("bitsandbytes_4bit", {"load_in_4bit": True, "bnb_4bit_quant_type": "nf4"}),
}

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Placement:
    """Where and how models are loaded.

    Attributes:
        offload: What stays in the host's memory and is copied to the device block by block when it computes.
        quantize: ``fp8``: weights of the transformer are kept in 8 bits and computed in ``dtype``. ``int8``, ``int4``:
            by bitsandbytes, transformer and text encoder.
        local_only: Take nothing from the hub.
        encodings: Bytes for kept encodings of prompts and references, for each model.
        compile: Compile what repeats in transformers, on CUDA and where nothing is copied to it block by block.
    """

    device: torch.device
    dtype: torch.dtype
    offload: Offload = "none"
    quantize: Quantize = "none"
    local_only: bool = True
    encodings: int = 256 * 2**20
    compile: bool = False


def load(family: Family, card: ModelCard, source: str, placement: Placement) -> Loaded:
    """Load a model; takes seconds to minutes.

    Raises:
        OSError, ValueError: It is not there, or not of its family.
        ImportError: Its quantization needs a package that is not installed.
        torch.OutOfMemoryError: It does not fit.
    """
    if card.lora is not None:
        source = card.lora.base
    pipeline = family.load(source, _options(card, source, placement))
    if card.lora is not None:
        _put_upon(pipeline, card.lora, placement)
    _place(pipeline, placement)
    transformer = getattr(pipeline, "transformer", None)
    if placement.compile and placement.device.type == "cuda" and placement.offload != "all" and transformer is not None:
        compile_blocks(transformer)
    log.info("model_loaded", model=card.id, device=str(placement.device), quantize=placement.quantize)
    return Loaded(card=card, pipeline=pipeline, encodings=Encodings(placement.encodings))


def drop(model: Loaded) -> None:
    """Return the memory of a model that nobody uses any more."""
    model.encodings.clear()
    for component in list(model.pipeline.components.values()):
        if isinstance(component, torch.nn.Module):
            component.to("meta")
    gc.collect()
    if torch.cuda.is_available():
        torch.cuda.empty_cache()
    log.info("model_dropped", model=model.card.id)


def _options(card: ModelCard, source: str, placement: Placement) -> Mapping[str, Any]:
    options: dict[str, Any] = {"dtype": placement.dtype, "local_files_only": placement.local_only}
    if not Path(source).is_dir():
        options["revision"] = card.revision
    if placement.quantize in _BITSANDBYTES:
        backend, given = _BITSANDBYTES[placement.quantize]
        compute: dict[str, Any] = {"bnb_4bit_compute_dtype": placement.dtype} if placement.quantize == "int4" else {}
        options["quantization_config"] = PipelineQuantizationConfig(
            quant_backend=backend, quant_kwargs={**given, **compute}, components_to_quantize=list(_LARGE)
        )
    return options


def _put_upon(pipeline: Any, lora: Lora, placement: Placement) -> None:
    """Add a LoRA's weights to the model's for good, and give the pipeline the schedule that they were distilled with."""
    where: dict[str, Any] = {} if Path(lora.id).is_dir() else {"revision": lora.revision}
    pipeline.load_lora_weights(lora.id, weight_name=lora.weight_name, local_files_only=placement.local_only, **where)
    pipeline.fuse_lora()
    pipeline.unload_lora_weights()
    if lora.shift is not None:
        shift = math.log(lora.shift)
        pipeline.scheduler = FlowMatchEulerDiscreteScheduler.from_config(
            pipeline.scheduler.config,
            use_dynamic_shifting=True,  # with the same shift for every size
            time_shift_type="exponential",
            base_shift=shift,
            max_shift=shift,
            shift=1.0,
            shift_terminal=None,
        )


def _place(pipeline: Any, placement: Placement) -> None:
    outside = {"none": (), "text_encoder": _ENCODERS, "all": _LARGE}[placement.offload]
    modules: dict[str, Any] = {
        name: one for name, one in pipeline.components.items() if isinstance(one, torch.nn.Module)
    }
    for name, component in modules.items():
        component.requires_grad_(False)  # noqa: FBT003 - torch's own signature
        if name == "transformer" and placement.quantize == "fp8":
            component.enable_layerwise_casting(storage_dtype=torch.float8_e4m3fn, compute_dtype=placement.dtype)
        if name in outside:
            apply_group_offloading(
                component,
                onload_device=placement.device,
                offload_type="leaf_level",
                use_stream=placement.device.type == "cuda",
            )
        else:
            component.to(placement.device)
