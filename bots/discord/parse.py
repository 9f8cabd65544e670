"""From a message of Discord to what it means for the bot. Pure: no I/O, nothing raised, whatever the message says."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import discord

from bots.chat.asking import Ask
from bots.chat.downloads import claims_image
from bots.chat.preferences import locale_from
from bots.conversation import MAX_ATTACHMENTS, MAX_TEXT
from bots.discord.where import PLATFORM, Where
from moderation.types import Locale
from storage.chats import AttachmentRef, RoomRecord

SPOKEN: Final = (discord.MessageType.default, discord.MessageType.reply)
"""What people write; everything else Discord writes by itself, or a command's answer."""

ROOTS: Final = (discord.ChannelType.text, discord.ChannelType.news)
"""Channels in which a thread can be opened."""

NAME: Final = "threadbrush"
_MENTION: Final = re.compile(r"<(?P<kind>@!?|@&|#)(?P<id>\d{1,20})>")
_EMOJI: Final = re.compile(r"<a?(?P<name>:\w{1,32}:)\d{1,20}>")


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """A message as far as it matters. Ids are Discord's.

    Attributes:
        human: Written by a person: no bot, no webhook, nothing Discord writes by itself.
        text: Without mentions of the bot; others as ``@name``.
        mentioned: It mentions the bot, also by a reply that pings it.
        replied_to: The message it replies to.
        replies_to_us: Whether the bot wrote that one; None if that is not known.
        files: Those that claim to be images, or nothing.
        hidden: It came without what it says, for the bot may not read that (platforms D12).
        lasting: It stands in a thread or in direct messages: the place itself is a conversation.
        ours: The bot opened the thread.
        can_open: The bot could open a thread from it.
        tag: The server's language.
        channels: As in ``Ask``; likewise ``roles`` and ``admin``.
    """

    message: int
    channel: int
    author: int
    name: str
    sent_at: datetime
    guild: int | None = None
    human: bool = True
    text: str = ""
    mentioned: bool = False
    replied_to: int | None = None
    replies_to_us: bool | None = None
    files: tuple[AttachmentRef, ...] = ()
    hidden: bool = False
    lasting: bool = False
    ours: bool = False
    can_open: bool = False
    tag: str | None = None
    channels: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()
    admin: bool = False
    bot_names: tuple[str, ...] = (NAME,)
    edited_at: datetime | None = None

    @property
    def direct(self) -> bool:
        """Whether it was said in direct messages."""
        return self.guild is None

    @property
    def tenant(self) -> str:
        """Whose it is: the server's, in direct messages the person's."""
        return f"{PLATFORM}:user:{self.author}" if self.guild is None else f"{PLATFORM}:{self.guild}"

    @property
    def place(self) -> str:
        """Key of where it stands."""
        return f"{PLATFORM}:{self.channel}"

    @property
    def key(self) -> str:
        """Key of the message."""
        return f"{PLATFORM}:{self.message}"

    @property
    def empty(self) -> bool:
        """Whether it says and shows nothing that can be used."""
        return not self.text and not self.files


@dataclass(frozen=True, slots=True, kw_only=True)
class Thread:
    """What is known of the answer that a message replies to, or of the place it stands in.

    Attributes:
        conversation: The one that goes on.
        source: The image that is meant.
        owned: Everything said here is for the bot.
        replied: The message replies to an answer of ours.
    """

    conversation: str
    source: str | None = None
    owned: bool = False
    replied: bool = False


def hear(message: discord.Message, me: int, *, reads_content: bool, member: discord.Member | None = None) -> Heard:
    """What a message says.

    Args:
        message: From the gateway or from a channel's history.
        me: The bot's user.
        reads_content: Whether the bot may read messages that do not concern it.
        member: Its author as a member, where the message does not say; histories do not.
    """
    author = member or message.author
    guild, channel = message.guild, message.channel
    role = None if guild is None else guild.self_role
    names = {f"@{user.id}": user.display_name for user in message.mentions}
    names |= {f"@&{one.id}": one.name for one in message.role_mentions}
    names |= {f"#{one.id}": one.name for one in message.channel_mentions if _is_known_to(one, author, guild)}
    ours = {f"@{me}"} | ({f"@&{role.id}"} if role is not None else set())
    text = plain_text(message.content, names, ours)
    mentioned = any(user.id == me for user in message.mentions) or (role is not None and role in message.role_mentions)
    files = tuple(reference(one) for one in message.attachments if may_be_image(one))[:MAX_ATTACHMENTS]
    replied = _replied(message)
    return Heard(
        message=message.id,
        channel=channel.id,
        author=author.id,
        name=author.display_name,
        sent_at=message.created_at,
        edited_at=message.edited_at,
        guild=guild.id if guild is not None else getattr(channel, "guild_id", None),
        human=_is_human(message),
        text=text,
        mentioned=mentioned,
        replied_to=replied,
        replies_to_us=_replies_to(message, me) if replied is not None else None,
        files=files,
        hidden=not reads_content and guild is not None and _says_nothing(message),
        lasting=guild is None or isinstance(channel, discord.Thread),
        ours=isinstance(channel, discord.Thread) and channel.owner_id == me,
        can_open=_can_open(message, me),
        tag=None if guild is None else guild.preferred_locale.value,
        channels=channels_of(channel),
        roles=tuple(str(one.id) for one in author.roles) if isinstance(author, discord.Member) else (),
        admin=_is_admin(author),
        bot_names=_bot_names(guild, me),
    )


def plain_text(content: str, names: Mapping[str, str], ours: set[str]) -> str:
    """What is said, without mentions of the bot; other mentions by name, emojis of a server by theirs.

    Args:
        content: As Discord writes it.
        names: By ``@user``, ``@&role`` and ``#channel``.
        ours: Of those, the bot and its role.
    """

    def named(match: re.Match[str]) -> str:
        kind = match["kind"].replace("!", "")
        known = f"{kind}{match['id']}"
        if known in ours:
            return " "
        sign = "#" if kind == "#" else "@"
        return f"{sign}{names.get(known, 'channel' if kind == '#' else 'somebody')}"

    text = _EMOJI.sub(lambda match: match["name"], _MENTION.sub(named, content[:MAX_TEXT]))
    lines = (re.sub(r"[ \t]{2,}", " ", line).strip() for line in text.strip().splitlines())
    return "\n".join(lines).strip()[:MAX_TEXT]


def thread_of(heard: Heard, room: RoomRecord | None, replied: Thread | None) -> Thread:
    """Which conversation a message belongs to: that of the answer it replies to, of its place, or a new one."""
    if replied is not None:
        return replied
    if room is not None:
        return Thread(conversation=room.conversation, owned=room.owned)
    if heard.lasting:
        return Thread(conversation=heard.place, owned=heard.ours)
    return Thread(conversation=heard.key)


def is_addressed(heard: Heard, thread: Thread) -> bool:
    """Whether it speaks to the bot explicitly: by a mention, by a reply to an answer, or in direct messages."""
    return heard.direct or heard.mentioned or thread.replied


def ask_from(heard: Heard, thread: Thread, *, opens_thread: bool, fallback: Locale) -> Ask:
    """The request in a message.

    Args:
        heard: The message.
        thread: Which conversation it belongs to.
        opens_thread: Whether the tenant wants a thread for a request in a channel's root.
        fallback: The language where there is no server.
    """
    starts = not heard.lasting and not thread.replied and thread.conversation == heard.key
    where = Where(
        manner="reply",
        user=heard.author,
        guild=heard.guild,
        channel=heard.channel,
        message=heard.message,
        asked_at=heard.sent_at.timestamp(),
        opens_thread=opens_thread and heard.can_open and starts,
    )
    return Ask(
        job=job_of(heard.message),
        tenant=heard.tenant,
        requester=f"{PLATFORM}:{heard.author}",
        author=heard.name,
        conversation=thread.conversation,
        text=heard.text,
        message=heard.key,
        sent_at=heard.sent_at,
        address=where.address(),
        locale=fallback if heard.tag is None else locale_from(heard.tag),
        source=thread.source,
        reply_to=None if heard.replied_to is None else f"{PLATFORM}:{heard.replied_to}",
        attachments=heard.files,
        addressed=is_addressed(heard, thread),
        channels=heard.channels,
        roles=heard.roles,
        admin=heard.admin,
        bot_names=heard.bot_names,
    )


def job_of(message: int) -> str:
    """The job's id: the same message is the same job."""
    return f"{PLATFORM}:m:{message}"


def reference(attachment: discord.Attachment) -> AttachmentRef:
    """A file as it is remembered."""
    return AttachmentRef(
        id=str(attachment.id),
        name=attachment.filename,
        url=attachment.url,
        media_type=attachment.content_type,
        size_bytes=attachment.size,
    )


def may_be_image(attachment: discord.Attachment) -> bool:
    """Whether it claims to be an image or claims nothing; what it is, only its bytes tell (platforms D21)."""
    return claims_image(attachment.content_type, attachment.filename)


def channels_of(channel: object) -> tuple[str, ...]:
    """Ids of a channel and of what it lies in: the thread's channel, the category."""
    inside = channel.parent if isinstance(channel, discord.Thread) else channel
    ids = (
        getattr(channel, "id", None),
        getattr(channel, "parent_id", None),
        getattr(inside, "category_id", None),
    )
    return tuple(dict.fromkeys(str(one) for one in ids if one is not None))


def _is_human(message: discord.Message) -> bool:
    return (
        message.type in SPOKEN and message.webhook_id is None and not message.author.bot and not message.author.system
    )


def _is_admin(author: discord.User | discord.Member) -> bool:
    if not isinstance(author, discord.Member):
        return False
    rights = author.guild_permissions
    return rights.administrator or rights.manage_guild


def _is_known_to(
    channel: discord.abc.GuildChannel | discord.Thread,
    author: discord.User | discord.Member,
    guild: discord.Guild | None,
) -> bool:
    """Whether its author may know what a mentioned channel is called; Discord hides the names of others from them.

    Of an author whose roles are not told, what everybody in the server may see is assumed.
    """
    if guild is None or (isinstance(channel, discord.Thread) and channel.is_private()):
        return False
    viewer = author if isinstance(author, discord.Member) else guild.default_role
    try:
        return channel.permissions_for(viewer).view_channel
    except discord.ClientException:  # a thread whose channel is unknown
        return False


def _bot_names(guild: discord.Guild | None, me: int) -> tuple[str, ...]:
    member = None if guild is None else guild.get_member(me)
    return (NAME,) if member is None else tuple(dict.fromkeys((NAME, member.display_name, member.name)))


def _says_nothing(message: discord.Message) -> bool:
    """Whether nothing of its content came: even a message of one file or sticker says something."""
    components = getattr(message, "components", None)  # discord.py sets it only where Discord sends some
    shown = message.attachments or message.embeds or message.stickers or components or message.poll
    return not message.content and not shown


def _replied(message: discord.Message) -> int | None:
    """The message it replies to; a forwarded one is no reply."""
    found = message.reference
    if message.type is not discord.MessageType.reply or found is None:
        return None
    return found.message_id if found.channel_id == message.channel.id else None


def _replies_to(message: discord.Message, me: int) -> bool | None:
    replied = None if message.reference is None else message.reference.resolved
    return replied.author.id == me if isinstance(replied, discord.Message) else None


def _can_open(message: discord.Message, me: int) -> bool:
    guild, channel = message.guild, message.channel
    if guild is None or not isinstance(channel, discord.TextChannel) or channel.type not in ROOTS:
        return False
    member = guild.get_member(me)
    if member is None:
        return False
    rights = channel.permissions_for(member)
    return rights.create_public_threads and rights.send_messages_in_threads
