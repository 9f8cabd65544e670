"""(c) our engine on the same work: everything at once, or as it arrives, for several tenants."""

import asyncio
import hashlib
import io
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from generator.diffusion.encodings import Encodings
from generator.diffusion.engine import Diffusion
from generator.diffusion.families.base import Loaded
from generator.diffusion.settings import Setup
from generator.engine import Party, Progress
from generator.models.card import ModelCard
from generator.request import GenerationRequest, Reference, ReferenceRole
from tests.benchmarks.gpu.streams import Wanted


@dataclass(frozen=True, slots=True, kw_only=True)
class Served:
    """One image.

    Attributes:
        seconds: From its arrival to its PNG.
        foretold: What it was told when it had waited a moment; None if it never waited.
    """

    wanted: Wanted
    seconds: float
    foretold: float | None


def engine_of(card: ModelCard, pipeline: Any, device: str, *, compile_blocks: bool) -> Diffusion:
    """The engine with a pipeline that is there already, previews as people see them."""
    setup = Setup(models=(card.id,), device=device, compile=compile_blocks, timeout_seconds=3600.0)
    loaded = Loaded(card=card, pipeline=pipeline, encodings=Encodings(setup.encodings * 2**20))
    return Diffusion(setup, {card.id: card}, loader=lambda *_: loaded)


async def serve(engine: Diffusion, stream: Sequence[Wanted], came: Sequence[float]) -> tuple[list[Served], float]:
    """Every image of the stream as it arrives; and the seconds until the last one was there."""
    started = time.perf_counter()

    async def one(wanted: Wanted, at: float) -> Served:
        await asyncio.sleep(max(0.0, at - (time.perf_counter() - started)))
        foretold: list[float] = []

        def told(progress: Progress) -> None:
            if progress.seconds is not None and not foretold:
                foretold.append(time.perf_counter() - started - at + progress.seconds)

        request, references = _request(wanted)
        party = Party(tenant=wanted.tenant, waiting=wanted.interactive)
        await engine.on_behalf(party).render(request, references, 1, told, threading.Event())
        seconds = time.perf_counter() - started - at
        return Served(wanted=wanted, seconds=seconds, foretold=foretold[0] if foretold else None)

    served = await asyncio.gather(*(one(wanted, at) for wanted, at in zip(stream, came, strict=True)))
    return list(served), time.perf_counter() - started


def _request(wanted: Wanted) -> tuple[GenerationRequest, dict[str, bytes]]:
    shown = {}
    for picture in wanted.references:
        target = io.BytesIO()
        picture.save(target, "PNG", compress_level=1)
        shown[hashlib.sha256(target.getvalue()).hexdigest()] = target.getvalue()
    request = GenerationRequest(
        prompt=wanted.prompt,
        width=wanted.width,
        height=wanted.height,
        seed=wanted.number,
        num_inference_steps=wanted.steps,
        references=tuple(Reference(digest=digest, role=ReferenceRole.OBJECT) for digest in shown),
    )
    return request, shown
