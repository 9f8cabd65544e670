"""The image that an order points at, put before the planner as the one that is replied to."""

from dataclasses import replace
from typing import Final

from bots.conversation import Conversation, ReplyTo, Turn
from storage.records import GenerationRecord
from storage.store import Records

_ANCESTORS: Final = 20  # versions that can be brought back from an image that the thread no longer shows


async def point_at(conversation: Conversation, source: str, records: Records) -> Conversation | None:
    """The conversation whose newest turn replies to the image ``source``; None when that is unknown or removed.

    An image that no kept turn shows (older, or of another conversation) gets a turn of its own at the beginning,
    before it the versions it came from.
    """
    record = await records.generation(source)
    if record is None:
        return None
    shown = {image.id for turn in conversation.turns for image in turn.generations}
    added = await _earlier(record, shown, records)
    if source not in shown:
        added.append(Turn(author="", text="", job=record.job, generations=await records.generations_of_job(record.job)))
    turns = (*added, *conversation.turns)
    for index, turn in enumerate(turns):
        ids = [image.id for image in turn.generations]
        if source in ids:
            newest = replace(turns[-1], reply_to=ReplyTo(turn=index, image=ids.index(source)))
            return replace(conversation, turns=(*turns[:-1], newest))
    return None  # removed just now


async def _earlier(record: GenerationRecord, shown: set[str], records: Records) -> list[Turn]:
    """What it was revised from, oldest first, as far as it was made in the same conversation."""
    history = await records.history(record.id)
    missing = [identity for identity in history if identity not in shown and identity != record.id][:_ANCESTORS]
    found = [await records.generation(identity) for identity in reversed(missing)]
    return [
        Turn(author="", text="", job=one.job, generations=(one,))
        for one in found
        if one is not None and one.conversation == record.conversation
    ]
