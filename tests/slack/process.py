"""``threadbrush run --role bots`` on the fake Slack as a process of its own, which tests start, stop and kill."""

import asyncio
import os
import signal
import sys
from pathlib import Path

from tests.fakes.slack import FakeSlack
from tests.slack.bot import Mode, free_port, listens

START_SECONDS = 60.0


class BotProcess:
    """The bot in a process of its own.

    Attributes:
        events_url: Where it takes events, mode ``http``.
    """

    def __init__(
        self,
        fake: FakeSlack,
        data_dir: Path,
        log: Path,
        *,
        module: str = "bots",
        mode: Mode = "socket",
        database_url: str | None = None,
        **settings: str,
    ) -> None:
        team = next(iter(fake.world.teams.values()))
        self._fake, self._log, self._module, self._mode = fake, log, module, mode
        self._port = free_port()
        self._process: asyncio.subprocess.Process | None = None
        self.events_url = f"http://127.0.0.1:{self._port}/slack/events"
        self._environment = {
            "THREADBRUSH_DATA_DIR": str(data_dir),
            "THREADBRUSH_CHECKS__OCR": "false",
            "THREADBRUSH_SLACK__MODE": mode,
            "THREADBRUSH_SLACK__BOT_TOKEN": team.token,
            "THREADBRUSH_SLACK__APP_TOKEN": fake.app_token,
            "THREADBRUSH_SLACK__SIGNING_SECRET": fake.signing_secret,
            "THREADBRUSH_SLACK__API_URL": fake.api_url,
            "THREADBRUSH_SLACK__PORT": str(self._port),
            "OMP_NUM_THREADS": "1",
            **settings,
        }
        if database_url is not None:
            self._environment["THREADBRUSH_DATABASE_URL"] = database_url

    @property
    def log(self) -> str:
        """What it has written to its log so far."""
        return self._log.read_text(encoding="utf-8") if self._log.is_file() else ""

    @property
    def runs(self) -> bool:
        """Whether it was started and has not ended."""
        return self._process is not None and self._process.returncode is None

    @property
    def hears(self) -> bool:
        """Whether Slack can reach it."""
        if self._mode == "socket":
            return any(each.ready for each in self._fake.delivery.connections)
        return listens(self._port)

    async def start(self) -> None:
        """Start it and wait until it hears Slack."""
        environment = {**os.environ, **self._environment}  # noqa: TID251 - the child needs the machine's own
        with self._log.open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                sys.executable, "-m", self._module, "run", "--role", "bots",
                stdout=log, stderr=log, env=environment, start_new_session=True,
            )  # fmt: skip
        process = self._process
        await self._fake.wait_until(lambda: self.hears or process.returncode is not None, START_SECONDS)
        assert process.returncode is None, self.log

    async def stop(self) -> int:
        """As Ctrl-C does; the exit code."""
        assert self._process is not None
        self._process.send_signal(signal.SIGTERM)
        return await self._process.wait()

    async def kill(self) -> None:
        """As a power cut does."""
        assert self._process is not None
        # The whole group: a drawing worker must not outlive its master and write after its death.
        os.killpg(self._process.pid, signal.SIGKILL)
        await self._process.wait()
        await self._fake.wait_until(lambda: not self.hears, START_SECONDS)
