"""Messages: making, changing, deleting, and telling the bot."""

import io
import mimetypes
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import PIL.Image

from tests.fakes.discord import mentions, payloads
from tests.fakes.discord.components import walk
from tests.fakes.discord.message_payloads import message as message_payload
from tests.fakes.discord.model import DM, Attachment, Channel, Message, User

if TYPE_CHECKING:
    from tests.fakes.discord.state import World

MESSAGES, REACTIONS, TYPING = 1 << 9, 1 << 10, 1 << 11
DM_SHIFT = 3  # the same intents for direct messages are three bits further


class Posting:
    """What happens to messages."""

    def __init__(self, world: "World") -> None:
        self._world = world

    def attach(
        self,
        channel: Channel,
        filename: str,
        data: bytes,
        *,
        description: str | None = None,
        spoiler: bool = False,
        ephemeral: bool = False,
    ) -> Attachment:
        """Store a file as it is."""
        name = filename.replace(" ", "_").replace("/", "_")
        attachment = Attachment(
            id=self._world.snowflakes.next(),
            channel_id=channel.id,
            filename=name,
            data=data,
            content_type=mimetypes.guess_type(name)[0],
            description=description,
            size=_measure(data),
            spoiler=spoiler or name.startswith("SPOILER_"),
            ephemeral=ephemeral,
        )
        self._world.cdn.files[attachment.id] = attachment
        return attachment

    def add(
        self,
        channel: Channel,
        author: User,
        *,
        allowed_mentions: Mapping[str, Any] | None = None,
        silent_reply: bool = False,
        message_id: int | None = None,
        **fields: Any,
    ) -> Message:
        """Post. Fields are those of ``Message``; the id is a new one, but for the first message of a forum's post."""
        world = self._world
        message = Message(
            world=world,
            id=message_id or world.snowflakes.next(),
            channel=channel,
            author=author,
            created_at=world.now(),
            **fields,
        )
        _number(message.components)
        if message.reference is not None and message.type == 0:
            message.type = 19
        mentions.resolve(message, allowed_mentions, silent_reply=silent_reply)
        world.messages[message.id] = message
        if message.only_for is not None:
            return message
        if channel.archived:
            world.threads.change(channel, archived=False)
        channel.history.append(message)
        if channel.is_thread:
            world.threads.join(channel, author)
        self._tell("MESSAGE_CREATE", message, new=True)
        return message

    def add_system(
        self,
        channel: Channel,
        author: User,
        kind: int,
        text: str,
        *,
        reference: Message | None,
        thread: Channel | None = None,
    ) -> Message:
        """What Discord itself writes into a channel."""
        return self.add(channel, author, content=text, type=kind, reference=reference, thread=thread)

    def edit(self, message: Message, *, allowed_mentions: Mapping[str, Any] | None = None, **fields: Any) -> Message:
        """Change a message; what it said before is kept in its ``edits``."""
        was_loading = message.is_loading
        message.edits.append(message.version())
        for name, value in fields.items():
            setattr(message, name, value)
        _number(message.components)
        message.edited_at = self._world.now()
        pinged = set(message.pinged)
        mentions.resolve(message, allowed_mentions)
        if not was_loading:  # an edit names people anew, but notifies nobody
            message.pinged = pinged
        self.update(message)
        return message

    def update(self, message: Message) -> None:
        """Tell that a message is different now."""
        self._tell("MESSAGE_UPDATE", message)

    def delete(self, message: Message) -> None:
        """Delete a message."""
        message.deleted = True
        if message.only_for is not None:
            return
        data = {"id": str(message.id), "channel_id": str(message.channel.id), **_guild(message.channel)}
        self._event("MESSAGE_DELETE", data, message.channel, MESSAGES)

    def delete_many(self, channel: Channel, messages: Sequence[Message]) -> None:
        """Delete several at once."""
        for message in messages:
            message.deleted = True
        data = {"ids": [str(message.id) for message in messages], "channel_id": str(channel.id), **_guild(channel)}
        self._event("MESSAGE_DELETE_BULK", data, channel, MESSAGES)

    def react(self, message: Message, user: User, emoji: str) -> None:
        """Add a reaction."""
        users = message.reactions.setdefault(emoji, [])
        if user in users:
            return
        users.append(user)
        data = self._reaction(message, user, emoji) | {"message_author_id": str(message.author.id)}
        guild = message.channel.guild
        if guild is not None and user.id in guild.members:
            data["member"] = payloads.member(guild.members[user.id])
        self._event("MESSAGE_REACTION_ADD", data, message.channel, REACTIONS)

    def unreact(self, message: Message, user: User, emoji: str) -> None:
        """Take a reaction back."""
        users = message.reactions.get(emoji, [])
        if user not in users:
            return
        users.remove(user)
        if not users:
            del message.reactions[emoji]
        self._event("MESSAGE_REACTION_REMOVE", self._reaction(message, user, emoji), message.channel, REACTIONS)

    def typing(self, channel: Channel, user: User) -> None:
        """Somebody types."""
        data = {
            "channel_id": str(channel.id),
            "user_id": str(user.id),
            "timestamp": int(self._world.now()),
            **_guild(channel),
        }
        if channel.guild is not None and user.id in channel.guild.members:
            data["member"] = payloads.member(channel.guild.members[user.id])
        self._event("TYPING_START", data, channel, TYPING)

    def _reaction(self, message: Message, user: User, emoji: str) -> dict[str, Any]:
        return {
            "user_id": str(user.id),
            "channel_id": str(message.channel.id),
            "message_id": str(message.id),
            "emoji": {"id": None, "name": emoji},
            "burst": False,
            "type": 0,
            **_guild(message.channel),
        }

    def _tell(self, event: str, message: Message, *, new: bool = False) -> None:
        if message.only_for is None:
            channel = message.channel
            self._event(
                event, lambda content: message_payload(message, content=content, event=True, new=new), channel, MESSAGES
            )

    def _event(self, event: str, data: Any, channel: Channel, intent: int) -> None:
        if channel.type == DM:
            intent <<= DM_SHIFT
        self._world.dispatch(event, data, intent=intent, guild=channel.guild, channel=channel)


def _guild(channel: Channel) -> dict[str, Any]:
    return {} if channel.guild is None else {"guild_id": str(channel.guild.id)}


def _number(components: list[Any]) -> None:
    """Components without an id get the next free one, as Discord does."""
    every = list(walk(components))
    taken = {each["id"] for each in every if each.get("id")}
    free = (number for number in range(1, 1000) if number not in taken)
    for each in every:
        if not each.get("id"):
            each["id"] = next(free)


def _measure(data: bytes) -> tuple[int, int] | None:
    try:
        with PIL.Image.open(io.BytesIO(data)) as image:
            return image.size
    except (OSError, ValueError, PIL.Image.DecompressionBombError):
        return None
