"""Drawing order: what is behind is drawn before, what is on, in or in front is drawn after, writing last of all ties."""

from generator.scene import RelationKind, Scene, SceneObject
from generator.sketch.layout.orders import topological


def drawing_order(scene: Scene) -> tuple[SceneObject, ...]:
    """The scene's objects, moved no more than relations demand; in a contradiction the given order stays."""
    before: list[tuple[str, str]] = []
    for relation in scene.relations:
        for other in relation.objects:
            if relation.kind is RelationKind.BEHIND:
                before.append((relation.subject, other))
            elif relation.kind in {RelationKind.IN_FRONT_OF, RelationKind.ON, RelationKind.INSIDE}:
                before.append((other, relation.subject))
    by_id = {item.id: item for item in scene.objects}
    return tuple(by_id[name] for name in topological([item.id for item in scene.objects], before))
