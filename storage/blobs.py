"""Finished bytes, named by their sha256, written once: a local folder, or a bucket (S3, Google Cloud, Azure).

Knows nothing of what the bytes are. On a local folder a returned ``put`` survives a power cut; a killed one leaves at
most a temporary file that a sweep deletes.
"""

import asyncio
import hashlib
import os
import re
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import obstore
from obstore.exceptions import AlreadyExistsError, BaseError
from obstore.store import LocalStore, from_url

from storage.errors import BlobCorrupt, BlobMissing, BlobsUnavailable

_DIGEST = re.compile(r"[0-9a-f]{64}")
_REFRESH = timedelta(minutes=10)


class Blobs:
    """A content-addressed store.

    Raises (every method):
        BlobsUnavailable: Folder or bucket cannot be reached, read or written.
    """

    def __init__(self, store: Any, folder: Path | None = None) -> None:
        self._store = store
        self._folder = folder

    @classmethod
    def in_folder(cls, folder: Path) -> "Blobs":
        """Blobs in a local folder, made if missing."""
        try:
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            return cls(LocalStore(folder), folder)
        except (OSError, BaseError) as exc:
            raise BlobsUnavailable(f"{folder} cannot be used for blobs") from exc

    @classmethod
    def at(cls, url: str) -> "Blobs":
        """Blobs at ``s3://bucket/path``, ``gs://…``, ``az://…`` or ``memory:///``; credentials as their clients find them."""
        if url.startswith("file://"):
            return cls.in_folder(Path(url.removeprefix("file://")))
        try:
            return cls(from_url(url))
        except (BaseError, ValueError) as exc:
            raise BlobsUnavailable("the blobs URL cannot be used") from exc

    async def put(self, data: bytes, media_type: str) -> str:
        """Store ``data``; returns its sha256 in hex. Storing the same again changes nothing."""
        return await asyncio.to_thread(self._put, data, media_type)

    async def get(self, digest: str) -> bytes:
        """The bytes of that digest, checked.

        Raises:
            BlobMissing: There are none.
            BlobCorrupt: They have another digest.
        """
        return await asyncio.to_thread(self._get, digest)

    async def exists(self, digest: str) -> bool:
        """Whether there are bytes of that digest."""
        return await asyncio.to_thread(self._modified, digest) is not None

    async def delete(self, digests: Iterable[str]) -> None:
        """Delete the bytes of these digests; those that are not there do not matter."""
        await asyncio.to_thread(self._delete, tuple(digests))

    async def list(self) -> set[str]:
        """Every stored digest."""
        return set(await asyncio.to_thread(self._list))

    async def sweep(self, referenced: set[str], older_than: float) -> int:
        """Delete what nothing refers to and what was half written, if older than ``older_than`` seconds.

        The age keeps bytes that are stored but not recorded yet. Returns how many were deleted.
        """
        return await asyncio.to_thread(self._sweep, referenced, older_than)

    def _put(self, data: bytes, media_type: str) -> str:
        digest = hashlib.sha256(data).hexdigest()
        path = _path(digest)
        # Local folders keep no attributes; the media type is in the records.
        attributes = None if self._folder is not None else {"Content-Type": media_type}
        with _translated():
            try:
                obstore.put(self._store, path, data, mode="create", attributes=attributes)
            except AlreadyExistsError:
                # Written anew when old: that mends a damaged file, and keeps a sweep, which goes by age, from
                # deleting what is about to be recorded again.
                modified = self._modified(digest)
                if modified is None or datetime.now(UTC) - modified > _REFRESH:
                    obstore.put(self._store, path, data, mode="overwrite", attributes=attributes)
        if self._folder is not None:
            self._sync(self._folder / path)
        return digest

    def _get(self, digest: str) -> bytes:
        with _translated():
            try:
                data = bytes(obstore.get(self._store, _path(digest)).bytes())
            except FileNotFoundError as exc:
                raise BlobMissing(digest) from exc
        if hashlib.sha256(data).hexdigest() != digest:
            raise BlobCorrupt(digest)
        return data

    def _modified(self, digest: str) -> datetime | None:
        with _translated():
            try:
                found: datetime = obstore.head(self._store, _path(digest))["last_modified"]
            except FileNotFoundError:
                return None
        return found

    def _delete(self, digests: tuple[str, ...]) -> None:
        with _translated():
            for digest in digests:
                with suppress(FileNotFoundError):
                    obstore.delete(self._store, _path(digest))

    def _list(self) -> dict[str, datetime]:
        with _translated():
            return {
                name: item["last_modified"]
                for page in obstore.list(self._store)
                for item in page
                if _DIGEST.fullmatch(name := item["path"].rpartition("/")[2])
            }

    def _sweep(self, referenced: set[str], older_than: float) -> int:
        latest = datetime.now(UTC) - timedelta(seconds=older_than)
        orphans = [name for name, modified in self._list().items() if name not in referenced and modified <= latest]
        deleted = 0
        for digest in orphans:
            # Looked at again: somebody may have stored it anew since it was listed.
            modified = self._modified(digest)
            if modified is not None and modified <= latest:
                self._delete((digest,))
                deleted += 1
        return deleted + self._sweep_half_written(time.time() - older_than)

    def _sweep_half_written(self, latest: float) -> int:
        """The local store writes to ``NAME#N`` and renames; a killed process leaves those behind."""
        if self._folder is None:
            return 0
        deleted = 0
        for file in self._folder.rglob("*#*"):
            with suppress(FileNotFoundError):
                if file.is_file() and file.stat().st_mtime <= latest:
                    file.unlink()
                    deleted += 1
        return deleted

    def _sync(self, file: Path) -> None:
        """To the disk: the bytes, the file's name, the folder's name."""
        folder = self._folder or file.parent
        try:
            for path in (file, file.parent, folder):
                descriptor = os.open(path, os.O_RDONLY)
                try:
                    os.fsync(descriptor)
                finally:
                    os.close(descriptor)
        except OSError as exc:
            raise BlobsUnavailable(f"{folder} cannot be written") from exc


@contextmanager
def _translated() -> Iterator[None]:
    """Turns the store's errors into ours; its messages may name buckets and keys, so they are only chained."""
    try:
        yield
    except (BaseError, OSError) as exc:
        raise BlobsUnavailable(f"the blob store failed: {type(exc).__name__}") from exc


def _path(digest: str) -> str:
    if not _DIGEST.fullmatch(digest):
        raise BlobMissing(digest[:64])
    return f"{digest[:2]}/{digest}"
