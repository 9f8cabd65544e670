"""Who may see what of an image: its prompt, its requester, its thread, its picture.

To a stranger there is only: it is ours, its date, its engine, whether it was edited. Knows no platform; whether a
person can read a channel is the platform's to say.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from storage.records import GenerationRecord
from storage.tenants import Visibility

Reads = Callable[[GenerationRecord], Awaitable[bool]]
"""Whether the viewer can read the place in which the image was made; asked only where that decides."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Viewer:
    """Somebody who looks.

    Attributes:
        requester: Their id in the records.
        tenant: The server or workspace they look from; their own when they look from none.
        admin: Whether they administer that tenant.
    """

    requester: str
    tenant: str
    admin: bool = False


async def may_see(record: GenerationRecord, viewer: Viewer, reads: Reads) -> bool:
    """Whether the viewer may see prompt, requester, thread and picture of an image.

    Its requester may; an admin of its tenant may; others only from within the tenant, if it is not private, and if
    they can read the place where it was made.
    """
    if record.requester == viewer.requester:
        return True
    if record.tenant != viewer.tenant:
        return False
    if viewer.admin:
        return True
    return not record.private and await reads(record)


async def may_list(record: GenerationRecord, viewer: Viewer, reads: Reads, visibility: Visibility) -> bool:
    """Whether the image may appear in the viewer's gallery.

    Not even an admin browses what others asked for in private.

    Args:
        record: The image.
        viewer: Who browses.
        reads: Whether they can read where it was made.
        visibility: What the tenant lets its gallery show: what one can read, everything, or only one's own.
    """
    if record.requester == viewer.requester:
        return True
    if record.private or record.tenant != viewer.tenant or visibility == "private":
        return False
    return visibility == "tenant" or viewer.admin or await reads(record)
