"""Servers, their channels, roles and members: making, changing, deleting, and telling the bot."""

from typing import TYPE_CHECKING, Any

from tests.fakes.discord import payloads
from tests.fakes.discord.model import Channel, Guild, Member, Role, User
from tests.fakes.discord.permissions import EVERY, USUAL, as_bits

if TYPE_CHECKING:
    from tests.fakes.discord.state import World

GUILDS, GUILD_MEMBERS = 1 << 0, 1 << 1


class Places:
    """What happens to servers and channels."""

    def __init__(self, world: "World") -> None:
        self._world = world

    def add_guild(
        self, name: str, *, premium_tier: int = 0, locale: str = "en-US", bot: bool = True, guild_id: int | None = None
    ) -> Guild:
        """A server with its owner, and with the bot unless told otherwise."""
        world = self._world
        owner = world.add_user(f"owner-of-{name}")
        identifier = guild_id or world.next_guild_id()
        guild = Guild(world=world, id=identifier, name=name, owner=owner, premium_tier=premium_tier, locale=locale)
        guild.roles[guild.id] = Role(id=guild.id, name="@everyone", permissions=0)
        world.guilds[guild.id] = guild
        self._join(guild, owner, EVERY)
        if bot:
            self.add_bot(guild, None)
        return guild

    def add_bot(self, guild: Guild, bits: Any) -> Member:
        """Invite the bot, which hears of the whole server."""
        member = self._join(guild, self._world.bot, USUAL if bits is None else as_bits(bits))
        member.role.managed = True
        member.role.bot_id = self._world.bot.id
        self._world.dispatch("GUILD_CREATE", payloads.guild_create(guild), guild=guild)
        return member

    def add_member(self, guild: Guild, user: User, bits: Any) -> Member:
        """Let somebody in."""
        member = self._join(guild, user, USUAL if bits is None else as_bits(bits))
        self._world.dispatch(
            "GUILD_ROLE_CREATE", {"guild_id": str(guild.id), "role": payloads.role(member.role)}, guild=guild
        )
        data = {**payloads.member(member), "guild_id": str(guild.id)}
        self._world.dispatch("GUILD_MEMBER_ADD", data, intent=GUILD_MEMBERS, guild=guild)
        return member

    def _join(self, guild: Guild, user: User, bits: int) -> Member:
        role = self._new_role(guild, user.name, bits)
        member = Member(user=user, role=role, joined_at=self._world.now())
        guild.members[user.id] = member
        return member

    def _new_role(self, guild: Guild, name: str, bits: int) -> Role:
        role = Role(id=self._world.snowflakes.next(), name=name, permissions=bits, position=len(guild.roles))
        guild.roles[role.id] = role
        return role

    def add_role(self, guild: Guild, name: str, bits: int) -> Role:
        """A role nobody has."""
        role = self._new_role(guild, name, bits)
        self._world.dispatch("GUILD_ROLE_CREATE", {"guild_id": str(guild.id), "role": payloads.role(role)}, guild=guild)
        return role

    def set_role(self, guild: Guild, role: Role, bits: int) -> None:
        """Change what a role allows."""
        role.permissions = bits
        self._world.dispatch("GUILD_ROLE_UPDATE", {"guild_id": str(guild.id), "role": payloads.role(role)}, guild=guild)

    def kick_bot(self, guild: Guild) -> None:
        """Remove the bot."""
        self._world.dispatch("GUILD_DELETE", {"id": str(guild.id)}, guild=guild)
        del guild.members[self._world.bot.id]

    def remove_member(self, guild: Guild, user: User) -> None:
        """Somebody leaves."""
        del guild.members[user.id]
        data = {"guild_id": str(guild.id), "user": payloads.user(user)}
        self._world.dispatch("GUILD_MEMBER_REMOVE", data, intent=GUILD_MEMBERS, guild=guild)

    def add_channel(self, guild: Guild, name: str, kind: int, *, nsfw: bool = False, flags: int = 0) -> Channel:
        """A channel of a server."""
        world = self._world
        channel = Channel(world=world, id=world.snowflakes.next(), type=kind, name=name, guild=guild, nsfw=nsfw)
        channel.flags = flags
        channel.position = len(guild.channels)
        guild.channels[channel.id] = world.channels[channel.id] = channel
        world.dispatch("CHANNEL_CREATE", payloads.channel(channel), guild=guild, channel=channel)
        return channel

    def set_overwrite(self, channel: Channel, target: User | Role, allow: int, deny: int) -> None:
        """Allow or deny something in one channel."""
        channel.overwrites[target.id] = (1 if isinstance(target, User) else 0, allow, deny)
        self._world.dispatch("CHANNEL_UPDATE", payloads.channel(channel), guild=channel.guild)

    def set_nsfw(self, channel: Channel, *, nsfw: bool) -> None:
        """Restrict a channel by age, or no longer."""
        channel.nsfw = nsfw
        self._world.dispatch("CHANNEL_UPDATE", payloads.channel(channel), guild=channel.guild, channel=channel)

    def delete_channel(self, channel: Channel) -> None:
        """Delete a channel with its threads, or a thread."""
        if channel.is_thread:
            self._world.dispatch("THREAD_DELETE", payloads.thread_gone(channel), guild=channel.guild, channel=channel)
        else:
            self._world.dispatch("CHANNEL_DELETE", payloads.channel(channel), guild=channel.guild, channel=channel)
        for gone in (channel, *channel.threads):
            gone.deleted = True
        if channel.parent is not None:
            channel.parent.threads.remove(channel)
        if channel.guild is not None:
            channel.guild.channels.pop(channel.id, None)
