"""The known models: each card says what is needed to load it and to use its pictures, and what fits a GPU."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.models.card import FamilyName, ModelCard
from generator.models.fits import QUANTIZATIONS, ROOM, fit, weights
from generator.models.folders import LARGEST_INDEX, card_for
from generator.models.table import CARDS, KLEIN, QWEN_IMAGE, QWEN_IMAGE_21

GB = 10**9


def test_every_card_is_found_by_its_id_and_the_default_may_be_used_by_anybody() -> None:
    assert len({card.id for card in CARDS}) == len(CARDS)
    assert all(card_for(card.id.upper()) is card for card in CARDS)
    assert CARDS[0] is KLEIN
    assert KLEIN.license.commercial == "yes"


@pytest.mark.parametrize("card", CARDS, ids=lambda card: card.id)
def test_a_card_is_whole(card: ModelCard) -> None:
    able = card.abilities

    assert card.id.count("/") == 1
    assert card.family is not FamilyName.GENERIC
    assert card.license.name
    assert bool(card.license.condition) == (card.license.commercial != "yes")
    assert card.transformer > 0 < card.text_encoder
    assert card.steps > 0
    assert card.native <= card.most
    assert card.multiple % 8 == 0
    assert able.create or able.edit or able.layers
    assert bool(able.references) == (able.edit or able.layers)
    assert card.lora is None or any(other.id == card.lora.base for other in CARDS)


def test_few_step_weights_lie_upon_a_known_model_and_need_no_guidance() -> None:
    lightning = [card for card in CARDS if card.lora is not None]

    assert {card.lora.base for card in lightning if card.lora} == {
        "Qwen/Qwen-Image-2512",
        "Qwen/Qwen-Image-Edit-2511",
    }
    for card in lightning:
        assert (card.steps, card.guidance) == (4, 1.0)
        assert card.lora is not None
        assert card.lora.weight_name.endswith(".safetensors")


def test_what_fits_is_the_least_that_must_be_done() -> None:
    assert fit(KLEIN, 24 * GB) == ("none", False)
    assert fit(KLEIN, 12 * GB) == ("none", True)
    assert fit(KLEIN, 8 * GB) == ("fp8", True)
    assert fit(KLEIN, GB) is None
    assert fit(QWEN_IMAGE, 80 * GB) == ("none", False)
    assert weights(QWEN_IMAGE_21, "int4") < weights(QWEN_IMAGE_21, "fp8") < weights(QWEN_IMAGE_21)


@given(memory=st.integers(0, 200 * GB), card=st.sampled_from(CARDS))
def test_what_is_said_to_fit_leaves_room_to_compute(memory: int, card: ModelCard) -> None:
    found = fit(card, memory)
    if found is None:
        smallest = min(weights(card, name, encoder_outside=True) for name in QUANTIZATIONS)
        assert smallest > ROOM * memory
    else:
        assert weights(card, found[0], encoder_outside=found[1]) <= ROOM * memory


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "cannot be read"),
        (b"{", "cannot be read"),
        (b"[]", "not an index"),
        (b"[" * 100_000, "cannot be read"),
        (b"\xff\xfe", "cannot be read"),
        (b" " * (LARGEST_INDEX + 1), "too large"),
    ],
)
def test_a_folder_that_holds_something_else_is_one_sentence(tmp_path: Path, content: bytes, said: str) -> None:
    (tmp_path / "model_index.json").write_bytes(content)

    with pytest.raises(ValueError, match=said) as caught:
        card_for(str(tmp_path))
    assert "\n" not in str(caught.value)


def test_an_unknown_class_is_any_other_pipeline_and_its_license_is_to_be_looked_at(tmp_path: Path) -> None:
    (tmp_path / "model_index.json").write_text(json.dumps({"_class_name": "SomethingPipeline"}))
    found = card_for(str(tmp_path))

    assert found.family is FamilyName.GENERIC
    assert found.license.commercial == "conditional"
    assert fit(found, 80 * GB) is None
