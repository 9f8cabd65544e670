"""Completing an order from Discord: its history and its files, by what Discord offers for them."""

import discord
from aiohttp import ClientError

from bots.chat.desk import Desk
from bots.chat.downloads import Gone
from bots.chat.gathering import Gathering, Turns, Wanted
from bots.courier import TryLater
from bots.discord.client import ThreadbrushClient
from bots.discord.downloads import Downloads
from bots.discord.history import History
from bots.discord.where import where
from bots.order import Order
from moderation.intake import MAX_BYTES


class Gatherer:
    """What a courier's ``gather`` does (and ``bots.chat.gathering.Platform``)."""

    def __init__(self, client: ThreadbrushClient, desk: Desk) -> None:
        self._client = client
        self._history = History(client, desk)
        self._downloads = Downloads(desk.app.settings.discord.api_url, MAX_BYTES)
        self._gathering = Gathering(desk, self)

    async def gather(self, order: Order) -> Order:
        """The order with the turns before it and its files staged; ``problem`` set if one of them cannot be had.

        Raises:
            TryLater: Discord or the database does not answer now.
        """
        try:
            return await self._gathering.complete(order)
        except (discord.HTTPException, discord.RateLimited, ClientError, TimeoutError, OSError):
            raise TryLater from None

    async def up_to(self, order: Order) -> Turns:
        """What was said up to an order."""
        return await self._history.up_to(order, where(order))

    async def fetch(self, order: Order, wanted: Wanted) -> bytes:
        """By the link that came with the message; when that has expired, by a fresh one."""
        try:
            return await self._downloads.fetch(wanted.file.url)
        except Gone:
            message = await self._history.message(wanted.message, where(order))
            attachments = message.attachments if message else []
            fresh = next((file for file in attachments if str(file.id) == wanted.file.id), None)
            if fresh is None:
                raise
        return await self._downloads.fetch(fresh.url)

    def name_of(self, author: str) -> str:
        """What people call somebody."""
        return self._client.incoming.names.get(author, author)
