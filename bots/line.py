"""The line, top to bottom: a conversation goes in, moderated, planned, drawn, measured, signed, recorded images come out.

Every arrow is one durable step; the order of the steps is append-only, because a job that was interrupted by an
upgrade goes on with the new code. Nothing here knows a platform, an engine or a database.
"""

from dataclasses import replace

from bots.conversation import Outcome
from bots.durable import Durable
from bots.order import Admission, Answer, Draft, Order
from bots.planning.plan import Plan
from bots.steps.drawing import Drawing
from bots.steps.intake import Intake
from bots.steps.keeping import Closing, Keeping
from bots.steps.lettering import misspelt
from bots.steps.thinking import Thinking
from generator.request import SEED_LIMIT, GenerationRequest, Intent
from generator.scene import Notice
from moderation.types import Action, Verdict, combine
from storage.records import GenerationRecord

_IN_WORDS: dict[str, Outcome] = {"answer": "answer", "question": "question", "invalid": "invalid", "ignore": "answer"}
RETRY_SEED_STEP = 7919  # far from the seeds of the job's other images, which count up by one


class Line:
    """The use case. Its four helpers do the work of the steps; this class is only their order."""

    def __init__(self, intake: Intake, thinking: Thinking, drawing: Drawing, keeping: Keeping) -> None:
        self.intake = intake
        self.thinking = thinking
        self.drawing = drawing
        self.keeping = keeping

    async def walk(self, order: Order, durable: Durable) -> Answer:
        """Answer one order.

        Raises:
            Exception: A step broke for good; the caller closes the job with ``fail``.
        """
        step = durable.step
        await step("wait", bool, lambda: self.keeping.wait_for_earlier(order))

        admission = await step("admit", Admission, lambda: self.intake.admit(order))
        if admission.problem is not None:
            return await self._close(order, durable, Closing(outcome="invalid", words=admission.problem))
        if admission.action > Action.ALLOW:
            return await self._refuse(order, durable, admission.verdicts)

        plan = await step("plan", Plan, lambda: self.thinking.plan(order, admission))
        request = plan.request
        if request is None:
            words = plan.words or Notice(key="nothing-to-do")
            closing = Closing(
                outcome=_IN_WORDS[plan.outcome],
                words=words,
                admission=admission,
                unmet=plan.unmet,
                silent=plan.outcome == "ignore" and not order.conversation.newest.addressed,
            )
            return await self._close(order, durable, closing)

        planned = await step("moderate_plan", tuple[Verdict, ...], lambda: self.intake.check_plan(order, request))
        verdicts = (*admission.verdicts, *planned)
        if combine(planned).action > Action.ALLOW:
            return await self._refuse(order, durable, verdicts, request)
        if not await step("debit", bool, lambda: self.keeping.debit(order, request)):
            closing = Closing(outcome="refused", words=Notice(key="quota-spent"), admission=admission, request=request)
            return await self._close(order, durable, closing)

        drafts = await self._draw(order, durable, request)
        if any(draft.neural and misspelt(request, draft) for draft in drafts):  # as the measures say that are kept
            drawn = drafts
            drafts = await step("letter", tuple[Draft, ...], lambda: self.drawing.letter(order.job, request, drawn))
        shown = await step("moderate_output", tuple[Verdict, ...], lambda: self.intake.check_drafts(order, drafts))
        verdicts = (*verdicts, *shown)
        if combine(shown).action > Action.ALLOW:
            return await self._refuse(order, durable, verdicts, request)

        records = await step(
            "record",
            tuple[GenerationRecord, ...],
            lambda: self.keeping.record(order, plan, admission, drafts, verdicts),
        )
        return await step("close", Answer, lambda: self.keeping.deliver(order, plan, records, verdicts))

    async def fail(self, order: Order) -> Answer:
        """Close a job that broke: nothing kept, quota given back, words for the user."""
        return await self.keeping.close(order, Closing(outcome="failed", words=Notice(key="job-failed")))

    async def decline(self, order: Order, reason: Notice) -> Answer:
        """Close a job that the engine cannot draw: nothing kept, quota given back, the reason for the user."""
        return await self.keeping.close(order, Closing(outcome="invalid", words=reason))

    async def cancel(self, job: str) -> None:
        """Close a job that somebody stopped; one that has ended stays as it is."""
        await self.keeping.end(job, "cancelled", Notice(key="job-cancelled"))

    async def bury(self, job: str) -> None:
        """Close a job of which nothing but its row is left."""
        await self.keeping.end(job, "failed", Notice(key="job-failed"))

    async def _draw(self, order: Order, durable: Durable, request: GenerationRequest) -> tuple[Draft, ...]:
        """Draw and measure; what misses its tolerance is drawn again with other seeds, and the best one kept."""
        best = last = await self._attempt(order, durable, request, 0)
        attempt = 0
        while request.intent is not Intent.UNDO and any(draft.failures for draft in best) and _may_retry(last, attempt):
            attempt += 1
            again = replace(request, seed=(request.seed + attempt * RETRY_SEED_STEP) % SEED_LIMIT)
            last = await self._attempt(order, durable, again, attempt)
            best = tuple(min(pair, key=lambda draft: draft.failures) for pair in zip(best, last, strict=True))
        return best

    async def _attempt(
        self, order: Order, durable: Durable, request: GenerationRequest, attempt: int
    ) -> tuple[Draft, ...]:
        drafts = await durable.generate(attempt, request)
        return await durable.step(
            f"measure/{attempt}",
            tuple[Draft, ...],
            lambda: self.drawing.measure(order.job, attempt, request, drafts),
        )

    async def _refuse(
        self, order: Order, durable: Durable, verdicts: tuple[Verdict, ...], request: GenerationRequest | None = None
    ) -> Answer:
        return await durable.step("close", Answer, lambda: self.keeping.refuse(order, verdicts, request))

    async def _close(self, order: Order, durable: Durable, closing: Closing) -> Answer:
        return await durable.step("close", Answer, lambda: self.keeping.close(order, closing))


def _may_retry(drafts: tuple[Draft, ...], attempt: int) -> bool:
    """As it was when they were measured, whatever the settings say now: an interrupted job repeats its steps."""
    return all(attempt == 0 if draft.may_retry is None else draft.may_retry for draft in drafts)
