"""The scene while its sentence is being read: objects with stable ids, relations, and what could not be drawn.

Readers of both languages write into a draft; what a sentence means is theirs, what a scene may hold is decided here.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Final

from bots.planning.grammar.lexemes import Noun
from generator.scene import Arrangement, Kind, Notice, Place, Relation, RelationKind, Scene, SceneObject, Size, TextRole

MAX_OBJECTS: Final = 60  # more are told, not drawn: the solver's time grows with the square
MAX_INSTANCES: Final = 100  # of one object

_TEXT_NAMES: Final = {
    TextRole.TITLE: "title",
    TextRole.SUBTITLE: "subtitle",
    TextRole.CAPTION: "caption",
    TextRole.LABEL: "label",
    TextRole.BODY: "text",
}
_ON_TEXT_WEIGHT: Final = {TextRole.TITLE: 900, TextRole.SUBTITLE: 600, TextRole.CAPTION: 500, TextRole.BODY: 500}


@dataclass(slots=True, kw_only=True)
class Phrase:
    """The modifiers of a noun that is still to come, or what was said about it after."""

    count: int | None = None
    color: str | None = None
    size: Size | None = None
    at: Place | None = None
    arrangement: Arrangement | None = None
    definite: bool = False
    negated: bool = False

    @property
    def plain(self) -> bool:
        """Nothing was said that would make it a thing of its own."""
        return self.count is None and self.color is None and self.size is None

    @property
    def open(self) -> bool:
        """Some modifier waits for its noun."""
        return not self.plain or self.definite or self.arrangement is not None


@dataclass(slots=True, kw_only=True)
class Draft:
    """A scene in the making.

    Attributes:
        objects: In the order they were named.
        known: How many of ``objects`` were there before this sentence.
        unknown: Nouns without a drawing.
        deeds: Poses and interactions, which are not drawn.
        traits: Qualities that no drawing shows.
        it: What "it" means before anything is named.
        grid: Rows and columns asked for, not yet given to the scene or to one object.
    """

    objects: list[SceneObject] = field(default_factory=list)
    relations: list[Relation] = field(default_factory=list)
    known: int = 0
    unknown: list[str] = field(default_factory=list)
    deeds: list[str] = field(default_factory=list)
    traits: list[str] = field(default_factory=list)
    unmet: list[Notice] = field(default_factory=list)
    notes: list[Notice] = field(default_factory=list)
    grid: tuple[int, int] | None = None
    grid_from: int = 0
    it: tuple[str, ...] = ()
    _nouns: dict[str, str] = field(default_factory=dict)  # object id -> English noun

    def before(self, identity: str) -> str | None:
        """What "it" means right after that object was named: the one named before it, or what that one stands at.

        None if what was named there may have no drawing.
        """
        named = [item.id for item in self.objects[self.known :]]
        place = named.index(identity) if identity in named else 0
        if self.unknown or place == 0:
            return None
        earlier = named[place - 1]
        return next((one.objects[0] for one in self.relations if one.subject == earlier), earlier)

    @classmethod
    def over(cls, scene: Scene) -> "Draft":
        """A draft that adds to ``scene``."""
        draft = cls(objects=list(scene.objects), relations=list(scene.relations), known=len(scene.objects))
        draft._nouns = {item.id: item.id.rstrip("0123456789").replace("_", " ") for item in scene.objects}
        return draft

    @property
    def added(self) -> tuple[SceneObject, ...]:
        """What this sentence named that was not there before."""
        return tuple(self.objects[self.known :])

    def thing(self, noun: Noun, phrase: Phrase) -> str:
        """The id of a new object, or of the one that a definite phrase names again."""
        again = self.find(noun.name, phrase.color) if phrase.definite else None
        if again is not None:
            self._describe(again, phrase)
            return again
        count = phrase.count if phrase.count is not None else (3 if noun.plural else 1)
        if count > MAX_INSTANCES:
            self.unmet.append(Notice(key="too-many-instances", args={"noun": noun.label, "limit": MAX_INSTANCES}))
        identity = self.unused_id(noun.name)
        self._nouns[identity] = noun.name
        if noun.drawn_as is not None:
            self.notes.append(Notice(key="drawn-as", args={"noun": noun.label, "drawing": noun.drawn_as}))
        self._add(
            SceneObject(
                id=identity,
                label=noun.label,
                art=noun.art,
                color=phrase.color,
                count=max(1, min(count, MAX_INSTANCES)),
                size=phrase.size or Size.MEDIUM,
                at=phrase.at,
                arrangement=phrase.arrangement or Arrangement.CLUSTER,
            )
        )
        return identity

    def twin(self, identity: str) -> str:
        """The id of a second object like that one."""
        item = self.get(identity)
        noun = self._nouns[identity]
        second = self.unused_id(noun)
        self._nouns[second] = noun
        self._add(replace(item, id=second, boxes=()))
        return second

    def text(self, text: str, role: TextRole, phrase: Phrase) -> str:
        """The id of a new text block."""
        identity = self.unused_id(_TEXT_NAMES[role])
        self._add(
            SceneObject(
                id=identity,
                kind=Kind.TEXT,
                label=_TEXT_NAMES[role],
                text=text,
                role=role,
                color=phrase.color,
                size=phrase.size or Size.MEDIUM,
                at=phrase.at,
                weight=_ON_TEXT_WEIGHT.get(role, 700),
            )
        )
        return identity

    def other(self, kind: Kind, name: str, phrase: Phrase, **fields: object) -> str:
        """The id of a new image, chart or card named ``name``."""
        identity = self.unused_id(name)
        item = SceneObject(id=identity, kind=kind, label=name, size=phrase.size or Size.MEDIUM, at=phrase.at)
        self._add(replace(item, **fields))  # type: ignore[arg-type]  # the callers name fields of SceneObject
        return identity

    def get(self, identity: str) -> SceneObject:
        """The object of that id."""
        return next(item for item in self.objects if item.id == identity)

    def find(self, name: str, color: str | None = None) -> str | None:
        """The newest object of that English noun, and of that colour if one is said."""
        for item in reversed(self.objects):
            if self._nouns.get(item.id) == name and (color is None or item.color == color):
                return item.id
        return None

    def change(self, identities: Iterable[str], **fields: object) -> None:
        """Set fields of objects."""
        chosen = set(identities)
        self.objects = [
            replace(item, **fields) if item.id in chosen else item  # type: ignore[arg-type]  # fields of SceneObject
            for item in self.objects
        ]

    def role(self, identity: str, role: TextRole) -> str:
        """Give a text block another role, and the id that goes with it; returns that id."""
        if self.get(identity).role is role:
            return identity
        renamed = self.unused_id(_TEXT_NAMES[role])
        self.change([identity], id=renamed, role=role, label=_TEXT_NAMES[role], weight=_ON_TEXT_WEIGHT.get(role, 700))
        return renamed

    def relate(self, kind: RelationKind, subjects: Iterable[str], objects: tuple[str, ...]) -> None:
        """Demand a relation for each subject; an object is never related to itself."""
        for subject in subjects:
            relation = Relation(kind=kind, subject=subject, objects=objects)
            if subject not in objects and relation not in self.relations:
                self.relations.append(relation)

    def has_title(self) -> bool:
        """Whether some text is the title already."""
        return any(item.role is TextRole.TITLE and item.kind is Kind.TEXT for item in self.objects)

    def _describe(self, identity: str, phrase: Phrase) -> None:
        if phrase.at is not None:
            self.change([identity], at=phrase.at)

    def _add(self, item: SceneObject) -> None:
        self.objects.append(item)

    def unused_id(self, name: str) -> str:
        """An id after that English noun which no object has."""
        base = name.lower().replace(" ", "_").replace("-", "_")
        taken = {item.id for item in self.objects}
        number = 1
        while f"{base}{number}" in taken:
            number += 1
        return f"{base}{number}"
