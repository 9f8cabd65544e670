"""Registering the commands with Discord, only when they changed: it counts how often that is done (platforms D8)."""

import hashlib
import json
from typing import Any

import discord
import structlog
from discord import app_commands

from storage.chats import Chats

FIRST_SHARD = 0
_EVERYWHERE = frozenset({"contexts", "integration_types"})
"""What only commands that are registered everywhere have."""

log = structlog.get_logger(__name__)


async def payload_of(tree: app_commands.CommandTree[Any]) -> list[dict[str, Any]]:
    """The commands as they are sent to Discord, in every language."""
    commands, translator = tree.get_commands(guild=None), tree.translator
    if translator is None:
        payload = [command.to_dict(tree) for command in commands]
    else:
        payload = [await command.get_translated_payload(tree, translator) for command in commands]
    for command in payload:
        command.pop("dm_permission", None)  # deprecated: contexts say it
    return payload


def digest_of(payload: list[dict[str, Any]]) -> str:
    """Equal for equal commands, whatever their order."""
    ordered = sorted(payload, key=lambda command: (command["type"], command["name"]))
    return "sha256:" + hashlib.sha256(json.dumps(ordered, sort_keys=True).encode()).hexdigest()


def is_responsible(client: discord.Client) -> bool:
    """Whether this process registers the commands: the one that runs the first shard."""
    shards = getattr(client, "shard_ids", None)
    return shards is None or FIRST_SHARD in shards


async def register(
    client: discord.Client, tree: app_commands.CommandTree[Any], chats: Chats, guild: int | None
) -> bool:
    """Send the commands to Discord unless it has exactly these.

    Args:
        client: Logged in.
        tree: With the commands and the translator.
        chats: Remembers what was sent.
        guild: Only there, at once; None for everywhere.

    Returns:
        Whether anything was sent.

    Raises:
        discord.HTTPException: Discord does not take them.
    """
    if not is_responsible(client):
        return False
    payload = await payload_of(tree)
    if guild is not None:
        payload = [{key: command[key] for key in command if key not in _EVERYWHERE} for command in payload]
    key = f"discord:commands:{client.application_id}:{guild or 'everywhere'}"
    digest = digest_of(payload)
    if await chats.seen(key) == digest:
        return False
    application = client.application_id
    if application is None:
        raise RuntimeError("commands are registered after the login")
    if guild is None:
        await client.http.bulk_upsert_global_commands(application, payload=payload)
    else:
        await client.http.bulk_upsert_guild_commands(application, guild, payload=payload)
    await chats.mark_seen(key, digest)
    log.info("commands_registered", commands=len(payload), everywhere=guild is None)
    return True
