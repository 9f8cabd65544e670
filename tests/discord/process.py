"""``threadbrush run --role bots`` as a process of its own, which tests start, stop and kill; the fake Discord stays."""

import asyncio
import os
import signal
import sys
from pathlib import Path

from tests.fakes.discord import FakeDiscord

START_SECONDS = 60.0


class BotProcess:
    """The bot in a process of its own."""

    def __init__(self, fake: FakeDiscord, data_dir: Path, log: Path, *, module: str = "bots") -> None:
        self._fake, self._data_dir, self._log, self._module = fake, data_dir, log, module
        self._process: asyncio.subprocess.Process | None = None

    @property
    def log(self) -> str:
        """What it has written to its log so far."""
        return self._log.read_text(encoding="utf-8") if self._log.is_file() else ""

    @property
    def runs(self) -> bool:
        """Whether it was started and has not ended."""
        return self._process is not None and self._process.returncode is None

    async def start(self) -> None:
        """Start it and wait until it listens to Discord."""
        environment = {
            **os.environ,  # noqa: TID251 - the child needs the machine's own environment
            "THREADBRUSH_DATA_DIR": str(self._data_dir),
            "THREADBRUSH_CHECKS__OCR": "false",
            "THREADBRUSH_DISCORD__TOKEN": self._fake.token,
            "THREADBRUSH_DISCORD__API_URL": self._fake.api_url,
            "THREADBRUSH_DISCORD__GATEWAY_URL": self._fake.gateway_url,
            "OMP_NUM_THREADS": "1",
        }
        await self._fake.wait_until(lambda: not self._fake.gateway.connected, START_SECONDS)
        with self._log.open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                sys.executable, "-m", self._module, "run", "--role", "bots",
                stdout=log, stderr=log, env=environment, start_new_session=True,
            )  # fmt: skip
        process = self._process
        await self._fake.wait_until(
            lambda: self._fake.gateway.connected or process.returncode is not None, START_SECONDS
        )
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
