"""A whole text to a finished draft: notations out, words in, and the odds and ends that only the end decides."""

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from bots.planning.grammar.draft import MAX_OBJECTS, Draft
from bots.planning.grammar.english_lexer import lex as lex_english
from bots.planning.grammar.english_reader import EnglishReader
from bots.planning.grammar.headings import quote_headings
from bots.planning.grammar.insets import take_insets
from bots.planning.grammar.korean_lexer import lex as lex_korean
from bots.planning.grammar.korean_reader import KoreanReader
from generator.scene import Arrangement, Kind, Notice, RelationKind, Scene, SceneObject, TextRole
from generator.sketch.word_forms import has_hangul

_PARTS: Final = re.compile(
    r"(?:\b(?:\d{1,3}|[a-z]{3,8})\s)?\b(?P<noun>[a-z]{3,20})\s?[(:]\s?(?P<parts>\d{1,2}\s[a-z]{3,12}(?:\s?(?:,|,?\sand|&)\s?\d{1,2}\s[a-z]{3,12}){1,8})\)",
    re.IGNORECASE,
)


def read_scene(text: str, texts: Sequence[str], *, images: Sequence[str] = (), draft: Draft | None = None) -> Draft:
    """What ``text`` describes; English and Korean are told apart by script.

    Args:
        text: Words without options; quoted words are tokens ``⟦n⟧``, uploads ``⟨n⟩``.
        texts: The quoted words.
        images: Digests of the uploads.
        draft: What is there already; a fresh draft if None.
    """
    draft = draft if draft is not None else Draft()
    text, quoted = quote_headings(_PARTS.sub(_spread, text), tuple(texts))
    insets = take_insets(text, quoted)
    if insets.empty_chart:
        draft.unmet.append(Notice(key="chart-needs-numbers"))
    if has_hangul(insets.text):
        KoreanReader(draft, images, insets.found).read(lex_korean(insets.text, quoted))
    else:
        EnglishReader(draft, images, insets.found).read(lex_english(insets.text, quoted))
    _settle_grid(draft)
    _settle_labels(draft)
    _limit(draft)
    return draft


def _spread(match: re.Match[str]) -> str:
    """So "5 balloons (2 red, 3 blue)" says the same as "2 red balloons, 3 blue balloons"."""
    parts = re.split(r"\s*(?:,|\band\b|&)\s*", match["parts"])
    # A sentence of its own: what is said next of place or relation is about all of them and about nothing before.
    return ". " + " and ".join(f"{part.strip()} {match['noun']}" for part in parts if part.strip())


def notices(draft: Draft) -> tuple[Notice, ...]:
    """What of the text could not be drawn as asked."""
    draft.traits = [word for word in draft.traits if word not in draft.unknown]
    lists = (
        ("unknown-noun", "nouns", draft.unknown),
        ("deed-not-drawn", "words", draft.deeds),
        ("trait-not-drawn", "words", draft.traits),
    )
    listed = tuple(Notice(key=key, args={name: ", ".join(dict.fromkeys(words))}) for key, name, words in lists if words)
    return (*listed, *draft.unmet)


def place_scene(draft: Draft, scene: Scene) -> Scene:
    """``scene`` with the draft's objects and relations."""
    things = len([item for item in draft.added if item.kind is Kind.ART])
    grid = draft.grid if draft.grid is not None and things > 1 else scene.grid
    return replace(scene, objects=tuple(draft.objects), relations=tuple(draft.relations), grid=grid)


def _settle_grid(draft: Draft) -> None:
    """A grid of one thing repeats it; a grid of several arranges the scene, and fills its cells if no count was said."""
    if draft.grid is None:
        return
    rows, columns = draft.grid
    if not (1 <= rows <= 12 and 1 <= columns <= 12):
        draft.unmet.append(Notice(key="grid-out-of-range", args={"rows": rows, "columns": columns, "limit": 12}))
        draft.grid = None
        return
    members = [item for item in draft.objects[draft.grid_from :] if item.kind is Kind.ART]
    if len(members) == 1:
        draft.change([members[0].id], count=rows * columns, arrangement=Arrangement.GRID, grid=(rows, columns))
        draft.grid = None


def _settle_labels(draft: Draft) -> None:
    """A label that names no object belongs to the one before it; with none before it, it is a text of its own."""
    carried = {relation.subject for relation in draft.relations if relation.kind is RelationKind.ON}
    before: SceneObject | None = None
    for item in list(draft.objects):
        if item.kind is not Kind.TEXT:
            before = item
        elif item.role is TextRole.LABEL and item.id not in carried:
            if before is None:
                draft.change([item.id], role=TextRole.BODY)
            else:
                draft.relate(RelationKind.ON, (item.id,), (before.id,))


def _limit(draft: Draft) -> None:
    if len(draft.objects) <= MAX_OBJECTS:
        return
    draft.unmet.append(Notice(key="too-many-objects", args={"limit": MAX_OBJECTS, "asked": len(draft.objects)}))
    kept = {item.id for item in draft.objects[:MAX_OBJECTS]}
    draft.objects = draft.objects[:MAX_OBJECTS]
    draft.relations = [
        relation for relation in draft.relations if kept.issuperset((relation.subject, *relation.objects))
    ]
