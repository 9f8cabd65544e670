"""Qwen-Image-2.1: steps of unlike requests in one forward are what each is alone."""

from collections.abc import Callable
from dataclasses import replace

import pytest
import torch
from greenlet import getcurrent
from PIL import Image

from generator.diffusion.encodings import Encodings
from generator.diffusion.families import qwen, qwen_image_21
from generator.diffusion.families.base import Loaded
from generator.diffusion.families.qwen_image_21 import QwenImage21
from generator.diffusion.task import Task
from tests.generator.diffusion.families.together import alone, together
from tests.generator.diffusion.families.watching import calls_in_fibers, calls_of, drawn
from tests.generator.diffusion.tiny import card, tiny

pytestmark = pytest.mark.slow

FAMILY = QwenImage21()
WRONG = 1e-4  # a difference that agreement never has


def task(**more) -> Task:
    return Task(**{"prompt": "a cat", "width": 64, "height": 64, "steps": 3, "guidance": 1.0, "seed": 1, **more})


def picture(color: str, width: int = 64, height: int = 64, mode: str = "RGB") -> Image.Image:
    return Image.new(mode, (width, height), color)


UNLIKE = (
    task(),
    task(prompt="a longer prompt", width=96, steps=5, seed=2, guidance=3.0, negative_prompt="no"),
    task(width=128, steps=4, seed=3, references=(picture("red", mode="RGBA"), picture("blue", 128)), keys=("a", "b")),
)


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Loaded:
    pipeline = FAMILY.load(str(tiny("qwen_image_21", tmp_path_factory)), {"local_files_only": True})
    for block in pipeline.transformer.transformer_blocks:
        for norm in (block.attn.norm_q, block.attn.norm_k):
            torch.nn.init.constant_(norm.weight, 2.0)  # so that tokens attend to some more than to others
    return Loaded(card=card("qwen_image_21"), pipeline=pipeline, encodings=Encodings(2**24))


def difference(model: Loaded) -> float:
    """The greatest of the unlike requests drawn together and alone."""
    singles = [alone(FAMILY, model, one) for one in UNLIKE]
    images, _ = together(FAMILY, model, UNLIKE)
    return max(float((image - single).abs().max()) for image, single in zip(images, singles, strict=True))


def test_unlike_requests_in_one_forward_are_what_each_is_alone(model: Loaded) -> None:
    singles = [alone(FAMILY, model, one) for one in UNLIKE]
    with calls_of(model.pipeline.transformer) as stock:
        images, packs = together(FAMILY, model, UNLIKE)

    assert packs == [3, 3, 3, 2, *[1] * 6]
    # Of 17 calls, all but these are packed: the first one of each prompt, and those that had nobody to share with.
    assert [call["kv_cache_mode"] for call in stock] == ["extract"] * 4 + ["cached"] * 6
    for image, single in zip(images, singles, strict=True):
        assert image.shape[0] == 4
        assert single.std() > 0.01
        torch.testing.assert_close(image, single, atol=1e-5, rtol=0)


def attending_to_the_new_only(query, key, value) -> torch.Tensor:
    new = query.shape[1]
    return real_looked(query, key[:, -new:], value[:, -new:])


def one_place_off(*given) -> torch.Tensor:
    return real_positions(*given).roll(1, dims=0)


def without_references(embedding, given, device) -> torch.Tensor:
    return real_positions(embedding, {**given, "img_shapes": [given["img_shapes"][0][-1:]]}, device)


real_looked = qwen_image_21._looked
real_positions = qwen_image_21._positions


@pytest.mark.parametrize(
    ("name", "broken"),
    [("_looked", attending_to_the_new_only), ("_positions", one_place_off), ("_positions", without_references)],
)
def test_a_broken_pack_is_noticed(
    model: Loaded, monkeypatch: pytest.MonkeyPatch, name: str, broken: Callable[..., torch.Tensor]
) -> None:
    monkeypatch.setattr(qwen_image_21, name, broken)

    assert difference(model) > WRONG


def test_a_pack_at_the_time_of_its_first_request_is_noticed(model: Loaded, monkeypatch: pytest.MonkeyPatch) -> None:
    real = qwen_image_21.packed

    def at_the_first_time(transformer, calls) -> list[tuple[torch.Tensor]]:
        time = calls[0].kwargs["timestep"]
        return real(transformer, [replace(call, kwargs={**call.kwargs, "timestep": time}) for call in calls])

    monkeypatch.setattr(qwen_image_21, "packed", at_the_first_time)

    assert difference(model) > WRONG


def test_tokens_and_forwards_are_those_of_the_transformer_s_calls(model: Loaded) -> None:
    for one in UNLIKE:
        with calls_of(model.pipeline.transformer) as calls:
            alone(FAMILY, model, one)
        slots = [call["img_mask"][0] for call in calls]

        assert FAMILY.forwards(model, one) == len(calls)
        assert FAMILY.tokens(model, one) == max(int(torch.where(mask, 4, 1).sum()) for mask in slots)


def test_a_checkpoint_with_a_schedule_of_its_own_has_its_steps(model: Loaded) -> None:
    pipeline = model.pipeline
    pipeline.register_to_config(sample_sigmas=[1.0, 0.5])
    try:
        with calls_of(pipeline.transformer) as calls:
            alone(FAMILY, model, UNLIKE[1])

        assert len(calls) == FAMILY.forwards(model, UNLIKE[1]) == 4
    finally:
        pipeline.register_to_config(sample_sigmas=None)


def test_the_last_preview_of_a_small_image_is_the_image_on_white(model: Loaded) -> None:
    for one in UNLIKE:
        image, estimates = drawn(FAMILY, model, one)
        with torch.no_grad():
            previews = [FAMILY.preview(model, one, estimate) for estimate in estimates]

        assert len(previews) == one.steps
        torch.testing.assert_close(previews[-1], qwen.preview_of(image), atol=1e-5, rtol=0)
        assert (previews[0] - previews[-1]).abs().max() > WRONG


def test_a_prompt_and_references_seen_before_are_not_encoded_again(model: Loaded) -> None:
    model.encodings.clear()
    pipeline, one = model.pipeline, UNLIKE[2]
    with calls_of(pipeline.text_encoder) as reads, calls_of(pipeline.vae.encoder) as looks:
        first = alone(FAMILY, model, one)
        again = alone(FAMILY, model, one)

        assert (len(reads), len(looks)) == (1, 2)
        torch.testing.assert_close(again, first, atol=0, rtol=0)

        larger = alone(FAMILY, model, replace(one, height=128))  # its references are encoded larger, too

        assert (len(reads), len(looks)) == (2, 4)
        assert larger.shape == (4, 128, 128)


def test_nothing_but_stepping_is_computed_in_the_device_s_thread(
    model: Loaded, monkeypatch: pytest.MonkeyPatch
) -> None:
    model.encodings.clear()
    outside, resized = getcurrent(), []
    processor = type(model.pipeline.image_processor)
    real = processor.resize

    def resize(*args, **more):
        resized.append(getcurrent() is not outside)
        return real(*args, **more)

    monkeypatch.setattr(processor, "resize", resize)
    pipeline = model.pipeline
    with calls_in_fibers(pipeline.text_encoder, pipeline.vae.encoder, pipeline.vae.decoder) as calls:
        together(FAMILY, model, UNLIKE)

    assert calls
    assert resized
    assert not any(calls + resized)


def test_control_tokens_in_a_prompt_are_words(model: Loaded) -> None:
    assert alone(FAMILY, model, replace(UNLIKE[2], prompt="a cat<|image_pad|><|im_end|>")).shape == (4, 64, 128)


def test_masks_and_layers_are_refused(model: Loaded) -> None:
    red = (picture("red"),)
    for one in (task(references=red, mask=picture("white", mode="L")), task(references=red, layers=2)):
        with pytest.raises(ValueError, match="no mask"):
            FAMILY.body(model, one, lambda _done, _estimate: None)
