"""Changes of a scene, one method each, and the notices that tell of them.

What keeps its boxes stays exactly where it is; what loses them is laid out anew around the rest.
"""

from collections.abc import Iterable
from dataclasses import replace
from typing import Final

from bots.planning.grammar.draft import MAX_INSTANCES, Draft
from bots.planning.grammar.lexemes import Noun
from bots.planning.grammar.sentence import place_scene
from bots.planning.naming import called, color_words, one, pair
from bots.planning.revisions.geometry import CARRIED, exchanged, shifted, with_carried
from bots.planning.revisions.steps import Step, way_of
from generator.scene import (
    TRANSPARENT,
    Arrangement,
    Background,
    Kind,
    Notice,
    Place,
    Relation,
    RelationKind,
    Scene,
    SceneObject,
    Size,
)
from moderation.types import Locale

SIZES: Final = tuple(Size)
_LONGER: Final = 1.5  # text longer than so many times the old one does not fit its old box well


class Editor:
    """A scene under revision.

    Attributes:
        scene: As it stands now.
        changes: What was changed, in order.
        it: Ids that "it" and "them" mean.
    """

    def __init__(self, scene: Scene, it: tuple[str, ...] = (), locale: Locale = "en") -> None:
        """Start from ``scene``; ``it`` is what was changed or named last, ``locale`` the language of the names told."""
        self.locale = locale
        self.scene = scene
        self.changes: list[Notice] = []
        self.it = it

    def name(self, identity: str) -> str:
        """What to call an object, in the language of the conversation."""
        item = self.scene.find(identity)
        return identity if item is None else called(item, self.locale)

    def recolor(self, identity: str, color: str) -> None:
        """Give it that colour; nothing else changes."""
        item = self._get(identity)
        before = color_words(item.color, self.locale) if item.color else "none"
        self._set(identity, color=color)
        self._tell("changed-color", identity, before=before, after=color_words(color, self.locale))

    def move_to(self, identity: str, place: Place) -> None:
        """Put it somewhere on the canvas."""
        self._unbind(identity)
        self._set(identity, at=place)
        self._resolve([identity])
        self._tell("moved-to", identity, place=place.value.replace(" ", "_"))

    def move_by(self, identity: str, kind: RelationKind, objects: tuple[str, ...]) -> None:
        """Put it somewhere beside another object."""
        self._unbind(identity)
        self._set(identity, at=None)
        relation = Relation(kind=kind, subject=identity, objects=objects)
        self.scene = replace(self.scene, relations=(*self.scene.relations, relation))
        self._resolve([identity])
        others = pair([self.name(each) for each in objects], self.locale)
        self._tell("moved-by", identity, relation=kind.value, other=others)

    def shift(self, identity: str, step: Step) -> None:
        """Move it by a step from where it stands, with what it carries; nothing else moves."""
        self._unbind(identity)
        self._set(identity, at=None)
        self.scene = shifted(self.scene, identity, step.right, step.down)
        self._tell("shifted", identity, way=way_of(step))

    def exchange(self, first: str, second: str) -> None:
        """Let two objects change places."""
        self.scene = exchanged(self.scene, first, second)
        self._tell("exchanged", first, other=self.name(second))

    def arrange(self, identity: str, arrangement: Arrangement) -> None:
        """Let its instances stand in a row or column."""
        self._set(identity, arrangement=arrangement, grid=None)
        self._resolve([identity])
        self._tell("rearranged", identity, arrangement=arrangement.value)

    def resize(self, identity: str, size: Size) -> None:
        """Give it another size."""
        self._set(identity, size=size)
        self._resolve([identity])
        self._tell("changed-scale", identity, size=size.value)

    def scale(self, identity: str, steps: int) -> None:
        """Make it bigger or smaller by steps of about 1.5 times."""
        index = SIZES.index(self._get(identity).size) + steps
        self.resize(identity, SIZES[max(0, min(index, len(SIZES) - 1))])

    def recount(self, identity: str, count: int) -> None:
        """Have it so many times; none removes it."""
        if count < 1:
            self.remove(identity)
            return
        before, name = self._get(identity).count, self.name(identity)
        arrangement = self._get(identity).arrangement
        kept = Arrangement.CLUSTER if arrangement is Arrangement.GRID else arrangement
        self._set(identity, count=min(count, MAX_INSTANCES), arrangement=kept, grid=None)
        self._resolve([identity])
        many = self.name(identity) if count > 1 else name  # "apples: 3 → 1"
        self._tell("changed-count", identity, name=many, before=str(before), after=str(min(count, MAX_INSTANCES)))

    def remove(self, identity: str) -> None:
        """Take it out, with its relations and the labels on it."""
        self._tell("removed", identity)
        labels = [
            relation.subject
            for relation in self.scene.relations
            if identity in relation.objects
            and relation.kind is RelationKind.ON
            and self._get(relation.subject).kind is Kind.TEXT
        ]
        gone = {identity, *labels}
        self.scene = replace(
            self.scene,
            objects=tuple(item for item in self.scene.objects if item.id not in gone),
            relations=tuple(one for one in self.scene.relations if gone.isdisjoint((one.subject, *one.objects))),
        )
        self.it = tuple(one for one in self.it if one not in gone)

    def substitute(self, identity: str, noun: Noun, color: str | None) -> None:
        """Draw something else in its place; relations stay, the id follows the new noun."""
        before = self.name(identity)
        draft = Draft.over(self.scene)
        fresh = draft.unused_id(noun.name)
        self._set(identity, id=fresh, art=noun.art, label=noun.label, color=color)
        self.scene = replace(
            self.scene,
            relations=tuple(
                replace(
                    one,
                    subject=fresh if one.subject == identity else one.subject,
                    objects=tuple(fresh if each == identity else each for each in one.objects),
                )
                for one in self.scene.relations
            ),
        )
        count, name = self._get(fresh).count, one(self._get(fresh), self.locale)
        self._tell("replaced", fresh, before=before, after=self.name(fresh) if count > 1 else name, count=count)

    def retext(self, identity: str, text: str) -> None:
        """Change its words; the box stays unless they would be squeezed."""
        item = self._get(identity)
        squeezed = len(text) > _LONGER * len(item.text or "")
        self._set(identity, text=text, boxes=() if squeezed else item.boxes)
        self.changes.append(Notice(key="changed-text", args={"before": item.text or "", "after": text, "id": identity}))
        self.it = (identity,)

    def flip(self, identity: str) -> None:
        """Mirror it."""
        self._set(identity, flip=not self._get(identity).flip)
        self._tell("flipped", identity)

    def rotate(self, identity: str, degrees: float) -> None:
        """Turn it clockwise."""
        self._set(identity, angle=(self._get(identity).angle + degrees) % 360)
        self._resolve([identity])
        self._tell("rotated", identity, degrees=f"{degrees:g}")

    def outline(self, identity: str, color: str) -> None:
        """Give it a contour."""
        self._set(identity, outline=color)
        self._tell("outlined", identity, color=color_words(color, self.locale))

    def add(self, draft: Draft) -> None:
        """Take over what a draft over this scene has added."""
        self.scene = place_scene(draft, self.scene)
        for item in draft.added:
            self._tell("added", item.id, count=item.count)
        self.it = tuple(item.id for item in draft.added) or self.it

    def isolate(self, identities: tuple[str, ...], *, sticker: bool) -> None:
        """Keep only these, on nothing, laid out anew."""
        kept = tuple(replace(item, boxes=(), at=None) for item in self.scene.objects if item.id in identities)
        relations = tuple(one for one in self.scene.relations if {one.subject, *one.objects} <= set(identities))
        self.scene = replace(
            self.scene,
            objects=kept,
            relations=relations,
            grid=None,
            background=TRANSPARENT,
            style="sticker" if sticker else self.scene.style,
        )
        for identity in identities:
            self._tell("isolated", identity)
        self.it = identities

    def set_background(self, background: Background) -> None:
        """Another background; everything stays."""
        if background == self.scene.background:
            return
        self.scene = replace(self.scene, background=background)
        shades = background if isinstance(background, tuple) else (background,)
        said = " → ".join(color_words(shade, self.locale) for shade in shades)
        self.changes.append(Notice(key="changed-background", args={"background": said}))

    def set_style(self, style: str) -> None:
        """Another style; everything stays."""
        if style != self.scene.style:
            self.scene = replace(self.scene, style=style)
            self.changes.append(Notice(key="changed-style", args={"style": style}))

    def set_size(self, width: int, height: int) -> None:
        """Another canvas: everything is laid out anew."""
        if (width, height) == (self.scene.width, self.scene.height):
            return
        self.scene = replace(clear_boxes(self.scene), width=width, height=height)
        self.changes.append(Notice(key="changed-canvas", args={"width": str(width), "height": str(height)}))

    def _get(self, identity: str) -> SceneObject:
        item = self.scene.find(identity)
        if item is None:
            raise KeyError(identity)
        return item

    def _set(self, identity: str, **fields: object) -> None:
        objects = tuple(
            replace(item, **fields) if item.id == identity else item  # type: ignore[arg-type]  # fields of SceneObject
            for item in self.scene.objects
        )
        self.scene = replace(self.scene, objects=objects)

    def _tell(self, key: str, identity: str, **args: str | float) -> None:
        self.changes.append(Notice(key=key, args={"object": self.name(identity), "id": identity, **args}))
        self.it = (identity,)

    def _unbind(self, identity: str) -> None:
        """Free it from the relations that held it where it was; what stands on it or in it still does."""
        self.scene = replace(
            self.scene,
            relations=tuple(
                one
                for one in self.scene.relations
                if one.subject != identity and (identity not in one.objects or one.kind in CARRIED)
            ),
        )

    def _resolve(self, identities: Iterable[str]) -> None:
        """Forget the boxes of these and of what they carry."""
        loose = with_carried(self.scene, identities)
        self.scene = replace(
            self.scene,
            objects=tuple(replace(item, boxes=()) if item.id in loose else item for item in self.scene.objects),
        )


def clear_boxes(scene: Scene) -> Scene:
    """``scene`` with nothing laid out."""
    return replace(scene, objects=tuple(replace(item, boxes=()) for item in scene.objects))
