"""A revision: the words of a turn applied to the scene of the image that it revises."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Final

from bots.planning.grammar.draft import Draft
from bots.planning.grammar.lexemes import (
    Case,
    Deed,
    Heading,
    Line,
    Mark,
    Quote,
    Scale,
    Spot,
    Tint,
    Unknown,
    Upload,
)
from bots.planning.grammar.sentence import notices, read_scene
from bots.planning.revisions.editor import Editor
from bots.planning.revisions.fragments import Fragment, Verb, fragments
from bots.planning.revisions.geometry import is_laid_out
from bots.planning.revisions.looks import Looks
from bots.planning.revisions.roles import is_indefinite, number_in, sides
from bots.planning.revisions.steps import step_in
from bots.planning.revisions.targets import Mention, mentions
from bots.planning.revisions.texts import reword, text_meant, tint_text
from generator.scene import Kind, Notice, RelationKind, Scene
from moderation.types import Locale

_TWICE_AS_MANY: Final = re.compile(r"\b(?:twice as many|double the (?:number|amount))\b", re.IGNORECASE)
_LABELS: Final = re.compile(r"\b(?:put|place)\s+(?:an?|the)\s|붙", re.IGNORECASE)
_STEPPING: Final = frozenset({Verb.MOVE, Verb.CHANGE, Verb.MORE, Verb.ADD})
_PAIR: Final = 2
_WANTED: Final = re.compile(
    r"^\W*(?:(?:please|now|ok)\s+)*(?:give me|i want|i need|we need|i'd like|let's have)\s+(?!another|more)",
    re.IGNORECASE,
)
_UNDRAWN: Final = 5  # unknown words that are told


@dataclass(frozen=True, slots=True, kw_only=True)
class Revised:
    """What a revision came to.

    Attributes:
        changes: One notice per change, in order; none if nothing was understood.
        missing: Things that were to be changed and are not in the picture.
        it: What "it" means from now on.
    """

    scene: Scene
    changes: tuple[Notice, ...]
    unmet: tuple[Notice, ...] = ()
    notes: tuple[Notice, ...] = ()
    missing: tuple[str, ...] = ()
    it: tuple[str, ...] = ()


def revise(
    scene: Scene,
    text: str,
    texts: Sequence[str],
    *,
    images: Sequence[str] = (),
    it: tuple[str, ...] = (),
    locale: Locale = "en",
) -> Revised:
    """Apply the changes that ``text`` asks for.

    Args:
        scene: As solved, with its boxes.
        text: Words without options; quoted words are tokens ``⟦n⟧``, uploads ``⟨n⟩``.
        texts: The quoted words.
        images: Digests of the uploads.
        it: Ids of what the turn before changed, for "it".
        locale: The language in which changes are told.
    """
    only = tuple(item.id for item in scene.objects) if len(scene.objects) == 1 else ()
    editor = Editor(scene, tuple(one for one in it if scene.find(one)) or only, locale)
    return _Reviser(editor, texts, images).revise(text)


class _Reviser(Looks):
    """One revision under way: what is added, taken, put elsewhere or renamed, and which verb does what."""

    def __init__(self, editor: Editor, texts: Sequence[str], images: Sequence[str]) -> None:
        super().__init__(editor)
        self._texts = texts
        self._images = images
        self._unmet: list[Notice] = []
        self._notes: list[Notice] = []
        self._handlers: dict[Verb, Callable[[Fragment, list[Mention]], None]] = {
            Verb.ADD: self._add,
            Verb.REMOVE: self._remove,
            Verb.REPLACE: self._replace,
            Verb.MOVE: self._move,
            Verb.GROW: self._grow,
            Verb.SHRINK: self._shrink,
            Verb.MORE: self._more,
            Verb.FEWER: self._fewer,
            Verb.SWAP: self._swap,
            Verb.FLIP: self._flip,
            Verb.ROTATE: self._rotate,
            Verb.ISOLATE: self._isolate,
            Verb.RETEXT: self._change,
            Verb.CHANGE: self._change,
        }

    def revise(self, text: str) -> Revised:
        for fragment in fragments(text, self._texts):
            found = mentions(fragment.lexemes, self._editor.scene, self._editor.it)
            if reword(self._editor, fragment.text):
                continue
            if self._step(fragment, found):
                continue
            handler = self._retext if self._is_about_text(fragment) else self._handlers[fragment.verb]
            handler(fragment, found)
        return Revised(
            scene=self._editor.scene,
            changes=tuple(self._editor.changes),
            unmet=tuple(self._unmet),
            notes=tuple(self._notes),
            missing=tuple(dict.fromkeys(self._missing)),
            it=self._editor.it,
        )

    def _step(self, fragment: Fragment, found: Sequence[Mention]) -> bool:
        """Move something from where it stands, if that is what is asked."""
        if fragment.verb not in _STEPPING or any(isinstance(one, Quote) for one in fragment.lexemes):
            return False
        scene = self._editor.scene
        step = step_in(fragment.text, scene.width, scene.height)
        targets = self._targets(found) if step is not None else ()
        for identity in targets:
            if step is not None and is_laid_out(scene, identity):
                self._editor.shift(identity, step)
        return step is not None

    def _is_about_text(self, fragment: Fragment) -> bool:
        quoted = any(isinstance(one, Quote) for one in fragment.lexemes)
        if quoted and fragment.verb is Verb.MOVE and _LABELS.search(fragment.text):
            return True
        return quoted and not (fragment.own_verb and fragment.verb in (Verb.REMOVE, Verb.MOVE, Verb.ISOLATE))

    # Verbs

    def _add(self, fragment: Fragment, found: list[Mention]) -> None:
        """Read the fragment as a scene of its own over what is there."""
        if self._names_what_is_there(fragment, found) and not self._brings_upload(fragment):
            self._move(replace(fragment, verb=Verb.MOVE), found)
            return
        count = number_in(fragment)
        if count is not None and len(found) == 1 and found[0].ids and _WANTED.match(fragment.text):
            self._describe(found, (), (), count)  # "give me four apples" where there are three
            return
        draft = Draft.over(self._editor.scene)
        draft.it = self._editor.it
        before = {item.id: item for item in draft.objects}
        read_scene(fragment.text, self._texts, images=self._images, draft=draft)
        self._unmet += [one for one in notices(draft) if draft.added or one.key != "unknown-noun"]
        self._notes += draft.notes
        if draft.added:
            draft.objects = [before.get(item.id, item) for item in draft.objects]
            self._editor.add(draft)
        elif draft.unknown:
            self._unmet.append(Notice(key="unknown-noun", args={"nouns": ", ".join(draft.unknown[:_UNDRAWN])}))

    def _names_what_is_there(self, fragment: Fragment, found: list[Mention]) -> bool:
        """Whether "I want the apples on the left" moves what is there."""
        placed = any(isinstance(one, Spot) for one in fragment.lexemes)
        first = found[0] if found else None
        return placed and first is not None and bool(first.ids) and Mark.THE in fragment.lexemes[: first.index]

    def _remove(self, fragment: Fragment, found: list[Mention]) -> None:
        number = number_in(fragment)
        for identity in self._targets(found):
            item = self._editor.scene.find(identity)
            if item is not None and number is not None and number < item.count:
                self._editor.recount(identity, item.count - number)
            elif item is not None:
                self._editor.remove(identity)

    def _replace(self, fragment: Fragment, found: list[Mention]) -> None:
        """So "replace the car with a bus", "a bus instead of the car", 차를 버스로."""
        old = next((mention for mention in found if mention.ids), None)
        new = next(
            (one for one in reversed(found) if one.noun is not None and one is not old and one.case is not Case.MARKED),
            None,
        )
        if new is None or (old is not None and new.ids == old.ids):
            self._change(fragment, found)
            return
        targets = old.ids if old is not None else self._stand_in(found, new)
        if not targets or new.noun is None:
            self._missing += [mention.word for mention in found if mention is not new] or ["?"]
            return
        if new.noun.drawn_as is not None:
            self._notes.append(Notice(key="drawn-as", args={"noun": new.noun.label, "drawing": new.noun.drawn_as}))
        color = next((one.color for one in fragment.lexemes[: new.index][-3:] if isinstance(one, Tint)), None)
        self._editor.substitute(targets[0], new.noun, color)
        number = number_in(fragment)
        if number is not None and number > 1:
            self._editor.recount(self._editor.it[0], number)

    def _stand_in(self, found: Sequence[Mention], new: Mention) -> tuple[str, ...]:
        return self._editor.it if len(found) == 1 and found[0] is new else ()

    def _swap(self, fragment: Fragment, found: list[Mention]) -> None:
        """Let two things exchange places; "swap the car with a bus" only says replace otherwise."""
        ids = tuple(dict.fromkeys(one for mention in found for one in mention.ids[:1]))
        if len(ids) == _PAIR:
            self._editor.exchange(*ids)
        else:
            self._replace(fragment, found)

    def _move(self, fragment: Fragment, found: list[Mention]) -> None:
        spot_index = next((index for index, one in enumerate(fragment.lexemes) if isinstance(one, Spot)), None)
        if spot_index is None:
            self._change(fragment, found)
            return
        if self._brings_upload(fragment):
            self._add(fragment, found)
            return
        first = next((mention for mention in found if mention.noun is not None), None)
        if first is not None and not first.ids and is_indefinite(fragment, first):
            self._add(fragment, found)
            return
        subject, objects = sides(found, spot_index, fragment)
        targets = self._targets(subject)
        spot = fragment.lexemes[spot_index]
        if not isinstance(spot, Spot):
            return
        others = tuple(dict.fromkeys(one for mention in objects for one in mention.ids))
        self._missing += [mention.word for mention in objects if not mention.ids]
        for identity in targets:
            self._put(identity, spot, tuple(one for one in others if one != identity), related=bool(objects))

    def _brings_upload(self, fragment: Fragment) -> bool:
        """Whether "put my photo …" is about an upload that is not in the picture yet."""
        there = {item.image for item in self._editor.scene.objects}
        named = [one.index for one in fragment.lexemes if isinstance(one, Upload)]
        digests = {
            digest for index in named for digest in (self._images if index is None else self._images[index : index + 1])
        }
        return not digests <= there

    def _put(self, identity: str, spot: Spot, others: tuple[str, ...], *, related: bool) -> None:
        if spot.relation is not None and others:
            chosen = others[:2] if spot.relation is RelationKind.BETWEEN else others[:1]
            kind = RelationKind.NEXT_TO if spot.relation is RelationKind.BETWEEN and len(chosen) < 2 else spot.relation
            self._editor.move_by(identity, kind, chosen)
        elif spot.place is not None and not related:
            self._editor.move_to(identity, spot.place)

    def _more(self, fragment: Fragment, found: list[Mention]) -> None:
        """More of what is there, or one more thing."""
        targets = [identity for mention in found for identity in mention.ids]
        if any(isinstance(one, Spot) for one in fragment.lexemes) and not found[1:]:
            self._add_or_move(fragment, found)
        elif targets and _TWICE_AS_MANY.search(fragment.text):
            self._recount(targets[0], lambda count: count * 2)
        elif targets:
            more = number_in(fragment) or 1
            self._recount(targets[0], lambda count: count + more)
        elif found or not self._editor.it:
            self._add(fragment, found)
        else:
            more = number_in(fragment) or 1
            self._recount(self._editor.it[0], lambda count: count + more)

    def _add_or_move(self, fragment: Fragment, found: list[Mention]) -> None:
        if re.search(r"\b(?:another|add)\b|추가|넣", fragment.text, re.IGNORECASE):
            self._add(fragment, found)
        else:
            self._move(fragment, found)

    def _fewer(self, fragment: Fragment, found: list[Mention]) -> None:
        fewer = number_in(fragment) or 1
        for identity in self._targets(found)[:1]:
            self._recount(identity, lambda count: count - fewer)

    def _retext(self, fragment: Fragment, found: list[Mention]) -> None:
        """New words for a text that is there, or a text that is not there yet."""
        quotes = [one.text for one in fragment.lexemes if isinstance(one, Quote)]
        role = next((one.role for one in fragment.lexemes if isinstance(one, Heading)), None)
        texts = [item for item in self._editor.scene.objects if item.kind is Kind.TEXT]
        if len(quotes) > 1:
            old = next((item.id for item in texts if item.text == quotes[0]), None)
            if old is None:
                self._missing.append(quotes[0])
            else:
                self._editor.retext(old, quotes[1])
            return
        target = text_meant(self._editor, role, fragment, found)
        if target is None or fragment.verb is Verb.ADD:
            self._add(fragment, found)
            return
        self._editor.retext(target, quotes[0])
        tint_text(self._editor, fragment, target)

    def _change(self, fragment: Fragment, found: list[Mention]) -> None:
        """No verb that says it all: the other words do. A colour, size, count, place."""
        tints = [one for one in fragment.lexemes if isinstance(one, Tint)]
        scales = [one for one in fragment.lexemes if isinstance(one, Scale)]
        lines = [one for one in fragment.lexemes if isinstance(one, Line)]
        count = number_in(fragment)
        deeds = [one.words for one in fragment.lexemes if isinstance(one, Deed)]
        if any(isinstance(one, Spot) for one in fragment.lexemes):
            self._move(fragment, found)
        elif tints:
            self._recolor(fragment, found, tints)
        elif scales or lines or count is not None:
            self._describe(found, scales, lines, count)
        elif deeds:
            self._unmet.append(Notice(key="deed-not-drawn", args={"words": ", ".join(deeds)}))
        elif found:
            self._targets(found)
        elif fragment.own_verb:
            self._missing += [one.word for one in fragment.lexemes if isinstance(one, Unknown)][:_UNDRAWN]
