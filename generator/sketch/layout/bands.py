"""Which writing gets a band or column of its own, rather than a place among the objects."""

from generator.scene import Kind, Scene, SceneObject, TextRole
from generator.sketch.layout.checks import OVERLAPPING
from generator.sketch.layout.regions import column_of, row_of


def is_band(item: SceneObject, scene: Scene) -> bool:
    """Whether the object is writing that gets a band or column of its own, rather than a place among the objects."""
    if item.kind is not Kind.TEXT:
        return False
    if item.role in {TextRole.TITLE, TextRole.SUBTITLE, TextRole.CAPTION}:
        return True
    others = any(other.kind is not Kind.TEXT for other in scene.objects)
    related = any(
        relation.subject == item.id or (item.id in relation.objects and relation.kind not in OVERLAPPING)
        for relation in scene.relations
    )
    if related and item.at is None:
        return False
    return not (others and item.at is not None and (column_of(item.at), row_of(item.at)) == (0.5, 0.5))
