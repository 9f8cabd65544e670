"""Discord as the errands see it: the placeholder, its progress, the answer (``bots.courier.Courier``)."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from typing import Any, Final

import discord
import structlog

from bots.chat.cards import Card, answer_card, progress_card, refused_words
from bots.chat.desk import Desk
from bots.chat.ladder import TooLarge, fitting, megabytes
from bots.chat.preferences import preferences_of
from bots.courier import Placed
from bots.discord.client import ThreadbrushClient
from bots.discord.gathering import Gatherer
from bots.discord.layout import LONGEST_PLAIN, Body, Picture, files_of, layout, plain, stem_of
from bots.discord.placing import NOBODY, Placing, is_gone, nonce_of, number_of
from bots.discord.problems import ARCHIVED, OUTAGES, TOKEN_OVER, reaching
from bots.discord.where import PLATFORM, Where, where
from bots.order import Answer, Order
from bots.progress import Standing
from bots.replies import say
from generator.scene import Notice
from storage.errors import BlobMissing
from storage.records import GenerationRecord

FILE_BYTES: Final = 10 * 1024 * 1024
"""What every server takes (platforms D17)."""

REQUEST_BYTES: Final = 24 * 1024 * 1024  # of the 25 MiB that one request may have
MOST_FILES: Final = 10
SUFFIX: Final = {"image/png": "png", "image/webp": "webp", "image/jpeg": "jpg"}

REFUSALS: Final = frozenset({"refused", "held"})

log = structlog.get_logger(__name__)


class DiscordCourier:
    """Answers for Discord while its client is connected."""

    platform = PLATFORM

    def __init__(self, client: ThreadbrushClient, desk: Desk) -> None:
        self._client = client
        self._desk = desk
        self._placing = Placing(client, desk)
        self._gatherer = Gatherer(client, desk)

    async def gather(self, order: Order) -> Order:
        """The order with its thread's history and its files."""
        return await self._gatherer.gather(order)

    async def place(self, order: Order) -> Placed:
        """Post the placeholder, or find it."""
        return await self._placing.place(order)

    async def show(self, order: Order, placed: Placed, standing: Standing) -> None:
        """Say in the placeholder how far the job is."""
        card = progress_card(order, standing)
        with suppress(discord.HTTPException, *OUTAGES):
            await self._edit(order, placed, card)

    async def deliver(self, order: Order, placed: Placed, answer: Answer) -> None:
        """Turn the placeholder into the answer; what does not fit into one message follows in further ones."""
        app = self._desk.app
        tenant = await app.chats.tenant(order.conversation.tenant)
        images = [image for image in [await app.records.generation(one) for one in answer.generations] if image]
        card = answer_card(order, answer, images, preferences_of(tenant), app.engine.capabilities)
        pictures, notes = await self._pictures(order, images)
        card = replace(card, notes=(*card.notes, *notes))
        first, *rest = _batches(pictures) or [[]]
        try:
            async with reaching():
                if answer.outcome in REFUSALS and self._can_whisper(order):
                    await self._refuse(order, placed, card)
                    return
                await self._edit_reopening(order, placed, card, first)
                for number, batch in enumerate(rest, 1):
                    await self._follow(order, placed, card, batch, number)
        except discord.HTTPException as exc:
            if not is_gone(exc):
                raise
            log.info("answer_not_wanted", job=order.job)  # somebody deleted the placeholder
        await self._tidy(order)

    async def _refuse(self, order: Order, placed: Placed, card: Card) -> None:
        """Say in the channel that it was refused, and why to the requester alone.

        In this order: what is told alone carries no nonce, so it comes last and is not told again by the next attempt.
        """
        public = replace(card, words=refused_words(order.conversation.newest.author, card.locale))
        await self._edit_reopening(order, placed, public, [])
        if not await self._whisper(order, card.words):
            await self._edit_reopening(order, placed, card, [])

    def _can_whisper(self, order: Order) -> bool:
        """Whether it was asked by a command that still may be answered."""
        at = where(order)
        return at.manner == "channel" and at.token_usable(self._desk.now())

    async def _whisper(self, order: Order, words: str) -> bool:
        """Tell only whoever asked by a command; False where that is not possible."""
        await self._tidy(order)  # so that this does not take the place of the acknowledgement (platforms D4)
        try:
            await self._webhook(where(order)).send(
                words[:LONGEST_PLAIN], ephemeral=True, allowed_mentions=NOBODY, wait=True
            )
        except (discord.HTTPException, *OUTAGES) as exc:
            log.info("not_told_alone", job=order.job, error=type(exc).__name__)
            return False
        return True

    async def _edit_reopening(self, order: Order, placed: Placed, card: Card, pictures: Sequence[Picture]) -> None:
        """Put the answer in; a thread that was archived meanwhile is opened again, unless it is locked (D25)."""
        try:
            await self._edit(order, placed, card, pictures)
        except discord.HTTPException as exc:
            if exc.code != ARCHIVED:
                raise
            await self._client.http.edit_channel(number_of(placed.place), archived=False)
            await self._edit(order, placed, card, pictures)

    async def sweep(self, order: Order, placed: Placed) -> None:
        """Nothing to do: Discord takes a message with the nonce of another one for the same."""

    async def excuse(self, order: Order, reason: Notice) -> None:
        """Tell the requester alone: by the interaction while its token lives, else by a direct message."""
        at = where(order)
        words = say(reason, order.conversation.locale)
        if at.token_usable(self._desk.now()):
            with suppress(discord.HTTPException, *OUTAGES):
                await self._webhook(at).edit_message("@original", content=words, view=None)  # type: ignore[call-overload]
                return
        with suppress(discord.HTTPException, *OUTAGES):
            user = await self._client.create_dm(discord.Object(at.user))
            await user.send(words, nonce=nonce_of(order.job, "excuse"), allowed_mentions=NOBODY)

    def _body(self, card: Card, pictures: Sequence[Picture]) -> Body:
        return (layout if self._desk.app.settings.discord.components_v2 else plain)(card, pictures)

    async def _edit(self, order: Order, placed: Placed, card: Card, pictures: Sequence[Picture] | None = None) -> None:
        """Put a card into the placeholder; with ``pictures``, it is the answer."""
        at = where(order)
        fields = self._fields(card, pictures or ())
        if pictures is not None:
            fields["attachments"] = files_of(pictures, spoiler=self._hides_files(card))
        if placed.message is not None:
            channel = self._client.get_partial_messageable(number_of(placed.place))
            await channel.get_partial_message(number_of(placed.message)).edit(**fields)
        elif not await self._answered(at, fields) and pictures is not None:
            await self._send_late(order, at, card, pictures)

    async def _answered(self, at: Where, fields: dict[str, Any]) -> bool:
        """Answer the interaction itself; False if that is over, by our clock or, where that is wrong, by Discord's."""
        if not at.token_usable(self._desk.now()):
            return False
        try:
            await self._webhook(at).edit_message("@original", **fields)  # type: ignore[call-overload]
        except discord.HTTPException as exc:
            if exc.code not in TOKEN_OVER:
                raise
            return False
        return True

    async def _send_late(self, order: Order, at: Where, card: Card, pictures: Sequence[Picture]) -> None:
        """The interaction is over: the answer goes to the person directly (platforms D2)."""
        direct = await self._client.create_dm(discord.Object(at.user))
        late = replace(card, words=f"{say(Notice(key='answer-late'), card.locale)} {card.words}")
        files = files_of(pictures, spoiler=self._hides_files(card))
        await direct.send(files=files, nonce=nonce_of(order.job), **self._fields(late, pictures))

    def _fields(self, card: Card, pictures: Sequence[Picture]) -> dict[str, Any]:
        body = self._body(card, pictures)
        fields: dict[str, Any] = {"view": body.view, "allowed_mentions": NOBODY}
        return fields if body.is_layout else {**fields, "content": body.content}

    def _hides_files(self, card: Card) -> bool:
        """In a layout the gallery hides its images, in a plain message the files themselves are marked."""
        return card.spoiler and not self._desk.app.settings.discord.components_v2

    async def _follow(self, order: Order, placed: Placed, card: Card, batch: list[Picture], number: int) -> None:
        """Images beyond the first message's; each further message is the same for every attempt."""
        at = where(order)
        more = replace(card, words="", presses=())
        if placed.message is None and await self._followed(at, more, batch):
            return
        where_to: discord.abc.Messageable = (
            await self._client.create_dm(discord.Object(at.user))
            if placed.message is None
            else self._client.get_partial_messageable(number_of(placed.place))
        )
        files = files_of(batch, spoiler=self._hides_files(more))
        await where_to.send(files=files, nonce=nonce_of(order.job, f"/{number}"), **self._fields(more, batch))

    async def _followed(self, at: Where, card: Card, batch: Sequence[Picture]) -> bool:
        """Send a further message by the interaction; False if that is over, by our clock or by Discord's."""
        if not at.token_usable(self._desk.now()):
            return False
        files = files_of(batch, spoiler=self._hides_files(card))
        try:
            await self._webhook(at).send(files=files, ephemeral=at.ephemeral, **self._fields(card, batch))
        except discord.HTTPException as exc:
            if exc.code not in TOKEN_OVER:
                raise
            return False
        return True

    async def _pictures(
        self, order: Order, images: Sequence[GenerationRecord]
    ) -> tuple[list[Picture], tuple[str, ...]]:
        """The files to post, and what is to be said about those that are not the original."""
        app = self._desk.app
        locale, limit = order.conversation.locale, self._limit(order)
        pictures, notes = [], []
        for image in images:
            try:
                data, media_type, copied = await fitting(app, image, limit)
            except BlobMissing:
                continue  # removed in the meantime
            except TooLarge:
                notes.append(say(self._instead(image), locale))
                continue
            if copied is not None:
                notes.append(say(copied, locale))
            name = f"{stem_of(image)}.{SUFFIX[media_type]}"
            pictures.append(Picture(name=name, data=data, alt=image.alt))
        return pictures, tuple(dict.fromkeys(notes))

    def _instead(self, image: GenerationRecord) -> Notice:
        size = megabytes(image.size_bytes)
        page = self._desk.app.settings.web.public_url
        if page is None:
            return Notice(key="card-too-large", args={"megabytes": size, "id": image.id})
        return Notice(key="card-linked", args={"megabytes": size, "url": f"{page.rstrip('/')}/image/{image.id}"})

    def _limit(self, order: Order) -> int:
        at = where(order)
        guild = None if at.guild is None else self._client.get_guild(at.guild)
        return FILE_BYTES if guild is None else max(FILE_BYTES, min(guild.filesize_limit, REQUEST_BYTES))

    async def _tidy(self, order: Order) -> None:
        """Remove the ephemeral acknowledgement of a command that was answered by a regular message."""
        at = where(order)
        if at.manner == "channel" and at.token_usable(self._desk.now()):
            with suppress(discord.HTTPException, *OUTAGES):
                await self._webhook(at).delete_message("@original")  # type: ignore[arg-type]

    def _webhook(self, at: Where) -> discord.Webhook:
        webhook = discord.Webhook.partial(at.application or 0, at.token or "", client=self._client)
        webhook.type = discord.WebhookType.application  # of others discord.py believes that they cannot tell one person
        return webhook


def _batches(pictures: Sequence[Picture]) -> list[list[Picture]]:
    """As many to a message as one request carries."""
    batches: list[list[Picture]] = []
    room = 0
    for picture in pictures:
        if not batches or len(picture.data) > room or len(batches[-1]) == MOST_FILES:
            batches.append([])
            room = REQUEST_BYTES
        batches[-1].append(picture)
        room -= len(picture.data)
    return batches
