"""What people do, as methods of users, channels and messages; the doing is in ``people``."""

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from tests.fakes.discord.components import walk

if TYPE_CHECKING:
    from tests.fakes.discord.interactions import Interaction, Modal
    from tests.fakes.discord.model import Channel, Message, User
    from tests.fakes.discord.people import People
    from tests.fakes.discord.threads import Threads

File = tuple[str, bytes]


class UserVerbs:
    """What a person can do to the bot."""

    __slots__ = ()

    async def command(
        self: Any, channel: "Channel", name: str, options: Mapping[str, Any] | None = None, **more: Any
    ) -> "Interaction":
        """Use a slash command (``"settings view"`` with subcommands). More: attachments, locale, context, installed."""
        people: People = self.world.people
        return people.command(self, channel, name, dict(options or {}), **more)

    async def message_command(self: Any, message: "Message", name: str, **more: Any) -> "Interaction":
        """Use a command of a message's menu. More: locale, installed."""
        people: People = self.world.people
        return people.message_command(self, message, name, **more)

    async def autocomplete(
        self: Any,
        channel: "Channel",
        name: str,
        options: Mapping[str, Any],
        *,
        focused: str,
        timeout: float = 3,  # noqa: ASYNC109 - how long a condition may take
        **more: Any,
    ) -> list[dict[str, Any]]:
        """Type into an option of a slash command; the choices shown."""
        interaction = self.world.people.command(self, channel, name, dict(options), focused=focused, **more)
        await interaction.wait_acknowledged(timeout)
        choices: list[dict[str, Any]] = interaction.choices
        return choices

    async def click(
        self: Any, message: "Message", *, label: str | None = None, custom_id: str | None = None, **more: Any
    ) -> "Interaction":
        """Press a button, found by its label or custom_id."""
        people: People = self.world.people
        return people.click(self, message, label=label, custom_id=custom_id, **more)

    async def select(
        self: Any, message: "Message", values: Sequence[str], *, custom_id: str | None = None
    ) -> "Interaction":
        """Choose from a select menu; without custom_id from the only one."""
        people: People = self.world.people
        return people.select(self, message, list(values), custom_id=custom_id)

    async def submit(
        self: Any, modal: "Modal", values: Mapping[str, Any] | None = None, files: Mapping[str, Any] | None = None
    ) -> "Interaction":
        """Fill in a modal and send it; fields by label or custom_id, files as (name, bytes) or a list of them."""
        people: People = self.world.people
        return people.submit(self, modal, dict(values or {}), dict(files or {}))


class ChannelVerbs:
    """What happens in a channel."""

    __slots__ = ()

    async def say(
        self: Any,
        author: "User",
        text: str = "",
        *,
        attachments: Sequence[File] = (),
        reply_to: "Message | None" = None,
        ping: bool = True,
    ) -> "Message":
        """Post as somebody."""
        people: People = self.world.people
        return people.say(self, author, text, attachments=attachments, reply_to=reply_to, ping=ping)

    async def start_thread(self: Any, author: "User", name: str, message: "Message | None" = None) -> "Channel":
        """Open a thread, from a message or without."""
        threads: Threads = self.world.threads
        return threads.start(self, author, name, message)

    async def post(
        self: Any, author: "User", title: str, text: str = "", *, attachments: Sequence[File] = ()
    ) -> "Channel":
        """Open a post in a forum."""
        people: People = self.world.people
        return people.post(self, author, title, text, attachments=attachments)

    async def archive(self: Any, *, locked: bool = False) -> None:
        """Close a thread; locked, only moderators open it again."""
        self.world.threads.change(self, archived=True, locked=locked)

    async def unarchive(self: Any) -> None:
        """Open a thread again."""
        self.world.threads.change(self, archived=False, locked=False)

    async def delete(self: Any) -> None:
        """Delete the channel or thread."""
        self.world.places.delete_channel(self)

    async def typing(self: Any, user: "User") -> None:
        """Somebody types."""
        self.world.posting.typing(self, user)

    async def wait_for(self: Any, found: "Callable[[Message], Any]", timeout: float = 10) -> "Message":  # noqa: ASYNC109 - how long a condition may take
        """The first message there for which this holds, now or within the time.

        Raises:
            TimeoutError: None came; the messages there are named.
        """

        def look() -> Any:
            return next((message for message in self.messages if found(message)), None)

        try:
            message: Message = await self.world.wait_until(look, timeout)
        except TimeoutError:
            raise TimeoutError(f"no such message in {self!r}: {self.messages!r}") from None
        return message


class MessageVerbs:
    """What happens to a message."""

    __slots__ = ()

    async def edit(self: Any, text: str) -> None:
        """Its author changes it."""
        self.world.people.edit(self, text)

    async def delete(self: Any) -> None:
        """Somebody deletes it."""
        self.world.posting.delete(self)

    async def react(self: Any, user: "User", emoji: str) -> None:
        """Somebody adds a reaction."""
        self.world.posting.react(self, user, emoji)

    def walk(self: Any) -> list[dict[str, Any]]:
        """Its components, however deep."""
        return list(walk(self.components))
