"""Routes about servers, members and users."""

from typing import Any

from tests.fakes.discord import payloads
from tests.fakes.discord.errors import unknown
from tests.fakes.discord.permissions import in_guild
from tests.fakes.discord.rest.call import Call
from tests.fakes.discord.state import number


def mine(call: Call) -> Any:
    """GET users/@me/guilds."""
    world = call.world
    found = [guild for guild in world.guilds.values() if guild.has_bot and guild.id > number(call.query.get("after"))]
    return [
        {
            "id": str(guild.id),
            "name": guild.name,
            "icon": None,
            "banner": None,
            "owner": False,
            "permissions": str(in_guild(guild, world.bot)),
            "features": guild.features,
            "approximate_member_count": len(guild.members),
            "approximate_presence_count": 0,
        }
        for guild in found[: call.limit(200, 200)]
    ]


def leave(call: Call) -> Any:
    """DELETE users/@me/guilds/{guild}."""
    call.world.places.kick_bot(call.world.guild(call.parameters["guild"]))


def guild(call: Call) -> Any:
    """GET a server."""
    data = payloads.guild(call.world.guild(call.parameters["guild"]))
    if call.query.get("with_counts") in ("1", "true"):
        data |= {"approximate_member_count": 2, "approximate_presence_count": 1}
    return data


def channels(call: Call) -> Any:
    """GET channels of a server; no threads."""
    return [payloads.channel(each) for each in call.world.guild(call.parameters["guild"]).channels.values()]


def roles(call: Call) -> Any:
    """GET roles of a server."""
    return [payloads.role(each) for each in call.world.guild(call.parameters["guild"]).roles.values()]


def member(call: Call) -> Any:
    """GET a member."""
    found = call.world.guild(call.parameters["guild"]).members.get(number(call.parameters["user"]))
    if found is None:
        raise unknown(10007)
    return payloads.member(found)


def active_threads(call: Call) -> Any:
    """GET active threads of a server."""
    guild = call.world.guild(call.parameters["guild"])
    found = [thread for channel in guild.channels.values() for thread in channel.threads if not thread.archived]
    bot = call.world.bot
    joined = [payloads.thread_member(thread, bot) for thread in found if bot.id in thread.thread_members]
    return {"threads": [payloads.channel(thread) for thread in found], "members": joined}


def user(call: Call) -> Any:
    """GET a user."""
    found = call.world.users.get(number(call.parameters["user"]))
    if found is None:
        raise unknown(10013)
    return payloads.user(found)
