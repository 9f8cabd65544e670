"""Which writing gets a band or column of its own, rather than a place among the objects."""

from generator.scene import Kind, Place, Scene, SceneObject, TextRole
from generator.sketch.layout.checks import OVERLAPPING


def is_band(item: SceneObject, scene: Scene) -> bool:
    """Whether the object is writing that gets a band or column of its own, rather than a place among the objects."""
    if item.kind is not Kind.TEXT:
        return False
    others = any(other.kind is not Kind.TEXT for other in scene.objects)
    if others and item.at is Place.CENTER:
        return False
    if item.role in {TextRole.TITLE, TextRole.SUBTITLE, TextRole.CAPTION}:
        return True
    related = any(
        relation.subject == item.id or (item.id in relation.objects and relation.kind not in OVERLAPPING)
        for relation in scene.relations
    )
    return not related or item.at is not None
