"""Moderation as one thing to ask: layers run together, findings combine, what fails blocks. Knows layers only by their ports."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from functools import cache, partial
from time import perf_counter

from moderation.lexicon import load_lexicon
from moderation.nudity import NudityClassifier
from moderation.policy import PolicyBook, Strictness, load_policies
from moderation.ports import ImageClassifier, ImageContent, TextClassifier, TextContent
from moderation.term_rules import TermRules
from moderation.types import Action, Finding, Locale, Stage, Verdict

LAYER_FAILED = "layer_failed"
_UNAVAILABLE = "unavailable"
_Call = tuple[str, Callable[[], Awaitable[tuple[Finding, ...]]]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Layers:
    """The techniques a moderator uses.

    Attributes:
        text: Deterministic layers for texts; always required.
        images: Layers for images that run here; always required.
        judges: Further layers for texts, required only when named in ``required``.
        image_judges: Further layers for images, likewise.
        required: Names of judges without whose answer nothing passes.
        timeout: Seconds a layer may take.
    """

    text: tuple[TextClassifier, ...]
    images: tuple[ImageClassifier, ...]
    judges: tuple[TextClassifier, ...] = ()
    image_judges: tuple[ImageClassifier, ...] = ()
    required: frozenset[str] = frozenset()
    timeout: float = 10.0

    def must_answer(self, name: str) -> bool:
        """Whether the failure of this layer blocks."""
        deterministic = {layer.name for layer in self.text} | {layer.name for layer in self.images}
        return name in self.required or name in deterministic


class Moderator:
    """Judges texts and images; never raises for what it judges, and never lets pass what it could not judge.

    Args:
        book: The policies in force.
        layers: The techniques. At least one deterministic layer for texts and one for images.

    Raises:
        ValueError: A kind of content would pass unjudged, or a required judge is not there.
    """

    def __init__(self, book: PolicyBook, layers: Layers) -> None:
        if not layers.text or not layers.images:
            raise ValueError("texts and images need at least one required layer each")
        missing = (
            layers.required - {judge.name for judge in layers.judges} - {judge.name for judge in layers.image_judges}
        )
        if missing:
            raise ValueError(f"required layers are not there: {', '.join(sorted(missing))}")
        self._book = book
        self._layers = layers

    @property
    def policy_version(self) -> str:
        """Hash of all policy texts, lexicons and thresholds in force."""
        return self._book.version

    async def check_text(self, text: str, *, stage: Stage, locale: Locale, context: Sequence[str] = ()) -> Verdict:
        """Judge the newest text, read in the light of the turns before it.

        Args:
            text: The newest turn, or the planned request.
            stage: Where on the line this happens.
            locale: Language of the reason.
            context: Earlier turns, oldest first. Findings concern them only where ``text`` takes them up.
        """
        content = TextContent(text=text, stage=stage, locale=locale, context=tuple(context))
        return await self._verdict(self._text_calls(content), stage, locale)

    async def check_image(
        self, png_or_encoded: bytes, *, stage: Stage, locale: Locale, context_text: str = ""
    ) -> Verdict:
        """Judge an image together with what was asked of it.

        Args:
            png_or_encoded: A PNG, JPEG or WebP file, such as ``sanitize`` returns.
            stage: ``reference`` for uploads, ``output`` for drafts.
            locale: Language of the reason.
            context_text: The request that came with an upload, so that harmless words over a harmless picture are judged as a pair.
        """
        content = ImageContent(encoded=png_or_encoded, stage=stage, locale=locale, context_text=context_text)
        calls: list[_Call] = [
            (layer.name, partial(layer.classify, content))
            for layer in (*self._layers.images, *self._layers.image_judges)
        ]
        if context_text and stage == "reference":
            calls += self._text_calls(TextContent(text=context_text, stage=stage, locale=locale, with_image=True))
        return await self._verdict(calls, stage, locale)

    def _text_calls(self, content: TextContent) -> list[_Call]:
        return [(layer.name, partial(layer.classify, content)) for layer in (*self._layers.text, *self._layers.judges)]

    async def _verdict(self, calls: Sequence[_Call], stage: Stage, locale: Locale) -> Verdict:
        started = perf_counter()
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(self._ask(name, call)) for name, call in calls]
        findings = tuple(finding for task in tasks for finding in task.result())
        action = max((finding.action for finding in findings), key=lambda one: one.severity, default=Action.ALLOW)
        reason, rewording = self._words(findings, action, locale)
        return Verdict(
            action=action,
            findings=findings,
            policy_version=self._book.version,
            reason=reason,
            rewording=rewording,
            milliseconds=(perf_counter() - started) * 1000,
            stage=stage,
        )

    async def _ask(self, name: str, call: Callable[[], Awaitable[tuple[Finding, ...]]]) -> tuple[Finding, ...]:
        try:
            async with asyncio.timeout(self._layers.timeout):
                return tuple(await call())
        except Exception:  # noqa: BLE001 - whatever a layer raises, an unjudged request must not pass
            action = Action.BLOCK if self._layers.must_answer(name) else Action.ALLOW
            return (
                Finding(
                    layer=name,
                    policy=_UNAVAILABLE,
                    label=LAYER_FAILED,
                    score=1.0,
                    threshold=1.0,
                    rule="unavailable-1",
                    action=action,
                ),
            )

    def _words(self, findings: Sequence[Finding], action: Action, locale: Locale) -> tuple[str, str | None]:
        """The words of the most important policy among the deciding findings; a policy that is not known counts last."""
        if action is Action.ALLOW:
            return "", None
        deciding = [finding.policy for finding in findings if finding.action is action]
        known = [self._book.policies[policy] for policy in deciding if policy in self._book.policies]
        spokesman = min(known, key=lambda policy: policy.rank, default=self._book.policies[_UNAVAILABLE])
        words = spokesman.words[locale]
        return words.reason, words.rewording


@cache
def build_moderator(strictness: Strictness = "standard") -> Moderator:
    """The moderator with the packaged policies, terms and nudity model; loading the model waits for the first image.

    Args:
        strictness: ``strict`` takes each policy's lower thresholds.

    Raises:
        PolicyInvalid: The packaged policies are broken.
        LexiconInvalid: The packaged terms are broken.
    """
    book = load_policies(strictness)
    terms = TermRules(book, load_lexicon())
    return Moderator(book, Layers(text=(terms,), images=(NudityClassifier(book, terms),)))
