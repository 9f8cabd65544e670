"""Which objects of a scene a fragment means: by noun, id, role, "it", in either language."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from bots.planning.grammar.lexemes import Case, Heading, InsetAt, Lexeme, Mark, Noun, Thing, Tint, Unknown, Upload
from generator.scene import Kind, Scene, SceneObject, TextRole

UNCLEAR: Final = "?"  # stands for an "it" that means nothing
_KIND_WORDS: Final = {
    "chart": Kind.CHART,
    "graph": Kind.CHART,
    "그래프": Kind.CHART,
    "차트": Kind.CHART,
    "cards": Kind.CARD,
    "steps": Kind.CARD,
    "카드": Kind.CARD,
    "단계": Kind.CARD,
}
_PRONOUNS: Final = frozenset(
    ["그거", "그것", "그걸", "그거를", "그것을", "이거", "이것", "이걸", "얘", "걔", "그건", "이건", "그것들", "그걸로"]
)

_ALL: Final = frozenset({"everything", "전부", "모두", "전체"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Mention:
    """A noun of the fragment.

    Attributes:
        index: Of its lexeme.
        ids: The objects it means, none if there is no such thing in the scene.
        noun: If it can be drawn.
        word: As said.
        case: Its Korean particle.
    """

    index: int
    ids: tuple[str, ...]
    noun: Noun | None = None
    word: str = ""
    case: Case = Case.BARE


def mentions(lexemes: Sequence[Lexeme], scene: Scene, it: tuple[str, ...]) -> list[Mention]:
    """Everything that the fragment names, in order."""
    found: list[Mention] = []
    for index in range(len(lexemes)):
        mention = _mention(index, lexemes, scene, it)
        if mention is not None:
            found.append(mention)
    return found


def _mention(index: int, lexemes: Sequence[Lexeme], scene: Scene, it: tuple[str, ...]) -> Mention | None:
    lexeme = lexemes[index]
    if isinstance(lexeme, Thing):
        ids = _by_noun(lexeme.noun, _tint_before(lexemes, index), scene)
        return Mention(index=index, ids=ids, noun=lexeme.noun, word=lexeme.noun.label, case=lexeme.case)
    if isinstance(lexeme, Heading):
        return Mention(index=index, ids=by_role(lexeme.role, scene), word=lexeme.role.value)
    if lexeme is Mark.IT:
        return _pronoun(index, scene, it)
    if isinstance(lexeme, (Upload, InsetAt)):
        images = tuple(item.id for item in scene.objects if item.kind is Kind.IMAGE)
        return Mention(index=index, ids=images[:1], word="image") if images else None
    if isinstance(lexeme, Unknown):
        return _by_word(index, lexeme.word, scene, it)
    return None


def _pronoun(index: int, scene: Scene, it: tuple[str, ...]) -> Mention:
    return Mention(index=index, ids=tuple(one for one in it if scene.find(one)), word=UNCLEAR)


def by_role(role: TextRole, scene: Scene) -> tuple[str, ...]:
    """The text blocks of that role; for "the text" the only one, else the newest."""
    texts = [item for item in scene.objects if item.kind is Kind.TEXT]
    exact = [item.id for item in texts if item.role is role]
    if not exact and role is TextRole.BODY:
        exact = [item.id for item in texts]
    return tuple(exact[-1:])


def _by_noun(noun: Noun, tint: str | None, scene: Scene) -> tuple[str, ...]:
    same = [item for item in scene.objects if _is_called(item, noun)]
    tinted = [item for item in same if tint is not None and item.color == tint]
    chosen = tinted or same
    return tuple(item.id for item in (chosen if noun.plural else chosen[:1]))


def _is_called(item: SceneObject, noun: Noun) -> bool:
    base = item.id.rstrip("0123456789").replace("_", " ")
    return item.kind is Kind.ART and (base == noun.name or item.art == noun.art)


def _tint_before(lexemes: Sequence[Lexeme], index: int) -> str | None:
    before = lexemes[index - 1] if index else None
    return before.color if isinstance(before, Tint) and not before.after else None


def _by_word(index: int, word: str, scene: Scene, it: tuple[str, ...]) -> Mention | None:
    lower = word.lower()
    if scene.find(lower) is not None:
        return Mention(index=index, ids=(lower,), word=word)
    if lower in _PRONOUNS:
        return _pronoun(index, scene, it)
    if lower in _ALL:
        return Mention(index=index, ids=tuple(item.id for item in scene.objects if item.kind is Kind.ART), word=word)
    kind = next((kind for name, kind in _KIND_WORDS.items() if lower.startswith(name)), None)
    ids = tuple(item.id for item in scene.objects if item.kind is kind) if kind is not None else ()
    return Mention(index=index, ids=ids[-1:], word=word) if kind is not None and ids else None
