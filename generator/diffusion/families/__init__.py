"""What differs between models: how they are called, and how unlike requests share one forward."""

from generator.diffusion.families.base import Family
from generator.diffusion.families.flux2 import Flux2
from generator.diffusion.families.flux3 import Flux3
from generator.diffusion.families.generic import Generic
from generator.diffusion.families.qwen_image import QwenImage
from generator.diffusion.families.qwen_image_21 import QwenImage21
from generator.diffusion.families.z_image import ZImage
from generator.models.card import FamilyName

_FAMILIES: dict[FamilyName, Family] = {
    family.name: family for family in (Flux2(), Flux3(), Generic(), QwenImage(), QwenImage21(), ZImage())
}


def family_of(name: FamilyName) -> Family:
    """The family of that name."""
    return _FAMILIES[name]
