"""Drawing and measuring: the two steps that work on pixels. Drafts live in the job's staging folder and nowhere else."""

import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace

from bots.order import Draft
from bots.previews import Previews
from bots.steps.lettering import Lettering
from bots.steps.materials import Materials
from generator.checks import measure
from generator.checks.ocr import TextReader
from generator.engine import CancelFlag, Engine, Party, Redraws, Shared
from generator.finishing import SUFFIX, finish
from generator.refining.lettering import Letterer
from generator.request import GeneratedImage, GenerationRequest
from storage.staging import Staging

PartyOf = Callable[[str], Awaitable[Party]]
"""For whom a job is drawn."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Checks:
    """How drafts are measured, and what is done about what they miss.

    Attributes:
        reader: Reads texts back; None leaves them unchecked.
        retries: How often what misses a tolerance is drawn again.
        letterer: Sets words over what a model drew; None for engines that spell.
    """

    reader: TextReader | None
    retries: int = 1
    letterer: Letterer | None = None


class Drawing:
    """Owns the engine for the line."""

    def __init__(
        self,
        engine: Engine,
        staging: Staging,
        materials: Materials,
        checks: Checks,
        previews: Previews,
        party_of: PartyOf | None = None,
    ) -> None:
        self.engine = engine
        self._party_of = party_of
        self._staging = staging
        self._materials = materials
        self._checks = checks
        self.previews = previews

    async def draw(self, job: str, attempt: int, request: GenerationRequest, cancel: CancelFlag) -> tuple[Draft, ...]:
        """Render, finish to the delivery format, stage.

        Raises:
            GeneratorError: The engine could not.
        """
        references = await self._materials.of(job, request)
        images = await (await self._engine_for(job)).render(
            request,
            references,
            request.num_images_per_prompt,
            lambda progress: self.previews.report(job, progress),
            cancel,
        )
        return tuple([await self._stage(job, attempt, request, image) for image in images])

    async def _engine_for(self, job: str) -> Engine:
        """The engine, drawing on behalf of whoever asked for the job, if it is shared by those who ask."""
        if self._party_of is None or not isinstance(self.engine, Shared):
            return self.engine
        return self.engine.on_behalf(await self._party_of(job))

    async def measure(
        self, job: str, attempt: int, request: GenerationRequest, drafts: tuple[Draft, ...]
    ) -> tuple[Draft, ...]:
        """The drafts with their receipts, read from the very bytes that will be signed."""
        measured = await self._measured(job, request, drafts)
        return tuple(replace(draft, may_retry=attempt < self._checks.retries) for draft in measured)

    async def letter(self, job: str, request: GenerationRequest, drafts: tuple[Draft, ...]) -> tuple[Draft, ...]:
        """The drafts, with the words over them that a model misspelt, measured again; what is not better stays."""
        if self._checks.letterer is None:
            return drafts
        setting = Lettering(self._staging, self._checks.reader, self._checks.letterer)
        lettered = tuple([await setting.letter(job, request, draft) for draft in drafts])
        measured = await self._measured(job, request, lettered)
        return tuple(
            after if after.failures < before.failures else before
            for before, after in zip(drafts, measured, strict=True)
        )

    async def _measured(self, job: str, request: GenerationRequest, drafts: tuple[Draft, ...]) -> tuple[Draft, ...]:
        references = await self._materials.of(job, request)
        redraws = self.engine if isinstance(self.engine, Redraws) else None
        measured = []
        for draft in drafts:
            started = time.perf_counter()
            receipt = await measure(
                await self._staging.read(job, draft.file),
                request,
                draft.scene,
                redraws=redraws,
                references=references,
                ocr=self._checks.reader,
            )
            spent = round((time.perf_counter() - started) * 1000, 1)
            measured.append(replace(draft, receipt=receipt, timings={**draft.timings, "measure": spent}))
        return tuple(measured)

    async def discard(self, job: str) -> None:
        """Delete what was drawn for a job that is over."""
        await self._staging.remove(job)

    async def _stage(self, job: str, attempt: int, request: GenerationRequest, image: GeneratedImage) -> Draft:
        finished = await finish(image, request)
        file = f"draft-{attempt}-{image.index}.{SUFFIX[finished.media_type]}"
        await self._staging.write(job, file, finished.data)
        return Draft(
            index=image.index,
            file=file,
            media_type=finished.media_type,
            width=finished.width,
            height=finished.height,
            has_alpha=finished.has_alpha,
            seed=image.seed,
            engine=image.engine,
            engine_version=self.engine.version,
            model=image.model,
            scene=image.scene,
            unmet=(*image.unmet, *finished.unmet),
            timings=dict(image.timings),
            model_license=image.model_license,
            neural=self.engine.capabilities.neural,
        )
