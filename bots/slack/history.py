"""What was said in a thread: our own record of it, and one reading of Slack's where that may have gaps (platforms S13).

Slack lets some apps read one thread a minute and fifteen messages of it, so what events told is kept, and a thread in
which every message was heard is not read at all.
"""

from collections import OrderedDict
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final

import structlog

from bots.chat.gathering import Turns, is_news
from bots.conversation import MAX_TURNS
from bots.courier import Unreachable
from bots.order import Order
from bots.slack.parse import Ears, Heard, Spot, hear_message, messages_in, turn_from
from bots.slack.parts import Parts
from bots.slack.problems import Refused, reaching
from bots.slack.where import Where, job_of_message, message_key, tenant_of
from bots.slack.workspaces import Workspace
from storage.chats import RoomRecord

LIMITED: Final = 15
"""Messages of a reading for apps that Slack allows one a minute."""

MOST_PAGES: Final = 5
"""Of one reading; Slack shows a thread from its beginning."""

MOST_READ: Final = 60
"""Messages of a reading that are kept, the newest ones."""

MOST_REMEMBERED: Final = 4 * MAX_TURNS
"""Turns that are looked through; what is said while a request waits comes after it."""

MOST_KEPT: Final = 20_000

log = structlog.get_logger(__name__)


class History:
    """The turns of conversations. One reading of a thread is enough for as long as this process hears its events."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._read: OrderedDict[str, None] = OrderedDict()

    async def up_to(self, order: Order, at: Where, workspace: Workspace) -> Turns:
        """What was said up to an order.

        Raises:
            TryLater: Slack does not answer now, or asks for patience.
            StorageError: The database does not.
        """
        chats, conversation = self._parts.desk.app.chats, order.conversation.id
        if at.manner == "thread" and at.thread is not None:
            await self._read_back(order, at, at.thread, workspace)
        turns = await chats.turns_of(conversation, MOST_REMEMBERED)
        newest = next((turn for turn in turns if turn.job == order.job), None)
        earlier = turns if newest is None else turns[: turns.index(newest)]
        return earlier[-(MAX_TURNS - 1) :], newest

    async def _read_back(self, order: Order, at: Where, thread: str, workspace: Workspace) -> None:
        """Note what people said in the thread that we did not hear, once."""
        place = message_key(at.team, at.channel, thread)
        if place in self._read:
            return
        chats, conversation = self._parts.desk.app.chats, order.conversation.id
        room, root = await chats.room(place), await chats.turn(place)
        asked = root is not None and root.job is not None
        began = order.job == job_of_message(at.team, at.channel, thread)
        if not began and not self._is_enough(room, asked=asked):
            known = {turn.message: turn for turn in await chats.turns_of(conversation, MOST_REMEMBERED)}
            for heard in await self._heard(at, thread, workspace):
                if is_news(heard.key, heard.edited_at, known):
                    await chats.note_turn(turn_from(heard, conversation))
            await chats.open_room(
                RoomRecord(
                    place=place,
                    conversation=conversation,
                    tenant=tenant_of(at.team),
                    owned=asked,
                    opened_at=datetime.now(UTC),
                )
            )
            self._parts.rooms.forget(place)
        self._read[place] = None
        if len(self._read) > MOST_KEPT:
            self._read.popitem(last=False)

    def _is_enough(self, room: RoomRecord | None, *, asked: bool) -> bool:
        """Whether what was heard of a thread that we know must do, also after a restart: Slack allows few readings."""
        limited = self._parts.desk.app.settings.slack.history_limit <= LIMITED
        return limited and (room is not None or asked)

    async def _heard(self, at: Where, thread: str, workspace: Workspace) -> list[Heard]:
        """What people said before the order, oldest first; nothing where the bot may not read."""
        spot = Spot(team=at.team, channel=at.channel, enterprise=at.enterprise)
        ears = ears_of(self._parts, workspace)
        try:
            found = await self._messages(workspace, at, thread)
        except (Refused, Unreachable) as exc:
            log.info("thread_not_read", error=type(exc).__name__)
            return []
        heard = [one for message in found if (one := hear_message(message, spot, ears)) is not None]
        return [one for one in heard if one.human and not one.empty][-MOST_READ:]

    async def _messages(self, workspace: Workspace, at: Where, thread: str) -> list[Mapping[str, Any]]:
        """The thread up to the order."""
        limit = self._parts.desk.app.settings.slack.history_limit
        found: list[Mapping[str, Any]] = []
        more: dict[str, Any] = {}
        for _ in range(1 if limit <= LIMITED else MOST_PAGES):
            async with reaching():
                answer = await workspace.client.conversations_replies(
                    channel=at.channel, ts=thread, latest=f"{at.asked_at:.6f}", limit=limit, **more
                )
            found += _before(messages_in(answer.get("messages")), at.asked_at)
            cursor = (answer.get("response_metadata") or {}).get("next_cursor")
            if not answer.get("has_more") or not isinstance(cursor, str) or not cursor:
                break
            more = {"cursor": cursor}
        return found


def ears_of(parts: Parts, workspace: Workspace) -> Ears:
    """Who listens in a workspace."""
    return Ears(
        bot_user=workspace.bot_user,
        bot_id=workspace.bot_id,
        allowed=parts.desk.app.settings.slack.allowed_bots,
        names=parts.names,
    )


def _before(messages: Sequence[Mapping[str, Any]], moment: float) -> list[Mapping[str, Any]]:
    """Those that were sent before: Slack shows a thread's first message on every page, whatever is asked for."""
    return [one for one in messages if _seconds(one.get("ts")) < moment]


def _seconds(ts: Any) -> float:
    try:
        return float(ts)
    except (TypeError, ValueError):
        return float("inf")
