"""Pages of images that a person may browse: their server's as far as they can read it, private ones only their own."""

from dataclasses import dataclass
from typing import Final

from bots.app import App
from bots.chat.access import Reads, Viewer, may_list
from storage.gallery import GalleryQuery
from storage.records import GenerationRecord

PAGE: Final = 5
"""Images on a page."""

_BATCH: Final = 25
_SCANNED: Final = 250
"""Images that are looked at for one page, whoever may see them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Search:
    """What is looked for.

    Attributes:
        text: Words of the prompt; empty for everything.
        mine: Only the viewer's own images.
        before: Id of the last image that was looked at, to go on from there; None for the newest.
    """

    text: str = ""
    mine: bool = False
    before: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """Images, newest first, and from where the next page goes on; None when there is none."""

    images: tuple[GenerationRecord, ...]
    after: str | None = None


async def page_of(app: App, viewer: Viewer, reads: Reads, search: Search) -> Page:
    """The next images that the viewer may browse.

    What the viewer may not see is skipped, so a page may be short although another one follows.
    """
    visibility = (await app.chats.tenant(viewer.tenant)).visibility
    images: list[GenerationRecord] = []
    before = search.before
    for _ in range(_SCANNED // _BATCH):
        found = await app.records.gallery(
            GalleryQuery(
                tenant=viewer.tenant,
                requester=viewer.requester if search.mine else None,
                text=search.text or None,
                before=before,
                limit=_BATCH,
                viewer=viewer.requester,
            )
        )
        for record in found:
            if len(images) == PAGE:
                return Page(images=tuple(images), after=before)
            before = record.id
            if await may_list(record, viewer, reads, visibility):
                images.append(record)
        if len(found) < _BATCH:
            return Page(images=tuple(images))
    return Page(images=tuple(images), after=before)
