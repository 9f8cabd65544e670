"""Requests of every kind while connections break, Slack refuses and the bot is killed; then a count of what came of them.

The fake Slack and its people live in the test's process, the bot in one of its own. Knows nothing of pytest.
"""

import asyncio
import random
import time
from collections import Counter
from dataclasses import dataclass, field
from typing import Final

from bots.session import Session
from bots.slack.where import file_key
from storage.records import GenerationRecord, generation_id
from tests.discord.hammer import COLORS, ENDED, Outcome
from tests.fakes.slack import Channel, FakeSlack, Interaction, Message, Sent, Team, User
from tests.slack.bot import job_of
from tests.slack.process import BotProcess

POLL_SECONDS: Final = 0.05
NAMES: Final = ("ana", "ben", "cho", "dev", "eva", "fay")
CHANNELS: Final = ("images", "sketches", "posters", "icons", "stickers", "charts")
RETRIES: Final = (0.2, 6.0, 15.0)
"""Seconds before Slack's further attempts at an event, which in the world take minutes."""

Asked = Message | Interaction


@dataclass(slots=True, kw_only=True)
class Hammer:
    """People who keep asking, and a hand that keeps killing."""

    fake: FakeSlack
    process: BotProcess
    session: Session
    chance: random.Random
    team: Team
    channels: list[Channel] = field(default_factory=list)
    people: list[User] = field(default_factory=list)
    asked: list[tuple[str, Asked]] = field(default_factory=list)
    kills: int = 0
    in_flight: int = 0
    started: float = field(default_factory=time.monotonic)

    def settle_in(self) -> None:
        """People, and channels with all of them."""
        self.people += [self.team.add_user(name) for name in NAMES]
        self.channels += [self.team.add_channel(name) for name in CHANNELS]
        self.fake.delivery.retry_delays, self.fake.delivery.before_last = RETRIES, self._back

    def trouble(self) -> None:
        """From now on connections break and Slack refuses, by chance, whatever method is called."""
        faults = self.fake.faults
        faults.add("answer_lost", "chat.postMessage", probability=0.1)
        faults.add("slow_commit", "chat.postMessage", probability=0.03, seconds=3.0)
        faults.add("error_after", "chat.postMessage", probability=0.03)
        faults.add("rate_limit", probability=0.02)
        faults.add("error", probability=0.02)
        faults.add("error_after", probability=0.015)
        faults.add("cut", probability=0.015)
        faults.add("answer_lost", probability=0.015)
        faults.add("slow_commit", probability=0.01, seconds=1.0)
        faults.socket_cut_probability = 0.012
        faults.socket_lost_probability = 0.01

    async def ask(self, kind: str) -> None:
        """One request; where there is nothing to revise or vary yet, a mention."""
        channel, user = self.chance.choice(self.channels), self.chance.choice(self.people)
        color = self.chance.choice(COLORS)
        prompt = f"a {color} car, 256x256"
        answers = self.answers() if kind in ("thread", "button") else []
        if kind == "direct":
            asked: Asked = await self.team.open_dm(user).say(user, prompt)
        elif kind == "command":
            asked = await user.command(channel, "/imagine", prompt)
        elif kind == "thread" and answers:
            answer = self.chance.choice(answers)
            thread = answer.thread_ts or answer.ts
            asked = await answer.channel.say(user, f"make the car {color}", thread=thread)
        elif kind == "button" and answers:
            asked = await user.click(self.chance.choice(answers), "vary")
        else:
            kind = "mention"
            asked = await channel.say(user, f"{self.team.mention} {prompt}")
        self.asked.append((kind, asked))

    def of_bot(self) -> list[Message]:
        """Everything the bot has posted and that stands, wherever it is."""
        return [each for each in self.fake.world.all_messages() if each.author.bot]

    def answers(self) -> list[Message]:
        """Those in channels that can be varied."""
        return [each for each in self.of_bot() if each.channel.kind != "im" and varied(each)]

    def stale(self) -> list[Message]:
        """What the bot has posted and that is no answer, nor an image beside one."""
        return [each for each in self.of_bot() if not varied(each) and not each.files]

    def unheard(self) -> list[Message]:
        """Messages of which nothing was acknowledged so far."""
        heard = {sent.body["event"].get("ts") for sent in self.fake.sent if sent.acknowledged and tells(sent)}
        return [asked for _, asked in self.asked if isinstance(asked, Message) and asked.ts not in heard]

    def given_up(self) -> list[Sent]:
        """Of what people said, that of which Slack gave up to tell and heard nothing at all."""
        unheard = {message.ts for message in self.unheard()}
        return [
            sent for sent in self.fake.delivery.undelivered if tells(sent) and sent.body["event"].get("ts") in unheard
        ]

    async def _back(self, seconds: float = 120.0) -> None:
        # However slow this machine starts a process: it is back long before Slack's last attempt, after five minutes.
        limit = time.monotonic() + seconds
        while not self.process.hears and time.monotonic() < limit:
            await asyncio.sleep(POLL_SECONDS)

    async def listen(self, seconds: float = 60.0) -> None:
        """Let the bot hear what was said while it was away, before it is killed again: Slack tells four times at most."""
        limit = time.monotonic() + seconds
        while self.unheard() and time.monotonic() < limit:
            await asyncio.sleep(POLL_SECONDS)

    def owed(self) -> list[str]:
        """The jobs that must be answered: of messages, and of interactions that were acknowledged."""
        return [
            job_of(asked)
            for _, asked in self.asked
            if isinstance(asked, Message) or asked.acknowledged_after is not None
        ]

    async def unowed_images(self) -> list[GenerationRecord]:
        """Images of interactions that were queued, but whose acknowledgement never arrived."""
        owed = set(self.owed())
        jobs = [job for job in (job_of(asked) for _, asked in self.asked) if job not in owed]
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
        """Wait until everything owed is delivered or dropped and nothing else is worked on, or the time is over."""
        limit = time.monotonic() + seconds
        open_ = self.owed()
        while open_ and time.monotonic() < limit:
            post = await self.session.app.chats.post(open_[0])
            if post is not None and post.state in ENDED:
                open_.pop(0)
            else:
                await asyncio.sleep(POLL_SECONDS)
        while await self.session.app.records.unfinished_jobs() and time.monotonic() < limit:
            await asyncio.sleep(POLL_SECONDS)

    async def swept(self, seconds: float) -> None:
        """Wait until no placeholder stands any more, or the time is over."""
        limit = time.monotonic() + seconds
        while self.stale() and time.monotonic() < limit:
            await asyncio.sleep(POLL_SECONDS)

    async def count(self) -> Outcome:
        """What came of it, from what stands in Slack."""
        buttons: dict[str, list[Message]] = {}
        for message in self.of_bot():
            for identity in varied(message):
                buttons.setdefault(identity, []).append(message)
        pictures = await self._pictures()
        owed = self.owed()
        jobs = [await self.session.app.records.job(job) for job in owed]
        first = {job: generation_id(job, 0) for job in (job_of(asked) for _, asked in self.asked)}
        lost = [job for job in owed if not (buttons.get(first[job]) and pictures[first[job]])]
        return Outcome(
            asked=Counter(kind for kind, _ in self.asked),
            acknowledged=len(owed),
            lost=[f"{job} {await self.session.app.chats.post(job)}" for job in lost],
            doubled=[job for job, image in first.items() if len(buttons.get(image, ())) > 1 or pictures[image] > 1],
            stale=[f"{each!r} {each.metadata}" for each in self.stale()],
            kills=self.kills,
            in_flight=self.in_flight,
            faults=self.fake.faults.counts,
            outcomes=Counter("none" if job is None else str(job.outcome) for job in jobs),
            seconds=time.monotonic() - self.started,
        )

    async def _pictures(self) -> Counter[str]:
        """In how many messages each generation is seen, in blocks or as a file beside them."""
        seen: Counter[str] = Counter()
        for message in self.of_bot():
            files = {str(block["slack_file"]["id"]) for block in message.images} | {file.id for file in message.files}
            for file in files:
                record = await self.session.app.chats.file(file_key(self.team.id, file))
                seen[file if record is None else record.generation] += 1
        return seen


def varied(message: Message) -> set[str]:
    """The generations that the buttons of a message vary."""
    return {each["value"] for each in message.buttons if each["action_id"].startswith("tb1:vary")}


def tells(sent: Sent) -> bool:
    """Whether it is an event about something that was said, not about a change of it."""
    event = sent.body.get("event", {})
    return event.get("type") in ("message", "app_mention") and event.get("subtype") in (None, "file_share")
