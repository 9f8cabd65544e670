"""Planning for engines that read: the person's own words are the prompt, the picture so far is what is edited.

The grammar still reads along. What it understood becomes the scene, so that texts are measured, colors known and
revisions told; what it did not understand is no reason to refuse, for the model reads the words itself.
"""

import re
from dataclasses import dataclass, replace
from typing import Final

from bots.conversation import Conversation
from bots.planning.grammar import Draft, place_scene, read_scene
from bots.planning.intent import without_names
from bots.planning.options import Extracted, extract, own_words
from bots.planning.plan import Plan
from bots.planning.quotes import clean
from bots.planning.requests import (
    DEFAULT_BACKGROUND,
    DEFAULT_SIDE,
    background_of,
    changed_last,
    completed,
    fresh_seed,
    is_private,
    own_seed,
    still_needed,
)
from bots.planning.revisions import Editor, clear_boxes
from bots.planning.revisions import revise as revise_scene
from bots.planning.styles import STYLES
from bots.planning.uploaded import references_of, uploads_of
from bots.planning.versions import VERSION
from generator.engine import Capabilities
from generator.request import MAX_REFERENCES, GenerationRequest, Intent, Reference, ReferenceRole
from generator.scene import TRANSPARENT, Kind, Notice, Scene
from storage.records import GenerationRecord

NO_STYLE: Final = STYLES[0]
"""A request's style when nobody named one: the model has the choice."""

_SAID_STYLES: Final = {"flat": "flat vector", "outline": "line art", "paper": "cut paper"}
"""What the embedded engine's styles are called elsewhere."""

_NO_WORDS: Final = re.compile(
    r"\W*(?:(?:make|turn|do|change|resize|set|have|give me)\s)?(?:it|this|that|them)?\W*", re.IGNORECASE
)
_BLENDED: Final = "Blend these images into one picture."
_NOT_READ: Final = Notice(key="unknown-noun", args={"nouns": ""})


@dataclass(frozen=True, slots=True)
class Neural:
    """Plans for an engine with these capabilities, of which ``neural`` is one."""

    capabilities: Capabilities

    def create(self, conversation: Conversation, options: Extracted, text: str) -> Plan:
        """A new picture of whatever the words say."""
        options, style = _styled(conversation, options)
        uploads = uploads_of(conversation, options)
        references = references_of(uploads)
        if (refusal := self._refusal(references)) is not None:
            return refusal
        words = own_words(text)
        if not words and not references:
            return Plan(outcome="question", words=Notice(key="nothing-to-draw"))
        draft = read_scene(uploads.text, options.texts, images=uploads.placed)
        blank = Scene(
            width=options.width or DEFAULT_SIDE,
            height=options.height or DEFAULT_SIDE,
            background=options.background or DEFAULT_BACKGROUND,
            style=style,
        )
        request = GenerationRequest(
            intent=Intent.CREATE,
            prompt=words or text,
            references=references,
            background=options.background,
            private=conversation.options.private,
        )
        scene = _understood(draft, blank)
        request = completed(request, scene, options, own_seed(conversation, options))
        return Plan(outcome="draw", request=request, unmet=options.unmet)

    def revise(self, conversation: Conversation, source: GenerationRecord, options: Extracted, text: str) -> Plan:
        """The picture that the source shows, changed by the model as the words say."""
        if not self.capabilities.edit:
            return Plan(outcome="invalid", words=Notice(key="neural-cannot-revise"))
        options, _ = _styled(conversation, options)
        scene = source.scene or Scene(width=source.width, height=source.height)
        uploads = uploads_of(conversation, options)
        revised = revise_scene(
            scene,
            VERSION.sub(" ", uploads.text),
            options.texts,
            images=uploads.placed,
            it=changed_last(source),
            locale=conversation.locale,
        )
        editor = _with_options(Editor(revised.scene, locale=conversation.locale), options)
        if options.output_format == "jpeg" and editor.scene.background == TRANSPARENT:
            return Plan(outcome="invalid", words=Notice(key="jpeg-transparent"))
        words = own_words(text, keep_background=options.background != TRANSPARENT)
        changes = (*revised.changes, *editor.changes)
        request = replace(
            source.request,
            intent=Intent.REVISE,
            prompt=source.request.prompt if _NO_WORDS.fullmatch(words) else words,
            parents=(source.id,),
            references=(_edited(source), *references_of(uploads))[:MAX_REFERENCES],
            mask_image=None,
            background=background_of(source.request, editor.scene),
            changes=changes,
            private=is_private(conversation, source),
        )
        request = completed(
            request, _drawable(editor.scene), options, source.seed if options.seed is None else options.seed
        )
        # Not told as done: what was asked is known, what the model made of it is not.
        return Plan(outcome="draw", request=request, unmet=options.unmet)

    def vary(self, conversation: Conversation, source: GenerationRecord, options: Extracted, text: str) -> Plan:
        """The request that made the source, from other noise; its words are not those that ask for another one."""
        del text
        options, _ = _styled(conversation, options)
        before = _made_by(conversation, source)
        if (refusal := self._refusal(before.references)) is not None:
            return refusal
        seed = fresh_seed(conversation, source, options.seed)
        scene = clear_boxes(source.scene or Scene(width=source.width, height=source.height))
        editor = _with_options(Editor(scene, locale=conversation.locale), options)
        changes = (Notice(key="varied", args={"seed": str(seed)}), *editor.changes)
        request = replace(
            before,
            intent=Intent.VARY,
            parents=(source.id,),
            references=still_needed(before.references),
            background=background_of(before, editor.scene),
            changes=changes,
            private=is_private(conversation, source),
        )
        request = completed(request, _drawable(editor.scene), options, seed)
        return Plan(outcome="draw", request=request, unmet=options.unmet, changes=changes)

    def retry(self, conversation: Conversation, source: GenerationRecord) -> Plan:
        """The request that made the source once more, with new seeds and the same parents: a sibling, not a child."""
        before = _made_by(conversation, source)
        if (refusal := self._refusal(before.references)) is not None:
            return refusal
        request = replace(
            before,
            references=still_needed(before.references),
            scene=None if before.scene is None else _drawable(before.scene),
            seed=fresh_seed(conversation, source, conversation.options.seed),
            private=is_private(conversation, source),
        )
        note = Notice(key="retried", args={"seed": str(request.seed)})
        return Plan(outcome="draw", request=request, notes=(note,), changes=request.changes)

    def undo(self, conversation: Conversation, source: GenerationRecord, text: str) -> Plan:
        """The older picture again, pixel by pixel; nothing is drawn for it, so its words stay what it shows."""
        del text
        changes = (Notice(key="undone"),)
        request = replace(
            source.request,
            intent=Intent.UNDO,
            parents=(source.id,),
            references=(_edited(source),),
            mask_image=None,
            width=source.width,
            height=source.height,
            scene=source.scene,
            seed=source.seed,
            num_images_per_prompt=1,
            changes=changes,
            private=is_private(conversation, source),
        )
        return Plan(outcome="draw", request=request, changes=changes)

    def blend(self, conversation: Conversation) -> Plan:
        """One picture out of the newest turn's uploads, which the model looks at."""
        uploads = tuple({one.digest: one for one in conversation.newest.attachments}.values())
        if len(uploads) < 2:
            return Plan(outcome="question", words=Notice(key="blend-needs-images", args={"count": len(uploads)}))
        text = without_names(clean(conversation.newest.text), conversation.bot_names)
        options = extract(text, conversation.locale, conversation.options)
        if options.invalid is not None:
            return Plan(outcome="invalid", words=options.invalid)
        return self.create(conversation, options, text if own_words(text) else _BLENDED)

    def _refusal(self, references: tuple[Reference, ...]) -> Plan | None:
        """Words instead of a picture that would leave out what was uploaded."""
        looked_at = any(one.role is not ReferenceRole.PALETTE for one in references)
        if looked_at and (not self.capabilities.edit or self.capabilities.references < 1):
            return Plan(outcome="invalid", words=Notice(key="neural-cannot-look"))
        return None


def as_heard(conversation: Conversation, plan: Plan) -> Plan:
    """The plan with a complaint where the grammar did not understand the words.

    A model draws anything, talk between people as well: whether an unaddressed turn is worth a picture is judged by
    what the grammar makes of it.
    """
    request = plan.request
    if request is None or request.intent in (Intent.VARY, Intent.UNDO):
        return plan
    if request.intent is Intent.REVISE:
        understood = bool(request.changes) or len(request.references) > 1
    else:
        text = without_names(clean(conversation.newest.text), conversation.bot_names)
        options = extract(text, conversation.locale, conversation.options)
        draft = read_scene(uploads_of(conversation, options).text, options.texts)
        understood = bool(draft.objects) and not draft.unknown
    return plan if understood else replace(plan, unmet=(*plan.unmet, _NOT_READ))


def _styled(conversation: Conversation, options: Extracted) -> tuple[Extracted, str]:
    """The options with the style as a model knows it, none of which is unavailable, and the style of a new picture."""
    asked = options.style
    default = conversation.default_style
    for notice in options.unmet:
        if notice.key == "style-unavailable":
            asked = str(notice.args["style"])
    asked = _SAID_STYLES.get(asked, asked) if asked else None
    left = tuple(notice for notice in options.unmet if notice.key != "style-unavailable")
    return replace(options, style=asked, unmet=left), asked or _SAID_STYLES.get(default or "", default or NO_STYLE)


def _understood(draft: Draft, scene: Scene) -> Scene:
    """What the grammar understood of the words, as a plan of the picture."""
    if any(note.key == "chosen-by-us" for note in draft.notes):
        draft.objects = [item for item in draft.objects if item.kind is Kind.TEXT]
    return _drawable(place_scene(draft, scene))


def _drawable(scene: Scene) -> Scene:
    """The scene without boxes, and without what only the embedded engine draws: uploads, charts, cards."""
    objects = tuple(item for item in clear_boxes(scene).objects if item.kind in (Kind.ART, Kind.TEXT))
    ids = {item.id for item in objects}
    relations = tuple(one for one in scene.relations if {one.subject, *one.objects} <= ids)
    return replace(scene, objects=objects, relations=relations)


def _with_options(editor: Editor, options: Extracted) -> Editor:
    if options.background is not None:
        editor.set_background(options.background)
    if options.style is not None:
        editor.set_style(options.style)
    if options.size_said:
        editor.set_size(options.width or editor.scene.width, options.height or editor.scene.height)
    return editor


def _edited(source: GenerationRecord) -> Reference:
    return Reference(digest=source.digest, role=ReferenceRole.EDIT)


def _made_by(conversation: Conversation, source: GenerationRecord) -> GenerationRequest:
    """The request that made what the source shows, complete for a model.

    What was brought back was made by the request of the image that it shows. A revision by the embedded engine names
    no image to edit; here it edits the one that it descends from or, if that is not in view, the source.
    """
    known = {one.id: one for turn in conversation.turns for one in turn.generations}
    for _ in range(len(known)):
        if source.request.intent is not Intent.UNDO or not source.parents or source.parents[0] not in known:
            break
        source = known[source.parents[0]]
    request = source.request
    has_edit = any(one.role is ReferenceRole.EDIT for one in request.references)
    if request.intent is Intent.UNDO:
        return replace(request, intent=Intent.VARY)
    if request.intent is not Intent.REVISE or has_edit:
        return request
    edited = _edited(known.get(source.parents[0], source) if source.parents else source)
    return replace(request, references=(edited, *request.references)[:MAX_REFERENCES])
