"""The doctor's look at Discord: token, intents, gateway, and what the bot may do in each server."""

import discord

from bots.config import DiscordSettings
from bots.discord.addresses import use_addresses
from bots.discord.invitation import PERMISSIONS, invitation
from bots.findings import Finding

MAX_SERVERS = 20  # looked at one by one
PORTAL = "https://discord.com/developers/applications"


async def examine(settings: DiscordSettings) -> list[Finding]:
    """Everything about the bot that can be asked without connecting to the gateway; the token appears nowhere."""
    if settings.token is None:
        mend = f"Make a bot at {PORTAL} and set THREADBRUSH_DISCORD__TOKEN."
        return [Finding(part="discord", status="absent", detail="no token is set", mend=mend)]
    use_addresses(settings)
    async with discord.Client(intents=discord.Intents(guilds=True)) as client:
        try:
            await client.login(settings.token.get_secret_value())
        except discord.LoginFailure:
            mend = f"Reset the token at {PORTAL}, Bot, and set THREADBRUSH_DISCORD__TOKEN."
            return [Finding(part="discord token", status="broken", detail="Discord refuses the token", mend=mend)]
        except (OSError, discord.HTTPException) as exc:
            return [_unreachable(exc)]
        try:
            return await _logged_in(client, settings)
        except (OSError, discord.HTTPException) as exc:
            return [_unreachable(exc)]


async def _logged_in(client: discord.Client, settings: DiscordSettings) -> list[Finding]:
    application = await client.application_info()
    shards, _, session = await client.http.get_bot_gateway()
    detail = (
        f"{application.name} ({application.id}); {shards} shard(s) advised, "
        f"{session['remaining']} of {session['total']} connections left today"
    )
    found = [
        Finding(part="discord token", status="ok", detail=detail),
        _message_content(application.flags, settings),
        Finding(part="discord invite", status="ok", detail=invitation(application.id)),
    ]
    bot = client.user.id if client.user else application.id
    return [*found, *[await _server(client, guild, bot) async for guild in client.fetch_guilds(limit=MAX_SERVERS)]]


def _message_content(flags: discord.ApplicationFlags, settings: DiscordSettings) -> Finding:
    part = "discord intents"
    if flags.gateway_message_content or flags.gateway_message_content_limited:
        return Finding(part=part, status="ok", detail="the message content intent is enabled")
    mend = f"Enable Message Content Intent at {PORTAL}, Bot."
    if settings.message_content == "on":
        return Finding(part=part, status="broken", detail="the message content intent is asked for but off", mend=mend)
    detail = "without the message content intent people must mention the bot or reply to it, also in its threads"
    return Finding(part=part, status="absent", detail=detail, mend=mend)


async def _server(client: discord.Client, guild: discord.Guild, bot: int) -> Finding:
    """What the bot's roles allow in a server; a channel may still say otherwise."""
    part = f"discord server {guild.name}"
    try:
        whole = await client.fetch_guild(guild.id, with_counts=False)  # a list of servers comes without their roles
        permissions = (await whole.fetch_member(bot)).guild_permissions
    except discord.HTTPException as exc:
        return Finding(part=part, status="broken", detail=f"cannot be looked at ({exc.status})")
    if permissions.administrator or permissions >= PERMISSIONS:
        return Finding(part=part, status="ok", detail="every permission it needs")
    missing = [name for name, wanted in PERMISSIONS if wanted and not getattr(permissions, name)]
    mend = "Use the invite link again, or grant them to the bot's role."
    return Finding(part=part, status="broken", detail=f"missing: {', '.join(missing)}", mend=mend)


def _unreachable(exc: Exception) -> Finding:
    detail = f"HTTP {exc.status}" if isinstance(exc, discord.HTTPException) else type(exc).__name__
    return Finding(part="discord", status="broken", detail=f"cannot be reached: {detail}", mend="Check the network.")
