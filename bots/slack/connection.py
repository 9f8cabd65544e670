"""Socket Mode: the connection to Slack, which slack_sdk keeps and replaces by itself once it stands (platforms S6).

The first address is asked for here: slack_sdk would ask for it without end, and not say that Slack refuses the token.
"""

import asyncio
import logging
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

import structlog
from slack_bolt.adapter.socket_mode.async_handler import AsyncSocketModeHandler
from slack_bolt.app.async_app import AsyncApp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bots.slack.problems import code_of

PING_SECONDS: Final = 5.0  # how soon a socket that broke is noticed
CONNECT_SECONDS: Final = 30.0
"""For the first connection; its address is good once, and slack_sdk would try the same one again and again."""

LOGGER: Final = "slack_sdk.socket_mode.threadbrush"
"""What slack_sdk writes its lines about the connection to."""

log = structlog.get_logger(__name__)


class _Terse(logging.Filter):
    """What went wrong, in a word: slack_sdk's own lines hold tracebacks, and addresses that are good for connecting."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Take the record, with other words."""
        error = record.exc_info[1] if record.exc_info else sys.exc_info()[1]
        code = code_of(error) if isinstance(error, SlackApiError) else ""
        record.msg, record.args = f"slack_socket: {code or type(error).__name__}", ()
        record.exc_info = record.exc_text = None
        return True


logging.getLogger(LOGGER).addFilter(_Terse())


@asynccontextmanager
async def connected(app: AsyncApp, token: str, address: str) -> AsyncIterator[None]:
    """Slack's events reach ``app`` while the block runs.

    Args:
        app: bolt's, with every listener of the bot.
        token: Of the app, ``xapp-…``.
        address: Of the Web API.

    Raises:
        SlackApiError: Slack offers no socket.
        ClientError, OSError, TimeoutError: It cannot be reached.
    """
    client = AsyncWebClient(base_url=address, retry_handlers=[])
    handler = AsyncSocketModeHandler(
        app, token, logger=logging.getLogger(LOGGER), web_client=client, ping_interval=PING_SECONDS
    )
    try:
        async with asyncio.timeout(CONNECT_SECONDS):
            handler.client.wss_uri = (await client.apps_connections_open(app_token=token))["url"]
            await handler.connect_async()  # type: ignore[no-untyped-call]  # bolt leaves it open
        log.info("slack_connected")
        yield
    finally:
        await handler.close_async()  # type: ignore[no-untyped-call]  # bolt leaves it open
