"""The size in which a model draws what is wanted in another one."""

from typing import Final

from generator.models.card import ModelCard

SMALLEST: Final = 0.5
"""Of a model's own number of pixels: it draws nothing smaller well, so less is drawn larger and shrunk afterwards."""


def model_size(width: int, height: int, card: ModelCard) -> tuple[int, int]:
    """Width and height that the model can draw, as near to the wanted shape and size as it draws well.

    Args:
        width: Wanted, px.
        height: Likewise.
        card: Of the model: its multiple, its own and its largest number of pixels.

    Returns:
        Multiples of the card's ``multiple``, at least one of them; never more than its ``most`` pixels.
    """
    wanted = width * height
    pixels = min(max(wanted, SMALLEST * card.native), card.most)
    scale = (pixels / wanted) ** 0.5
    step = card.multiple
    columns, rows = (max(1, round(side * scale / step)) for side in (width, height))
    # Of the sizes around it, the one whose shape is nearest; among equals the one whose area is.
    around = [
        (a, b)
        for a in range(max(1, columns - 1), columns + 2)
        for b in range(max(1, rows - 1), rows + 2)
        if a * b * step * step <= card.most or (a, b) == (1, 1)
    ]
    best = min(around, key=lambda size: _badness(size, width / height, pixels / step**2))
    return best[0] * step, best[1] * step


def _badness(size: tuple[int, int], aspect: float, area: float) -> tuple[float, float]:
    """How far a shape is off, in steps of a hundredth, then how far the area is."""
    off = max(size[0] / size[1] / aspect, aspect * size[1] / size[0]) - 1
    return round(off, 2), abs(size[0] * size[1] / area - 1)
