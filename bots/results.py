"""The result document of ``draw`` and ``thread``, and the image files beside it."""

import asyncio
import json
import uuid
from pathlib import Path
from typing import Any

from bots.app import App
from bots.order import Answer
from generator.finishing import SUFFIX
from generator.receipt import ReceiptLine
from generator.request import GenerationRequest
from generator.scene import Scene
from moderation.types import Verdict
from storage.codec import encode
from storage.records import Credential, GenerationRecord

SCHEMA = 1


async def turn_document(app: App, turn: int, answer: Answer, out: Path) -> dict[str, Any]:
    """One turn of the result; its images are written to ``out`` as ``<turn>-<index>.<suffix>``, signed bytes as stored."""
    job = await app.records.job(answer.job)
    records = await app.records.generations_of_job(answer.job)
    seconds = (job.finished_at - job.created_at).total_seconds() if job and job.finished_at else 0.0
    request = job.request if job else None
    return {
        "turn": turn,
        "job": answer.job,
        "reply": answer.reply,
        "seconds": round(seconds, 3),
        "outcome": answer.outcome,
        "request": None if request is None else encode(GenerationRequest, request),
        "verdicts": encode(tuple[Verdict, ...], job.verdicts if job else ()),
        "unmet": list(answer.unmet),
        "images": [await _image(app, turn, record, out) for record in records],
    }


def invalid_document(reply: str) -> dict[str, Any]:
    """The turn of a request whose flags were impossible: it never became a job."""
    empty: dict[str, Any] = {"request": None, "verdicts": [], "unmet": [], "images": []}
    return {"turn": 0, "job": f"cli:{uuid.uuid4()}", "reply": reply, "seconds": 0.0, "outcome": "invalid", **empty}


async def write_result(out: Path, turns: list[dict[str, Any]]) -> dict[str, Any]:
    """``result.json``, written whole or not at all; returns the document."""
    document = {"schema": SCHEMA, "turns": turns}
    data = json.dumps(document, ensure_ascii=False, indent=1).encode()
    await asyncio.to_thread(_write, out / "result.json", data)
    return document


async def _image(app: App, turn: int, record: GenerationRecord, out: Path) -> dict[str, Any]:
    name = f"{turn}-{record.index}.{SUFFIX[record.media_type]}"
    await asyncio.to_thread(_write, out / name, await app.blobs.get(record.digest))
    return {
        "file": name,
        "index": record.index,
        "sha256": record.digest,
        "width": record.width,
        "height": record.height,
        "has_alpha": record.has_alpha,
        "alt": record.alt,
        "generation": record.id,
        "parents": list(record.parents),
        "seed": record.seed,
        "engine": record.engine,
        "scene": None if record.scene is None else encode(Scene, record.scene),
        "receipt": encode(tuple[ReceiptLine, ...], record.receipt),
        "credential": encode(Credential, record.credential),
    }


def _write(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.part")
    temporary.write_bytes(data)
    temporary.replace(path)
