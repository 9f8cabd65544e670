"""The written policies: loaded, validated, versioned. Knows their form; knows no text or image that they judge.

A policy is a Markdown file. Its front matter, TOML between two ``+++`` lines, holds what a program needs (thresholds, rules over
groups of terms, words for the user); its body says the same to a reader, human or model.
"""

import hashlib
import json
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from importlib.resources.abc import Traversable
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from moderation.types import Action, Locale

Strictness = Literal["standard", "strict"]
_FRONT = re.compile(r"\A\+\+\+\n(?P<front>.*?)\n\+\+\+\n(?P<body>.*)\Z", re.DOTALL)
_HEADINGS = ("## Definitions", "## Rules", "## Violates", "## Fine")


class PolicyInvalid(Exception):
    """A policy file is missing something; the installation is broken."""


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Words(_Part):
    """What the user reads: the category, and what would be fine."""

    reason: str = Field(min_length=10)
    rewording: str = Field(min_length=10)


class Cut(_Part):
    """From which score an action follows; a score below ``review`` is no finding."""

    review: float = Field(ge=0, le=1)
    block: float = Field(ge=0, le=1)

    @model_validator(mode="after")
    def _ordered(self) -> "Cut":
        if self.review > self.block:
            raise ValueError("review must not lie above block")
        return self

    def action(self, score: float) -> Action:
        """What follows from ``score``."""
        if score >= self.block:
            return Action.BLOCK
        return Action.REVIEW if score >= self.review else Action.ALLOW

    def threshold(self, score: float) -> float:
        """The threshold that ``score`` reached, ``review`` when it reached none."""
        return self.block if score >= self.block else self.review


class Label(_Part):
    """Thresholds of one thing that is found, per strictness."""

    standard: Cut
    strict: Cut


class TermRule(_Part):
    """Terms that together make a finding.

    Attributes:
        id: Named in findings and in the body: ``minors-1``.
        all: Every entry must be met; an entry is groups of terms joined by ``|``, of which one must occur.
        score: What a match is worth against the label's thresholds.
        softened_by: Groups that show another intent: history, prevention.
        softened_score: What a match is worth beside one of them.
    """

    id: str
    label: str
    all: tuple[str, ...] = Field(min_length=1)
    score: float = Field(default=1.0, ge=0, le=1)
    softened_by: tuple[str, ...] = ()
    softened_score: float = Field(default=0.0, ge=0, le=1)

    @property
    def needs(self) -> tuple[frozenset[str], ...]:
        """The entries of ``all`` as sets of groups."""
        return tuple(frozenset(entry.split("|")) for entry in self.all)


class Policy(_Part):
    """One written policy.

    Attributes:
        rank: Which policy speaks to the user when several object; the lowest first.
        body: Definitions, rules and examples in Markdown.
    """

    id: str
    title: str
    rank: int = Field(ge=0)
    words: dict[Locale, Words]
    labels: dict[str, Label]
    rules: tuple[TermRule, ...] = ()
    body: str

    @model_validator(mode="after")
    def _complete(self) -> "Policy":
        if set(self.words) != {"en", "ko"}:
            raise ValueError("words must be there in en and ko")
        for heading in _HEADINGS:
            if heading not in self.body:
                raise ValueError(f"the body lacks {heading}")
        for rule in self.rules:
            if rule.label not in self.labels or f"**{rule.id}**" not in self.body:
                raise ValueError(f"{rule.id} lacks its label or its words in the body")
        return self


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyBook:
    """All policies in force, at one strictness.

    Attributes:
        version: 12 hex digits over every policy text, every lexicon and the strictness.
    """

    policies: Mapping[str, Policy]
    strictness: Strictness
    version: str

    def cut(self, policy: str, label: str) -> Cut:
        """The thresholds in force for a label.

        Raises:
            KeyError: No such policy or label.
        """
        thresholds = self.policies[policy].labels[label]
        return thresholds.strict if self.strictness == "strict" else thresholds.standard


def parse_policy(stem: str, text: str) -> Policy:
    """Read one policy file.

    Args:
        stem: The file's name without ``.md``, which must be the policy's id.
        text: The whole file.

    Raises:
        PolicyInvalid: The form is wrong; says where.
    """
    parts = _FRONT.match(text)
    if parts is None:
        raise PolicyInvalid(f"{stem}: no front matter between +++ lines")
    try:
        policy = Policy.model_validate(tomllib.loads(parts["front"]) | {"body": parts["body"]})
    except (tomllib.TOMLDecodeError, ValidationError) as exc:
        raise PolicyInvalid(f"{stem}: {exc}") from exc
    if policy.id != stem:
        raise PolicyInvalid(f"{stem}: its id is {policy.id}")
    return policy


@cache
def load_policies(strictness: Strictness = "standard") -> PolicyBook:
    """Read the packaged policies.

    Raises:
        PolicyInvalid: There are none, or one is malformed.
    """
    texts = _texts("policies", ".md")
    policies = {stem: parse_policy(stem, text) for stem, text in texts.items()}
    if not policies:
        raise PolicyInvalid("no policy texts are installed")
    everything = json.dumps([strictness, texts, _texts("lexicons", ".tsv")], ensure_ascii=False, sort_keys=True)
    version = hashlib.sha256(everything.encode()).hexdigest()[:12]
    return PolicyBook(policies=policies, strictness=strictness, version=version)


def _texts(folder: str, suffix: str) -> dict[str, str]:
    files = [entry for entry in _folder(folder).iterdir() if entry.name.endswith(suffix)]
    return {entry.name.removesuffix(suffix): entry.read_text("utf-8") for entry in files}


def _folder(name: str) -> Traversable:
    return resources.files("moderation").joinpath(name)
