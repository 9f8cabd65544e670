"""Colours taken from an uploaded image become colours of the scene."""

from dataclasses import replace
from itertools import cycle

from generator.request import GenerationRequest
from generator.scene import Kind


def use_palette(request: GenerationRequest, colors: tuple[str, ...]) -> GenerationRequest:
    """The request with ``colors`` (``#rrggbb``, most frequent first) given to everything whose colour was not said.

    The lightest colour becomes the background if none was asked; the others go to the objects in turn.
    """
    if not colors or request.scene is None:
        return replace(request, palette=colors)
    lightest = max(colors, key=_luma)
    free = [color for color in colors if color != lightest] or [lightest]
    turn = cycle(free)
    objects = tuple(
        replace(item, color=next(turn)) if item.kind is Kind.ART and item.color is None else item
        for item in request.scene.objects
    )
    background = request.background or lightest
    return replace(
        request,
        palette=colors,
        background=background,
        scene=replace(request.scene, objects=objects, background=background),
    )


def _luma(color: str) -> float:
    """Rec. 709 weights over the gamma-encoded channels: good enough to order colours by lightness."""
    red, green, blue = (int(color[start : start + 2], 16) for start in (1, 3, 5))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
