"""What a request has become when it is put into words for a model."""

from dataclasses import dataclass

from generator.scene import Notice


@dataclass(frozen=True, slots=True, kw_only=True)
class LayoutBox:
    """Where something is to stand: ``box`` as (x0, y0, x1, y1), shares of the width and height from 0 to 1."""

    words: str
    box: tuple[float, float, float, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Wording:
    """Words for one model.

    Attributes:
        negative_prompt: Empty for models that take none.
        boxes: For models that place objects; empty for others.
        key_color: ``#rrggbb`` of the plain background that the words ask for where transparency is made by taking
            that color away; None elsewhere.
        unmet: What was asked for and cannot be said to this model.
    """

    prompt: str
    negative_prompt: str = ""
    boxes: tuple[LayoutBox, ...] = ()
    key_color: str | None = None
    unmet: tuple[Notice, ...] = ()
