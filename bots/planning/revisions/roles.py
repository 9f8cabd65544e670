"""What part the words of a fragment play: its count, its subject and the objects of its relation."""

import re
from collections.abc import Sequence

from bots.planning.grammar.lexemes import Case, Mark, Number, Spot, Thing
from bots.planning.revisions.fragments import Fragment
from bots.planning.revisions.targets import Mention


def number_in(fragment: Fragment) -> int | None:
    """The count that a fragment says; an article is none."""
    numbers = [
        one.value
        for index, one in enumerate(fragment.lexemes)
        if isinstance(one, Number) and not (one.value == 1 and _article(fragment, index))
    ]
    return numbers[0] if numbers else None


def _article(fragment: Fragment, index: int) -> bool:
    """Whether a 1 is only an "a": it is unless "one" or a digit was written."""
    one = fragment.lexemes[index]
    written = re.search(r"\bone\b|\b1\b|하나|한\s", fragment.text, re.IGNORECASE)
    return isinstance(one, Number) and written is None


def is_indefinite(fragment: Fragment, mention: Mention) -> bool:
    """Whether something new is meant: "put a tree …" brings a tree; "put the tree …" wants the one that is there."""
    before = fragment.lexemes[: mention.index]
    if Mark.THE in before:
        return False
    return any(isinstance(one, Number) for one in before) or mention.case is not Case.BARE or not before


def sides(found: Sequence[Mention], spot: int, fragment: Fragment) -> tuple[list[Mention], list[Mention]]:
    """Subject and objects around a relation word; Korean has both before it."""
    before = [mention for mention in found if mention.index < spot]
    after = [mention for mention in found if mention.index > spot]
    lexeme = fragment.lexemes[spot]
    if after or not isinstance(lexeme, Spot):
        return before, after
    bare = [mention for mention in before if mention.case in (Case.BARE, Case.AND, Case.OF)]
    marked = [mention for mention in before if mention not in bare]
    directly = bool(bare) and bare[-1].index == spot - 1 and isinstance(fragment.lexemes[spot - 1], Thing)
    if directly and (marked or (lexeme.relation is not None and lexeme.place is None)):
        return marked, bare
    if lexeme.relation is not None and directly and len(before) > 1:
        return before[:-1], before[-1:]
    return before, []
