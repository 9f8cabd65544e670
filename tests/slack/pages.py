"""The agent view, the home page and the workflow's step on the fake Slack: real bolt, real sockets, no line.

Jobs are only opened here; what comes of them is said to the parts by hand.
"""

import asyncio
import json
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

import jsonschema_rs
import pytest
from pydantic import SecretStr
from slack_bolt.adapter.socket_mode.async_handler import AsyncSocketModeHandler
from slack_bolt.app.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from bots.app import App
from bots.chat.desk import Desk
from bots.chat.rooms import RoomCache
from bots.config import SlackSettings
from bots.conversation import Conversation, Turn
from bots.order import Order
from bots.slack import agent, home, workflow_step
from bots.slack.agent import Agent
from bots.slack.parts import Later, Parts
from bots.slack.where import Where, file_key, message_key, requester_of, tenant_of
from bots.slack.workflow_step import Steps
from bots.slack.workspaces import Workspaces
from storage.chats import FileRecord
from storage.gallery import GalleryQuery
from storage.posts import open_post
from storage.records import GenerationRecord
from tests.chat.images import keep, quiet_session
from tests.contract.schema_complaints import check, closed
from tests.fakes.slack import Channel, FakeSlack, Interaction, Message, Team, User

SCHEMAS: Final = Path(__file__).parents[2].parent / "shared" / "data" / "slack" / "schemas"
JSON = dict[str, Any]


@dataclass(slots=True, kw_only=True)
class Stage:
    """A workspace with an admin (ana) and a member (ben), and a bot that only has pages."""

    fake: FakeSlack
    team: Team
    channel: Channel
    ana: User
    ben: User
    app: App
    parts: Parts
    bolt: AsyncApp

    @property
    def agent(self) -> Agent:
        """What shows the status."""
        return next(each for each in self.parts.sessions if isinstance(each, Agent))

    @property
    def steps(self) -> Steps:
        """What completes steps."""
        return next(each for each in self.parts.sessions if isinstance(each, Steps))

    async def ask(
        self, text: str = "a red apple", *, thread: Message | None = None, author: User | None = None
    ) -> Order:
        """Somebody asks in the agent view; the job is opened."""
        asker = author or self.ana
        channel = self.team.open_dm(asker)
        message = await channel.say(asker, text, thread=thread)
        root = message.ts if thread is None else thread.ts
        at = Where(
            manner="thread",
            team=self.team.id,
            user=asker.id,
            channel=channel.id,
            message=message.ts,
            thread=root,
            agent=True,
            asked_at=self.fake.world.now(),
        )
        return await self.open(at, f"slack:m:{self.team.id}:{channel.id}:{message.ts}", text)

    async def open(self, at: Where, job: str, text: str) -> Order:
        """An order whose job is open."""
        requester = requester_of(at.team, at.user)
        turns = (Turn(author="ana", text=text),)
        conversation = Conversation(id=at.place, turns=turns, locale="en", tenant=tenant_of(at.team))
        order = Order(job=job, conversation=conversation, requester=requester, address=at.address())
        await self.app.records.open_job(
            job, tenant=conversation.tenant, conversation=conversation.id, requester=requester
        )
        async with self.app.database.write() as connection:
            await open_post(connection, job, at.place)
        return order

    async def draw(self, user: User, number: int, prompt: str = "a red hat", **more: Any) -> GenerationRecord:
        """An image of somebody, delivered into a thread of the channel, with its file."""
        channel = more.pop("channel", self.channel)
        asked = await channel.say(user, prompt)
        posted = await self.post(channel, asked)
        job = f"slack:m:{number}"
        values = {"tenant": tenant_of(self.team.id), "requester": requester_of(self.team.id, user.id), **more}
        image = await keep(self.app, job, prompt, conversation=f"slack:{self.team.id}:{number}", **values)
        file = await self.upload(f"{number}.png")
        record = FileRecord(key=file_key(self.team.id, file), generation=image.id, digest=image.digest)
        await self.app.chats.keep_file(record)
        place = message_key(self.team.id, channel.id, asked.ts)
        async with self.app.database.write() as connection:
            await open_post(connection, job, place)
        await self.app.chats.place_post(job, place, message_key(self.team.id, channel.id, posted))
        await self.app.chats.close_post(job, "delivered")
        return image

    async def post(self, channel: Channel, thread: Message) -> str:
        """A post of the bot."""
        workspace = await self.parts.workspaces.find(self.team.id)
        answer = await workspace.client.chat_postMessage(channel=channel.id, thread_ts=thread.ts, text="done")
        return str(answer["ts"])

    async def upload(self, name: str) -> str:
        """A file of the bot's that Slack has processed."""
        from bots.slack.uploading import information, send_file  # noqa: PLC0415 - only here

        workspace = await self.parts.workspaces.find(self.team.id)
        before = set(self.fake.world.files)
        await send_file(workspace, name, b"image", "image/png", channel=self.channel.id, words="")
        (file,) = set(self.fake.world.files) - before
        await information(workspace, file)
        return file

    async def run_step(self, inputs: JSON) -> str:
        """A workflow reaches our step; returns the execution's id."""
        return await self.fake.world.people.run_step(self.ana, workflow_step.STEP, inputs)

    async def home(self, user: User) -> JSON:
        """The page that somebody sees after opening it."""
        before = len(self.fake.calls("views.publish"))
        await user.open_home()
        await self.fake.wait_until(lambda: len(self.fake.calls("views.publish")) > before)
        await self.parts.later.settle()
        return self.page(user)

    async def press(self, user: User, action: str) -> Interaction:
        """Somebody presses a button of their page."""
        return await self.fake.world.people.act(user, self.fake.world.homes[user.id], action, {})

    async def settled(self) -> JSON:
        """Ana's page, when everything that was begun is over."""
        await self.parts.later.settle()
        return self.page(self.ana)

    async def images_of(self, user: User) -> list[GenerationRecord]:
        """What is kept of somebody's images."""
        requester = requester_of(self.team.id, user.id)
        return list(await self.app.records.gallery(GalleryQuery(requester=requester, viewer=requester)))

    def page(self, user: User) -> JSON:
        """The page that somebody sees."""
        return self.fake.world.homes[user.id].body


def texts(made: Any) -> str:
    """Everything that blocks say."""
    return "\n".join(_texts(made))


def _texts(made: Any) -> list[str]:
    if isinstance(made, list):
        return [text for each in made for text in _texts(each)]
    if isinstance(made, dict):
        own = [made[key] for key in ("text",) if isinstance(made.get(key), str)]
        return own + [text for each in made.values() if isinstance(each, dict | list) for text in _texts(each)]
    return []


def actions(page: JSON) -> list[str]:
    """The buttons of a page."""
    return [each["action_id"] for block in page["blocks"] if block["type"] == "actions" for each in block["elements"]]


def complaints(name: str, instance: Any) -> list[str]:
    """What Slack's schema of a method's arguments has against them."""
    file = SCHEMAS / f"req.{name}.json"
    if not file.exists():
        pytest.skip("Slack's schemas are kept beside the checkout, not in it")
    validator = jsonschema_rs.validator_for(closed(json.loads(file.read_text(encoding="utf-8"))))
    return list(check(validator, instance, name))


def arguments(fake: FakeSlack, method: str) -> list[JSON]:
    """The arguments of every call of a method, JSON as it is meant."""
    made = []
    for request in fake.calls(method):
        args = dict(request.args)
        for key in ("view", "prompts", "outputs"):
            if isinstance(args.get(key), str):
                args[key] = json.loads(args[key])
        made.append(args)
    return made


async def _heard() -> None:
    """Somebody said something."""


@asynccontextmanager
async def pages(folder: Path, **slack: Any) -> AsyncIterator[Stage]:
    """A stage over a data folder."""
    async with FakeSlack() as fake:
        team = fake.add_team("home")
        ana, ben = team.add_user("ana", admin=True), team.add_user("ben", locale="ko-KR")
        channel = team.add_channel("images")
        settings = SlackSettings(
            bot_token=SecretStr(team.token), app_token=SecretStr(fake.app_token), api_url=fake.api_url, **slack
        )
        async with (
            quiet_session(folder, slack=settings) as session,
            Workspaces(settings) as workspaces,
            asyncio.TaskGroup() as tasks,
        ):
            later = Later(tasks)
            rooms = RoomCache(session.app.chats)
            parts = Parts(desk=Desk(session=session), workspaces=workspaces, rooms=rooms, later=later)
            parts = replace(parts, sessions=(Agent(parts), Steps(parts)))

            # bolt gives arguments by their names, which it does not see of methods.
            async def authorize(enterprise_id: str | None, team_id: str | None, user_id: str | None) -> Any:
                return await workspaces.authorize(enterprise_id=enterprise_id, team_id=team_id, user_id=user_id)

            bolt = AsyncApp(
                authorize=authorize,
                client=AsyncWebClient(base_url=fake.api_url, retry_handlers=[]),
                request_verification_enabled=False,
                process_before_response=True,
            )
            for handlers in (agent, home, workflow_step):
                handlers.install(bolt, parts)
            bolt.event("message")(_heard)
            handler = AsyncSocketModeHandler(
                bolt,
                fake.app_token,
                logger=logging.getLogger("slack_sdk.socket_mode"),
                web_client=AsyncWebClient(base_url=fake.api_url, retry_handlers=[]),
            )
            await handler.connect_async()
            await fake.wait_connected()
            try:
                yield Stage(
                    fake=fake, team=team, channel=channel, ana=ana, ben=ben, app=session.app, parts=parts, bolt=bolt
                )
            finally:
                await handler.close_async()
                later.cancel()
