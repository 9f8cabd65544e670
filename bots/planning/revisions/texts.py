"""New words for the texts of a picture: which text is meant, and rewording without quotes."""

import re
from collections.abc import Sequence
from typing import Final

from bots.planning.grammar.lexemes import Tint
from bots.planning.revisions.editor import Editor
from bots.planning.revisions.fragments import Fragment, Verb
from bots.planning.revisions.targets import Mention, by_role
from generator.scene import Kind, RelationKind, TextRole

_WORDS_TO_WORDS: Final = re.compile(
    r"\b(?:replace|change|swap)\s+(?P<old>[A-Z0-9][^⟦]{0,60}?)\s+(?:with|to|into|for)\s+(?P<new>[^⟦\s][^⟦]{0,80})$",
    re.IGNORECASE,
)


def reword(editor: Editor, text: str) -> bool:
    """Change "SALE to SOLD" without quotes: the old words stand in a text of the picture."""
    match = _WORDS_TO_WORDS.search(text)
    for item in editor.scene.objects if match else ():
        if match and item.text and match["old"] in item.text:
            editor.retext(item.id, item.text.replace(match["old"], match["new"]))
            return True
    return False


def text_meant(editor: Editor, role: TextRole | None, fragment: Fragment, found: Sequence[Mention]) -> str | None:
    """The text block that is to get new words, or None if they are to be a new one."""
    scene = editor.scene
    if role is not None and role is not TextRole.LABEL:
        return next(iter(by_role(role, scene)), None)
    named = {one for mention in found for one in mention.ids}
    labels = [one.subject for one in scene.relations if named & set(one.objects) and one.kind is RelationKind.ON]
    texts = [item.id for item in scene.objects if item.kind is Kind.TEXT]
    on_named = [identity for identity in labels if identity in texts]
    if on_named or any(mention.noun is not None for mention in found):
        return on_named[0] if on_named else None
    if role is TextRole.LABEL:
        return next(iter(by_role(role, scene)), None)
    it = [identity for identity in editor.it if identity in texts]
    titles = by_role(TextRole.TITLE, scene)
    renames = fragment.verb in (Verb.RETEXT, Verb.CHANGE, Verb.REPLACE) and fragment.own_verb
    return next(iter((*it, *titles, *texts)), None) if renames else None


def tint_text(editor: Editor, fragment: Fragment, identity: str) -> None:
    """Give a text the colour said beside it."""
    for tint in fragment.lexemes:
        if isinstance(tint, Tint):
            editor.recolor(identity, tint.color)
