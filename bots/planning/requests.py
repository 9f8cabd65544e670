"""What every planned request has in common, whatever asked for it: seeds, privacy, and what follows from a scene."""

from dataclasses import replace
from hashlib import sha256
from typing import Final

from bots.conversation import Conversation
from bots.planning.options import Extracted
from bots.planning.styles import STYLES
from generator.request import (
    SEED_LIMIT,
    GenerationRequest,
    OutputFormat,
    Reference,
    ReferenceRole,
    TextBlock,
)
from generator.scene import TRANSPARENT, Background, Kind, Scene
from storage.records import GenerationRecord

DEFAULT_SIDE: Final = 1024  # px
DEFAULT_BACKGROUND: Final = "#ffffff"


def completed(request: GenerationRequest, scene: Scene, options: Extracted, seed: int) -> GenerationRequest:
    """The request with everything that follows from its scene and the options."""
    return replace(
        request,
        scene=scene,
        width=scene.width,
        height=scene.height,
        style=scene.style,
        text_blocks=tuple(
            TextBlock(text=item.text, role=item.role) for item in scene.objects if item.kind is Kind.TEXT and item.text
        ),
        num_images_per_prompt=options.count or 1,
        output_format=options.output_format or _format(request, scene),
        seed=seed,
    )


def background_of(request: GenerationRequest, scene: Scene) -> Background | None:
    """None stays None as long as nobody asked for a background."""
    return request.background if scene.background == (request.background or DEFAULT_BACKGROUND) else scene.background


def default_style(conversation: Conversation) -> str:
    """The style of a new picture for which none was named: the tenant's, if the engine has it."""
    return conversation.default_style if conversation.default_style in STYLES else STYLES[0]


def is_private(conversation: Conversation, source: GenerationRecord | None = None) -> bool:
    """What is made of a private picture stays private."""
    return conversation.options.private or (source is not None and source.private)


def own_seed(conversation: Conversation, options: Extracted) -> int:
    """A seed of the conversation's own, so that planning again plans the same."""
    if options.seed is not None:
        return options.seed
    return _number_of(f"{conversation.id}\n{len(conversation.turns)}\n{conversation.newest.text}")


def fresh_seed(conversation: Conversation, source: GenerationRecord, given: int | None) -> int:
    """A seed that the source's request did not use; one of each job's own, for a button can be pressed twice."""
    if given is not None:
        return given
    newest = conversation.newest
    if newest.job is not None and newest.reply_to is not None:
        return _number_of(f"{source.id}\n{newest.job}")
    return (source.request.seed + max(source.request.num_images_per_prompt, source.index + 1)) % SEED_LIMIT


def still_needed(references: tuple[Reference, ...]) -> tuple[Reference, ...]:
    """The references of a request that is drawn again: a palette that was taken is not taken again."""
    return tuple(one for one in references if one.role is not ReferenceRole.PALETTE)


def changed_last(source: GenerationRecord) -> tuple[str, ...]:
    """Ids of what the revision that made ``source`` changed last: what "it" means in the next one."""
    for change in reversed(source.request.changes):
        identity = change.args.get("id")
        if isinstance(identity, str):
            return (identity,)
    return ()


def _format(request: GenerationRequest, scene: Scene) -> OutputFormat:
    """The format so far, unless it cannot hold what the picture has become."""
    return "png" if request.output_format == "jpeg" and scene.background == TRANSPARENT else request.output_format


def _number_of(known: str) -> int:
    return int.from_bytes(sha256(known.encode()).digest()[:4], "big")
