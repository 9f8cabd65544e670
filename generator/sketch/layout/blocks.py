"""Blocks: objects that keep their places to each other, placed as one. In units; a lone medium object has area 1.

It knows how to carry boxes along, not why objects belong together.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from generator.scene import Box, Place
from generator.sketch.layout.geometry import moved, scaled, size, union

Boxes = Mapping[str, tuple[Box, ...]]
"""Boxes of the instances of each object, by object id."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """Objects in fixed places to each other.

    Attributes:
        root: The object that the others stand on, in or beside.
        boxes: In units, the top left of the whole at the origin.
        base: How far below the top the ground line lies: the bottom of the root.
        place: Where on the canvas the block belongs, if said.
    """

    root: str
    boxes: Boxes
    base: float
    place: Place | None = None

    @property
    def width(self) -> float:
        """Width of the whole."""
        return max(box[2] for boxes in self.boxes.values() for box in boxes)

    @property
    def height(self) -> float:
        """Height of the whole."""
        return max(box[3] for boxes in self.boxes.values() for box in boxes)

    def part(self, object_id: str) -> Box:
        """Union box of one object, in the block's own coordinates.

        Raises:
            KeyError: The block does not hold that object.
        """
        return union(self.boxes[object_id])

    def resized(self, factor: float) -> "Block":
        """The same block with all lengths multiplied."""
        return replace(self, boxes=self.put(0.0, 0.0, factor), base=self.base * factor)

    def put(self, x: float, y: float, factor: float) -> dict[str, tuple[Box, ...]]:
        """The boxes when the block is scaled by ``factor`` and its top left lies at ``x``, ``y``."""
        return {item: tuple(moved(scaled(box, factor), x, y) for box in boxes) for item, boxes in self.boxes.items()}


def block_of(root: str, boxes: Boxes, place: Place | None = None) -> Block:
    """A block from boxes in any coordinates; they are moved so that the whole starts at the origin."""
    left, top, _, _ = union(box for instances in boxes.values() for box in instances)
    shifted = {item: tuple(moved(box, -left, -top) for box in instances) for item, instances in boxes.items()}
    return Block(root=root, boxes=shifted, base=union(shifted[root])[3], place=place)


def in_line(blocks: Iterable[Block], lines: Mapping[str, str], gap: float) -> dict[str, tuple[Box, ...]]:
    """Blocks from left to right, so that the object ``lines[block.root]`` of each is centred on one line at y = 0."""
    placed: dict[str, tuple[Box, ...]] = {}
    x = 0.0
    for block in blocks:
        member = block.part(lines[block.root])
        placed |= block.put(x, -member[1] - size(member)[1] / 2, 1.0)
        x += block.width + gap
    return placed
