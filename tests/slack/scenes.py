"""What the scenarios share: prompts, people's usual moves, and what to look at afterwards."""

import asyncio
import io
from collections.abc import Iterator
from typing import Any

from PIL import Image

from tests.fakes.engines import Patient
from tests.fakes.slack import Channel, Interaction, Message, Request, User
from tests.slack.answers import words
from tests.slack.bot import Bot, Delivered, Place

PROMPT = "a red car and a green tree, 256x256"
MANY = "a red car, a green tree, a yellow sun, two dogs and a house, 256x256, seed 7"
NOT_CHARGED = "not charged"


def photo(color: str = "#aa0000", size: tuple[int, int] = (120, 80)) -> bytes:
    """Somebody's picture."""
    data = io.BytesIO()
    Image.new("RGB", size, color).save(data, "JPEG", quality=95)
    return data.getvalue()


async def begun(bot: Bot, place: Place, text: str = PROMPT, **more: Any) -> tuple[Message, Delivered]:
    """A first request in a channel, which begins a thread, and its answer."""
    said, answer = await bot.ask(place.channel, place.ana, f"{bot.mention} {text}", **more)
    assert answer.job.outcome == "image", answer.job
    return said, answer


async def held(bot: Bot, place: Place, channel: Channel | None = None) -> tuple[Message, Message, Patient]:
    """A request that is being drawn until the engine is told to go on, and its placeholder."""
    engine = Patient()
    bot.session.app.line.drawing.engine = engine
    channel = channel or place.channel
    said = await channel.say(place.ana, f"{bot.mention} {PROMPT}")
    placeholder = await placed(bot, said)
    async with asyncio.timeout(10):
        await engine.started.wait()
    return said, placeholder, engine


async def placed(bot: Bot, asked: Message | Interaction) -> Message:
    """The placeholder of a request, once it stands."""
    job = await bot.job(asked)

    async def look() -> Message | None:
        post = await bot.session.app.chats.post(job.id)
        return None if post is None or post.state == "waiting" else bot.message_at(post.message)

    message: Message = await bot.until(look)
    return message


async def used(bot: Bot, user: User) -> int:
    """Images that somebody was charged for."""
    team = user.team.id
    return await bot.session.app.records.usage_by_requester(f"slack:{team}", f"slack:{team}:{user.id}")


async def over(bot: Bot, said: Message) -> bool:
    """Whether a request has ended, however."""
    job = await bot.jobs_of(said)
    return job is not None and job.status == "done"


async def is_removed(bot: Bot, answer: Delivered) -> bool:
    """Whether the images of an answer are in no record any more."""
    return not await bot.session.app.records.generations_of_job(answer.job.id)


def pictures(bot: Bot, message: Message) -> list[bytes]:
    """The bytes of the images that a message shows."""
    return [bot.fake.world.files[block["slack_file"]["id"]].data for block in message.images]


def told_directly(bot: Bot, user: User) -> list[Message]:
    """What the bot wrote to somebody directly."""
    return bot.of_bot(user.team.open_dm(user))


def all_told(bot: Bot, user: User) -> list[str]:
    """What only this person was told, wherever."""
    return [*bot.told(user), *(words(each) for each in told_directly(bot, user))]


def about(requests: list[Request], *methods: str) -> list[Request]:
    """Requests of some methods."""
    return [each for each in requests if each.method in methods]


def color_of(answer: Delivered, name: str) -> str | None:
    """Of an object in the only image."""
    assert answer.image.scene is not None
    return next(item.color for item in answer.image.scene.objects if item.id.startswith(name))


def labels(answer: Delivered) -> set[str]:
    """What the only image shows."""
    assert answer.image.scene is not None
    return {item.id for item in answer.image.scene.objects}


def texts(value: Any) -> Iterator[str]:
    """Every string in something."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for each in value.values():
            yield from texts(each)
    elif isinstance(value, list | tuple):
        for each in value:
            yield from texts(each)
