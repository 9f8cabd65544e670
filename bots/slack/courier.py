"""Slack as the errands see it: the placeholder, its progress, the answer (``bots.courier.Courier``)."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any, Final

import structlog

from bots.chat.cards import Card, answer_card
from bots.chat.preferences import preferences_of
from bots.courier import Placed, TryLater, Unreachable
from bots.order import Answer, Order
from bots.progress import Standing
from bots.replies import say
from bots.slack import uploading
from bots.slack.gathering import Gatherer
from bots.slack.layout import MOST_IMAGES, Block, blocks, fallback
from bots.slack.pacing import Pace
from bots.slack.parts import Parts
from bots.slack.placing import INVALID, Placing, direct_channel, why_moved
from bots.slack.problems import Refused, reaching
from bots.slack.sweeping import MISSING, Spot, metadata_of, since, standing
from bots.slack.uploading import Uploaded, is_processed, is_shared, share, upload
from bots.slack.where import PLATFORM, Where, split_message, where
from bots.slack.workspaces import Workspace
from generator.scene import Notice
from storage.errors import BlobMissing, GenerationRemoved
from storage.records import GenerationRecord

REFUSALS: Final = frozenset({"refused", "held"})
EXCUSE: Final = -1  # the part of a job's answer that tells why there is none
AGAIN_SECONDS: Final = 10.0
"""After which a progress edit that nobody saw the end of has come, if it ever does."""

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """Where an answer, or a further part of it, stands: the message, and the first one of its thread."""

    workspace: Workspace
    order: Order
    at: Where
    channel: str
    ts: str
    root: str
    part: int = 0

    @property
    def thread(self) -> Spot:
        """Where further messages go: never the channel itself (platforms S7)."""
        return Spot(channel=self.channel, thread=self.root)

    @property
    def is_direct(self) -> bool:
        """Whether only the requester reads it."""
        return self.channel.startswith("D")

    @property
    def moved(self) -> bool:
        """Whether it stands in direct messages because it could not stand where it was asked."""
        return self.at.manner == "channel" and self.channel != self.at.channel


class SlackCourier:
    """Answers for Slack while the bot is connected."""

    platform = PLATFORM

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._pace = Pace()
        self._placing = Placing(parts, self._pace)
        self._gatherer = Gatherer(parts)
        self._unsure: set[str] = set()

    async def gather(self, order: Order) -> Order:
        """The order with its thread's history and its files."""
        return await self._gatherer.gather(order)

    async def place(self, order: Order) -> Placed:
        """Post the placeholder, or find it."""
        placed = await self._placing.place(order)
        for each in self._parts.sessions:
            await each.processing(order, None)
        return placed

    async def show(self, order: Order, placed: Placed, standing: Standing) -> None:
        """Say in the placeholder how far the job is, as often as Slack likes."""
        at = where(order)
        for each in self._parts.sessions:
            await each.processing(order, standing)
        if placed.message is None or not self._pace.may_show(at.team):
            return
        try:
            post = await self._post(order, placed)
            card = self._placing.card(order)
            await self._update(post, card, self._placing.blocks(order, card, moved=post.moved))
        except TryLater as exc:
            self._pace.rest(at.team, exc.seconds)
            self._unsure.add(order.job)
        except Refused as exc:
            if exc.code in INVALID:
                self._placing.forgo_plans(at.team)
        except Unreachable:
            pass  # delivering will find out

    async def deliver(self, order: Order, placed: Placed, answer: Answer) -> None:
        """Turn the placeholder into the answer; what does not fit into one message follows in further ones."""
        if placed.message is not None:
            post = await self._post(order, placed)
            try:
                await self._deliver(post, answer)
            except Refused as exc:
                if exc.code not in MISSING:
                    raise
                log.info("answer_not_wanted", job=order.job)  # somebody deleted the placeholder
        for each in self._parts.sessions:
            await each.settled(order, answer)

    async def sweep(self, order: Order, placed: Placed) -> None:
        """Remove second placeholders of the job that have appeared meanwhile."""
        await self._placing.sweep(order, placed)

    async def excuse(self, order: Order, reason: Notice) -> None:
        """Tell the requester alone: beside the place where it was asked, else directly."""
        at = where(order)
        card = Card(locale=order.conversation.locale, words=say(reason, order.conversation.locale))
        with suppress(TryLater, Unreachable, Refused):
            workspace = await self._placing.workspace(at)
            thread = at.thread if at.manner == "thread" else None
            if at.manner == "direct" or not await _whispered(
                workspace, at, Spot(channel=at.channel, thread=thread), card
            ):
                direct = Spot(channel=await direct_channel(workspace, at.user))
                await self._placing.post(order, workspace, direct, card, blocks(card, ()), EXCUSE)

    async def _post(self, order: Order, placed: Placed) -> Post:
        at = where(order)
        _, channel, ts = split_message(placed.message or "")
        root = at.thread if at.manner == "thread" and at.thread else ts
        workspace = await self._placing.workspace(at)
        return Post(workspace=workspace, order=order, at=at, channel=channel, ts=ts, root=root)

    async def _deliver(self, post: Post, answer: Answer) -> None:
        card, images = await self._card(post, answer)
        if answer.outcome in REFUSALS and not post.is_direct:
            await self._refuse(post, card)
            return
        uploaded, notes = await self._uploaded(post, images)
        card = replace(card, notes=(*card.notes, *notes))
        await self._put(post, card, uploaded[:MOST_IMAGES])
        if len(uploaded) > MOST_IMAGES:
            await self._follow(post, card, uploaded)
        if post.order.job in self._unsure:
            self._unsure.discard(post.order.job)
            shown = [one.picture for one in uploaded[:MOST_IMAGES]]
            self._parts.later(lambda: self._again(post, card, blocks(card, shown)))

    async def _card(self, post: Post, answer: Answer) -> tuple[Card, list[GenerationRecord]]:
        app = self._parts.desk.app
        tenant = await app.chats.tenant(post.order.conversation.tenant)
        images = [image for image in [await app.records.generation(one) for one in answer.generations] if image]
        card = answer_card(post.order, answer, images, preferences_of(tenant), app.engine.capabilities)
        if post.moved:
            card = replace(card, words=f"{why_moved(card.locale)}\n{card.words}")
        return card, images

    async def _refuse(self, post: Post, card: Card) -> None:
        """Say in the thread that it was refused, and why to the requester alone.

        In this order: what is told alone cannot be found again, so it comes last.
        """
        name = post.order.conversation.newest.author
        public = replace(card, words=say(Notice(key="card-refused", args={"name": name}), card.locale))
        await self._update(post, public, blocks(public, ()))
        spot = Spot(channel=post.channel, thread=post.at.thread if post.at.manner == "thread" else None)
        if not await _whispered(post.workspace, post.at, spot, card):
            direct = Spot(channel=await direct_channel(post.workspace, post.at.user))
            await self._placing.post(post.order, post.workspace, direct, card, blocks(card, ()), EXCUSE)

    async def _uploaded(self, post: Post, images: Sequence[GenerationRecord]) -> tuple[list[Uploaded], tuple[str, ...]]:
        """The images as files, and what is to be said about those that are copies."""
        done, notes = [], []
        for image in images:
            try:
                one, copied = await upload(self._parts.desk.app, post.workspace, image)
            except (BlobMissing, GenerationRemoved):
                continue  # removed in the meantime
            done.append(one)
            if copied is not None:
                notes.append(say(copied, post.order.conversation.locale))
        return done, tuple(dict.fromkeys(notes))

    async def _put(self, post: Post, card: Card, uploaded: Sequence[Uploaded]) -> None:
        """The answer in the placeholder's place."""

        async def send(card: Card, shown: list[Block]) -> None:
            await self._update(post, card, shown)

        await self._shown(post, card, uploaded, send)

    async def _follow(self, post: Post, card: Card, uploaded: Sequence[Uploaded]) -> None:
        """Images beyond the first message's; a further message that stands already is made what it should be."""
        limit = self._parts.desk.app.settings.slack.history_limit
        stands = await standing(
            post.workspace, post.thread, post.order.job, after=since(post.order, post.at), limit=limit
        )
        more = replace(card, words="", presses=())
        for part, start in enumerate(range(MOST_IMAGES, len(uploaded), MOST_IMAGES), 1):
            batch = uploaded[start : start + MOST_IMAGES]
            if part in stands:
                await self._put(replace(post, ts=stands[part][0], part=part), more, batch)
            else:
                await self._shown(post, more, batch, self._sending(post, part))

    def _sending(self, post: Post, part: int) -> "Send":
        async def send(card: Card, shown: list[Block]) -> None:
            await self._placing.post(post.order, post.workspace, post.thread, card, shown, part)

        return send

    async def _shown(self, post: Post, card: Card, uploaded: Sequence[Uploaded], send: "Send") -> None:
        """Send a card with images; where blocks do not show them, they stand in the thread beside it (S14, S15)."""
        if not await self._any_shared(post, uploaded) and await self._in_blocks(post, card, uploaded, send):
            return
        missing = [one for one in uploaded if not await share(post.workspace, one, post.thread)]
        notes = [say(Notice(key="slack-image-missing", args={"id": one.image.id}), card.locale) for one in missing]
        card = replace(card, notes=(*card.notes, *notes))
        try:
            await send(card, blocks(card, ()))
        except Refused as exc:
            if exc.code not in INVALID:
                raise
            log.warning("blocks_refused", job=post.order.job)
            await send(card, [])

    async def _in_blocks(self, post: Post, card: Card, uploaded: Sequence[Uploaded], send: "Send") -> bool:
        """Whether Slack takes the images in blocks, once it has processed them."""
        shown = blocks(card, [one.picture for one in uploaded])
        ready = not uploaded
        for pause in (*uploading.PAUSES, 0.0):
            try:
                await send(card, shown)
            except Refused as exc:
                if exc.code not in INVALID:
                    raise
            else:
                return True
            if ready:
                break
            await asyncio.sleep(pause)
            ready = all([await is_processed(post.workspace, one.file) for one in uploaded])
        return False

    async def _any_shared(self, post: Post, uploaded: Sequence[Uploaded]) -> bool:
        """Whether an earlier attempt gave up on blocks: what stands in the thread must not be shown twice."""
        for one in uploaded:
            if one.reused and await is_shared(post.workspace, one.file, post.thread):
                return True
        return False

    async def _update(self, post: Post, card: Card, shown: list[Block]) -> None:
        async with reaching():
            await post.workspace.client.chat_update(
                channel=post.channel,
                ts=post.ts,
                text=fallback(card),
                blocks=shown,
                metadata=metadata_of(post.order.job, post.part),
                parse="none",
            )

    async def _again(self, post: Post, card: Card, shown: list[Block]) -> None:
        """Put the answer in once more: a progress edit may have come after it."""
        await asyncio.sleep(AGAIN_SECONDS)
        with suppress(TryLater, Unreachable, Refused):
            await self._update(post, card, shown)


Send = Callable[[Card, list[Block]], Awaitable[None]]


async def _whispered(workspace: Workspace, at: Where, spot: Spot, card: Card) -> bool:
    """Tell only whoever asked, beside the conversation; False where that is not possible.

    Raises:
        TryLater: Slack cannot be reached.
    """
    more: dict[str, Any] = {} if spot.thread is None else {"thread_ts": spot.thread}
    told = replace(card, presses=())
    try:
        async with reaching():
            await workspace.client.chat_postEphemeral(
                channel=spot.channel, user=at.user, text=fallback(told), blocks=blocks(told, ()), parse="none", **more
            )
    except (Refused, Unreachable) as exc:
        log.info("not_told_alone", error=str(exc))
        return False
    return True
