"""One attempt to place free objects around kept boxes, naming the pins that are in the way.

It decides nothing about releasing them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import product
from statistics import median

import numpy as np

from generator.scene import Box, Kind, Relation, RelationKind, Scene, SceneObject
from generator.sketch.layout.bands import is_band
from generator.sketch.layout.blocks import Block
from generator.sketch.layout.checks import OVERLAPPING, allowed_overlaps, holds, is_label
from generator.sketch.layout.clusters import unit_size
from generator.sketch.layout.geometry import area, moved, overlap, scaled, size, union
from generator.sketch.layout.grouping import directed, group_rows
from generator.sketch.layout.leaves import Leaves, settle_texts
from generator.sketch.layout.metrics import Metrics
from generator.sketch.layout.nesting import LABEL_HEIGHT, Nesting, attachments
from generator.sketch.layout.regions import MARGIN, Bands, carve
from generator.sketch.layout.spots import Points, best_order, blocking
from generator.sketch.layout.wishes import Wishes, named

_FACTORS = (1.0, 0.88, 0.77, 0.67, 0.58, 0.5)
"""Sizes tried for a newcomer, relative to what the pins suggest."""

_CLOSE_LOOK = 150
"""Spots that are checked against relations one by one."""

_LOCAL = frozenset({RelationKind.NEXT_TO, RelationKind.BETWEEN, RelationKind.IN_ROW})
"""Relations that only particular spots fulfil."""


class Attempt:
    """Places what is free; after ``run`` either ``scene`` is complete or blockers were named."""

    def __init__(self, scene: Scene, metrics: Metrics, kept: Mapping[str, tuple[Box, ...]]) -> None:
        """Take the scene and the boxes that stay, by object id."""
        self._scene = scene
        self._metrics = metrics
        self._kept = kept
        self._placed: dict[str, tuple[Box, ...]] = dict(kept)
        self._items = {item.id: item for item in scene.objects}
        margin = MARGIN * min(scene.width, scene.height)
        self._region: Box = (margin, margin, scene.width - margin, scene.height - margin)
        self._links = attachments(scene.relations, self._items.keys())
        self._scale = self._guess_scale()
        self.failed = False

    def run(self) -> set[str]:
        """Place everything; returns ids of pins that are in the way, empty if there are none."""
        bands = [item for item in self._scene.objects if item.id not in self._kept and is_band(item, self._scene)]
        return self._place_bands(bands) or self._place_guests() or self._place_blocks()

    def scene(self) -> Scene:
        """The scene with all boxes."""
        objects = tuple(replace(item, boxes=self._placed[item.id]) for item in self._scene.objects)
        return replace(self._scene, objects=objects)

    def _guess_scale(self) -> float:
        """Px per unit that the kept drawings suggest; those without host count first."""
        hosted = {link.subject for link in self._links}
        drawings = [item for item in self._scene.objects if item.kind is not Kind.TEXT and item.id in self._kept]
        free = [item for item in drawings if item.id not in hosted] or drawings
        units = [area(self._kept[item.id][0]) ** 0.5 / unit_size(item) for item in free]
        return median(units) if units else 0.25 * min(self._scene.width, self._scene.height)

    def _obstacles(self) -> tuple[list[str], Points]:
        names = [name for name, boxes in self._placed.items() for _ in boxes]
        boxes = [box for instances in self._placed.values() for box in instances]
        return names, np.asarray(boxes, dtype=float).reshape(-1, 4)

    # Writing

    def _place_bands(self, bands: Sequence[SceneObject]) -> set[str]:
        if not bands:
            return set()
        hit: set[str] = set()
        boxes: dict[str, Box] = {}
        region = self._region
        for name in self._kept:
            if is_band(self._items[name], self._scene):
                region = carve(region, union(self._kept[name]), 0.7 * self._region[0])
        for shrink in (1.0, 0.75, 0.55):
            page = Bands(self._scene.width, self._scene.height, self._metrics, region, alone=False, shrink=shrink)
            boxes = page.place(bands)
            hit = self._hit_by(tuple(boxes.values()))
            if not hit:
                break
        self._placed |= {name: (box,) for name, box in boxes.items()}
        return hit

    def _hit_by(self, found: Sequence[Box], excused: frozenset[str] = frozenset()) -> set[str]:
        """Ids of placed objects that any of the boxes would overlap."""
        return {
            name
            for name, boxes in self._placed.items()
            if name not in excused and any(min(overlap(box, other)) > 0.5 for box in found for other in boxes)
        }

    # What belongs to a kept host

    def _place_guests(self) -> set[str]:
        blockers: set[str] = set()
        for link in self._links:
            if link.host in self._kept and link.subject not in self._placed:
                blockers |= self._place_on_host(link.host)
        return blockers

    def _place_on_host(self, host: str) -> set[str]:
        """Arrange all that belongs to ``host`` anew and take the boxes of those that have none."""
        seat = self._kept[host]
        corner = union(seat)
        leaf = Leaves(scene=self._scene, metrics=self._metrics, wanted=1.2)

        def sized(item: SceneObject, flat: bool) -> tuple[Box, ...]:  # noqa: FBT001 - the Leaf signature
            if item.id != host:
                return leaf(item, flat)
            return tuple(scaled(moved(box, -corner[0], -corner[1]), 1 / self._scale) for box in seat)

        above = any(link.subject == host for link in self._links)
        nesting = Nesting(items=self._items, links=self._links, leaf=sized, before=self._before())
        block = nesting.block(host, nested=above)
        own = block.part(host)
        boxes = block.put(corner[0] - own[0] * self._scale, corner[1] - own[1] * self._scale, self._scale)
        fresh = {name: found for name, found in boxes.items() if name not in self._placed}
        fresh = settle_texts(fresh, self._items, self._metrics)
        allowed = allowed_overlaps(self._scene)
        blockers: set[str] = set()
        for name in sorted(fresh, key=lambda name: is_label(self._items[name])):
            found = fresh[name]
            excused = frozenset(other for one, other in allowed if one == name)
            hit = self._hit_by(found, excused)
            if is_label(self._items[name]) and (hit or self._is_off(found)):
                found = min(self._label_spots(name, corner), key=lambda boxes: len(self._hit_by(boxes, excused)))
                hit = self._hit_by(found, excused)
            elif self._is_off(found):
                hit.add(host)
            self._placed[name] = found
            # What was just placed cannot give way, so then the host must.
            blockers |= {other if other in self._kept else host for other in hit}
        return blockers

    def _is_off(self, boxes: Sequence[Box]) -> bool:
        low, high = (0.0, 0.0), (self._scene.width, self._scene.height)
        return any(box[0] < low[0] or box[1] < low[1] or box[2] > high[0] or box[3] > high[1] for box in boxes)

    def _label_spots(self, name: str, host: Box) -> list[tuple[Box, ...]]:
        """Boxes for a label, the best first: close below its host, then over it from the foot upwards; large, then small."""
        wide, high = size(host)
        spots: list[tuple[Box, ...]] = []
        for share in (1.0, 0.6, 0.4):
            room = share * min(0.24 * high, LABEL_HEIGHT * self._scale)
            own_wide, own_high = self._metrics.fit_text(self._items[name], 0.94 * wide, room)
            left = (host[0] + host[2] - own_wide) / 2
            over = [host[3] - own_high - step * (high - own_high) for step in (0.04, 0.25, 0.5, 0.75, 0.96)]
            spots += [((left, top, left + own_wide, top + own_high),) for top in (host[3] + 0.15 * own_high, *over)]
        return [spot for spot in spots if not self._is_off(spot)] or spots

    def _before(self) -> list[tuple[str, str]]:
        found = [directed(relation) for relation in self._scene.relations]
        return [pair for axis, pairs in found if axis == "x" for pair in pairs]

    # Everything else

    def _place_blocks(self) -> set[str]:
        free = {name: item for name, item in self._items.items() if name not in self._placed}
        if not free:
            return set()
        wanted = 1.2
        leaf = Leaves(scene=self._scene, metrics=self._metrics, wanted=wanted)
        links = [link for link in self._links if link.subject in free and link.host in free]
        nesting = Nesting(items=free, links=links, leaf=leaf, before=self._before())
        grouped = group_rows(nesting.blocks(), self._scene.relations, tall=self._scene.height > self._scene.width)
        names = set(self._placed)
        waiting = sorted(
            grouped.blocks,
            key=lambda block: (
                block.place is None,
                -sum(
                    bool(named(relation) & names and named(relation) & block.boxes.keys())
                    for relation in self._scene.relations
                ),
                -block.width * block.height,
            ),
        )
        for index, block in enumerate(waiting):
            blockers = self._place_block(block, waiting[index + 1 :])
            if blockers or self.failed:
                return blockers
        return set()

    def _place_block(self, block: Block, later: Sequence[Block]) -> set[str]:
        names, obstacles = self._obstacles()
        local = [
            relation
            for relation in self._scene.relations
            if relation.kind in _LOCAL
            and named(relation) & block.boxes.keys()
            and named(relation) <= self._placed.keys() | block.boxes.keys()
            and not named(relation) <= block.boxes.keys()
        ]
        choices = [*product((self._quiet_region(),), _FACTORS[:4]), *product((self._region,), _FACTORS)]
        for region, factor in choices:
            wishes = Wishes(scene=self._scene, placed=self._placed, region=region)
            scale = factor * self._scale
            points = wishes.spots(block, scale, local, wishes.window(block, scale, later))
            wish = wishes.middle(block, self._scale)
            extent = (block.width * scale, block.height * scale)
            ranked = best_order(points, extent, obstacles, pad=0.08 * scale, wish=wish, region=region)
            for x, y in ranked[: _CLOSE_LOOK if local else 1]:
                boxes = block.put(float(x), float(y), scale)
                if all(self._holds(relation, boxes) for relation in local):
                    self._placed |= settle_texts(boxes, self._items, self._metrics)
                    return set()
        return self._blockers(block, later, local, names, obstacles)

    def _quiet_region(self) -> Box:
        """The canvas without the bands of writing: a newcomer beside a headline would crowd it."""
        region = self._region
        for name, boxes in self._placed.items():
            if is_band(self._items[name], self._scene):
                region = carve(region, union(boxes), 0.7 * self._region[0])
        return region

    def _blockers(
        self, block: Block, later: Sequence[Block], local: Sequence[Relation], names: Sequence[str], obstacles: Points
    ) -> set[str]:
        """Pins to clear so that the block finds a spot."""
        scale = 0.77 * self._scale
        wishes = Wishes(scene=self._scene, placed=self._placed, region=self._region)
        points = wishes.spots(block, scale, local, wishes.window(block, scale, later))
        hard = np.asarray([name not in self._kept or self._items[name].kind is Kind.TEXT for name in names], dtype=bool)
        extent = (block.width * scale, block.height * scale)
        found = {names[index] for index in blocking(points, extent, obstacles, hard)}
        partners = {
            name
            for relation in self._scene.relations
            if relation.kind not in OVERLAPPING and named(relation) & block.boxes.keys()
            for name in named(relation)
        }
        blockers = found or {
            name for name in partners if name in self._kept and self._items[name].kind is not Kind.TEXT
        }
        self.failed = not blockers
        return blockers

    def _holds(self, relation: Relation, boxes: Mapping[str, tuple[Box, ...]]) -> bool:
        known = self._placed | dict(boxes)
        involved = named(relation)
        objects = tuple(
            replace(item, boxes=known.get(item.id, ())) for item in self._scene.objects if item.id in involved
        )
        return holds(relation, replace(self._scene, objects=objects))
