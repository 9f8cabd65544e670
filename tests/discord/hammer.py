"""Requests of every kind while connections break, Discord refuses and the bot is killed; then a count of what came of them.

The fake Discord and its people live in the test's process, the bot in one of its own. Knows nothing of pytest.
"""

import asyncio
import random
import time
from collections import Counter
from dataclasses import dataclass, field

from bots.session import Session
from storage.records import GenerationRecord, generation_id
from tests.discord.bot import job_of
from tests.discord.process import BotProcess
from tests.fakes.discord import Channel, FakeDiscord, Interaction, Message, User

COLORS = ("red", "blue", "yellow", "green", "orange", "purple", "pink", "brown")
ANSWERS = (0, 19, 20, 23)  # types of messages that the bot posts itself
ENDED = ("delivered", "dropped")
POLL_SECONDS = 0.05


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What came of everything that was asked.

    Attributes:
        asked: Requests by kind.
        acknowledged: Those the bot owes an answer: all messages, and the interactions that it acknowledged.
        lost: Jobs of those without a delivered answer that stands in Discord with its image.
        doubled: Jobs with more than one message that carries their image.
        stale: Messages of the bot that are no answer.
        kills, in_flight: How often the bot was killed, and how often while a job ran.
        faults: Troubles that struck, by kind.
        outcomes: How the jobs ended.
    """

    asked: Counter[str]
    acknowledged: int
    lost: list[str]
    doubled: list[str]
    stale: list[str]
    kills: int
    in_flight: int
    faults: Counter[str]
    outcomes: Counter[str]
    seconds: float

    def __str__(self) -> str:
        kinds = ", ".join(f"{count} {kind}" for kind, count in sorted(self.asked.items()))
        faults = ", ".join(f"{count} {kind}" for kind, count in sorted(self.faults.items()))
        return (
            f"{self.asked.total()} requests ({kinds}), {self.acknowledged} acknowledged or readable; "
            f"{self.kills} kills, {self.in_flight} with a job in flight; {faults}; "
            f"lost {len(self.lost)}, doubled {len(self.doubled)}, stale {len(self.stale)}; "
            f"jobs {dict(self.outcomes)}; {self.seconds:.0f} s"
        )


@dataclass(slots=True, kw_only=True)
class Hammer:
    """People who keep asking, and a hand that keeps killing."""

    fake: FakeDiscord
    process: BotProcess
    session: Session
    chance: random.Random
    channels: list[Channel] = field(default_factory=list)
    people: list[User] = field(default_factory=list)
    asked: list[tuple[str, Message | Interaction]] = field(default_factory=list)
    kills: int = 0
    in_flight: int = 0
    started: float = field(default_factory=time.monotonic)

    def settle_in(self) -> None:
        """Servers, channels and people."""
        for number in range(3):
            guild = self.fake.add_guild(f"studio {number}")
            for name in ("ana", "ben"):
                user = self.fake.add_user(f"{name}{number}")
                guild.add_member(user)
                self.people.append(user)
            self.channels += [guild.add_text_channel("images"), guild.add_text_channel("sketches")]

    def trouble(self) -> None:
        """From now on connections break and Discord refuses, by chance."""
        faults = self.fake.faults
        faults.rate_limit(None, seconds=0.3, probability=0.03)
        faults.error(None, status=503, probability=0.03)
        faults.error_after(None, probability=0.02)
        faults.cut(None, probability=0.02)
        faults.lose_answer(None, probability=0.02)
        faults.lose_answer(None, probability=0.1, method="POST", path="/channels/{channel}/messages")
        faults.gateway_cut_probability = 0.005

    async def ask(self, kind: str) -> None:
        """One request; where there is nothing to revise or vary yet, a mention."""
        number = self.chance.randrange(len(self.channels))
        channel, user = self.channels[number], self.people[number // 2 * 2]
        color = self.chance.choice(COLORS)
        prompt = f"a {color} car, 256x256"
        answers = self.answers() if kind in ("thread", "button") else []
        threads = [each for each in answers if each.channel.is_thread]
        if kind == "direct":
            asked: Message | Interaction = await self.fake.open_dm(user).say(user, prompt)
        elif kind == "command":
            asked = await user.command(channel, "imagine", {"prompt": prompt})
        elif kind == "thread" and threads:
            thread = self.chance.choice(threads).channel
            asked = await thread.say(self._somebody(thread), f"make the car {color}")
        elif kind == "button" and answers:
            message = self.chance.choice(answers)
            verb = next(each["custom_id"] for each in message.buttons if each["custom_id"].startswith("tb1:vary:"))
            asked = await self._somebody(message.channel).click(message, custom_id=verb)
        else:
            kind = "mention"
            asked = await channel.say(user, f"{self.fake.bot.mention} {prompt}")
        self.asked.append((kind, asked))

    def _somebody(self, channel: Channel) -> User:
        members = () if channel.guild is None else channel.guild.members
        return next(each for each in self.people if each.id in members)

    def of_bot(self) -> list[Message]:
        """Everything the bot has posted and that stands, wherever it is."""
        places = [*self.channels, *(thread for channel in self.channels for thread in channel.threads)]
        places += [self.fake.open_dm(user) for user in self.people]
        return [
            each for place in places for each in place.messages if each.author is self.fake.bot and each.type in ANSWERS
        ]

    def answers(self) -> list[Message]:
        """Those of a server that can be varied."""
        return [
            each
            for each in self.of_bot()
            if each.channel.guild is not None
            and any(button.get("custom_id", "").startswith("tb1:vary:") for button in each.buttons)
        ]

    async def owed(self) -> list[str]:
        """The jobs that must be answered: of messages, and of interactions that were acknowledged."""
        return [
            job_of(asked)
            for _, asked in self.asked
            if isinstance(asked, Message) or asked.acknowledged_after is not None
        ]

    async def unowed_images(self) -> list[GenerationRecord]:
        """Images of interactions that were queued, but whose acknowledgement never arrived."""
        owed = set(await self.owed())
        jobs = [job_of(asked) for _, asked in self.asked if job_of(asked) not in owed]
        return [image for job in jobs for image in await self.session.app.records.generations_of_job(job)]

    async def running(self) -> bool:
        """Whether a job is being worked on."""
        return any(job.status == "running" for job in await self.session.app.records.unfinished_jobs())

    async def kill_at_work(self, within: float = 15.0) -> None:
        """Kill the bot a moment after a job began, or when the time is over."""
        limit = time.monotonic() + within
        while time.monotonic() < limit and not await self.running():
            await asyncio.sleep(POLL_SECONDS)
        moment = time.monotonic() + self.chance.uniform(0.3, 3.0)
        await self.fake.wait_until(lambda: time.monotonic() >= moment, 10)
        self.in_flight += await self.running()
        await self.process.kill()
        self.kills += 1

    async def drain(self, seconds: float) -> None:
        """Wait until everything owed is delivered or dropped, or the time is over."""
        limit = time.monotonic() + seconds
        open_ = await self.owed()
        while open_ and time.monotonic() < limit:
            post = await self.session.app.chats.post(open_[0])
            if post is not None and post.state in ENDED:
                open_.pop(0)
            else:
                await asyncio.sleep(POLL_SECONDS)

    async def count(self) -> Outcome:
        """What came of it, from what stands in Discord."""
        standing = self.of_bot()
        by_generation: dict[str, list[Message]] = {}
        stale = []
        for message in standing:
            made = {each["custom_id"].rpartition(":")[2] for each in message.buttons if _varies(each)}
            for identity in made:
                by_generation.setdefault(identity, []).append(message)
            if not made:
                stale.append(f"{message!r} {message.buttons}")
        owed = await self.owed()
        jobs = [await self.session.app.records.job(job) for job in owed]
        found = {job: by_generation.get(generation_id(job, 0), []) for job in (job_of(each) for _, each in self.asked)}
        return Outcome(
            asked=Counter(kind for kind, _ in self.asked),
            acknowledged=len(owed),
            lost=[f"{job} {await self.session.app.chats.post(job)}" for job in owed if not found[job]],
            doubled=[job for job, messages in found.items() if len(messages) > 1],
            stale=stale,
            kills=self.kills,
            in_flight=self.in_flight,
            faults=self.fake.faults.counts,
            outcomes=Counter("none" if job is None else str(job.outcome) for job in jobs),
            seconds=time.monotonic() - self.started,
        )


def _varies(button: dict[str, str]) -> bool:
    return button.get("custom_id", "").startswith("tb1:vary:")
