"""Signed images as Slack's files: uploaded once, shown in blocks, or shared into the thread where blocks do not show them.

Bytes are posted as they were signed (platforms P1); of what blocks do not show (WebP) a copy is made and signed anew.
A file's id is kept before it is used, so that another attempt uses the same file.
"""

import asyncio
import hashlib
import io
import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlsplit

import aiohttp
import structlog

from bots.app import App
from bots.chat.ladder import JPEG, PNG, TooLarge, fitting
from bots.courier import TryLater
from bots.slack.layout import LONGEST_ALT, Picture, spoken, stem_of
from bots.slack.problems import Refused, reaching
from bots.slack.sweeping import Spot
from bots.slack.where import file_key
from bots.slack.workspaces import Workspace
from generator.scene import Notice
from storage.chats import FileRecord
from storage.records import GenerationRecord

SHOWN: Final = frozenset({PNG, JPEG})
SUFFIX: Final = {PNG: "png", JPEG: "jpg", "image/webp": "webp"}
FILE_BYTES: Final = 20 * 1024 * 1024
"""What is surely shown; a larger file is copied, and posted as it is where no copy is smaller."""

UPLOAD_SECONDS: Final = 120.0
PAUSES: Final = (0.5, 1.0, 2.0, 4.0)
"""Seconds between looks at a file that is still being processed, or at a share that is not there yet (S14, S15)."""

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Uploaded:
    """An image as a file of Slack's.

    Attributes:
        reused: An earlier attempt uploaded it, and may have shown it.
    """

    image: GenerationRecord
    file: str
    reused: bool = False

    @property
    def picture(self) -> Picture:
        """For the layout."""
        return Picture(file=self.file, alt=self.image.alt)


async def upload(app: App, workspace: Workspace, image: GenerationRecord) -> tuple[Uploaded, Notice | None]:
    """The image as a file: the one that is known, else a new one; and words about it if it is a copy.

    Raises:
        BlobMissing: The image was removed.
        GenerationRemoved: Likewise, just now.
        TryLater: Slack cannot be reached.
        Unreachable: The app may not upload there.
        Refused: Slack does not take the file.
    """
    words: Notice | None = None
    try:
        data, media_type, words = await fitting(app, image, FILE_BYTES, SHOWN)
    except TooLarge:
        data, media_type = await app.blobs.get(image.digest), image.media_type
    digest = hashlib.sha256(data).hexdigest()
    if (known := await _known(app, workspace, image, digest)) is not None:
        return Uploaded(image=image, file=known, reused=True), words
    name = f"{stem_of(image)}.{SUFFIX[media_type]}"
    file = await _sent(workspace, name, data, media_type, image.alt)
    key = file_key(workspace.team, file)
    await app.chats.keep_file(FileRecord(key=key, generation=image.id, digest=digest))
    await _complete(workspace, file, name)
    return Uploaded(image=image, file=file), words


async def send_file(workspace: Workspace, name: str, data: bytes, media_type: str, *, channel: str, words: str) -> None:
    """Post a file that is not an image of ours; it is not remembered, so twice sends it twice.

    Args:
        workspace: Where.
        name: Of the file.
        data: Its bytes.
        media_type: What they are.
        channel: A channel or direct messages.
        words: What is said with it, escaped.

    Raises:
        TryLater: Slack cannot be reached.
        Unreachable: Nothing can be posted there.
        Refused: Slack does not take the file.
    """
    file = await _sent(workspace, name, data, media_type)
    await _complete(workspace, file, name, Spot(channel=channel), words)


async def is_processed(workspace: Workspace, file: str) -> bool:
    """Whether Slack is done with a file, so that blocks may show it (platforms S15).

    Raises:
        TryLater: Slack cannot be reached.
    """
    info = await information(workspace, file)
    return info is None or (bool(info.get("mimetype")) and any(key.startswith("thumb_") for key in info))


async def is_shared(workspace: Workspace, file: str, spot: Spot) -> bool:
    """Whether a file stands in a thread, as a message of its own.

    Raises:
        TryLater: Slack cannot be reached.
    """
    shares = shares_of(await information(workspace, file), spot.channel)
    return any(spot.thread in (share.get("thread_ts"), None) for share in shares)


async def share(workspace: Workspace, uploaded: Uploaded, spot: Spot) -> bool:
    """Make a file stand in a thread; False if it does not after two attempts (platforms S14).

    Raises:
        TryLater: Slack cannot be reached.
        Unreachable: Nothing can be shared there.
        Refused: Slack does not share it.
    """
    if uploaded.reused and await is_shared(workspace, uploaded.file, spot):
        return True
    for _ in range(2):
        await _complete(workspace, uploaded.file, stem_of(uploaded.image), spot)
        if await patiently(lambda: is_shared(workspace, uploaded.file, spot)):
            return True
    log.warning("file_not_shared", generation=uploaded.image.id)
    return False


async def patiently(look: Callable[[], Awaitable[bool]]) -> bool:
    """Whether something becomes true, looked at with growing pauses."""
    for pause in PAUSES:
        if await look():
            return True
        await asyncio.sleep(pause)
    return await look()


async def information(workspace: Workspace, file: str) -> dict[str, Any] | None:
    """What Slack says of a file; None if it has none.

    Raises:
        TryLater: Slack cannot be reached.
    """
    try:
        async with reaching():
            response = await workspace.client.files_info(file=file)
    except Refused:
        return None
    info = response.get("file")
    return info if isinstance(info, dict) else None


def shares_of(info: Mapping[str, Any] | None, channel: str) -> list[dict[str, Any]]:
    """The messages by which a file stands in a channel."""
    shares = (info or {}).get("shares")
    found: list[dict[str, Any]] = []
    for kind in shares.values() if isinstance(shares, Mapping) else ():
        there = kind.get(channel) if isinstance(kind, Mapping) else None
        found += [share for share in there if isinstance(share, dict)] if isinstance(there, list) else []
    return found


async def _known(app: App, workspace: Workspace, image: GenerationRecord, digest: str) -> str | None:
    """The file of an earlier attempt, if Slack still has it."""
    prefix = file_key(workspace.team, "")
    for record in await app.chats.files_of(image.id):
        if not record.key.startswith(prefix) or record.digest != digest:
            continue
        file = record.key.removeprefix(prefix)
        try:
            if await information(workspace, file) is not None:
                await _complete(workspace, file, stem_of(image))  # the attempt may have ended before this
                return file
        except Refused:
            log.info("file_not_usable", generation=image.id)
        await app.chats.drop_file(record.key)
    return None


async def _complete(
    workspace: Workspace, file: str, title: str, spot: Spot | None = None, words: str | None = None
) -> None:
    """Finish an upload; with ``spot``, also share it there."""
    fields = {"files": json.dumps([{"id": file, "title": title}])}
    if spot is not None:
        fields["channel_id"] = spot.channel
        if spot.thread is not None:
            fields["thread_ts"] = spot.thread
        if words:
            fields["initial_comment"] = words
    async with reaching():
        await workspace.client.api_call("files.completeUploadExternal", data=fields)


async def _sent(workspace: Workspace, name: str, data: bytes, media_type: str, alt: str = "") -> str:
    """The id of a new file whose bytes Slack has; it is not complete yet."""
    fields: dict[str, str | int] = {"filename": name, "length": len(data)}
    if alt:
        fields["alt_txt"] = spoken(alt)[:LONGEST_ALT]
    async with reaching():
        # As a form, not as slack_sdk sends it: its query string would hold the alt text.
        ticket = await workspace.client.api_call("files.getUploadURLExternal", data=fields)
        file, url = str(ticket["file_id"]), str(ticket["upload_url"])
        await _send(workspace, url, data, media_type)
    return file


async def _send(workspace: Workspace, url: str, data: bytes, media_type: str) -> None:
    """The bytes, without any token, to where Slack wants them.

    Raises:
        Refused: The address is not one for secrets, or does not take them.
        TryLater: It fails.
    """
    client, target = workspace.client, urlsplit(url)
    if target.scheme != "https" and target.netloc != urlsplit(client.base_url).netloc:
        raise Refused("upload_address")
    timeout = aiohttp.ClientTimeout(total=UPLOAD_SECONDS)
    async with (
        aiohttp.ClientSession(timeout=timeout) as session,
        session.post(
            url,
            data=io.BytesIO(data),  # in pieces: bytes would hold up everything else while they are written
            headers={"Content-Type": media_type},
            allow_redirects=False,
            proxy=client.proxy,
            ssl=client.ssl or True,
        ) as response,
    ):
        if response.status == 429 or response.status >= 500:
            raise TryLater
        if response.status != 200:
            raise Refused("upload_refused")
