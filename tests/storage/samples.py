"""Records and images to keep, for the tests of storage."""

import hashlib
import io
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from PIL import Image

from generator.receipt import ReceiptLine
from generator.request import GenerationRequest
from generator.scene import Scene, SceneObject
from moderation.types import Action, Verdict
from storage.claims import Claim
from storage.generations import UploadRecord
from storage.records import Credential, GenerationRecord, generation_id
from storage.renditions import RenditionRecord
from storage.store import Records
from storage.turns import TurnRecord

WHEN = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)


def digest_of(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def picture(kind: str = "PNG", color: str = "#cc3344", size: int = 48) -> bytes:
    """A small picture with enough pixels to tamper with."""
    image = Image.new("RGB", (size, size), color)
    image.putdata([(x * 5 % 256, y * 5 % 256, (x * y) % 256) for y in range(size) for x in range(size)])
    image.paste(color, (0, 0, size // 2, size // 2))
    buffer = io.BytesIO()
    image.save(buffer, kind)
    return buffer.getvalue()


def flip_a_pixel_bit(signed: bytes, plain: bytes) -> bytes:
    """Change one bit in the middle of the image data, wherever signing moved it."""
    middle = plain[len(plain) // 2 :][:24]
    place = signed.index(middle)
    changed = bytearray(signed)
    changed[place] ^= 1
    return bytes(changed)


def claim(generation: str = "generation-1", **more) -> Claim:
    plain = Claim(
        generation=generation,
        engine="sketch",
        engine_version="1",
        model="sketch-1",
        neural=False,
        when=WHEN,
        prompt_digest=digest_of("a red hat"),
    )
    return replace(plain, **more)


def generation(job: str, index: int = 0, **more) -> GenerationRecord:
    identity = generation_id(job, index)
    record = GenerationRecord(
        id=identity,
        job=job,
        index=index,
        tenant="guild",
        conversation="thread",
        requester="ana",
        created_at=WHEN,
        request=GenerationRequest(prompt="a red hat\0 \U0001f3a9", palette=("#ff0000",)),
        scene=Scene(width=64, height=64, objects=(SceneObject(id="hat1", boxes=((1.5, 2, 3, 4),)),)),
        verdicts=(Verdict(action=Action.ALLOW, policy_version="v1"),),
        receipt=(ReceiptLine(check="size", asked="64x64", measured="64x64", passed=True),),
        parents=(),
        digest=digest_of(f"signed {identity}"),
        draft_digest=digest_of(f"draft {identity}"),
        media_type="image/png",
        width=64,
        height=64,
        has_alpha=False,
        size_bytes=1234,
        engine="sketch",
        engine_version="1",
        model="sketch-1",
        seed=7,
        mark_id=int(digest_of(identity)[:12], 16),
        credential=Credential(signed=True, manifest=f"urn:c2pa:{identity}"),
        timings={"draw": 12.5},
    )
    return replace(record, **more)


async def open_job(records: Records, job: str, conversation: str = "thread", requester: str = "ana", **more):
    return await records.open_job(job, tenant="guild", conversation=conversation, requester=requester, **more)


async def keep(records: Records, job: str, index: int = 0, **more) -> GenerationRecord:
    """Open the job and keep one image of it."""
    record = generation(job, index, **more)
    await open_job(records, job, conversation=record.conversation, requester=record.requester)
    return await records.add_generation(record)


def turn(message: str, text: str = "a red hat", seconds: float = 0, **more) -> TurnRecord:
    """A message of ana's, so many seconds after the first."""
    record = TurnRecord(
        conversation="thread",
        message=message,
        author="ana",
        text=text,
        sent_at=WHEN + timedelta(seconds=seconds),
    )
    return replace(record, **more)


def upload(job: str, digest: str, **more) -> UploadRecord:
    record = UploadRecord(
        digest=digest,
        job=job,
        tenant="guild",
        conversation="thread",
        requester="ana",
        media_type="image/png",
        size_bytes=5,
        width=4,
        height=3,
        position=0,
        created_at=WHEN,
    )
    return replace(record, **more)


def rendition(image: GenerationRecord, digest: str, reason: str = "small") -> RenditionRecord:
    return RenditionRecord(
        digest=digest,
        generation=image.id,
        media_type="image/jpeg",
        width=64,
        height=64,
        size_bytes=5,
        manifest=f"urn:c2pa:{digest}",
        reason=reason,
    )
