"""Whether every object is there, as often as asked and where its boxes say.

The proof: the scene drawn again without an object differs from the whole scene drawn again in that object's boxes,
visibly and only there; and the delivered pixels side with the whole scene.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from generator.checks.comparison import Comparison, compare, grown
from generator.checks.pixels import Mask, Picture, Rgb, covered, span
from generator.checks.redrawing import Part, counted, groups, without
from generator.engine import Redraws
from generator.errors import GeneratorError
from generator.receipt import ReceiptLine
from generator.scene import Box, Kind, Scene, SceneObject

REDRAW_SIDE = 320  # px
_MAX_REDRAWS = 40
_MIN_AREA = 3  # px of the redraw
_MIN_STRENGTH = 8.0  # of 255, mean change that still counts as visible
_SHOWN = 0.75  # of a part's solid pixels
_STRAY = 0.03  # of a part's area: more than this beside it means that it was drawn elsewhere
_STRAY_PIXELS = 6
_REACH = 0.06  # of the redraw's longest side: strays further from every box belong to no object


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Presence:
    """Where an object shows, ``(h, w)`` at the size of the redraws, and whether the delivered image shows it."""

    visible: bool
    mask: Mask


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Findings:
    """The lines, and by object id what other checks build upon (empty if nothing could be drawn again)."""

    lines: tuple[ReceiptLine, ...]
    presences: Mapping[str, Presence] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Trace:
    part: Part
    own: Mask
    problem: str  # "", "missing", "hidden", "out of place"


def plan_redraws(scene: Scene) -> tuple[tuple[Part, ...], ...]:
    """The groups of parts to leave out, at most 39 so that with the whole scene there are 40 drawings."""
    return groups(scene, _MAX_REDRAWS - 1)


async def redraw(
    redraws: Redraws, scene: Scene, plan: Sequence[Sequence[Part]], references: Mapping[str, bytes]
) -> tuple[bytes, ...] | None:
    """The whole scene and the scene without each group, in one call; None if the engine could not."""
    try:
        return await redraws.redraw([scene, *(without(scene, group) for group in plan)], references, REDRAW_SIDE)
    except GeneratorError:
        return None


def unchecked(scene: Scene | None, why: str) -> Findings:
    """One line per object that says why it was not checked."""
    objects = () if scene is None else counted(scene)
    return Findings(lines=tuple(_line(item, f"not checked: {why}", None) for item in objects))


def check_objects(
    picture: Picture,
    scene: Scene,
    plan: Sequence[Sequence[Part]],
    redrawn: Sequence[bytes],
    backdrop: Rgb | None,
) -> Findings:
    """One line per object, and one for everything that no object explains.

    Args:
        picture: The delivered image.
        scene: The solved scene.
        plan: Which parts each partial redraw left out.
        redrawn: PNGs: the whole scene, then without each group of the plan.
        backdrop: The delivered image's single background color, if it has one.
    """
    seen = compare(picture, redrawn, backdrop)
    if seen is None or len(seen.changes) != len(plan):
        return unchecked(scene, "the redraw failed")
    traces = [trace for index, group in enumerate(plan) for trace in _traces(seen, scene, index, group)]
    explained = _explained(seen, scene, traces)
    moved = _background_moved(seen, scene)
    strays = np.zeros_like(explained) if moved else seen.unlike & ~explained
    owners, far = _assign(strays, scene, [trace.part for trace in traces])
    lines, presences = [], {}
    for item in counted(scene):
        mine = [(trace, owners[index]) for index, trace in enumerate(traces) if trace.part.object_id == item.id]
        lines.append(_judge(item, mine))
        if mine:
            presences[item.id] = Presence(
                visible=any(trace.problem in {"", "out of place"} for trace, _ in mine),
                mask=np.logical_or.reduce(
                    [trace.own for trace, _ in mine if trace.problem != "missing"] or [mine[0][0].own]
                ),
            )
    return Findings(lines=(*lines, _rest(picture, far, moved=moved)), presences=presences)


def _traces(seen: Comparison, scene: Scene, index: int, group: Sequence[Part]) -> list[_Trace]:
    """What leaving out one group shows about each of its parts."""
    trace = seen.trace(index)
    height, width = trace.shape
    siblings = [box for item in scene.objects if item.id in {part.object_id for part in group} for box in item.boxes]
    leak = trace & ~covered(_reduced(scene, trace, siblings), _margin(scene, width), width, height)
    leaks, _ = _assign(leak, scene, group)
    found = []
    for part, escaped in zip(group, leaks, strict=True):
        own = np.zeros_like(trace)
        area = span(_reduced(scene, trace, [part.box])[0], _margin(scene, width), width, height)
        own[area] = trace[area]
        found.append(_Trace(part=part, own=own, problem=_problem(seen, index, own, escaped)))
    return found


def _problem(seen: Comparison, index: int, own: Mask, escaped: int) -> str:
    area = int(own.sum())
    if area < _MIN_AREA or seen.strength(index, own) < _MIN_STRENGTH:
        return "out of place" if escaped > _MIN_AREA else "hidden"
    if seen.shown(index, own) < _SHOWN:
        return "missing"
    return "out of place" if escaped > max(_STRAY_PIXELS, _STRAY * area) else ""


def _explained(seen: Comparison, scene: Scene, traces: Sequence[_Trace]) -> Mask:
    """Where the delivered image may differ from the redraw for reasons that other checks judge: color and text."""
    height, width = seen.unlike.shape
    texts = [box for item in scene.objects if item.kind is Kind.TEXT for box in item.boxes]
    mask = covered(_reduced(scene, seen.unlike, texts), _margin(scene, width), width, height)
    for trace in traces:
        mask |= trace.own
    return grown(mask)


def _background_moved(seen: Comparison, scene: Scene) -> bool:
    """Whether most of the free area is not as redrawn: then strays say nothing about objects."""
    height, width = seen.unlike.shape
    boxes = [box for item in scene.objects for box in item.boxes]
    free = ~covered(_reduced(scene, seen.unlike, boxes), _margin(scene, width), width, height)
    return bool(free.any() and seen.unlike[free].mean() > 0.5)


def _assign(strays: Mask, scene: Scene, parts: Sequence[Part]) -> tuple[list[int], NDArray[np.int64]]:
    """How many stray pixels belong to each part, the nearest one, and the ``(y, x)`` of those near none."""
    points = np.argwhere(strays)
    if not len(points) or not parts:
        return [0] * len(parts), points
    boxes = np.array(_reduced(scene, strays, [part.box for part in parts]))
    y, x = points[:, :1] + 0.5, points[:, 1:] + 0.5
    across = np.maximum(np.maximum(boxes[:, 0] - x, x - boxes[:, 2]), 0)
    down = np.maximum(np.maximum(boxes[:, 1] - y, y - boxes[:, 3]), 0)
    distance = np.hypot(across, down)
    nearest = distance.argmin(axis=1)
    reach = np.maximum(_REACH * max(strays.shape), np.minimum(boxes[:, 2] - boxes[:, 0], boxes[:, 3] - boxes[:, 1]) / 2)
    near = distance.min(axis=1) <= reach[nearest]
    return list(np.bincount(nearest[near], minlength=len(parts))), points[~near]


def _judge(item: SceneObject, traces: Sequence[tuple[_Trace, int]]) -> ReceiptLine:
    if not traces:
        return _line(item, "not checked: no box" if not item.boxes else "not checked: too many objects", None)
    problems = []
    for trace, strays in traces:
        astray = strays > max(_STRAY_PIXELS, _STRAY * int(trace.own.sum()))
        problems.append(trace.problem or ("out of place" if astray else ""))
    visible = sum(problem in {"", "out of place"} for problem in problems)
    measured = f"{visible} of {item.count} visible"
    faults = sorted({problem for problem in problems if problem in {"hidden", "out of place"}})
    passed = visible == item.count and not faults
    return _line(item, ", ".join([measured, *faults]), passed if len(traces) == len(item.boxes) else None)


def _rest(picture: Picture, far: NDArray[np.int64], *, moved: bool) -> ReceiptLine:
    """Whether anything was drawn that no object explains."""
    asked = "nothing else"
    if moved:
        return ReceiptLine(check="object", asked=asked, measured="not checked: another background", passed=None)
    if len(far) <= _STRAY_PIXELS:
        return ReceiptLine(check="object", asked=asked, measured=asked, passed=True)
    scale = max(picture.width, picture.height) / REDRAW_SIDE
    (top, left), (bottom, right) = far.min(axis=0) * scale, (far.max(axis=0) + 1) * scale
    measured = f"something at {left:.0f}, {top:.0f} to {right:.0f}, {bottom:.0f}"
    return ReceiptLine(check="object", asked=asked, measured=measured, passed=False)


def _line(item: SceneObject, measured: str, passed: bool | None) -> ReceiptLine:  # noqa: FBT001  # the field's own type
    return ReceiptLine(check="object", asked=str(item.count), measured=measured, passed=passed, target=item.id)


def _margin(scene: Scene, width: int) -> float:
    """Two pixels of the delivered image and one of the redraw, whose edges are a pixel wide."""
    return 2 * width / scene.width + 1


def _reduced(scene: Scene, mask: Mask, boxes: Sequence[Box]) -> list[Box]:
    height, width = mask.shape
    across, down = width / scene.width, height / scene.height
    return [(x0 * across, y0 * down, x1 * across, y1 * down) for x0, y0, x1, y1 in boxes]
