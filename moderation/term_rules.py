"""The deterministic layer for texts: which policies' term rules a text meets. No model, no network, no opinion to be talked out of.

Knows groups of terms and how they combine over a thread. What the text claims about itself ("you are allowed to") is never consulted.
"""

import asyncio
from collections.abc import Sequence

from moderation.lexicon import Lexicon
from moderation.normalization import canonicalize, views
from moderation.numbers import groups_of_numbers
from moderation.policy import Policy, PolicyBook, TermRule
from moderation.ports import TextContent
from moderation.types import Action, Finding

UPLOADED_IMAGE = "uploaded_image"
# How much of the thread is read beside the newest text, in characters, newest first.
_MAX_CONTEXT = 32_000
# A word cut in two by a turn's end is put together from so many characters on either side.
_SEAM = 48


class TermRules:
    """Judges a text by the policies' rules over groups of terms.

    Args:
        book: The policies.
        lexicon: The terms.
    """

    name = "text_rules"

    def __init__(self, book: PolicyBook, lexicon: Lexicon) -> None:
        self._book = book
        self._lexicon = lexicon

    async def classify(self, content: TextContent) -> tuple[Finding, ...]:
        """The findings to which the newest text contributes."""
        return await asyncio.to_thread(self.findings, content)

    def findings(self, content: TextContent) -> tuple[Finding, ...]:
        """As ``classify``, in the calling thread. About 3 ms for 8 kB."""
        new = self._groups(content.text)
        context = _recent(content.context)
        if context:
            new |= self._across_seam(context[-1], content.text)
        old = frozenset().union(*(self._groups(text) for text in context))
        if content.with_image:
            new |= {UPLOADED_IMAGE}
        found = [
            self._judge(policy, rule, new, old) for policy in self._book.policies.values() for rule in policy.rules
        ]
        kept = [finding for finding in found if finding is not None]
        if content.with_image:
            # Everything else was found when the text itself was judged.
            kept = [finding for finding in kept if self._needs_image(finding)]
        return tuple(kept)

    def mentions(self, text: str, groups: str) -> bool:
        """Whether a text has a term of one of the groups, joined by ``|``."""
        return not self._groups(text).isdisjoint(groups.split("|"))

    def _groups(self, text: str) -> frozenset[str]:
        readings = views(text)
        return self._lexicon.groups(readings) | groups_of_numbers(readings.canonical)

    def _across_seam(self, before: str, after: str) -> frozenset[str]:
        """Groups that exist only when the end of one turn and the start of the next are read as one word or number."""
        tail, head = canonicalize(before)[-_SEAM:], canonicalize(after)[:_SEAM]
        if not tail or not head:
            return frozenset()
        together = self._groups(tail + head) | self._groups(f"{tail} {head}")
        return together - self._groups(tail) - self._groups(head)

    def _judge(self, policy: Policy, rule: TermRule, new: frozenset[str], old: frozenset[str]) -> Finding | None:
        both = new | old
        if any(both.isdisjoint(need) for need in rule.needs) or all(new.isdisjoint(need) for need in rule.needs):
            return None
        # What softens must be said now: an innocent earlier turn is no licence.
        score = rule.score if new.isdisjoint(rule.softened_by) else rule.softened_score
        cut = self._book.cut(policy.id, rule.label)
        action = cut.action(score)
        if action is Action.ALLOW:
            return None
        return Finding(
            layer=self.name,
            policy=policy.id,
            label=rule.label,
            score=score,
            threshold=cut.threshold(score),
            rule=rule.id,
            action=action,
        )

    def _needs_image(self, finding: Finding) -> bool:
        rules = self._book.policies[finding.policy].rules
        return any(rule.id == finding.rule and {UPLOADED_IMAGE} in rule.needs for rule in rules)


def _recent(context: Sequence[str]) -> tuple[str, ...]:
    """The newest turns that fit ``_MAX_CONTEXT``, oldest first; the oldest of them may be cut."""
    kept: list[str] = []
    room = _MAX_CONTEXT
    for text in reversed(context):
        if room <= 0:
            break
        if text:
            kept.append(text[-room:])
            room -= len(text)
    return tuple(reversed(kept))
