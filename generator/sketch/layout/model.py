"""The layout problem in numbers: block sizes and who must lie before whom on each axis. In units, no pixels."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from generator.scene import Relation
from generator.sketch.layout.blocks import Block
from generator.sketch.layout.constraints import Edge, earliest
from generator.sketch.layout.grouping import Grouped, directed
from generator.sketch.layout.orders import closure

_APART = 0.08
"""Distance that a relation keeps between its two objects, in units."""


@dataclass(slots=True)
class Model:
    """What the composition must respect.

    Attributes:
        blocks: What is placed.
        across: Edges on the x axis; some come in opposite pairs and align two blocks.
        down: Pairs of block indices of which the first lies wholly above the second.
        lined: Pairs of blocks that are aligned on a vertical line.
    """

    blocks: Sequence[Block]
    across: list[Edge] = field(default_factory=list)
    down: list[tuple[int, int]] = field(default_factory=list)
    lined: list[tuple[int, int]] = field(default_factory=list)
    below: list[int] = field(default_factory=list)

    def add_across(self, edges: Sequence[Edge]) -> None:
        """Take the edges in, unless they contradict what is there."""
        if earliest([0.0] * len(self.blocks), [*self.across, *edges]) is not None:
            self.across.extend(edges)

    def add_down(self, upper: int, lower: int) -> bool:
        """Take the pair in, unless it contradicts what is there."""
        if self.below[lower] >> upper & 1:
            return False
        self.down.append((upper, lower))
        self.below = closure(len(self.blocks), self.down)
        return True


def build_model(grouped: Grouped, relations: Sequence[Relation]) -> Model:
    """The constraints of ``relations`` between ``grouped.blocks``; relations within one block are kept by the block."""
    model = Model(grouped.blocks)
    model.below = [0] * len(grouped.blocks)
    owners = {item: index for index, block in enumerate(grouped.blocks) for item in block.boxes}
    for relation in relations:
        axis, pairs = directed(relation)
        for first, second in pairs:
            one, other = owners.get(first), owners.get(second)
            if one is None or other is None or one == other:
                continue
            if axis == "y":
                model.add_down(one, other)
            else:
                end, start = grouped.blocks[one].part(first)[2], grouped.blocks[other].part(second)[0]
                model.add_across([(one, other, end - start + _APART)])
    for upper, middle, lower in grouped.columns:
        _add_column(model, owners, (upper, middle, lower))
    return model


def _add_column(model: Model, owners: dict[str, int], column: tuple[str, str, str]) -> None:
    """The middle below the upper and above the lower, all three on one vertical line."""
    indices = [owners[name] for name in column]
    if len(set(indices)) < 3:
        return
    if not (model.add_down(indices[0], indices[1]) and model.add_down(indices[1], indices[2])):
        return
    middles = []
    for name, index in zip(column, indices, strict=True):
        box = model.blocks[index].part(name)
        middles.append((box[0] + box[2]) / 2)
    for end in (0, 2):
        shift = middles[1] - middles[end]
        model.add_across([(indices[1], indices[end], shift), (indices[end], indices[1], -shift)])
        model.lined.append((indices[1], indices[end]))
