"""Workspaces, people, channels, messages and files of the fake Slack, and what was said over its wires."""

import asyncio
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from tests.fakes.slack.people import People
    from tests.fakes.slack.world import World

JSON = dict[str, Any]


@dataclass(slots=True, kw_only=True)
class Request:
    """A request of the Web API as it came: query string and body together. ``status`` is 0 if it was cut."""

    method: str
    args: JSON
    token: str | None
    json: bool
    status: int = 0
    response: JSON = field(default_factory=dict)
    applied: bool = False
    at: float = 0.0


@dataclass(slots=True, kw_only=True)
class Sent:
    """Something Slack told the app.

    Attributes:
        kind: As an envelope of Socket Mode calls it.
        body: The payload.
        attempt: 0 for the first time.
        acknowledged: Whether Slack heard an acknowledgement in time.
        to: The address, by HTTP.
    """

    kind: Literal["events_api", "interactive", "slash_commands"]
    body: JSON
    attempt: int = 0
    acknowledged: bool = False
    to: str = ""


@dataclass(slots=True, kw_only=True, eq=False)
class User:
    """A person. What they do is behind ``act``; the shortcuts here call it."""

    id: str
    name: str
    team: "Team"
    locale: str = "en-US"
    admin: bool = False
    bot: bool = False

    @property
    def mention(self) -> str:
        """What addresses them."""
        return f"<@{self.id}>"

    @property
    def _act(self) -> "People":
        return self.team.world.people

    async def command(self, channel: "Channel", command: str, text: str = "") -> "Interaction":
        """Use a slash command; returns when it was acknowledged, or was not in time."""
        return await self._act.command(self, channel, command, text)

    async def click(self, message: "Message", verb: str, value: str | None = None) -> "Interaction":
        """Press the button of a message whose action id begins with ``tb1:<verb>``."""
        return await self._act.click(self, message, verb, value)

    async def act(self, source: "Message | View | JSON", action_id: str, **state: Any) -> "Interaction":
        """Use an element of a message, or of an open form or home page, by its whole action id."""
        return await self._act.act(self, source, action_id, state)

    async def shortcut(self, callback_id: str, message: "Message") -> "Interaction":
        """Use a shortcut in the menu of a message."""
        return await self._act.message_shortcut(self, callback_id, message)

    async def global_shortcut(self, callback_id: str) -> "Interaction":
        """Use a shortcut that is about nothing in particular."""
        return await self._act.global_shortcut(self, callback_id)

    async def view(self, within: float = 10) -> "View":
        """The form that is open before them, as soon as there is one."""
        return await self._act.view(self, within)

    async def submit(self, view: "View", values: JSON) -> "Interaction":
        """Submit a form: values by block id or action id; what is not named keeps its initial value."""
        return await self._act.submit(self, view, values)

    async def open_home(self, tab: str = "home") -> None:
        """Open the app's home or messages."""
        await self._act.open_home(self, tab)

    async def stop_session(self, channel: "Channel", thread_ts: str) -> None:
        """Press Stop in the agent view."""
        await self._act.stop_session(self, channel, thread_ts)


@dataclass(slots=True, kw_only=True, eq=False)
class Team:
    """A workspace with the app in it.

    Attributes:
        scopes: What the bot's token may.
        token: The bot's; ``tokens`` are all that are valid.
        refresh_token: With token rotation.
    """

    world: "World"
    id: str
    name: str
    bot: User = field(init=False)
    bot_id: str = ""
    token: str = ""
    refresh_token: str = ""
    scopes: set[str] = field(default_factory=set)
    enterprise: str | None = None
    org_wide: bool = False
    users: dict[str, User] = field(default_factory=dict)
    channels: dict[str, "Channel"] = field(default_factory=dict)
    installed: bool = True

    @property
    def mention(self) -> str:
        """What addresses the bot."""
        return self.bot.mention

    def add_user(self, name: str, *, locale: str = "en-US", admin: bool = False) -> User:
        """A person of the workspace, member of all its public channels."""
        return self.world.add_user(self, name, locale=locale, admin=admin)

    def add_channel(self, name: str, *, private: bool = False, bot: bool = True) -> "Channel":
        """A channel with everybody who is there already, and the bot if wanted."""
        return self.world.add_channel(self, name, private=private, bot=bot)

    def open_dm(self, user: User) -> "Channel":
        """The direct messages between a person and the bot."""
        return self.world.open_dm(self, user)


@dataclass(slots=True, kw_only=True, eq=False)
class Channel:
    """A channel, private channel or direct messages."""

    team: Team
    id: str
    name: str
    kind: Literal["channel", "group", "im", "mpim"]
    members: set[str] = field(default_factory=set)
    messages: list["Message"] = field(default_factory=list)
    archived: bool = False
    deleted: bool = False

    async def say(
        self,
        author: User,
        text: str,
        *,
        thread: "Message | str | None" = None,
        files: list[tuple[str, bytes]] | None = None,
    ) -> "Message":
        """Somebody writes; in a thread if said so. Slack begins to tell the app before this returns."""
        return await self.team.world.people.say(self, author, text, thread=thread, files=files or [])

    def message(self, ts: str) -> "Message":
        """The message with that ts that stands."""
        return next(each for each in self.messages if each.ts == ts)

    @property
    def roots(self) -> list["Message"]:
        """Messages that are not replies in a thread."""
        return [each for each in self.messages if each.thread_ts in (None, each.ts)]


@dataclass(slots=True, kw_only=True, eq=False)
class File:
    """A file. ``polls`` counts how often it was asked for; it is processed after ``slow`` of those."""

    id: str
    team: Team
    owner: User
    name: str
    data: bytes = b""
    title: str = ""
    mimetype: str = "application/octet-stream"
    created: int = 0
    uploaded: bool = False
    completed: bool = False
    deleted: bool = False
    slow: int = 0
    polls: int = 0
    shares: list["Message"] = field(default_factory=list)

    @property
    def processed(self) -> bool:
        """Whether blocks may show it."""
        return self.completed and self.polls >= self.slow


@dataclass(slots=True, kw_only=True, eq=False)
class Message:
    """A message. A deleted one with replies under it is ``deleted`` and stands on without its words."""

    channel: Channel
    ts: str
    author: User
    text: str
    thread_ts: str | None = None
    blocks: list[JSON] = field(default_factory=list)
    files: list[File] = field(default_factory=list)
    metadata: JSON | None = None
    edited: JSON | None = None
    client_msg_id: str | None = None
    deleted: bool = False
    subtype: str | None = None
    history: list[str] = field(default_factory=list)

    @property
    def replies(self) -> list["Message"]:
        """What stands in the thread under it."""
        return [each for each in self.channel.messages if each.thread_ts == self.ts and each is not self]

    @property
    def buttons(self) -> list[JSON]:
        """Every element with an action id, at any depth."""
        return elements(self.blocks)

    @property
    def images(self) -> list[JSON]:
        """The image blocks."""
        return [block for block in self.blocks if block["type"] == "image"]

    async def edit(self, text: str) -> None:
        """Its author changes it."""
        await self.channel.team.world.people.edit(self, text)

    async def delete(self) -> None:
        """Somebody deletes it."""
        await self.channel.team.world.people.delete(self)

    def __repr__(self) -> str:
        return f"<{self.channel.id} {self.ts} in {self.thread_ts} by {self.author.name}: {self.text[:60]!r}>"


def elements(blocks: Any) -> list[JSON]:
    """Every element with an action id, at any depth."""
    found: list[JSON] = []
    if isinstance(blocks, list):
        for each in blocks:
            found += elements(each)
    elif isinstance(blocks, dict):
        if "action_id" in blocks:
            found.append(blocks)
        for value in blocks.values():
            if isinstance(value, list | dict):
                found += elements(value)
    return found


@dataclass(slots=True, kw_only=True, eq=False)
class View:
    """A form before somebody, or the home page of theirs."""

    id: str
    user: User
    body: JSON
    hash: str
    root: str
    previous: str | None = None
    open: bool = True

    @property
    def callback_id(self) -> str:
        """What the app calls it."""
        return str(self.body.get("callback_id", ""))

    @property
    def errors(self) -> JSON:
        """Complaints of the last submission by block id."""
        found: JSON = self.body.get("_errors", {})
        return found


@dataclass(slots=True, kw_only=True, eq=False)
class Interaction:
    """A command, a press of a button, a shortcut or a submission.

    Attributes:
        response: What came with the acknowledgement.
        told: What was sent to its response_url.
        acknowledged_after: Seconds; None if it was not acknowledged in time.
    """

    trigger_id: str
    kind: Literal["interactive", "slash_commands"]
    user: User
    body: JSON
    view: View | None = None
    response: JSON = field(default_factory=dict)
    told: list[JSON] = field(default_factory=list)
    acknowledged_after: float | None = None
    opened_at: float = 0.0
    used: bool = False
    settled: asyncio.Event = field(default_factory=asyncio.Event)
