"""Threads: opening, closing, who is in them."""

from typing import TYPE_CHECKING

from tests.fakes.discord import payloads
from tests.fakes.discord.model import PUBLIC_THREAD, Channel, Message, User

if TYPE_CHECKING:
    from tests.fakes.discord.state import World

HAS_THREAD = 1 << 5
THREAD_CREATED, THREAD_STARTER = 18, 21


class Threads:
    """What happens to threads."""

    def __init__(self, world: "World") -> None:
        self._world = world

    def start(
        self, parent: Channel, owner: User, name: str, message: Message | None = None, *, kind: int = PUBLIC_THREAD
    ) -> Channel:
        """Open one; from a message it has the message's id."""
        world = self._world
        thread = Channel(
            world=world,
            id=message.id if message is not None else world.snowflakes.next(),
            type=kind,
            name=name,
            guild=parent.guild,
            parent=parent,
            owner=owner,
            archive_changed_at=world.now(),
        )
        world.channels[thread.id] = thread
        parent.threads.append(thread)
        thread.thread_members[owner.id] = owner
        if message is not None:
            message.thread = thread
            message.flags |= HAS_THREAD
        self._announce(thread, message)
        return thread

    def _announce(self, thread: Channel, message: Message | None) -> None:
        data = {**payloads.channel(thread), "newly_created": True}
        if thread.owner is self._world.bot:
            data["member"] = payloads.thread_member(thread, self._world.bot)
        self._world.dispatch("THREAD_CREATE", data, guild=thread.guild, channel=thread)
        assert thread.parent is not None
        assert thread.owner is not None
        if thread.parent.type == 15:
            return
        if message is None:
            self._world.posting.add_system(
                thread.parent, thread.owner, THREAD_CREATED, thread.name, reference=None, thread=thread
            )
        else:
            self._world.posting.update(message)
            self._world.posting.add_system(thread, thread.owner, THREAD_STARTER, "", reference=message)

    def change(
        self, thread: Channel, *, archived: bool | None = None, locked: bool | None = None, name: str | None = None
    ) -> None:
        """Close, open, lock or rename one."""
        if archived is not None and archived != thread.archived:
            thread.archived = archived
            thread.archive_changed_at = self._world.now()
        if locked is not None:
            thread.locked = locked
        if name is not None:
            thread.name = name
        self._world.dispatch("THREAD_UPDATE", payloads.channel(thread), guild=thread.guild, channel=thread)

    def join(self, thread: Channel, user: User) -> None:
        """Somebody takes part."""
        if user.id in thread.thread_members:
            return
        thread.thread_members[user.id] = user
        assert thread.guild is not None
        data = {
            "id": str(thread.id),
            "guild_id": str(thread.guild.id),
            "member_count": len(thread.thread_members),
            "added_members": [payloads.thread_member(thread, user)],
        }
        if user is self._world.bot:
            self._world.dispatch("THREAD_MEMBERS_UPDATE", data, guild=thread.guild, channel=thread)

    def leave(self, thread: Channel, user: User) -> None:
        """Somebody no longer takes part."""
        thread.thread_members.pop(user.id, None)
