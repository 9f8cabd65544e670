"""The images that a message shows: ours by the files Slack keeps of them, anybody's by their ids, and their bytes."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from bots.chat.access import may_see
from bots.chat.downloads import Gone, TooMuch
from bots.chat.gathering import Problem
from bots.chat.looking import Unfound, image_at
from bots.courier import TryLater
from bots.slack.downloads import Downloads, fetch_file
from bots.slack.interactions.callers import Caller, reader, workspace_of
from bots.slack.parse import references
from bots.slack.parts import Parts
from bots.slack.people import Person
from bots.slack.where import file_key
from generator.scene import Notice
from moderation.intake import MAX_BYTES
from storage.records import GenerationRecord
from storage.turns import AttachmentRef

MOST_TARGETS: Final = 10
MOST_BLOCKS: Final = 200
"""Blocks of a message that are looked through, at any depth."""


def targets_of(message: Mapping[str, Any]) -> tuple[AttachmentRef, ...]:
    """What claims to be an image in a message: its files, and what its blocks show of Slack's own files."""
    found = (*references(message.get("files")), *map(named, _shown(message.get("blocks"))))
    return tuple({one.id: one for one in reversed(found)}.values())[::-1][:MOST_TARGETS]


def named(file: str) -> AttachmentRef:
    """A file of which only the id is known; where it is, Slack says when it is fetched."""
    return AttachmentRef(id=file, name=file, url="")


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


async def download(parts: Parts, caller: Caller, target: AttachmentRef) -> bytes:
    """The bytes of a file.

    Raises:
        Unfound: It is too large, gone, or not ours to read.
        NotInstalled: The app was removed.
    """
    downloads = Downloads(parts.desk.app.settings.slack.api_url)
    too_large = Unfound(Notice(key="file-too-large", args={"most": MAX_BYTES // 2**20}))
    if target.size_bytes > MAX_BYTES:
        raise too_large
    try:
        return await fetch_file(downloads, await workspace_of(parts, caller), target)
    except TooMuch:
        raise too_large from None
    except Problem as exc:
        raise Unfound(exc.reason) from None
    except (Gone, TryLater):
        raise Unfound(Notice(key="slack-file-hidden")) from None


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
