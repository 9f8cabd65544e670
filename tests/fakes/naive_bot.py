"""``python -m tests.fakes.naive_bot run --role bots``: the bot as naive bots post, to show that the fault run bites.

Every attempt at a placeholder is a new message: a random nonce, and no look at what an earlier attempt recorded.
"""

import secrets

from bots.cli import main
from bots.courier import Placed
from bots.discord import courier, placing
from bots.discord.problems import reaching
from bots.discord.where import where
from bots.order import Order


class NaivePlacing(placing.Placing):
    """Posts whenever it is asked to."""

    async def place(self, order: Order) -> Placed:
        """Post, whatever was posted before."""
        at = where(order)
        if at.manner == "private":
            return await super().place(order)
        async with reaching():
            channel = await self._channel(order, at)
            message = await self._posted(order, at, channel)
        await self._desk.app.chats.place_post(order.job, placing.key_of(channel), placing.key_of(message))
        return Placed(place=placing.key_of(channel), message=placing.key_of(message))


def random_nonce(job: str, part: str = "") -> str:
    """Another one for every attempt."""
    del job, part
    return secrets.token_hex(12)


if __name__ == "__main__":
    placing.nonce_of = random_nonce
    courier.Placing = NaivePlacing  # type: ignore[attr-defined]  # the class that couriers make theirs of
    main()
