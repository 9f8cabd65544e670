"""The card of what a setting names: a known model's own, or one made from what a local folder or a hub id shows."""

import json
from pathlib import Path
from typing import Any, Final

from generator.models.card import Abilities, FamilyName, License, ModelCard
from generator.models.table import (
    CARDS,
    FLUX3_KLEIN,
    KLEIN,
    KLEIN_BASE,
    QWEN_IMAGE,
    QWEN_IMAGE_21,
    QWEN_IMAGE_EDIT,
    QWEN_IMAGE_LAYERED,
    Z_IMAGE,
    Z_IMAGE_TURBO,
)

UNKNOWN: Final = License(
    name="unknown", commercial="conditional", condition="Nothing here says what its licence allows: look at it."
)
INDEXES: Final = ("model_index.json", "modular_model_index.json")
LARGEST_INDEX: Final = 1_000_000  # bytes

_BY_CLASS: Final[dict[str, ModelCard]] = {
    "Flux2KleinPipeline": KLEIN,
    "ZImagePipeline": Z_IMAGE,
    "QwenImagePipeline": QWEN_IMAGE,
    "QwenImageEditPlusPipeline": QWEN_IMAGE_EDIT,
    "QwenImageLayeredPipeline": QWEN_IMAGE_LAYERED,
    "QwenImage21Pipeline": QWEN_IMAGE_21,
    "Flux3ModularPipeline": FLUX3_KLEIN,
    "Flux3DistilledModularPipeline": FLUX3_KLEIN,
}


def card_for(source: str) -> ModelCard:
    """The card of a model.

    Args:
        source: A hub id, or a local folder in diffusers' format.

    Raises:
        ValueError: There is no such folder, or it holds no model; says so in one sentence.
    """
    known = next((card for card in CARDS if card.id.casefold() == source.casefold()), None)
    if known is not None:
        return known
    folder = Path(source).expanduser()
    if not folder.is_dir():
        if source.count("/") != 1 or source.startswith((".", "/", "~")):
            raise ValueError(f"there is no model folder {source}")
        return _generic(source)
    index = _index(folder)
    kind = _BY_CLASS.get(str(index.get("_class_name", "")))
    name = folder.resolve().name
    if kind is None:
        return _generic(name)
    return _of_folder(kind, index, folder, name)


def _of_folder(kind: ModelCard, index: dict[str, Any], folder: Path, name: str) -> ModelCard:
    """The card of a model of a known kind, which may be another one than the kind's best known."""
    kind = _variant(kind, index, folder)
    return ModelCard(
        id=name,
        family=kind.family,
        license=UNKNOWN,
        abilities=kind.abilities,
        steps=kind.steps,
        guidance=kind.guidance,
        text_tokens=kind.text_tokens,
        multiple=kind.multiple,
        native=kind.native,
        most=kind.most,
        transformer=_bytes_in(folder / "transformer"),
        text_encoder=_bytes_in(folder / "text_encoder"),
        other=_bytes_in(folder / "vae"),
    )


def _variant(kind: ModelCard, index: dict[str, Any], folder: Path) -> ModelCard:
    if kind is KLEIN and index.get("is_distilled") is False:
        return KLEIN_BASE
    if kind is Z_IMAGE and "turbo" in folder.name.casefold():
        return Z_IMAGE_TURBO
    return kind


def _index(folder: Path) -> dict[str, Any]:
    for name in INDEXES:
        file = folder / name
        try:
            if not file.is_file():
                continue
            if file.stat().st_size > LARGEST_INDEX:
                raise ValueError(f"{name} in {folder} is too large to be one")
            found = json.loads(file.read_text(encoding="utf-8"))
        except (OSError, UnicodeDecodeError, json.JSONDecodeError, RecursionError) as exc:
            raise ValueError(f"{name} in {folder} cannot be read") from exc
        if isinstance(found, dict):
            return found
        raise ValueError(f"{name} in {folder} is not an index of a model")
    raise ValueError(f"{folder} holds no model: there is neither {' nor '.join(INDEXES)}")


def _generic(name: str) -> ModelCard:
    return ModelCard(
        id=name, family=FamilyName.GENERIC, license=UNKNOWN, abilities=Abilities(), steps=30, guidance=4.0, multiple=32
    )


def _bytes_in(folder: Path) -> int:
    """Bytes of all weights in a folder."""
    return sum(file.stat().st_size for file in folder.glob("*.safetensors") if file.is_file())
