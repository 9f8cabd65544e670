"""How much memory a model's weights take, whole or quantized, and what fits a device.

Computed from the numbers of parameters on the cards, not measured; what a forward needs beside the weights is left room
for by ``ROOM``.
"""

from typing import Final, Literal

from generator.models.card import ModelCard

Quantization = Literal["none", "fp8", "int8", "int4"]
QUANTIZATIONS: Final[tuple[Quantization, ...]] = ("none", "fp8", "int8", "int4")

ROOM: Final = 0.8
"""The part of a device's memory that weights may take; the rest is for what is computed (``engine.memory``)."""

_TRANSFORMER: Final = {"none": 1.0, "fp8": 0.5, "int8": 0.5, "int4": 0.25}
_ENCODER: Final = {"none": 1.0, "fp8": 1.0, "int8": 0.5, "int4": 0.25}
"""What is left of the bytes in bfloat16; see ``generator.diffusion.loading`` for what is quantized how."""


def weights(card: ModelCard, quantization: Quantization = "none", *, encoder_outside: bool = False) -> int:
    """Bytes of a model's weights on the device; 0 where the card knows no sizes.

    Args:
        card: The model's.
        quantization: As in the setting ``engine.quantize``.
        encoder_outside: The text encoder stays in the host's memory (``engine.offload = text_encoder``).
    """
    encoder = 0.0 if encoder_outside else card.text_encoder * _ENCODER[quantization]
    return round(card.transformer * _TRANSFORMER[quantization] + encoder + card.other)


def fit(card: ModelCard, memory: int) -> tuple[Quantization, bool] | None:
    """The least that must be done for a model to fit.

    Args:
        card: The model's.
        memory: Bytes of the device.

    Returns:
        How it is quantized, and whether its text encoder stays outside; None if it does not fit at all, or if nothing is
        known of its size.
    """
    if not card.memory:
        return None
    for quantization in QUANTIZATIONS:
        for outside in (False, True):
            if weights(card, quantization, encoder_outside=outside) <= ROOM * memory:
                return quantization, outside
    return None
