"""Korean lexemes to a draft scene.

Korean puts every quality before the noun, the count after it, and relation words after the object of the relation:
"차 왼쪽에 사과" is an apple left of the car, and so is "사과를 차 왼쪽에". A noun directly before a relation word is its
object; a noun marked by 을, 를, 이, 가, 은, 는 is what the clause places; else the next noun is.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from bots.planning.grammar.draft import Draft, Phrase
from bots.planning.grammar.insets import Inset
from bots.planning.grammar.korean_words import CONTAINERS, SKY
from bots.planning.grammar.lexemes import (
    Case,
    Deed,
    GridOf,
    Group,
    Heading,
    InsetAt,
    Lexeme,
    Line,
    Mark,
    Number,
    Quote,
    Scale,
    Spot,
    Thing,
    Tint,
    Trait,
    Unknown,
    Upload,
)
from bots.planning.grammar.nouns import korean_label, some_of
from generator.scene import Arrangement, Kind, Notice, RelationKind, TextRole


class KoreanReader:
    """Reads one text into a draft."""

    def __init__(self, draft: Draft, images: Sequence[str] = (), insets: Sequence[Inset] = ()) -> None:
        """Write into ``draft``; ``images`` and ``insets`` are what the text's tokens count through."""
        self.draft = draft
        self._images = images
        self._insets = insets
        self._phrase = Phrase()
        self._stash: list[Phrase] = []
        self._coordinated: list[str] = []  # 고양이와 …
        self._adjacent: list[str] = []  # the noun phrase right before, not marked
        self._marked: list[str] = []  # what this clause places
        self._listed: list[str] = []  # all that was named since the sentence began, for rows
        self._awaiting: tuple[RelationKind, tuple[str, ...]] | None = None
        self._lost = False
        self._last: str | None = draft.it[-1] if draft.it else None
        self._heading: TextRole | None = None
        self._label_on: str | None = None
        self._pending_label: str | None = None
        self._bare_text: str | None = None
        self._lexemes: Sequence[Lexeme] = ()
        self._index = 0

    @property
    def newest(self) -> str | None:
        """The object named last."""
        return self._last

    def read(self, lexemes: Sequence[Lexeme]) -> None:
        """Take in all lexemes of a text."""
        handlers: dict[type, Callable[[Any], None]] = {
            Thing: self._thing,
            Unknown: self._unknown,
            Tint: self._tint,
            Number: self._number,
            Scale: self._scale,
            Spot: self._spot,
            Deed: self._do,
            Trait: lambda trait: self.draft.traits.append(trait.words),
            Line: self._line,
            GridOf: self._grid,
            Quote: self._quote,
            Heading: self._head_of_text,
            Upload: self._upload,
            InsetAt: self._inset,
            Group: self._kinds,
            Mark: self._mark,
        }
        self._lexemes = lexemes
        for self._index, lexeme in enumerate(lexemes):
            handlers[type(lexeme)](lexeme)
        self._end_clause()

    # Nouns

    def _thing(self, thing: Thing) -> None:
        phrase, self._phrase = self._phrase, Phrase()
        following = self._peek(1)
        case = thing.case
        if isinstance(following, Number) and following.counter and case in (Case.BARE, Case.MARKED):
            phrase.count = following.value
            case = following.case if case is Case.BARE else case
        if following is Mark.NOT or (isinstance(following, Number) and self._peek(2) is Mark.NOT):
            return
        stash, self._stash = self._stash, []
        for earlier in stash:
            self._coordinated.append(self.draft.thing(thing.noun, earlier))
        phrase.definite = phrase.plain and self._names_again()
        identity = self.draft.thing(thing.noun, phrase)
        self._close(identity, case)

    def _names_again(self) -> bool:
        return isinstance(self._peek(1), Spot) or bool(self._listed)

    def _close(self, identity: str, case: Case) -> None:
        """End a noun phrase in its case."""
        self._last = identity
        self._bare_text = None
        self._listed.append(identity)
        if self._pending_label is not None:
            self.draft.relate(RelationKind.ON, (self._pending_label,), (identity,))
            self._pending_label = None
        group = [*self._coordinated, identity]
        if case is Case.AND or self._join_follows():
            self._coordinated = group
            return
        self._coordinated = []
        self._adjacent = []
        if case is Case.AT:
            self._at(group)
        elif case is Case.MARKED:
            self._marked += group
            self._subject(group)
        else:
            self._adjacent = group
            if not self._spot_follows():
                self._subject(group)

    def _subject(self, group: list[str]) -> None:
        """The subject that a relation before it has been waiting for."""
        if self._awaiting is None:
            return
        (kind, objects), self._awaiting = self._awaiting, None
        self._relate(kind, group, objects)

    def _at(self, group: list[str]) -> None:
        """상자에: in or on it comes what the clause places, or the noun or the words that follow."""
        self._label_on = group[-1]
        inside = any(
            self.draft.get(identity).id.rstrip("0123456789").replace("_", " ") in CONTAINERS for identity in group
        )
        kind = RelationKind.INSIDE if inside else RelationKind.ON
        if self._marked:
            self._relate(kind, self._marked, tuple(group[-1:]))
        else:
            self._awaiting = (kind, tuple(group[-1:]))

    def _relate(self, kind: RelationKind, subjects: Sequence[str], objects: tuple[str, ...]) -> None:
        """위에 is on for what stands and above for what flies."""
        for subject in subjects:
            flies = subject.rstrip("0123456789").replace("_", " ") in SKY
            meant = RelationKind.ABOVE if kind is RelationKind.ON and flies else kind
            if kind is RelationKind.BETWEEN:
                self.draft.relate(meant, (subject,), objects[:2])
                continue
            for one in objects:
                self.draft.relate(meant, (subject,), (one,))

    # Qualities

    def _tint(self, tint: Tint) -> None:
        if tint.after and self._last is not None:
            self.draft.change((self._last,), color=tint.color)
        elif self._phrase.color is None:
            self._phrase.color = tint.color
        else:
            self._stash.append(self._phrase)
            self._phrase = Phrase(color=tint.color)

    def _number(self, number: Number) -> None:
        previous = self._lexemes[self._index - 1] if self._index else None
        if not (number.counter and isinstance(previous, Thing) and previous.case in (Case.BARE, Case.MARKED)):
            self._phrase.count = number.value

    def _scale(self, scale: Scale) -> None:
        if self._noun_follows() or self._last is None:
            self._phrase.size = scale.size
        else:
            self.draft.change((self._last,), size=scale.size)

    def _unknown(self, unknown: Unknown) -> None:
        self.draft.unknown.append(unknown.word)
        self._phrase = Phrase()
        self._awaiting = None
        self._adjacent = []
        self._lost = self._spot_follows()

    # Places, relations, arrangements

    def _spot(self, spot: Spot) -> None:
        if self._lost:  # the place is one of a thing that cannot be drawn
            self._lost = False
            return
        objects, self._adjacent = self._adjacent, []
        texts = bool(objects) and all(self.draft.get(identity).kind is Kind.TEXT for identity in objects)
        if objects and spot.relation is not None and not (texts and spot.place is not None):
            self._relation(spot.relation, objects)
        elif spot.place is not None:
            self._place(spot, objects)
        elif self._last is not None and spot.relation is not None:
            self._relation(spot.relation, [self._last])

    def _relation(self, kind: RelationKind, objects: list[str]) -> None:
        if kind is RelationKind.BETWEEN:
            objects = self._pair(objects)
        subjects = [identity for identity in self._marked if identity not in objects]
        if subjects:
            self._relate(kind, subjects, tuple(objects))
        else:
            self._awaiting = (kind, tuple(objects))

    def _pair(self, objects: list[str]) -> list[str]:
        """So "나무 두 그루 사이에" needs two trees."""
        item = self.draft.get(objects[-1])
        if len(objects) > 1 or item.count != 2 or item.art is None:
            return objects
        self.draft.change(objects, count=1)
        return [*objects, self.draft.twin(item.id)]

    def _place(self, spot: Spot, objects: list[str]) -> None:
        if objects or self._marked:
            self.draft.change(objects or self._marked, at=spot.place)
            self._marked = []
        elif self._noun_follows() or self._last is None:
            self._phrase.at = spot.place
        else:
            self.draft.change((self._last,), at=spot.place)

    def _line(self, line: Line) -> None:
        if len(self._listed) > 1 and line.arrangement is Arrangement.ROW:
            self.draft.relate(RelationKind.IN_ROW, self._listed[:1], tuple(self._listed[1:]))
        elif self._last is not None:
            self.draft.change((self._last,), arrangement=line.arrangement)
        else:
            self._phrase.arrangement = line.arrangement

    def _grid(self, grid: GridOf) -> None:
        self.draft.grid = (grid.rows, grid.columns)
        self.draft.grid_from = len(self.draft.objects) if self._last is None else self.draft.known

    def _do(self, deed: Deed) -> None:
        """An interaction: what it joins is drawn side by side."""
        self.draft.deeds.append(deed.words)
        partners = self._marked or self._adjacent or self._coordinated
        if len(partners) > 1:
            self.draft.relate(RelationKind.NEXT_TO, partners[:1], (partners[1],))
        elif partners and self._noun_follows():
            self._awaiting = (RelationKind.NEXT_TO, tuple(partners))
            self._marked = []

    # Texts and images

    def _head_of_text(self, heading: Heading) -> None:
        if self._bare_text is not None and heading.role is not TextRole.BODY:
            self._last = self.draft.role(self._bare_text, heading.role)
            self._marked = [self._last if one == self._bare_text else one for one in self._marked]
            self._bare_text = None
            return
        self._heading = heading.role

    def _quote(self, quote: Quote) -> None:
        heading, self._heading = self._heading, None
        bearer, self._label_on = self._label_on, None
        phrase, self._phrase = self._phrase, Phrase()
        if heading in (None, TextRole.BODY, TextRole.LABEL) and (bearer is not None or self._says_and_noun()):
            label = self.draft.text(quote.text, TextRole.LABEL, phrase)
            self._awaiting = None
            if bearer is not None:
                self.draft.relate(RelationKind.ON, (label,), (bearer,))
            else:
                self._pending_label = label
            return
        titled = self.draft.has_title()
        role = heading if heading not in (None, TextRole.BODY) else TextRole.BODY if titled else TextRole.TITLE
        identity = self.draft.text(quote.text, role or TextRole.BODY, phrase)
        self._last = identity
        self._subject([identity])
        self._adjacent = [identity]
        self._bare_text = identity if heading is None else None

    def _says_and_noun(self) -> bool:
        """So "⟦0⟧라고 적힌 표지판": the sign comes after its words."""
        distance, said = 1, False
        while self._peek(distance) in (Mark.SAYS, Mark.FILLER):
            said = said or self._peek(distance) is Mark.SAYS
            distance += 1
        while isinstance(self._peek(distance), (Tint, Scale, Number)):
            distance += 1
        return said and isinstance(self._peek(distance), Thing)

    def _upload(self, upload: Upload) -> None:
        chosen = self._images if upload.index is None else self._images[upload.index : upload.index + 1]
        phrase, self._phrase = self._phrase, Phrase()
        for digest in chosen:
            same = next((item.id for item in self.draft.objects if item.image == digest), None)
            identity = same or self.draft.other(Kind.IMAGE, "image", phrase, image=digest)
            self._close(identity, Case.BARE if self._spot_follows() else Case.MARKED)

    def _inset(self, at: InsetAt) -> None:
        inset = self._insets[at.index]
        phrase, self._phrase = self._phrase, Phrase()
        name = "chart" if inset.kind is Kind.CHART else "card"
        self._close(self.draft.other(inset.kind, name, phrase, data=inset.data), Case.MARKED)

    def _kinds(self, group: Group) -> None:
        following = self._peek(1)
        after = following.value if isinstance(following, Number) else None
        grid = self.draft.grid
        count = after or self._phrase.count or (grid[0] * grid[1] if grid else None)
        self._phrase = Phrase()
        if self._list_follows():
            return
        if count is None:
            self.draft.unknown.append(group.name)
            return
        nouns = [replace(noun, label=korean_label(noun.art) or noun.label) for noun in some_of(group.name)[:count]]
        self.draft.notes.append(Notice(key="chosen-by-us", args={"nouns": ", ".join(noun.label for noun in nouns)}))
        for noun in nouns:
            self._last = self.draft.thing(noun, Phrase())

    # Connectors

    def _mark(self, mark: Mark) -> None:
        if mark in (Mark.COMMA, Mark.STOP, Mark.COLON):
            self._end_clause()
            if mark is Mark.STOP:
                self._listed = []
        elif mark is Mark.CANVAS:
            self._adjacent = []
            self._phrase = Phrase(at=self._phrase.at)
        elif mark is Mark.AND and self._phrase.color is not None:
            self._stash.append(self._phrase)
            self._phrase = Phrase()

    def _end_clause(self) -> None:
        self._coordinated, self._adjacent, self._marked = [], [], []
        self._awaiting = None
        self._label_on = None
        self._stash = []
        self._phrase = Phrase()

    # Looking ahead

    def _peek(self, distance: int) -> Lexeme | None:
        index = self._index + distance
        return self._lexemes[index] if index < len(self._lexemes) else None

    def _after_count(self) -> int:
        """How far the next lexeme is that is not this noun's count."""
        following = self._peek(1)
        return 2 if isinstance(following, Number) and following.counter else 1

    def _spot_follows(self) -> bool:
        return isinstance(self._peek(self._after_count()), Spot)

    def _join_follows(self) -> bool:
        return self._peek(self._after_count()) is Mark.AND

    def _noun_follows(self) -> bool:
        distance = 1
        while isinstance(following := self._peek(distance), (Number, Scale, Tint, Trait)) or following is Mark.FILLER:
            distance += 1
        return isinstance(self._peek(distance), (Thing, Heading, Quote, Upload))

    def _list_follows(self) -> bool:
        distance = self._after_count()
        while self._peek(distance) in (Mark.FILLER, Mark.COLON, Mark.COMMA):
            distance += 1
        return isinstance(self._peek(distance), (Thing, Tint))
