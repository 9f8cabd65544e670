"""Who pressed, chose or submitted something, and where: what Slack says with every interaction.

Knows nothing of what they want. What Slack does not say itself (language, rights) is asked within a moment, because the
acknowledgement waits for it (platforms S1).
"""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from slack_bolt.context.async_context import AsyncBoltContext

from bots.chat.access import Reads, Viewer
from bots.courier import TryLater, Unreachable
from bots.slack.parts import Parts
from bots.slack.people import Person, person_of
from bots.slack.problems import Refused
from bots.slack.where import message_key, requester_of, split_message, tenant_of
from bots.slack.workspaces import NotInstalled, Workspace
from storage.errors import StorageError
from storage.records import GenerationRecord

PERSON_SECONDS: Final = 0.8
"""For asking who somebody is; there are three seconds for an acknowledgement, and it is asked once a minute."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """Somebody who interacts.

    Attributes:
        name: The handle, which Slack sends along; what people see of it may be another.
        channel: Where they are; None in a form, on the home page and for a global shortcut.
        message: The message whose button was pressed or whose menu was opened, by its ``ts``.
        thread: The first message of the thread in which that message stands, or that it begins.
        trigger: Of this very interaction.
        response_url: Where they can be answered for half an hour; a secret.
    """

    team: str
    user: str
    name: str = ""
    enterprise: str | None = None
    channel: str | None = None
    message: str | None = None
    thread: str | None = None
    trigger: str = ""
    response_url: str | None = field(default=None, repr=False)

    @property
    def tenant(self) -> str:
        """The workspace in the records."""
        return tenant_of(self.team)

    @property
    def requester(self) -> str:
        """The person in the records."""
        return requester_of(self.team, self.user)

    @property
    def is_direct(self) -> bool:
        """Whether they are in direct messages, which nobody else reads."""
        return self.channel is not None and self.channel.startswith("D")

    @property
    def is_in_thread(self) -> bool:
        """Whether the message is a reply: what they are told belongs beside it, not into the channel."""
        return self.thread is not None and self.thread != self.message

    @property
    def message_key(self) -> str | None:
        """The message in the records."""
        if self.channel is None or self.message is None:
            return None
        return message_key(self.team, self.channel, self.message)

    def viewer(self, person: Person) -> Viewer:
        """As one who wants to see a record."""
        return Viewer(requester=self.requester, tenant=self.tenant, admin=person.admin)


def caller_of(body: Mapping[str, Any], context: AsyncBoltContext) -> Caller:
    """Who sent an interaction.

    Args:
        body: As Slack sent it: a command, an action, a shortcut or a submitted form.
        context: Bolt's, which knows the workspace in every shape that Slack gives it.

    Raises:
        ValueError: It does not say who or in which workspace.
    """
    if not context.team_id or not context.user_id:
        raise ValueError("an interaction of nobody or nowhere")
    message, container = _part(body, "message"), _part(body, "container")
    channel = _text(_part(body, "channel"), "id") or _text(body, "channel_id") or _text(container, "channel_id")
    ts = _text(message, "ts") or _text(body, "message_ts") or _text(container, "message_ts")
    if container.get("is_ephemeral") is True:
        ts = None  # nobody can be answered beside what only one person sees
    user = _part(body, "user")
    return Caller(
        team=context.team_id,
        enterprise=context.enterprise_id,
        user=context.user_id,
        name=_text(user, "name") or _text(user, "username") or _text(body, "user_name") or "",
        channel=channel,
        message=ts,
        thread=_text(message, "thread_ts") or _text(container, "thread_ts") or ts,
        trigger=_text(body, "trigger_id") or "",
        response_url=_text(body, "response_url"),
    )


async def workspace_of(parts: Parts, caller: Caller) -> Workspace:
    """Where they are.

    Raises:
        NotInstalled: The app was removed there.
        TryLater: It cannot be known now.
        StorageError: Likewise.
    """
    return await parts.workspaces.find(caller.team, caller.enterprise)


async def person_behind(parts: Parts, caller: Caller) -> Person:
    """What Slack says of them, or as much as is known after a moment: then they speak English and administer nothing."""
    try:
        async with asyncio.timeout(PERSON_SECONDS):
            person = await person_of(await workspace_of(parts, caller), caller.user)
    except (TimeoutError, TryLater, Unreachable, Refused, NotInstalled, StorageError):
        return Person(name=parts.names.get(caller.requester) or caller.name)
    if person.name:
        parts.remember_name(caller.requester, person.name)
    return person


def reader(parts: Parts, caller: Caller) -> Reads:
    """Whether they can read the place in which an image was answered: they act in that channel, so they are in it."""

    async def reads(record: GenerationRecord) -> bool:
        post = await parts.desk.app.chats.post(record.job)
        if post is None or post.state == "dropped" or caller.channel is None:
            return False
        try:
            team, channel, _ = split_message(post.place)
        except ValueError:
            return False
        return (team, channel) == (caller.team, caller.channel)

    return reads


def _part(body: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    value = body.get(key)
    return value if isinstance(value, Mapping) else {}


def _text(body: Mapping[str, Any], key: str) -> str | None:
    value = body.get(key)
    return value if isinstance(value, str) and value else None
