"""Looking for images: who may see which, newest first, by words of the prompt. In the caller's transaction."""

from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.codec import decode
from storage.folding import fold
from storage.records import GenerationRecord
from storage.tables import generations, tombstones

MAX_IMAGES = 50  # on a page
MAX_SEARCH = 200  # characters of a search that count
MAX_PROMPTS = 100
_PROMPTS_READ = 300  # of a person's newest images when prompts are completed
_LONGEST_PROMPT = 8_000


@dataclass(frozen=True, slots=True, kw_only=True)
class GalleryQuery:
    """Which images are wanted; what is None does not narrow the search.

    Attributes:
        text: Words that stand in the prompt just so, whatever their case.
        before: Id of the last image of the page before; also if it was removed since.
        limit: At most so many, up to 50.
        viewer: Requester id of who looks. Private images are found by the person who asked for them only.
    """

    tenant: str | None = None
    requester: str | None = None
    conversation: str | None = None
    text: str | None = None
    before: str | None = None
    limit: int = 10
    viewer: str | None = None


async def gallery(connection: AsyncConnection, wanted: GalleryQuery) -> tuple[GenerationRecord, ...]:
    """The images that fit and that the viewer may see, newest first.

    Nothing when ``before`` was never an image: a page that goes on from nowhere has no end.
    """
    columns = generations.c
    public = columns.private.is_(False)
    query = sa.select(columns.document).where(
        public if wanted.viewer is None else sa.or_(public, columns.requester == wanted.viewer)
    )
    for column, value in (
        (columns.tenant, wanted.tenant),
        (columns.requester, wanted.requester),
        (columns.conversation, wanted.conversation),
    ):
        if value is not None:
            query = query.where(column == value)
    if wanted.text is not None and (words := fold(wanted.text[:MAX_SEARCH])):
        query = query.where(columns.prompt_folded.contains(words, autoescape=True))
    if wanted.before is not None:
        query = query.where(sa.tuple_(columns.created_at, columns.id) < _place_of(wanted.before))
    query = query.order_by(columns.created_at.desc(), columns.id.desc()).limit(max(0, min(wanted.limit, MAX_IMAGES)))
    return tuple(decode(GenerationRecord, document) for document in (await connection.execute(query)).scalars())


async def recent_prompts(
    connection: AsyncConnection, requester: str, prefix: str, limit: int, tenant: str | None
) -> tuple[str, ...]:
    """A person's own prompts that begin so, whatever the case, each once, newest first.

    Only the prompts of their newest images are looked at, so that the answer comes while somebody types.
    """
    newest = sa.select(generations.c.prompt, generations.c.prompt_folded).where(generations.c.requester == requester)
    if tenant is not None:
        newest = newest.where(generations.c.tenant == tenant)
    newest = newest.where(sa.func.length(generations.c.prompt).between(1, _LONGEST_PROMPT))
    newest = newest.order_by(generations.c.created_at.desc(), generations.c.id.desc()).limit(_PROMPTS_READ)
    begin = fold(prefix[:MAX_SEARCH])
    found: dict[str, str] = {}
    for row in await connection.execute(newest):
        if row.prompt_folded.startswith(begin):
            found.setdefault(row.prompt_folded, row.prompt)
    return tuple(found.values())[: max(0, min(limit, MAX_PROMPTS))]


def _place_of(generation: str) -> sa.ScalarSelect[tuple[object, str]]:
    known = [
        sa.select(table.c.created_at, name.label("id")).where(name == generation)
        for table, name in ((generations, generations.c.id), (tombstones, tombstones.c.generation))
    ]
    return sa.union_all(*known).limit(1).scalar_subquery()
