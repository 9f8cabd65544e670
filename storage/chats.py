"""Everything about conversations, behind one door: what was said, where answers stand, rooms, tenants, opinions.

Each method is one transaction, idempotent by the keys it is given. The images themselves are ``storage.store.Records``.
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, Literal

import sqlalchemy as sa

from storage import posts, rooms, tenants, turns
from storage.database import Database
from storage.jobs import insert_missing, storable
from storage.posts import PostRecord
from storage.rooms import RoomRecord
from storage.tables import feedback, reports
from storage.tenants import TenantRecord
from storage.turns import AttachmentRef, TurnRecord

MAX_REASON = 2000  # characters of a report

__all__ = ["AttachmentRef", "Chats", "PostRecord", "RoomRecord", "TenantRecord", "TurnRecord"]


class Chats:
    """The conversations over a migrated database.

    Raises (every method):
        DatabaseUnavailable: The database cannot be used right now.
        SchemaOutdated: It was not migrated.
    """

    def __init__(self, database: Database) -> None:
        self.database = database

    async def note_turn(self, turn: TurnRecord) -> TurnRecord:
        """Keep a message; a job once set stays, and what was deleted stays deleted."""
        async with self.database.write() as connection:
            return await turns.note_turn(connection, turn)

    async def turn(self, message: str) -> TurnRecord | None:
        """The message of that key."""
        async with self.database.read() as connection:
            return await turns.find_turn(connection, message)

    async def turns_of(self, conversation: str, limit: int = 60) -> tuple[TurnRecord, ...]:
        """The newest ``limit`` messages of a conversation in order of sending, without deleted ones."""
        async with self.database.read() as connection:
            return await turns.turns_of(connection, conversation, limit)

    async def edit_turn(
        self, message: str, text: str, attachments: tuple[AttachmentRef, ...], edited_at: datetime
    ) -> bool:
        """Change what a known message says; False when it is not known."""
        async with self.database.write() as connection:
            return await turns.edit_turn(connection, message, text, attachments, edited_at)

    async def delete_turns(self, messages: Sequence[str]) -> tuple[TurnRecord, ...]:
        """Forget what messages said; returns those that were known, as they were."""
        async with self.database.write() as connection:
            return await turns.delete_turns(connection, messages)

    async def post(self, job: str) -> PostRecord | None:
        """Where the answer of a job stands."""
        async with self.database.read() as connection:
            return await posts.find_post(connection, job)

    async def post_at(self, message: str) -> PostRecord | None:
        """Whose answer stands in a message."""
        async with self.database.read() as connection:
            return await posts.find_post_at(connection, message)

    async def place_post(self, job: str, place: str, message: str | None) -> PostRecord | None:
        """The placeholder of a job stands; the first place that is written stays."""
        async with self.database.write() as connection:
            return await posts.place_post(connection, job, place, message)

    async def close_post(self, job: str, state: Literal["delivered", "dropped"]) -> None:
        """The answer is delivered, or given up."""
        async with self.database.write() as connection:
            await posts.close_post(connection, job, state)

    async def post_forgotten(self, message: str) -> PostRecord | None:
        """Somebody deleted our message; returns whose answer it was to hold."""
        async with self.database.write() as connection:
            post = await posts.find_post_at(connection, message)
            if post is not None:
                await posts.close_post(connection, post.job, "dropped")
            return post

    async def undelivered_posts(self) -> tuple[PostRecord, ...]:
        """Every post that is neither delivered nor given up."""
        async with self.database.read() as connection:
            return await posts.undelivered(connection)

    async def room(self, place: str) -> RoomRecord | None:
        """The room at a place."""
        async with self.database.read() as connection:
            return await rooms.find_room(connection, place)

    async def open_room(self, room: RoomRecord) -> RoomRecord:
        """Remember a room; the first conversation stays, and owning it may come later."""
        async with self.database.write() as connection:
            return await rooms.open_room(connection, room)

    async def rooms_of(self, tenant: str) -> tuple[RoomRecord, ...]:
        """Every room of a tenant."""
        async with self.database.read() as connection:
            return await rooms.rooms_of(connection, tenant)

    async def close_rooms(self, places: Sequence[str]) -> None:
        """Forget rooms."""
        async with self.database.write() as connection:
            await rooms.close_rooms(connection, places)

    async def seen(self, key: str) -> str | None:
        """Up to where something was read."""
        async with self.database.read() as connection:
            return await rooms.seen(connection, key)

    async def mark_seen(self, key: str, until: str) -> None:
        """Move a mark forward; numbers never move backwards."""
        async with self.database.write() as connection:
            await rooms.mark_seen(connection, key, until)

    async def tenant(self, tenant: str) -> TenantRecord:
        """The settings of a tenant; the defaults when it was never seen."""
        async with self.database.read() as connection:
            return await tenants.find_tenant(connection, tenant)

    async def change_tenant(self, tenant: str, **changes: Any) -> TenantRecord:
        """Set what ``changes`` names.

        Raises:
            ValueError: A value is out of its range.
            TypeError: There is no such setting.
        """
        async with self.database.write() as connection:
            return await tenants.change_tenant(connection, tenant, changes)

    async def add_feedback(self, generation: str, requester: str, score: int) -> None:
        """Keep a person's opinion of an image, -1 or 1; the last one counts."""
        async with self.database.write() as connection:
            values = {"score": 1 if score > 0 else -1, "given_at": datetime.now(UTC)}
            if not await insert_missing(connection, feedback, generation=generation, requester=requester, **values):
                mine = (feedback.c.generation == generation, feedback.c.requester == requester)
                await connection.execute(sa.update(feedback).where(*mine).values(**values))

    async def add_report(
        self, *, tenant: str, reporter: str, reason: str, generation: str | None = None, message: str | None = None
    ) -> None:
        """Keep a complaint about an image or a message."""
        async with self.database.write() as connection:
            await connection.execute(
                sa.insert(reports).values(
                    tenant=tenant,
                    reporter=reporter,
                    reason=storable(reason)[:MAX_REASON],
                    generation=generation,
                    message=message,
                    reported_at=datetime.now(UTC),
                )
            )
