"""Colors taken from uploaded images become colors of the scene."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import cycle
from typing import Final

from generator.colors import contrast, delta_e_2000, from_oklch, hue_distance, readable_ink, to_oklch
from generator.request import GenerationRequest
from generator.scene import TRANSPARENT, Background, Kind

_ALIKE: Final = 16.0  # CIEDE2000: two pictures share a color that differs no more
_DARK: Final = 0.42  # mean lightness (OKLCH) below which pictures look best on a dark ground
_NEAR_HUE: Final = 75.0  # degrees
_READABLE: Final = 4.5  # contrast of words. Source: WCAG 2.2, 1.4.3


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Dress:
    """The colors of a collage, all of them taken from the palette that its pictures share.

    Attributes:
        palette: What they share, the most common first.
        background: A soft gradient of two of them.
        frame: Around each picture.
        ink: Of the words; reads well on the background.
    """

    palette: tuple[str, ...]
    background: Background
    frame: str
    ink: str


def shared_palette(colors: Sequence[Sequence[str]], most: int = 5) -> tuple[str, ...]:
    """Colors that pictures have in common, those of most pictures first, then the most frequent ones.

    Args:
        colors: The dominant colors of each picture, ``#rrggbb``, most frequent first.
        most: How many at most.
    """
    found: dict[str, tuple[set[int], float]] = {}
    ranked = sorted((rank, picture, color) for picture, one in enumerate(colors) for rank, color in enumerate(one))
    for rank, picture, color in ranked:
        known = next((other for other in found if delta_e_2000(color, other) < _ALIKE), color)
        pictures, weight = found.get(known, (set(), 0.0))
        found[known] = (pictures | {picture}, weight + 1 / (1 + rank))
    order = sorted(found, key=lambda color: (-len(found[color][0]), -found[color][1]))
    return tuple(order[:most])


def dress_of(colors: Sequence[Sequence[str]], *, poster: bool, given: Background | None) -> Dress:
    """The dress of pictures with these dominant colors.

    Args:
        colors: By picture, most frequent first.
        poster: Strong colors instead of pale ones.
        given: The background that was asked for; the ink then suits that.
    """
    palette = shared_palette(colors) or ("#64748b",)
    vivid = sorted((to_oklch(color) for color in palette), key=lambda shade: -shade[1])
    _, chroma, hue = vivid[0]
    # Strong colors far apart on the wheel turn to mud between them; pale ones do not.
    seconds = [shade for shade in vivid[1:] if not poster or hue_distance(shade[2], hue) <= _NEAR_HUE] or vivid[:1]
    _, second_chroma, second_hue = seconds[0]
    dark, ground_hue = _mean_lightness(colors) < _DARK, hue
    if poster:
        shades = ((0.56, 0.95 * min(chroma, 0.17)), (0.42, 0.9 * min(second_chroma, 0.16)))
    elif dark:
        ground_hue = second_hue = to_oklch(palette[0])[2]
        shades = ((0.32, 0.035), (0.22, 0.04))
    else:
        shades = ((0.965, min(0.35 * chroma, 0.03)), (0.90, min(0.5 * second_chroma, 0.05)))
    background = given or (_shade(*shades[0], ground_hue), _shade(*shades[1], second_hue))
    frame = _shade(0.99, min(0.1 * chroma, 0.008), hue)
    return Dress(palette=palette, background=background, frame=frame, ink=_ink(chroma, hue, background))


def _shade(lightness: float, chroma: float, hue: float) -> str:
    return from_oklch(round(lightness, 3), round(chroma, 3), round(hue, 1))


def _mean_lightness(colors: Sequence[Sequence[str]]) -> float:
    weighed = [(1 / (1 + rank), to_oklch(color)[0]) for one in colors for rank, color in enumerate(one)]
    total = sum(weight for weight, _ in weighed)
    return sum(weight * lightness for weight, lightness in weighed) / total if total else 1.0


def _ink(chroma: float, hue: float, background: Background) -> str:
    """The accent, deepened or lightened until it reads well; a plain ink where no shade of it does."""
    grounds = [one for one in (background if isinstance(background, tuple) else (background,)) if one != TRANSPARENT]
    for lightness in (0.45, 0.38, 0.3, 0.24, 0.93, 0.97, 1.0):
        shade = _shade(lightness, min(chroma, 0.15 if lightness < 0.5 else 0.04), hue)
        if all(contrast(shade, ground) >= _READABLE for ground in grounds):
            return shade
    inks = [readable_ink(ground) for ground in grounds]
    return max(inks, key=lambda ink: min(contrast(ink, ground) for ground in grounds))
