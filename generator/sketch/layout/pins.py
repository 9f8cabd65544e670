"""A revision: what has its boxes stays, the rest finds its spot around it; only pins in the way are released.

It knows nothing of how a whole scene is composed; when nothing else works it asks for that.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace

from generator.scene import Box, Kind, Scene
from generator.sketch.layout.around import Attempt
from generator.sketch.layout.checks import holds, problems
from generator.sketch.layout.metrics import Metrics
from generator.sketch.layout.nesting import attachments

_ROUNDS = 6
"""How often pins are released before everything is solved anew."""

Pins = Mapping[str, tuple[Box, ...]]


def solve_around(scene: Scene, metrics: Metrics, pinned: Pins, afresh: Callable[[Pins], Scene]) -> Scene:
    """The scene with a box for every instance.

    Args:
        scene: Objects may keep their former boxes even if they are no pins (their count changed): a hint where they were.
        metrics: Sizes of drawings and text.
        pinned: Boxes by object id that stay if possible.
        afresh: Solves everything but the pins it is given, which are writing only.
    """
    around = _released_stepwise(scene, metrics, pinned)
    if around is not None:
        return around
    writing = {name: boxes for name, boxes in pinned.items() if _is_text(scene, name)}
    solved = afresh(writing)
    if writing and problems(solved):
        solved = min((solved, afresh({})), key=lambda found: len(problems(found)))
    possible = tuple(relation for relation in scene.relations if holds(relation, solved))
    if len(possible) < len(scene.relations):
        # What cannot be met anyway is no reason to move anything.
        calm = _released_stepwise(replace(scene, relations=possible), metrics, pinned)
        return solved if calm is None else replace(calm, relations=scene.relations)
    return solved


def _released_stepwise(scene: Scene, metrics: Metrics, pinned: Pins) -> Scene | None:
    """The scene solved around as many pins as possible, or None where that does not work out."""
    released = _misplaced(scene, pinned)
    for _ in range(_ROUNDS):
        kept = {name: boxes for name, boxes in pinned.items() if name not in released}
        if all(_is_text(scene, name) for name in kept):
            break
        attempt = Attempt(scene, metrics, kept)
        blockers = attempt.run()
        if not blockers and not attempt.failed:
            return attempt.scene()
        more = _with_dependants(scene, blockers - released, pinned)
        if not more:
            break
        released |= more
    return None


def _is_text(scene: Scene, name: str) -> bool:
    item = scene.find(name)
    return item is not None and item.kind is Kind.TEXT


def _misplaced(scene: Scene, pinned: Pins) -> set[str]:
    """Pins that cannot stay: their relation to another pin is broken, or what they belong to moves."""
    still = replace(scene, objects=tuple(replace(item, boxes=pinned.get(item.id, ())) for item in scene.objects))
    released = {
        relation.subject
        for relation in scene.relations
        if {relation.subject, *relation.objects} <= pinned.keys() and not holds(relation, still)
    }
    free = {item.id for item in scene.objects if item.id not in pinned}
    return _with_dependants(scene, released | free, pinned) & pinned.keys()


def _with_dependants(scene: Scene, names: set[str], pinned: Pins) -> set[str]:
    """Also what stands on, in, behind or in front of them."""
    links = attachments(scene.relations, {item.id for item in scene.objects})
    found = set(names)
    while more := {link.subject for link in links if link.host in found and link.subject in pinned} - found:
        found |= more
    return found
