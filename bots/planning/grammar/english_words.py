"""English words and fixed phrases of the grammar, as tables."""

from collections.abc import Iterator
from functools import cache
from typing import Final

from bots.planning.grammar.lexemes import Deed, Lexeme, Line, Mark, Number, Scale, Spot, Trait
from bots.planning.grammar.word_list import words as listed
from generator.scene import Arrangement, Place, RelationKind, Size

NUMBERS: Final = {
    word: value
    for value, word in enumerate(
        listed(
            "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
            "seventeen eighteen nineteen twenty"
        )
    )
} | {"thirty": 30, "forty": 40, "fifty": 50, "dozen": 12, "few": 3, "some": 3, "several": 4, "many": 8, "couple": 2}

CANVAS: Final = frozenset(
    listed(
        "poster picture image photo banner flyer illustration drawing scene canvas page frame screen icon logo wallpaper "
        "infographic cover invitation postcard thumbnail artwork graphic design composition ad advert advertisement "
        "clipart sticker painting meme emoji avatar card slide sketch"
    )
)

_SIZES: Final = {
    Size.TINY: "tiny|very small|miniature|teeny|minuscule|really small",
    Size.SMALL: "small|little|smaller|short",
    Size.MEDIUM: "medium|medium-sized|medium sized|normal-sized|mid-sized|regular",
    Size.LARGE: "big|large|bigger|larger|tall",
    Size.HUGE: "huge|giant|gigantic|enormous|massive|very big|very large|really big|oversized|colossal",
}

_RELATIONS: Final = {
    RelationKind.LEFT_OF: "left of|to the left of|on the left of|at the left of|on the left side of|to the left side of|"
    "on the left-hand side of|left from|just left of",
    RelationKind.RIGHT_OF: "right of|to the right of|on the right of|at the right of|on the right side of|"
    "to the right side of|on the right-hand side of|right from|just right of",
    RelationKind.ABOVE: "above|over|hovering above|floating above|hanging above|just above|higher than|flying over|"
    "flying above|directly above|directly over|hovering over|floating over",
    RelationKind.BELOW: "below|under|underneath|beneath|just below|lower than|directly below|directly under|at the foot of|"
    "standing under",
    RelationKind.ON: "on|onto|upon|on top of|atop|standing on|resting on|placed on|parked on|stacked on|sitting on top of|"
    "standing on top of|resting on top of|placed on top of",
    RelationKind.INSIDE: "inside|inside of|in|into|within|in the middle of|in the center of|in the centre of",
    RelationKind.BEHIND: "behind|in back of|at the back of|standing behind|parked behind|right behind|directly behind",
    RelationKind.IN_FRONT_OF: "in front of|before|standing in front of|parked in front of|right in front of|"
    "directly in front of",
    RelationKind.BETWEEN: "between|in between|standing between",
    RelationKind.NEXT_TO: "next to|beside|besides|near|nearby|by|alongside|adjacent to|close to|side by side with|"
    "standing next to|standing beside|parked next to|right next to|standing by|parked by",
}
_ITS_SIDE: Final = {
    RelationKind.LEFT_OF: "to its left|on its left|to the left of it|left of it",
    RelationKind.RIGHT_OF: "to its right|on its right|to the right of it|right of it",
}

_LINES: Final = {
    Arrangement.ROW: "in a row|in one row|in a line|side by side|lined up|in a single row|in a horizontal row|abreast|"
    "next to each other|beside each other",
    Arrangement.COLUMN: "in a column|in a vertical line|in a stack|stacked|in a vertical row|on top of each other|"
    "one above the other|one on top of the other|above each other",
    Arrangement.CLUSTER: "in a cluster|in a pile|in a group|clustered|grouped|in a heap",
}
_LINES_BEFORE: Final = {
    Arrangement.ROW: "row of|line of|a row of|a line of|a horizontal row of",
    Arrangement.COLUMN: "column of|stack of|tower of|a column of|a stack of|a tower of",
    Arrangement.CLUSTER: "pile of|group of|bunch of|cluster of|heap of|flock of|herd of|set of|bouquet of|crowd of",
}

_SAYS: Final = (
    "that says|which says|says|saying|that reads|which reads|reads|reading|labelled|labeled|with the text|with the words|"
    "with the word|with text|with words|that said|with the lettering|with the writing|with the message|"
    "with the inscription|inscribed|with the slogan|written on it|marked|captioned|named|called|with a label|"
    "with the label|with label|with a label saying|with a label that says|with a sign saying"
)
_VERBS: Final = listed(
    "ride hug kiss eat chase play dance run jump fly swim sleep drive wear fight throw kick cook climb carry pull push "
    "feed pet watch walk smile cry wave wield drink sing laugh skate ski surf paint write catch bite lick follow lead "
    "shake shoot hit cut build fix clean wash read sit lie kneel crouch stretch yawn bark roar meow juggle balance "
    "juggle embrace cuddle lift drag steer row sail stroke greet salute bow pray meditate exercise train teach lecture "
    "hunt graze melt explode burn"
)
_IRREGULAR: Final = {"ride": "rode ridden", "eat": "eaten", "fly": "flown", "lie": "lying", "drive": "driven"}
_DEEDS: Final = (
    "holding|holds|holding hands|holding hands with|hold hands|hand in hand|hand in hand with|looking at|looks at|"
    "staring at|pointing at|points at|waving at|playing with|plays with|talking to|talking with|talking|surrounded by|"
    "around|through|across|toward|towards|running after|riding on|rides on|leaning on|leaning against|shaking hands|"
    "shaking hands with|wrapped in|covered in|covered with|filled with|full of|made of|facing|sitting in|dressed as|"
    "dressed like|dressed in|against|along|having|arm in arm|back to back|face to face|out of|off|from behind|"
    "high fiving|taking a selfie|upside down and"
)
_TRAITS: Final = listed(
    "happy sad angry sleepy tired scared surprised excited smiling grumpy wooden metal metallic glass plastic golden-haired "
    "furry fluffy hairy bald old young ancient new broken dirty clean wet dry shiny glossy matte transparent translucent "
    "striped spotted dotted checkered plaid patterned rusty cracked burning frozen melting sliced half-eaten ripe rotten "
    "fat thin skinny chubby muscular long wide narrow round curly straight open closed empty full sharp soft hard fast "
    "slow famous rich poor evil scary spooky magical robotic cybernetic futuristic medieval victorian japanese korean "
    "french italian american chinese wild tame sleeping standing blurry glowing neon realistic photorealistic detailed "
    "one-eyed two-headed winged flaming lit unlit crying laughing"
)
_FILLERS: Final = listed(
    "of with that which who where please can could would should will you i me we us my your our his her their make draw "
    "create generate design paint render show give want need like d ll m s re ve there here let lets now just also too "
    "very really so quite nice cute beautiful simple pretty cool lovely modern clean elegant minimal minimalist fun "
    "funny colorful colourful bright vibrant adorable pleasant professional creative sweet plain basic great good "
    "perfect awesome stylish fresh clear exactly only each every both all respectively kind sort piece version as "
    "be being been am have has had do does did contain contains containing feature features featuring include includes "
    "including depict depicts depicting showing shows shown placed put set stands stand standing sits located positioned "
    "located aligned color colour colors colours colored coloured background style text letters letter words word font "
    "but or then next time for about using use whose its hey hi hello thanks thank again other another one's at to from "
    "by in on up it's i'd i'll what how why when e.g etc plus along well order something anything whole entire "
    "appear appears appearing look looks looking size sized shape shaped object objects item items thing things hand "
    "drawn add insert append move bot try want wants would' pls plz please pic pics pix img get gets got gimme wanna gonna lemme w wit u ur n "
    "thx ty asap maybe kinda sorta lol haha idk ok okay yo hey bro dude guys btw etc floating hovering hanging possibly perhaps some somewhere "
    "right called should must need needs team's says said"
)


@cache
def phrases() -> dict[tuple[str, ...], tuple[Lexeme, ...]]:
    """Lower-case words of a fixed phrase -> what it means."""
    table: dict[tuple[str, ...], tuple[Lexeme, ...]] = {}

    def put(text: str, *lexemes: Lexeme) -> None:
        for phrase in text.split("|"):
            table[tuple(phrase.split())] = lexemes

    for word in _FILLERS:
        put(word, Mark.FILLER)
    for word in _TRAITS:
        put(word, Trait(word))
    for phrase in (*(form for verb in _VERBS for form in _forms(verb)), *_DEEDS.split("|")):
        put(phrase, Deed(phrase))
    for text, lexemes in _tables():
        put(text, *lexemes)
    put("a|an|another|one more|a single|single", Number(1))
    put("a couple of|couple of|a pair of|pair of|two of", Number(2))
    put("a few|a handful of|a number of|some of the", Number(3))
    put("a dozen|dozen of|a dozen of", Number(12))
    put("half a dozen", Number(6))
    put("lots of|a lot of|plenty of|many", Number(8))
    put("sitting on", Deed("sitting"), Spot(relation=RelationKind.ON))
    put("lying on", Deed("lying"), Spot(relation=RelationKind.ON))
    put("lying in", Deed("lying"), Spot(relation=RelationKind.INSIDE))
    put("sitting in", Deed("sitting"), Spot(relation=RelationKind.INSIDE))
    put("sleeping on", Deed("sleeping"), Spot(relation=RelationKind.ON))
    put("sitting next to|sitting beside|sitting by", Deed("sitting"), Spot(relation=RelationKind.NEXT_TO))
    put("jumping over", Deed("jumping"), Spot(relation=RelationKind.ABOVE))
    put("sitting under", Deed("sitting"), Spot(relation=RelationKind.BELOW))
    put(_SAYS, Mark.SAYS)
    put("the|these|those|that|this", Mark.THE)
    put("and|and also|as well as|&|plus|and then", Mark.AND)
    put("with|with a view of|while|but|containing|featuring|showing|depicting|including|together with", Mark.FILLER)
    put("it|them|him|they", Mark.IT)
    put("is|are|stands|sits|lies|there is|there are|there's|hangs|floats|has|have", Mark.IS)
    put("without|no|not|excluding|except", Mark.NOT)
    put("different|distinct|various|assorted|unique", Mark.DIFFERENT)
    return table


def _tables() -> Iterator[tuple[str, tuple[Lexeme, ...]]]:
    """The phrases that stand in tables by what they mean."""
    yield from ((text, (Spot(relation=kind),)) for kind, text in _RELATIONS.items())
    yield from ((text, (Spot(relation=kind), Mark.IT)) for kind, text in _ITS_SIDE.items())
    yield from ((text, (Line(arrangement),)) for arrangement, text in _LINES.items())
    yield from ((text, (Line(arrangement, before=True),)) for arrangement, text in _LINES_BEFORE.items())
    yield from ((text, (Scale(size),)) for size, text in _SIZES.items())
    yield from ((word, (Number(value),)) for word, value in NUMBERS.items())


def _forms(verb: str) -> tuple[str, ...]:
    stem = verb.removesuffix("e") if verb.endswith("e") and not verb.endswith("ee") else verb
    doubled = verb + verb[-1] if verb in _DOUBLED else stem
    third = verb + ("es" if verb.endswith(("s", "sh", "ch", "x")) else "s")
    if verb.endswith("y") and verb[-2] not in "aeiou":
        third = verb[:-1] + "ies"
    return (f"{doubled}ing", third, *_IRREGULAR.get(verb, "").split())


_DOUBLED: Final = frozenset(listed("hug run swim hit cut sit pet drag"))

_ROWS: Final = {"top": "top", "upper": "top", "bottom": "bottom", "lower": "bottom"}
_SIDES: Final = {"left": "left", "right": "right", "center": "center", "centre": "center", "middle": "center"}
_PLACES: Final = {place.value: place for place in Place}
_PREPOSITIONS: Final = frozenset(listed("in on at to near into toward towards along from"))
_DEGREES: Final = frozenset(listed("very far extreme exact dead"))
_PARTS: Final = frozenset(listed("corner side edge half part area third margin border hand region"))
_DETERMINERS: Final = frozenset(listed("the this that my our a"))
MAX_PHRASE: Final = 5  # words of the longest fixed phrase


def place_at(words: list[str], start: int) -> tuple[Place, int] | None:
    """The place on the canvas that is named at ``words[start]``, and how many words name it.

    A single word ("left") needs a preposition before it; "left of the car" is a relation and no place, "left of the
    poster" is a place.
    """
    index = start
    prepositional = _word(words, index) in _PREPOSITIONS
    index += prepositional
    index += prepositional and _word(words, index) in _DETERMINERS
    index += _word(words, index) in _DEGREES
    found, index = _region(words, index)
    if not found:
        return None
    part = index
    while _word(words, index) in _PARTS:
        index += 1
    if not (prepositional or len(found) > 1 or (index > part and found)):
        return None
    if _word(words, index) == "of":
        tail = index + 1 + (_word(words, index + 1) in _DETERMINERS)
        if _word(words, tail) not in CANVAS:
            return None
        index = tail + 1
    return _place(found), index - start


def _region(words: list[str], index: int) -> tuple[list[str], int]:
    found: list[str] = []
    while len(found) < 2:
        parts = _word(words, index).split("-")
        known = [_ROWS.get(part) or _SIDES.get(part, "") for part in parts if part != "hand"]
        if not known or not all(known):
            break
        found += known
        index += 1
    return found, index


def _place(found: list[str]) -> Place:
    row = next((word for word in found if word in ("top", "bottom")), "")
    side = next((word for word in found if word in ("left", "right")), "")
    return _PLACES.get(f"{row} {side}".strip(), Place.CENTER)


def _word(words: list[str], index: int) -> str:
    return words[index] if index < len(words) else ""
