"""Routes about the bot itself, its gateway and its commands (D8)."""

import copy
from typing import Any

from tests.fakes.discord import payloads
from tests.fakes.discord.errors import ApiError, invalid_form, missing_access
from tests.fakes.discord.gateway import application_flags
from tests.fakes.discord.rest.call import Call
from tests.fakes.discord.state import number

MOST = {1: 100, 2: 15, 3: 15}
CREATES_PER_DAY = 200
CHARACTERS = 8000


def me(call: Call) -> Any:
    """GET users/@me."""
    return payloads.current_user(call.world.bot)


def gateway(call: Call) -> Any:
    """GET gateway."""
    return {"url": call.world.gateway.url}


def gateway_bot(call: Call) -> Any:
    """GET gateway/bot."""
    own = call.world.gateway
    limit = {
        "total": 1000,
        "remaining": max(0, 1000 - own.counts["identified"]),
        "reset_after": 86400000,
        "max_concurrency": own.max_concurrency or 16,
    }
    return {"url": own.url, "shards": own.advised_shards, "session_start_limit": limit}


def application(call: Call) -> Any:
    """GET applications/@me."""
    world = call.world
    return {
        "id": str(world.application_id),
        "name": world.bot.name,
        "icon": None,
        "description": "",
        "summary": "",
        "type": None,
        "bot": payloads.user(world.bot),
        "bot_public": True,
        "bot_require_code_grant": False,
        "verify_key": "0" * 64,
        "flags": application_flags(world),
        "owner": payloads.user(world.operator),
        "team": None,
        "rpc_origins": None,
        "approximate_guild_count": sum(guild.has_bot for guild in world.guilds.values()),
        "approximate_user_install_count": 0,
        "integration_types_config": {"0": {}, "1": {}},
        "redirect_uris": [],
        "interactions_endpoint_url": None,
    }


def _place(call: Call) -> int | None:
    if number(call.parameters["application"]) != call.world.application_id:
        raise missing_access()
    return call.world.guild(call.parameters["guild"]).id if "guild" in call.parameters else None


def get_commands(call: Call) -> Any:
    """GET commands."""
    return call.world.commands.get(_place(call), [])


def put_commands(call: Call) -> Any:
    """PUT commands: these, and no others. Those that were there keep their id, the others count as created."""
    place = _place(call)
    for kind, most in MOST.items():
        if sum(each.get("type", 1) == kind for each in call.json) > most:
            raise ApiError(400, 30032, f"Maximum number of application commands reached ({most})")
    kept = {(each["name"], each["type"]): each for each in call.world.commands.get(place, [])}
    call.world.commands[place] = [_stored(call, place, each, kept) for each in call.json]
    return call.world.commands[place]


def post_command(call: Call) -> Any:
    """POST a command: it replaces one of the same name."""
    place = _place(call)
    present = call.world.commands.setdefault(place, [])
    kept = {(each["name"], each["type"]): each for each in present}
    stored = _stored(call, place, call.body, kept)
    key = (stored["name"], stored["type"])
    call.world.commands[place] = [*(each for each in present if (each["name"], each["type"]) != key), stored]
    return stored


def _stored(
    call: Call, place: int | None, given: dict[str, Any], kept: dict[tuple[str, int], dict[str, Any]]
) -> dict[str, Any]:
    world = call.world
    kind = given.get("type", 1)
    if characters(given) > CHARACTERS or len(given.get("options") or ()) > 25 or not 1 <= len(given["name"]) <= 32:
        raise invalid_form("0.name", "APPLICATION_COMMAND_TOO_LARGE", "Command exceeds maximum size (8000)")
    before = kept.get((given["name"], kind))
    if before is None:
        now = world.now()
        created = [at for at in world.command_creates.get(place, []) if at > now - 86400]
        if len(created) >= CREATES_PER_DAY:
            raise ApiError(429, 30034, "Max number of daily application command creates has been reached (200)")
        world.command_creates[place] = [*created, now]
    stored = {
        "id": before["id"] if before else str(world.snowflakes.next()),
        "application_id": str(world.application_id),
        "version": str(world.snowflakes.next()),
        "type": kind,
        "name": given["name"],
        "name_localizations": given.get("name_localizations"),
        "description": given.get("description", ""),
        "description_localizations": given.get("description_localizations"),
        "options": copy.deepcopy(given.get("options") or []),
        "default_member_permissions": _text(given.get("default_member_permissions")),
        "contexts": given.get("contexts"),
        "integration_types": given.get("integration_types") or [0],
        "nsfw": bool(given.get("nsfw")),
    }
    if place is not None:
        stored["guild_id"] = str(place)
    return stored


def _text(value: Any) -> str | None:
    return None if value is None else str(value)


def characters(given: dict[str, Any]) -> int:
    """What counts against the limit: names, descriptions and values, each in its longest language."""
    total = 0
    for name in ("name", "description"):
        languages = (given.get(f"{name}_localizations") or {}).values()
        total += max([len(given.get(name) or ""), *(len(each) for each in languages)])
    total += len(given["value"]) if isinstance(given.get("value"), str) else 0
    return total + sum(characters(each) for key in ("options", "choices") for each in given.get(key) or ())
