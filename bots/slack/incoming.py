"""Messages: which of them are requests, in which conversation, and getting those to the queue in the order they came.

What a message says is read in ``bots.slack.parse``. Slack is acknowledged when ``take`` returns, so it does the commit
and little else; when it raises, Slack sends the message again, as often as it likes: it stays one job (platforms S1-S3).
"""

import asyncio
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any, Final, Literal

import structlog
from slack_bolt.app.async_app import AsyncApp
from slack_bolt.response import BoltResponse

from bots.chat.asking import Ask, language_of, locale_of, preferences, submit, turn_of
from bots.conversation import Options
from bots.courier import TryLater, Unreachable
from bots.replies import say
from bots.slack import metrics
from bots.slack.history import ears_of
from bots.slack.layout import escaped
from bots.slack.parse import SPOKEN, Heard, Spot, hear, spot_of, thread_of, turn_from
from bots.slack.parts import Parts
from bots.slack.people import Person, person_of
from bots.slack.problems import Refused, reaching
from bots.slack.where import Where, channel_key, requester_of
from bots.slack.workspaces import NotInstalled, Workspace

Fate = Literal["enqueued", "noted", "refused", "ignored"]
"""What became of a message."""

PERSON_SECONDS: Final = 0.8
"""For asking who somebody is, and whom they mention, within the time of the acknowledgement."""

MOST_NAMED: Final = 5
TOLD: Final = "told"
"""Of the key under which is kept up to which message people in a channel were told why nothing is drawn."""

_UNKNOWN: Final = (TimeoutError, TryLater, Unreachable, Refused)

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Thread:
    """What is known of the thread in which a message stands.

    Attributes:
        conversation: The one that goes on.
        known: We take part in it, so that what people say to each other is context.
        owned: Everything said here is for the bot.
    """

    conversation: str
    known: bool = False
    owned: bool = False


class Incoming:
    """Takes messages; each may come any number of times, from any of Slack's events about it."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    async def take(self, body: dict[str, Any]) -> Fate:
        """Handle an event of a message. Those of a thread are handled one after another.

        Args:
            body: The whole event, ``message`` or ``app_mention``.

        Raises:
            StorageError: The database cannot be used right now.
            TryLater: It cannot be known now who we are in that workspace.
        """
        spot = spot_of(body)
        if spot is None:
            return "ignored"
        async with self._parts.locks.hold((spot.team, spot.channel, thread_of(body["event"]))):
            fate = await self._take(body, spot)
        metrics.MESSAGES.labels(fate).inc()
        return fate

    async def _take(self, body: dict[str, Any], spot: Spot) -> Fate:
        try:
            workspace = await self._parts.workspaces.find(spot.team, spot.enterprise)
        except NotInstalled:
            return "ignored"
        heard = hear(body, ears_of(self._parts, workspace))
        if heard is None or not heard.human:
            return "ignored"
        thread = await self._thread(heard)
        if not heard.direct and not heard.mentioned:
            if not thread.owned:
                return await self._overhear(heard, thread)
            if heard.empty:
                return "ignored"
        person = await self._person(heard, workspace)
        heard = hear(body, ears_of(self._parts, workspace)) or heard  # by now it is known who is mentioned
        return await self._ask(ask_from(heard, thread, person), heard, workspace)

    async def _thread(self, heard: Heard) -> Thread:
        """Ours is a thread whose first message asked us, or that stands under an answer of ours."""
        if not heard.is_reply:
            return Thread(conversation=heard.place)
        # Asked anew: it may have become ours just now, in another process.
        room = await self._parts.rooms.find(heard.place, fresh=True)
        if room is not None and room.owned:
            return Thread(conversation=room.conversation, known=True, owned=True)
        root = await self._parts.desk.app.chats.turn(heard.place)
        asked = root is not None and root.job is not None
        conversation = heard.place if root is None else root.conversation
        if room is not None:
            conversation = room.conversation
        return Thread(conversation=conversation, known=asked or room is not None, owned=asked)

    async def _overhear(self, heard: Heard, thread: Thread) -> Fate:
        """In a thread where the bot takes part, what people say to each other is context."""
        if not thread.known or heard.empty:
            return "ignored"
        await self._parts.desk.app.chats.note_turn(turn_from(heard, thread.conversation))
        return "noted"

    async def _ask(self, ask: Ask, heard: Heard, workspace: Workspace) -> Fate:
        refused = await submit(self._parts.desk, ask)
        if refused is None:
            await self._complete(ask, heard)
            return "enqueued"
        if not ask.addressed:
            return "refused"
        if await self._is_untold(heard):
            locale = locale_of(ask, await preferences(self._parts.desk, ask.tenant))
            self._parts.later(lambda: _tell(workspace, heard, say(refused, locale)))
        return "refused"

    async def _complete(self, ask: Ask, heard: Heard) -> None:
        """An event of the same message that came first may not have shown its files."""
        if not heard.files:
            return
        chats = self._parts.desk.app.chats
        known = await chats.turn(heard.key)
        if known is not None and not known.attachments and known.deleted_at is None:
            await chats.note_turn(replace(turn_of(ask), edited_at=known.edited_at))

    async def _is_untold(self, heard: Heard) -> bool:
        """Whether nobody was told yet what is said to this message; from now on somebody was."""
        chats = self._parts.desk.app.chats
        key, now = f"{channel_key(heard.team, heard.channel)}:{TOLD}", heard.ts.replace(".", "")
        until = await chats.seen(key)
        if until is not None and until.isdecimal() and int(now) <= int(until):
            return False
        await chats.mark_seen(key, now)
        return True

    async def _person(self, heard: Heard, workspace: Workspace) -> Person:
        """What Slack says of the author, or as much as is known after a moment; and the names of who is mentioned."""
        if heard.user == heard.bot_id:
            return Person(name=heard.name)
        person = Person(name=self._parts.names.get(heard.requester, ""))
        with suppress(*_UNKNOWN):
            async with asyncio.timeout(PERSON_SECONDS):
                person = await self._asked(workspace, heard.user)
                for user in heard.others[:MOST_NAMED]:
                    await self._asked(workspace, user)
        return person

    async def _asked(self, workspace: Workspace, user: str) -> Person:
        person = await person_of(workspace, user)
        if person.name:
            self._parts.remember_name(requester_of(workspace.team, user), person.name)
        return person


def ask_from(heard: Heard, thread: Thread, person: Person) -> Ask:
    """The request in a message. What is said to the bot alone is shown to nobody else."""
    at = Where(
        manner="thread",
        team=heard.team,
        enterprise=heard.enterprise,
        user=heard.user,
        channel=heard.channel,
        message=heard.ts,
        thread=heard.root,
        agent=heard.direct,
        asked_at=float(heard.ts),
    )
    return Ask(
        job=heard.job,
        tenant=heard.tenant,
        requester=heard.requester,
        author=person.name,  # an id is no name
        conversation=thread.conversation,
        text=heard.text,
        message=heard.key,
        sent_at=heard.sent_at,
        address=at.address(),
        locale=language_of(heard.text, person.locale),
        options=Options(private=heard.direct),
        attachments=heard.files,
        addressed=heard.direct or heard.mentioned,
        channels=(heard.channel,),
        admin=person.admin,
    )


async def _tell(workspace: Workspace, heard: Heard, words: str) -> None:
    """Only the author sees it (platforms S20: nothing in it pings)."""
    more: dict[str, Any] = {"thread_ts": heard.root} if heard.is_reply else {}
    try:
        async with reaching():
            await workspace.client.chat_postEphemeral(
                channel=heard.channel, user=heard.user, text=escaped(words), parse="none", **more
            )
    except (TryLater, Unreachable, Refused) as exc:
        log.info("reply_not_possible", error=type(exc).__name__)


def install(app: AsyncApp, parts: Parts) -> None:
    """Listen to messages and mentions, and to Slack holding them back."""
    incoming = Incoming(parts)

    async def said(body: dict[str, Any]) -> None:
        await incoming.take(body)

    app.event("app_mention")(said)
    app.event({"type": "message", "subtype": SPOKEN})(said)
    app.middleware(held_back)


async def held_back(body: dict[str, Any], next: Any) -> BoltResponse | None:  # noqa: A002 - bolt passes it by this name
    """Slack sends no more events of a workspace for a minute: there were more than it allows (platforms S5)."""
    if body.get("type") != "app_rate_limited":
        answer: BoltResponse | None = await next()
        return answer
    metrics.RATE_LIMITED.inc()
    log.error("events_held_back", team=str(body.get("team_id"))[:40], minute=str(body.get("minute_rate_limited"))[:20])
    return BoltResponse(status=200)
