"""A scene: what stands in a picture and where, as plain data.

The planner writes scenes, engines draw them and write the solved boxes back, receipts measure
pixels against them, revisions edit them by object id. Nothing here draws, lays out or parses.
All boxes are pixels of the finished image, origin top left, ``(x0, y0, x1, y1)`` with x1, y1 exclusive.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

Box = tuple[float, float, float, float]
"""``(x0, y0, x1, y1)`` in pixels of the finished image."""

Background = str | tuple[str, str]
"""``"#rrggbb"``, ``"transparent"``, or a vertical gradient ``("#top", "#bottom")``."""

TRANSPARENT = "transparent"

CARD_MASK = "card"
"""An image in a frame; images that are all cards are arranged as a collage."""


class Kind(StrEnum):
    """What an object is made of."""

    ART = "art"  # a curated drawing, recolourable
    TEXT = "text"
    IMAGE = "image"  # somebody's upload
    CHART = "chart"
    CARD = "card"  # a row of numbered steps


class Size(StrEnum):
    """Size relative to the other objects of the scene; each step is about 1.5 times the one before."""

    TINY = "tiny"
    SMALL = "small"
    MEDIUM = "medium"
    LARGE = "large"
    HUGE = "huge"


class Arrangement(StrEnum):
    """How the instances of one object with ``count > 1`` stand together."""

    CLUSTER = "cluster"
    ROW = "row"
    COLUMN = "column"
    GRID = "grid"


class Place(StrEnum):
    """A region of the canvas, in a three by three division."""

    TOP_LEFT = "top left"
    TOP = "top"
    TOP_RIGHT = "top right"
    LEFT = "left"
    CENTER = "center"
    RIGHT = "right"
    BOTTOM_LEFT = "bottom left"
    BOTTOM = "bottom"
    BOTTOM_RIGHT = "bottom right"


class TextRole(StrEnum):
    """What a text block is in the composition."""

    TITLE = "title"
    SUBTITLE = "subtitle"
    CAPTION = "caption"
    LABEL = "label"  # written on or just below the object that an ON relation names
    BODY = "body"


class RelationKind(StrEnum):
    """How two or three objects stand to each other. ``subject`` comes first: *subject* left of *objects[0]*."""

    LEFT_OF = "left_of"
    RIGHT_OF = "right_of"
    ABOVE = "above"
    BELOW = "below"
    ON = "on"
    INSIDE = "inside"
    BEHIND = "behind"
    IN_FRONT_OF = "in_front_of"
    BETWEEN = "between"  # two objects
    NEXT_TO = "next_to"
    IN_ROW = "in_row"  # subject and all objects, left to right in this order


@dataclass(frozen=True, slots=True, kw_only=True)
class Relation:
    """One demanded relation between objects, by id."""

    kind: RelationKind
    subject: str
    objects: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SceneObject:
    """One thing in the picture, possibly several times.

    Attributes:
        id: Stable over revisions and unique in the scene: ``car1``, ``title1``.
        label: The user's word, in the user's language.
        art: Key of a drawing in the art table (ART only).
        color: ``#rrggbb`` that the main part must have exactly; None leaves the drawing's own. For TEXT the ink.
        at: Where on the canvas, if said.
        angle: Degrees clockwise.
        outline: ``#rrggbb`` of a contour, if asked.
        plate: TEXT only: ``#rrggbb`` of a plate behind it.
        text_size: TEXT only: share of the canvas height for the whole block, 0 for automatic.
        image: IMAGE only: sha256 of the upload.
        mask: IMAGE only: ``rounded``, ``circle``, ``card`` or ``none``.
        data: CHART ``{"type": "bar"|"line"|"pie", "title": str, "items": [[label, number, hex or null], …]}``;
            CARD ``{"steps": [[title, text], …]}``.
        boxes: One solved box per instance, empty before layout. On a revision, given boxes are pins.
    """

    id: str
    kind: Kind = Kind.ART
    label: str = ""
    art: str | None = None
    color: str | None = None
    count: int = 1
    size: Size = Size.MEDIUM
    arrangement: Arrangement = Arrangement.CLUSTER
    grid: tuple[int, int] | None = None  # rows, columns, with Arrangement.GRID
    at: Place | None = None
    angle: float = 0.0
    flip: bool = False
    outline: str | None = None
    text: str | None = None
    role: TextRole = TextRole.BODY
    align: str = "center"  # left, center, right
    weight: int = 700
    plate: str | None = None
    text_size: float = 0.0
    image: str | None = None
    mask: str = "rounded"
    data: Mapping[str, Any] | None = None
    boxes: tuple[Box, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """The whole picture. ``width`` and ``height`` in pixels; objects are drawn in order, first at the back."""

    width: int
    height: int
    background: Background = "#ffffff"
    style: str = "flat"
    grid: tuple[int, int] | None = None  # rows, columns: all objects in one grid
    objects: tuple[SceneObject, ...] = ()
    relations: tuple[Relation, ...] = ()

    def find(self, object_id: str) -> SceneObject | None:
        """The object of that id, or None."""
        return next((item for item in self.objects if item.id == object_id), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """Something to tell the user, as a key of the message catalogue and its arguments; words come later, localised."""

    key: str
    args: Mapping[str, str | int | float] = field(default_factory=dict)
