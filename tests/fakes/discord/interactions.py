"""Interactions: what the bot is told of a command, a click or a modal, and what it answers."""

import copy
import secrets
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from tests.fakes.discord import payloads
from tests.fakes.discord.components import walk
from tests.fakes.discord.message_payloads import message as message_payload
from tests.fakes.discord.model import UPLOAD_LIMITS, Channel, Message, User
from tests.fakes.discord.permissions import in_channel

if TYPE_CHECKING:
    from tests.fakes.discord.state import World

COMMAND, COMPONENT, AUTOCOMPLETE, MODAL = 2, 3, 4, 5
TOKEN_SECONDS = 15 * 60
CONTEXTS = {"guild": 0, "bot_dm": 1, "private_channel": 2}


@dataclass(frozen=True, slots=True, kw_only=True)
class Modal:
    """A form the bot showed to somebody."""

    interaction: "Interaction"
    custom_id: str
    title: str
    components: list[dict[str, Any]]

    @property
    def labels(self) -> list[str]:
        """The labels of its fields."""
        return [str(each["label"]) for each in walk(self.components) if each.get("label")]


@dataclass(slots=True, kw_only=True, eq=False)
class Interaction:
    """One act of a person on the bot.

    Attributes:
        callbacks: What the bot answered first, as JSON; one, unless it broke the rule (``refused`` counts that).
        acknowledged_after: Seconds of real time until the first answer; None while there is none.
        original: The message that answers it, once there is one.
        modal: The form it was answered with.
        choices: The answer to an autocomplete.
        followups: Further messages.
        installed: ``guild`` or ``user``.
    """

    world: "World"
    id: int
    type: int
    user: User
    channel: Channel
    data: dict[str, Any]
    locale: str
    context: str
    installed: str
    created_at: float
    message: Message | None = None
    trigger: "Interaction | None" = None
    target: Message | None = None
    token: str = field(default_factory=lambda: secrets.token_urlsafe(48), repr=False)
    sent_at: float = field(default_factory=time.monotonic)
    acknowledged_after: float | None = None
    callbacks: list[dict[str, Any]] = field(default_factory=list)
    refused: int = 0
    original: Message | None = None
    modal: Modal | None = None
    choices: list[dict[str, Any]] = field(default_factory=list)
    followups: list[Message] = field(default_factory=list)

    @property
    def response(self) -> "Message | Modal | None":
        """The message or form it was answered with."""
        return self.modal or self.original

    @property
    def messages(self) -> list[Message]:
        """All messages that answer it and still exist."""
        first = [self.original] if self.original is not None and self.original is not self.message else []
        return [message for message in [*first, *self.followups] if not message.deleted]

    @property
    def expired(self) -> bool:
        """Whether its token is worthless by now."""
        return self.world.now() - self.created_at > TOKEN_SECONDS

    @property
    def bot_is_there(self) -> bool:
        """Whether the bot itself is in the place where it happened."""
        guild = self.channel.guild
        return guild.has_bot if guild is not None else self.context == "bot_dm"

    async def wait_acknowledged(self, timeout: float = 3) -> "Interaction":  # noqa: ASYNC109 - how long a condition may take
        """Wait for the first answer.

        Raises:
            TimeoutError: None came; the person sees "The application did not respond".
        """
        await self.world.wait_until(lambda: self.acknowledged_after is not None, timeout)
        return self

    async def wait_for(self, found: Any, timeout: float = 10) -> Message:  # noqa: ASYNC109 - how long a condition may take
        """The first message that answers it and for which this holds."""

        def look() -> Message | None:
            return next((message for message in self.messages if found(message)), None)

        message: Message = await self.world.wait_until(look, timeout)
        return message

    def send(self) -> None:
        """Tell the bot, for the first time or again."""
        guild = self.channel.guild
        self.world.dispatch("INTERACTION_CREATE", lambda _content: self.payload(), intent=0, guild=guild)

    def payload(self) -> dict[str, Any]:
        """As the gateway tells it."""
        data: dict[str, Any] = {
            "id": str(self.id),
            "application_id": str(self.world.application_id),
            "type": self.type,
            "token": self.token,
            "version": 1,
            "data": copy.deepcopy(self.data),
            "channel_id": str(self.channel.id),
            "channel": payloads.channel(self.channel),
            "app_permissions": str(self._app_permissions()),
            "locale": self.locale,
            "entitlements": [],
            "authorizing_integration_owners": self.owners(),
            "context": CONTEXTS[self.context],
            "attachment_size_limit": self.upload_limit,
        }
        data |= self._place()
        if self.message is not None:
            data["message"] = message_payload(self.message, content=True)
        return data

    @property
    def upload_limit(self) -> int:
        """Bytes a file may have in an answer."""
        guild = self.channel.guild
        return guild.upload_limit if guild is not None else UPLOAD_LIMITS[0]

    def _app_permissions(self) -> int:
        if self.bot_is_there:
            return in_channel(self.channel, self.world.bot)
        return 0 if self.channel.guild is None else in_channel(self.channel, self.user)

    def _place(self) -> dict[str, Any]:
        guild = self.channel.guild
        if guild is None:
            return {"user": payloads.user(self.user)}
        member = payloads.member(guild.members[self.user.id])
        return {
            "guild_id": str(guild.id),
            "guild": {"id": str(guild.id), "locale": guild.locale, "features": guild.features},
            "guild_locale": guild.locale,
            "member": {**member, "permissions": str(in_channel(self.channel, self.user))},
        }

    def owners(self) -> dict[str, str]:
        """Who installed the application, by kind of installation."""
        if self.installed == "user":
            return {"1": str(self.user.id)}
        return {"0": str(self.channel.guild.id) if self.channel.guild is not None else "0"}

    def metadata(self) -> dict[str, Any]:
        """As messages that answer it carry it."""
        data: dict[str, Any] = {
            "id": str(self.id),
            "type": self.type,
            "user": payloads.user(self.user),
            "authorizing_integration_owners": self.owners(),
        }
        if self.type == COMMAND and self.data.get("type") == 3:
            data["target_message_id"] = str(self.data["target_id"])
        if self.type == COMPONENT and self.message is not None:
            data["interacted_message_id"] = str(self.message.id)
        if self.type == MODAL and self.trigger is not None:
            data["triggering_interaction_metadata"] = self.trigger.metadata()
        return data
