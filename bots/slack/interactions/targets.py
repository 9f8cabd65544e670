"""The images that a message shows: ours by the files Slack keeps of them, anybody's by their ids, and their bytes."""

import asyncio
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from bots.chat.access import may_see
from bots.chat.looking import Unfound, image_at
from bots.courier import TryLater, Unreachable
from bots.slack.interactions.callers import Caller, reader
from bots.slack.parts import Parts
from bots.slack.people import Person
from bots.slack.problems import Refused
from bots.slack.uploading import information
from bots.slack.where import file_key
from bots.slack.workspaces import Workspace
from generator.scene import Notice
from moderation.intake import MAX_BYTES
from storage.records import GenerationRecord
from storage.turns import AttachmentRef

MOST_TARGETS: Final = 10
MOST_BLOCKS: Final = 200
"""Blocks of a message that are looked through, at any depth."""

MAX_NAME: Final = 100
INFO_SECONDS: Final = 1.2
"""For asking what files are; the acknowledgement of a form waits for it."""


def targets_of(message: Mapping[str, Any]) -> tuple[AttachmentRef, ...]:
    """What claims to be an image in a message: its files, and what its blocks show of Slack's own files.

    Of what blocks show only the id is known; where it is, Slack says when asked (``known``).
    """
    files = message.get("files")
    attached = [attachment_of(file) for file in files[:MOST_TARGETS]] if isinstance(files, list) else []
    shown = [AttachmentRef(id=file, name="", url="") for file in _shown(message.get("blocks"))]
    found = [one for one in attached if one is not None and _claims_image(one)] + shown
    return tuple({one.id: one for one in reversed(found)}.values())[::-1][:MOST_TARGETS]


def attachment_of(file: Any) -> AttachmentRef | None:
    """A file as it is remembered; None if there is nothing to fetch: it was deleted, or is kept elsewhere."""
    if not isinstance(file, Mapping) or file.get("is_external") is True:
        return None
    identity, url = file.get("id"), file.get("url_private_download") or file.get("url_private")
    if not isinstance(identity, str) or not isinstance(url, str):
        return None
    name, kind, size = file.get("name"), file.get("mimetype"), file.get("size")
    return AttachmentRef(
        id=identity,
        name=name[:MAX_NAME] if isinstance(name, str) else "",
        url=url,
        media_type=kind if isinstance(kind, str) else None,
        size_bytes=size if isinstance(size, int) and size >= 0 else 0,
    )


async def own_image(
    parts: Parts, caller: Caller, person: Person, targets: Sequence[AttachmentRef]
) -> GenerationRecord | None:
    """The image of ours that a message shows, if whoever looks may see everything about it.

    A copy of one that somebody carried elsewhere is a stranger's picture to those who cannot read where it came from.
    """
    app = parts.desk.app
    for one in targets:
        file = await app.chats.file(file_key(caller.team, one.id))
        record = None if file is None else await app.records.generation(file.generation)
        if record is not None and await may_see(record, caller.viewer(person), reader(parts, caller)):
            return record
    record = None if caller.message_key is None else await image_at(parts.desk, caller.message_key)
    if record is not None and await may_see(record, caller.viewer(person), reader(parts, caller)):
        return record
    return None


async def known(workspace: Workspace, files: Iterable[str]) -> tuple[AttachmentRef, ...]:
    """The files with these ids, without those that Slack does not have or show us.

    Raises:
        TryLater: Slack did not say in time.
    """
    try:
        async with asyncio.timeout(INFO_SECONDS):
            found = await asyncio.gather(*(_information(workspace, file) for file in files))
    except TimeoutError:
        raise TryLater from None
    return tuple(one for one in map(attachment_of, found) if one is not None)


async def download(workspace: Workspace, target: AttachmentRef) -> bytes:
    """The bytes of a file.

    Raises:
        Unfound: It is too large, gone, or not ours to read.
    """
    from bots.slack.downloads import Gone, MissingScope, TooMuch, fetch  # noqa: PLC0415 - lands with the files of messages

    hidden = Unfound(Notice(key="slack-file-hidden"))
    too_large = Unfound(Notice(key="file-too-large", args={"most": MAX_BYTES // 2**20}))
    try:
        if not target.url:
            described = attachment_of(await _information(workspace, target.id))
            if described is None:
                raise hidden
            target = described
        if target.size_bytes > MAX_BYTES:
            raise too_large
        return await fetch(workspace, target.url, MAX_BYTES)
    except TooMuch:
        raise too_large from None
    except (Gone, MissingScope, TryLater):
        raise hidden from None


async def _information(workspace: Workspace, file: str) -> dict[str, Any] | None:
    try:
        return await information(workspace, file)
    except (Unreachable, Refused):
        return None


def _shown(blocks: Any) -> Iterator[str]:
    """Ids of the files in image blocks, at any depth."""
    waiting, looked = [blocks], 0
    while waiting and looked < MOST_BLOCKS:
        each, looked = waiting.pop(0), looked + 1
        if isinstance(each, list):
            waiting += each
        elif isinstance(each, Mapping):
            file = each.get("slack_file")
            if each.get("type") == "image" and isinstance(file, Mapping) and isinstance(file.get("id"), str):
                yield file["id"]
            waiting += [value for value in each.values() if isinstance(value, list | Mapping)]


def _claims_image(file: AttachmentRef) -> bool:
    return (file.media_type or "").startswith("image/")
