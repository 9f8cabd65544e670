"""What changed or went in Slack changes or goes in the records (platforms S4).

A request that is edited while it is being worked on is answered as it was first said; only the record changes. Whatever
fails raises, so that Slack is not acknowledged and tells of it again.
"""

from collections.abc import Mapping
from typing import Any, Final

import structlog
from slack_bolt.app.async_app import AsyncApp

from bots.slack.history import ears_of
from bots.slack.parse import Spot, hear_message, spot_of, thread_of
from bots.slack.parts import Parts
from bots.slack.where import channel_key, message_key, tenant_of
from bots.slack.workspaces import NotInstalled
from storage.errors import UnknownJob

REASON: Final = "deleted in the chat"
CHANGED: Final = "message_changed"
DELETED: Final = "message_deleted"
TOMBSTONE: Final = "tombstone"
"""What the first message of a thread becomes when it is deleted: Slack says that it changed."""

log = structlog.get_logger(__name__)


class Upkeep:
    """Brings records up to date. Every method may be called again for the same thing.

    Raises (every method):
        StorageError: The database cannot be used right now.
    """

    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    async def changed(self, body: Mapping[str, Any]) -> None:
        """A message says something else now. What was not kept before is not kept for being edited.

        Raises:
            TryLater: It cannot be known now who we are in that workspace.
        """
        spot, event = spot_of(body), body["event"]
        message = event.get("message")
        if spot is None or not isinstance(message, Mapping):
            return
        async with self._parts.locks.hold((spot.team, spot.channel, thread_of(event))):
            if message.get("subtype") == TOMBSTONE:
                await self._delete(spot, message.get("ts"))
            else:
                await self._change(spot, message)

    async def deleted(self, body: Mapping[str, Any]) -> None:
        """A message is gone: a request that is still worked on stops, as does one whose placeholder somebody removed."""
        spot, event = spot_of(body), body["event"]
        if spot is not None:
            async with self._parts.locks.hold((spot.team, spot.channel, thread_of(event))):
                await self._delete(spot, event.get("deleted_ts"))

    async def place_gone(self, body: Mapping[str, Any]) -> None:
        """A channel was deleted, and with it what was said and drawn there."""
        spot = spot_of(body)
        if spot is None:
            return
        app, place = self._parts.desk.app, channel_key(spot.team, spot.channel)
        for job in await app.records.unfinished_jobs_of(tenant=tenant_of(spot.team)):
            post = await app.chats.post(job.id)
            if post is not None and is_within(post.place, place):
                await self._cancel(job.id)
        await app.records.purge_place(place, app.blobs, REASON)
        self._parts.rooms.forget_all()
        log.info("place_gone", place=place)

    async def place_left(self, body: Mapping[str, Any]) -> None:
        """The bot was removed from a channel: what was drawn there stays, but its threads are not ours any more."""
        spot = spot_of(body)
        if spot is None:
            return
        chats, place = self._parts.desk.app.chats, channel_key(spot.team, spot.channel)
        rooms = await chats.rooms_of(tenant_of(spot.team))
        await chats.close_rooms([room.place for room in rooms if is_within(room.place, place)])
        self._parts.rooms.forget_all()
        log.info("place_left", place=place)

    async def _change(self, spot: Spot, message: Mapping[str, Any]) -> None:
        try:
            workspace = await self._parts.workspaces.find(spot.team, spot.enterprise)
        except NotInstalled:
            return
        heard = hear_message(message, spot, ears_of(self._parts, workspace))
        if heard is None or not heard.human or heard.empty or heard.edited_at is None:
            return  # without a time, only a preview or a reply was added to it
        await self._parts.desk.app.chats.edit_turn(heard.key, heard.text, heard.files, heard.edited_at)

    async def _delete(self, spot: Spot, ts: object) -> None:
        if not isinstance(ts, str):
            return
        chats, key = self._parts.desk.app.chats, message_key(spot.team, spot.channel, ts)
        # What is to be stopped is looked up first: if we fail in between, the next time must find it as well.
        turn, post = await chats.turn(key), await chats.post_at(key)
        for job in {one.job for one in (turn, post) if one is not None and one.job is not None}:
            await self._cancel(job)
        await chats.delete_turns([key])
        await chats.post_forgotten(key)

    async def _cancel(self, job: str) -> None:
        try:
            await self._parts.desk.session.cancel(job)
        except UnknownJob:
            log.info("nothing_to_cancel", job=job)


def is_within(place: str, channel: str) -> bool:
    """Whether a place is a channel or one of its threads."""
    return place == channel or place.startswith(f"{channel}:")


def install(app: AsyncApp, parts: Parts) -> None:
    """Listen to what changes and goes."""
    upkeep = Upkeep(parts)

    async def changed(body: dict[str, Any]) -> None:
        await upkeep.changed(body)

    async def deleted(body: dict[str, Any]) -> None:
        await upkeep.deleted(body)

    async def gone(body: dict[str, Any]) -> None:
        await upkeep.place_gone(body)

    async def left(body: dict[str, Any]) -> None:
        await upkeep.place_left(body)

    app.event({"type": "message", "subtype": CHANGED})(changed)
    app.event({"type": "message", "subtype": DELETED})(deleted)
    for kind in ("channel_deleted", "group_deleted"):
        app.event(kind)(gone)
    for kind in ("channel_left", "group_left"):
        app.event(kind)(left)
