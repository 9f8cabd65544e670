"""A picture drawn again: another one like it, the same request once more, an earlier version, twice the size."""

from dataclasses import replace
from typing import Final

from bots.conversation import Conversation
from bots.planning.mirroring import mirrored
from bots.planning.options import Extracted
from bots.planning.plan import Plan
from bots.planning.requests import background_of, changed_last, completed, fresh_seed, is_private, still_needed
from bots.planning.revisions import Editor, clear_boxes
from generator.engine import Capabilities
from generator.request import MAX_SIDE, Intent
from generator.scene import Box, Notice, Scene, SceneObject
from storage.records import GenerationRecord

UPSCALE: Final = 2  # times the width and the height


def vary(conversation: Conversation, source: GenerationRecord, options: Extracted, text: str) -> Plan:
    """The same scene laid out anew with seeds that its request did not use, some of its drawings mirrored."""
    seed = fresh_seed(conversation, source, options.seed)
    scene = mirrored(source.scene or Scene(width=source.width, height=source.height), seed)
    editor = Editor(clear_boxes(scene), locale=conversation.locale)
    if options.background is not None:
        editor.set_background(options.background)
    if options.style is not None:
        editor.set_style(options.style)
    if options.size_said:
        editor.set_size(options.width or scene.width, options.height or scene.height)
    changes = (Notice(key="varied", args={"seed": str(seed)}), *editor.changes)
    request = replace(
        source.request,
        intent=Intent.VARY,
        prompt=text or source.request.prompt,
        parents=(source.id,),
        references=still_needed(source.request.references),
        background=background_of(source.request, editor.scene),
        changes=changes,
        private=is_private(conversation, source),
    )
    return Plan(
        outcome="draw", request=completed(request, editor.scene, options, seed), unmet=options.unmet, changes=changes
    )


def undo(conversation: Conversation, source: GenerationRecord, text: str) -> Plan:
    """The older picture again, box by box and with its own seed; it descends from the one that it shows."""
    changes = (Notice(key="undone"),)
    request = replace(
        source.request,
        intent=Intent.UNDO,
        prompt=text,
        parents=(source.id,),
        scene=source.scene,
        seed=source.seed,
        num_images_per_prompt=1,
        changes=changes,
        private=is_private(conversation, source),
    )
    return Plan(outcome="draw", request=request, changes=changes)


def retry(conversation: Conversation, source: GenerationRecord) -> Plan:
    """The request that made the source once more, with new seeds and the same parents: a sibling, not a child."""
    request = replace(
        source.request,
        references=still_needed(source.request.references),
        seed=fresh_seed(conversation, source, conversation.options.seed),
        private=is_private(conversation, source),
    )
    note = Notice(key="retried", args={"seed": str(request.seed)})
    return Plan(outcome="draw", request=request, notes=(note,), changes=request.changes)


def can_upscale(record: GenerationRecord, capabilities: Capabilities) -> bool:
    """Whether an engine of these capabilities can draw the recorded picture at twice its size."""
    scene = record.scene
    solved = scene is not None and all(len(item.boxes) == item.count for item in scene.objects)
    return capabilities.upscale and solved and UPSCALE * max(record.width, record.height) <= MAX_SIDE


def upscale(conversation: Conversation, source: GenerationRecord, capabilities: Capabilities | None) -> Plan:
    """The same picture at twice its size: the same scene and seed, drawn anew and therefore sharp."""
    width, height = UPSCALE * source.width, UPSCALE * source.height
    if max(width, height) > MAX_SIDE:
        args = {"width": str(width), "height": str(height), "most": str(MAX_SIDE)}
        return Plan(outcome="invalid", words=Notice(key="upscale-too-large", args=args))
    if source.scene is None or capabilities is None or not can_upscale(source, capabilities):
        return Plan(outcome="invalid", words=Notice(key="upscale-unavailable"))
    changed = changed_last(source)  # "it" means afterwards what it meant before
    args = {"width": str(width), "height": str(height), **({"id": changed[0]} if changed else {})}
    changes = (Notice(key="upscaled", args=args),)
    request = replace(
        source.request,
        intent=Intent.REVISE,
        parents=(source.id,),
        references=still_needed(source.request.references),
        width=width,
        height=height,
        scene=scaled(source.scene, UPSCALE),
        seed=source.seed,
        num_images_per_prompt=1,
        changes=changes,
        private=is_private(conversation, source),
    )
    return Plan(outcome="draw", request=request, changes=changes)


def scaled(scene: Scene, factor: int) -> Scene:
    """The scene on a canvas ``factor`` times as wide and high, its boxes with it."""
    objects = tuple(_scaled(item, factor) for item in scene.objects)
    return replace(scene, width=scene.width * factor, height=scene.height * factor, objects=objects)


def _scaled(item: SceneObject, factor: int) -> SceneObject:
    boxes: tuple[Box, ...] = tuple(
        (x0 * factor, y0 * factor, x1 * factor, y1 * factor) for x0, y0, x1, y1 in item.boxes
    )
    return replace(item, boxes=boxes)
