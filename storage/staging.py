"""Drafts: pixels that nobody has checked or signed yet, one folder per job, never served, gone when the job is over.

Files appear whole or not at all. Knows nothing of what is in them.
"""

import asyncio
import hashlib
import os
import re
import shutil
import tempfile
import time
from collections.abc import Iterable
from pathlib import Path
from urllib.parse import quote

from storage.errors import StagingError

_FILE = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]{0,199}")
_LONGEST = 200  # bytes of a folder's name; file systems allow 255


class Staging:
    """The staging folder ``root``, made on first write."""

    def __init__(self, root: Path) -> None:
        self.root = root

    async def write(self, job: str, file: str, data: bytes) -> None:
        """Write ``file`` of ``job``, replacing an earlier one.

        Raises:
            StagingError: The name is not plain, or the disk refuses.
        """
        await asyncio.to_thread(self._write, self._path(job, file), data)

    async def read(self, job: str, file: str) -> bytes:
        """The bytes of ``file``.

        Raises:
            StagingError: It is not there or cannot be read.
        """
        data = await self.find(job, file)
        if data is None:
            raise StagingError(f"{file} of job {job} is not staged")
        return data

    async def find(self, job: str, file: str) -> bytes | None:
        """The bytes of ``file``, or None.

        Raises:
            StagingError: It is there but cannot be read.
        """
        return await asyncio.to_thread(self._find, self._path(job, file))

    async def files(self, job: str) -> tuple[str, ...]:
        """Names of the job's files, sorted."""
        folder = self.folder(job)
        return await asyncio.to_thread(
            lambda: tuple(sorted(path.name for path in folder.glob("[!.]*"))) if folder.is_dir() else ()
        )

    async def remove(self, job: str) -> None:
        """Delete everything of ``job``."""
        await asyncio.to_thread(shutil.rmtree, self.folder(job), ignore_errors=True)

    async def sweep(self, keep: Iterable[str], older_than: float = 0.0) -> int:
        """Delete the drafts of all jobs but those of ``keep``, and half-written files.

        Args:
            keep: Jobs that are not done.
            older_than: Seconds since the last write below which a folder is spared, for it may be of a job to come.

        Returns:
            How many folders went.
        """
        return await asyncio.to_thread(self._sweep, {self.folder(job).name for job in keep}, time.time() - older_than)

    def folder(self, job: str) -> Path:
        """Where the job's drafts lie: a direct child of ``root``, whatever the id says."""
        name = quote(job, safe="", errors="surrogatepass").replace(".", "%2E").replace("~", "%7E")
        if not name or len(name) > _LONGEST:
            digest = hashlib.sha256(job.encode("utf-8", "surrogatepass")).hexdigest()
            name = f"{name[: _LONGEST - len(digest) - 1]}~{digest}"
        return self.root / name

    def _path(self, job: str, file: str) -> Path:
        if not _FILE.fullmatch(file):
            raise StagingError("a staged file needs a plain name")
        return self.folder(job) / file

    @staticmethod
    def _write(path: Path, data: bytes) -> None:
        try:
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            descriptor, temporary = tempfile.mkstemp(dir=path.parent, prefix=".")
            try:
                with os.fdopen(descriptor, "wb") as stream:
                    stream.write(data)
                Path(temporary).replace(path)
            except BaseException:
                Path(temporary).unlink(missing_ok=True)
                raise
        except OSError as exc:
            raise StagingError(f"a draft cannot be written: {exc.strerror}") from exc

    @staticmethod
    def _find(path: Path) -> bytes | None:
        try:
            return path.read_bytes()
        except FileNotFoundError:
            return None
        except OSError as exc:
            raise StagingError(f"a draft cannot be read: {exc.strerror}") from exc

    def _sweep(self, keep: set[str], latest: float) -> int:
        if not self.root.is_dir():
            return 0
        removed = 0
        for folder in list(self.root.iterdir()):
            if folder.name in keep:
                for half_written in folder.glob(".*"):
                    half_written.unlink(missing_ok=True)
            elif folder.stat().st_mtime > latest:
                continue
            elif folder.is_dir():
                shutil.rmtree(folder, ignore_errors=True)
                removed += 1
            else:
                folder.unlink(missing_ok=True)
        return removed
