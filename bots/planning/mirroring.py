"""Mirrored drawings: what makes another picture of the same things where there is little to arrange anew."""

import random
from dataclasses import replace
from typing import Final

from generator.scene import Kind, Scene, SceneObject
from generator.sketch.nouns import by_art

MIRRORED: Final = frozenset({"animal", "clothing", "food", "nature", "person", "plant", "vehicle"})
"""Groups of drawings that look as right in a mirror; others may bear letters or be symbols."""

_NOT_MIRRORED: Final = frozenset({"1f695", "1f6d1"})
"""Those with letters: taxi, stop sign."""


def mirrored(scene: Scene, seed: int) -> Scene:
    """The scene with some of its drawings the other way around, by chance, but not the same ones as before."""
    able = [item for item in scene.objects if _can_be(item)]
    if not able:
        return scene
    chance = random.Random(seed)
    turned = {item.id for item in able if chance.random() < 0.5} or {chance.choice(able).id}
    objects = (replace(item, flip=not item.flip) if item.id in turned else item for item in scene.objects)
    return replace(scene, objects=tuple(objects))


def _can_be(item: SceneObject) -> bool:
    if item.kind is not Kind.ART or item.art is None or item.art in _NOT_MIRRORED:
        return False
    noun = by_art(item.art)
    return noun is not None and noun.group in MIRRORED
