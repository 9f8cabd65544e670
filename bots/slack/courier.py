"""Slack as the errands see it: the placeholder, its progress, the answer (``bots.courier.Courier``)."""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from typing import Final

import structlog

from bots.chat.cards import Card, answer_card
from bots.chat.preferences import preferences_of
from bots.courier import OnceMore, Placed, TryLater, Unreachable
from bots.order import Answer, Order
from bots.progress import Standing
from bots.replies import say
from bots.slack.delivering import AGAIN_SECONDS, Delivering, Post, beside, is_gone
from bots.slack.gathering import Gatherer
from bots.slack.pacing import Pace
from bots.slack.parts import Parts
from bots.slack.placing import INVALID, Placing, why_moved
from bots.slack.problems import Refused
from bots.slack.uploading import Uploaded, upload
from bots.slack.where import PLATFORM, split_message, where
from generator.scene import Notice
from storage.errors import BlobMissing, GenerationRemoved
from storage.records import GenerationRecord

REFUSALS: Final = frozenset({"refused", "held"})
MOST_KEPT: Final = 10_000
SHOW_SECONDS: Final = 5.0
"""How long a progress edit may hold up what comes after it."""

log = structlog.get_logger(__name__)


class SlackCourier:
    """Answers for Slack while the bot is connected."""

    platform = PLATFORM

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._pace = Pace()
        self._placing = Placing(parts, self._pace)
        self._delivering = Delivering(parts, self._placing)
        self._gatherer = Gatherer(parts)
        self._begun: set[str] = set()
        self._settled: set[str] = set()

    async def gather(self, order: Order) -> Order:
        """The order with its thread's history and its files."""
        return await self._gatherer.gather(order)

    async def place(self, order: Order) -> Placed:
        """Post the placeholder, or find it."""
        placed = await self._placing.place(order)
        self._begin(order.job)
        for each in self._parts.sessions:
            await each.processing(order, None)
        return placed

    async def show(self, order: Order, placed: Placed, standing: Standing) -> None:
        """Say in the placeholder how far the job is, as often as Slack likes."""
        for each in self._parts.sessions:
            await each.processing(order, standing)
        team = where(order).team
        if placed.message is None or not self._pace.may_show(team):
            return
        try:
            async with asyncio.timeout(SHOW_SECONDS):
                post = await self._post(order, placed)
                card = self._placing.card(order)
                await self._delivering.update(post, card, self._placing.blocks(order, card, moved=post.moved))
        except TryLater as exc:
            self._pace.rest(team, exc.seconds)
            self._delivering.doubt(order.job)
        except TimeoutError:
            self._delivering.doubt(order.job)
        except Refused as exc:
            if exc.code in INVALID:
                self._placing.forgo_plans(team)
        except Unreachable:
            pass  # delivering will find out

    async def deliver(self, order: Order, placed: Placed, answer: Answer) -> None:
        """Turn the placeholder into the answer; what does not fit into one message follows in further ones."""
        if order.job not in self._begun:
            self._begin(order.job)
            self._delivering.doubt(order.job)  # it is not known what an earlier life sent last
        if placed.message is not None:
            try:
                await self._deliver(await self._post(order, placed), answer)
            except Refused as exc:
                if not is_gone(exc):
                    raise
                log.info("answer_not_wanted", job=order.job)  # somebody deleted the placeholder
        await self._settle(order, answer)
        if self._delivering.doubted(order.job):
            raise OnceMore(AGAIN_SECONDS)  # the errand comes again, even if this process does not live so long

    async def sweep(self, order: Order, placed: Placed) -> None:
        """Remove second placeholders of the job that have appeared meanwhile."""
        await self._placing.sweep(order, placed)

    async def excuse(self, order: Order, reason: Notice) -> None:
        """Tell the requester alone: beside the place where it was asked, else directly."""
        at, locale = where(order), order.conversation.locale
        words = say(reason, locale)
        with suppress(TryLater, Unreachable, Refused):
            workspace = await self._placing.workspace(at)
            await self._delivering.tell(order, workspace, at, beside(at), Card(locale=locale, words=words))
        await self._settle(order, Answer(job=order.job, outcome="failed", reply=words))

    async def _settle(self, order: Order, answer: Answer) -> None:
        """Tell of a job's end once, although its answer may be put in more than once."""
        if order.job in self._settled:
            return
        for each in self._parts.sessions:
            await each.settled(order, answer)
        _remember(self._settled, order.job)

    def _begin(self, job: str) -> None:
        """Whatever is sent of the job from now on, this process sends."""
        _remember(self._begun, job)

    async def _post(self, order: Order, placed: Placed) -> Post:
        at = where(order)
        _, channel, ts = split_message(placed.message or "")
        root = at.thread if at.manner == "thread" and at.thread else ts
        workspace = await self._placing.workspace(at)
        return Post(workspace=workspace, order=order, at=at, channel=channel, ts=ts, root=root)

    async def _deliver(self, post: Post, answer: Answer) -> None:
        app = self._parts.desk.app
        tenant = await app.chats.tenant(post.order.conversation.tenant)
        images = [image for image in [await app.records.generation(one) for one in answer.generations] if image]
        card = answer_card(post.order, answer, images, preferences_of(tenant), app.engine.capabilities)
        if post.moved:
            card = replace(card, words=f"{why_moved(card.locale)}\n{card.words}")
        if answer.outcome in REFUSALS and not post.is_direct:
            await self._delivering.refuse(post, card)
            return
        uploaded, notes = await self._uploaded(post, images)
        await self._delivering.put(post, replace(card, notes=(*card.notes, *notes)), uploaded)

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


def _remember(jobs: set[str], job: str) -> None:
    """Add ``job``; what is forgotten costs a repetition, nothing more."""
    if len(jobs) >= MOST_KEPT:
        jobs.clear()
    jobs.add(job)
