"""The real client on the fake Discord with a session that runs no line: what it hears ends in the queue and is looked at."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from bots.app import App
from bots.chat.desk import Desk
from bots.config import DiscordSettings, Settings
from bots.discord import client as client_module
from bots.discord.client import ThreadbrushClient
from bots.discord.connection import connected
from bots.discord.gathering import Gatherer
from bots.order import Order
from bots.queues import dbos_client
from bots.session import Session, open_session
from storage.codec import decode
from storage.records import JobRecord
from tests.fakes.discord import Channel, FakeDiscord, Message

WAIT_SECONDS = 10.0


class Listener:
    """A client that listens, and what came of what it heard."""

    def __init__(self, fake: FakeDiscord, session: Session, client: ThreadbrushClient) -> None:
        self.fake, self.session, self.client = fake, session, client
        self.gatherer = Gatherer(client, client.desk)

    @property
    def app(self) -> App:
        return self.session.app

    async def job(self, message: Message) -> JobRecord:
        """The job that a message asked for, once there is one."""
        found = await self.until(lambda: self.app.records.job(job_id(message)))
        assert isinstance(found, JobRecord)
        return found

    async def order(self, message: Message) -> Order:
        """The order that a message became."""
        await self.job(message)
        client = await asyncio.to_thread(dbos_client, self.app.queue_engine)
        try:
            workflows = await client.list_workflows_async(workflow_ids=[job_id(message)])
        finally:
            client.destroy()
        given = workflows[0].input
        assert given is not None
        (document,) = given["args"]
        order: Order = decode(Order, document)
        return order

    async def gathered(self, message: Message) -> Order:
        """That order as the courier completes it."""
        return await self.gatherer.gather(await self.order(message))

    async def passed(self, channel: Channel, message: Message) -> None:
        """Wait until everything up to a message is heard: a later mention in its channel has been queued."""
        author = next(iter(message.world.users.values())) if message.author.bot else message.author
        await self.job(await channel.say(author, f"{self.fake.bot.mention} and that"))

    async def until(self, found: Callable[[], Any]) -> Any:
        """What ``found`` finds once it is truthy; it may be asynchronous.

        Raises:
            TimeoutError: It never was.
        """
        async with asyncio.timeout(WAIT_SECONDS):
            while True:
                value = found()
                if asyncio.iscoroutine(value):
                    value = await value
                if value:
                    return value
                await asyncio.sleep(0.01)


def job_id(message: Message) -> str:
    return f"discord:m:{message.id}"


def key(thing: Any) -> str:
    return f"discord:{thing.id}"


@asynccontextmanager
async def listening(
    fake: FakeDiscord, folder: Path, *, reads_content: bool = True, **more: Any
) -> AsyncIterator[Listener]:
    """The client, connected and caught up."""
    discord_settings = DiscordSettings(api_url=fake.api_url, gateway_url=fake.gateway_url, **more)
    settings = Settings(data_dir=folder, discord=discord_settings)
    async with open_session(settings, serve=False) as session, attending(fake, session, reads_content) as listener:
        yield listener


@asynccontextmanager
async def attending(fake: FakeDiscord, session: Session, reads_content: bool = True) -> AsyncIterator[Listener]:  # noqa: FBT001, FBT002
    """The client over a session that is open."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(client_module, "READY_SECONDS", 0.2)
        client = ThreadbrushClient(Desk(session=session, now=fake.clock.time), reads_content=reads_content)
    stop = asyncio.Event()
    async with client:
        await client.login(fake.token)
        async with asyncio.TaskGroup() as tasks:
            connection = tasks.create_task(connected(client, stop, lambda: None))
            listener = Listener(fake, session, client)
            shards = len(client.shard_ids or (0,))
            await listener.until(lambda: connection.done() or (client.is_ready() and len(client.shards) == shards))
            await listener.until(lambda: connection.done() or client.catch_up.idle)
            try:
                yield listener
            finally:
                stop.set()
        assert connection.result() is None
