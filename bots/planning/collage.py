"""Blending without a model: a collage of uploads that share a palette, and words that say so.

Owns what a collage shows and which colors it gets; where its cards lie is the layout's business. It never pretends:
every plan that draws carries the note that nothing was blended.
"""

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from bots.conversation import Attachment, Conversation
from bots.planning.grammar import Draft, notices, read_scene
from bots.planning.intent import without_names
from bots.planning.options import Extracted, extract
from bots.planning.palette import Dress, dress_of
from bots.planning.plan import Plan
from bots.planning.quotes import clean
from bots.planning.requests import DEFAULT_BACKGROUND, DEFAULT_SIDE, completed, default_style, own_seed
from bots.replies import say
from generator.request import GenerationRequest, Intent, Reference, ReferenceRole
from generator.scene import CARD_MASK, Kind, Notice, Scene, SceneObject
from generator.sketch.layout.collage import waste
from moderation.types import Locale

MIN_IMAGES, MAX_IMAGES = 2, 6
_CANVASES: Final = ((DEFAULT_SIDE, DEFAULT_SIDE), (1184, 888), (888, 1184), (1248, 832), (832, 1248))  # about 1 MP each
_UNTITLED: Final = 0.85  # of the height is left for pictures below a title
_READ: Final = 300  # characters in which a collage is asked for
_LONGEST_NAME: Final = 40  # characters
_BLENDING: Final = re.compile(
    r"\b(?:blend(?:ed)?|mix(?:ed)?|combine[ds]?|merge[ds]?|mash(?:ed)?(?:\sup)?|fuse[ds]?|put|join(?:ed)?|arrange[ds]?|make|create|turn)\b"
    r"|\b(?:these|those|them|all|both|the|my|our|of|with|from|into|in|as|a|an|one|single)?\s?\b(?:uploads?|uploaded|attached|images?|pictures?|photos?|pics?|files?|collage|mood\s?board|blend)\b"
    r"|\b(?:these|those|them|together|please|into\sone|everything|two|three|four|five|six|(?<!⟦)\d(?!⟧))\b"
    r"|(?:섞|합치|합쳐|블렌드|콜라주|모아|묶|이어|만들|그려|붙)[가-힣]{0,4}(?:\s?(?:줘요?|주세요|줄래))?"
    r"|(?:이|그|내|우리)?\s?(?:사진|이미지|그림|파일)(?:들)?(?:을|를|로|으로|이랑|랑|과|와|의)?|하나로|한\s?장(?:으로|에)?|같이|함께|(?:두|세|네|다섯|여섯|\d)\s?(?:장|개)(?:을|를)?",
    re.IGNORECASE,
)


_SAID: Final = re.compile(
    r"\bcollage\b|\bmood\s?board\b|\b(?:blend|merge|combine|mix|mash|fuse)\b[^.?!]{0,40}\b(?:images?|photos?|pictures?|pics?|uploads?|these|those|them|both|together)\b"
    r"|콜라주|(?:사진|이미지|그림|이거|둘)[^.?!]{0,16}(?:합쳐|합성|섞어|블렌드)",
    re.IGNORECASE,
)


def is_said(conversation: Conversation) -> bool:
    """Whether the words of the newest turn ask to blend the images that came with it."""
    turn = conversation.newest
    return len(turn.attachments) >= MIN_IMAGES and turn.to_bot and _SAID.search(turn.text[:_READ]) is not None


def blend(conversation: Conversation) -> Plan:
    """The collage of the newest turn's uploads, or words that ask for what is missing."""
    uploads = tuple({one.digest: one for one in conversation.newest.attachments}.values())
    if len(uploads) < MIN_IMAGES:
        return Plan(outcome="question", words=Notice(key="blend-needs-images", args={"count": len(uploads)}))
    if len(uploads) > MAX_IMAGES:
        return Plan(outcome="invalid", words=Notice(key="blend-too-many", args={"most": MAX_IMAGES}))
    text = without_names(clean(conversation.newest.text), conversation.bot_names)
    options = extract(text, conversation.locale, conversation.options)
    if options.invalid is not None:
        return Plan(outcome="invalid", words=options.invalid)
    return _collage(conversation, uploads, options, text)


def _collage(conversation: Conversation, uploads: Sequence[Attachment], options: Extracted, text: str) -> Plan:
    draft = read_scene(_BLENDING.sub(" ", options.rest), options.texts)
    writing = tuple(item for item in draft.objects if item.kind is Kind.TEXT)
    width, height = _canvas(uploads, options, titled=bool(writing))
    scene = Scene(
        width=width,
        height=height,
        background=options.background or DEFAULT_BACKGROUND,
        style=options.style or default_style(conversation),
        objects=(*_cards(uploads, conversation.locale), *writing),
    )
    request = GenerationRequest(
        intent=Intent.CREATE,
        prompt=text,
        references=tuple(Reference(digest=one.digest, role=ReferenceRole.OBJECT) for one in uploads),
        background=options.background,
        private=conversation.options.private,
    )
    request = completed(request, scene, options, own_seed(conversation, options))
    note = Notice(key="collage", args={"count": len(uploads)})
    return Plan(outcome="draw", request=request, unmet=(*options.unmet, *_not_shown(draft)), notes=(note,))


def _canvas(uploads: Sequence[Attachment], options: Extracted, *, titled: bool) -> tuple[int, int]:
    """The asked size; with none asked the one that these pictures fill best."""
    if options.width is not None and options.height is not None:
        return options.width, options.height
    aspects = [one.width / one.height for one in uploads]
    return min(_CANVASES, key=lambda canvas: waste(aspects, canvas[0], canvas[1] * (_UNTITLED if titled else 1.0)))


def is_collage(request: GenerationRequest) -> bool:
    """Whether the request is a new collage, whose colors are still to be taken from its pictures."""
    cards = () if request.scene is None else [item for item in request.scene.objects if item.mask == CARD_MASK]
    return request.intent is Intent.CREATE and len(cards) >= MIN_IMAGES and not request.palette


def dressed(request: GenerationRequest, colors: Sequence[Sequence[str]]) -> GenerationRequest:
    """The collage in the colors that its pictures share.

    Args:
        request: ``is_collage``.
        colors: The dominant colors of each picture, ``#rrggbb``, most frequent first.
    """
    scene = request.scene
    if scene is None:
        return request
    dress = dress_of(colors, poster=scene.style == "poster", given=request.background)
    background = request.background or dress.background
    objects = tuple(_in_color(item, dress) for item in scene.objects)
    scene = replace(scene, objects=objects, background=background)
    return replace(request, palette=dress.palette, background=background, scene=scene)


def _in_color(item: SceneObject, dress: Dress) -> SceneObject:
    if item.kind is Kind.IMAGE:
        return replace(item, outline=item.outline or dress.frame)
    return replace(item, color=item.color or dress.ink)


def _cards(uploads: Sequence[Attachment], locale: Locale) -> tuple[SceneObject, ...]:
    return tuple(
        SceneObject(
            id=f"image{number}",
            kind=Kind.IMAGE,
            label=_name(upload, number, locale),
            image=upload.digest,
            mask=CARD_MASK,
        )
        for number, upload in enumerate(uploads, 1)
    )


def _name(upload: Attachment, number: int, locale: Locale) -> str:
    """What the alt text calls an upload: its file's name, for that is what the person knows it by."""
    name = " ".join(clean(upload.name).split())[:_LONGEST_NAME].strip()
    return name or say(Notice(key="collage-image", args={"number": number}), locale)


def _not_shown(draft: Draft) -> tuple[Notice, ...]:
    """Things that the words name besides: a collage shows the uploads and nothing else."""
    things = [item.label or item.kind.value for item in draft.objects if item.kind is not Kind.TEXT]
    names = ", ".join(dict.fromkeys((*things, *draft.unknown)))
    draft.unknown = []
    others = notices(draft)
    return (Notice(key="collage-shows-uploads-only", args={"things": names}), *others) if names else others
