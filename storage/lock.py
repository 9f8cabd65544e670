"""One process per data folder: a lock that the kernel drops when its holder dies, however it dies.

The lock file also says who holds it, so that another process can hand its work over instead of starting a second line.
"""

import fcntl
import json
import os
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

from storage.errors import StorageError

NAME = "lock"
_PATIENCE = 0.2  # s; somebody who only looks who holds the lock takes it for an instant
_LARGEST = 4096


@dataclass(frozen=True, slots=True, kw_only=True)
class Holder:
    """Who holds the data folder: process id, and the address it answers on (empty if none)."""

    pid: int
    address: str = ""


class DataLock:
    """The held lock. Use as a context manager or call ``release``."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor: int | None = descriptor

    @classmethod
    def acquire(cls, folder: Path, address: str = "") -> "DataLock | None":
        """Take the lock of ``folder`` (made if missing); None when another process has it.

        Raises:
            StorageError: The folder cannot be written.
        """
        try:
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            descriptor = os.open(folder / NAME, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as exc:
            raise StorageError(f"{folder} cannot be used as data folder: {exc.strerror}") from exc
        if not _lock(descriptor, fcntl.LOCK_EX, _PATIENCE):
            os.close(descriptor)
            return None
        held = cls(descriptor)
        held.announce(address)
        return held

    @staticmethod
    def holder(folder: Path) -> Holder | None:
        """Who holds the lock of ``folder`` right now, or None."""
        try:
            descriptor = os.open(folder / NAME, os.O_RDONLY | os.O_CLOEXEC)
        except OSError:
            return None
        try:
            if _lock(descriptor, fcntl.LOCK_SH, 0):
                return None
            said = json.loads(os.pread(descriptor, _LARGEST, 0) or b"{}")
            return Holder(pid=int(said.get("pid", 0)), address=str(said.get("address", "")))
        except (ValueError, AttributeError, TypeError):
            return Holder(pid=0)  # held, and just being written
        finally:
            os.close(descriptor)

    def announce(self, address: str) -> None:
        """Say under which address the holder can be reached."""
        if self._descriptor is None:
            raise StorageError("the lock was released")
        said = json.dumps({"pid": os.getpid(), "address": address}).encode()
        os.pwrite(self._descriptor, said, 0)
        os.ftruncate(self._descriptor, len(said))

    def release(self) -> None:
        """Let go; a second time does nothing."""
        if self._descriptor is not None:
            with suppress(OSError):
                os.ftruncate(self._descriptor, 0)
            os.close(self._descriptor)
            self._descriptor = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self.release()


def _lock(descriptor: int, how: int, patience: float) -> bool:
    deadline = time.monotonic() + patience
    while True:
        try:
            fcntl.flock(descriptor, how | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() >= deadline:
                return False
            time.sleep(0.01)
        else:
            return True
