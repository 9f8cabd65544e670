"""The service: the parts of Threadbrush that run until they are stopped, in one process."""

import asyncio
import signal
import socket
import sys
from contextlib import AsyncExitStack
from datetime import UTC, datetime
from typing import Literal

import structlog

from bots.chat.desk import Desk
from bots.config import Settings
from bots.exits import CommandFailed, UsageFailed
from bots.session import Session, open_session
from bots.web.server import listen, page_open
from storage.errors import StorageError

Role = Literal["all", "bots", "web", "gpu"]
SWITCH_SECONDS = 0.0005  # how long a thread may keep others from the interpreter; Python's own is ten times as long
UPKEEP_SECONDS = 600.0  # between two rounds of retention and tidying

log = structlog.get_logger(__name__)


async def run(settings: Settings, role: Role) -> int:
    """Run what ``role`` names until interrupted. Unfinished jobs go on at the next start.

    Raises:
        UsageFailed: The role needs settings that are not there.
        CommandFailed: Another process runs on this data folder, or a chat refuses the token.
    """
    if role == "gpu":
        raise UsageFailed("one process runs everything in this version: use --role all")
    # The thread that commits orders needs the interpreter for a moment between any two statements.
    sys.setswitchinterval(SWITCH_SECONDS)
    bots = role in ("all", "bots")
    if role == "bots" and settings.discord.token is None:
        raise UsageFailed("no chat is configured: set THREADBRUSH_DISCORD__TOKEN")
    listener = listen(settings.web) if role in ("all", "web") else None
    try:
        async with open_session(settings) as session:
            if not session.serving:
                raise CommandFailed(f"another process already runs on {settings.data_dir}")
            await session.app.engine.warm()
            await _until_stopped(session, listener, bots=bots)
    finally:
        if listener is not None:
            listener.close()
    return 0


async def demo(settings: Settings) -> int:
    """The local page alone."""
    return await run(settings, "web")


async def _until_stopped(session: Session, listener: socket.socket | None, *, bots: bool) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(name, stop.set)
    async with AsyncExitStack() as stack:
        if listener is not None:
            address = await stack.enter_async_context(page_open(session, listener))
            _tell(f"Threadbrush is at {address} (stop with Ctrl-C)")
        async with asyncio.TaskGroup() as tasks:
            upkeep = tasks.create_task(_upkeep(session))
            try:
                if bots and session.app.settings.discord.token is not None:
                    from bots.discord import start  # noqa: PLC0415 - the SDK loads only where it is used

                    await start.run(Desk(session=session), stop)
                else:
                    await stop.wait()
            finally:
                upkeep.cancel()


async def _upkeep(session: Session) -> None:
    """Retention, and forgetting of what the durable engine no longer needs, at every start and then regularly."""
    while True:
        try:
            expired = await session.app.records.expire(datetime.now(UTC), session.app.blobs)
            forgotten = await session.forget_finished()
            log.info("upkeep", expired=expired, forgotten=forgotten)
        except StorageError as exc:
            log.warning("upkeep_failed", error=str(exc))
        await asyncio.sleep(UPKEEP_SECONDS)


def _tell(line: str) -> None:
    print(line, flush=True)  # noqa: T201 - the command's answer
