"""Turning a placeholder into the answer: images in blocks, else shared beside it; further messages; refusals told alone.

Every function leaves the same messages behind however often it is called for a job. When that is, and for which jobs,
is ``bots.slack.courier``.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import structlog

from bots.chat.cards import Card, refused_words
from bots.courier import TryLater, Unreachable
from bots.order import Order
from bots.replies import say
from bots.slack import uploading
from bots.slack.layout import MOST_IMAGES, Block, blocks, fallback
from bots.slack.parts import Parts
from bots.slack.placing import INVALID, Placing, direct_channel
from bots.slack.problems import Refused, reaching
from bots.slack.sweeping import MISSING, Spot, metadata_of, since, standing
from bots.slack.uploading import Uploaded, is_processed, is_shared, share
from bots.slack.where import Where
from bots.slack.workspaces import Workspace
from generator.scene import Notice

EXCUSE: Final = -1
"""The part of a job's answer that tells the requester directly why there is none."""

INSTEAD: Final = 1000
"""The part that stands for a placeholder which Slack lets nobody change any more."""

UNCHANGEABLE: Final = frozenset(
    {"edit_window_closed", "cant_update_message", "update_failed", "cant_broadcast_message"}
)
MOST_KEPT: Final = 10_000
AGAIN_SECONDS: Final = 5.0
"""After which a progress edit that nobody saw the end of has come, if it ever does."""

Send = Callable[[Card, list[Block]], Awaitable[None]]

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


class Delivering:
    """Changes placeholders."""

    def __init__(self, parts: Parts, placing: Placing) -> None:
        self._parts = parts
        self._placing = placing
        self._unsure: set[str] = set()

    def doubt(self, job: str) -> None:
        """A progress edit of a job may come after its answer: the answer is put in twice, the second time later."""
        if len(self._unsure) >= MOST_KEPT:
            self._unsure.clear()
        self._unsure.add(job)

    def doubted(self, job: str) -> bool:
        """Whether there was a doubt, which is over now."""
        was = job in self._unsure
        self._unsure.discard(job)
        return was

    async def put(self, post: Post, card: Card, uploaded: Sequence[Uploaded]) -> None:
        """The answer in the placeholder's place, and further messages for images that do not fit into it.

        Raises:
            TryLater: Slack cannot be reached.
            Unreachable: The place is closed to us.
            Refused: Slack does not take it; ``message_not_found``: somebody deleted the placeholder.
        """
        missing = await self._shown(post, card, uploaded[:MOST_IMAGES], self._changing(post))
        if missing:
            notes = [say(Notice(key="slack-image-missing", args={"id": one.image.id}), card.locale) for one in missing]
            told = replace(card, notes=(*card.notes, *notes))
            await self._changing(post)(told, blocks(told, ()))
        if len(uploaded) > MOST_IMAGES:
            await self._follow(post, card, uploaded)

    async def refuse(self, post: Post, card: Card) -> None:
        """Say in the thread that it was refused, and why to the requester alone.

        In this order: what is told alone cannot be found again, so it comes last.

        Raises:
            TryLater: Slack cannot be reached.
            Unreachable: The place is closed to us.
            Refused: As for ``put``.
        """
        public = replace(card, words=refused_words(post.order.conversation.newest.author, card.locale))
        await self._changing(post)(public, blocks(public, ()))
        if self.doubted(post.order.job):
            raise TryLater(AGAIN_SECONDS)
        spot = Spot(channel=post.channel, thread=_asked_in(post.at))
        try:
            await self.tell(post.order, post.workspace, post.at, spot, card)
        except (Unreachable, Refused) as exc:
            log.info("requester_not_told", job=post.order.job, error=str(exc))

    async def tell(self, order: Order, workspace: Workspace, at: Where, spot: Spot | None, card: Card) -> None:
        """Tell only whoever asked: beside the conversation, else directly.

        Raises:
            TryLater: Slack cannot be reached.
            Unreachable, Refused: Nor can the person.
        """
        card = replace(card, presses=())
        if spot is None or not await _whispered(workspace, at.user, spot, card):
            direct = Spot(channel=await direct_channel(workspace, at.user))
            await self._placing.post(order, workspace, direct, card, blocks(card, ()), EXCUSE)

    async def update(self, post: Post, card: Card, shown: list[Block]) -> None:
        """Change a message of ours.

        Raises:
            TryLater: Slack cannot be reached.
            Unreachable: The place is closed to us.
            Refused: Slack does not take it.
        """
        async with reaching():
            await post.workspace.client.chat_update(
                channel=post.channel,
                ts=post.ts,
                text=fallback(card),
                blocks=shown,
                metadata=metadata_of(post.order.job, post.part),
                parse="none",
            )

    def _changing(self, post: Post) -> Send:
        async def send(card: Card, shown: list[Block]) -> None:
            try:
                await self.update(post, card, shown)
            except Refused as exc:
                if exc.code not in UNCHANGEABLE:
                    raise
                log.warning("placeholder_unchangeable", job=post.order.job, error=exc.code)
                if INSTEAD + post.part not in await self._standing(post):
                    await self._posting(post, INSTEAD + post.part)(card, shown)

        return send

    def _posting(self, post: Post, part: int) -> Send:
        async def send(card: Card, shown: list[Block]) -> None:
            await self._placing.post(post.order, post.workspace, post.thread, card, shown, part)

        return send

    async def _standing(self, post: Post) -> dict[int, list[str]]:
        """Which parts of the answer stand already."""
        limit = self._parts.desk.app.settings.slack.history_limit
        after = since(post.order, post.at)
        return await standing(post.workspace, post.thread, post.order.job, after=after, limit=limit)

    async def _follow(self, post: Post, card: Card, uploaded: Sequence[Uploaded]) -> None:
        """Images beyond the first message's; a further message that stands already is made what it should be."""
        stands = await self._standing(post)
        more = replace(card, words="", presses=())
        for part, start in enumerate(range(MOST_IMAGES, len(uploaded), MOST_IMAGES), 1):
            send = self._posting(post, part)
            if part in stands:
                send = self._changing(replace(post, ts=stands[part][0], part=part))
            await self._shown(post, more, uploaded[start : start + MOST_IMAGES], send)

    async def _shown(self, post: Post, card: Card, uploaded: Sequence[Uploaded], send: Send) -> list[Uploaded]:
        """Send a card with images; where blocks do not show them, they stand in the thread beside it (S14, S15).

        Returns:
            The images that Slack shows in neither way.
        """
        if not await self._any_shared(post, uploaded) and await _in_blocks(post, card, uploaded, send):
            return []
        try:
            await send(card, blocks(card, ()))
        except Refused as exc:
            if exc.code not in INVALID:
                raise
            log.warning("blocks_refused", job=post.order.job)
            await send(card, [])
        return [one for one in uploaded if not await share(post.workspace, one, post.thread)]

    async def _any_shared(self, post: Post, uploaded: Sequence[Uploaded]) -> bool:
        """Whether an earlier attempt gave up on blocks: what stands in the thread must not be shown twice."""
        for one in uploaded:
            if one.reused and await is_shared(post.workspace, one.file, post.thread):
                return True
        return False


async def _in_blocks(post: Post, card: Card, uploaded: Sequence[Uploaded], send: Send) -> bool:
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


def is_gone(exc: Refused) -> bool:
    """Whether the message itself is not there any more."""
    return exc.code in MISSING


def _asked_in(at: Where) -> str | None:
    """The thread in which whoever asked is looking."""
    return at.thread if at.manner == "thread" else None


def beside(at: Where) -> Spot | None:
    """Where whoever asked can be told something alone; None if everything there is between the two of us."""
    return None if at.manner == "direct" else Spot(channel=at.channel, thread=_asked_in(at))


async def _whispered(workspace: Workspace, user: str, spot: Spot, card: Card) -> bool:
    """Show words to one person alone; False where that is not possible.

    Raises:
        TryLater: Slack cannot be reached.
    """
    more: dict[str, Any] = {} if spot.thread is None else {"thread_ts": spot.thread}
    try:
        async with reaching():
            await workspace.client.chat_postEphemeral(
                channel=spot.channel, user=user, text=fallback(card), blocks=blocks(card, ()), parse="none", **more
            )
    except (Refused, Unreachable) as exc:
        log.info("not_told_alone", error=str(exc))
        return False
    return True
