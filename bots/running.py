"""The service: the parts of Threadbrush that run until they are stopped, in one process.

Where Slack sends its events by HTTP and the database is PostgreSQL, several processes may run: all of them take events
in, one of them runs the line, and another takes over when that one goes away.
"""

import asyncio
import signal
import socket
import sys
from collections.abc import Callable, Coroutine
from contextlib import AsyncExitStack
from datetime import UTC, datetime
from typing import Any, Literal

import structlog

from bots.chat.desk import Desk
from bots.config import Settings
from bots.engines import prepared
from bots.exits import CommandFailed, EngineGone, UsageFailed
from bots.session import Session, open_session
from bots.web.server import listen, page_open
from storage.errors import StorageError

Role = Literal["all", "bots", "web", "gpu"]
Chat = Callable[[Desk, asyncio.Event], Coroutine[Any, Any, None]]
SWITCH_SECONDS = 0.0005  # how long a thread may keep others from the interpreter; Python's own is ten times as long
UPKEEP_SECONDS = 600.0  # between two rounds of retention and tidying
POLL_SECONDS = 0.2
LEAD_SECONDS = 1.0  # between two attempts to take over the line

log = structlog.get_logger(__name__)


async def run(settings: Settings, role: Role) -> int:
    """Run what ``role`` names until interrupted. Unfinished jobs go on at the next start.

    Raises:
        UsageFailed: The role needs settings that are not there.
        CommandFailed: Another process runs on this data folder, a chat refuses the token, or the engine cannot be used.
    """
    if role == "gpu":
        raise UsageFailed("one process runs everything in this version: use --role all")
    # The thread that commits orders needs the interpreter for a moment between any two statements.
    sys.setswitchinterval(SWITCH_SECONDS)
    bots = role in ("all", "bots")
    if role == "bots" and settings.discord.token is None and not settings.slack.is_wanted:
        raise UsageFailed("no chat is configured: set THREADBRUSH_DISCORD__TOKEN or THREADBRUSH_SLACK__BOT_TOKEN")
    listener = listen(settings.web) if role in ("all", "web") else None
    try:
        async with open_session(settings) as session:
            if not session.serving and not (bots and may_stand_by(settings)):
                raise CommandFailed(f"another process already runs on {settings.data_dir}")
            if session.serving:  # a process that stands by needs no model, nor the memory of one
                await prepared(settings.engine, session.app.engine)
            await _until_stopped(session, listener, bots=bots)
    except BaseExceptionGroup as group:
        if (failed := group.split(CommandFailed))[1] is None and failed[0] is not None:
            raise _first(failed[0]) from None
        raise
    finally:
        if listener is not None:
            listener.close()
    return 0


def _first(group: BaseExceptionGroup[CommandFailed]) -> CommandFailed:
    """Of what failed at the same time, what is said: one thing is mended after the other."""
    first = group.exceptions[0]
    return _first(first) if isinstance(first, BaseExceptionGroup) else first


async def demo(settings: Settings) -> int:
    """The local page alone."""
    return await run(settings, "web")


def may_stand_by(settings: Settings) -> bool:
    """Whether a process is of use while another one runs the line: it takes Slack's events in."""
    return settings.slack.is_wanted and settings.slack.mode == "http" and not settings.embedded


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
            background = [
                tasks.create_task(_lead(session)),
                tasks.create_task(_upkeep(session)),
                tasks.create_task(_watch_engine(session)),
            ]
            try:
                async with asyncio.TaskGroup() as chats:
                    chats.create_task(stop.wait())
                    if bots:
                        for start in _chats(session.app.settings):
                            chats.create_task(start(Desk(session=session), stop))
            finally:
                for task in background:
                    task.cancel()


def _chats(settings: Settings) -> list[Chat]:
    """What to start; an SDK loads only where it is used."""
    found: list[Chat] = []
    if settings.discord.token is not None:
        found.append(_discord)
    if settings.slack.is_wanted:
        from bots.slack import start as slack  # noqa: PLC0415

        found.append(slack.run)
    return found


async def _discord(desk: Desk, stop: asyncio.Event) -> None:
    """Discord's connection belongs to the process that runs the line: a second one would hear everything twice."""
    from bots.discord import start  # noqa: PLC0415

    while not (desk.session.serving or stop.is_set()):
        await asyncio.sleep(POLL_SECONDS)
    await start.run(desk, stop)


async def _lead(session: Session) -> None:
    """Run the line here as soon as nobody else does, and end the process when that is not sure any more.

    Raises:
        CommandFailed: The database dropped our lock; whoever watches the process starts it again.
    """
    while not session.serving:
        await asyncio.sleep(LEAD_SECONDS)
        try:
            if await session.serve():
                log.info("line_taken_over")
        except StorageError as exc:
            log.warning("line_not_taken_over", error=type(exc).__name__)
    await session.lost()
    raise CommandFailed("the connection that held the lead over the line broke; start again")


async def _watch_engine(session: Session) -> None:
    """End the process when the engine can draw nothing more in it; its jobs stand still until the next start.

    Raises:
        EngineGone: The device does not answer any more.
    """
    await session.app.lost.wait()
    log.error("engine_lost", engine=session.app.engine.name)
    raise EngineGone


async def _upkeep(session: Session) -> None:
    """Retention, and forgetting of what the durable engine no longer needs, at every start and then regularly."""
    await session.leading.wait()
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
