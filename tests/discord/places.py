"""A server to talk in, and answers of the bot in it, for tests that need no line."""

from tests.discord.listening import Listener, key
from tests.fakes.discord import Channel, FakeDiscord, Guild, Message
from tests.storage.samples import generation


class Place:
    """A server with a channel and two people."""

    def __init__(self, fake: FakeDiscord, locale: str = "en-US") -> None:
        self.guild: Guild = fake.add_guild("studio", locale=locale)
        self.channel: Channel = self.guild.add_text_channel("art")
        self.ana, self.ben = fake.add_user("ana"), fake.add_user("ben")
        for user in (self.ana, self.ben):
            self.guild.add_member(user)


async def answer(bot: Listener, message: Message, *, images: int = 1, outcome: str = "image") -> Message:
    """As if the line had answered: a message of the bot, with so many images in the records."""
    job = await bot.job(message)
    posted = bot.fake.world.posting.add(message.channel, bot.fake.bot, content="Here it is")
    await bot.app.chats.place_post(job.id, key(message.channel), key(posted))
    await bot.app.records.add_generations(
        job.id,
        [
            generation(job.id, index, tenant=job.tenant, requester=job.requester, conversation=job.conversation)
            for index in range(images)
        ],
    )
    await bot.app.records.finish_job(job.id, outcome=outcome)
    return posted
