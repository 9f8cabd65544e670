"""What a Discord consists of: users, servers, channels, threads, messages. Verbs of people are in ``people``."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from tests.fakes.discord import permissions
from tests.fakes.discord.components import texts
from tests.fakes.discord.verbs import ChannelVerbs, MessageVerbs, UserVerbs

if TYPE_CHECKING:
    from tests.fakes.discord.state import World

TEXT, DM, GROUP_DM, PUBLIC_THREAD, FORUM = 0, 1, 3, 11, 15
UPLOAD_LIMITS = {0: 10 << 20, 1: 10 << 20, 2: 50 << 20, 3: 100 << 20}


@dataclass(slots=True, kw_only=True, eq=False)
class User(UserVerbs):
    """A person, or the bot. ``locale`` is the language of their client."""

    world: "World"
    id: int
    name: str
    locale: str = "en-US"
    bot: bool = False
    accepts_direct_messages: bool = True

    @property
    def mention(self) -> str:
        """The text that mentions them."""
        return f"<@{self.id}>"


@dataclass(slots=True, kw_only=True, eq=False)
class Role:
    """A role; each member has one of their own, which is where their permissions are."""

    id: int
    name: str
    permissions: int
    position: int = 0
    managed: bool = False
    bot_id: int | None = None

    @property
    def mention(self) -> str:
        """The text that mentions it."""
        return f"<@&{self.id}>"


@dataclass(slots=True, kw_only=True, eq=False)
class Member:
    """A user in a server."""

    user: User
    role: Role
    joined_at: float
    extra_roles: list[Role] = field(default_factory=list)


@dataclass(slots=True, kw_only=True, eq=False)
class Guild:
    """A server."""

    world: "World"
    id: int
    name: str
    owner: User
    premium_tier: int = 0
    locale: str = "en-US"
    features: list[str] = field(default_factory=list)
    roles: dict[int, Role] = field(default_factory=dict)
    members: dict[int, Member] = field(default_factory=dict)
    channels: dict[int, "Channel"] = field(default_factory=dict)

    @property
    def upload_limit(self) -> int:
        """Bytes a file may have here."""
        return UPLOAD_LIMITS[self.premium_tier]

    @property
    def has_bot(self) -> bool:
        """Whether the bot is a member."""
        return self.world.bot.id in self.members

    @property
    def bot_permissions(self) -> int:
        """What the bot's role allows."""
        return self.members[self.world.bot.id].role.permissions

    @bot_permissions.setter
    def bot_permissions(self, value: Any) -> None:
        self.world.places.set_role(self, self.members[self.world.bot.id].role, permissions.as_bits(value))

    def set_permissions(self, user: User, value: Any) -> None:
        """Change what a member may do."""
        self.world.places.set_role(self, self.members[user.id].role, permissions.as_bits(value))

    def add_role(self, name: str, value: Any = 0) -> Role:
        """A role nobody has yet."""
        return self.world.places.add_role(self, name, permissions.as_bits(value))

    def add_member(self, user: User, permissions: Any = None) -> Member:
        """Let somebody in; without permissions they have the usual ones."""
        return self.world.places.add_member(self, user, permissions)

    def add_bot(self, permissions: Any = None) -> Member:
        """Invite the bot."""
        return self.world.places.add_bot(self, permissions)

    def add_text_channel(self, name: str, *, nsfw: bool = False) -> "Channel":
        """A text channel."""
        return self.world.places.add_channel(self, name, TEXT, nsfw=nsfw)

    def add_forum(self, name: str, *, nsfw: bool = False, require_tag: bool = False) -> "Channel":
        """A forum channel."""
        return self.world.places.add_channel(self, name, FORUM, nsfw=nsfw, flags=(1 << 4) if require_tag else 0)

    async def kick_bot(self) -> None:
        """Remove the bot."""
        self.world.places.kick_bot(self)


@dataclass(slots=True, kw_only=True, eq=False)
class Channel(ChannelVerbs):
    """A text, forum or direct message channel, or a thread."""

    world: "World"
    id: int
    type: int
    name: str
    guild: Guild | None = None
    recipients: list[User] = field(default_factory=list)
    parent: "Channel | None" = None
    owner: User | None = None
    nsfw: bool = False
    flags: int = 0
    position: int = 0
    archived: bool = False
    locked: bool = False
    deleted: bool = False
    auto_archive_minutes: int = 1440
    archive_changed_at: float = 0.0
    thread_members: dict[int, User] = field(default_factory=dict)
    applied_tags: list[int] = field(default_factory=list)
    available_tags: list[dict[str, Any]] = field(default_factory=list)
    overwrites: dict[int, tuple[int, int, int]] = field(default_factory=dict)
    history: list["Message"] = field(default_factory=list)
    threads: list["Channel"] = field(default_factory=list)

    @property
    def is_thread(self) -> bool:
        """Whether this is a thread."""
        return self.type in (10, 11, 12)

    @property
    def messages(self) -> list["Message"]:
        """What stands there now, oldest first; deleted messages and what only one person sees are not in it."""
        return [message for message in self.history if not message.deleted and message.only_for is None]

    @property
    def mention(self) -> str:
        """The text that mentions it."""
        return f"<#{self.id}>"

    @property
    def bot_permissions(self) -> int:
        """What the bot may do here, overwrites included."""
        return permissions.in_channel(self, self.world.bot)

    def set_overwrite(self, target: "User | Role", *, allow: Any = 0, deny: Any = 0) -> None:
        """Allow or deny a user or a role something here only."""
        self.world.places.set_overwrite(self, target, permissions.as_bits(allow), permissions.as_bits(deny))

    def deny_bot(self, *names: str) -> None:
        """Take permissions from the bot in this channel, by name (``send_messages``)."""
        self.set_overwrite(self.world.bot, deny=names)

    def __repr__(self) -> str:
        return f"<Channel {self.name!r} {self.id}>"


@dataclass(slots=True, kw_only=True, eq=False)
class Attachment:
    """A file as it was given."""

    id: int
    channel_id: int
    filename: str
    data: bytes = field(repr=False)
    content_type: str | None = None
    description: str | None = None
    size: tuple[int, int] | None = None
    spoiler: bool = False
    ephemeral: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """What a message said at some time."""

    content: str
    components: list[Any]
    embeds: list[Any]
    attachments: list[Attachment]
    flags: int
    at: float


@dataclass(slots=True, kw_only=True, eq=False)
class Message(MessageVerbs):
    """A message.

    ``pinged`` has the ids of whom it notified, and "everyone". ``edits`` has what it said before, oldest first.
    ``only_for`` is who sees an ephemeral message. ``interaction`` is set on answers to an interaction.
    """

    world: "World"
    id: int
    channel: Channel
    author: User
    content: str = ""
    type: int = 0
    flags: int = 0
    components: list[Any] = field(default_factory=list)
    embeds: list[Any] = field(default_factory=list)
    attachments: list[Attachment] = field(default_factory=list)
    reference: "Message | None" = None
    mentions: list[User] = field(default_factory=list)
    mention_roles: list[int] = field(default_factory=list)
    mention_everyone: bool = False
    pinged: set[int | str] = field(default_factory=set)
    nonce: str | None = None
    created_at: float = 0.0
    edited_at: float | None = None
    deleted: bool = False
    pinned: bool = False
    edits: list[Version] = field(default_factory=list)
    reactions: dict[str, list[User]] = field(default_factory=dict)
    thread: Channel | None = None
    only_for: User | None = None
    interaction: Any = None

    @property
    def is_ephemeral(self) -> bool:
        """Whether only one person sees it."""
        return self.only_for is not None

    @property
    def is_loading(self) -> bool:
        """Whether it says that the bot is thinking."""
        return bool(self.flags & (1 << 7))

    @property
    def is_v2(self) -> bool:
        """Whether it is built from components only."""
        return bool(self.flags & (1 << 15))

    @property
    def text(self) -> str:
        """All words that are visible: content, text displays, labels of buttons, embeds."""
        parts = [self.content, *texts(self.components)]
        for embed in self.embeds:
            parts += [str(embed[key]) for key in ("title", "description") if embed.get(key)]
            parts += [f"{entry.get('name')} {entry.get('value')}" for entry in embed.get("fields", ())]
            parts += [str(embed[key]["text"]) for key in ("footer",) if embed.get(key)]
        return "\n".join(part for part in parts if part)

    @property
    def buttons(self) -> list[dict[str, Any]]:
        """Its buttons as they were sent."""
        return [each for each in self.walk() if each.get("type") == 2]

    def version(self) -> Version:
        """What it says now."""
        return Version(
            content=self.content,
            components=self.components,
            embeds=self.embeds,
            attachments=list(self.attachments),
            flags=self.flags,
            at=self.edited_at or self.created_at,
        )

    def __repr__(self) -> str:
        return f"<Message {self.id} of {self.author.name}: {self.text[:80]!r}>"
