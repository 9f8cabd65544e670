"""The vocabulary as the grammar sees it: the sketch engine's table of drawings, looked up word by word.

Owns which English noun an object is named after, and the kinds of things ("animals") that stand for several nouns.
"""

from collections.abc import Sequence
from functools import cache
from typing import Final, NamedTuple

from bots.planning.grammar.lexemes import Case, Noun
from generator.sketch import nouns as table
from generator.sketch.word_forms import has_hangul, singulars
from moderation.types import Locale

_KINDS: Final = {
    "animals": "animal",
    "pets": "animal",
    "fruits": "fruit",
    "과일": "fruit",
    "vegetables": "vegetable",
    "veggies": "vegetable",
    "채소": "vegetable",
    "야채": "vegetable",
    "shapes": "shape",
    "도형": "shape",
    "동물": "animal",
    "foods": "food",
    "음식": "food",
    "vehicles": "vehicle",
    "탈것": "vehicle",
    "plants": "plant",
    "식물": "plant",
    "buildings": "building",
    "건물": "building",
    "tools": "tool",
    "도구": "tool",
    "instruments": "music",
    "악기": "music",
    "sports": "sport",
    "clothes": "clothing",
    "옷": "clothing",
}
_MEMBERS: Final = {
    group: tuple(names.split())
    for group, names in {
        "fruit": "apple banana orange strawberry watermelon grapes pineapple peach cherry lemon kiwi mango pear melon blueberry",
        "vegetable": "carrot broccoli tomato corn cucumber potato eggplant onion garlic lettuce pea mushroom",
        "shape": "circle square triangle rhombus star heart",
        "animal": "dog cat rabbit fox bear panda lion elephant monkey pig frog penguin owl horse giraffe turtle koala tiger "
        "cow sheep duck whale dolphin octopus butterfly",
    }.items()
}
_CASES: Final = (
    (("을", "를", "이", "가", "은", "는", "도", "만"), Case.MARKED),
    (("와", "과", "랑", "이랑", "하고", "이나", "나", "이며", "며"), Case.AND),
    (("의",), Case.OF),
    (("에", "에서", "에는", "에도", "에다", "에서는"), Case.AT),
    (("로", "으로", "로는", "으로는"), Case.TO),
    (("에게", "한테", "에게서", "한테서"), Case.WITH),
)
_CASE_OF: Final = {particle: case for particles, case in _CASES for particle in particles}


class Found(NamedTuple):
    """A noun at the start of some words, how many of them it takes, and the Korean particle after it."""

    noun: Noun
    length: int
    case: Case


def find_noun(words: Sequence[str], locale: Locale) -> Found | None:
    """The longest noun at the start of ``words`` (as they stand, without punctuation)."""
    match = table.find(words, locale)
    if match is None:
        return None
    said = " ".join(words[: match.length])
    if has_hangul(said):
        label, particle = _without_particle(said, match.noun)
        name = match.noun.name
    else:
        label, particle, name = said, "", _english_name(said, match.noun)
        label = name if match.plural else said
    drawing = match.noun.korean if has_hangul(said) else match.noun.name
    noun = Noun(
        label=label,
        name=name.lower(),
        art=match.noun.art,
        drawn_as=drawing if match.disclosed and drawing.lower() != label.lower() else None,
        plural=match.plural,
    )
    return Found(noun, match.length, case_of(particle))


def case_of(particle: str) -> Case:
    """What a Korean particle says; BARE for none."""
    return _CASE_OF.get(particle, Case.BARE)


def kind_of(word: str) -> str | None:
    """The group of nouns that ``word`` stands for, if it stands for many kinds."""
    return _KINDS.get(word.lower())


@cache
def some_of(group: str) -> tuple[Noun, ...]:
    """Nouns of a group: well-known ones that differ, or those of the table in its order."""
    members = _MEMBERS.get(group)
    by_name = {noun.name: noun for noun in table.all_nouns()}
    chosen = (
        [by_name[name] for name in members]
        if members
        else [noun for noun in by_name.values() if noun.group == group and "face" not in noun.name]
    )
    return tuple(Noun(label=noun.name, name=noun.name, art=noun.art) for noun in chosen)


def korean_label(art: str) -> str | None:
    """The Korean name of a drawing."""
    noun = table.by_art(art)
    return noun.korean if noun is not None else None


def _english_name(said: str, noun: table.Noun) -> str:
    known = {name.lower(): name for name in noun.names}
    for candidate in (said.lower(), *singulars(said.lower())):
        if candidate in known:
            return known[candidate]
    return next(iter(singulars(said.lower())), said)


def _without_particle(said: str, noun: table.Noun) -> tuple[str, str]:
    """The Korean noun and what stands after it."""
    squeezed = said.replace(" ", "")
    for name in sorted((*noun.korean_names, *noun.loose_names), key=len, reverse=True):
        plain = name.replace(" ", "")
        if squeezed.startswith(plain):
            return name, squeezed[len(plain) :].removeprefix("들")
    return said, ""
