"""Everything that is remembered, behind one door: jobs, images, uploads, quotas, removals.

Each method is one transaction. What writes is idempotent by the id it is given, so a step that runs twice writes once.
Knows neither bytes (``storage.blobs``) nor signatures (``storage.credentials``).
"""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Any

from generator.request import GenerationRequest
from moderation.types import Locale, Verdict
from storage import export, gallery, generations, jobs, quotas, removal, renditions, retention
from storage.blobs import Blobs
from storage.database import Database
from storage.errors import JobOver
from storage.gallery import GalleryQuery
from storage.generations import Tombstone, UploadRecord
from storage.records import GenerationRecord, JobRecord
from storage.renditions import RenditionRecord


class Records:
    """The records over a migrated database.

    Raises (every method):
        DatabaseUnavailable: The database cannot be used right now.
        SchemaOutdated: It was not migrated.
    """

    def __init__(self, database: Database) -> None:
        self.database = database

    async def open_job(
        self,
        job: str,
        *,
        tenant: str,
        conversation: str,
        requester: str,
        ordered: bool = True,
        private: bool = False,
        locale: Locale = "en",
    ) -> JobRecord:
        """Open a job behind all others; an equal id is the same job and comes back as it is."""
        record = JobRecord(
            id=job,
            tenant=tenant,
            conversation=conversation,
            requester=requester,
            position=0,
            ordered=ordered,
            status="waiting",
            created_at=datetime.now(UTC),
            private=private,
            locale=locale,
        )
        async with self.database.write() as connection:
            return await jobs.open_job(connection, record)

    async def start_job(self, job: str) -> JobRecord:
        """From waiting to running; one that is further stays as it is.

        Raises:
            UnknownJob: It was never opened.
        """
        async with self.database.write() as connection:
            return await jobs.start_job(connection, job)

    async def finish_job(
        self,
        job: str,
        *,
        outcome: str,
        reply: str = "",
        request: GenerationRequest | None = None,
        verdicts: Sequence[Verdict] = (),
        unmet: Sequence[str] = (),
        silent: bool = False,
    ) -> JobRecord:
        """Close a job; one that is closed keeps its first ending.

        Raises:
            UnknownJob: It was never opened.
        """
        end = jobs.JobEnd(
            outcome=outcome, reply=reply, request=request, verdicts=tuple(verdicts), unmet=tuple(unmet), silent=silent
        )
        async with self.database.write() as connection:
            return await jobs.finish_job(connection, job, end)

    async def job(self, job: str) -> JobRecord | None:
        """The job of that id, or None."""
        async with self.database.read() as connection:
            return await jobs.find_job(connection, job)

    async def earlier_unfinished(self, job: str) -> tuple[str, ...]:
        """Ids of the jobs of the same conversation that were opened before and are not done, oldest first.

        Raises:
            UnknownJob: It was never opened.
        """
        async with self.database.read() as connection:
            return await jobs.earlier_unfinished(connection, job)

    async def unfinished_jobs(self) -> tuple[JobRecord, ...]:
        """Every job that is not done, oldest first; whose drafts a sweep of the staging folder must keep."""
        async with self.database.read() as connection:
            return await jobs.unfinished(connection)

    async def unfinished_jobs_of(
        self, *, conversation: str | None = None, requester: str | None = None, tenant: str | None = None
    ) -> tuple[JobRecord, ...]:
        """The jobs that are not done, oldest first, of a conversation, a person, a tenant, or all that are given."""
        async with self.database.read() as connection:
            return await jobs.unfinished(connection, conversation=conversation, requester=requester, tenant=tenant)

    async def jobs_of_conversation(self, conversation: str) -> tuple[JobRecord, ...]:
        """Every job of a conversation, oldest first."""
        async with self.database.read() as connection:
            return await jobs.jobs_of_conversation(connection, conversation)

    async def count_attempt(self, job: str, weight: int = 1) -> int:
        """Count one more attempt at a job, or ``weight`` of them; returns how many that makes, from 1.

        Raises:
            UnknownJob: It was never opened.
        """
        async with self.database.write() as connection:
            return await jobs.count_attempt(connection, job, weight)

    async def add_generation(self, record: GenerationRecord) -> GenerationRecord:
        """Keep an image whose blob is stored; a known id gives back the record kept first, untouched.

        Raises:
            UnknownJob: Its job was never opened.
            GenerationRemoved: It was removed for good.
            DatabaseConflict: Its mark, or its index in the job, belongs to another one.
        """
        async with self.database.write() as connection:
            return await generations.add_generation(connection, record)

    async def add_generations(self, job: str, records: Sequence[GenerationRecord]) -> tuple[GenerationRecord, ...]:
        """Keep all images of a job or none; known ids give back the records kept first.

        Raises:
            UnknownJob: The job was never opened.
            JobOver: It has ended and these images are not its own.
            GenerationRemoved: One of them was removed for good.
            DatabaseConflict: A mark, or an index in the job, belongs to another one.
        """
        async with self.database.write() as connection:
            known = await generations.generations_of_job(connection, job)
            if len(known) < len(records) and (await jobs.lock_job(connection, job)).status == "done":
                raise JobOver(job)
            return tuple([await generations.add_generation(connection, record) for record in records])

    async def generation(self, generation: str) -> GenerationRecord | None:
        """The image of that id; None if there is none or it was removed."""
        async with self.database.read() as connection:
            return await generations.find_generation(connection, generation)

    async def generations_of_job(self, job: str) -> tuple[GenerationRecord, ...]:
        """The images of a job, by index."""
        async with self.database.read() as connection:
            return await generations.generations_of_job(connection, job)

    async def generations_of_conversation(self, conversation: str) -> tuple[GenerationRecord, ...]:
        """The images of a conversation in the order in which they were asked for."""
        async with self.database.read() as connection:
            return await generations.generations_of_conversation(connection, conversation)

    async def by_digest(self, digest: str) -> GenerationRecord | None:
        """The image whose signed bytes, or whose bytes before signing, have that sha256 (hex)."""
        async with self.database.read() as connection:
            return await generations.find_by_digest(connection, digest)

    async def by_manifest(self, label: str) -> GenerationRecord | None:
        """The image that was signed with the manifest of that label."""
        async with self.database.read() as connection:
            return await generations.find_by_manifest(connection, label)

    async def tombstone(self, key: str) -> Tombstone | None:
        """What is left of the removed image with that id, digest (signed or draft) or manifest label."""
        async with self.database.read() as connection:
            return await generations.find_tombstone(connection, key)

    async def history(self, generation: str) -> tuple[str, ...]:
        """The image, its parents, and so on to the roots: newest first, each once. Empty when unknown."""
        async with self.database.read() as connection:
            return await generations.history(connection, generation)

    async def new_mark_id(self, generation: str) -> int:
        """The 48-bit number of an image's watermark, unique, and the same whenever it is asked for."""
        async with self.database.write() as connection:
            return await generations.reserve_mark(connection, generation)

    async def add_upload(self, record: UploadRecord) -> None:
        """Keep that a job was given an upload whose blob is stored; once per job and digest.

        Raises:
            UnknownJob: The job was never opened.
            JobOver: It has ended; nothing new is kept for it.
        """
        async with self.database.write() as connection:
            await generations.add_upload(connection, record)

    async def uploads_of_conversation(self, conversation: str) -> tuple[UploadRecord, ...]:
        """The uploads of a conversation in the order of their jobs."""
        async with self.database.read() as connection:
            return await generations.uploads_of_conversation(connection, conversation)

    async def add_rendition(self, record: RenditionRecord) -> RenditionRecord:
        """Keep a copy whose blob is stored; where its image has one for that reason, that one comes back untouched.

        Raises:
            GenerationRemoved: There is no such image any more.
        """
        async with self.database.write() as connection:
            return await renditions.add_rendition(connection, record)

    async def rendition(self, generation: str, reason: str) -> RenditionRecord | None:
        """The copy of an image that was made for ``reason``."""
        async with self.database.read() as connection:
            return await renditions.find_rendition(connection, generation, reason)

    async def gallery(self, query: GalleryQuery) -> tuple[GenerationRecord, ...]:
        """The images that fit and that the viewer may see, newest first."""
        async with self.database.read() as connection:
            return await gallery.gallery(connection, query)

    async def recent_prompts(
        self, requester: str, prefix: str, limit: int = 25, tenant: str | None = None
    ) -> tuple[str, ...]:
        """A person's own prompts that begin so (whatever the case), each once, newest first."""
        async with self.database.read() as connection:
            return await gallery.recent_prompts(connection, requester, prefix, limit, tenant)

    async def referenced_digests(self) -> set[str]:
        """Every digest that must stay in the blobs."""
        async with self.database.read() as connection:
            return await generations.referenced_digests(connection)

    async def debit(self, job: str, tenant: str, units: int, limit_per_day: int = 0) -> bool:
        """Take images from today's quota once per job; False when they exceed it. 0 is no limit.

        Raises:
            UnknownJob: The job was never opened.
        """
        async with self.database.write() as connection:
            return await quotas.debit(connection, job, tenant, units, limit_per_day)

    async def refund(self, job: str) -> bool:
        """Give back what a job was debited; True if that changed anything."""
        async with self.database.write() as connection:
            return await quotas.refund(connection, job)

    async def usage(self, tenant: str, day: date | None = None) -> int:
        """Images debited on ``day`` (UTC, today unless said) and not given back."""
        async with self.database.read() as connection:
            return await quotas.usage(connection, tenant, day or datetime.now(UTC).date())

    async def usage_by_requester(self, tenant: str, requester: str, day: date | None = None) -> int:
        """What one person has of ``usage``."""
        async with self.database.read() as connection:
            return await quotas.usage(connection, tenant, day or datetime.now(UTC).date(), requester)

    async def remove(self, generation: str, reason: str, blobs: Blobs) -> bool:
        """Replace an image by its tombstone and delete its bytes. False if there was none.

        A crash in between leaves bytes that nothing names, which the next sweep deletes.
        """
        async with self.database.write() as connection:
            known = await generations.find_generation(connection, generation) is not None
            freed = await removal.remove_generation(connection, generation, reason)
        await blobs.delete(freed)
        return known

    async def erase(self, tenant: str, requester: str, blobs: Blobs) -> None:
        """Remove all images, uploads, messages, opinions and words of a person; what runs for them ends."""
        async with self.database.write() as connection:
            freed = await removal.erase_requester(connection, tenant, requester)
        await blobs.delete(freed)

    async def erase_everywhere(self, requester: str, blobs: Blobs) -> None:
        """``erase`` in every tenant, and what they said where no tenant is known; tenant by tenant."""
        await retention.erase_everywhere(self.database, blobs, requester)

    async def export_of(self, tenant: str | None, requester: str) -> dict[str, Any]:
        """Everything that is kept about a person, in one tenant or in all, as JSON data without bytes."""
        async with self.database.read() as connection:
            return await export.export_of(connection, tenant, requester)

    async def expire(self, now: datetime, blobs: Blobs) -> int:
        """Remove what is older than its tenant's retention; returns how many images, uploads and messages went."""
        return await retention.expire(self.database, blobs, now)

    async def purge_tenant(self, tenant: str, blobs: Blobs, reason: str) -> int:
        """Remove everything of a tenant that we were removed from (D30); returns as ``expire``."""
        return await retention.purge_tenant(self.database, blobs, tenant, reason)

    async def purge_place(self, place: str, blobs: Blobs, reason: str) -> int:
        """Remove the conversations of a thread or channel that was deleted (D30); returns as ``expire``."""
        return await retention.purge_place(self.database, blobs, place, reason)
