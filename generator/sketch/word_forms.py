"""Plain forms of nouns: English singulars, Korean stems. Spelling rules only; it knows no vocabulary."""

import re
from collections.abc import Iterator

_HANGUL = re.compile(r"[가-힣]")
_FIRST_SYLLABLE, _CODAS, _RIEUL = 0xAC00, 28, 8  # Unicode 16.0, section 3.12: Hangul syllable composition

_IRREGULAR = {
    "mice": "mouse", "geese": "goose", "people": "person", "children": "child", "men": "man", "women": "woman",
    "oxen": "ox", "feet": "foot", "teeth": "tooth", "lice": "louse", "dice": "die", "leaves": "leaf",
    "wolves": "wolf", "knives": "knife", "loaves": "loaf", "scarves": "scarf", "shelves": "shelf", "wives": "wife",
    "calves": "calf", "halves": "half", "elves": "elf", "hooves": "hoof", "thieves": "thief", "cacti": "cactus",
    "octopi": "octopus", "fungi": "fungus", "firemen": "fireman", "policemen": "policeman", "snowmen": "snowman",
    "spacemen": "spaceman", "grandchildren": "grandchild", "bacteria": "bacterium", "viruses": "virus",
    "buses": "bus", "gases": "gas", "lenses": "lens", "quizzes": "quiz",
}  # fmt: skip

_PLURALS = {one: many for many, one in _IRREGULAR.items()}
_UNCHANGED = frozenset(
    {"fish", "sheep", "deer", "bison", "rice", "bread", "popcorn", "people", "ufo's", "squid", "salmon"}
)

# Longest first. After a final consonant only the first column may stand, after a vowel only the second.
_AFTER_CONSONANT = ("이라는", "이랑은", "으로는", "이라고", "으로", "이랑", "이나", "이며", "은", "이", "을", "과")
_AFTER_VOWEL = ("라는", "랑은", "라고", "랑", "나", "며", "는", "가", "를", "와")
_AFTER_EITHER = (
    "에서부터", "에게서", "한테서", "에서는", "에서도", "에서", "에게", "한테", "에는", "에도", "에만", "에다", "에",
    "하고", "부터", "까지", "처럼", "보다", "마다", "조차", "마저", "만", "도", "의", "씩", "용",
)  # fmt: skip
_TO = ("로는", "로", "로서", "로만")  # after a vowel or ㄹ


def has_hangul(text: str) -> bool:
    """Whether any Hangul syllable is in ``text``."""
    return _HANGUL.search(text) is not None


def singulars(phrase: str) -> Iterator[str]:
    """What ``phrase`` (lower case) may be the plural or the possessive of, the likeliest first; nothing if it is neither."""
    before, space, word = phrase.rpartition(" ")
    for singular in _singular_words(word):
        yield before + space + singular
    head, of, rest = phrase.partition(" of ")
    if of:  # "pieces of cake"
        for singular in _singular_words(head.rpartition(" ")[2]):
            yield f"{head[: len(head) - len(head.rpartition(' ')[2])]}{singular}{of}{rest}"


def plural(noun: str) -> str:
    """The plural of an English noun (lower case), by the rules of spelling: "apples", "mice", "boxes"."""
    before, space, word = noun.rpartition(" ")
    irregular = _PLURALS.get(word)
    if irregular is not None or word in _UNCHANGED:
        return before + space + (irregular or word)
    if word.endswith("y") and word[-2:-1] not in tuple("aeiou"):
        return f"{noun[:-1]}ies"
    if word.endswith("s") and not word.endswith(("ss", "us")):
        return noun
    return noun + ("es" if word.endswith(("s", "x", "z", "ch", "sh", "ato", "hero")) else "s")


def _singular_words(word: str) -> Iterator[str]:
    if word.endswith(("'s", "s'")):
        yield word[:-2].removesuffix("'") if word.endswith("'s") else word[:-1]
    if word in _IRREGULAR:
        yield _IRREGULAR[word]
    if len(word) < 3 or not word.endswith("s") or word.endswith("ss"):
        return
    yield word[:-1]
    if word.endswith("ies"):
        yield word[:-3] + "y"
    if word.endswith("ves"):
        yield word[:-3] + "f"
        yield word[:-3] + "fe"
    if word.endswith("es"):
        yield word[:-2]
    if word.endswith("zzes"):
        yield word[:-3]


def without_particles(word: str) -> Iterator[tuple[str, bool]]:
    """Stems of a Korean word, the longest first, each with whether the plural 들 was taken off.

    A particle is taken off only where it may stand: 이, 은, 을, 과 after a final consonant; 가, 는, 를, 와 after a vowel.
    A word that ends in a Latin letter or a digit may carry either.
    """
    yield from _without_plural(word)
    for stem in _stems(word):
        yield stem, False
        yield from _without_plural(stem)


def _without_plural(word: str) -> Iterator[tuple[str, bool]]:
    if len(word) > 1 and word.endswith("들"):
        yield word[:-1], True


def _stems(word: str) -> Iterator[str]:
    endings = (
        (_AFTER_EITHER, True, True),
        (_AFTER_CONSONANT, True, False),
        (_AFTER_VOWEL, False, True),
        (_TO, False, True),
    )
    found = set()
    for particles, closed, opened in endings:
        for particle in particles:
            stem = word.removesuffix(particle)
            if stem and stem != word and _may_carry(stem[-1], closed=closed, opened=opened, rieul=particles is _TO):
                found.add(stem)
    yield from sorted(found, key=len, reverse=True)


def _may_carry(last: str, *, closed: bool, opened: bool, rieul: bool) -> bool:
    if not has_hangul(last):
        return True
    coda = (ord(last) - _FIRST_SYLLABLE) % _CODAS
    return opened if coda == 0 else closed or (rieul and coda == _RIEUL)
