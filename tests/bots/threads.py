"""Threads with images for tests of planning: real conversation values, nothing drawn."""

from dataclasses import replace
from datetime import UTC, datetime

from bots.conversation import Attachment, Conversation, ReplyTo, Turn
from generator.receipt import ReceiptLine
from generator.request import GenerationRequest, Intent
from generator.scene import Kind, Notice, Scene, SceneObject, TextRole
from storage.records import Credential, GenerationRecord

CAR = SceneObject(id="car1", label="car", art="1f697", color="#0000ff", boxes=((10, 20, 110, 70),))
APPLES = SceneObject(id="apple1", label="apple", art="1f34e", color="#ff0000", count=3)
TITLE = SceneObject(id="title1", kind=Kind.TEXT, text="SALE 50%", role=TextRole.TITLE)
SCENE = Scene(width=1024, height=1024, background="#ffeecc", objects=(APPLES, CAR, TITLE))


def image(name, *, parents=(), intent=Intent.CREATE, scene=SCENE, changes=(), seed=7):
    """A finished image of that id."""
    request = GenerationRequest(
        intent=intent, prompt="a poster", parents=tuple(parents), scene=scene, seed=seed, changes=tuple(changes)
    )
    return GenerationRecord(
        id=name,
        job=f"cli:{name}",
        index=0,
        tenant="local",
        conversation="cli:thread",
        requester="ana",
        created_at=datetime(2026, 1, 2, tzinfo=UTC),
        request=request,
        scene=scene,
        verdicts=(),
        receipt=(ReceiptLine(check="background", asked="#ffeecc", measured="#ffeecc", passed=True),),
        parents=tuple(parents),
        digest="0" * 64,
        draft_digest="1" * 64,
        media_type="image/png",
        width=1024,
        height=768,
        has_alpha=False,
        size_bytes=20_480,
        engine="sketch",
        engine_version="1",
        model="sketch-1",
        seed=seed,
        mark_id=1,
        credential=Credential(signed=True, manifest="urn:c2pa:1"),
    )


def drawn(*images, text="a poster", author="ana"):
    """A turn that was answered with these images."""
    return Turn(author=author, text=text, generations=tuple(images))


def thread(text, *earlier, locale="en", reply=None, attachments=0, to_bot=True, author="ana"):
    """A conversation whose newest turn says ``text``; ``reply`` is ``(turn, image)``."""
    newest = Turn(
        author=author,
        text=text,
        to_bot=to_bot,
        reply_to=ReplyTo(turn=reply[0], image=reply[1]) if reply else None,
        attachments=tuple(Attachment(digest=str(n) * 64, width=64, height=64) for n in range(attachments)),
    )
    return Conversation(id="cli:thread", turns=(*earlier, newest), locale=locale)


def with_changes(record, *changes):
    """The record as a revision that changed these things."""
    request = replace(
        record.request, intent=Intent.REVISE, changes=tuple(Notice(key=key, args=args) for key, args in changes)
    )
    return replace(record, request=request)
