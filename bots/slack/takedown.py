"""Taking an answer down: its messages, and the files that Slack keeps of its images.

Comes before the images leave the records: with them it is forgotten which files they were.
"""

from collections.abc import Iterable, Sequence
from typing import Final

from bots.courier import TryLater, Unreachable
from bots.slack.layout import MOST_IMAGES
from bots.slack.parts import Parts
from bots.slack.problems import Refused, reaching
from bots.slack.sweeping import Spot, remove, standing
from bots.slack.uploading import information, shares_of
from bots.slack.where import file_key, split_message
from bots.slack.workspaces import Workspace
from storage.chats import PostRecord
from storage.records import GenerationRecord

GONE: Final = frozenset({"file_not_found", "file_deleted"})


async def take_down(
    parts: Parts, workspace: Workspace, images: Sequence[GenerationRecord], posts: Iterable[PostRecord]
) -> bool:
    """Delete the messages of answers and the files of their images; False if one of them may still be there.

    Args:
        parts: The running bot's.
        workspace: Where it all stands.
        images: All that the answers had.
        posts: Of the answers' jobs.
    """
    files = [file for image in images for file in await _files(parts, workspace, image)]
    done = [await _posted_removed(parts, workspace, post, images, files) for post in posts if post.message is not None]
    done += [await _file_removed(parts, workspace, file) for file in files]
    return all(done)


async def _files(parts: Parts, workspace: Workspace, image: GenerationRecord) -> list[str]:
    """Ids of an image's files in that workspace."""
    prefix = file_key(workspace.team, "")
    records = await parts.desk.app.chats.files_of(image.id)
    return [record.key.removeprefix(prefix) for record in records if record.key.startswith(prefix)]


async def _posted_removed(
    parts: Parts, workspace: Workspace, post: PostRecord, images: Sequence[GenerationRecord], files: Sequence[str]
) -> bool:
    """One answer's messages: further parts and shared files first, which are found by way of it."""
    _, channel, ts = split_message(post.message or "")
    _, _, root = split_message(post.place)
    try:
        further: list[str] = []
        if sum(image.job == post.job for image in images) > MOST_IMAGES:
            limit = parts.desk.app.settings.slack.history_limit
            stands = await standing(workspace, Spot(channel=channel, thread=root), post.job, after=ts, limit=limit)
            further = [each for stamps in stands.values() for each in stamps]
        await _shares_removed(workspace, channel, files)
        return all([await remove(workspace, channel, each) for each in (*further, ts)])
    except (TryLater, Unreachable, Refused):
        return False


async def _shares_removed(workspace: Workspace, channel: str, files: Sequence[str]) -> None:
    """The messages by which files stand in a thread; people's own stay, without the file."""
    for file in files:
        for share in shares_of(await information(workspace, file), channel):
            if isinstance(ts := share.get("ts"), str):
                await remove(workspace, channel, ts)


async def _file_removed(parts: Parts, workspace: Workspace, file: str) -> bool:
    try:
        async with reaching():
            await workspace.client.files_delete(file=file)
    except Refused as exc:
        if exc.code not in GONE:
            return False
    except (TryLater, Unreachable):
        return False
    await parts.desk.app.chats.drop_file(file_key(workspace.team, file))
    return True
