"""What people do, with what Discord's client would let them do."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from tests.fakes.discord.filling import fill_in
from tests.fakes.discord.interactions import Interaction, Modal
from tests.fakes.discord.message_payloads import attachment as attachment_payload
from tests.fakes.discord.message_payloads import message as message_payload
from tests.fakes.discord.model import DM, FORUM, Channel, Message, User
from tests.fakes.discord.options import read_options
from tests.fakes.discord.permissions import can, in_channel

if TYPE_CHECKING:
    from tests.fakes.discord.state import World

CONTEXTS = {"guild": 0, "bot_dm": 1, "private_channel": 2}


class NotPossibleError(Exception):
    """Discord's client would not offer this: no such command, button or choice, or no permission."""


class People:
    """The hands of everybody who is not the bot."""

    def __init__(self, world: "World") -> None:
        self._world = world

    def say(
        self,
        channel: Channel,
        author: User,
        text: str,
        *,
        attachments: Sequence[tuple[str, bytes]] = (),
        reply_to: Message | None = None,
        ping: bool = True,
        message_id: int | None = None,
    ) -> Message:
        """Post as somebody."""
        if channel.deleted or channel.type == FORUM:
            raise NotPossibleError(f"nobody can write in {channel!r}")
        if channel.type != DM and author is not self._world.bot and not in_channel(channel, author) & (1 << 10):
            raise NotPossibleError(f"{author.name} does not see {channel!r}")
        posting = self._world.posting
        return posting.add(
            channel,
            author,
            silent_reply=not ping,
            message_id=message_id,
            content=text,
            reference=reply_to,
            attachments=[posting.attach(channel, name, data) for name, data in attachments],
        )

    def post(
        self, forum: Channel, author: User, title: str, text: str, *, attachments: Sequence[tuple[str, bytes]] = ()
    ) -> Channel:
        """Open a post in a forum: a thread whose first message has its id."""
        thread = self._world.threads.start(forum, author, title)
        self.say(thread, author, text, attachments=attachments, message_id=thread.id)
        return thread

    def edit(self, message: Message, text: str) -> None:
        """Its author changes it."""
        self._world.posting.edit(message, content=text)

    def command(
        self,
        user: User,
        channel: Channel,
        name: str,
        options: dict[str, Any],
        *,
        attachments: dict[str, tuple[str, bytes]] | None = None,
        focused: str | None = None,
        locale: str | None = None,
        context: str | None = None,
        installed: str = "guild",
    ) -> Interaction:
        """Use a slash command that the bot registered, or type into one of its options."""
        top, *inner = name.split()
        command = self._offered(user, channel, top, 1, context, installed)
        values = options | {option: self._upload(channel, *file) for option, file in (attachments or {}).items()}
        read, resolved = read_options(command, inner, values, focused)
        data: dict[str, Any] = {"id": str(command["id"]), "name": top, "type": 1, "options": read}
        if resolved:
            data["resolved"] = resolved
        kind = 2 if focused is None else 4
        return self._interact(user, channel, kind, data, locale=locale, context=context, installed=installed)

    def message_command(
        self,
        user: User,
        message: Message,
        name: str,
        *,
        locale: str | None = None,
        context: str | None = None,
        installed: str = "guild",
    ) -> Interaction:
        """Use a command of a message's menu; the bot reads the message whatever its intents."""
        command = self._offered(user, message.channel, name, 3, context, installed)
        target = message_payload(message, content=True)
        data = {
            "id": str(command["id"]),
            "name": name,
            "type": 3,
            "target_id": str(message.id),
            "resolved": {"messages": {str(message.id): target}},
        }
        interaction = self._interact(
            user, message.channel, 2, data, locale=locale, context=context, installed=installed
        )
        interaction.target = message
        return interaction

    def click(
        self,
        user: User,
        message: Message,
        *,
        label: str | None = None,
        custom_id: str | None = None,
        locale: str | None = None,
    ) -> Interaction:
        """Press a button."""
        buttons = [
            each
            for each in message.buttons
            if (label is None or each.get("label") == label)
            and (custom_id is None or each.get("custom_id") == custom_id)
        ]
        if len(buttons) != 1 or buttons[0].get("disabled") or "custom_id" not in buttons[0]:
            raise NotPossibleError(f"{len(buttons)} such buttons that can be pressed: {message.buttons}")
        return self._component(user, message, {"custom_id": buttons[0]["custom_id"], "component_type": 2}, locale)

    def select(self, user: User, message: Message, values: list[str], *, custom_id: str | None = None) -> Interaction:
        """Choose from a menu."""
        menus = [each for each in message.walk() if each.get("type") == 3 and custom_id in (None, each["custom_id"])]
        if len(menus) != 1 or not set(values) <= {option["value"] for option in menus[0]["options"]}:
            raise NotPossibleError(f"no such choice: {menus}")
        data = {"custom_id": menus[0]["custom_id"], "component_type": 3, "values": values}
        return self._component(user, message, data, None)

    def _component(self, user: User, message: Message, data: dict[str, Any], locale: str | None) -> Interaction:
        if message.deleted or (message.only_for not in (None, user)):
            raise NotPossibleError(f"{user.name} does not see the message")
        source = message.interaction
        installed = source.installed if source is not None else "guild"
        return self._interact(user, message.channel, 3, data, locale=locale, installed=installed, message=message)

    def submit(self, user: User, modal: Modal, values: dict[str, Any], files: dict[str, Any]) -> Interaction:
        """Send a filled in modal."""
        source = modal.interaction
        if source.user is not user:
            raise NotPossibleError("the modal is shown to somebody else")
        uploads = {
            name: [self._upload(source.channel, *file) for file in ([given] if isinstance(given, tuple) else given)]
            for name, given in files.items()
        }
        components, resolved = fill_in(modal.components, values, uploads)
        data: dict[str, Any] = {"custom_id": modal.custom_id, "components": components}
        if resolved:
            data["resolved"] = {"attachments": resolved}
        return self._interact(
            user,
            source.channel,
            5,
            data,
            locale=source.locale,
            installed=source.installed,
            message=source.message,
            trigger=source,
        )

    def _upload(self, channel: Channel, name: str, data: bytes) -> dict[str, Any]:
        stored = self._world.posting.attach(channel, name, data, ephemeral=True)
        return attachment_payload(self._world, stored)

    def _offered(
        self, user: User, channel: Channel, name: str, kind: int, context: str | None, installed: str
    ) -> dict[str, Any]:
        command = self._world.find_command(channel.guild, name, kind)
        if command is None:
            raise NotPossibleError(f"the bot registered no {name!r} of type {kind}")
        place = CONTEXTS[context or context_of(channel)]
        if command.get("contexts") is not None and place not in command["contexts"]:
            raise NotPossibleError(f"{name!r} is not offered in {context or context_of(channel)}")
        if {"guild": 0, "user": 1}[installed] not in (command.get("integration_types") or [0]):
            raise NotPossibleError(f"{name!r} is not offered to a {installed} install")
        needed = int(command.get("default_member_permissions") or 0)
        if channel.guild is not None and in_channel(channel, user) & needed != needed:
            raise NotPossibleError(f"{name!r} is not offered to {user.name}")
        if channel.guild is not None and not can(channel, user, "use_application_commands"):
            raise NotPossibleError(f"{user.name} may use no commands in {channel!r}")
        return command

    def _interact(
        self,
        user: User,
        channel: Channel,
        kind: int,
        data: dict[str, Any],
        *,
        locale: str | None,
        installed: str,
        context: str | None = None,
        **more: Any,
    ) -> Interaction:
        interaction = Interaction(
            world=self._world,
            id=self._world.snowflakes.next(),
            type=kind,
            user=user,
            channel=channel,
            data=data,
            locale=locale or user.locale,
            context=context or context_of(channel),
            installed=installed,
            created_at=self._world.now(),
            **more,
        )
        self._world.interactions[interaction.id] = interaction
        self._world.interactions_by_token[interaction.token] = interaction
        interaction.send()
        return interaction


def context_of(channel: Channel) -> str:
    """The kind of place, as commands name it."""
    if channel.guild is not None:
        return "guild"
    return "bot_dm" if channel.type == DM else "private_channel"
