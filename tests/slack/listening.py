"""A bot that hears a fake Slack through a socket and queues what it hears; no line runs, so nothing is answered."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bots.app import App
from bots.chat.desk import Desk
from bots.order import Order
from bots.queues import dbos_client
from bots.session import Session, open_session
from bots.slack import start
from bots.slack.connection import connected
from bots.slack.gathering import Gatherer
from bots.slack.parts import Later, Parts
from bots.slack.where import job_of_message, message_key
from bots.slack.workspaces import Workspaces
from storage.codec import decode
from storage.records import JobRecord
from storage.turns import TurnRecord
from tests.fakes.slack import Channel, FakeSlack, Message, Team, User
from tests.slack.bot import settings_for
from tests.storage.samples import generation

WAIT_SECONDS = 10.0


@dataclass(slots=True, kw_only=True)
class Listener:
    """The parts of the bot, the Slack that it hears, and what came of what it heard."""

    fake: FakeSlack
    session: Session
    parts: Parts
    team: Team
    channel: Channel
    ana: User
    ben: User
    gatherer: Gatherer

    @property
    def app(self) -> App:
        """Records, chats and staging."""
        return self.session.app

    async def job(self, message: Message) -> JobRecord:
        """The job that a message asked for, once there is one."""
        found: JobRecord = await self.until(lambda: self.app.records.job(job_id(message)))
        return found

    async def jobs(self) -> list[str]:
        """Every job, oldest first."""
        return [job.id for job in await self.app.records.unfinished_jobs()]

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

    async def heard(self) -> None:
        """Everything that was said is acknowledged, and what goes on after that is done."""
        await asyncio.sleep(0)  # what was said just now begins to be told
        await self.until(lambda: self.fake.delivery.pending == 0)
        await self.parts.later.settle()

    async def turn(self, message: Message) -> TurnRecord | None:
        """What is remembered of a message."""
        return await self.app.chats.turn(key(message))

    async def answer(self, message: Message, *, images: int = 1, outcome: str = "image") -> Message:
        """As if the line had answered: a message of the bot in the thread, with so many images in the records."""
        job, channel = await self.job(message), message.channel
        workspace = await self.parts.workspaces.find(self.team.id)
        root = message.thread_ts or message.ts
        posted = await workspace.client.chat_postMessage(channel=channel.id, thread_ts=root, text="Here it is")
        stands = channel.message(str(posted["ts"]))
        await self.app.chats.place_post(job.id, key(message), key(stands))
        drawn = [
            generation(job.id, index, tenant=job.tenant, requester=job.requester, conversation=job.conversation)
            for index in range(images)
        ]
        await self.app.records.add_generations(job.id, drawn)
        await self.app.records.finish_job(job.id, outcome=outcome)
        return stands

    def told(self, user: User) -> list[str]:
        """What was said to a person alone."""
        return [each["text"] for each in self.fake.ephemerals if each["user"] == user.id]

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
    """Of the job that answers a message."""
    return job_of_message(message.channel.team.id, message.channel.id, message.ts)


def key(message: Message) -> str:
    """Of a message in the records."""
    return message_key(message.channel.team.id, message.channel.id, message.ts)


@asynccontextmanager
async def listening(folder: Path, *, org_wide: bool = False, **slack: Any) -> AsyncIterator[Listener]:
    """A fake with a workspace, and the bot connected to it."""
    async with FakeSlack() as fake:
        fake.delivery.retry_delays = (0.05, 0.05, 0.05)
        team = fake.add_team("home", **({"enterprise": "E0ORG", "org_wide": True} if org_wide else {}))
        ana, ben = team.add_user("ana"), team.add_user("ben")
        channel = team.add_channel("images")
        settings = settings_for(fake, folder, slack=slack)
        async with (
            open_session(settings, serve=False) as session,
            Workspaces(settings.slack) as workspaces,
            asyncio.TaskGroup() as tasks,
        ):
            parts = start.parts_of(Desk(session=session), workspaces, Later(tasks))
            async with connected(start.build(parts), fake.app_token, fake.api_url):
                await fake.wait_connected()
                people: dict[str, Any] = {"team": team, "channel": channel, "ana": ana, "ben": ben}
                listener = Listener(fake=fake, session=session, parts=parts, gatherer=Gatherer(parts), **people)
                yield listener
                fake.faults.clear()
                await listener.heard()
            parts.later.cancel()
