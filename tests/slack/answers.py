"""The real courier and slack_sdk on the fake Slack, without a line: orders are made here, and what is posted is looked at."""

import asyncio
import io
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from pydantic import SecretStr

from bots.app import App
from bots.chat.desk import Desk
from bots.chat.rooms import RoomCache
from bots.config import SlackSettings
from bots.conversation import Conversation, Turn
from bots.order import Answer, Order
from bots.slack.courier import SlackCourier
from bots.slack.parts import Later, Parts
from bots.slack.where import (
    Manner,
    Where,
    job_of_message,
    job_of_trigger,
    message_key,
    requester_of,
    split_message,
    tenant_of,
)
from bots.slack.workspaces import Workspace, Workspaces
from storage.posts import open_post
from storage.records import GenerationRecord
from tests.chat.images import quiet_session
from tests.fakes.slack import Channel, FakeSlack, Message, Team, User
from tests.storage.samples import claim, generation

PAUSES = (0.01, 0.01, 0.02)


@dataclass(slots=True, kw_only=True)
class Stage:
    """A workspace with a channel and two people, and a courier that answers there."""

    fake: FakeSlack
    team: Team
    channel: Channel
    ana: User
    ben: User
    app: App
    parts: Parts
    courier: SlackCourier

    async def ask(self, text: str = "a red apple", *, thread: Message | None = None, **more: Any) -> Order:
        """Somebody asks in the channel, or in a thread of it."""
        channel, author = more.pop("channel", self.channel), more.pop("author", self.ana)
        message = await channel.say(author, text, thread=thread)
        root = message.ts if thread is None else thread.ts
        at = self._where("thread", channel, author, message=message.ts, thread=root)
        return await self.open(at, job_of_message(self.team.id, channel.id, message.ts), text, **more)

    async def command(self, text: str = "a red apple", *, manner: Manner = "channel", **more: Any) -> Order:
        """Somebody uses a command in the channel."""
        channel, author = more.pop("channel", self.channel), more.pop("author", self.ana)
        at = self._where(manner, channel, author)
        return await self.open(at, job_of_trigger(self.team.id, self.fake.world.identifier("t")), text, **more)

    async def open(self, at: Where, job: str, text: str, *, author: str = "ana") -> Order:
        """An order with its job and its post in the records."""
        conversation = Conversation(
            id=at.place, turns=(Turn(author=author, text=text),), locale="en", tenant=tenant_of(at.team)
        )
        order = Order(
            job=job, conversation=conversation, requester=requester_of(at.team, at.user), address=at.address()
        )
        await self.app.records.open_job(
            job, tenant=conversation.tenant, conversation=conversation.id, requester=order.requester
        )
        async with self.app.database.write() as connection:
            await open_post(connection, job, at.place)
        return order

    def _where(self, manner: Manner, channel: Channel, author: User, **more: Any) -> Where:
        now = self.fake.world.now()
        return Where(manner=manner, team=self.team.id, user=author.id, channel=channel.id, asked_at=now, **more)

    async def draw(self, order: Order, images: int = 1, **more: Any) -> Answer:
        """The job ends with so many signed images."""
        kept = [await self.keep(order, index, **more) for index in range(images)]
        await self.app.records.add_generations(order.job, kept)
        await self.app.records.finish_job(order.job, outcome="image", reply="Here is your picture.")
        return Answer(
            job=order.job, outcome="image", reply="Here is your picture.", generations=tuple(one.id for one in kept)
        )

    async def answered(self, order: Order, images: int = 1, **more: Any) -> Message:
        """The job from placeholder to answer, which is returned."""
        placed = await self.courier.place(order)
        await self.courier.deliver(order, placed, await self.draw(order, images, **more))
        return self.at(placed.message)

    def shown(self, message: Message) -> list[bytes]:
        """The bytes of the images in a message's blocks."""
        return [self.fake.world.files[block["slack_file"]["id"]].data for block in message.images]

    async def keep(self, order: Order, index: int, kind: str = "PNG", data: bytes | None = None) -> GenerationRecord:
        """A signed image of a job, its bytes stored."""
        plain = data or flat(kind, index)
        with Image.open(io.BytesIO(plain)) as picture:
            width, height = picture.size
        image = replace(
            generation(order.job, index),
            tenant=order.conversation.tenant,
            requester=order.requester,
            conversation=order.conversation.id,
            media_type=f"image/{kind.lower()}",
            alt=f"A red apple, number {index}.",
            width=width,
            height=height,
        )
        signed = await self.app.credentials.sign(plain, image.media_type, claim(image.id))
        return replace(
            image,
            digest=await self.app.blobs.put(signed.data, image.media_type),
            size_bytes=len(signed.data),
            credential=replace(image.credential, manifest=signed.manifest),
        )

    async def workspace(self) -> Workspace:
        """As the courier sees it."""
        return await self.parts.workspaces.find(self.team.id)

    def of_bot(self, channel: Channel | None = None) -> list[Message]:
        """What the bot said and stands."""
        return self.fake.messages_of_bot(channel or self.channel)

    def at(self, key: str | None) -> Message:
        """The message with that key."""
        assert key is not None
        team, channel, ts = split_message(key)
        return self.fake.world.teams[team].channels[channel].message(ts)

    def key(self, message: Message) -> str:
        """The key of a message."""
        return message_key(self.team.id, message.channel.id, message.ts)


def flat(kind: str, index: int) -> bytes:
    """A small picture of one color."""
    file = io.BytesIO()
    Image.new("RGB", (64, 64), (200, 30 + index, 40)).save(file, kind, **({"lossless": True} if kind == "WEBP" else {}))
    return file.getvalue()


def opaque_noise(side: int) -> bytes:
    """A picture that no lossless format makes smaller."""
    pixels = np.random.default_rng(7).integers(0, 256, (side, side, 3), dtype=np.uint8)
    file = io.BytesIO()
    Image.fromarray(pixels, "RGB").save(file, "PNG", compress_level=1)
    return file.getvalue()


def words(message: Message) -> str:
    """Everything that the blocks of a message say."""
    return "\n".join(_texts(message.blocks))


def _texts(made: Any) -> list[str]:
    if isinstance(made, list):
        return [text for each in made for text in _texts(each)]
    if isinstance(made, dict):
        own = [made[key] for key in ("text", "title") if isinstance(made.get(key), str)]
        return own + [text for each in made.values() if isinstance(each, dict | list) for text in _texts(each)]
    return []


@asynccontextmanager
async def answering(folder: Path, **slack: Any) -> AsyncIterator[Stage]:
    """A stage over a data folder, at which nobody has to wait for a turn or for Slack."""
    async with FakeSlack() as fake:
        team = fake.add_team("home")
        ana, ben = team.add_user("ana"), team.add_user("ben")
        channel = team.add_channel("images")
        fake.delivery.retry_delays = ()
        settings = SlackSettings(bot_token=SecretStr(team.token), api_url=fake.api_url, **slack)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("bots.slack.pacing.POST_SECONDS", 0.0)
            patch.setattr("bots.slack.pacing.SHOW_SECONDS", 0.0)
            patch.setattr("bots.slack.uploading.PAUSES", PAUSES)
            async with (
                quiet_session(folder, slack=settings) as session,
                Workspaces(settings) as workspaces,
                asyncio.TaskGroup() as tasks,
            ):
                later = Later(tasks)
                parts = Parts(
                    desk=Desk(session=session), workspaces=workspaces, rooms=RoomCache(session.app.chats), later=later
                )
                yield Stage(
                    fake=fake,
                    team=team,
                    channel=channel,
                    ana=ana,
                    ben=ben,
                    app=session.app,
                    parts=parts,
                    courier=SlackCourier(parts),
                )
                later.cancel()
