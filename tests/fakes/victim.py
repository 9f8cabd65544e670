"""The service as a real process that tests start, stop and kill."""

import asyncio
import os
import signal
import socket
import sys
from http import HTTPStatus
from pathlib import Path
from urllib.request import urlopen


class Victim:
    """The service process: started, awaited, killed."""

    def __init__(self, data_dir: Path, log: Path, *arguments: str) -> None:
        """``arguments`` go to ``threadbrush demo``."""
        self._arguments = arguments
        self._data_dir = data_dir
        self._log = log
        self._process: asyncio.subprocess.Process | None = None

    async def start(self) -> None:
        port = _free_port()
        environment = {
            **os.environ,  # noqa: TID251 - the child needs the machine's own environment
            "THREADBRUSH_DATA_DIR": str(self._data_dir),
            "THREADBRUSH_WEB__PORT": str(port),
            "THREADBRUSH_CHECKS__OCR": "false",
            "OMP_NUM_THREADS": "1",
        }
        with self._log.open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "bots", "demo", *self._arguments),
                stdout=log,
                stderr=log,
                env=environment,
                start_new_session=True,
            )
        async with asyncio.timeout(120):
            while not await asyncio.to_thread(_answers, port):
                assert self._process.returncode is None, self._log.read_text()
                await asyncio.sleep(0.05)

    async def stop(self) -> None:
        """As Ctrl-C does."""
        assert self._process is not None
        self._process.send_signal(signal.SIGTERM)
        await self._process.wait()

    async def kill(self) -> None:
        assert self._process is not None
        # The whole group: a drawing worker must not outlive its master and write after its death.
        os.killpg(self._process.pid, signal.SIGKILL)
        await self._process.wait()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _answers(port: int) -> bool:
    """Whether the page is served; the port itself is open long before."""
    try:
        with urlopen(f"http://127.0.0.1:{port}/static/page.css", timeout=1) as response:
            return bool(response.status == HTTPStatus.OK)
    except OSError:
        return False
