"""Looking ahead in English lexemes: what follows decides what a word is about."""

from collections.abc import Sequence

from bots.planning.grammar.lexemes import (
    Heading,
    Lexeme,
    Line,
    Mark,
    Number,
    Quote,
    Scale,
    Thing,
    Tint,
    Trait,
    Unknown,
    Upload,
)


class Lookahead:
    """A position in a list of lexemes; readers are built on it."""

    def __init__(self) -> None:
        self._lexemes: Sequence[Lexeme] = ()
        self._index = 0

    def _peek(self, distance: int) -> Lexeme | None:
        index = self._index + distance
        return self._lexemes[index] if index < len(self._lexemes) else None

    def _next_is(self, kind: type) -> bool:
        distance = 1
        while self._peek(distance) in (Mark.FILLER, Mark.SAYS, Mark.COLON, Mark.IS):
            distance += 1
        return isinstance(self._peek(distance), kind)

    def _noun_follows(self) -> bool:
        """Whether a noun phrase starts right here, with nothing but "is" or "there are" before it."""
        distance = 1
        while isinstance(following := self._peek(distance), (Number, Scale, Tint, Trait, Line)) or following in (
            Mark.THE,
            Mark.IS,
            Mark.FILLER,
        ):
            distance += 1
        return isinstance(self._peek(distance), (Thing, Heading, Quote, Upload, Unknown))

    def _color_follows(self) -> bool:
        """After "red and": whether another colour comes before the noun does."""
        distance = 1
        while isinstance(self._peek(distance), (Number, Scale, Trait)) or self._peek(distance) in (Mark.THE, Mark.AND):
            distance += 1
        return isinstance(self._peek(distance), Tint)

    def _list_follows(self) -> bool:
        distance = 1
        while self._peek(distance) in (Mark.FILLER, Mark.COLON, Mark.COMMA):
            distance += 1
        return isinstance(self._peek(distance), (Thing, Tint, Number))
