"""Installations to test with, and where they are kept."""

import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from slack_sdk.oauth.installation_store import Installation

from bots.secrets import Seal
from bots.slack.installations import InstallationStore
from storage.database import migrate, open_database
from storage.installs import Installs

HOUR = 3600


@asynccontextmanager
async def opened_store(folder: Path) -> AsyncIterator[InstallationStore]:
    """An empty store."""
    url = f"sqlite:///{folder / 'app.db'}"
    await migrate(url)
    database = open_database(url)
    yield InstallationStore(Installs(database), Seal(["a key"]), "1.2")
    await database.close()


def installation(**more: Any) -> Installation:
    """An installation with everything that Slack may send."""
    values: dict[str, Any] = {
        "app_id": "A1",
        "team_id": "T1",
        "team_name": "home",
        "bot_token": "xoxe.xoxb-secret",
        "bot_refresh_token": "xoxe-1-secret",
        "bot_token_expires_at": int(time.time()) + 12 * HOUR,
        "bot_id": "B1",
        "bot_user_id": "U0BOT",
        "bot_scopes": ["chat:write", "commands"],
        "user_id": "U1",
        "user_token": "xoxp-secret",
        "incoming_webhook_url": "https://hooks.slack.com/secret",
        **more,
    }
    return Installation(**values)
