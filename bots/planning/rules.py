"""The planner without a model: intent, options and grammar make a complete request, the same one at every run."""

import asyncio
from dataclasses import replace
from typing import Final

from bots.conversation import MAX_TEXT, Conversation
from bots.planning import again, overheard
from bots.planning.acts import plan_act
from bots.planning.asking import not_in_picture, not_understood
from bots.planning.collage import blend, is_said
from bots.planning.corrections import corrected
from bots.planning.grammar import Draft, notices, place_scene, read_scene
from bots.planning.grammar.uploads import Uploads
from bots.planning.intent import Reading, read_intent, without_names
from bots.planning.neural import Neural, as_heard
from bots.planning.options import Extracted, extract
from bots.planning.plan import Plan
from bots.planning.quotes import clean
from bots.planning.requests import (
    DEFAULT_BACKGROUND,
    DEFAULT_SIDE,
    background_of,
    changed_last,
    completed,
    default_style,
    is_private,
    own_seed,
)
from bots.planning.revisions import Editor, revise
from bots.planning.targets import find_target
from bots.planning.uploaded import references_of, uploads_of
from bots.planning.versions import VERSION
from generator.engine import Capabilities
from generator.request import (
    MAX_REFERENCES,
    GenerationRequest,
    Intent,
    Reference,
    ReferenceRole,
)
from generator.scene import TRANSPARENT, Notice, Scene
from storage.records import GenerationRecord

_LISTED: Final = 12  # names of things in a question


class RulesPlanner:
    """Implements ``bots.planning.plan.Planner`` by rules; holds no state."""

    def __init__(self, capabilities: Capabilities | None = None) -> None:
        """``capabilities`` of the engine that will draw; without them nothing is upscaled."""
        self._capabilities = capabilities

    async def plan(self, conversation: Conversation) -> Plan:
        """Decide about the newest turn; the same conversation always gives the same plan."""
        # A long message takes some tenths of a second.
        return await asyncio.to_thread(plan_by_rules, conversation, self._capabilities)


def plan_by_rules(conversation: Conversation, capabilities: Capabilities | None = None) -> Plan:
    """Decide about the newest turn of ``conversation``, without waiting for anything."""
    turn = conversation.newest
    if len(turn.text) > MAX_TEXT:
        return Plan(outcome="invalid", words=Notice(key="text-too-long", args={"limit": MAX_TEXT}))
    act = plan_act(conversation, capabilities)
    if act is not None:
        return act
    if turn.addressed or turn.reply_to is not None:
        return _plan_words(conversation, capabilities)
    if not overheard.may_be_request(conversation, without_names(clean(turn.text), conversation.bot_names)):
        return Plan(outcome="ignore")
    plan = _plan_words(conversation, capabilities)
    heard = as_heard(conversation, plan) if _neural(capabilities) is not None else plan
    return plan if overheard.is_worth_saying(conversation, heard) else Plan(outcome="ignore")


def _neural(capabilities: Capabilities | None) -> Neural | None:
    return Neural(capabilities) if capabilities is not None and capabilities.neural else None


def _plan_words(conversation: Conversation, capabilities: Capabilities | None) -> Plan:
    """The plan of a turn that is read."""
    neural = _neural(capabilities)
    if is_said(conversation):
        return blend(conversation) if neural is None else neural.blend(conversation)
    reading = read_intent(conversation)
    if reading.kind == "ignore":
        return Plan(outcome="ignore")
    if reading.words is not None:
        return Plan(outcome="answer" if reading.outcome == "answer" else "question", words=reading.words)
    if reading.kind == "create" and conversation.options.action == "revise":
        reading = replace(reading, kind="revise", source=find_target(conversation, "").record)
    options = extract(reading.text, conversation.locale, conversation.options)
    if options.invalid is not None:
        return Plan(outcome="invalid", words=options.invalid)
    return _drawing(conversation, reading, options, neural)


def _drawing(conversation: Conversation, reading: Reading, options: Extracted, neural: Neural | None) -> Plan:
    """The plan of a turn that wants a picture."""
    source, text = reading.source, without_names(clean(conversation.newest.text), conversation.bot_names)
    if reading.kind == "create":
        return (_create if neural is None else neural.create)(conversation, options, text)
    if source is None or source.scene is None:
        return Plan(outcome="question", words=Notice(key="nothing-to-revise"))
    if reading.kind == "undo":
        return (neural or again).undo(conversation, source, text)
    if reading.kind == "vary":
        return (neural or again).vary(conversation, source, options, text)
    correction = corrected(conversation, source, text)
    if correction is not None:
        if correction.source is None:
            return Plan(outcome="question", words=Notice(key="what-was-meant"))
        source, text = correction.source, correction.text
        options = extract(text, conversation.locale, conversation.options)
    return (_revise if neural is None else neural.revise)(conversation, source, options, text)


def _create(conversation: Conversation, options: Extracted, text: str) -> Plan:
    uploads = uploads_of(conversation, options)
    draft = read_scene(uploads.text, options.texts, images=uploads.placed)
    if not draft.objects:
        return _nothing_to_draw(draft)
    scene = Scene(
        width=options.width or DEFAULT_SIDE,
        height=options.height or DEFAULT_SIDE,
        background=options.background or DEFAULT_BACKGROUND,
        style=options.style or default_style(conversation),
    )
    request = GenerationRequest(
        intent=Intent.CREATE,
        prompt=text,
        references=references_of(uploads),
        background=options.background,
        private=conversation.options.private,
    )
    request = completed(request, place_scene(draft, scene), options, own_seed(conversation, options))
    unmet = (*options.unmet, *notices(draft), *_style_from_image(uploads))
    return Plan(outcome="draw", request=request, unmet=unmet, notes=tuple(draft.notes))


def _revise(conversation: Conversation, source: GenerationRecord, options: Extracted, text: str) -> Plan:
    scene = source.scene
    if scene is None:
        return Plan(outcome="question", words=Notice(key="nothing-to-revise"))
    uploads = uploads_of(conversation, options)
    revised = revise(
        scene,
        VERSION.sub(" ", uploads.text),
        options.texts,
        images=uploads.placed,
        it=changed_last(source),
        locale=conversation.locale,
    )
    editor = Editor(revised.scene, locale=conversation.locale)
    if options.background is not None:
        editor.set_background(options.background)
    if options.style is not None:
        editor.set_style(options.style)
    if options.size_said:
        editor.set_size(options.width or scene.width, options.height or scene.height)
    if options.output_format == "jpeg" and editor.scene.background == TRANSPARENT:
        return Plan(outcome="invalid", words=Notice(key="jpeg-transparent"))
    changes = (*revised.changes, *editor.changes)
    if not changes and not _asks_otherwise(options, uploads):
        return not_understood(scene, revised.missing, revised.unmet, conversation.locale)
    request = replace(
        source.request,
        intent=Intent.REVISE,
        prompt=text,
        parents=(source.id,),
        references=_merged(source.request.references, references_of(uploads), editor.scene),
        background=background_of(source.request, editor.scene),
        changes=changes,
        private=is_private(conversation, source),
    )
    request = completed(request, editor.scene, options, source.seed if options.seed is None else options.seed)
    missing = () if not revised.missing else (not_in_picture(scene, revised.missing, conversation.locale),)
    unmet = (*options.unmet, *revised.unmet, *missing, *_style_from_image(uploads))
    return Plan(outcome="draw", request=request, unmet=unmet, notes=revised.notes, changes=changes)


def _merged(before: tuple[Reference, ...], new: tuple[Reference, ...], scene: Scene) -> tuple[Reference, ...]:
    """References that the scene still needs, and the new ones; a palette that was taken is not taken again."""
    placed = {item.image for item in scene.objects if item.image is not None}
    kept = [one for one in before if one.digest in placed and one.role is ReferenceRole.OBJECT]
    return tuple(dict.fromkeys((*kept, *new)))[:MAX_REFERENCES]


def _style_from_image(uploads: Uploads) -> tuple[Notice, ...]:
    asked = ReferenceRole.STYLE in uploads.roles.values()
    return (Notice(key="style-from-image-not-drawn"),) if asked else ()


def _asks_otherwise(options: Extracted, uploads: Uploads) -> bool:
    """Whether something is asked that changes no object: other seeds, several images, another format, a palette."""
    plain = (options.seed, options.count, options.output_format, options.background, options.style)
    return any(one is not None for one in plain) or options.size_said or ReferenceRole.PALETTE in uploads.roles.values()


def _nothing_to_draw(draft: Draft) -> Plan:
    words = tuple(dict.fromkeys((*draft.unknown, *draft.deeds)))[:_LISTED]
    if not words:
        return Plan(outcome="question", words=Notice(key="nothing-to-draw"))
    notice = Notice(key="nothing-to-draw-known", args={"nouns": ", ".join(words)})
    return Plan(outcome="question", words=notice, unmet=notices(draft))
