"""What a remote engine asks of a server, and what it makes of the answer."""

import io
import time
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from generator.engine import Engine
from generator.errors import RequestUnsupported
from generator.remote.dialects import Flavor
from generator.request import Intent, Reference, ReferenceRole
from tests.fakes.openai_images.pictures import drawn
from tests.generator.remote.studio import REQUEST, opened, picture, studio

DIFFUSION = (Flavor.SGLANG, Flavor.VLLM_OMNI)


async def test_a_picture_is_asked_for_with_nothing_but_what_it_is():
    async with studio() as it:
        engine: Engine = it.engine
        (image,) = await it.draw()
    (asked,) = it.server.asked

    assert asked.what == "generations"
    assert set(asked.fields) == {"model", "prompt", "n", "size", "output_format"}
    assert asked.fields["model"] == "painter-1"
    assert REQUEST.prompt in asked.fields["prompt"]
    assert (asked.fields["n"], asked.fields["output_format"]) == (1, "png")
    assert (image.index, image.seed, image.engine, image.model) == (0, 7, engine.name, "painter-1")


@pytest.mark.parametrize("flavor", list(Flavor))
@pytest.mark.parametrize("size", [(512, 512), (1000, 700), (300, 900)])
async def test_the_picture_that_the_server_drew_comes_in_exactly_the_asked_size(flavor, size):
    async with studio(flavor) as it:
        (image,) = await it.draw(replace(REQUEST, width=size[0], height=size[1]))
    (asked,) = it.server.asked
    seed = 7 if flavor in DIFFUSION else 0
    theirs = opened(drawn(*asked.size, f"{asked.fields['prompt']} {seed} 0"))
    ours = opened(image.png)

    assert (image.width, image.height) == ours.size == size
    assert ours.mode == "RGB"
    for stripe in range(5):
        x, y = (4 * stripe + 3) / 24, 0.5
        mine = np.asarray(ours)[int(y * size[1]), int(x * size[0])]
        wanted = np.asarray(theirs)[int(y * asked.size[1]), int(x * asked.size[0])]
        assert np.abs(mine.astype(int) - wanted.astype(int)).max() <= 2


@pytest.mark.parametrize("flavor", DIFFUSION)
async def test_every_picture_has_its_own_seed_where_the_server_takes_one(flavor):
    async with studio(flavor) as it:
        images = await it.draw(replace(REQUEST, seed=2**32 - 1), n=3)

    assert sorted(asked.fields["seed"] for asked in it.server.asked) == [0, 1, 2**32 - 1]
    assert all(asked.fields["n"] == 1 and asked.fields["response_format"] == "b64_json" for asked in it.server.asked)
    assert [(image.index, image.seed) for image in images] == [(0, 2**32 - 1), (1, 0), (2, 1)]
    assert len({image.png for image in images}) == 3


async def test_the_same_seed_gives_the_same_picture_where_the_server_takes_one():
    async with studio(Flavor.SGLANG) as it:
        first, again = (await it.draw())[0], (await it.draw())[0]
        other = (await it.draw(replace(REQUEST, seed=8)))[0]

    assert first.png == again.png != other.png


async def test_several_pictures_come_from_as_few_calls_as_an_answer_holds():
    async with studio() as it:
        four = await it.draw(n=4)
        six = await it.draw(n=6)

    assert [asked.fields["n"] for asked in it.server.asked[:1]] == [4]
    assert sorted(asked.fields["n"] for asked in it.server.asked[1:]) == [2, 4]
    assert [image.index for image in six] == [0, 1, 2, 3, 4, 5]
    assert len({image.png for image in four}) == 4


async def test_a_server_that_draws_one_at_a_time_is_asked_as_often():
    async with studio(Flavor.OTHER) as it:
        images = await it.draw(n=3)

    assert [asked.fields["n"] for asked in it.server.asked] == [1, 1, 1]
    assert set(it.server.asked[0].fields) == {"model", "prompt", "n", "size", "response_format"}
    assert [image.index for image in images] == [0, 1, 2]


async def test_an_edit_sends_the_picture_to_change_first_and_the_mask_as_the_api_wants_it():
    (one, first), (two, second), (three, third) = picture("a"), picture("b"), picture("c")
    mask = np.zeros((32, 48), dtype=np.uint8)
    mask[:, :24] = 255
    digest, png = "m" * 64, _png(mask)
    request = replace(
        REQUEST,
        intent=Intent.REVISE,
        prompt="Put the hat on her head",
        mask_image=digest,
        references=(
            Reference(digest=two),
            Reference(digest=one, role=ReferenceRole.EDIT),
            Reference(digest=three, role=ReferenceRole.STYLE),
        ),
    )
    async with studio() as it:
        (image,) = await it.draw(request, {one: first, two: second, three: third, digest: png})
    (asked,) = it.server.asked

    assert asked.what == "edits"
    assert asked.images == [first, second, third]
    assert asked.names == ["image[]"] * 3
    assert asked.mask is not None
    sent = opened(asked.mask)
    assert (sent.mode, sent.size) == ("RGBA", opened(first).size)
    alpha = np.asarray(sent)[..., 3]
    assert (alpha[:, :48] == 0).all()  # white: here it may change
    assert (alpha[:, 48:] == 255).all()
    assert opened(image.png).size == (512, 512)


async def test_seeds_and_steering_reach_an_edit_too():
    digest, png = picture("a")
    request = replace(
        REQUEST,
        intent=Intent.REVISE,
        references=(Reference(digest=digest, role=ReferenceRole.EDIT),),
        num_inference_steps=12,
        guidance_scale=3.5,
        negative_prompt="clouds",
    )
    async with studio(Flavor.SGLANG) as it:
        await it.draw(request, {digest: png})
    fields = it.server.asked[0].fields

    assert (fields["seed"], fields["num_inference_steps"], fields["guidance_scale"]) == ("7", "12", "3.5")
    assert "clouds" in fields["negative_prompt"]
    assert fields["response_format"] == "b64_json"


async def test_openai_is_sent_no_field_that_it_refuses():
    request = replace(
        REQUEST, negative_prompt="clouds", num_inference_steps=4, guidance_scale=2.0, quality="high", background=None
    )
    async with studio() as it:
        await it.draw(request)

    assert set(it.server.asked[0].fields) == {"model", "prompt", "n", "size", "output_format", "quality"}


async def test_a_picture_that_only_gives_colors_is_not_uploaded():
    digest, png = picture("a")
    request = replace(REQUEST, references=(Reference(digest=digest, role=ReferenceRole.PALETTE),))
    async with studio() as it:
        await it.draw(request, {digest: png})

    assert it.server.asked[0].what == "generations"


async def test_transparency_is_the_servers_where_it_has_it():
    async with studio() as it:
        (image,) = await it.draw(replace(REQUEST, background="transparent"))
    alpha = np.asarray(opened(image.png))[..., 3]

    assert it.server.asked[0].fields["background"] == "transparent"
    assert image.has_alpha
    assert alpha.min() == 0
    assert alpha.max() == 255


@pytest.mark.parametrize("flavor", DIFFUSION)
async def test_transparency_is_asked_for_in_words_where_the_server_has_none(flavor):
    async with studio(flavor) as it:
        await it.draw(REQUEST)
        await it.draw(replace(REQUEST, background="transparent"))
    plain, asked = it.server.asked

    assert "background" not in asked.fields
    assert asked.fields["prompt"] != plain.fields["prompt"]


async def test_a_setting_says_that_the_model_makes_transparency():
    async with studio(Flavor.SGLANG, transparent=True) as it:
        (image,) = await it.draw(replace(REQUEST, background="transparent"))

    assert it.server.asked[0].fields["background"] == "transparent"
    assert image.has_alpha


@pytest.mark.parametrize(
    ("size", "nearest"),
    [((512, 512), (1024, 1024)), ((900, 600), (1536, 1024)), ((600, 950), (1024, 1536)), ((640, 600), (1024, 1024))],
)
async def test_a_model_of_few_sizes_is_asked_for_the_nearest(size, nearest):
    async with studio(fixed_sizes=True, sizes=((1024, 1024), (1536, 1024), (1024, 1536))) as it:
        (image,) = await it.draw(replace(REQUEST, width=size[0], height=size[1]))

    alike = max(size[0] * nearest[1], nearest[0] * size[1]) / min(size[0] * nearest[1], nearest[0] * size[1]) < 1.02
    assert it.server.asked[0].size == nearest
    assert opened(image.png).size == size
    assert [notice.key for notice in image.unmet] == ([] if alike else ["shape-cropped"])


async def test_undoing_gives_the_picture_back_and_asks_nobody():
    digest, png = picture("before", 512, 512)
    request = replace(REQUEST, intent=Intent.UNDO, references=(Reference(digest=digest, role=ReferenceRole.EDIT),))
    async with studio() as it:
        (image,) = await it.draw(request, {digest: png})

    assert it.server.asked == []
    assert image.engine == "remote"
    assert np.array_equal(np.asarray(opened(image.png)), np.asarray(opened(png)))


async def test_a_model_that_only_draws_from_words_says_so_instead_of_drawing_something_else():
    digest, png = picture("a")
    request = replace(REQUEST, intent=Intent.REVISE, references=(Reference(digest=digest, role=ReferenceRole.EDIT),))
    async with studio(edit=False) as it:
        with pytest.raises(RequestUnsupported):
            await it.draw(request, {digest: png})

        assert not it.engine.capabilities.edit
    assert it.server.asked == []


async def test_the_estimate_is_what_was_measured_and_nothing_before_that():
    digest, png = picture("a")
    edit = replace(REQUEST, intent=Intent.REVISE, references=(Reference(digest=digest, role=ReferenceRole.EDIT),))
    async with studio() as it:
        before = it.engine.estimate(REQUEST, 1)
        await it.draw()
        one, three = it.engine.estimate(REQUEST, 1), it.engine.estimate(REQUEST, 3)
        unknown = it.engine.estimate(edit, 1)
        await it.draw(edit, {digest: png})
        known = it.engine.estimate(edit, 1)

    assert before == unknown == 0
    assert one > 0
    assert known > 0
    assert three == pytest.approx(3 * one)


async def test_pictures_of_one_call_share_its_time():
    async with studio() as it:
        started = time.monotonic()
        await it.draw(n=4)
        seconds = time.monotonic() - started

    assert 0 < it.engine.estimate(REQUEST, 4) <= 1000 * seconds


def _png(pixels: np.ndarray) -> bytes:
    target = io.BytesIO()
    Image.fromarray(pixels).save(target, "PNG")
    return target.getvalue()
