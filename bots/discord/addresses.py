"""Where Discord is: its own addresses, or those of the settings (a proxy, a test)."""

import discord
import yarl
from discord.gateway import DiscordWebSocket
from discord.http import Route

from bots.config import DiscordSettings


def use_addresses(settings: DiscordSettings) -> None:
    """Point discord.py at the configured addresses. They are class attributes there: one address per process."""
    if settings.api_url is not None:
        Route.BASE = settings.api_url.rstrip("/")
        discord.Asset.BASE = settings.api_url.rstrip("/")
    if settings.gateway_url is not None:
        DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(settings.gateway_url)
