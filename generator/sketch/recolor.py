"""Gives a drawing another color: its largest hue family becomes an exact color, its shades follow, the rest stays."""

from functools import lru_cache

from generator.colors import from_oklch, hue_distance, mix, to_oklch
from generator.sketch.art import Drawing

_GRAY = 0.045  # OKLCH chroma below which a color has no hue worth naming
_FAMILY = 38.0  # degrees of hue that one family spans to either side
_GRAY_SPAN = 0.30  # lightness that one gray family spans to either side
_DARK = 0.2  # lightness below which shades get lighter instead of darker
_GRAY_WEIGHT = 0.45  # grays are rarely what "the red one" means
_SKIN = frozenset({"#ffdc5d", "#f7dece", "#f3d2a2", "#d5ab88", "#af7e57", "#7c533e", "#ef9645"})
_SKIN_WEIGHT = 0.2  # "a blue doctor" wants blue clothes, but a plain face may still be colored


@lru_cache(maxsize=4096)
def main_color(drawing: Drawing) -> str:
    """The color of the drawing that a recolor makes exact: the largest of its largest hue family."""
    best, best_score = drawing.palette[0][0], -1.0
    for color, area in drawing.palette:
        score = sum(share * _weight(other) for other, share in drawing.palette if same_family(other, color))
        score += 0.3 * area * _weight(color)
        if score > best_score and area > 0:
            best, best_score = color, score
    # Where a family spans many hues its middle may be a mere detail: the eye names the largest part.
    return max(drawing.palette, key=lambda pair: (same_family(pair[0], best), pair[1]))[0]


def same_family(color: str, main: str) -> bool:
    """Whether ``color`` is a shade of ``main``."""
    lightness, chroma, hue = to_oklch(color)
    main_lightness, main_chroma, main_hue = to_oklch(main)
    if (color in _SKIN) != (main in _SKIN):
        return False
    if main_chroma < _GRAY:
        return chroma < _GRAY and abs(lightness - main_lightness) < _GRAY_SPAN
    return chroma >= _GRAY and hue_distance(hue, main_hue) < _FAMILY


@lru_cache(maxsize=4096)
def recolored(drawing: Drawing, target: str) -> dict[str, str]:
    """New color for every color of the family; colors that are not in it keep their own.

    Args:
        drawing: What to recolor.
        target: ``#rrggbb`` that the main color becomes, exactly.
    """
    main = main_color(drawing)
    return {
        color: target if color == main else _shade(color, main, target)
        for color, _ in drawing.palette
        if same_family(color, main)
    }


def _shade(color: str, main: str, target: str) -> str:
    lightness, chroma, hue = to_oklch(color)
    main_lightness, main_chroma, main_hue = to_oklch(main)
    base, strength, angle = to_oklch(target)
    step = 0.9 * (lightness - main_lightness)
    if base < _DARK:  # the eye needs larger steps here, and there is room only upwards
        step = 0.13 + 0.7 * abs(step)
    elif not 0.08 <= base + step <= 0.985:  # no room on that side: a white car gets darker creases only
        step = -0.6 * step
    if main_chroma >= _GRAY:
        turn = 0.35 * ((hue - main_hue + 180.0) % 360.0 - 180.0)
        strength *= min(1.25, chroma / main_chroma)
    else:
        turn = 0.0
    shade = from_oklch(round(base + step, 4), round(strength, 4), round(angle + turn, 2))
    return shade if shade != target else mix(target, "#000000", 0.12)


def _weight(color: str) -> float:
    if color in _SKIN:
        return _SKIN_WEIGHT
    return _GRAY_WEIGHT if to_oklch(color)[1] < _GRAY else 1.0
