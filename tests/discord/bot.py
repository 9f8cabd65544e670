"""The whole bot against a fake Discord, in this process: the real service, the real discord.py client, loopback sockets.

Every request the bot makes and every event it is told is judged by Discord's own documents. People act through the
fake; what came of it is looked up by the id of the message or interaction that asked.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pydantic import SecretStr

from bots.chat.desk import Desk
from bots.config import ChecksSettings, DiscordSettings, Settings
from bots.engines import prepared
from bots.session import Session, open_session
from storage.posts import PostRecord
from storage.records import GenerationRecord, JobRecord
from tests.contract.discord_watch import Watch, check_everything
from tests.fakes.discord import Channel, FakeDiscord, Guild, Interaction, Message, User

WAIT_SECONDS = 20.0
POLL_SECONDS = 0.02


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A server of its own for a test, with a channel and two people in it."""

    guild: Guild
    channel: Channel
    ana: User
    ben: User


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivered:
    """How a job ended, and the message in which its answer stands (None: it has none of its own)."""

    job: JobRecord
    post: PostRecord
    images: tuple[GenerationRecord, ...]
    message: Message | None

    @property
    def there(self) -> Message:
        """The message, which must exist."""
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
    """A running bot and the Discord it is connected to."""

    fake: FakeDiscord
    session: Session
    watch: Watch
    clock: Clock = field(default_factory=Clock)

    def place(self, name: str = "studio", *, locale: str = "en-US", premium_tier: int = 0) -> Place:
        """A new server with the bot in it."""
        guild = self.fake.add_guild(name, locale=locale, premium_tier=premium_tier)
        ana, ben = self.fake.add_user("ana", locale=locale), self.fake.add_user("ben", locale=locale)
        for user in (ana, ben):
            guild.add_member(user)
        return Place(guild=guild, channel=guild.add_text_channel("images"), ana=ana, ben=ben)

    @property
    def mention(self) -> str:
        """What a person writes to address the bot."""
        return self.fake.bot.mention

    def advance(self, seconds: float) -> None:
        """Let time pass at once, for Discord and for the bot."""
        self.fake.clock.advance(seconds)
        self.clock.ahead += seconds

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
        identifier = job_of(asked)
        found: JobRecord = await self.until(lambda: self.session.app.records.job(identifier))
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
        number = None if post.message is None else int(post.message.removeprefix("discord:"))
        message = None if number is None else self.fake.world.messages.get(number)
        return Delivered(job=job, post=post, images=images, message=message)

    async def ask(self, channel: Channel, author: User, text: str, **more: Any) -> tuple[Message, Delivered]:
        """Say something in a channel and wait for what comes of it."""
        said = await channel.say(author, text, **more)
        return said, await self.delivered(said)

    async def thread_of(self, answer: Delivered) -> Channel:
        """The thread that a delivered answer stands in."""
        channel = answer.there.channel
        assert channel.is_thread, f"{channel!r} is no thread"
        return channel

    async def press(self, user: User, message: Message, verb: str) -> Interaction:
        """Press the button of a message that does ``verb``."""
        return await user.click(message, custom_id=button(message, verb))

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

    def of_bot(self, channel: Channel) -> list[Message]:
        """The bot's messages in a channel, without what Discord itself says in its name."""
        return [each for each in channel.messages if each.author is self.fake.bot and each.type in (0, 19, 20, 23)]


def job_of(asked: Message | Interaction) -> str:
    """The id of the job that answers a message or an interaction."""
    kind = "i" if isinstance(asked, Interaction) else "m"
    return f"discord:{kind}:{asked.id}"


def verbs(message: Message) -> set[str]:
    """What the buttons of a message do, by the second word of their ids."""
    return {each["custom_id"].split(":")[1] for each in message.buttons if each.get("custom_id", "").startswith("tb1:")}


def button(message: Message, verb: str) -> str:
    """The custom_id of the button that does ``verb``."""
    found = [each["custom_id"] for each in message.buttons if each.get("custom_id", "").startswith(f"tb1:{verb}:")]
    assert len(found) == 1, f"{len(found)} buttons for {verb}: {message.buttons}"
    identifier: str = found[0]
    return identifier


def settings_for(fake: FakeDiscord, folder: Path, *, discord: dict[str, Any] | None = None, **more: Any) -> Settings:
    """The settings of a bot on a fake Discord."""
    addresses = {"token": SecretStr(fake.token), "api_url": fake.api_url, "gateway_url": fake.gateway_url}
    values = {"data_dir": folder, "checks": ChecksSettings(ocr=False), **more}
    return Settings(discord=DiscordSettings(**{**addresses, **(discord or {})}), **values)


@asynccontextmanager
async def bot_on(fake: FakeDiscord, folder: Path, watch: Watch | None = None, **settings: Any) -> AsyncIterator[Bot]:
    """Start a bot on a fake that runs already and wait until it is connected; stop it as Ctrl-C does at the end."""
    from bots.discord import start  # noqa: PLC0415 - only where a bot is started

    stop = asyncio.Event()
    watch = watch or check_everything(fake)
    own = settings_for(fake, folder, **settings)
    async with open_session(own) as session, asyncio.TaskGroup() as tasks:
        bot = Bot(fake=fake, session=session, watch=watch)
        await prepared(own.engine, session.app.engine)
        tasks.create_task(start.run(Desk(session=session, now=bot.clock), stop))
        try:
            await fake.wait_connected()
            await bot.until(lambda: fake.commands)
            yield bot
        finally:
            stop.set()


@asynccontextmanager
async def whole_bot(folder: Path, *, message_content: bool = True, **settings: Any) -> AsyncIterator[Bot]:
    """A fake Discord with one server, and a bot on it; what they said to each other is judged at the end."""
    async with FakeDiscord(message_content=message_content) as fake:
        fake.add_guild("home")
        async with bot_on(fake, folder, **settings) as bot:
            yield bot
        bot.watch.assert_clean()
