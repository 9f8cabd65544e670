"""Where an answer stands: finding or making its thread, and posting the placeholder exactly once.

Once, because the message carries a nonce made from the job (platforms D14), its id is recorded, and a placeholder
that may have been posted longer ago than Discord remembers nonces is looked for by its Cancel button first.
"""

import base64
import hashlib
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any, Final

import discord

from bots.chat.cards import Press, progress_card
from bots.chat.desk import Desk
from bots.courier import Placed
from bots.discord.client import ThreadbrushClient
from bots.discord.layout import Body, custom_id, layout, plain
from bots.discord.problems import THREAD_EXISTS, UNKNOWN_MESSAGE, reaching
from bots.discord.where import PLATFORM, Where, where
from bots.order import Order
from bots.replies import say
from generator.scene import Notice
from storage.chats import PostRecord, RoomRecord

NONCE_SECONDS: Final = 120.0
"""For how long Discord surely remembers a nonce ("the past few minutes")."""

SEARCHED: Final = 100  # newest messages among which an old placeholder is looked for
LONGEST_NAME: Final = 80  # characters of a thread's name; Discord takes 100
ARCHIVE_MINUTES: Final = 10080
NOBODY: Final = discord.AllowedMentions.none()


def nonce_of(job: str, part: str = "") -> str:
    """The same for every attempt at the same message; 24 characters."""
    return base64.b32encode(hashlib.sha256(f"{job}{part}".encode()).digest())[:24].decode()


def key_of(snowflake: int) -> str:
    """A channel or message in the records."""
    return f"{PLATFORM}:{snowflake}"


def number_of(key: str) -> int:
    """The snowflake of a key of ours."""
    return int(key.rpartition(":")[2])


class Placing:
    """Posts placeholders."""

    def __init__(self, client: ThreadbrushClient, desk: Desk) -> None:
        self._client = client
        self._desk = desk

    async def place(self, order: Order) -> Placed:
        """Post the placeholder of a job, or find the one that stands.

        Raises:
            TryLater: Discord cannot be reached.
            Unreachable: Nothing of ours can stand there.
        """
        at = where(order)
        chats = self._desk.app.chats
        post = await chats.post(order.job)
        if post is not None and post.state != "waiting":
            return Placed(place=post.place, message=post.message)
        if at.manner == "private":
            stands = await chats.place_post(order.job, key_of(at.channel), None)
            return Placed(place=stands.place, message=stands.message)
        async with reaching():
            channel = await self._channel(order, at)
            message = await self._found(order, channel, post) or await self._posted(order, at, channel)
            stands = await chats.place_post(order.job, key_of(channel), key_of(message))
            if at.manner == "channel" and at.opens_thread:
                await self._open_beneath(order, at, channel, message)
        return Placed(place=stands.place, message=stands.message)

    def body(self, order: Order) -> Body:
        """The placeholder as it looks now."""
        card = progress_card(order, self._desk.app.board.standing(order.job))
        return layout(card, ()) if self._desk.app.settings.discord.components_v2 else plain(card, ())

    async def _channel(self, order: Order, at: Where) -> int:
        """The channel or thread that the placeholder is posted in; opens the thread of a message in a channel."""
        if at.manner == "channel" or not at.opens_thread or at.message is None:
            return at.channel
        thread = await self._open_thread(order, at.channel, at.message)
        if thread is None:
            return at.channel
        await self._remember(order, thread)
        return thread

    async def _open_beneath(self, order: Order, at: Where, channel: int, message: int) -> None:
        """Open a thread under our own message; without the right to, replies to it continue the conversation."""
        del at
        thread = await self._open_thread(order, channel, message)
        if thread is not None:
            await self._remember(order, thread)

    async def _open_thread(self, order: Order, channel: int, message: int) -> int | None:
        """A thread from a message has the message's id; None where none may be opened."""
        words = " ".join(order.conversation.newest.text.split())
        if not await self._desk.app.line.intake.may_repeat(order):
            words = ""  # the title is ours: it repeats nothing that is going to be refused
        name = words[:LONGEST_NAME] or say(Notice(key="thread-name"), order.conversation.locale)
        try:
            thread = await self._client.http.start_thread_with_message(
                channel, message, name=name, auto_archive_duration=ARCHIVE_MINUTES
            )
        except discord.HTTPException as exc:
            if exc.code == THREAD_EXISTS:
                return message
            if isinstance(exc, discord.DiscordServerError) or exc.status == 429:
                raise
            return None
        return int(thread["id"])

    async def _remember(self, order: Order, thread: int) -> None:
        await self._desk.app.chats.open_room(
            RoomRecord(
                place=key_of(thread),
                conversation=order.conversation.id,
                tenant=order.conversation.tenant,
                owned=True,
                opened_at=datetime.now(UTC),
            )
        )

    async def _found(self, order: Order, channel: int, post: PostRecord | None) -> int | None:
        """The placeholder that an earlier life posted and did not get to record."""
        age = 0.0 if post is None else (datetime.now(UTC) - post.created_at).total_seconds()
        if 0 <= age < NONCE_SECONDS:  # a clock that was set back tells nothing
            return None
        at = where(order)
        asked = at.message if at.manner == "reply" else at.interaction
        wanted = custom_id(Press(verb="cancel", target=order.job))
        target = self._target(channel)
        # Soon after it was asked, or late; in a busy channel much may have been said since.
        places = [target.history(limit=SEARCHED)]
        if asked is not None:
            places.insert(0, target.history(limit=SEARCHED, after=discord.Object(asked), oldest_first=True))
        with suppress(discord.Forbidden):
            for messages in places:
                async for message in messages:
                    ours = self._client.user is not None and message.author.id == self._client.user.id
                    if ours and wanted in custom_ids(message.components):
                        return message.id
        return None

    async def _posted(self, order: Order, at: Where, channel: int) -> int:
        reference: Any = None
        if at.manner == "reply" and at.message is not None and channel == at.channel:
            reference = discord.MessageReference(message_id=at.message, channel_id=channel, fail_if_not_exists=False)
        body = self.body(order)
        sent = await self._target(channel).send(
            body.content,
            view=body.view,  # type: ignore[arg-type]  # the overloads tell layouts from views
            nonce=nonce_of(order.job),
            reference=reference,
            allowed_mentions=NOBODY,
            mention_author=False,
        )
        return sent.id

    def _target(self, channel: int) -> discord.PartialMessageable:
        return self._client.get_partial_messageable(channel)


def custom_ids(components: Any) -> set[str]:
    """Ids of every component of a message, at any depth."""
    found: set[str] = set()
    for component in components:
        if (identity := getattr(component, "custom_id", None)) is not None:
            found.add(identity)
        found |= custom_ids(getattr(component, "children", ()))
    return found


def is_gone(exc: discord.HTTPException) -> bool:
    """Whether the message itself is not there any more."""
    return exc.code == UNKNOWN_MESSAGE
