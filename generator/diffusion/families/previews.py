"""Small pictures of what is being denoised: from fewer latents than an image has."""

from typing import Final

import torch
import torch.nn.functional as F  # noqa: N812 - torch's own custom

PREVIEW: Final = 256  # px of a preview's longer side


def shrunk(latents: torch.Tensor, factor: int) -> torch.Tensor:
    """Latents of a preview.

    Args:
        latents: (frames, channels, height, width).
        factor: Pixels of an image that one latent stands for at each side.

    Returns:
        Their means, the aspect kept as well as it can be, for at most ``PREVIEW`` px at the longer side.
    """
    height, width = latents.shape[-2:]
    scale = min(1.0, PREVIEW / factor / max(height, width))
    return F.interpolate(latents, (max(1, int(height * scale)), max(1, int(width * scale))), mode="area")
