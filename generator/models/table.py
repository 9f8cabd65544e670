"""The models that Threadbrush knows. Sizes are those of published configurations in bfloat16, 2 bytes a parameter.

Source of every row, unless it says otherwise: the model's card on the hub and diffusers 0.42.1, as of 2026-11-22.
"""

from dataclasses import replace
from typing import Final

from generator.models.card import Abilities, FamilyName, License, Lora, ModelCard

_BILLION: Final = 2 * 10**9  # bytes of a billion parameters

APACHE: Final = License(name="Apache-2.0", commercial="yes", url="https://www.apache.org/licenses/LICENSE-2.0")
KOMMUNITY: Final = License(
    name="FLUX Kommunity License 1.0",
    commercial="conditional",
    condition="Outputs may be used commercially by those with less than US$ 5 million of gross annual revenue, "
    "affiliates included, who filter content and disclose that images are AI-generated.",
)
QWEN_RESEARCH: Final = License(
    name="Qwen Research License", commercial="no", condition="For research and evaluation; not for commercial use."
)

_CREATE = Abilities(text=2, negative=True)

KLEIN: Final = ModelCard(
    id="black-forest-labs/FLUX.2-klein-4B",
    family=FamilyName.FLUX2,
    license=APACHE,
    abilities=Abilities(edit=True, references=4, mask=True, text=1),
    steps=4,
    guidance=1.0,
    transformer=4 * _BILLION,
    text_encoder=4 * _BILLION,
)
KLEIN_BASE: Final = ModelCard(
    id="black-forest-labs/FLUX.2-klein-base-4B",
    family=FamilyName.FLUX2,
    license=APACHE,
    abilities=Abilities(edit=True, references=4, mask=True, text=1),
    steps=50,
    guidance=4.0,
    transformer=4 * _BILLION,
    text_encoder=4 * _BILLION,
)
Z_IMAGE_TURBO: Final = ModelCard(
    id="Tongyi-MAI/Z-Image-Turbo",
    family=FamilyName.Z_IMAGE,
    license=APACHE,
    abilities=Abilities(mask=True, text=2),
    steps=8,
    guidance=0.0,
    transformer=6 * _BILLION,
    text_encoder=4 * _BILLION,
)
Z_IMAGE: Final = ModelCard(
    id="Tongyi-MAI/Z-Image",
    family=FamilyName.Z_IMAGE,
    license=APACHE,
    abilities=Abilities(mask=True, text=2, negative=True),
    steps=50,
    guidance=4.0,
    transformer=6 * _BILLION,
    text_encoder=4 * _BILLION,
)
QWEN_IMAGE: Final = ModelCard(
    id="Qwen/Qwen-Image-2512",
    family=FamilyName.QWEN_IMAGE,
    license=APACHE,
    abilities=Abilities(mask=True, text=3, negative=True),
    steps=50,
    guidance=4.0,
    text_tokens=1024,
    transformer=20 * _BILLION,
    text_encoder=7 * _BILLION,
)
QWEN_IMAGE_EDIT: Final = ModelCard(
    id="Qwen/Qwen-Image-Edit-2511",
    family=FamilyName.QWEN_IMAGE,
    license=APACHE,
    abilities=Abilities(create=False, edit=True, references=3, text=3, negative=True),
    steps=40,
    guidance=4.0,
    text_tokens=1024,
    transformer=20 * _BILLION,
    text_encoder=7 * _BILLION,
)
# Distilled weights of lightx2v, Apache-2.0: https://github.com/ModelTC/LightX2V-Qwen-Image-Lightning; without guidance, on
# a schedule with a constant shift of 3.
QWEN_IMAGE_LIGHTNING: Final = replace(
    QWEN_IMAGE,
    id="lightx2v/Qwen-Image-2512-Lightning",
    steps=4,
    guidance=1.0,
    lora=Lora(
        id="lightx2v/Qwen-Image-2512-Lightning",
        weight_name="Qwen-Image-2512-Lightning-4steps-V1.0-bf16.safetensors",
        base=QWEN_IMAGE.id,
        shift=3.0,
    ),
)
QWEN_IMAGE_EDIT_LIGHTNING: Final = replace(
    QWEN_IMAGE_EDIT,
    id="lightx2v/Qwen-Image-Edit-2511-Lightning",
    steps=4,
    guidance=1.0,
    lora=Lora(
        id="lightx2v/Qwen-Image-Edit-2511-Lightning",
        weight_name="Qwen-Image-Edit-2511-Lightning-4steps-V1.0-bf16.safetensors",
        base=QWEN_IMAGE_EDIT.id,
        shift=3.0,
    ),
)
QWEN_IMAGE_LAYERED: Final = ModelCard(
    id="Qwen/Qwen-Image-Layered",
    family=FamilyName.QWEN_IMAGE,
    license=APACHE,
    abilities=Abilities(create=False, references=1, layers=True, rgba=True, negative=True),
    steps=50,
    guidance=4.0,
    text_tokens=1024,
    native=640 * 640,
    most=1024 * 1024,
    transformer=20 * _BILLION,
    text_encoder=7 * _BILLION,
)
QWEN_IMAGE_21: Final = ModelCard(
    id="Qwen/Qwen-Image-2.1",
    family=FamilyName.QWEN_IMAGE_21,
    license=QWEN_RESEARCH,
    abilities=Abilities(edit=True, references=10, rgba=True, text=3, negative=True),
    steps=40,
    guidance=1.0,
    text_tokens=1024,
    multiple=32,
    most=2048 * 2048,
    transformer=int(7.1 * _BILLION),
    text_encoder=8 * _BILLION,
    other=int(0.34 * _BILLION),
)
FLUX3_KLEIN: Final = ModelCard(
    id="black-forest-labs/FLUX.3-Image-Klein",
    family=FamilyName.FLUX3,
    license=KOMMUNITY,
    abilities=Abilities(edit=True, references=10, boxes=True, text=2),
    steps=16,
    guidance=1.0,
    most=4096 * 4096,
    transformer=int(5.6 * _BILLION),
    text_encoder=4 * _BILLION,
    other=9 * _BILLION,  # its prompt upsampler
)

CARDS: Final = (
    KLEIN,
    KLEIN_BASE,
    Z_IMAGE_TURBO,
    Z_IMAGE,
    QWEN_IMAGE,
    QWEN_IMAGE_LIGHTNING,
    QWEN_IMAGE_EDIT,
    QWEN_IMAGE_EDIT_LIGHTNING,
    QWEN_IMAGE_LAYERED,
    QWEN_IMAGE_21,
    FLUX3_KLEIN,
)
"""Every known model, the default first."""
