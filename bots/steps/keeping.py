"""Signing, storing, recording and closing. Record before post: when an answer names an image, its record exists."""

import asyncio
import hashlib
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from bots.alt import alt_text
from bots.conversation import Outcome
from bots.order import Admission, Answer, Draft, Order
from bots.planning.plan import Plan
from bots.replies import say, say_all
from bots.steps.intake import worst
from generator.engine import Engine
from generator.finishing import SUFFIX
from generator.request import GenerationRequest, ReferenceRole
from generator.scene import Kind, Notice
from moderation.types import Action, Verdict
from storage.blobs import Blobs
from storage.credentials import Claim, Credentials
from storage.errors import GenerationRemoved, StorageError, UnknownJob
from storage.generations import UploadRecord
from storage.records import Credential, GenerationRecord, generation_id
from storage.staging import Staging
from storage.store import Records

WAIT_SECONDS, LONGEST_WAIT_SECONDS = 0.05, 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Closing:
    """How a job ends that made no image; a ``silent`` one was no request, and nothing is posted."""

    outcome: Outcome
    words: Notice
    admission: Admission | None = None
    request: GenerationRequest | None = None
    unmet: tuple[Notice, ...] = ()
    silent: bool = False


class Keeping:
    """The steps of the line that touch what is kept."""

    def __init__(
        self,
        records: Records,
        blobs: Blobs,
        staging: Staging,
        credentials: Credentials,
        engine: Engine,
        limit_of: Callable[[str], Awaitable[int]],
        attribution: Sequence[str],
    ) -> None:
        self._records = records
        self._blobs = blobs
        self._staging = staging
        self.credentials = credentials
        self._engine = engine
        self._limit_of = limit_of  # images per day of a tenant
        self._attribution = tuple(attribution)

    async def wait_for_earlier(self, order: Order) -> bool:
        """One conversation, one order. Returns once no earlier job of it is unfinished."""
        await self._records.start_job(order.job)
        pause = WAIT_SECONDS
        while order.ordered and await self._records.earlier_unfinished(order.job):
            await asyncio.sleep(pause)
            pause = min(pause * 1.5, LONGEST_WAIT_SECONDS)  # a long line of requests must not ask all the time
        return True

    async def debit(self, order: Order, request: GenerationRequest) -> bool:
        """Take the images from the tenant's quota, once per job; False when it does not suffice."""
        tenant = order.conversation.tenant
        limit = await self._limit_of(tenant)
        return await self._records.debit(order.job, tenant, request.num_images_per_prompt, limit)

    async def record(
        self,
        order: Order,
        plan: Plan,
        admission: Admission,
        drafts: Sequence[Draft],
        verdicts: tuple[Verdict, ...],
    ) -> tuple[GenerationRecord, ...]:
        """Sign, store and record every image; a second run finds the records of the first and changes nothing.

        Raises:
            JobOver: Somebody cancelled the job in the meantime; no record was written.
        """
        assert plan.request is not None  # noqa: S101 - a plan that draws has a request
        await self._keep_uploads(order, admission)
        records = [await self._sign_one(order, plan, draft, verdicts) for draft in drafts]
        try:
            for record in records:
                signed = await self._staging.read(order.job, _signed_file(record.index, record.media_type))
                await self._blobs.put(signed, record.media_type)
            # All records or none, and none for a job that has ended: a picture nobody was charged for must not exist.
            return await self._records.add_generations(order.job, records)
        except StorageError:
            kept = {record.digest for record in await self._records.generations_of_job(order.job)}
            await self._blobs.delete([record.digest for record in records if record.digest not in kept])
            raise

    async def deliver(
        self,
        order: Order,
        plan: Plan,
        records: tuple[GenerationRecord, ...],
        verdicts: tuple[Verdict, ...],
    ) -> Answer:
        """Close a job that made images."""
        locale = order.conversation.locale
        unmet = tuple(dict.fromkeys(word for record in records for word in record.unmet))
        told = [say(Notice(key="images-done", args={"count": len(records)}), locale)]
        if plan.changes:
            told.append(say(Notice(key="changed", args={"list": "; ".join(say_all(plan.changes, locale))}), locale))
        told += say_all(plan.notes, locale)
        if unmet:
            told.append(
                say(Notice(key="not-met", args={"list": "; ".join(word.rstrip(".") for word in unmet)}), locale)
            )
        failed = [line for record in records for line in record.receipt if line.passed is False]
        if failed:
            lines = "; ".join(
                dict.fromkeys(f"{line.check} {line.target}: {line.asked} → {line.measured}" for line in failed)
            )
            told.append(say(Notice(key="receipt-missed", args={"list": lines}), locale))
        answer = Answer(
            job=order.job,
            outcome="image",
            reply=" ".join(told),
            unmet=unmet,
            generations=tuple(record.id for record in records),
        )
        return await self._finish(order, answer, plan.request, verdicts)

    async def refuse(self, order: Order, verdicts: tuple[Verdict, ...], request: GenerationRequest | None) -> Answer:
        """Refuse or hold: category and what would be fine; nothing kept in blobs, quota given back."""
        locale = order.conversation.locale
        verdict = worst(verdicts)
        outcome: Outcome = "held" if verdict.action is Action.REVIEW else "refused"
        told = [say(Notice(key=f"request-{outcome}", args={"reason": verdict.reason}), locale)]
        if verdict.rewording:
            told.append(say(Notice(key="would-be-fine", args={"rewording": verdict.rewording}), locale))
        await self._records.refund(order.job)
        answer = Answer(job=order.job, outcome=outcome, reply=" ".join(told))
        return await self._finish(order, answer, request, verdicts)

    async def close(self, order: Order, closing: Closing) -> Answer:
        """Close a job that made no image; whatever it was debited is given back."""
        await self._records.refund(order.job)
        admission = closing.admission
        if admission is not None and closing.outcome in ("answer", "question", "invalid"):
            # "Put the photo on a beach" may follow, so an allowed upload is kept although nothing was drawn.
            await self._keep_uploads(order, admission)
        locale = order.conversation.locale
        missing = say_all(closing.unmet, locale)
        reply = " ".join([say(closing.words, locale), *missing])
        answer = Answer(job=order.job, outcome=closing.outcome, reply=reply, unmet=missing)
        verdicts = admission.verdicts if admission else ()
        return await self._finish(order, answer, closing.request, verdicts, silent=closing.silent)

    async def end(self, job: str, outcome: Outcome, words: Notice) -> None:
        """Close a job from outside, without its order; one that has ended stays as it is.

        Raises:
            UnknownJob: It was never opened.
        """
        record = await self._records.job(job)
        if record is None:
            raise UnknownJob(job)
        if record.status == "done":
            return
        await self._records.refund(job)
        await self._records.finish_job(job, outcome=outcome, reply=say(words, record.locale))
        await self._staging.remove(job)

    async def _finish(
        self,
        order: Order,
        answer: Answer,
        request: GenerationRequest | None,
        verdicts: tuple[Verdict, ...],
        *,
        silent: bool = False,
    ) -> Answer:
        await self._records.finish_job(
            order.job,
            outcome=answer.outcome,
            reply=answer.reply,
            request=request,
            verdicts=verdicts,
            unmet=answer.unmet,
            silent=silent,
        )
        await self._staging.remove(order.job)
        return answer

    async def _keep_uploads(self, order: Order, admission: Admission) -> None:
        for position, upload in enumerate(admission.uploads):
            data = await self._staging.read(order.job, upload.file)
            await self._blobs.put(data, "image/png")
            await self._records.add_upload(
                UploadRecord(
                    digest=upload.attachment.digest,
                    job=order.job,
                    tenant=order.conversation.tenant,
                    conversation=order.conversation.id,
                    requester=order.requester,
                    media_type="image/png",
                    size_bytes=len(data),
                    width=upload.attachment.width,
                    height=upload.attachment.height,
                    position=position,
                    created_at=datetime.now(UTC),
                )
            )

    async def _sign_one(
        self, order: Order, plan: Plan, draft: Draft, verdicts: tuple[Verdict, ...]
    ) -> GenerationRecord:
        request = plan.request
        assert request is not None  # noqa: S101 - checked by the caller
        identity = generation_id(order.job, draft.index)
        if (known := await self._records.generation(identity)) is not None:
            return known
        started = time.perf_counter()
        plain = await self._staging.read(order.job, draft.file)
        signed_file = _signed_file(draft.index, draft.media_type)
        signed = await self._staging.find(order.job, signed_file)
        if signed is None:
            # Signatures differ from run to run; staging the first one keeps a re-run from leaving an orphan blob.
            made = await self.credentials.sign(plain, draft.media_type, await self._claim(order, request, draft))
            signed, manifest = made.data, made.manifest
            await self._staging.write(order.job, signed_file, signed)
        else:
            manifest = (await self.credentials.read(signed)).active_manifest or ""
        size = len(signed)
        digest = await asyncio.to_thread(lambda data: hashlib.sha256(data).hexdigest(), signed)
        locale = order.conversation.locale
        return GenerationRecord(
            id=identity,
            job=order.job,
            index=draft.index,
            tenant=order.conversation.tenant,
            conversation=order.conversation.id,
            requester=order.requester,
            created_at=datetime.now(UTC),
            request=request,
            scene=draft.scene,
            verdicts=verdicts,
            receipt=draft.receipt,
            parents=request.parents,
            digest=digest,
            draft_digest=await asyncio.to_thread(lambda: hashlib.sha256(plain).hexdigest()),
            media_type=draft.media_type,
            width=draft.width,
            height=draft.height,
            has_alpha=draft.has_alpha,
            size_bytes=size,
            engine=draft.engine,
            engine_version=draft.engine_version,
            model=draft.model,
            seed=draft.seed,
            mark_id=await self._records.new_mark_id(identity),
            credential=Credential(signed=True, manifest=manifest),
            alt=alt_text(request, None if self._engine.capabilities.neural else draft.scene, locale),
            unmet=say_all((*plan.unmet, *draft.unmet), locale),
            private=request.private,
            timings={**draft.timings, "sign_and_store": round((time.perf_counter() - started) * 1000, 1)},
        )

    async def _claim(self, order: Order, request: GenerationRequest, draft: Draft) -> Claim:
        parent = await self._records.generation(request.parents[0]) if request.parents else None
        if request.parents and parent is None:
            # Without its parent the picture would be signed as if it had been made from nothing.
            raise GenerationRemoved(request.parents[0])
        ours = {parent.digest} if parent else set()  # what a model edits is the parent itself, not one more upload
        uploads = sorted(
            {item.digest for item in request.references if item.role is not ReferenceRole.PALETTE} - ours
            | {
                item.image
                for item in (draft.scene.objects if draft.scene else ())
                if item.kind is Kind.IMAGE and item.image
            }
        )
        return Claim(
            generation=generation_id(order.job, draft.index),
            engine=draft.engine,
            engine_version=draft.engine_version,
            model=draft.model,
            model_license=draft.model_license,
            neural=self._engine.capabilities.neural,
            when=datetime.now(UTC),
            prompt_digest=hashlib.sha256(request.prompt.encode()).hexdigest(),
            parent=await self._blobs.get(parent.digest) if parent else None,
            uploads=tuple([await self._upload(order.job, digest) for digest in uploads]),
            changes=tuple(notice.key for notice in request.changes),
            credits=self._attribution,
        )

    async def _upload(self, job: str, digest: str) -> bytes:
        staged = await self._staging.find(job, f"clean-{digest}.png")
        return staged if staged is not None else await self._blobs.get(digest)


def _signed_file(index: int, media_type: str) -> str:
    return f"signed-{index}.{SUFFIX[media_type]}"
