"""Planning as a step: what the thread already made is looked up in the records, then the planner decides."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace

from bots.conversation import Attachment, Conversation, Turn
from bots.order import Admission, Order
from bots.planning.collage import dressed, is_collage
from bots.planning.palette import use_palette
from bots.planning.plan import Plan, Planner
from bots.steps.materials import Materials
from bots.steps.pointing import point_at
from generator.palette import dominant_colors
from generator.request import GenerationRequest, ReferenceRole
from generator.scene import Notice
from storage.errors import BlobMissing
from storage.generations import UploadRecord
from storage.store import Records

REMOVED = Plan(outcome="invalid", words=Notice(key="source-removed"))


class Thinking:
    """The planning step of the line."""

    def __init__(self, planner: Planner, records: Records, materials: Materials) -> None:
        self._planner = planner
        self._records = records
        self._materials = materials

    async def plan(self, order: Order, admission: Admission) -> Plan:
        """Decide about the newest turn, with everything the thread already made in view.

        An image that the order points at, or that the new one would descend from, must still be there: what was
        removed is not brought back by drawing it again.
        """
        conversation = await self._recall(order, admission)
        if order.source is not None:
            pointed = await point_at(conversation, order.source, self._records)
            if pointed is None:
                return REMOVED
            conversation = pointed
        plan = await self._planner.plan(conversation)
        if plan.request is None:
            return plan
        for parent in plan.request.parents:
            if await self._records.generation(parent) is None:
                return REMOVED
        try:
            if any(one.role is ReferenceRole.EDIT for one in plan.request.references):
                await self._materials.of(order.job, plan.request)  # an image to be changed must still be kept
            return replace(plan, request=await self._in_colors(order.job, plan.request))
        except BlobMissing:
            return REMOVED

    async def _in_colors(self, job: str, request: GenerationRequest) -> GenerationRequest:
        """The request with the colors that it takes from uploads."""
        if is_collage(request):
            colors = await self._colors(job, request, [one.digest for one in request.references])
            return await asyncio.to_thread(dressed, request, colors)
        sources = [item.digest for item in request.references if item.role is ReferenceRole.PALETTE]
        if not sources:
            return request
        colors = await self._colors(job, request, sources)
        return use_palette(request, tuple(color for one in colors for color in one))

    async def _colors(self, job: str, request: GenerationRequest, digests: Sequence[str]) -> list[tuple[str, ...]]:
        bytes_of = await self._materials.of(job, request)
        return [await asyncio.to_thread(dominant_colors, bytes_of[digest]) for digest in digests]

    async def _recall(self, order: Order, admission: Admission) -> Conversation:
        conversation = order.conversation
        kept = await self._records.uploads_of_conversation(conversation.id)
        turns = [
            await self._recall_turn(turn, [upload for upload in kept if upload.job == turn.job], fresh)
            for turn, fresh in zip(conversation.turns, _fresh(conversation, admission), strict=True)
        ]
        turns[-1] = replace(turns[-1], job=order.job)
        return replace(conversation, turns=tuple(turns))

    async def _recall_turn(self, turn: Turn, kept: Sequence[UploadRecord], fresh: tuple[Attachment, ...]) -> Turn:
        earlier = tuple(Attachment(digest=item.digest, width=item.width, height=item.height) for item in kept)
        attachments = (*turn.attachments, *earlier, *fresh)
        if turn.job is None or (job := await self._records.job(turn.job)) is None:
            return replace(turn, attachments=attachments)
        return replace(
            turn,
            attachments=attachments,
            generations=await self._records.generations_of_job(job.id),
            answer=job.reply,
            asked_back=job.outcome == "question",
        )


def _fresh(conversation: Conversation, admission: Admission) -> list[tuple[Attachment, ...]]:
    """The uploads of this order by turn: a picture that somebody posted before may be meant as well."""
    return [
        tuple(upload.attachment for upload in admission.uploads if upload.turn == index)
        for index in range(len(conversation.turns))
    ]
