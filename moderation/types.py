"""The words of moderation: content, finding, verdict, and how findings combine.

A verdict is a value, never an exception. Verdicts combine by the most severe action; no verdict at all is BLOCK.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Literal

Stage = Literal["input", "reference", "plan", "output"]
Locale = Literal["en", "ko"]


class Action(StrEnum):
    """What follows from a finding, ordered ALLOW < REVIEW < BLOCK."""

    ALLOW = "allow"
    REVIEW = "review"
    BLOCK = "block"

    @property
    def severity(self) -> int:
        """0 for ALLOW, 1 for REVIEW, 2 for BLOCK."""
        return _ORDER.index(self)

    # StrEnum would compare letters; actions compare by severity.
    def __lt__(self, other: str) -> bool:
        return self.severity < Action(other).severity

    def __le__(self, other: str) -> bool:
        return self.severity <= Action(other).severity

    def __gt__(self, other: str) -> bool:
        return self.severity > Action(other).severity

    def __ge__(self, other: str) -> bool:
        return self.severity >= Action(other).severity


_ORDER = (Action.ALLOW, Action.REVIEW, Action.BLOCK)


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One layer's reason to review or block.

    Attributes:
        layer: Which technique found it: ``text_rules``, ``nudity``, ``judge``; the name of a layer that failed.
        policy: Id of the policy text, the file's stem: ``minors``.
        label: What was found, in the policy's words: ``sexual_minors``.
        score: 0 to 1.
        threshold: The score from which ``action`` follows.
        rule: Id of the rule inside the policy: ``minors-1``.
    """

    layer: str
    policy: str
    label: str
    score: float
    threshold: float
    rule: str
    action: Action = Action.BLOCK


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What moderation decided about one thing at one stage.

    Attributes:
        policy_version: Hash of all policy texts and thresholds in force.
        reason: Words for the user naming the category; empty when allowed. Never repeats the request.
        rewording: What would be fine instead, or None.
        milliseconds: Time taken.
    """

    action: Action
    findings: tuple[Finding, ...] = ()
    policy_version: str = ""
    reason: str = ""
    rewording: str | None = None
    milliseconds: float = 0.0
    stage: Stage = "input"


def combine(verdicts: Iterable[Verdict]) -> Verdict:
    """The most severe verdict, carrying every finding; BLOCK when there is none to combine."""
    kept = tuple(verdicts)
    if not kept:
        return Verdict(action=Action.BLOCK, reason="Nothing was checked, so nothing passes.")
    worst = max(kept, key=lambda verdict: verdict.action.severity)
    findings = tuple(finding for verdict in kept for finding in verdict.findings)
    return replace(worst, findings=findings, milliseconds=sum(verdict.milliseconds for verdict in kept))
