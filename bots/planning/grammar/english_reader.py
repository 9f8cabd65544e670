"""English lexemes to a draft scene.

English puts qualities before the noun and relations between two nouns, so one pass over the lexemes suffices:
modifiers wait for their noun. How things stand to each other is kept in ``english_relations``.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from bots.planning.grammar.draft import Phrase
from bots.planning.grammar.english_relations import EnglishRelations
from bots.planning.grammar.lexemes import (
    Deed,
    GridOf,
    Group,
    Heading,
    InsetAt,
    Lexeme,
    Line,
    Mark,
    Noun,
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
from bots.planning.grammar.nouns import some_of
from generator.scene import Kind, Notice, Place, RelationKind, TextRole


class EnglishReader(EnglishRelations):
    """Reads one text into a draft."""

    def read(self, lexemes: Sequence[Lexeme]) -> None:
        """Take in all lexemes of a text."""
        handlers: dict[type, Callable[[Any], None]] = {
            Thing: self._thing,
            Unknown: self._unknown,
            Tint: self._tint,
            Number: self._number,
            Scale: self._scale,
            Spot: self._spot,
            Deed: self._deed,
            Trait: self._trait,
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
        if phrase.negated:
            return
        stash, self._stash = self._stash, []
        if stash and stash[0].count == 1 and phrase.count is None and not thing.noun.plural:
            self.draft.unmet.append(Notice(key="one-color-only", args={"color": phrase.color or ""}))
            phrase, stash = stash[0], []  # "a red and white basket" is one basket
        for earlier in _shared(stash, phrase, plural=thing.noun.plural):
            self._place(self.draft.thing(replace(thing.noun, plural=False), earlier))
            self._connector = Mark.AND
        if self._heading is not None and not self._next_is(Quote):
            self._heading = None
        self._refer_back(phrase, thing)
        if self._is_pair_between(phrase, thing):
            for _ in range(2):
                self._place(self.draft.thing(replace(thing.noun, plural=False), replace(phrase, count=1)))
            return
        self._place(self.draft.thing(thing.noun, phrase))

    def _is_pair_between(self, phrase: Phrase, thing: Thing) -> bool:
        """So "between two trees" needs two trees."""
        waiting = self._waiting
        pair = phrase.count == 2 or (phrase.count is None and thing.noun.plural)
        return waiting is not None and waiting.kind is RelationKind.BETWEEN and not waiting.objects and pair

    def _refer_back(self, phrase: Phrase, thing: Thing) -> None:
        """So "left of car" means the car that is there."""
        if self._waiting is not None and not self._waiting.inverted and phrase.plain and not thing.noun.plural:
            phrase.definite = True

    # Qualities

    def _tint(self, tint: Tint) -> None:
        if self._last is not None and not self._phrase.open and (tint.after or not self._noun_follows()):
            self.draft.change((self._last,), color=tint.color)
            return
        if self._phrase.color is not None:
            self.draft.unmet.append(Notice(key="one-color-only", args={"color": tint.color}))
            return
        self._phrase.color = tint.color

    def _number(self, number: Number) -> None:
        if self._phrase.count is None or number.value != 1:
            self._phrase.count = number.value

    def _scale(self, scale: Scale) -> None:
        self._phrase.size = scale.size

    def _trait(self, trait: Trait) -> None:
        self.draft.traits.append(trait.words)

    def _unknown(self, unknown: Unknown) -> None:
        following = self._peek(1)
        if following is Mark.CANVAS:
            return  # "a birthday poster": an occasion, not a thing
        if isinstance(following, (Thing, Unknown)):
            qualifies = isinstance(following, Thing)
            (self.draft.traits if qualifies else self.draft.unknown).append(unknown.word)
            return
        if self._phrase.negated:
            self._phrase = Phrase()
            return
        self.draft.unknown.append(unknown.word)
        self._phrase = Phrase()
        self._waiting = None
        self._heading = None

    # Texts and images

    def _head_of_text(self, heading: Heading) -> None:
        if self._bare_text is not None and heading.role is not TextRole.BODY and not self._next_is(Quote):
            self._last = self.draft.role(self._bare_text, heading.role)
            self._bare_text = None
            return
        self._heading = heading.role

    def _quote(self, quote: Quote) -> None:
        says, self._says = self._says, False
        heading, self._heading = self._heading, None
        phrase, self._phrase = self._phrase, Phrase()
        bearer = self._bearer() if says or heading is TextRole.LABEL else None
        if bearer is not None and (heading in (None, TextRole.LABEL, TextRole.BODY)):
            label = self.draft.text(quote.text, TextRole.LABEL, phrase)
            self.draft.relate(RelationKind.ON, (label,), (bearer,))
            self._connector = None
            return
        role = heading if heading not in (None, TextRole.BODY) else self._role_of_bare_text(phrase)
        identity = self.draft.text(quote.text, role or TextRole.BODY, phrase)
        self._place(identity)
        self._bare_text = identity if heading is None else None

    def _role_of_bare_text(self, phrase: Phrase) -> TextRole:
        if self.draft.has_title() or phrase.at in (Place.BOTTOM, Place.BOTTOM_LEFT, Place.BOTTOM_RIGHT):
            return TextRole.BODY
        return TextRole.TITLE

    def _bearer(self) -> str | None:
        """The object that words are written on: the one just named, in the same clause."""
        if self._connector is not None or self._last is None:
            return None
        return self._last if self.draft.get(self._last).kind is not Kind.TEXT else None

    def _upload(self, upload: Upload) -> None:
        chosen = self._images if upload.index is None else self._images[upload.index : upload.index + 1]
        phrase, self._phrase = self._phrase, Phrase()
        for digest in chosen:
            same = next((item.id for item in self.draft.objects if item.image == digest), None)
            self._place(same or self.draft.other(Kind.IMAGE, "image", phrase, image=digest))
            self._connector = Mark.AND
        self._connector = None

    def _inset(self, at: InsetAt) -> None:
        inset = self._insets[at.index]
        phrase, self._phrase = self._phrase, Phrase()
        name = "chart" if inset.kind is Kind.CHART else "card"
        self._place(self.draft.other(inset.kind, name, phrase, data=inset.data))

    def _kinds(self, group: Group) -> None:
        """So "16 different animals": so many of them, unless they are listed after."""
        grid = self.draft.grid
        count = self._phrase.count or (grid[0] * grid[1] if grid else None)
        self._phrase = Phrase()
        if self._list_follows():
            return
        if count is None:
            self.draft.unknown.append(group.name)
            return
        nouns: Sequence[Noun] = some_of(group.name)[:count]
        self.draft.notes.append(Notice(key="chosen-by-us", args={"nouns": ", ".join(noun.label for noun in nouns)}))
        for noun in nouns:
            self._place(self.draft.thing(noun, Phrase()))
            self._connector = Mark.COMMA

    # Connectors

    def _mark(self, mark: Mark) -> None:
        if mark in (Mark.AND, Mark.COMMA, Mark.STOP, Mark.COLON):
            self._connect(mark)
        elif mark is Mark.THE:
            self._phrase.definite = True
        elif mark is Mark.NOT:
            self._phrase.negated = True
        elif mark is Mark.SAYS:
            self._says = True
        elif mark is Mark.IT and self._last is not None and self._waiting is not None:
            antecedent = self._head[0] if self._head and not self._group else (self._group or [self._last])[-1]
            if antecedent in self._waiting.subjects and not self._waiting.fronted:
                if (before := self.draft.before(antecedent)) is None:
                    self._drop_waiting()  # "a table with a lamp on it": the table is what has no drawing
                    return
                self._waiting.subjects, antecedent = (antecedent,), before  # "a box with a lamp on it"
            self._place(antecedent)
        elif mark is Mark.CANVAS:
            self._phrase = Phrase()
            self._connector = self._connector or Mark.COMMA

    def _connect(self, mark: Mark) -> None:
        if mark in (Mark.AND, Mark.COMMA) and self._phrase.color is not None and self._color_follows():
            self._stash.append(self._phrase)
            self._phrase = Phrase(definite=self._phrase.definite)
            return
        if mark is Mark.COMMA and self._connector is Mark.STOP:
            return
        if mark is Mark.AND and self._heading is not None:
            return
        between = self._waiting is not None and self._waiting.kind is RelationKind.BETWEEN and self._waiting.objects
        if not between and not (self._waiting and self._waiting.inverted):
            self._drop_waiting()
        if mark in (Mark.STOP, Mark.COLON):
            self._end_clause()
        self._connector = mark if mark is not Mark.COLON else Mark.STOP
        if mark in (Mark.STOP, Mark.COMMA):
            self._phrase = Phrase(at=self._phrase.at if self._last is None else None)

    def _end_clause(self) -> None:
        self._drop_waiting()
        self._phrase = Phrase()
        self._group = []


def _shared(stash: Sequence[Phrase], phrase: Phrase, *, plural: bool) -> list[Phrase]:
    """The earlier members of "three red and two yellow flowers"; one count for all is shared out."""
    if stash and phrase.count is None and (stash[0].count or 0) > 1 and len(stash) < (stash[0].count or 0):
        total, parts = stash[0].count or 0, len(stash) + 1
        phrase.count = total // parts
        return [replace(one, count=total // parts + (index < total % parts)) for index, one in enumerate(stash)]
    each = 3 if plural else 1
    return [replace(one, count=one.count if one.count is not None else each) for one in stash]
