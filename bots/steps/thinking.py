"""Planning as a step: what the thread already made is looked up in the records, then the planner decides."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace

from bots.conversation import Attachment, Conversation, Turn
from bots.order import Admission, Order
from bots.planning.palette import use_palette
from bots.planning.plan import Plan, Planner
from bots.steps.materials import Materials
from generator.palette import dominant_colors
from generator.request import ReferenceRole
from storage.generations import UploadRecord
from storage.store import Records


class Thinking:
    """The planning step of the line."""

    def __init__(self, planner: Planner, records: Records, materials: Materials) -> None:
        self._planner = planner
        self._records = records
        self._materials = materials

    async def plan(self, order: Order, admission: Admission) -> Plan:
        """Decide about the newest turn, with everything the thread already made in view."""
        plan = await self._planner.plan(await self._recall(order, admission))
        if plan.request is None:
            return plan
        sources = [item for item in plan.request.references if item.role is ReferenceRole.PALETTE]
        if not sources:
            return plan
        bytes_of = await self._materials.of(order.job, plan.request)
        colors = [
            color for item in sources for color in await asyncio.to_thread(dominant_colors, bytes_of[item.digest])
        ]
        return replace(plan, request=use_palette(plan.request, tuple(colors)))

    async def _recall(self, order: Order, admission: Admission) -> Conversation:
        conversation = order.conversation
        kept = await self._records.uploads_of_conversation(conversation.id)
        turns = [
            await self._recall_turn(turn, [upload for upload in kept if upload.job == turn.job], fresh)
            for turn, fresh in zip(conversation.turns, _fresh(conversation, admission), strict=True)
        ]
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
        )


def _fresh(conversation: Conversation, admission: Admission) -> list[tuple[Attachment, ...]]:
    """The uploads of this order by turn: a picture that somebody posted before may be meant as well."""
    return [
        tuple(upload.attachment for upload in admission.uploads if upload.turn == index)
        for index in range(len(conversation.turns))
    ]
