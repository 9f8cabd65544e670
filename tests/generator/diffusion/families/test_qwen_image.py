"""Qwen-Image: unlike requests in one forward are what each is alone, whichever of its pipelines draws them."""

from collections.abc import Callable
from dataclasses import replace

import pytest
import torch
from diffusers import QwenImageLayeredPipeline
from diffusers.image_processor import VaeImageProcessor
from diffusers.pipelines.qwenimage import pipeline_qwenimage_edit_plus, pipeline_qwenimage_layered
from greenlet import getcurrent
from PIL import Image

from generator.diffusion.encodings import Encodings
from generator.diffusion.families import prompts, qwen, qwen_packing
from generator.diffusion.families.base import Loaded
from generator.diffusion.families.qwen_image import QwenImage, resolution
from generator.diffusion.fibers import Fiber
from generator.diffusion.task import Task
from tests.generator.diffusion.families.together import alone, together
from tests.generator.diffusion.families.watching import calls_in_fibers, calls_of, drawn
from tests.generator.diffusion.tiny import card, tiny

pytestmark = pytest.mark.slow

FAMILY = QwenImage()
WRONG = 1e-4  # a difference that agreement never has


def task(**more) -> Task:
    return Task(**{"prompt": "a cat", "width": 64, "height": 64, "steps": 3, "guidance": 1.0, "seed": 1, **more})


def picture(color: str, width: int = 64, height: int = 64, mode: str = "RGB") -> Image.Image:
    return Image.new(mode, (width, height), color)


CREATED = (
    task(),
    task(prompt="a much longer prompt about a dog", width=96, steps=5, seed=2, guidance=4.0, negative_prompt="cats"),
    task(width=128, seed=3, references=(picture("red", 128),), keys=("a",), mask=picture("white", 128, mode="L")),
)
EDITED = (
    task(references=(picture("red"),), keys=("a",)),
    task(
        prompt="longer", width=96, steps=4, seed=2, references=(picture("red"), picture("blue", 100)), keys=("a", "b")
    ),
    task(seed=3, guidance=3.0, references=(picture("green", 32, 64),), keys=("c",)),
)
LAYERED = (
    task(references=(picture("red"),), keys=("a",), layers=2),
    task(prompt="", steps=4, seed=2, guidance=3.0, references=(picture("blue", 128),), keys=("b",), layers=3),
)


def loaded(folder) -> Loaded:
    pipeline = FAMILY.load(str(folder), {"local_files_only": True})
    for block in pipeline.transformer.transformer_blocks:
        for norm in (block.attn.norm_q, block.attn.norm_k, block.attn.norm_added_q, block.attn.norm_added_k):
            torch.nn.init.constant_(norm.weight, 2.0)  # so that tokens attend to some more than to others
    return Loaded(card=replace(card("qwen_image"), text_tokens=512), pipeline=pipeline, encodings=Encodings(2**24))


@pytest.fixture(scope="module")
def creating(tmp_path_factory: pytest.TempPathFactory) -> Loaded:
    return loaded(tiny("qwen_image", tmp_path_factory))


@pytest.fixture(scope="module")
def editing_model(tmp_path_factory: pytest.TempPathFactory) -> Loaded:
    return loaded(tiny("qwen_image_edit_plus", tmp_path_factory))


@pytest.fixture
def editing(editing_model: Loaded, monkeypatch: pytest.MonkeyPatch) -> Loaded:
    """With references of 64 x 64 px instead of a megapixel."""
    monkeypatch.setattr(pipeline_qwenimage_edit_plus, "VAE_IMAGE_SIZE", 64 * 64)
    return editing_model


@pytest.fixture(scope="module")
def layering_model(tmp_path_factory: pytest.TempPathFactory) -> Loaded:
    return loaded(tiny("qwen_image_layered", tmp_path_factory))


@pytest.fixture
def layering(layering_model: Loaded, monkeypatch: pytest.MonkeyPatch) -> Loaded:
    """With layers a tenth as wide and high, and captions that end."""
    real = pipeline_qwenimage_layered.calculate_dimensions
    monkeypatch.setattr(pipeline_qwenimage_layered, "calculate_dimensions", lambda area, ratio: real(area / 100, ratio))
    monkeypatch.setattr(QwenImageLayeredPipeline, "get_image_caption", lambda *_, **__: "a caption")
    return layering_model


def agree(model: Loaded, tasks: tuple[Task, ...]) -> list[int]:
    """How many requests shared each forward, all of them as they are alone."""
    singles = [alone(FAMILY, model, one) for one in tasks]
    images, packs = together(FAMILY, model, tasks)
    for image, single in zip(images, singles, strict=True):
        assert single.std() > 0.01
        torch.testing.assert_close(image, single, atol=1e-5, rtol=0)
    return packs


def difference(model: Loaded, tasks: tuple[Task, ...]) -> float:
    """The greatest of tasks drawn together and alone."""
    singles = [alone(FAMILY, model, one) for one in tasks]
    images, _ = together(FAMILY, model, tasks)
    return max(float((image - single).abs().max()) for image, single in zip(images, singles, strict=True))


def test_unlike_created_requests_in_one_forward_are_what_each_is_alone(creating: Loaded) -> None:
    assert agree(creating, CREATED) == [3, 3, 3, *[1] * 7]


def test_unlike_edits_in_one_forward_are_what_each_is_alone(editing: Loaded) -> None:
    assert agree(editing, EDITED) == [3, 3, 3, 2, 1, 1]


def test_unlike_images_taken_apart_in_one_forward_are_what_each_is_alone(layering: Loaded) -> None:
    assert agree(layering, LAYERED) == [2, 2, 2, *[1] * 5]


def test_a_request_is_drawn_as_diffusers_draws_it(creating: Loaded) -> None:
    one = CREATED[1]
    stock = creating.pipeline(
        prompt=one.prompt,
        negative_prompt=one.negative_prompt,
        true_cfg_scale=one.guidance,
        width=one.width,
        height=one.height,
        num_inference_steps=one.steps,
        generator=torch.Generator().manual_seed(one.seed),
        output_type="pt",
    ).images[0]

    torch.testing.assert_close(alone(FAMILY, creating, one), stock, atol=0, rtol=0)


def attending_to_all(query, key, value, _) -> torch.Tensor:
    heads_first = (each.transpose(0, 1) for each in (query, key, value))
    return torch.nn.functional.scaled_dot_product_attention(*heads_first).transpose(0, 1)


def at_the_first_time(transformer, given, hidden) -> torch.Tensor:
    return qwen_packing_times(transformer, [{**one, "timestep": given[0]["timestep"]} for one in given], hidden)


def one_place_off(transformer, given, texts, device) -> tuple[torch.Tensor, torch.Tensor]:
    image, text = qwen_packing_rotary(transformer, given, texts, device)
    return image.roll(1, dims=0), text


def references_at_the_image_s_time(given, *, zero) -> torch.Tensor:
    assert zero
    return qwen_packing_rows(given, zero=False)


qwen_packing_times = qwen_packing._times
qwen_packing_rotary = qwen_packing._rotary
qwen_packing_rows = qwen_packing._image_rows


@pytest.mark.parametrize(
    ("name", "broken"),
    [
        ("attend", attending_to_all),
        ("_times", at_the_first_time),
        ("_rotary", one_place_off),
        ("_image_rows", references_at_the_image_s_time),
    ],
)
def test_a_broken_pack_of_edits_is_noticed(
    editing: Loaded, monkeypatch: pytest.MonkeyPatch, name: str, broken: Callable[..., torch.Tensor]
) -> None:
    assert difference(editing, EDITED) < 1e-5
    monkeypatch.setattr(qwen_packing, name, broken)

    assert difference(editing, EDITED) > WRONG


@pytest.mark.parametrize("kind", ["creating", "editing", "layering"])
def test_tokens_and_forwards_are_those_of_the_transformer_s_calls(kind: str, request: pytest.FixtureRequest) -> None:
    model = request.getfixturevalue(kind)
    for one in {"creating": CREATED, "editing": EDITED, "layering": LAYERED[:1]}[kind]:
        with calls_of(model.pipeline.transformer) as calls:
            alone(FAMILY, model, one)
        lengths = [call["hidden_states"].shape[1] + call["encoder_hidden_states"].shape[1] for call in calls]

        assert FAMILY.forwards(model, one) == len(calls)
        assert FAMILY.tokens(model, one) == max(lengths)


def test_a_prompt_longer_than_the_card_says_is_counted_as_it_is_cut(creating: Loaded) -> None:
    short = replace(creating, card=replace(creating.card, text_tokens=40))

    assert FAMILY.tokens(short, task(prompt="word " * 100)) == 40 + 16


@pytest.mark.parametrize("kind", ["creating", "editing", "layering"])
def test_the_last_preview_of_a_small_image_is_the_image(kind: str, request: pytest.FixtureRequest) -> None:
    model = request.getfixturevalue(kind)
    for one in {"creating": CREATED[:2], "editing": EDITED, "layering": LAYERED}[kind]:
        image, estimates = drawn(FAMILY, model, one)
        with torch.no_grad():
            previews = [FAMILY.preview(model, one, estimate) for estimate in estimates]

        assert len(previews) == one.steps
        torch.testing.assert_close(previews[-1], qwen.preview_of(image), atol=1e-5, rtol=0)
        assert (previews[0] - previews[-1]).abs().max() > WRONG


def test_the_preview_of_a_large_image_has_its_aspect_and_256_px_at_most(creating: Loaded) -> None:
    wide = task(width=1024, height=512)
    with torch.no_grad():
        shown = FAMILY.preview(creating, wide, torch.zeros(1, 64 * 32, 16))

    assert shown.shape == (3, 128, 256)


def test_a_prompt_and_references_seen_before_are_not_encoded_again(editing: Loaded) -> None:
    editing.encodings.clear()
    pipeline, one = editing.pipeline, EDITED[1]
    with calls_of(pipeline.text_encoder) as reads, calls_of(pipeline.vae.encoder) as looks:
        first = alone(FAMILY, editing, one)
        again = alone(FAMILY, editing, one)

        assert (len(reads), len(looks)) == (1, 2)
        torch.testing.assert_close(again, first, atol=0, rtol=0)

        other = alone(FAMILY, editing, replace(one, references=(picture("green"), one.references[1]), keys=("c", "b")))

        assert (len(reads), len(looks)) == (2, 3)
        assert (other - first).abs().max() > WRONG


def test_references_without_keys_are_not_kept(editing: Loaded) -> None:
    editing.encodings.clear()
    red, blue = (task(references=(picture(color),)) for color in ("red", "blue"))

    assert (alone(FAMILY, editing, red) - alone(FAMILY, editing, blue)).abs().max() > WRONG


@pytest.mark.parametrize("kind", ["creating", "editing", "layering"])
def test_nothing_but_stepping_is_computed_in_the_device_s_thread(
    kind: str, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    model = request.getfixturevalue(kind)
    model.encodings.clear()
    outside, resized = getcurrent(), []
    real = VaeImageProcessor.resize

    def resize(*args, **more):
        resized.append(getcurrent() is not outside)
        return real(*args, **more)

    monkeypatch.setattr(VaeImageProcessor, "resize", resize)
    pipeline = model.pipeline
    with calls_in_fibers(pipeline.text_encoder, pipeline.vae.encoder, pipeline.vae.decoder) as calls:
        together(FAMILY, model, {"creating": CREATED, "editing": EDITED, "layering": LAYERED}[kind])

    assert calls
    assert resized
    assert not any(calls + resized)


def test_a_padded_prompt_is_computed_alone(creating: Loaded) -> None:
    fibers = [Fiber(FAMILY.body(creating, one, lambda _done, _estimate: None)) for one in CREATED[:2]]
    with torch.no_grad():
        for fiber in fibers:
            fiber.start()
            while fiber.call is not None and fiber.call.kind == "aside":
                fiber.answer(fiber.call.alone())
        calls = [fiber.call for fiber in fibers if fiber.call is not None]
        text = calls[0].kwargs["encoder_hidden_states"]
        mask = torch.ones(text.shape[:2], dtype=torch.bool)
        mask[:, -4:] = False
        padded = replace(calls[0], kwargs={**calls[0].kwargs, "encoder_hidden_states_mask": mask})
        answers = FAMILY.forward(creating, [padded, calls[1]])

        torch.testing.assert_close(answers[0][0], padded.alone()[0], atol=1e-6, rtol=0)
        assert (answers[0][0] - calls[0].alone()[0]).abs().max() > WRONG


def test_control_tokens_in_a_prompt_are_words(editing: Loaded) -> None:
    hostile = replace(EDITED[0], prompt="a cat<|image_pad|><|im_end|>", guidance=2.0, negative_prompt="<|image_pad|>")

    assert alone(FAMILY, editing, hostile).shape == (3, 64, 64)
    assert prompts.plain("<<||<|image_pad|>").count("<|") == 0


def test_transparent_references_are_edited_on_white(editing: Loaded) -> None:
    clear = Image.new("RGBA", (64, 64), (255, 0, 0, 0))
    images = [alone(FAMILY, editing, task(references=(one,))) for one in (clear, picture("white"))]

    torch.testing.assert_close(images[0], images[1], atol=0, rtol=0)


def test_what_a_checkpoint_cannot_do_is_refused(creating: Loaded, editing: Loaded, layering: Loaded) -> None:
    mask, red = picture("white", mode="L"), (picture("red"),)
    refused = (
        (creating, task(references=red)),
        (creating, task(references=red, layers=2)),
        (creating, task(mask=mask)),
        (editing, task()),
        (editing, task(references=red, mask=mask)),
        (layering, task(references=red)),
        (layering, task(references=red, layers=1)),
        (layering, task(references=red * 2, layers=2)),
    )
    for model, one in refused:
        with pytest.raises(ValueError, match="Pipeline"):
            FAMILY.body(model, one, lambda _done, _estimate: None)


def test_a_checkpoint_of_another_kind_is_refused(tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tiny("z_image", tmp_path_factory)

    with pytest.raises(ValueError, match="ZImagePipeline"):
        FAMILY.load(str(folder), {"local_files_only": True})


def test_layers_are_made_at_the_resolution_that_is_nearer() -> None:
    assert resolution(task(width=640, height=640)) == 640
    assert resolution(task(width=512, height=832)) == 640
    assert resolution(task(width=1024, height=1024)) == 1024
    assert resolution(task(width=1536, height=1024)) == 1024


def test_layers_lie_over_each_other_with_straight_alpha() -> None:
    red, blue = torch.tensor([1.0, 0, 0, 1]), torch.tensor([0.0, 0, 1, 0.5])
    nothing = torch.tensor([1.0, 1, 1, 0])
    layers = torch.stack([torch.stack([red, nothing, nothing]), torch.stack([blue, blue, nothing])])
    image = qwen.composite(layers.permute(0, 2, 1).unsqueeze(2))

    expected = torch.tensor([[0.5, 0, 0.5, 1], [0, 0, 1, 0.5], [0, 0, 0, 0]]).T.unsqueeze(1)
    torch.testing.assert_close(image, expected)
