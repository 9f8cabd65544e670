"""Finding our own messages of a job by what they carry with them, and removing those that stand twice.

Every post carries the job's opaque id as metadata (platforms S19). Slack has no nonce: a post whose answer was lost may
stand, or appear later, so it is looked for before anything is posted again, and looked for once more later.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from bots.courier import TryLater
from bots.order import Order
from bots.slack.problems import Refused, reaching
from bots.slack.where import Where, job_of_message
from bots.slack.workspaces import Workspace

EVENT: Final = "threadbrush_job"
MOST_PAGES: Final = 5
FEW: Final = 15
"""Messages of one reading where Slack allows one reading a minute (platforms S13)."""

EARLY_SECONDS: Final = 3600.0
"""Seconds by which our clock may be ahead of Slack's when messages are looked for by time."""

MISSING: Final = frozenset({"message_not_found"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Spot:
    """A place for a post: a channel, or the thread in it that begins with the message ``thread``."""

    channel: str
    thread: str | None = None


def metadata_of(job: str, part: int = 0) -> dict[str, Any]:
    """What a post carries; ``part`` counts further messages of an answer."""
    payload: dict[str, Any] = {"job": job}
    return {"event_type": EVENT, "event_payload": payload if part == 0 else {**payload, "part": part}}


def since(order: Order, at: Where) -> str:
    """The ``ts`` after which everything of a job was posted."""
    if at.message is not None and order.job == job_of_message(at.team, at.channel, at.message):
        return at.message
    return f"{max(at.asked_at - EARLY_SECONDS, 0.0):.6f}"


async def standing(workspace: Workspace, spot: Spot, job: str, *, after: str, limit: int) -> dict[int, list[str]]:
    """Our posts for a job in one place: for each part their ``ts``, lowest first.

    Args:
        workspace: Whose bot posted.
        spot: Where to look.
        job: Whose posts.
        after: The ``ts`` of something older than all of them.
        limit: Messages of one reading; Slack allows few to some apps (platforms S13).

    Raises:
        TryLater: Slack cannot be reached.
        Unreachable: Nothing can be read there.
        Refused: Slack does not let the place be read.
    """
    found: dict[int, list[str]] = {}
    cursor: str | None = None
    for number in range(MOST_PAGES):
        try:
            page = await _page(workspace, spot, after, limit, cursor)
        except TryLater:
            if number == 0 or limit > FEW:
                raise
            break  # one reading a minute is all that such an app gets, so that it would never come to the end
        messages = page.get("messages")
        for message in messages if isinstance(messages, list) else ():
            part = part_of(message, job, workspace)
            if part is not None:
                found.setdefault(part, []).append(str(message["ts"]))
        cursor = _next(page)
        if cursor is None:
            break
    return {part: sorted(set(stamps), key=order_of) for part, stamps in found.items()}


def order_of(ts: str) -> tuple[int, int]:
    """For comparing two ``ts``."""
    seconds, _, rest = ts.partition(".")
    return (int(seconds), int(rest)) if seconds.isdigit() and rest.isdigit() else (0, 0)


def part_of(message: Any, job: str, workspace: Workspace) -> int | None:
    """Which part of a job's answer a message is; None if it is none, or somebody else's."""
    if not isinstance(message, Mapping) or not isinstance(message.get("ts"), str):
        return None
    if workspace.bot_user != message.get("user") and workspace.bot_id != message.get("bot_id"):
        return None
    metadata = message.get("metadata")
    if not isinstance(metadata, Mapping) or metadata.get("event_type") != EVENT:
        return None
    payload = metadata.get("event_payload")
    if not isinstance(payload, Mapping) or payload.get("job") != job:
        return None
    part = payload.get("part", 0)
    return part if isinstance(part, int) else None


async def remove(workspace: Workspace, channel: str, ts: str) -> bool:
    """Delete a post of ours; one that is gone already counts. False if it still stands.

    Raises:
        TryLater: Slack cannot be reached.
        Unreachable: The place is closed to us.
    """
    try:
        async with reaching():
            await workspace.client.chat_delete(channel=channel, ts=ts)
    except Refused as exc:
        return exc.code in MISSING
    return True


async def _page(workspace: Workspace, spot: Spot, after: str, limit: int, cursor: str | None) -> dict[str, Any]:
    more: dict[str, Any] = {"oldest": after, "limit": limit, "include_all_metadata": True}
    if cursor is not None:
        more["cursor"] = cursor
    async with reaching():
        if spot.thread is None:
            response = await workspace.client.conversations_history(channel=spot.channel, **more)
        else:
            response = await workspace.client.conversations_replies(channel=spot.channel, ts=spot.thread, **more)
    data = response.data
    return data if isinstance(data, dict) else {}


def _next(page: Mapping[str, Any]) -> str | None:
    more = page.get("response_metadata")
    cursor = more.get("next_cursor") if isinstance(more, Mapping) else None
    return cursor if isinstance(cursor, str) and cursor else None
