"""Records: what was asked, drawn, measured, decided and signed, one per image, and the jobs they belong to.

A generation's identity is uuid5 of its job and index, so a step that runs twice writes one record. Everything needed
to revise an image or to answer "what did you change?" is in its record; nothing of it lives anywhere else.
"""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from generator.receipt import ReceiptLine
from generator.request import GenerationRequest
from generator.scene import Scene
from moderation.types import Locale, Verdict

ERASED = "erased"
"""Stands where a requester's id stood."""

_NAMESPACE = uuid.UUID("6f1ce1a4-6a0c-5d8e-9a3b-7a2f54d0c0de")


def generation_id(job: str, index: int) -> str:
    """The id of image ``index`` of ``job``; the same for every re-run."""
    return str(uuid.uuid5(_NAMESPACE, f"{job}/{index}"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Credential:
    """How the stored bytes are signed. ``manifest`` is the label (URN) of the active manifest."""

    signed: bool
    manifest: str


@dataclass(frozen=True, slots=True, kw_only=True)
class GenerationRecord:
    """One finished, signed image.

    Attributes:
        digest: sha256 (hex) of the signed bytes; the blob's name.
        draft_digest: sha256 of the bytes before signing (stripping the manifest gives them back).
        mark_id: Unique 48-bit number for the watermark.
        alt: Alt text in the requester's language.
        unmet: What could not be done, in the requester's language.
        timings: Milliseconds by step.
    """

    id: str
    job: str
    index: int
    tenant: str
    conversation: str
    requester: str
    created_at: datetime
    request: GenerationRequest
    scene: Scene | None
    verdicts: tuple[Verdict, ...]
    receipt: tuple[ReceiptLine, ...]
    parents: tuple[str, ...]
    digest: str
    draft_digest: str
    media_type: str
    width: int
    height: int
    has_alpha: bool
    size_bytes: int
    engine: str
    engine_version: str
    model: str
    seed: int
    mark_id: int
    credential: Credential
    alt: str = ""
    unmet: tuple[str, ...] = ()
    private: bool = False
    timings: Mapping[str, float] = field(default_factory=dict)


JobStatus = Literal["waiting", "running", "done"]


@dataclass(frozen=True, slots=True, kw_only=True)
class JobRecord:
    """One request: opened before any work, closed with its outcome and words.

    Attributes:
        position: Order of arrival, ascending over the whole database.
        ordered: Whether it waits for earlier unfinished jobs of its conversation.
        outcome: ``image``, ``answer``, ``question``, ``invalid``, ``refused``, ``held``, ``cancelled``, ``failed``, or None.
        locale: The language of its words.
        silent: It was no request after all, and nothing is to be posted.
    """

    id: str
    tenant: str
    conversation: str
    requester: str
    position: int
    ordered: bool
    status: JobStatus
    created_at: datetime
    finished_at: datetime | None = None
    outcome: str | None = None
    reply: str = ""
    request: GenerationRequest | None = None
    verdicts: tuple[Verdict, ...] = ()
    unmet: tuple[str, ...] = ()
    private: bool = False
    locale: Locale = "en"
    silent: bool = False
