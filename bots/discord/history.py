"""What was said in a thread, as far as it is remembered, and read back from Discord where that may have gaps."""

from datetime import UTC, datetime
from typing import Final

import discord

from bots.chat.desk import Desk
from bots.chat.gathering import is_news
from bots.conversation import MAX_TURNS
from bots.discord.client import ThreadbrushClient
from bots.discord.incoming import turn_from
from bots.discord.parse import Heard, hear
from bots.discord.where import PLATFORM, Where
from bots.order import Order
from storage.chats import RoomRecord, TurnRecord

MOST_READ: Final = 60
"""Messages before the newest."""

MOST_REMEMBERED: Final = 4 * MAX_TURNS
"""Turns that are looked through; what is said while a request waits comes after it."""

MOST_KEPT: Final = 20_000


class History:
    """The turns of conversations. One read of a place's messages is enough while the gateway session lasts."""

    def __init__(self, client: ThreadbrushClient, desk: Desk) -> None:
        self._client = client
        self._desk = desk
        self._read: dict[str, int] = {}

    async def up_to(self, order: Order, spot: Where) -> tuple[tuple[TurnRecord, ...], TurnRecord | None]:
        """The turns before the one that asked for the order, oldest first, and that one, if it was a message.

        Raises:
            discord.HTTPException: Discord does not answer.
            StorageError: The database does not.
        """
        conversation = order.conversation.id
        if await self._is_place(spot, conversation):
            await self._read_back(order, spot)
        turns = await self._desk.app.chats.turns_of(conversation, MOST_REMEMBERED)
        newest = next((turn for turn in turns if turn.job == order.job), None)
        if newest is None:
            return turns[-(MAX_TURNS - 1) :], None
        earlier = turns[: turns.index(newest)]
        replied = await self._replied(newest, spot, order)
        if replied is not None:
            earlier = (*(turn for turn in earlier if turn.message != replied.message), replied)
        return earlier[-(MAX_TURNS - 1) :], newest

    async def _is_place(self, spot: Where, conversation: str) -> bool:
        """Whether the place of the order is this conversation, all of it."""
        place = f"{PLATFORM}:{spot.channel}"
        if conversation == place:
            return True
        room = await self._client.incoming.rooms.find(place, fresh=True)
        return room is not None and room.conversation == conversation

    async def _read_back(self, order: Order, spot: Where) -> None:
        conversation = order.conversation.id
        session = self._client.session_of(spot.guild)
        if self._read.get(conversation) == session:
            return
        known = {turn.message: turn for turn in await self._desk.app.chats.turns_of(conversation, MOST_REMEMBERED)}
        for heard in await self._heard(spot):
            if is_news(heard.key, heard.edited_at, known):
                await self._note(heard, conversation)
        place = f"{PLATFORM}:{spot.channel}"
        await self._desk.app.chats.open_room(
            RoomRecord(
                place=place,
                conversation=conversation,
                tenant=order.conversation.tenant,
                owned=False,
                opened_at=datetime.now(UTC),
            )
        )
        self._client.incoming.rooms.forget(place)
        if len(self._read) > MOST_KEPT:
            self._read.clear()
        self._read[conversation] = session

    async def _heard(self, spot: Where) -> list[Heard]:
        """What people said before the order, oldest first; nothing where the bot may not read."""
        before = spot.message if spot.manner == "reply" else spot.interaction
        channel = self._client.get_partial_messageable(spot.channel, guild_id=spot.guild)
        try:
            found = [
                message
                async for message in channel.history(
                    limit=MOST_READ, before=None if before is None else discord.Object(before)
                )
            ]
        except (discord.Forbidden, discord.NotFound):
            return []
        heard = [one for message in reversed(found) if (one := self._hear(_starter(message))) is not None]
        return [one for one in heard if one.human and not one.hidden and not one.empty]

    def _hear(self, message: discord.Message) -> Heard | None:
        me = self._client.user
        if me is None:
            return None
        return hear(message, me.id, reads_content=self._client.reads_content)

    async def _note(self, heard: Heard, conversation: str) -> TurnRecord:
        self._client.incoming.remember_name(f"{PLATFORM}:{heard.author}", heard.name)
        return await self._desk.app.chats.note_turn(turn_from(heard, conversation))

    async def _replied(self, newest: TurnRecord, spot: Where, order: Order) -> TurnRecord | None:
        """The message of somebody else that the newest one replies to: what it shows or says is meant."""
        if newest.reply_to is None or order.source is not None:
            return None
        chats = self._desk.app.chats
        known = await chats.turn(newest.reply_to)
        if known is not None:
            return known if known.deleted_at is None else None
        if await chats.post_at(newest.reply_to) is not None:
            return None
        message = await self.message(newest.reply_to, spot)
        heard = None if message is None else self._hear(message)
        if heard is None or not heard.human or heard.empty:
            return None
        return await self._note(heard, order.conversation.id)

    async def message(self, key: str, spot: Where) -> discord.Message | None:
        """A message as it is now, by its key; None if it is gone, or none of Discord's.

        Raises:
            discord.HTTPException: Discord does not answer.
        """
        identity = key.removeprefix(f"{PLATFORM}:")
        if not identity.isdecimal():
            return None
        for channel in self._channels(int(identity), spot):
            try:
                return await self._client.get_partial_messageable(channel, guild_id=spot.guild).fetch_message(
                    int(identity)
                )
            except (discord.Forbidden, discord.NotFound):
                continue
        return None

    def _channels(self, message: int, spot: Where) -> tuple[int, ...]:
        """Where a message may stand: a thread is opened from one that stands in its channel and has the same id."""
        guild = None if spot.guild is None else self._client.get_guild(spot.guild)
        thread = None if guild is None else guild.get_thread(spot.channel)
        if thread is None:
            return (spot.channel,)
        places = (spot.channel, thread.parent_id)
        return places[::-1] if message == spot.channel else places


def _starter(message: discord.Message) -> discord.Message:
    """What a thread was opened from, where that is what the message stands for."""
    if message.type is discord.MessageType.thread_starter_message and message.reference is not None:
        resolved = message.reference.resolved
        if isinstance(resolved, discord.Message):
            return resolved
    return message
