"""The tree of everything that can go wrong while keeping things.

    StorageError
        DatabaseUnavailable      no connection, locked for too long, wrong address
        DatabaseConflict         a row contradicts what is already there
        SchemaOutdated           the tables are not those of this program
        UnknownJob               a record names a job that was never opened
        GenerationRemoved        the image was taken down or erased and stays so
        BlobMissing              no bytes under that digest
        BlobCorrupt              the bytes do not have the digest they are kept under
        BlobsUnavailable         the folder or bucket cannot be reached or written
        StagingError             a draft cannot be written or read
        KeyMaterialError         certificate or key is missing, unreadable, mismatched, expired or of the wrong kind
        SigningFailed            no manifest could be made
        UnreadableImage          not an image whose provenance can be looked at; ``code`` says why

Messages name places and reasons, never prompts, users, keys or passwords.
"""

from pathlib import Path


class StorageError(Exception):
    """Base of all errors of this package."""


class DatabaseUnavailable(StorageError):
    """The database cannot be reached or used; trying again later may help."""


class DatabaseConflict(StorageError):
    """What should be written contradicts what is kept."""


class SchemaOutdated(StorageError):
    """The tables are not those of this program: run the migrations."""


class UnknownJob(StorageError):
    """The job was never opened."""

    def __init__(self, job: str) -> None:
        super().__init__(f"job {job} was never opened")
        self.job = job


class JobOver(StorageError):
    """The job has ended; nothing more is kept for it."""

    def __init__(self, job: str) -> None:
        super().__init__(f"job {job} is over")
        self.job = job


class GenerationRemoved(StorageError):
    """The image was removed for good; only its tombstone is left."""

    def __init__(self, generation: str) -> None:
        super().__init__(f"generation {generation} was removed")
        self.generation = generation


class BlobMissing(StorageError):
    """No bytes are kept under ``digest``."""

    def __init__(self, digest: str) -> None:
        super().__init__(f"no blob {digest}")
        self.digest = digest


class BlobCorrupt(StorageError):
    """The bytes kept under ``digest`` have another digest."""

    def __init__(self, digest: str) -> None:
        super().__init__(f"blob {digest} does not have the digest it is kept under")
        self.digest = digest


class BlobsUnavailable(StorageError):
    """The object store cannot be reached, read or written."""


class StagingError(StorageError):
    """A staged file cannot be written or read."""


class KeyMaterialError(StorageError):
    """Certificate or key cannot be used; ``file`` is where it stands."""

    def __init__(self, file: Path, reason: str) -> None:
        super().__init__(f"{file}: {reason}")
        self.file = file
        self.reason = reason


class SigningFailed(StorageError):
    """The manifest could not be built or signed; the cause is chained."""


class UnreadableImage(StorageError):
    """The file is no image that can be looked at. ``code``: ``empty``, ``too-large``, ``not-an-image``."""

    def __init__(self, code: str) -> None:
        super().__init__(_UNREADABLE[code])
        self.code = code


_UNREADABLE = {
    "empty": "the file is empty",
    "too-large": "the file is too large to be looked at",
    "not-an-image": "the file is no PNG, JPEG, WebP or GIF image",
}
