"""The agent view: suggested prompts, the status of a thread while its jobs run, and Slack's Stop button (platforms S9-S11).

The status is decoration: what Slack refuses here is passed over, and what it cannot take now is tried again later, as
long as nothing newer is wanted. Where the app is no agent, the older status is set, which Slack forgets after two minutes.
"""

import asyncio
import time
from collections import OrderedDict
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Final, Literal

import structlog
from slack_bolt.app.async_app import AsyncApp

from bots.courier import TryLater, Unreachable
from bots.order import Answer, Order
from bots.progress import Standing
from bots.replies import say
from bots.slack.layout import fitted
from bots.slack.parts import Parts
from bots.slack.people import locale_of
from bots.slack.problems import Refused, reaching
from bots.slack.where import Where, message_key, requester_of, where
from bots.slack.workspaces import NotInstalled
from generator.scene import Notice
from moderation.types import Locale
from storage.errors import StorageError

Status = Literal["processing", "active", "suspended"]
"""Of a session: it works; it is ready for the next message; it needs a person to go on."""

MESSAGES_TAB: Final = "messages"
PROMPTS: Final = ("poster", "sticker", "chart", "help")
LONGEST_TITLE: Final = 200
LOADING: Final = ("reading", "planning", "drawing", "measuring", "checking", "signing")
"""Stages that the older status rotates through; Slack takes ten."""

REFRESH_SECONDS: Final = 60.0
"""Between two settings of the older status, which Slack forgets after 120."""

OLDER_SECONDS: Final = 3600.0
"""For how long a workspace without sessions is not asked for them again."""

TRIES: Final = 5
LONGEST_PAUSE: Final = 60.0
MOST_KEPT: Final = 10_000

_PASSED_OVER: Final = (TryLater, Unreachable, Refused, NotInstalled, StorageError)

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Thread:
    """A thread of the agent view, which is a session at Slack."""

    team: str
    enterprise: str | None
    channel: str
    ts: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What a session's status shall be.

    Attributes:
        title: Of a session that begins; Slack takes no notice of it later.
        initiator: Who began it.
        changed: Set when something else is wanted.
    """

    status: Status
    locale: Locale
    title: str | None
    initiator: str | None
    changed: asyncio.Event


class Agent:
    """Shows in the agent view how jobs are going (``bots.slack.parts.Sessions``)."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._wishes: OrderedDict[Thread, Wish] = OrderedDict()
        self._working: OrderedDict[str, None] = OrderedDict()
        self._older: dict[str, float] = {}

    async def processing(self, order: Order, standing: Standing | None) -> None:
        """The job is being worked on: once said, it holds until it is settled."""
        del standing
        at = where(order)
        thread = _thread_of(at)
        if thread is None or order.job in self._working:
            return
        self._working[order.job] = None
        if len(self._working) > MOST_KEPT:
            self._working.popitem(last=False)
        begins = at.message == at.thread
        title = " ".join(order.conversation.newest.text.split())
        await self._move(
            thread,
            "processing",
            order.conversation.locale,
            title=(fitted(title, LONGEST_TITLE) or None) if begins else None,
            initiator=at.user if begins else None,
        )

    async def settled(self, order: Order, answer: Answer) -> None:
        """The answer stands; the session waits for its next message, or for an answer to a question."""
        self._working.pop(order.job, None)
        thread = _thread_of(where(order))
        if thread is None:
            return
        try:
            left = await self._parts.desk.app.records.unfinished_jobs_of(conversation=order.conversation.id)
        except StorageError:
            left = ()
        if all(job.id == order.job for job in left):
            status: Status = "suspended" if answer.outcome == "question" else "active"
            await self._move(thread, status, order.conversation.locale)

    async def stopped(self, thread: Thread, locale: Locale = "en") -> None:
        """Slack leaves it to the app to move the status after a press of Stop."""
        await self._move(thread, "active", locale)

    async def _move(
        self, thread: Thread, status: Status, locale: Locale, *, title: str | None = None, initiator: str | None = None
    ) -> None:
        wish = Wish(status=status, locale=locale, title=title, initiator=initiator, changed=asyncio.Event())
        before = self._wishes.pop(thread, None)
        if before is not None:
            before.changed.set()
        self._wishes[thread] = wish
        if len(self._wishes) > MOST_KEPT:
            self._wishes.popitem(last=False)[1].changed.set()
        try:
            await self._set(thread, wish)
        except TryLater as exc:
            seconds = exc.seconds
            self._parts.later(lambda: self._insist(thread, wish, seconds))
        except _PASSED_OVER as exc:
            log.info("status_not_set", status=status, error=type(exc).__name__)

    async def _insist(self, thread: Thread, wish: Wish, seconds: float) -> None:
        """Set the status when Slack can be reached again, unless something newer is wanted by then."""
        for _ in range(TRIES):
            if await _passes(wish.changed, min(max(seconds, 1.0), LONGEST_PAUSE)):
                return
            try:
                await self._set(thread, wish)
            except TryLater as exc:
                seconds = exc.seconds
            except _PASSED_OVER:
                return
            else:
                return
        log.warning("status_given_up", status=wish.status)

    async def _set(self, thread: Thread, wish: Wish) -> None:
        """Set it the way that the workspace has it.

        Raises:
            TryLater: Slack cannot be reached.
            Unreachable: Not there.
            Refused: Slack does not take it.
            NotInstalled: The app was removed.
        """
        workspace = await self._parts.workspaces.find(thread.team, thread.enterprise)
        client = workspace.client
        if time.monotonic() >= self._older.get(thread.team, 0.0):
            try:
                async with reaching():
                    await client.agents_sessions_setStatus(
                        channel_id=thread.channel,
                        thread_ts=thread.ts,
                        status=wish.status,
                        title=wish.title,
                        initiator_user_id=wish.initiator,
                    )
            except (Refused, Unreachable) as exc:
                log.info("session_status_refused", error=str(exc))
            else:
                return
        await self._set_older(thread, wish, client)
        if len(self._older) > MOST_KEPT:
            self._older.clear()
        if thread.team not in self._older or self._older[thread.team] <= time.monotonic():
            self._older[thread.team] = time.monotonic() + OLDER_SECONDS
        if wish.status == "processing":
            self._parts.later(lambda: self._refresh(thread, wish, client))

    async def _set_older(self, thread: Thread, wish: Wish, client: Any) -> None:
        works = wish.status == "processing"
        more: dict[str, Any] = {"loading_messages": _loading(wish.locale)} if works else {}
        async with reaching():
            await client.assistant_threads_setStatus(
                channel_id=thread.channel,
                thread_ts=thread.ts,
                status=say(Notice(key="slack-agent-working"), wish.locale) if works else "",
                **more,
            )

    async def _refresh(self, thread: Thread, wish: Wish, client: Any) -> None:
        """Say again that it works, until something else is wanted."""
        while not await _passes(wish.changed, REFRESH_SECONDS):
            with suppress(*_PASSED_OVER):
                await self._set_older(thread, wish, client)


async def _passes(event: asyncio.Event, seconds: float) -> bool:
    """Whether the event comes within so many seconds."""
    with suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            return await event.wait()
    return False


def _thread_of(at: Where) -> Thread | None:
    if not at.agent or at.thread is None:
        return None
    return Thread(team=at.team, enterprise=at.enterprise, channel=at.channel, ts=at.thread)


def _loading(locale: Locale) -> list[str]:
    return [say(Notice(key=f"stage-{stage}"), locale) for stage in LOADING]


def prompts(locale: Locale) -> list[dict[str, str]]:
    """What the agent view suggests to write (platforms S9: at most four)."""
    return [
        {
            "title": say(Notice(key=f"slack-prompt-{name}-title"), locale),
            "message": say(Notice(key=f"slack-prompt-{name}"), locale),
        }
        for name in PROMPTS
    ]


def install(app: AsyncApp, parts: Parts) -> None:
    """Listen to the opening of the agent view and to its Stop button."""

    async def is_messages(event: dict[str, Any]) -> bool:
        return event.get("tab") == MESSAGES_TAB

    async def opened(event: dict[str, Any], body: dict[str, Any]) -> None:
        parts.later(lambda: _suggest(parts, event, body))

    async def stopped(event: dict[str, Any], body: dict[str, Any]) -> None:
        await _stop(parts, event, body)

    app.event("app_home_opened", matchers=[is_messages])(opened)
    app.event("agent_session_stopped")(stopped)


async def _suggest(parts: Parts, event: dict[str, Any], body: dict[str, Any]) -> None:
    team, channel, user = str(body["team_id"]), str(event["channel"]), str(event["user"])
    try:
        workspace = await parts.workspaces.find(team, body.get("enterprise_id"))
        locale = await locale_of(workspace, user)
        async with reaching():
            # Without thread_ts: with it the call fails in silence for an agent (platforms S9).
            await workspace.client.assistant_threads_setSuggestedPrompts(
                channel_id=channel, prompts=prompts(locale), title=say(Notice(key="slack-prompts-title"), locale)
            )
    except _PASSED_OVER as exc:
        log.info("prompts_not_set", error=type(exc).__name__)


async def _stop(parts: Parts, event: dict[str, Any], body: dict[str, Any]) -> None:
    """Cancel what the person has running in the thread; what fails raises, so that Slack tells of it again."""
    team, channel, ts = str(body["team_id"]), str(event["channel"]), str(event["thread_ts"])
    place, requester = message_key(team, channel, ts), requester_of(team, str(event["user"]))
    app, session = parts.desk.app, parts.desk.session
    room = await app.chats.room(place)
    for conversation in dict.fromkeys((place, place if room is None else room.conversation)):
        for job in await app.records.unfinished_jobs_of(conversation=conversation):
            if job.requester == requester:
                await session.cancel(job.id)
                log.info("job_stopped", job=job.id)
    thread = Thread(team=team, enterprise=body.get("enterprise_id"), channel=channel, ts=ts)
    agents = [each for each in parts.sessions if isinstance(each, Agent)]
    for agent in agents:
        parts.later(lambda agent=agent: agent.stopped(thread))  # type: ignore[misc]  # a default makes it untyped
