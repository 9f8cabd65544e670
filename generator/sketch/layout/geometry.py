"""Arithmetic on boxes. It knows no objects and no relations."""

from collections.abc import Iterable

from generator.scene import Box


def union(boxes: Iterable[Box]) -> Box:
    """The smallest box around ``boxes``.

    Raises:
        ValueError: There is no box.
    """
    lefts, tops, rights, bottoms = zip(*boxes, strict=True)
    return (min(lefts), min(tops), max(rights), max(bottoms))


def size(box: Box) -> tuple[float, float]:
    """Width and height."""
    return (box[2] - box[0], box[3] - box[1])


def center(box: Box) -> tuple[float, float]:
    """The middle of the box."""
    return ((box[0] + box[2]) / 2, (box[1] + box[3]) / 2)


def moved(box: Box, dx: float, dy: float) -> Box:
    """The box shifted by ``dx``, ``dy``."""
    return (box[0] + dx, box[1] + dy, box[2] + dx, box[3] + dy)


def scaled(box: Box, factor: float) -> Box:
    """The box with all coordinates multiplied, which keeps the origin in place."""
    return (box[0] * factor, box[1] * factor, box[2] * factor, box[3] * factor)


def overlap(first: Box, second: Box) -> tuple[float, float]:
    """Width and height of the common part; a negative number is the distance on that axis."""
    return (
        min(first[2], second[2]) - max(first[0], second[0]),
        min(first[3], second[3]) - max(first[1], second[1]),
    )


def overlap_area(first: Box, second: Box) -> float:
    """Area of the common part, 0 where the boxes are apart."""
    wide, high = overlap(first, second)
    return max(wide, 0.0) * max(high, 0.0)


def area(box: Box) -> float:
    """Area of the box."""
    return (box[2] - box[0]) * (box[3] - box[1])


def segment_meets(start: tuple[float, float], end: tuple[float, float], box: Box) -> bool:
    """Whether the straight line from ``start`` to ``end`` touches ``box`` (Liang-Barsky clipping)."""
    enter, leave = 0.0, 1.0
    for axis in (0, 1):
        step = end[axis] - start[axis]
        low, high = box[axis] - start[axis], box[axis + 2] - start[axis]
        if step == 0:
            if low > 0 or high < 0:
                return False
            continue
        first, last = sorted((low / step, high / step))
        enter, leave = max(enter, first), min(leave, last)
    return enter <= leave
