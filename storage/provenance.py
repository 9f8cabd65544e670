"""Is this file ours? The digest is looked up first, then the credentials are read; evidence is told, never a bare yes.

    ours                 the bytes are those we signed, or an intact manifest of ours says so
    ours_modified        the bytes before signing are ours, but the credentials were taken off
    tampered             a manifest of ours (or one naming an image of ours) that no longer fits: pixels or manifest were
                         changed, moved to another picture, or an image that it was made from was changed
    foreign_credential   somebody else's manifest, intact or not
    unknown              nothing recognised it

``ours`` is true for the first two only: a manifest of ours on changed pixels may have been moved there from another
picture. Watermark and fingerprint are other modules' evidence.
"""

import asyncio
import hashlib
from dataclasses import dataclass
from typing import Any, Literal

from storage.credentials import Credentials
from storage.manifests import ManifestReport
from storage.media import require_image
from storage.store import Records

ProvenanceVerdict = Literal["ours", "ours_modified", "tampered", "foreign_credential", "unknown"]
EvidenceKind = Literal["digest", "manifest", "watermark", "fingerprint"]
SCHEMA = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """One reason for a verdict; ``score`` from 0 to 1, 1 being certain."""

    kind: EvidenceKind
    score: float
    detail: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Provenance:
    """What could be found out about a file.

    Attributes:
        generation: The image it is or claims to be; also set for removed ones.
        manifest: Its credentials, if it has any.
        history: The generation and what it was revised from, newest first.
    """

    verdict: ProvenanceVerdict
    generation: str | None = None
    evidence: tuple[Evidence, ...] = ()
    manifest: ManifestReport | None = None
    history: tuple[str, ...] = ()

    @property
    def ours(self) -> bool:
        """Whether the picture is one that we made."""
        return self.verdict in {"ours", "ours_modified"}

    def to_json(self) -> dict[str, Any]:
        """The document that ``verify --json`` prints."""
        return {
            "schema": SCHEMA,
            "ours": self.ours,
            "verdict": self.verdict,
            "generation": self.generation,
            "evidence": [{"kind": item.kind, "score": item.score, "detail": item.detail} for item in self.evidence],
            "manifest": None if self.manifest is None else self.manifest.to_json(),
            "history": list(self.history),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class _Finding:
    verdict: ProvenanceVerdict
    generation: str | None = None
    evidence: tuple[Evidence, ...] = ()


async def verify(data: bytes, records: Records, credentials: Credentials) -> Provenance:
    """Find out whether ``data`` is an image of ours.

    Raises:
        UnreadableImage: It is empty, too large or no image.
        DatabaseUnavailable: The records cannot be searched.
    """
    require_image(data)
    digest = await asyncio.to_thread(lambda: hashlib.sha256(data).hexdigest())
    report = await credentials.read(data)
    by_digest = await _by_digest(digest, records)
    by_manifest = await _by_manifest(report, records)
    # What the bytes say is certain, so it wins; what the manifest says is told besides.
    finding = by_digest if by_digest.verdict != "unknown" else by_manifest
    return Provenance(
        verdict=finding.verdict,
        generation=finding.generation,
        evidence=by_digest.evidence + by_manifest.evidence,
        manifest=None if report.state == "none" else report,
        history=await records.history(finding.generation) if finding.generation else (),
    )


async def _by_digest(digest: str, records: Records) -> _Finding:
    if (record := await records.by_digest(digest)) is not None:
        # A signed copy has a digest of its own; only the draft's bytes are unsigned.
        signed = record.digest == digest or record.draft_digest != digest
        return _digest_finding(record.id, signed=signed, removed=False)
    if (tombstone := await records.tombstone(digest)) is not None:
        return _digest_finding(tombstone.generation, signed=tombstone.digest == digest, removed=True)
    return _Finding(verdict="unknown")


def _digest_finding(generation: str, *, signed: bool, removed: bool) -> _Finding:
    gone = "; that image was removed" if removed else ""
    if signed:
        detail = f"the bytes are exactly those that were signed{gone}"
        return _Finding(verdict="ours", generation=generation, evidence=(_certain("digest", detail),))
    detail = f"the bytes are those of the image before signing: its credentials were taken off{gone}"
    return _Finding(verdict="ours_modified", generation=generation, evidence=(_certain("digest", detail),))


async def _by_manifest(report: ManifestReport, records: Records) -> _Finding:
    if report.state == "none":
        return _Finding(verdict="unknown")
    named = await _named(report, records)
    if report.is_ours and not report.is_tampered:
        detail = "the manifest is intact and signed by this installation"
        return _Finding(verdict="ours", generation=report.generation, evidence=(_certain("manifest", detail),))
    if report.is_tampered and (report.is_ours or named is not None):
        evidence = (_certain("manifest", _damage(report)),)
        return _Finding(verdict="tampered", generation=named or report.generation, evidence=evidence)
    detail = "the manifest is " + (f"invalid: {', '.join(report.failures)}" if report.state == "invalid" else "intact")
    detail += "; its signature is not one of this installation's"
    return _Finding(
        verdict="foreign_credential", evidence=(_certain("manifest", detail), *await _ancestry(report, records))
    )


async def _named(report: ManifestReport, records: Records) -> str | None:
    """The generation of ours that was signed with a manifest of this label."""
    if report.active_manifest is None:
        return None
    if (record := await records.by_manifest(report.active_manifest)) is not None:
        return record.id
    tombstone = await records.tombstone(report.active_manifest)
    return None if tombstone is None else tombstone.generation


async def _ancestry(report: ManifestReport, records: Records) -> tuple[Evidence, ...]:
    """Images of ours that a stranger's manifest says it was made from: a hint, for a stranger vouches for it."""
    found = []
    for item in report.ingredients:
        record = None if item.manifest is None else await records.by_manifest(item.manifest)
        if record is not None:
            found.append(Evidence(kind="manifest", score=0.5, detail=f"it says that it was made from {record.id}"))
    return tuple(found)


def _damage(report: ManifestReport) -> str:
    if report.broken_ingredients:
        broken = report.broken_ingredients[0]
        return f"an image that it was made from was changed after signing: {', '.join(broken.failures)}"
    return f"pixels or manifest were changed after signing: {', '.join(report.failures)}"


def _certain(kind: EvidenceKind, detail: str) -> Evidence:
    return Evidence(kind=kind, score=1.0, detail=detail)
