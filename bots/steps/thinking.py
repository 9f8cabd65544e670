"""Planning as a step: what the thread already made is looked up in the records, then the planner decides."""

import asyncio
from dataclasses import replace

from bots.conversation import Conversation, Turn
from bots.order import Admission, Order
from bots.planning.palette import use_palette
from bots.planning.plan import Plan, Planner
from bots.steps.materials import Materials
from generator.palette import dominant_colors
from generator.request import ReferenceRole
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
        turns = [await self._recall_turn(turn, index, admission) for index, turn in enumerate(order.conversation.turns)]
        return replace(order.conversation, turns=tuple(turns))

    async def _recall_turn(self, turn: Turn, index: int, admission: Admission) -> Turn:
        fresh = tuple(upload.attachment for upload in admission.uploads if upload.turn == index)
        if turn.job is None or (job := await self._records.job(turn.job)) is None:
            return replace(turn, attachments=turn.attachments + fresh)
        return replace(
            turn,
            attachments=turn.attachments + fresh,
            generations=await self._records.generations_of_job(job.id),
            answer=job.reply,
        )
