"""Who may stop a request or delete an image: its requester, and in the same tenant whoever manages the place.

Knows no platform: whether somebody manages a place is the platform's to say.
"""

from bots.chat.access import Viewer
from generator.scene import Notice
from storage.records import GenerationRecord, JobRecord


def why_not_cancel(job: JobRecord | None, viewer: Viewer, *, manages: bool) -> Notice | None:
    """Why the viewer cannot stop a request; None if they can. One of another tenant is answered like a finished one."""
    if job is None or job.tenant != viewer.tenant:
        return Notice(key="cancel-over")
    if job.requester != viewer.requester and not manages:
        return Notice(key="not-yours-to-cancel")
    return Notice(key="cancel-over") if job.status == "done" else None


def why_not_delete(image: GenerationRecord, viewer: Viewer, *, manages: bool) -> Notice | None:
    """Why the viewer cannot delete an image; None if they can. What is theirs they can delete from anywhere."""
    if image.requester == viewer.requester or (image.tenant == viewer.tenant and manages):
        return None
    return Notice(key="not-yours-to-delete")
