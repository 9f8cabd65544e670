"""What must be kept but read by nobody else, such as tokens: sealed before it reaches the database.

Knows no platform. The keys come from ``THREADBRUSH_SECRET_KEY``; without it one is made in the data folder.
"""

import asyncio
import base64
import os
import secrets
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import structlog
from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from bots.config import Settings
from storage.errors import KeyMaterialError

FILE: Final = "secret.key"
_INFO: Final = b"threadbrush: seal, version 1"
_LARGEST: Final = 4096

log = structlog.get_logger(__name__)


class CannotUnseal(Exception):
    """It was sealed with a key that is not here any more, or it was changed."""


class Seal:
    """Seals and unseals text. Whoever has no key can neither read nor change it.

    Args:
        keys: Any words, at least one; they are stretched, not hardened, so short ones can be guessed. The first one
            seals, all of them unseal: that is how a key is replaced.

    Raises:
        ValueError: No key.
    """

    def __init__(self, keys: Sequence[str]) -> None:
        if not keys:
            raise ValueError("at least one key is needed")
        self._fernet = MultiFernet([Fernet(_stretched(key)) for key in keys])

    def seal(self, text: str) -> str:
        """``text`` as nobody else reads it: ASCII, different every time."""
        return self._fernet.encrypt(text.encode()).decode("ascii")

    def unseal(self, sealed: str) -> str:
        """What was sealed.

        Raises:
            CannotUnseal: With none of the keys.
        """
        try:
            return self._fernet.decrypt(sealed.encode()).decode()
        except InvalidToken:
            raise CannotUnseal from None

    def __repr__(self) -> str:
        """Without the keys."""
        return "Seal()"


async def open_seal(settings: Settings) -> Seal:
    """The seal of this installation; what a key file sealed before a key was set can still be read.

    Raises:
        KeyMaterialError: The key file cannot be read or made.
    """
    return await asyncio.to_thread(_open, settings)


def set_keys(settings: Settings) -> tuple[str, ...]:
    """The keys of the settings, the one that seals first."""
    if settings.secret_key is None:
        return ()
    return tuple(key for part in settings.secret_key.get_secret_value().split(",") if (key := part.strip()))


def _open(settings: Settings) -> Seal:
    file = settings.data_dir / "keys" / FILE
    keys = set_keys(settings)
    if keys:
        return Seal([*keys, *([_read(file)] if file.exists() else [])])
    if not settings.embedded:
        log.warning("secret_key_not_set", detail="every process has its own: set THREADBRUSH_SECRET_KEY")
    return Seal([_read_or_make(file)])


def _stretched(key: str) -> bytes:
    derived = HKDF(algorithm=SHA256(), length=32, salt=None, info=_INFO).derive(key.encode())
    return base64.urlsafe_b64encode(derived)


def _read_or_make(file: Path) -> str:
    if not file.exists():
        _make(file)
    return _read(file)


def _make(file: Path) -> None:
    """Whole or not at all, readable by the owner only; who comes second finds the key of who came first."""
    try:
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor, temporary = tempfile.mkstemp(dir=file.parent, prefix=".new-")
        try:
            with os.fdopen(descriptor, "w") as stream:
                stream.write(secrets.token_urlsafe(32))
                stream.flush()
                os.fsync(stream.fileno())
            os.link(temporary, file)
        except FileExistsError:
            return
        finally:
            Path(temporary).unlink()
    except OSError as exc:
        raise KeyMaterialError(file, f"cannot be made: {exc.strerror}") from exc


def _read(file: Path) -> str:
    try:
        with file.open("rb") as stream:
            key = stream.read(_LARGEST).decode("ascii").strip()
    except (OSError, ValueError) as exc:
        raise KeyMaterialError(file, f"cannot be read: {type(exc).__name__}") from exc
    if not key:
        raise KeyMaterialError(file, "is empty")
    return key
