"""What the words of a request are to the grammar: one small value per word or fixed phrase.

The lexers (one per language) make them, the readers (one per language, since the word order differs) consume them.
Nothing here knows a language.
"""

from dataclasses import dataclass
from enum import Enum, auto

from generator.scene import Arrangement, Place, RelationKind, Size, TextRole


@dataclass(frozen=True, slots=True, kw_only=True)
class Noun:
    """A drawable noun.

    Attributes:
        label: The user's word, as it stands in the text.
        name: English singular; object ids are made from it.
        art: Key in the art table.
        drawn_as: What the drawing shows, if that is not just what was said.
        plural: The word says more than one but not how many.
    """

    label: str
    name: str
    art: str
    drawn_as: str | None = None
    plural: bool = False


class Case(Enum):
    """What a Korean particle says about the noun before it; English nouns are BARE."""

    BARE = auto()
    AND = auto()  # 와, 과, 랑, 하고
    OF = auto()  # 의
    MARKED = auto()  # 을, 를, 이, 가, 은, 는: the noun is what the clause places
    AT = auto()  # 에, 에서
    TO = auto()  # 로, 으로
    WITH = auto()  # 에게, 한테 and the like


class Mark(Enum):
    """Words that stand for themselves."""

    THE = auto()
    AND = auto()
    COMMA = auto()
    STOP = auto()
    COLON = auto()
    SAYS = auto()  # "that says", "labelled", 라고 쓰인
    IT = auto()
    IS = auto()
    CANVAS = auto()  # "poster", 그림: the picture itself
    FILLER = auto()  # understood, and of no consequence
    DIFFERENT = auto()
    NOT = auto()


@dataclass(frozen=True, slots=True)
class Thing:
    """A noun that can be drawn."""

    noun: Noun
    case: Case = Case.BARE


@dataclass(frozen=True, slots=True)
class Unknown:
    """A word that the grammar does not know."""

    word: str


@dataclass(frozen=True, slots=True)
class Tint:
    """A colour; ``after`` when its place in the sentence binds it to the noun before ("in red")."""

    color: str
    after: bool = False


@dataclass(frozen=True, slots=True)
class Number:
    """A count; ``counter`` when it carries a Korean counting word and may follow its noun."""

    value: int
    counter: bool = False
    case: Case = Case.BARE


@dataclass(frozen=True, slots=True)
class Scale:
    """A size."""

    size: Size


@dataclass(frozen=True, slots=True)
class Spot:
    """A place on the canvas, a relation to another object, or (Korean) either, as the neighbours decide."""

    place: Place | None = None
    relation: RelationKind | None = None


@dataclass(frozen=True, slots=True)
class Deed:
    """A pose or an interaction: it is not drawn, it is told."""

    words: str


@dataclass(frozen=True, slots=True)
class Trait:
    """A quality that a drawing cannot be given: "happy", "wooden"."""

    words: str


@dataclass(frozen=True, slots=True)
class Line:
    """Row, column or pile; ``before`` when it comes before its noun ("a row of")."""

    arrangement: Arrangement
    before: bool = False


@dataclass(frozen=True, slots=True)
class GridOf:
    """Rows and columns."""

    rows: int
    columns: int


@dataclass(frozen=True, slots=True)
class Quote:
    """Words to be written, already looked up."""

    text: str


@dataclass(frozen=True, slots=True)
class Heading:
    """A word that gives the text beside it a role."""

    role: TextRole


@dataclass(frozen=True, slots=True)
class Upload:
    """An uploaded image: ``index`` among the available ones, None for all of them."""

    index: int | None


@dataclass(frozen=True, slots=True)
class InsetAt:
    """A chart or card, by its number among those of the text."""

    index: int


@dataclass(frozen=True, slots=True)
class Group:
    """A noun for many kinds, of which some are chosen: "animals"."""

    name: str


Lexeme = (
    Thing
    | Unknown
    | Tint
    | Number
    | Scale
    | Spot
    | Deed
    | Trait
    | Line
    | GridOf
    | Quote
    | Heading
    | Upload
    | InsetAt
    | Group
    | Mark
)
