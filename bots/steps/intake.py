"""Looking at what came in and at what is about to go out. Everything here fails closed."""

from collections.abc import Sequence

from bots.conversation import MAX_ATTACHMENTS, MAX_TEXT, Attachment
from bots.decoding import decoded
from bots.order import Admission, AdmittedUpload, Draft, Order, Upload
from bots.steps.materials import Materials
from generator.request import GenerationRequest
from generator.scene import Notice
from moderation.engine import Moderator
from moderation.intake import IntakeError
from moderation.types import Action, Verdict
from storage.staging import Staging


class Intake:
    """The moderation steps of the line."""

    def __init__(self, staging: Staging, materials: Materials, moderator: Moderator, strict: Moderator) -> None:
        self._staging = staging
        self._materials = materials
        self.moderator = moderator
        self.strict = strict

    async def admit(self, order: Order) -> Admission:
        """Decode and strip the uploads, then check text and images; the first unreadable upload ends it."""
        conversation = order.conversation
        text = conversation.newest.text
        if order.problem is not None:
            return Admission(verdicts=(), problem=order.problem)
        if len(text) > MAX_TEXT:
            return Admission(verdicts=(), problem=Notice(key="text-too-long", args={"limit": MAX_TEXT}))
        if len(order.uploads) > MAX_ATTACHMENTS:
            return Admission(verdicts=(), problem=Notice(key="too-many-uploads", args={"limit": MAX_ATTACHMENTS}))
        admitted: list[AdmittedUpload] = []
        for upload in order.uploads:
            try:
                admitted.append(await self._clean(order.job, upload))
            except IntakeError as exc:
                return Admission(verdicts=(), problem=Notice(key=exc.key, args=exc.args_for_words))
        context = [turn.text for turn in conversation.turns[:-1]]
        verdicts = [
            await self._moderator(order).check_text(text, stage="input", locale=conversation.locale, context=context),
            *[await self._check_upload(order, upload, text) for upload in admitted],
        ]
        return Admission(verdicts=tuple(verdicts), uploads=tuple(admitted))

    async def may_repeat(self, order: Order) -> bool:
        """Whether the newest words may be said by us, in a title, before the request is judged as a whole."""
        conversation = order.conversation
        text = conversation.newest.text[:MAX_TEXT]
        verdict = await self._moderator(order).check_text(text, stage="input", locale=conversation.locale)
        return verdict.action is Action.ALLOW

    async def check_plan(self, order: Order, request: GenerationRequest) -> tuple[Verdict, ...]:
        """The planned request is judged as well: a harmful idea may be split over turns or arise in planning.

        So are the images it draws upon together with the new words, however long ago they were uploaded.
        """
        locale = order.conversation.locale
        context = [turn.text for turn in order.conversation.turns]
        moderator = self._moderator(order)
        verdicts = [await moderator.check_text(describe(request), stage="plan", locale=locale, context=context)]
        for image in (await self._materials.of(order.job, request)).values():
            text = order.conversation.newest.text
            verdicts.append(await moderator.check_image(image, stage="reference", locale=locale, context_text=text))
        return tuple(verdicts)

    async def check_drafts(self, order: Order, drafts: Sequence[Draft]) -> tuple[Verdict, ...]:
        """One verdict per picture."""
        return tuple(
            [
                await self._moderator(order).check_image(
                    await self._staging.read(order.job, draft.file), stage="output", locale=order.conversation.locale
                )
                for draft in drafts
            ]
        )

    def _moderator(self, order: Order) -> Moderator:
        """A tenant may be stricter than the operator, never more lenient."""
        return self.strict if order.conversation.strictness == "strict" else self.moderator

    async def _clean(self, job: str, upload: Upload) -> AdmittedUpload:
        raw = await self._staging.read(job, upload.file)
        clean = await decoded(raw)
        file = f"clean-{clean.digest}.png"
        await self._staging.write(job, file, clean.png)
        attachment = Attachment(digest=clean.digest, width=clean.width, height=clean.height, name=upload.name)
        return AdmittedUpload(turn=upload.turn, file=file, attachment=attachment)

    async def _check_upload(self, order: Order, upload: AdmittedUpload, text: str) -> Verdict:
        return await self._moderator(order).check_image(
            await self._staging.read(order.job, upload.file),
            stage="reference",
            locale=order.conversation.locale,
            context_text=text,
        )


def describe(request: GenerationRequest) -> str:
    """Everything that the picture is to show, as one text to be judged; a negative prompt says what it is not to."""
    scene = request.scene
    labels = [item.label for item in scene.objects] if scene else []
    texts = [block.text for block in request.text_blocks]
    return "\n".join(filter(None, [request.prompt, " ".join(labels), *texts]))


def worst(verdicts: Sequence[Verdict]) -> Verdict:
    """The verdict that decides; its words are the reason given."""
    return max(verdicts, key=lambda verdict: verdict.action.severity, default=Verdict(action=Action.BLOCK))
