"""Where the things of an English sentence stand: relations, places, rows and grids, and the lists they are about.

A relation remembers its subjects and waits for its object. Where a sentence is ambiguous the nearest noun wins, except
after "and": there the whole list is meant.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from bots.planning.grammar.draft import Draft, Phrase
from bots.planning.grammar.insets import Inset
from bots.planning.grammar.lexemes import Deed, GridOf, Line, Mark, Spot
from bots.planning.grammar.lookahead import Lookahead
from generator.scene import Arrangement, Place, RelationKind, TextRole

_DRAWN_INSTEAD: Final = RelationKind.NEXT_TO  # of an interaction


@dataclass(slots=True, kw_only=True)
class _Waiting:
    """A relation whose objects are still to come, or (``inverted``) whose subject is."""

    kind: RelationKind
    subjects: tuple[str, ...]
    fronted: bool
    deed: bool = False
    objects: tuple[str, ...] = ()
    inverted: bool = False


class EnglishRelations(Lookahead):
    """The state of a reading, and what relates its things; nouns and their qualities are its subclass's."""

    def __init__(self, draft: Draft, images: Sequence[str] = (), insets: Sequence[Inset] = ()) -> None:
        """Write into ``draft``; ``images`` and ``insets`` are what the text's tokens count through."""
        super().__init__()
        self.draft = draft
        self._images = images
        self._insets = insets
        self._phrase = Phrase()
        self._stash: list[Phrase] = []  # "red and yellow flowers": qualities of a noun that comes once
        self._group: list[str] = []  # what the next relation is about
        self._last: str | None = draft.it[-1] if draft.it else None
        self._head: tuple[str, ...] = ()
        self._waiting: _Waiting | None = None
        self._heading: TextRole | None = None
        self._says = False
        self._connector: Mark | None = Mark.STOP
        self._listed = Mark.STOP  # the connector that brought the newest member of the group
        self._bare_text: str | None = None

    @property
    def newest(self) -> str | None:
        """The object named last."""
        return self._last

    def _place(self, identity: str) -> None:
        """Give a new object its part in the sentence: object of a relation, its late subject, or member of a list."""
        self._last = identity
        self._bare_text = None
        waiting = self._waiting
        if waiting is not None and not waiting.inverted:
            self._connector = None
            self._complete(waiting, identity)
            return
        if waiting is not None:
            self.draft.relate(waiting.kind, (identity,), waiting.objects)
            self._waiting = None
            self._join_group(identity)
            return
        self._join_group(identity)

    def _join_group(self, identity: str) -> None:
        if self._connector in (Mark.AND, Mark.COMMA) and self._group:
            self._group.append(identity)
        else:
            self._group = [identity]
        self._listed = self._connector or Mark.STOP
        self._connector = None

    def _complete(self, waiting: _Waiting, identity: str) -> None:
        waiting.objects = (*waiting.objects, identity)
        if waiting.kind is RelationKind.BETWEEN and len(waiting.objects) < 2:
            return
        if waiting.deed and not waiting.subjects:
            self._waiting = None
            return
        if waiting.fronted and self._noun_follows():
            waiting.inverted = True
            self._group = []
            return
        self.draft.relate(waiting.kind, waiting.subjects, waiting.objects)
        self._head = waiting.subjects
        self._group = []
        self._waiting = None

    def _subjects(self) -> tuple[str, ...]:
        if not self._group:
            return (self._last,) if self._last is not None else ()
        return tuple(self._group) if self._listed is Mark.AND else (self._group[-1],)

    # Relations, places, arrangements

    def _spot(self, spot: Spot) -> None:
        if spot.relation is not None:
            self._relation(spot.relation, deed=False)
        elif spot.place is not None:
            self._position(spot.place)

    def _relation(self, kind: RelationKind, *, deed: bool) -> None:
        if self._next_is(Mark) and self._peek(1) is Mark.CANVAS:
            return
        fronted = self._connector is not None
        subjects = self._subjects()
        if fronted and self._connector is Mark.AND and self._head and not self._group:
            subjects = self._head
        self._waiting = _Waiting(kind=kind, subjects=subjects, fronted=fronted, deed=deed)
        self._phrase = Phrase()

    def _position(self, place: Place) -> None:
        if self._last is None or (self._connector is not None and self._noun_follows()):
            self._phrase.at = place
            return
        targets = self._subjects() if self._group else (self._last,)
        self.draft.change(targets, at=place)
        self._listed = Mark.STOP
        self._group = self._group[-1:]
        self._closed()

    def _closed(self) -> None:
        """A thing that has its place does not belong to the list that goes on after it."""
        self._group = []
        self._head = (self._last,) if self._last else ()

    def _line(self, line: Line) -> None:
        if line.before:
            self._phrase.arrangement = line.arrangement
            if self._phrase.count == 1:
                self._phrase.count = None
        elif len(self._group) > 1 and line.arrangement is Arrangement.ROW:
            self.draft.relate(RelationKind.IN_ROW, self._group[:1], tuple(self._group[1:]))
            self._closed()
        elif self._last is not None:
            self.draft.change((self._last,), arrangement=line.arrangement)

    def _grid(self, grid: GridOf) -> None:
        self.draft.grid = (grid.rows, grid.columns)
        # "six apples in a 2x3 grid" arranges what came before, "a 2x3 grid of apples" what comes after.
        after = self._last is None or self._connector is not None
        self.draft.grid_from = len(self.draft.objects) if after else self.draft.known
        self._phrase = Phrase()

    def _deed(self, deed: Deed) -> None:
        self.draft.deeds.append(deed.words)
        if self._last is not None and not self._phrase.open and not isinstance(self._peek(1), Spot):
            self._relation(_DRAWN_INSTEAD, deed=True)

    def _drop_waiting(self) -> None:
        """A relation that found no object: what it was is told by the unknown noun, or it was a pose."""
        self._waiting = None
