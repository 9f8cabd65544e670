"""What is claimed about an image, and how that reads as a C2PA manifest definition.

Actions, source types and assertions are those that the conformance rubric for C2PA 2.4 passes. Nothing that a user
typed and nobody's name goes in: a manifest is public. Knows no library.

Source: C2PA technical specification 2.4; asset-rubric-conformance0.2-spec2.4, checked 2026-11-22.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

GENERATOR = "Threadbrush"
GENERATION_ASSERTION = "org.threadbrush.generation"
ATTRIBUTION_ASSERTION = "org.threadbrush.attribution"
PARENT = "parent"  # how the actions refer to the parent among the ingredients

_IPTC = "http://cv.iptc.org/newscodes/digitalsourcetype/"
TRAINED = f"{_IPTC}trainedAlgorithmicMedia"
ALGORITHMIC = f"{_IPTC}algorithmicMedia"
COMPOSITE_SYNTHETIC = f"{_IPTC}compositeSynthetic"
COMPOSITE_TRAINED = f"{_IPTC}compositeWithTrainedAlgorithmicMedia"


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """What is true of an image that is about to be signed.

    Attributes:
        generation: The generation's id.
        model: What drew, as precisely as known.
        model_license: What its licence is called; empty where no trained model drew.
        neural: Whether a trained model made the pixels (otherwise they follow from an algorithm).
        when: The moment of making, with its zone.
        prompt_digest: sha256 (hex) of the prompt; only a commitment that nobody else can guess from is published.
        composite: Somebody's upload is part of the picture; always so when ``uploads`` has any.
        parent: Signed bytes of the revised image.
        uploads: Sanitised bytes of the uploads that the picture draws upon.
        changes: What a revision changed, as keys of our own catalogue, never a user's words.
        credits: Attributions of packaged art and fonts.
    """

    generation: str
    engine: str
    engine_version: str
    model: str
    neural: bool
    when: datetime
    model_license: str = ""
    prompt_digest: str = ""
    title: str = ""
    composite: bool = False
    parent: bytes | None = None
    parent_title: str = "previous revision"
    uploads: tuple[bytes, ...] = ()
    changes: tuple[str, ...] = ()
    credits: tuple[str, ...] = ()

    @property
    def source_type(self) -> str:
        """IPTC's digital source type of the finished picture."""
        if self.composite or self.uploads:
            return COMPOSITE_TRAINED if self.neural else COMPOSITE_SYNTHETIC
        if self.neural:
            return TRAINED if self.parent is None else COMPOSITE_TRAINED
        return ALGORITHMIC


def manifest(claim: Claim, prompt_commitment: str) -> dict[str, Any]:
    """The manifest definition; the ingredients that its actions name are added by whoever signs."""
    assertions: list[dict[str, Any]] = [
        {
            "label": "c2pa.actions.v2",
            "created": True,
            "data": {"actions": actions(claim), "allActionsIncluded": True},
        },
        {"label": "cawg.training-mining", "data": {"entries": _training_mining()}},
        {
            "label": GENERATION_ASSERTION,
            "data": {
                "generation": claim.generation,
                "engine": claim.engine,
                "engineVersion": claim.engine_version,
                "model": claim.model,
                "promptCommitment": prompt_commitment,
                **({"modelLicense": claim.model_license} if claim.model_license else {}),
            },
        },
    ]
    if claim.credits:
        assertions.append({"label": ATTRIBUTION_ASSERTION, "data": {"credits": list(claim.credits)}})
    return {"title": claim.title or f"{GENERATOR} {claim.generation}", "assertions": assertions}


def actions(claim: Claim) -> list[dict[str, Any]]:
    """Created, or opened and edited; then the uploads that were placed."""
    agent = {"name": claim.engine, "version": claim.engine_version}
    when = claim.when.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    made = {"when": when, "softwareAgent": agent, "digitalSourceType": claim.source_type}
    drawn: list[dict[str, Any]]
    if claim.parent is None:
        drawn = [{"action": "c2pa.created", **made, "description": f"drawn by {claim.model}"}]
    else:
        # An opened image has no source type of its own: it brings its manifest.
        opened = {"action": "c2pa.opened", "when": when, "parameters": {"ingredientIds": [PARENT]}}
        changes = ", ".join(claim.changes) or "revised"
        drawn = [opened, {"action": "c2pa.edited", **made, "description": changes}]
    names = upload_names(claim)
    if names and claim.neural:
        drawn[-1]["parameters"] = {"ingredientIds": names}
    elif names:
        drawn.append({"action": "c2pa.placed", **made, "parameters": {"ingredientIds": names}})
    return drawn


def upload_names(claim: Claim) -> list[str]:
    """How the actions refer to the uploads among the ingredients."""
    return [f"upload-{number}" for number in range(1, len(claim.uploads) + 1)]


def upload_relationship(claim: Claim) -> str:
    """A model looks at an upload (``inputTo``), a vector engine places it (``componentOf``)."""
    return "inputTo" if claim.neural else "componentOf"


def _training_mining() -> dict[str, dict[str, str]]:
    denied = ("cawg.ai_generative_training", "cawg.ai_training", "cawg.data_mining")
    return {**{name: {"use": "notAllowed"} for name in denied}, "cawg.ai_inference": {"use": "allowed"}}
