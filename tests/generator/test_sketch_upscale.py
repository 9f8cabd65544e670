"""A picture at twice its size is the same picture: reduced again, its pixels are those of the original, in every style."""

import threading
from dataclasses import replace
from io import BytesIO

import numpy as np
import pytest
from PIL import Image

from bots.conversation import Conversation, Options, Turn
from bots.planning.again import can_upscale, scaled
from bots.planning.requests import fresh_seed
from bots.planning.revisions import revise
from bots.planning.rules import plan_by_rules
from generator.engine import Capabilities, Progress
from generator.request import GeneratedImage, GenerationRequest
from generator.scene import Scene, SceneObject
from generator.sketch.engine import Sketch
from generator.sketch.styles import STYLES
from tests.bots.threads import image, thread

NEVER = threading.Event()
SIDE = 384
WORDS = (
    'a poster: three red apples left of a blue car, title "SALE 50%"',
    "a white cat on a sofa next to two trees",
    "bar chart: Mon 3, Tue 5, Wed 8",
    'steps: 1. pick 2. roast 3. brew, title "Coffee"',
)
MEAN, MOST, FEW = 1.0, 48, 0.003  # of 255, of 255, share of pixels: edges fall differently on half-size pixels


@pytest.fixture(scope="module")
def engine() -> Sketch:
    return Sketch()


async def _drawn(engine: Sketch, request: GenerationRequest) -> GeneratedImage:
    (made,) = await engine.render(request, {}, 1, ignore, NEVER)
    return made


def ignore(progress: Progress) -> None:
    del progress


def _request(words: str, style: str, **options: object) -> GenerationRequest:
    given = Options(width=SIDE, height=SIDE, style=style, **options)  # type: ignore[arg-type]  # fields of Options
    plan = plan_by_rules(Conversation(id="x", turns=(Turn(author="ana", text=words),), options=given))
    assert plan.request is not None
    return plan.request


async def _twice(engine: Sketch, request: GenerationRequest, solved: Scene) -> GeneratedImage:
    scene = scaled(solved, 2)
    return await _drawn(engine, replace(request, width=scene.width, height=scene.height, scene=scene))


def _same_picture(small: GeneratedImage, large: GeneratedImage) -> None:
    with Image.open(BytesIO(small.png)) as one, Image.open(BytesIO(large.png)) as two:
        assert two.size == (2 * one.width, 2 * one.height)
        pixels = np.asarray(one.convert("RGBa")).astype(int)
        reduced = np.asarray(two.convert("RGBa").resize(one.size, Image.Resampling.BOX)).astype(int)
    difference = np.abs(pixels - reduced).max(axis=-1)

    assert difference.mean() < MEAN
    assert (difference > MOST).mean() < FEW


@pytest.mark.parametrize("style", STYLES)
async def test_a_picture_of_twice_the_size_is_the_same_picture(engine: Sketch, style: str) -> None:
    for words in WORDS:
        request = _request(words, style)
        small = await _drawn(engine, request)
        assert small.scene is not None
        large = await _twice(engine, request, small.scene)

        _same_picture(small, large)
        assert large.scene is not None
        assert [item.id for item in large.scene.objects] == [item.id for item in small.scene.objects]


async def test_a_transparent_picture_of_twice_the_size_is_the_same_picture(engine: Sketch) -> None:
    request = _request("a red car and a cat", "sticker", background="transparent")
    small = await _drawn(engine, request)
    assert small.scene is not None

    _same_picture(small, await _twice(engine, request, small.scene))


async def test_another_picture_is_not_taken_for_the_same(engine: Sketch) -> None:
    request = _request(WORDS[0], "flat")
    small = await _drawn(engine, request)
    assert small.scene is not None
    moved = replace(small.scene, objects=tuple(replace(item, flip=True) for item in small.scene.objects[:2]))
    with pytest.raises(AssertionError):
        _same_picture(small, await _twice(engine, request, moved))


@pytest.mark.parametrize(
    "words", ["move the car a bit to the left", "swap the car and the apples", "make the car huge"]
)
async def test_a_revised_picture_keeps_its_places_at_twice_the_size(engine: Sketch, words: str) -> None:
    request = _request(WORDS[0], "flat")
    first = await _drawn(engine, request)
    assert first.scene is not None
    revised = revise(first.scene, words, ())
    assert revised.changes
    small = await _drawn(engine, replace(request, scene=revised.scene))
    assert small.scene is not None

    _same_picture(small, await _twice(engine, request, small.scene))


def _capable(*, upscale: bool) -> Capabilities:
    return replace(Sketch().capabilities, upscale=upscale)


def test_a_picture_can_be_upscaled_where_the_engine_can_and_the_result_is_not_too_large() -> None:
    box = ((1.0, 2.0, 30.0, 40.0),)
    scene = Scene(width=1024, height=1024, objects=(SceneObject(id="car1", art="1f697", boxes=box),))
    record = replace(image("one", scene=scene), width=1024, height=1024)
    unsolved = replace(scene, objects=(SceneObject(id="car1", art="1f697"),))

    assert can_upscale(record, _capable(upscale=True))
    assert not can_upscale(record, _capable(upscale=False))
    assert can_upscale(replace(record, width=2048, height=2048), _capable(upscale=True))
    assert not can_upscale(replace(record, width=2049), _capable(upscale=True))
    assert not can_upscale(replace(record, scene=None), _capable(upscale=True))
    assert not can_upscale(replace(record, scene=unsolved), _capable(upscale=True))
    assert Sketch().capabilities.upscale


def test_an_engine_that_cannot_upscale_says_so() -> None:
    earlier = Turn(author="ana", text="a car", generations=(image("one"),))
    conversation = replace(thread("", earlier), options=Options(action="upscale"))

    for capabilities in (None, _capable(upscale=False)):
        plan = plan_by_rules(conversation, capabilities)
        assert plan.outcome == "invalid"
        assert plan.words is not None
        assert plan.words.key == "upscale-unavailable"


def test_fresh_seeds_stay_in_range_and_a_given_seed_wins() -> None:
    record = image("one", seed=2**32 - 1)
    words = thread("another one")

    assert fresh_seed(words, record, None) == 0
    assert fresh_seed(words, record, 7) == 7
