"""Things as Discord writes them in JSON. Messages are in ``message_payloads``."""

from typing import Any

from tests.fakes.discord.clock import stamp
from tests.fakes.discord.model import DM, FORUM, GROUP_DM, Channel, Guild, Member, Role, User
from tests.fakes.discord.permissions import in_channel

Json = dict[str, Any]


def user(user: User) -> Json:
    """A user."""
    data: Json = {
        "id": str(user.id),
        "username": user.name,
        "discriminator": "0",
        "global_name": None,
        "avatar": None,
        "public_flags": 0,
    }
    if user.bot:
        data["bot"] = True
    return data


def current_user(bot: User) -> Json:
    """The bot, as it is told about itself."""
    return {**user(bot), "flags": 0, "mfa_enabled": False, "verified": True, "email": None}


def role(role: Role) -> Json:
    """A role."""
    data: Json = {
        "id": str(role.id),
        "name": role.name,
        "color": 0,
        "colors": {"primary_color": 0, "secondary_color": None, "tertiary_color": None},
        "hoist": False,
        "icon": None,
        "unicode_emoji": None,
        "position": role.position,
        "permissions": str(role.permissions),
        "managed": role.managed,
        "mentionable": False,
        "flags": 1,  # offered in onboarding; the schemas know no other value
    }
    if role.bot_id is not None:
        data["tags"] = {"bot_id": str(role.bot_id)}
    return data


def member(member: Member, *, with_user: bool = True) -> Json:
    """A member of a server."""
    data: Json = {
        "nick": None,
        "avatar": None,
        "roles": [str(each.id) for each in (member.role, *member.extra_roles)],
        "joined_at": stamp(member.joined_at),
        "premium_since": None,
        "deaf": False,
        "mute": False,
        "flags": 0,
        "pending": False,
        "communication_disabled_until": None,
    }
    if with_user:
        data["user"] = user(member.user)
    return data


def channel(channel: Channel) -> Json:
    """A channel of any kind."""
    data: Json = {
        "id": str(channel.id),
        "type": channel.type,
        "last_message_id": last_message(channel),
        "flags": channel.flags,
    }
    if channel.type in (DM, GROUP_DM):
        data["recipients"] = [user(each) for each in channel.recipients]
        if channel.type == GROUP_DM:
            data |= {"name": channel.name, "icon": None, "owner_id": str(channel.recipients[0].id)}
        return data
    assert channel.guild is not None
    data |= {"guild_id": str(channel.guild.id), "name": channel.name, "rate_limit_per_user": 0}
    if channel.is_thread:
        return data | _thread(channel)
    data |= {
        "position": channel.position,
        "permission_overwrites": [
            {"id": str(target), "type": kind, "allow": str(allow), "deny": str(deny)}
            for target, (kind, allow, deny) in channel.overwrites.items()
        ],
        "nsfw": channel.nsfw,
        "parent_id": None,
        "topic": None,
        "last_pin_timestamp": None,
    }
    if channel.type == FORUM:
        data |= {
            "available_tags": channel.available_tags,
            "default_reaction_emoji": None,
            "default_sort_order": None,
            "default_forum_layout": 0,
        }
    return data


def _thread(thread: Channel) -> Json:
    assert thread.parent is not None
    assert thread.owner is not None
    count = sum(message.type not in (18, 21) for message in thread.messages)
    data: Json = {
        "parent_id": str(thread.parent.id),
        "owner_id": str(thread.owner.id),
        "message_count": count,
        "total_message_sent": len(thread.history),
        "member_count": len(thread.thread_members),
        "thread_metadata": {
            "archived": thread.archived,
            "auto_archive_duration": thread.auto_archive_minutes,
            "archive_timestamp": stamp(thread.archive_changed_at),
            "locked": thread.locked,
            "create_timestamp": stamp(thread.archive_changed_at),
        },
    }
    if thread.parent.type == FORUM:
        data["applied_tags"] = [str(tag) for tag in thread.applied_tags]
    return data


def last_message(channel: Channel) -> str | None:
    """The id of the newest message, also if that was deleted since; of the newest post in a forum."""
    if channel.type == FORUM:
        return str(channel.threads[-1].id) if channel.threads else None
    return str(channel.history[-1].id) if channel.history else None


def chosen_channel(chosen: Channel, user: User) -> Json:
    """A channel that somebody chose as a command's option."""
    return {**channel(chosen), "permissions": str(in_channel(chosen, user))}


def thread_member(thread: Channel, user: User) -> Json:
    """Somebody in a thread."""
    return {
        "id": str(thread.id),
        "user_id": str(user.id),
        "join_timestamp": stamp(thread.archive_changed_at),
        "flags": 0,
    }


def thread_gone(thread: Channel) -> Json:
    """What is told of a deleted thread."""
    assert thread.guild is not None
    assert thread.parent is not None
    return {
        "id": str(thread.id),
        "guild_id": str(thread.guild.id),
        "parent_id": str(thread.parent.id),
        "type": thread.type,
    }


def guild(guild: Guild) -> Json:
    """A server, without what only the gateway tells."""
    return {
        "id": str(guild.id),
        "name": guild.name,
        "icon": None,
        "description": None,
        "splash": None,
        "discovery_splash": None,
        "banner": None,
        "home_header": None,
        "features": guild.features,
        "owner_id": str(guild.owner.id),
        "application_id": None,
        "region": "deprecated",
        "afk_channel_id": None,
        "afk_timeout": 300,
        "system_channel_id": None,
        "system_channel_flags": 0,
        "widget_enabled": False,
        "widget_channel_id": None,
        "verification_level": 0,
        "roles": [role(each) for each in guild.roles.values()],
        "default_message_notifications": 0,
        "mfa_level": 0,
        "explicit_content_filter": 0,
        "max_presences": None,
        "max_members": 500000,
        "max_video_channel_users": 25,
        "max_stage_video_channel_users": 50,
        "vanity_url_code": None,
        "premium_tier": guild.premium_tier,
        "premium_subscription_count": 0,
        "preferred_locale": guild.locale,
        "rules_channel_id": None,
        "safety_alerts_channel_id": None,
        "public_updates_channel_id": None,
        "hub_type": None,
        "premium_progress_bar_enabled": False,
        "nsfw": False,
        "nsfw_level": 0,
        "emojis": [],
        "stickers": [],
        "incidents_data": None,
    }


def guild_create(guild_: Guild) -> Json:
    """A server as the gateway tells it when the bot connects or is invited."""
    bot = guild_.world.bot
    seen = [each for each in guild_.channels.values() if in_channel(each, bot) & (1 << 10)]
    threads = [thread for each in seen for thread in each.threads if not thread.archived]
    told = [guild_.members[identifier] for identifier in (guild_.owner.id, bot.id) if identifier in guild_.members]
    data = guild(guild_)
    for name in ("home_header", "region", "nsfw"):
        del data[name]
    return data | {
        "joined_at": stamp(guild_.members[bot.id].joined_at),
        "large": False,
        "unavailable": False,
        "member_count": len(guild_.members),
        "voice_states": [],
        "members": [member(each) for each in told],
        "channels": [channel(each) for each in seen],
        "threads": [channel(each) | _joined(each, bot) for each in threads],
        "presences": [],
        "stage_instances": [],
        "guild_scheduled_events": [],
        "soundboard_sounds": [],
    }


def _joined(thread: Channel, bot: User) -> Json:
    return {"member": thread_member(thread, bot)} if bot.id in thread.thread_members else {}
