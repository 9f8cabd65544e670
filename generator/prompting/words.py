"""A request as one prompt: the person's own words first, then what they asked for beside them.

Image models read English best, so what is added is English; what people wrote stays as it is. Nothing is said twice:
objects, counts and relations are in the words already, colors in words get their hex and hexes their name.
"""

import re
from collections.abc import Iterator
from typing import Final

from generator.colors import parse_color
from generator.models.card import ModelCard
from generator.prompting.color_names import said
from generator.prompting.keying import key_color_for
from generator.prompting.wording import LayoutBox, Wording
from generator.request import GenerationRequest, Intent, ReferenceRole, TextBlock
from generator.scene import TRANSPARENT, Scene, SceneObject, TextRole

LONGEST: Final = 4000  # characters of the whole prompt
DEFAULT_STYLE: Final = "flat"
"""What a request's style is when nobody named one: an image model then has the choice."""

_HEX: Final = re.compile(r"#(?:[0-9a-fA-F]{6}|[0-9a-fA-F]{3})\b")
_NAMED_HEX: Final = re.compile(r"\(\s*#[0-9a-fA-F]{3,8}\s*\)")
_WRITTEN: Final = {
    TextRole.TITLE: "The title reads",
    TextRole.SUBTITLE: "The subtitle reads",
    TextRole.CAPTION: "The caption reads",
    TextRole.LABEL: "A label reads",
    TextRole.BODY: "The text reads",
}
_KEPT: Final = "Keep everything else in the image exactly as it is."


def worded(request: GenerationRequest, card: ModelCard) -> Wording:
    """The request in words for a model.

    Args:
        request: With its own prompt and, as far as it was understood, its scene.
        card: Of the model.
    """
    key = None
    if request.background == TRANSPARENT and not card.abilities.rgba:
        key = key_color_for(request)
    sentences = [
        _own_words(request),
        *_style(request),
        *_texts(request),
        *_palette(request),
        *_background(request, key),
    ]
    if _is_edit(request):
        sentences.append(_KEPT)
    prompt = " ".join(sentence for sentence in sentences if sentence)
    return Wording(
        prompt=prompt[:LONGEST],
        negative_prompt=request.negative_prompt[:LONGEST] if card.abilities.negative else "",
        boxes=_boxes(request.scene) if card.abilities.boxes else (),
        key_color=key,
    )


def _own_words(request: GenerationRequest) -> str:
    words = " ".join(request.prompt.split())[: LONGEST // 2]
    if not _NAMED_HEX.search(words):
        words = _HEX.sub(lambda match: said(parse_color(match[0]) or match[0]), words)
    return _ended(words)


def _style(request: GenerationRequest) -> Iterator[str]:
    style = request.style.strip()
    if style and style != DEFAULT_STYLE and style.casefold() not in request.prompt.casefold():
        yield f"In {style} style."


def _texts(request: GenerationRequest) -> Iterator[str]:
    for block in request.text_blocks:
        if block.text.strip() and not _is_quoted(block, request.prompt):
            quoted = " ".join(block.text.split()).replace('"', "”")
            yield f'{_WRITTEN[block.role]} "{quoted}".'


def _is_quoted(block: TextBlock, prompt: str) -> bool:
    """Whether the person's own words have it in quotation marks already."""
    return any(f"{left}{block.text}{right}" in prompt for left, right in ('""', "“”", "''", "‘’", "«»", "「」", "『』"))


def _palette(request: GenerationRequest) -> Iterator[str]:
    colors = [color for color in map(parse_color, request.palette) if color is not None]
    if colors:
        yield f"Use these colors: {', '.join(said(color) for color in colors)}."


def _background(request: GenerationRequest, key: str | None) -> Iterator[str]:
    background = request.background
    if key is not None:
        yield (
            f"The whole background is one perfectly plain, evenly lit, solid {said(key)}, without any shadow, gradient "
            "or texture, and nothing else in the picture has that color."
        )
    elif background == TRANSPARENT:
        yield "The background is transparent."
    elif isinstance(background, str) and (color := parse_color(background)) is not None:
        if _HEX.search(request.prompt) is None or background.casefold() not in request.prompt.casefold():
            yield f"The background is a plain solid {said(color)}."
    elif background is not None and not isinstance(background, str):
        top, bottom = (parse_color(color) or color for color in background)
        yield f"The background is a smooth gradient from {said(top)} at the top to {said(bottom)} at the bottom."


def _is_edit(request: GenerationRequest) -> bool:
    edits = any(one.role is ReferenceRole.EDIT for one in request.references)
    return edits and request.intent is Intent.REVISE


def _boxes(scene: Scene | None) -> tuple[LayoutBox, ...]:
    """Where the scene's objects stand, for those that were placed."""
    if scene is None:
        return ()
    return tuple(
        LayoutBox(words=_words_of(item), box=(x0 / scene.width, y0 / scene.height, x1 / scene.width, y1 / scene.height))
        for item in scene.objects
        for x0, y0, x1, y1 in item.boxes
        if 0 <= x0 < x1 <= scene.width and 0 <= y0 < y1 <= scene.height
    )


def _words_of(item: SceneObject) -> str:
    if item.text:
        return f'the text "{item.text}"'
    color = "" if item.color is None else f"{said(item.color)} "
    return f"{color}{item.label}".strip()


def _ended(words: str) -> str:
    return words if not words or words[-1] in ".!?。…" else f"{words}."
