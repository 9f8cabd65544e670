"""The engine: determinism, sizes, cancelling, timeouts and redraws, in real worker processes."""

import asyncio
import os
import threading
import time
from dataclasses import replace
from io import BytesIO

import pytest
from PIL import Image

from generator.engine import Engine, Progress, Redraws
from generator.errors import RenderCancelled, RenderFailed, RenderTimeout, RequestUnsupported
from generator.request import GeneratedImage, GenerationRequest
from generator.scene import Kind, Scene, SceneObject, TextRole
from generator.sketch.attribution import attribution
from generator.sketch.engine import Sketch
from generator.sketch.pool import WorkerPool
from tests.generator.sketch_scenes import APPLE, CAR, ROCKET

SMALL = Scene(
    width=256,
    height=256,
    background="#ffeecc",
    objects=(
        SceneObject(id="title", kind=Kind.TEXT, role=TextRole.TITLE, text="Hello"),
        SceneObject(id="car1", art=CAR, color="#2563eb"),
        SceneObject(id="apple1", art=APPLE, count=3),
    ),
)
REQUEST = GenerationRequest(width=256, height=256, scene=SMALL, background="#ffeecc", seed=7)
NEVER = threading.Event()


def ignore(progress: Progress) -> None:
    del progress


async def render(request: GenerationRequest, n: int = 1, engine: Sketch | None = None) -> tuple[GeneratedImage, ...]:
    return await (engine or Sketch()).render(request, {}, n, ignore, NEVER)


async def test_the_same_scene_and_seed_give_the_same_bytes():
    engine: Engine = Sketch()
    one = await engine.render(REQUEST, {}, 2, ignore, NEVER)
    two = await engine.render(REQUEST, {}, 2, ignore, NEVER)

    assert [image.png for image in one] == [image.png for image in two]
    assert [(image.index, image.seed) for image in one] == [(0, 7), (1, 8)]


async def test_pictures_have_exactly_the_asked_size_and_solved_boxes():
    request = replace(REQUEST, width=640, height=300)
    (image,) = await render(request)

    with Image.open(BytesIO(image.png)) as png:
        assert png.size == (image.width, image.height) == (640, 300)
    assert image.scene is not None
    assert (image.scene.width, image.scene.height) == (640, 300)
    assert [len(item.boxes) for item in sorted(image.scene.objects, key=lambda item: item.id)] == [3, 1, 1]
    assert not image.unmet
    assert not image.has_alpha


async def test_only_a_transparent_picture_has_alpha():
    scene = replace(SMALL, background="transparent", style="sticker")
    (image,) = await render(replace(REQUEST, scene=scene, background="transparent"))

    assert image.has_alpha
    with Image.open(BytesIO(image.png)) as png:
        assert {png.getpixel(at)[3] for at in ((0, 0), (255, 0), (0, 255), (255, 255))} == {0}  # type: ignore[index]


async def test_a_poster_without_an_asked_background_gets_a_gradient_by_seed():
    scene = replace(SMALL, background="#ffffff", style="poster")
    one, two = await render(replace(REQUEST, scene=scene, background=None), 2)

    assert one.scene is not None
    assert two.scene is not None
    assert isinstance(one.scene.background, tuple)
    assert one.scene.background != two.scene.background


async def test_an_asked_background_is_kept_by_a_poster():
    scene = replace(SMALL, background="#ffffff", style="poster")
    (image,) = await render(replace(REQUEST, scene=scene, background="#ffffff"))

    assert image.scene is not None
    assert image.scene.background == "#ffffff"


async def test_a_redraw_gives_the_same_pixels_without_solving_again():
    engine = Sketch()
    (image,) = await render(REQUEST, engine=engine)
    assert image.scene is not None
    redraws: Redraws = engine

    same = await redraws.redraw([image.scene], {}, 256)
    smaller = await redraws.redraw([image.scene], {}, 128)

    assert same == (image.png,)
    with Image.open(BytesIO(smaller[0])) as png:
        assert png.size == (128, 128)


async def test_progress_rises_to_one():
    seen: list[Progress] = []
    await Sketch().render(REQUEST, {}, 2, seen.append, NEVER)

    fractions = [progress.fraction for progress in seen]
    assert fractions == sorted(fractions)
    assert fractions[-1] == 1.0


async def test_what_cannot_be_drawn_is_reported_with_the_image():
    scene = replace(SMALL, objects=(replace(SMALL.objects[0], text="Hi שלום"), SceneObject(id="z", art="none", label="Zorb")))  # fmt: skip
    (image,) = await render(replace(REQUEST, scene=scene))

    assert {notice.key for notice in image.unmet} == {"missing-glyph", "art-missing"}


async def test_a_request_without_a_scene_is_refused():
    with pytest.raises(RequestUnsupported) as refused:
        await render(GenerationRequest(prompt="a cat"))

    assert refused.value.notice.key == "engine-needs-scene"


async def test_setting_the_flag_kills_the_worker():
    pool, cancel = WorkerPool(30.0), threading.Event()
    asyncio.get_running_loop().call_later(0.3, cancel.set)
    started = time.monotonic()

    with pytest.raises(RenderCancelled):
        await pool.call(cancel, time.sleep, 30.0)

    assert time.monotonic() - started < 5.0


async def test_a_flag_that_is_set_already_starts_nothing():
    cancel = threading.Event()
    cancel.set()

    with pytest.raises(RenderCancelled):
        await Sketch().render(REQUEST, {}, 1, ignore, cancel)


async def test_a_render_that_takes_too_long_times_out():
    with pytest.raises(RenderTimeout) as timeout:
        await WorkerPool(0.4).call(NEVER, time.sleep, 30.0)

    assert timeout.value.seconds == 0.4


async def test_cancelling_the_task_propagates_and_leaves_the_pool_usable():
    pool = WorkerPool(30.0)

    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.3):
            await pool.call(NEVER, time.sleep, 30.0)

    assert await pool.call(NEVER, abs, -3) == 3


async def test_what_a_worker_raises_is_a_failed_render_with_its_cause():
    with pytest.raises(RenderFailed) as failed:
        await WorkerPool(10.0).call(NEVER, int, "x")

    assert isinstance(failed.value.__cause__, ValueError)


async def test_a_worker_that_dies_is_a_failed_render_and_is_replaced():
    pool = WorkerPool(10.0)

    with pytest.raises(RenderFailed):
        await pool.call(NEVER, os._exit, 1)

    assert await pool.call(NEVER, abs, -3) == 3


async def test_one_failing_image_fails_the_render_with_a_bare_error():
    huge = replace(SMALL, width=4096, height=4096, objects=(SceneObject(id="r", art=ROCKET, count=9),))

    with pytest.raises(RenderTimeout):
        await render(replace(REQUEST, width=4096, height=4096, scene=huge), 2, Sketch(timeout_seconds=0.05))


async def test_warming_up_starts_workers_that_draw():
    engine = Sketch()
    await engine.warm()

    assert len(await render(REQUEST, engine=engine)) == 1


def test_an_estimate_grows_with_images_objects_and_pixels():
    engine = Sketch()
    base = engine.estimate(REQUEST, 1)

    assert engine.estimate(REQUEST, 2) == 2 * base
    assert engine.estimate(replace(REQUEST, width=2048), 1) > base
    assert engine.estimate(replace(REQUEST, scene=replace(SMALL, objects=SMALL.objects * 3)), 1) > base


def test_art_and_fonts_are_credited():
    lines = [credit.line for credit in attribution()]

    assert any("Twemoji" in line and "CC-BY-4.0" in line for line in lines)
    assert sum("OFL-1.1" in line for line in lines) == 3
