"""The diffusion engine from a request to a PNG, on a tiny model that the real loader brought into memory."""

import asyncio
import io
import threading
import time
from collections.abc import AsyncIterator, Awaitable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import pytest_asyncio
import torch
from PIL import Image

from generator.diffusion.engine import Diffusion
from generator.diffusion.settings import Setup
from generator.engine import Party, Progress
from generator.errors import RenderCancelled, RenderFailed, RequestUnsupported
from generator.request import GeneratedImage, GenerationRequest, Reference, ReferenceRole
from generator.scheduling.scheduler import Budget
from tests.generator.diffusion.tiny import card, tiny

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny("flux2_klein", tmp_path_factory)


@pytest_asyncio.fixture
async def engine(folder: Path) -> AsyncIterator[Diffusion]:
    made = Diffusion(Setup(models=(str(folder),), device="cpu"), {str(folder): card("flux2", native=64 * 64)})
    yield made
    await made.close()


def request(**more: Any) -> GenerationRequest:
    return GenerationRequest(**{"prompt": "a red car", "width": 96, "height": 64, "seed": 7, **more})


async def drawn(
    engine: Any, wanted: GenerationRequest, n: int = 1, told: list[Progress] | None = None, **references: bytes
) -> tuple[GeneratedImage, ...]:
    report = (lambda _: None) if told is None else told.append
    images: tuple[GeneratedImage, ...] = await engine.render(wanted, references, n, report, threading.Event())
    return images


def pixels(image: GeneratedImage) -> np.ndarray:
    return np.asarray(Image.open(io.BytesIO(image.png)))


async def test_a_request_becomes_a_picture_of_exactly_its_size(engine: Diffusion) -> None:
    told: list[Progress] = []
    (image,) = await drawn(engine, request(width=100, height=70), told=told)

    assert pixels(image).shape == (70, 100, 3)
    assert (image.engine, image.model, image.seed) == ("diffusion", "tiny/flux2", 7)
    fractions = [one.fraction for one in told if one.stage == "drawing"]
    assert fractions == sorted(fractions)
    assert fractions[-1] == 1.0


async def test_the_same_request_gives_the_same_bytes_and_images_of_one_request_differ(engine: Diffusion) -> None:
    first = await drawn(engine, request(), n=3)
    again = await drawn(engine, request(), n=3)

    assert [one.seed for one in first] == [7, 8, 9]
    assert len({one.png for one in first}) == 3
    for one, other in zip(first, again, strict=True):
        assert np.abs(pixels(one).astype(int) - pixels(other).astype(int)).max() <= 1


async def test_many_tenants_draw_side_by_side(engine: Diffusion) -> None:
    sizes = [(64, 64), (96, 64), (64, 128), (80, 80)]
    pictures = await asyncio.gather(
        *(
            drawn(engine.on_behalf(Party(tenant=f"t{number}")), request(width=width, height=height, seed=number))
            for number, (width, height) in enumerate(sizes)
        )
    )
    for (image,), (width, height) in zip(pictures, sizes, strict=True):
        assert pixels(image).shape == (height, width, 3)


async def test_an_edit_draws_upon_its_reference(engine: Diffusion) -> None:
    target = io.BytesIO()
    Image.new("RGB", (64, 64), "orange").save(target, "PNG")
    plain = await drawn(engine, request())
    edit = Reference(digest="d" * 64, role=ReferenceRole.EDIT)
    (edited,) = await drawn(engine, request(references=(edit,)), 1, None, **{"d" * 64: target.getvalue()})

    assert (pixels(edited) != pixels(plain[0])).any()


async def test_cancelling_ends_the_work_at_the_next_step(engine: Diffusion) -> None:
    await engine.warm()
    flag, told = threading.Event(), []

    def progress(one: Progress) -> None:
        told.append(one)
        if one.stage == "drawing":
            flag.set()

    with pytest.raises(RenderCancelled):
        await engine.render(request(num_inference_steps=500), {}, 1, progress, flag)
    assert len(told) < 400


async def test_a_cancelled_task_leaves_the_device_to_others(engine: Diffusion) -> None:
    await engine.warm()
    started = asyncio.Event()
    task = asyncio.ensure_future(  # noqa: TID251 - it is cancelled here
        engine.render(request(num_inference_steps=2000), {}, 1, lambda _: started.set(), threading.Event())
    )
    await started.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    before = time.monotonic()
    await drawn(engine, request())
    assert time.monotonic() - before < 5


async def test_what_no_model_can_is_refused(engine: Diffusion) -> None:
    with pytest.raises(RequestUnsupported, match="engine-cannot-edit"):
        await drawn(
            engine, request(mask_image="m", references=(Reference(digest="d", role=ReferenceRole.EDIT),)), d=b""
        )


async def stall(work: Awaitable[Any]) -> float:
    """The longest time in seconds for which the event loop did nothing else while something was awaited."""
    worst, over = 0.0, False

    async def tick() -> None:
        nonlocal worst
        while not over:
            before = time.perf_counter()
            await asyncio.sleep(0.002)
            worst = max(worst, time.perf_counter() - before - 0.002)

    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(tick())
        await work
        over = True
    return worst


async def test_the_loop_is_never_held_up_while_it_draws(engine: Diffusion) -> None:
    await engine.warm()
    await drawn(engine, request(num_inference_steps=2))
    # The best of a few: what another process takes of the machine is not held up by the engine.
    best = min([await stall(drawn(engine, request(num_inference_steps=30, seed=seed), n=3)) for seed in range(3)])

    assert best < 0.05, best


async def test_previews_are_small_pictures_that_come_while_it_draws(engine: Diffusion) -> None:
    told: list[Progress] = []
    await drawn(engine, request(width=512, height=256, num_inference_steps=60), told=told)
    previews = [one.preview for one in told if one.preview is not None]

    assert previews
    for preview in previews:
        with Image.open(io.BytesIO(preview)) as image:
            assert image.format == "PNG"
            assert max(image.size) <= 256


async def test_who_waits_is_told_its_place_and_how_long(engine: Diffusion) -> None:
    await engine.warm()
    scheduler = engine._device.scheduler
    alone = Budget(tokens=1)  # nobody shares a forward
    await asyncio.wrap_future(engine._device.call(lambda: scheduler.measured(scheduler.costs, alone)))
    told: list[Progress] = []
    one = engine.on_behalf(Party(tenant="a"))
    first = drawn(one, request(num_inference_steps=100))
    await asyncio.gather(first, drawn(one, request(num_inference_steps=2, seed=3), told=told))

    waiting = [one for one in told if one.stage == "waiting"]
    assert waiting[0].place == 1
    assert all((one.seconds or 0) > 0 for one in waiting)
    assert told[: len(waiting)] == waiting
    assert told[-1].fraction == 1.0


def ruined(engine: Diffusion, monkeypatch: pytest.MonkeyPatch, times: int) -> list[int]:
    """Let the first forwards come out as no numbers; how many there were of each size."""
    forward, left, packs = engine._device._forward, times, []

    def broken(model: str, calls: Sequence[Any]) -> Sequence[Any]:
        nonlocal left
        packs.append(len(calls))
        answers = forward(model, calls)
        if left > 0:
            left -= 1
            answers = [(torch.full_like(answer[0], float("nan")),) for answer in answers]
        return answers

    monkeypatch.setattr(engine._device, "_forward", broken)
    return packs


async def test_an_image_that_is_no_numbers_is_drawn_again_from_other_noise(
    engine: Diffusion, monkeypatch: pytest.MonkeyPatch
) -> None:
    await engine.warm()
    packs = ruined(engine, monkeypatch, times=1)
    (image,) = await drawn(engine, request())

    assert len(packs) == 2 * 4
    assert image.seed != 7
    assert pixels(image).std() > 1


async def test_an_image_that_stays_no_numbers_is_reported(engine: Diffusion, monkeypatch: pytest.MonkeyPatch) -> None:
    await engine.warm()
    packs = ruined(engine, monkeypatch, times=10_000)
    with pytest.raises(RenderFailed, match="one color"):
        await drawn(engine, request())

    assert len(packs) == 2 * 4
    assert len(engine._models.resident) == 1  # and the engine goes on
