"""Records and images to keep, for the tests of storage."""

import hashlib
import io
from dataclasses import replace
from datetime import UTC, datetime

from PIL import Image

from generator.receipt import ReceiptLine
from generator.request import GenerationRequest
from generator.scene import Scene, SceneObject
from moderation.types import Action, Verdict
from storage.claims import Claim
from storage.records import Credential, GenerationRecord, generation_id
from storage.store import Records

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
