"""Looking at an image that somebody points to: what it shows, where it comes from, and why it cannot be looked at.

Knows no platform: where the bytes are, and who can read which channel, comes from outside.
"""

from bots.chat.desk import Desk
from bots.chat.provenance_words import Sees, Spelling, tell
from bots.describing import describe
from generator.scene import Notice
from moderation.intake import IntakeError
from moderation.types import Locale
from storage.errors import UnreadableImage
from storage.provenance import verify
from storage.records import GenerationRecord


class Unfound(Exception):
    """There is no such image, or it is not theirs to see.

    Attributes:
        reason: Words for the person.
    """

    def __init__(self, reason: Notice) -> None:
        super().__init__(reason.key)
        self.reason = reason


UNSEEN = (Unfound, IntakeError, UnreadableImage)
"""What hinders looking, and is the person's to know (``why_unseen``)."""


def why_unseen(error: Exception) -> Notice:
    """Why a file could not be looked at.

    Args:
        error: One of ``UNSEEN``.
    """
    if isinstance(error, Unfound):
        return error.reason
    if isinstance(error, IntakeError):
        return Notice(key=error.key, args=error.args_for_words)
    return Notice(key="file-unreadable")


async def provenance_lines(desk: Desk, data: bytes, *, sees: Sees, spelling: Spelling) -> tuple[Notice, ...]:
    """Where a file comes from, as far as the viewer may know it.

    Raises:
        UnreadableImage: It is no image that can be read.
    """
    found = await verify(data, desk.app.records, desk.app.credentials)
    return (await tell(found, desk.app.records, sees=sees, spelling=spelling)).lines


async def described(desk: Desk, data: bytes, *, locale: Locale, sees: Sees) -> str:
    """What a file shows, in words that may hold somebody's.

    Raises:
        IntakeError: The file is not taken.
    """
    app = desk.app
    found = await describe(
        data, records=app.records, credentials=app.credentials, ocr=app.ocr, locale=locale, may_see=sees
    )
    return found.words


async def image_at(desk: Desk, message: str) -> GenerationRecord | None:
    """The first image of the answer that stands in the message of that key; None where none of ours stands."""
    post = await desk.app.chats.post_at(message)
    images = () if post is None else await desk.app.records.generations_of_job(post.job)
    return images[0] if images else None
