"""The whole bot against a fake Slack, in this process: the real service, the real slack-bolt, loopback sockets.

Every request the bot makes and everything it is told is judged by Slack's own documents. People act through the fake;
what came of it is looked up by the message or interaction that asked.
"""

import asyncio
import socket
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from pydantic import SecretStr

from bots.chat.desk import Desk
from bots.config import ChecksSettings, Settings, SlackSettings
from bots.engines import prepared
from bots.session import Session, open_session
from bots.slack.where import job_of_message, job_of_trigger, job_of_view, split_message
from storage.posts import PostRecord
from storage.records import GenerationRecord, JobRecord
from tests.contract.slack_watch import Watch, check_everything
from tests.fakes.slack import Channel, FakeSlack, Interaction, Message, Team, User

WAIT_SECONDS = 20.0
POLL_SECONDS = 0.02

Mode = Literal["socket", "http"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A channel of its own for a test, and two people."""

    team: Team
    channel: Channel
    ana: User
    ben: User


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivered:
    """How a job ended, and the message in which its answer stands (None: it is gone, or was never posted)."""

    job: JobRecord
    post: PostRecord
    images: tuple[GenerationRecord, ...]
    message: Message | None

    @property
    def there(self) -> Message:
        """The message, which must stand."""
        assert self.message is not None, f"no message for {self.job}"
        return self.message

    @property
    def image(self) -> GenerationRecord:
        """The only image."""
        assert len(self.images) == 1, f"{len(self.images)} images for {self.job}"
        return self.images[0]


class Clock:
    """The bot's time: the machine's, moved ahead."""

    def __init__(self) -> None:
        self.ahead = 0.0

    def __call__(self) -> float:
        """Seconds since the epoch."""
        return time.time() + self.ahead


@dataclass(slots=True, kw_only=True)
class Bot:
    """A running bot and the Slack it is connected to."""

    fake: FakeSlack
    session: Session
    watch: Watch
    team: Team
    clock: Clock = field(default_factory=Clock)

    def place(self, name: str = "images", *, locale: str = "en-US", private: bool = False) -> Place:
        """A new channel with the bot in it."""
        ana, ben = self.team.add_user("ana", locale=locale), self.team.add_user("ben", locale=locale)
        return Place(team=self.team, channel=self.team.add_channel(name, private=private), ana=ana, ben=ben)

    @property
    def mention(self) -> str:
        """What a person writes to address the bot."""
        return self.team.mention

    async def until(self, found: Callable[[], Any], within: float = WAIT_SECONDS) -> Any:
        """What ``found`` says once it is true; it may be a coroutine function.

        Raises:
            TimeoutError: It never was.
        """
        end = time.monotonic() + within
        while True:
            value = found()
            if asyncio.iscoroutine(value):
                value = await value
            if value:
                return value
            if time.monotonic() > end:
                raise TimeoutError("what was waited for did not happen")
            await asyncio.sleep(POLL_SECONDS)

    async def job(self, asked: Message | Interaction) -> JobRecord:
        """The job that a message or an interaction began, as soon as it is there."""
        found: JobRecord = await self.until(lambda: self.session.app.records.job(job_of(asked)))
        return found

    async def jobs_of(self, asked: Message | Interaction) -> JobRecord | None:
        """The job if there is one now."""
        return await self.session.app.records.job(job_of(asked))

    async def delivered(self, asked: Message | Interaction, within: float = WAIT_SECONDS) -> Delivered:
        """What came of a request, once it was delivered or dropped.

        Raises:
            TimeoutError: It was not; says how far it came.
        """
        identifier = job_of(asked)
        app = self.session.app

        async def look() -> PostRecord | None:
            post = await app.chats.post(identifier)
            return post if post is not None and post.state in ("delivered", "dropped") else None

        try:
            post = await self.until(look, within)
        except TimeoutError:
            raise TimeoutError(f"{await app.records.job(identifier)}, {await app.chats.post(identifier)}") from None
        job = await app.records.job(identifier)
        assert job is not None
        images = await app.records.generations_of_job(identifier)
        return Delivered(job=job, post=post, images=images, message=self.message_at(post.message))

    def message_at(self, key: str | None) -> Message | None:
        """The message with that key if it stands."""
        if key is None:
            return None
        team, channel, ts = split_message(key)
        place = self.fake.world.teams[team].channels[channel]
        return next((each for each in place.messages if each.ts == ts and not each.deleted), None)

    async def ask(self, channel: Channel, author: User, text: str, **more: Any) -> tuple[Message, Delivered]:
        """Say something in a channel and wait for what comes of it."""
        said = await channel.say(author, text, **more)
        return said, await self.delivered(said)

    async def silent(self, channel: Channel, seconds: float = 0.5) -> None:
        """Nothing new comes into a channel for so long.

        Raises:
            AssertionError: Something did.
        """
        before = list(channel.messages)
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            await asyncio.sleep(POLL_SECONDS)
            assert channel.messages == before

    async def quiet(self) -> None:
        """Slack has told everything, and it was acknowledged."""
        await self.until(lambda: self.fake.delivery.pending == 0)

    def of_bot(self, channel: Channel) -> list[Message]:
        """The bot's messages in a channel."""
        return self.fake.messages_of_bot(channel)

    def told(self, user: User) -> list[str]:
        """What was said to a person alone."""
        return [each["text"] for each in self.fake.ephemerals if each["user"] == user.id]


def job_of(asked: Message | Interaction) -> str:
    """The id of the job that answers a message or an interaction."""
    if isinstance(asked, Message):
        return job_of_message(asked.channel.team.id, asked.channel.id, asked.ts)
    team = asked.user.team.id
    if asked.body.get("type") == "view_submission":
        return job_of_view(team, asked.body["view"]["id"])
    return job_of_trigger(team, asked.trigger_id)


def verbs(message: Message) -> set[str]:
    """What the buttons of a message do."""
    return {each["action_id"].split(":")[1] for each in message.buttons if each["action_id"].startswith("tb1:")}


def free_port() -> int:
    """A port on which nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def settings_for(
    fake: FakeSlack, folder: Path, *, mode: Mode = "socket", slack: dict[str, Any] | None = None, **more: Any
) -> Settings:
    """The settings of a bot in the first workspace of a fake Slack."""
    team = next(iter(fake.world.teams.values()))
    values: dict[str, Any] = {"mode": mode, "bot_token": SecretStr(team.token), "api_url": fake.api_url}
    if mode == "socket":
        values["app_token"] = SecretStr(fake.app_token)
    else:
        values |= {"signing_secret": SecretStr(fake.signing_secret), "port": free_port()}
    everything = {"data_dir": folder, "checks": ChecksSettings(ocr=False), **more}
    return Settings(slack=SlackSettings(**{**values, **(slack or {})}), **everything)


def events_url(settings: Settings) -> str:
    """Where the bot listens for events."""
    return f"http://127.0.0.1:{settings.slack.port}/slack/events"


@asynccontextmanager
async def bot_on(
    fake: FakeSlack, folder: Path, watch: Watch | None = None, *, mode: Mode = "socket", **settings: Any
) -> AsyncIterator[Bot]:
    """Start a bot on a fake that runs already and wait until it hears; stop it as Ctrl-C does at the end."""
    from bots.slack import start  # noqa: PLC0415 - only where a bot is started

    stop = asyncio.Event()
    watch = watch or check_everything(fake)
    own = settings_for(fake, folder, mode=mode, **settings)
    team = next(iter(fake.world.teams.values()))
    async with open_session(own) as session, asyncio.TaskGroup() as tasks:
        bot = Bot(fake=fake, session=session, watch=watch, team=team)
        await prepared(own.engine, session.app.engine)
        tasks.create_task(start.run(Desk(session=session, now=bot.clock), stop))
        try:
            if mode == "socket":
                await fake.wait_connected()
            else:
                await bot.until(lambda: listens(own.slack.port))
                fake.delivery.event_urls = [events_url(own)]
            yield bot
        finally:
            stop.set()


def listens(port: int) -> bool:
    """Whether somebody listens on a port of this machine."""
    with socket.socket() as probe:
        probe.settimeout(0.5)
        return probe.connect_ex(("127.0.0.1", port)) == 0


@asynccontextmanager
async def whole_bot(folder: Path, *, mode: Mode = "socket", **settings: Any) -> AsyncIterator[Bot]:
    """A fake Slack with one workspace, and a bot in it; what they said to each other is judged at the end."""
    async with FakeSlack() as fake:
        fake.add_team("home")
        async with bot_on(fake, folder, mode=mode, **settings) as bot:
            yield bot
        bot.watch.assert_clean()
