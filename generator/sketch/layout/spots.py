"""Free spots among obstacles: where a block can go so that it touches nothing.

It knows boxes and wishes, not why a spot is wished for.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from generator.scene import Box

_STEPS = 26
"""Positions tried on each axis."""

Points = npt.NDArray[np.float64]
"""Shape (n, 2): top left corners in px."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """Range of the top left corner, in px."""

    left: float
    right: float
    top: float
    bottom: float

    @property
    def empty(self) -> bool:
        """Whether no corner fits."""
        return self.left > self.right or self.top > self.bottom

    def points(self) -> Points:
        """An even raster of corners; without any where the window is empty."""
        if self.empty:
            return np.empty((0, 2))
        xs, ys = np.linspace(self.left, self.right, _STEPS), np.linspace(self.top, self.bottom, _STEPS)
        return np.stack(np.meshgrid(xs, ys), axis=-1).reshape(-1, 2)

    def keep(self, points: Points) -> Points:
        """Those of ``points`` that lie in the window."""
        if self.empty or not len(points):
            return np.empty((0, 2))
        inside = (points >= (self.left - 0.01, self.top - 0.01)) & (points <= (self.right + 0.01, self.bottom + 0.01))
        return points[inside.all(axis=1)]


def gaps(points: Points, size: tuple[float, float], obstacles: Points) -> Points:
    """Distance from a box at each point to each obstacle; negative or zero where they touch.

    Args:
        points: Shape (n, 2), corners.
        size: Width and height of the box.
        obstacles: Shape (m, 4), boxes.

    Returns:
        Shape (n, m); the larger of the two axes' distances.
    """
    starts, ends = points[:, None, :], points[:, None, :] + np.asarray(size)
    distances: Points = np.maximum(obstacles[None, :, :2] - ends, starts - obstacles[None, :, 2:]).max(axis=2)
    return distances


def best_order(
    points: Points,
    size: tuple[float, float],
    obstacles: Points,
    *,
    pad: float,
    wish: tuple[float, float] | None,
    region: Box,
) -> Points:
    """The points where the box keeps ``pad`` from all obstacles, best first.

    With a wish the nearest middle comes first; without one the roomiest spot, near the middle of the region.
    """
    if not len(points):
        return points
    distances = gaps(points, size, obstacles) if len(obstacles) else np.full((len(points), 1), np.inf)
    clearance = distances.min(axis=1)
    free = clearance >= pad
    points, clearance = points[free], clearance[free]
    middles = points + np.asarray(size) / 2
    diagonal = float(np.hypot(region[2] - region[0], region[3] - region[1]))
    if wish is None:
        target = ((region[0] + region[2]) / 2, (region[1] + region[3]) / 2)
        edge = np.minimum(points - region[:2], np.asarray(region[2:]) - points - np.asarray(size)).min(axis=1)
        room = np.minimum(np.minimum(clearance, edge + pad), 0.2 * diagonal)
        cost = 0.25 * np.hypot(*(middles - target).T) - room
    else:
        cost = np.hypot(*(middles - wish).T)
    return points[np.argsort(cost, kind="stable")]


def blocking(points: Points, size: tuple[float, float], obstacles: Points, hard: npt.NDArray[np.bool_]) -> list[int]:
    """Which obstacles to clear for the spot that needs the least clearing; none if nothing helps.

    Args:
        points: Shape (n, 2), corners.
        size: Width and height of the box.
        obstacles: Shape (m, 4), boxes.
        hard: Shape (m,), obstacles that cannot be cleared.
    """
    if not len(points) or not len(obstacles):
        return []
    hit = gaps(points, size, obstacles) < 1
    possible = ~(hit & hard).any(axis=1)
    if not possible.any():
        return []
    areas = (obstacles[:, 2] - obstacles[:, 0]) * (obstacles[:, 3] - obstacles[:, 1])
    cost = (hit * (areas + areas.mean())).sum(axis=1)
    cost[~possible] = np.inf
    return [int(index) for index in np.flatnonzero(hit[int(cost.argmin())])]
