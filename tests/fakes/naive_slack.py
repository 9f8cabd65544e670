"""``python -m tests.fakes.naive_slack run --role bots``: the bot as naive bots post, to show that the fault run bites.

Every attempt at a placeholder is a new message: nothing is noted before, nothing is looked for, and slack_sdk posts once
more by itself when the answer to a post is lost.
"""

from slack_sdk.http_retry.builtin_async_handlers import async_default_handlers
from slack_sdk.web.async_client import AsyncWebClient

from bots.cli import main
from bots.courier import Placed
from bots.order import Order
from bots.slack import courier, placing, workspaces
from bots.slack.clients import Clients
from bots.slack.where import message_key, where


class NaivePlacing(placing.Placing):
    """Posts whenever it is asked to."""

    async def place(self, order: Order) -> Placed:
        """Post, whatever was posted before."""
        at = where(order)
        message = await self._somewhere(
            placing.Attempt(order=order, at=at, workspace=await self.workspace(at), tried=False)
        )
        thread = at.thread if at.manner == "thread" and at.thread is not None else message.ts
        place, key = (message_key(at.team, message.channel, ts) for ts in (thread, message.ts))
        if at.manner != "thread":
            await self._open_room(order, at, place)
        await self._parts.desk.app.chats.place_post(order.job, place, key)
        return Placed(place=place, message=key)

    async def _is_raced(self, attempt: placing.Attempt) -> bool:
        """Nothing is noted."""
        del attempt
        return False


class NaiveClients(Clients):
    """As slack_sdk makes them unless told otherwise."""

    def client(self, token: str | None = None, team: str | None = None) -> AsyncWebClient:
        """One that repeats what it sent."""
        made = super().client(token, team)
        made.retry_handlers = async_default_handlers()
        return made


if __name__ == "__main__":
    courier.Placing = NaivePlacing  # type: ignore[attr-defined]  # the class that couriers make theirs of
    workspaces.Clients = NaiveClients  # type: ignore[attr-defined]  # likewise
    main()
