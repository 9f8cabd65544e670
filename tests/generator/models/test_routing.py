"""Which model draws what, and what a setting names."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.errors import RequestUnsupported
from generator.models.abilities import capabilities_of
from generator.models.card import FamilyName
from generator.models.folders import card_for
from generator.models.routing import Needs, choose
from generator.models.table import CARDS, FLUX3_KLEIN, KLEIN, KLEIN_BASE, QWEN_IMAGE, QWEN_IMAGE_21, Z_IMAGE_TURBO
from generator.request import GenerationRequest, Reference, ReferenceRole, TextBlock

LINE_UP = (KLEIN, Z_IMAGE_TURBO, QWEN_IMAGE)


def chosen(cards=LINE_UP, resident=(), **more) -> str:
    return choose(Needs(**more), cards, resident).card.id


def test_the_default_draws_what_any_of_them_could():
    assert chosen() == KLEIN.id


def test_who_writes_better_draws_words_and_pages():
    assert chosen(text=2) == Z_IMAGE_TURBO.id
    assert chosen(text=3, careful=True) == QWEN_IMAGE.id


def test_only_who_edits_gets_edits_and_references():
    assert chosen(edit=True, references=1, text=3) == KLEIN.id
    with pytest.raises(RequestUnsupported, match="engine-cannot-edit"):
        chosen(cards=(Z_IMAGE_TURBO,), edit=True, references=1)


def test_a_model_in_memory_is_preferred_among_equals_but_not_over_a_need():
    assert chosen(cards=(KLEIN, Z_IMAGE_TURBO), resident=(Z_IMAGE_TURBO.id,)) == Z_IMAGE_TURBO.id
    assert chosen(cards=(KLEIN, Z_IMAGE_TURBO), resident=(KLEIN.id,), text=2) == Z_IMAGE_TURBO.id


def test_native_transparency_and_boxes_win_where_they_are_asked_for():
    assert chosen(cards=(KLEIN, FLUX3_KLEIN, QWEN_IMAGE_21), placed=True, careful=True) == FLUX3_KLEIN.id
    assert chosen(cards=(KLEIN, QWEN_IMAGE_21), rgba=True, careful=True) == QWEN_IMAGE_21.id


def test_more_references_than_any_model_takes_are_told():
    choice = choose(Needs(references=9), LINE_UP)
    assert choice.unmet[0].args == {"most": 4, "given": 9}


def test_needs_are_read_from_the_request():
    references = (Reference(digest="a", role=ReferenceRole.EDIT), Reference(digest="b", role=ReferenceRole.PALETTE))
    request = GenerationRequest(
        references=references, text_blocks=(TextBlock(text="x" * 30),), background="transparent", quality="high"
    )
    assert Needs.of(request) == Needs(edit=True, references=1, text=2, rgba=True, careful=True)
    assert Needs.of(GenerationRequest()) == Needs()


@given(
    st.lists(st.sampled_from(CARDS), min_size=1, max_size=5, unique_by=lambda card: card.id),
    st.builds(
        Needs,
        edit=st.booleans(),
        references=st.integers(0, 12),
        mask=st.booleans(),
        text=st.integers(0, 3),
        rgba=st.booleans(),
        placed=st.booleans(),
        careful=st.booleans(),
        quick=st.booleans(),
    ),
)
def test_no_model_ever_gets_what_it_cannot_do(cards, needs):
    try:
        able = choose(needs, cards).card.abilities
    except RequestUnsupported:
        return
    assert able.edit or not (needs.edit or needs.references)
    assert able.create or needs.edit or needs.references
    assert able.mask or not (needs.mask and (needs.edit or needs.references))


def test_together_models_can_what_one_of_them_can():
    together = capabilities_of(LINE_UP)
    assert (together.edit, together.references, together.neural) == (True, 4, True)
    assert not capabilities_of((Z_IMAGE_TURBO,)).edit


def test_a_known_id_has_its_card_and_an_unknown_one_a_careful_one():
    assert card_for("black-forest-labs/flux.2-klein-4b") is KLEIN
    assert card_for("somebody/some-model").family is FamilyName.GENERIC
    assert card_for("somebody/some-model").license.commercial == "conditional"


def test_a_folder_is_known_by_its_index(tmp_path):
    folder = tmp_path / "mine"
    (folder / "transformer").mkdir(parents=True)
    (folder / "transformer" / "model.safetensors").write_bytes(bytes(10))
    (folder / "model_index.json").write_text(json.dumps({"_class_name": "Flux2KleinPipeline", "is_distilled": True}))
    card = card_for(str(folder))
    assert (card.id, card.family, card.steps, card.transformer) == ("mine", FamilyName.FLUX2, 4, 10)

    (folder / "model_index.json").write_text(json.dumps({"_class_name": "Flux2KleinPipeline", "is_distilled": False}))
    assert card_for(str(folder)).steps == KLEIN_BASE.steps
    (folder / "model_index.json").write_text(json.dumps({"_class_name": "SomethingPipeline"}))
    assert card_for(str(folder)).family is FamilyName.GENERIC


@pytest.mark.parametrize("content", [b"", b"[]", b"{", b"\xff\xfe", b"[" * 100_000, b" " * 1_000_001])
def test_a_folder_with_a_broken_index_is_refused_in_a_sentence(tmp_path, content):
    (tmp_path / "model_index.json").write_bytes(content)
    with pytest.raises(ValueError, match=r"model_index\.json"):
        card_for(str(tmp_path))


@pytest.mark.parametrize("source", ["/nowhere/at/all", "./missing", "missing", "~/x/y"])
def test_a_missing_folder_is_named(source):
    with pytest.raises(ValueError, match="there is no model folder"):
        card_for(source)
