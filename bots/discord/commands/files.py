"""The files of a command, as they are remembered; pure, and quick enough to stand before the acknowledgement."""

from collections.abc import Sequence

import discord

from storage.turns import AttachmentRef

MAX_NAME = 100  # characters of a file's name that are kept


def files_of(attachments: Sequence[discord.Attachment | None]) -> tuple[AttachmentRef, ...]:
    """The attachments that are there, as they are remembered; what they hold is looked at later, by content."""
    return tuple(
        AttachmentRef(
            id=str(one.id),
            name=one.filename[:MAX_NAME],
            url=one.url,
            media_type=one.content_type,
            size_bytes=one.size,
        )
        for one in attachments
        if one is not None
    )
