"""Prints what the sketch engine costs: ``python -m tests.benchmarks.sketch``.

Processor time of layout and drawing in a warm worker process, wall time of a whole render, and the longest stall of
the event loop while pictures are drawn.
"""

import asyncio
import statistics
import threading
import time
from dataclasses import replace

from anyio import CapacityLimiter, to_process

from generator.request import GenerationRequest
from generator.scene import Kind, Scene, SceneObject, TextRole
from generator.sketch.engine import Sketch
from generator.sketch.styles import STYLES
from generator.sketch.workers import draw, lay_out

ROUNDS = 9
ARTS = ["1f697", "1f34e", "1f680", "1f3e0", "1f332", "1f98a", "1f431", "1f436", "1f33b", "1f352", "1f6b2", "26bd", "1f3b8", "1f382", "1f419", "1f98b", "1f30d", "2615", "1f4da"]  # fmt: skip


def twenty_objects(style: str) -> Scene:
    """A title and 19 drawings, every second one recolored."""
    title = SceneObject(id="title1", kind=Kind.TEXT, role=TextRole.TITLE, text="Everything we love")
    colors = ("#2563eb", None, "#dc2626", None)
    things = (SceneObject(id=key, art=key, color=colors[n % 4]) for n, key in enumerate(ARTS))
    background = ("#7dd3fc", "#6a8bf5") if style == "poster" else "#fff3e0"
    return Scene(width=1024, height=1024, style=style, background=background, objects=(title, *things))


def processor_milliseconds(scene: Scene, seed: int) -> tuple[float, float]:
    """Processor time of one layout and one drawing, measured inside the worker."""
    start = time.process_time()
    layout = lay_out(scene, {}, seed)
    middle = time.process_time()
    draw(layout.scene, {}, None)
    return 1000 * (middle - start), 1000 * (time.process_time() - middle)


async def longest_stall(engine: Sketch, request: GenerationRequest) -> float:
    """Milliseconds by which the event loop's ticks come late at most while four pictures are drawn."""
    worst, stop = 0.0, asyncio.Event()

    async def tick() -> None:
        nonlocal worst
        while not stop.is_set():
            before = time.perf_counter()
            await asyncio.sleep(0.005)
            worst = max(worst, time.perf_counter() - before - 0.005)

    async with asyncio.TaskGroup() as group:
        group.create_task(tick())
        await engine.render(request, {}, 4, lambda _progress: None, threading.Event())
        stop.set()
    return 1000 * worst


async def main() -> None:
    """Print all figures."""
    engine, limiter = Sketch(), CapacityLimiter(1)
    start = time.perf_counter()
    await engine.warm()
    print(f"warm start of all workers: {1000 * (time.perf_counter() - start):.0f} ms")  # noqa: T201 - its purpose
    print("style     layout + draw = CPU ms (median)   wall ms of render   estimate")  # noqa: T201 - its purpose
    for style in STYLES:
        scene = twenty_objects(style)
        request = GenerationRequest(scene=scene, background=scene.background)
        await to_process.run_sync(processor_milliseconds, scene, 0, limiter=limiter)
        costs = [await to_process.run_sync(processor_milliseconds, scene, n, limiter=limiter) for n in range(ROUNDS)]
        layout, drawing = (statistics.median(cost[part] for cost in costs) for part in (0, 1))
        total = statistics.median(sum(cost) for cost in costs)
        walls = []
        for number in range(5):
            start = time.perf_counter()
            await engine.render(replace(request, seed=number), {}, 1, lambda _progress: None, threading.Event())
            walls.append(1000 * (time.perf_counter() - start))
        print(  # noqa: T201 - its purpose
            f"{style:8} {layout:6.0f} + {drawing:4.0f} = {total:5.0f}"
            f" {statistics.median(walls):25.0f} {engine.estimate(request, 1):14.0f}"
        )
    request = GenerationRequest(scene=twenty_objects("poster"))
    print(f"longest event-loop stall while drawing: {await longest_stall(engine, request):.1f} ms")  # noqa: T201 - its purpose


if __name__ == "__main__":
    asyncio.run(main())
