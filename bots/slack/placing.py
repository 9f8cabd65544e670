"""Where an answer stands: posting the placeholder exactly once, and making its thread a conversation.

Slack has no nonce. Once, because every attempt is noted before it is made, a placeholder that an earlier attempt may
have posted is looked for by its metadata first, and of several the lowest is kept (platforms S19).
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

import structlog

from bots.chat.cards import Card, progress_card
from bots.courier import Placed, Unreachable
from bots.order import Order
from bots.replies import say
from bots.slack.layout import Block, blocks, fallback, working
from bots.slack.pacing import Pace
from bots.slack.parts import Parts
from bots.slack.problems import Refused, reaching
from bots.slack.sweeping import Spot, metadata_of, remove, since, standing
from bots.slack.where import Where, channel_key, message_key, split_message, tenant_of, where
from bots.slack.workspaces import NotInstalled, Workspace
from generator.scene import Notice
from moderation.types import Locale
from storage.chats import RoomRecord

INVALID: Final = frozenset({"invalid_blocks", "invalid_blocks_format", "msg_blocks_too_long"})

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """A message of ours."""

    channel: str
    ts: str


@dataclass(slots=True, kw_only=True)
class Attempt:
    """One attempt at a placeholder.

    Attributes:
        tried: An earlier one may have posted it.
        noted: That this one is about to is in the records.
    """

    order: Order
    at: Where
    workspace: Workspace
    tried: bool
    noted: bool = False


class Placing:
    """Posts placeholders."""

    def __init__(self, parts: Parts, pace: Pace) -> None:
        self._parts = parts
        self._pace = pace
        self._without_plans: set[str] = set()

    async def place(self, order: Order) -> Placed:
        """Post the placeholder of a job, or find the one that stands.

        Raises:
            TryLater: Slack cannot be reached.
            Unreachable: Nothing of ours can stand there.
        """
        at = where(order)
        chats = self._parts.desk.app.chats
        post = await chats.post(order.job)
        if post is not None and post.state != "waiting":
            # Whoever placed it did not come so far as to tell, nor whether there was doubt.
            return Placed(place=post.place, message=post.message, doubtful=post.message is not None)
        attempt = Attempt(
            order=order,
            at=at,
            workspace=await self.workspace(at),
            tried=post is not None and post.tried_at is not None,
        )
        message = await self._somewhere(attempt)
        thread = at.thread if at.manner == "thread" and at.thread is not None else message.ts
        place = message_key(at.team, message.channel, thread)
        if at.manner != "thread":
            await self._open_room(order, at, place)
        mine = message_key(at.team, message.channel, message.ts)
        stands = await chats.place_post(order.job, place, mine)
        return Placed(place=stands.place, message=stands.message, doubtful=attempt.tried or stands.message != mine)

    async def workspace(self, at: Where) -> Workspace:
        """The workspace of an order.

        Raises:
            TryLater: Slack cannot be reached for a new token.
            Unreachable: The app was removed there.
        """
        try:
            async with reaching():
                return await self._parts.workspaces.find(at.team, at.enterprise)
        except NotInstalled:
            raise Unreachable(Notice(key="slack-not-allowed")) from None

    def card(self, order: Order) -> Card:
        """The card of the placeholder as it looks now."""
        return progress_card(order, self._parts.desk.app.board.standing(order.job))

    def blocks(self, order: Order, card: Card, *, moved: bool) -> list[Block]:
        """Its blocks; ``moved`` to the person's direct messages, it says why it stands there."""
        shown = working(
            card, self._parts.desk.app.board.standing(order.job), plan=where(order).team not in self._without_plans
        )
        return [*blocks(Card(locale=card.locale, words=why_moved(card.locale)), ()), *shown] if moved else shown

    def forgo_plans(self, team: str) -> None:
        """Slack did not take blocks of ours there."""
        self._without_plans.add(team)

    async def sweep(self, order: Order, placed: Placed) -> None:
        """Remove all placeholders of a job but the one that is kept, and all second copies of further messages."""
        if placed.message is None:
            return
        at = where(order)
        workspace = await self.workspace(at)
        _, channel, kept = split_message(placed.message)
        spot = Spot(channel=channel, thread=at.thread if at.manner == "thread" else None)
        for part, stamps in (await self._found(order, at, workspace, spot)).items():
            for ts in [ts for ts in stamps if ts != kept] if part == 0 else stamps[1:]:
                if not await remove(workspace, channel, ts):
                    log.warning("twin_left", job=order.job)

    async def _somewhere(self, attempt: Attempt) -> Message:
        """The placeholder, in the first of the possible places that lets it stand."""
        at = attempt.at
        if at.manner == "thread":
            if at.thread is None:
                raise ValueError("an answer in a thread without one")
            return await self._in(attempt, Spot(channel=at.channel, thread=at.thread))
        if at.manner == "channel":
            try:
                return await self._in(attempt, Spot(channel=at.channel))
            except Unreachable as exc:
                log.info("answered_directly", job=attempt.order.job, reason=exc.reason.key)
        return await self._in(attempt, Spot(channel=await direct_channel(attempt.workspace, at.user)))

    async def _in(self, attempt: Attempt, spot: Spot) -> Message:
        """The placeholder in one place: the one that stands, else a new one in its turn."""
        if attempt.tried and (stands := await self._adopted(attempt, spot)) is not None:
            return stands
        await self._pace.turn(channel_key(attempt.at.team, spot.channel))
        if await self._is_raced(attempt) and (stands := await self._adopted(attempt, spot)) is not None:
            return stands
        return await self._posted(attempt, spot)

    async def _is_raced(self, attempt: Attempt) -> bool:
        """Note that it is about to be posted; whether somebody else did so since we looked."""
        if attempt.noted:
            return False
        attempt.noted = True
        raced = await self._parts.desk.app.chats.try_post(attempt.order.job) and not attempt.tried
        attempt.tried |= raced
        return raced

    async def _adopted(self, attempt: Attempt, spot: Spot) -> Message | None:
        """The lowest of the placeholders that stand."""
        stamps = (await self._found(attempt.order, attempt.at, attempt.workspace, spot)).get(0)
        return Message(channel=spot.channel, ts=stamps[0]) if stamps else None

    async def _found(self, order: Order, at: Where, workspace: Workspace, spot: Spot) -> dict[int, list[str]]:
        limit = self._parts.desk.app.settings.slack.history_limit
        try:
            return await standing(workspace, spot, order.job, after=since(order, at), limit=limit)
        except Refused as exc:
            log.warning("posts_not_found", job=order.job, error=exc.code)
            return {}

    async def _posted(self, attempt: Attempt, spot: Spot) -> Message:
        order, at, workspace = attempt.order, attempt.at, attempt.workspace
        card, moved = self.card(order), at.manner == "channel" and spot.channel != at.channel
        shown = self.blocks(order, card, moved=moved)
        try:
            return await self._post(order, workspace, spot, card, shown)
        except Refused as exc:
            if exc.code not in INVALID or not any(block["type"] == "plan" for block in shown):
                raise
        self.forgo_plans(at.team)
        return await self._post(order, workspace, spot, card, self.blocks(order, card, moved=moved))

    async def post(
        self, order: Order, workspace: Workspace, spot: Spot, card: Card, shown: list[Block], part: int = 0
    ) -> Message:
        """Post a message of a job, in its turn. What goes wrong leaves unknown whether it stands.

        Raises:
            TryLater: Slack cannot be reached.
            Unreachable: Nothing of ours can stand there.
            Refused: Slack does not take it.
        """
        await self._pace.turn(channel_key(workspace.team, spot.channel))
        return await self._post(order, workspace, spot, card, shown, part)

    async def _post(
        self, order: Order, workspace: Workspace, spot: Spot, card: Card, shown: list[Block], part: int = 0
    ) -> Message:
        more: dict[str, Any] = {} if spot.thread is None else {"thread_ts": spot.thread}
        async with reaching():
            response = await workspace.client.chat_postMessage(
                channel=spot.channel,
                text=fallback(card),
                blocks=shown,
                metadata=metadata_of(order.job, part),
                unfurl_links=False,
                unfurl_media=False,
                parse="none",
                **more,
            )
        return Message(channel=str(response.get("channel") or spot.channel), ts=str(response["ts"]))

    async def _open_room(self, order: Order, at: Where, place: str) -> None:
        """What is said in the thread under the placeholder belongs to the conversation."""
        await self._parts.desk.app.chats.open_room(
            RoomRecord(
                place=place,
                conversation=order.conversation.id,
                tenant=tenant_of(at.team),
                owned=True,
                opened_at=datetime.now(UTC),
            )
        )
        self._parts.rooms.forget(place)


async def direct_channel(workspace: Workspace, user: str) -> str:
    """The bot's direct messages with a person.

    Raises:
        TryLater: Slack cannot be reached.
        Unreachable: The person cannot be written to.
    """
    try:
        async with reaching():
            response = await workspace.client.conversations_open(users=user)
    except Refused:
        raise Unreachable(Notice(key="slack-place-closed")) from None
    channel = response.get("channel")
    if not isinstance(channel, dict) or not isinstance(channel.get("id"), str):
        raise Unreachable(Notice(key="slack-place-closed"))
    return str(channel["id"])


def why_moved(locale: Locale) -> str:
    """Words about why an answer is not in the channel."""
    return say(Notice(key="slack-not-member"), locale)
