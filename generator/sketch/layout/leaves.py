"""Sizes of single objects in units, and tight boxes for writing that was placed as part of a block."""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from generator.scene import Box, Kind, Place, Scene, SceneObject
from generator.sketch.layout.blocks import Boxes
from generator.sketch.layout.checks import is_label
from generator.sketch.layout.clusters import STEPS, arrange
from generator.sketch.layout.geometry import size
from generator.sketch.layout.metrics import Metrics

_LIMITS = (0.05, 20.0)
"""Aspects beyond these are taken as these: nothing useful is that thin."""


_TALLEST_CHART = 0.95
"""Least width/height of a chart."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Leaves:
    """Measures objects.

    Attributes:
        scene: The canvas matters for text and for the shape of clusters.
        metrics: The port.
        wanted: Width/height that a free cluster should come near to.
        flex: Factor on the width/height of cards and, gentler, of charts: their insides adapt.
    """

    scene: Scene
    metrics: Metrics
    wanted: float
    flex: float = 1.0

    def __call__(self, item: SceneObject, flat: bool) -> tuple[Box, ...]:  # noqa: FBT001 - the Leaf signature
        """Boxes of the object's instances in units."""
        if item.kind is Kind.TEXT:
            return (self._text(item),)
        aspect = min(max(self.metrics.aspect(item), _LIMITS[0]), _LIMITS[1])
        if item.kind is Kind.CARD:
            aspect *= self.flex
        elif item.kind is Kind.CHART:
            aspect = max(_TALLEST_CHART, aspect * math.sqrt(self.flex))
        return arrange(item, aspect, self.wanted, flat=flat)

    def _text(self, item: SceneObject) -> Box:
        wide, high = self.metrics.fit_text(item, 0.6 * self.scene.width, 0.25 * self.scene.height)
        aspect = min(max(wide / max(high, 1e-6), 0.3), _LIMITS[1])
        unit = STEPS[item.size] * (1.6 if item.at is Place.CENTER else 1.0)
        return (0.0, 0.0, unit * math.sqrt(aspect), unit / math.sqrt(aspect))


def settle_texts(boxes: Boxes, items: Mapping[str, SceneObject], metrics: Metrics) -> dict[str, tuple[Box, ...]]:
    """The same boxes, those of writing made tight; all labels get one height, so that they look alike."""
    result = dict(boxes)
    labels = [name for name in boxes if is_label(items[name])]
    common = _common_height((items[name], boxes[name][0]) for name in labels)
    if labels and common:
        fitted = [metrics.fit_text(items[name], *_room(boxes[name][0], common))[1] for name in labels]
        common = max(min(fitted), 0.6 * max(fitted))
    for name, instances in boxes.items():
        item = items[name]
        if item.kind is not Kind.TEXT:
            continue
        wide, high = _room(instances[0], common if name in labels else None)
        own_wide, own_high = metrics.fit_text(item, wide, high)
        own_wide, own_high = min(own_wide, wide), min(own_high, high)
        left = (instances[0][0] + instances[0][2] - own_wide) / 2
        top = instances[0][1] if name in labels else (instances[0][1] + instances[0][3] - own_high) / 2
        result[name] = ((left, top, left + own_wide, top + own_high),)
    return result


def _common_height(labels: Iterable[tuple[SceneObject, Box]]) -> float | None:
    heights = [size(box)[1] for _, box in labels]
    return min(heights) if heights else None


def _room(box: Box, height: float | None) -> tuple[float, float]:
    wide, high = size(box)
    return wide, high if height is None else min(high, height)
