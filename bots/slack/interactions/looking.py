"""Describe and Check provenance: what the image of a message shows and where it comes from, told to one person."""

from bots.chat.access import may_see
from bots.chat.looking import UNSEEN, Unfound, described, provenance_lines, why_unseen
from bots.chat.provenance_words import Sees
from bots.slack.interactions.answering import SPELLING, said, tell, tell_notices
from bots.slack.interactions.callers import Caller, reader
from bots.slack.interactions.targets import download, own_image
from bots.slack.layout import escaped
from bots.slack.parts import Parts
from bots.slack.people import Person
from generator.scene import Notice
from storage.errors import BlobMissing
from storage.records import GenerationRecord
from storage.turns import AttachmentRef


async def describe_target(parts: Parts, caller: Caller, person: Person, targets: tuple[AttachmentRef, ...]) -> None:
    """Say what the first image of a message shows; one of ours as we keep it rather than as it was posted."""
    try:
        record = await own_image(parts, caller, person, targets)
        data = await _kept(parts, record) if record is not None else await _posted(parts, caller, targets)
        words = await described(parts.desk, data, locale=person.locale, sees=_seer(parts, caller, person))
    except UNSEEN as exc:
        await tell_notices(parts, caller, person.locale, why_unseen(exc))
    else:
        await tell(parts, caller, [escaped(line) for line in words.splitlines()])


async def verify_target(parts: Parts, caller: Caller, person: Person, targets: tuple[AttachmentRef, ...]) -> None:
    """Say where the file comes from that stands in a message, whatever we know about the message."""
    try:
        data = await _posted(parts, caller, targets)
        lines = await provenance_lines(parts.desk, data, sees=_seer(parts, caller, person), spelling=SPELLING)
    except UNSEEN as exc:
        await tell_notices(parts, caller, person.locale, why_unseen(exc))
    else:
        await tell(parts, caller, said(lines, person.locale))


async def _kept(parts: Parts, record: GenerationRecord) -> bytes:
    try:
        return await parts.desk.app.blobs.get(record.digest)
    except BlobMissing:
        raise Unfound(Notice(key="image-gone")) from None


async def _posted(parts: Parts, caller: Caller, targets: tuple[AttachmentRef, ...]) -> bytes:
    if not targets:
        raise Unfound(Notice(key="message-without-image"))
    return await download(parts, caller, targets[0])


def _seer(parts: Parts, caller: Caller, person: Person) -> Sees:
    async def sees(record: GenerationRecord) -> bool:
        return await may_see(record, caller.viewer(person), reader(parts, caller))

    return sees
