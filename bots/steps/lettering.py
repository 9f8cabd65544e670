"""Words that a model misspelt, set over its picture: which ones, and the draft that comes of it."""

import asyncio
import io
import time
from dataclasses import replace

import numpy as np
import structlog
from PIL import Image

from bots.order import Draft
from generator.checks.ocr import FoundLine, TextFinder, TextReader
from generator.checks.text import folded
from generator.errors import GeneratorError
from generator.finishing import SUFFIX, finish
from generator.refining.lettering import Letterer, lettered
from generator.request import GeneratedImage, GenerationRequest, TextBlock
from generator.scene import Kind, Notice, Scene, SceneObject
from storage.staging import Staging

log = structlog.get_logger(__name__)


def misspelt(request: GenerationRequest, draft: Draft) -> tuple[TextBlock, ...]:
    """The texts that must be exact and, as the receipt says, are not."""
    wrong = {folded(line.asked) for line in draft.receipt if line.check == "text" and line.passed is False}
    return tuple(block for block in request.text_blocks if block.exact and folded(block.text) in wrong)


class Lettering:
    """Sets words over drafts."""

    def __init__(self, staging: Staging, reader: TextReader | None, letterer: Letterer) -> None:
        self._staging = staging
        self._finder: object = reader
        self._letterer = letterer

    async def letter(self, job: str, request: GenerationRequest, draft: Draft) -> Draft:
        """The draft with its misspelt words set over it; itself if there are none, or if they cannot be drawn."""
        blocks = misspelt(request, draft)
        if not blocks:
            return draft
        started = time.perf_counter()
        picture = await self._staging.read(job, draft.file)
        try:
            png, objects = await lettered(picture, blocks, await self._found(picture), self._letterer)
        except GeneratorError as exc:
            log.warning("words_not_set", job=job, error=type(exc).__name__)
            return draft
        finished = await finish(_image(draft, png), request)
        file = f"lettered-{draft.index}.{SUFFIX[finished.media_type]}"
        await self._staging.write(job, file, finished.data)
        return replace(
            draft,
            file=file,
            scene=None if draft.scene is None else _placed(draft.scene, objects),
            unmet=(*draft.unmet, Notice(key="text-lettered", args={"count": len(blocks)})),
            timings={**draft.timings, "letter": round((time.perf_counter() - started) * 1000, 1)},
        )

    async def _found(self, picture: bytes) -> tuple[FoundLine, ...]:
        if not isinstance(self._finder, TextFinder):
            return ()
        return await self._finder.locate(await asyncio.to_thread(_pixels, picture))


def _pixels(picture: bytes) -> np.ndarray:
    with Image.open(io.BytesIO(picture)) as image:
        return np.asarray(image.convert("RGB"))


def _image(draft: Draft, png: bytes) -> GeneratedImage:
    return GeneratedImage(
        index=draft.index,
        png=png,
        width=draft.width,
        height=draft.height,
        has_alpha=draft.has_alpha,
        seed=draft.seed,
        engine=draft.engine,
        model=draft.model,
    )


def _placed(scene: Scene, objects: tuple[SceneObject, ...]) -> Scene:
    """The scene with its words where they stand now, so that they are read there."""
    boxes = {folded(item.text or ""): item.boxes for item in objects}
    return replace(
        scene,
        objects=tuple(
            replace(item, boxes=boxes.get(folded(item.text), item.boxes))
            if item.kind is Kind.TEXT and item.text
            else item
            for item in scene.objects
        ),
    )
