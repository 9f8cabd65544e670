"""Everything that is remembered of chats, behind one door: turns, posts, rooms, watermarks, tenants, opinions.

Each method is one transaction and idempotent by the keys it is given. Knows no platform: keys carry its prefix. The
images themselves, and everything that removes, are behind ``storage.store.Records``.
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, Literal

from storage import feedback, files, posts, rooms, tenants, turns
from storage.database import Database
from storage.feedback import ReportRecord
from storage.files import FileRecord
from storage.posts import PostRecord
from storage.rooms import RoomRecord
from storage.tenants import TenantRecord
from storage.turns import AttachmentRef, TurnRecord

__all__ = [
    "AttachmentRef",
    "Chats",
    "FileRecord",
    "PostRecord",
    "ReportRecord",
    "RoomRecord",
    "TenantRecord",
    "TurnRecord",
]


class Chats:
    """The chats over a migrated database.

    Raises (every method):
        DatabaseUnavailable: The database cannot be used right now.
        SchemaOutdated: It was not migrated.
    """

    def __init__(self, database: Database) -> None:
        self.database = database

    async def note_turn(self, turn: TurnRecord) -> TurnRecord:
        """Keep a message, or bring it up to date: a job once set stays, and what was deleted stays deleted."""
        async with self.database.write() as connection:
            return await turns.note_turn(connection, turn)

    async def turn(self, message: str) -> TurnRecord | None:
        """The turn with that message, also a deleted one."""
        async with self.database.read() as connection:
            return await turns.find_turn(connection, message)

    async def turns_of(self, conversation: str, limit: int = 60) -> tuple[TurnRecord, ...]:
        """The newest ``limit`` turns of a conversation in the order of sending; deleted ones if their images stand."""
        async with self.database.read() as connection:
            return await turns.turns_of(connection, conversation, limit)

    async def edit_turn(
        self, message: str, text: str, attachments: Sequence[AttachmentRef], edited_at: datetime
    ) -> bool:
        """Change what a message says; False if it is unknown, deleted, or known in a newer version."""
        async with self.database.write() as connection:
            return await turns.edit_turn(connection, message, text, attachments, edited_at)

    async def delete_turns(self, messages: Sequence[str]) -> tuple[TurnRecord, ...]:
        """Forget what messages said; returns those that were known and not deleted yet, as they were."""
        async with self.database.write() as connection:
            return await turns.delete_turns(connection, messages)

    async def post(self, job: str) -> PostRecord | None:
        """Where the answer of a job stands."""
        async with self.database.read() as connection:
            return await posts.find_post(connection, job)

    async def post_at(self, message: str) -> PostRecord | None:
        """Whose answer stands in a message; also after it was deleted."""
        async with self.database.read() as connection:
            return await posts.find_post_at(connection, message)

    async def try_post(self, job: str) -> bool:
        """Note that the placeholder of a job is about to be posted; True if an earlier attempt may have posted it."""
        async with self.database.write() as connection:
            return await posts.try_post(connection, job)

    async def place_post(self, job: str, place: str, message: str | None) -> PostRecord:
        """Keep where the placeholder of a job stands; the first caller wins, the others learn where that is.

        Raises:
            UnknownJob: The job has no post.
        """
        async with self.database.write() as connection:
            return await posts.place_post(connection, job, place, message)

    async def close_post(self, job: str, state: Literal["delivered", "dropped"]) -> PostRecord | None:
        """The answer is delivered or given up; the first end stays. None if the job has no post."""
        async with self.database.write() as connection:
            return await posts.close_post(connection, job, state)

    async def post_forgotten(self, message: str) -> PostRecord | None:
        """Somebody deleted our message: its post is dropped. Returns it; None if no post stood there."""
        async with self.database.write() as connection:
            return await posts.forget_post(connection, message)

    async def undelivered_posts(self) -> tuple[PostRecord, ...]:
        """Every post that is neither delivered nor dropped, oldest first."""
        async with self.database.read() as connection:
            return await posts.undelivered_posts(connection)

    async def posts_of(self, requester: str, tenant: str | None = None) -> tuple[PostRecord, ...]:
        """Every post that answers a person, oldest first: what a platform has to delete with their data."""
        async with self.database.read() as connection:
            return await posts.posts_of(connection, requester, tenant)

    async def keep_file(self, file: FileRecord) -> FileRecord:
        """Keep which image a platform's file is; a known key stays what it is.

        Raises:
            GenerationRemoved: There is no such image any more.
        """
        async with self.database.write() as connection:
            return await files.keep_file(connection, file)

    async def file(self, key: str) -> FileRecord | None:
        """Which image a platform's file is."""
        async with self.database.read() as connection:
            return await files.find_file(connection, key)

    async def files_of(self, generation: str) -> tuple[FileRecord, ...]:
        """The files that platforms keep of an image, newest first. They are forgotten when the image is removed."""
        async with self.database.read() as connection:
            return await files.files_of(connection, generation)

    async def drop_file(self, key: str) -> None:
        """A platform does not have that file any more."""
        async with self.database.write() as connection:
            await files.drop_file(connection, key)

    async def room(self, place: str) -> RoomRecord | None:
        """Which conversation a place is."""
        async with self.database.read() as connection:
            return await rooms.find_room(connection, place)

    async def open_room(self, room: RoomRecord) -> RoomRecord:
        """Keep which conversation a place is; the first one stays. It may become ours later, and then stays so."""
        async with self.database.write() as connection:
            return await rooms.open_room(connection, room)

    async def rooms_of(self, tenant: str) -> tuple[RoomRecord, ...]:
        """Every room of a tenant, newest first."""
        async with self.database.read() as connection:
            return await rooms.rooms_of(connection, tenant)

    async def rooms_under(self, prefix: str, limit: int) -> tuple[RoomRecord, ...]:
        """The newest ``limit`` rooms of all tenants whose ids begin with ``prefix``, newest first."""
        async with self.database.read() as connection:
            return await rooms.rooms_under(connection, prefix, limit)

    async def close_rooms(self, places: Sequence[str]) -> int:
        """Forget which conversations these places were; returns how many were known."""
        async with self.database.write() as connection:
            return await rooms.close_rooms(connection, places)

    async def seen(self, key: str) -> str | None:
        """Up to where something was read."""
        async with self.database.read() as connection:
            return await rooms.seen(connection, key)

    async def mark_seen(self, key: str, until: str) -> str:
        """Keep up to where something was read; numbers never move backwards. Returns what counts now."""
        async with self.database.write() as connection:
            return await rooms.mark_seen(connection, key, until)

    async def tenant(self, tenant: str) -> TenantRecord:
        """The settings of a tenant; the default ones when it is unknown."""
        async with self.database.read() as connection:
            return await tenants.find_tenant(connection, tenant)

    async def change_tenant(self, tenant: str, **changes: Any) -> TenantRecord:
        """Change fields of a tenant's record. ``preferences`` are laid over the known ones; None takes a key out.

        Raises:
            ValueError: A value is out of its range; nothing was changed.
            TypeError: There is no such setting.
        """
        async with self.database.write() as connection:
            return await tenants.change_tenant(connection, tenant, changes)

    async def add_feedback(self, generation: str, requester: str, score: int) -> bool:
        """Keep a person's opinion of an image, -1 or 1; the last one counts, 0 takes it back. False: no such image.

        Raises:
            ValueError: Another score.
        """
        async with self.database.write() as connection:
            return await feedback.add_feedback(connection, generation, requester, score)

    async def feedback_of(self, generation: str) -> dict[str, int]:
        """The scores of an image by requester."""
        async with self.database.read() as connection:
            return await feedback.feedback_of(connection, generation)

    async def add_report(
        self,
        *,
        tenant: str,
        reporter: str,
        reason: str,
        generation: str | None = None,
        message: str | None = None,
        at: datetime | None = None,
    ) -> ReportRecord:
        """Keep a complaint about an image or a message; one per person and thing, whose reason may change.

        Args:
            tenant: Where it was reported.
            reporter: Requester id.
            reason: The reporter's words, cut at 2000 characters.
            generation: The image it is about.
            message: The post it is about.
            at: When; now unless said.

        Raises:
            ValueError: It is about neither image nor message.
        """
        async with self.database.write() as connection:
            return await feedback.add_report(
                connection,
                tenant=tenant,
                reporter=reporter,
                generation=generation,
                message=message,
                reason=reason,
                at=at or datetime.now(UTC),
            )

    async def reports_of(self, tenant: str, limit: int = 100) -> tuple[ReportRecord, ...]:
        """The newest reports of a tenant, newest first."""
        async with self.database.read() as connection:
            return await feedback.reports_of(connection, tenant, limit)
