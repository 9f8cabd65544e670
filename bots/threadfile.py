"""A thread file: a conversation written down, to be replayed through the real line (docs/operating.md has the format)."""

import json
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from bots.conversation import MAX_ATTACHMENTS
from moderation.types import Locale

MAX_FILE = 4 * 1024 * 1024  # bytes
MAX_THREAD_TURNS = 500


class ThreadFileError(Exception):
    """The file is missing, no JSON, or not a thread; the message says where."""


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class ThreadTurn(_Strict):
    """One message. ``images`` are paths relative to the file; ``reply_to`` the index of an earlier turn."""

    author: Annotated[str, Field(min_length=1, max_length=200)]
    text: str = ""
    to_bot: bool = True
    images: Annotated[tuple[str, ...], Field(max_length=MAX_ATTACHMENTS)] = ()
    reply_to: Annotated[int, Field(ge=0)] | None = None
    reply_image: Annotated[int, Field(ge=0)] = 0


class ThreadFile(_Strict):
    """The whole file."""

    schema_: Annotated[Literal[1], Field(alias="schema")]
    locale: Locale = "en"
    turns: Annotated[tuple[ThreadTurn, ...], Field(min_length=1, max_length=MAX_THREAD_TURNS)]


def read_thread(path: Path) -> ThreadFile:
    """Read and check a thread file.

    Raises:
        ThreadFileError: With the place and the reason.
    """
    try:
        if not path.is_file():
            raise ThreadFileError(f"{path}: No such file")
        if path.stat().st_size > MAX_FILE:
            raise ThreadFileError(f"{path}: larger than {MAX_FILE // 1024 // 1024} MiB")
        document = json.loads(path.read_text(encoding="utf-8"))
        thread = ThreadFile.model_validate(document)
    except OSError as exc:
        raise ThreadFileError(f"{path}: {exc.strerror or exc}") from exc
    except ValidationError as exc:
        error = exc.errors(include_input=False)[0]
        where = ".".join(str(part) for part in error["loc"])
        raise ThreadFileError(f"{path}: {where}: {error['msg']}") from exc
    except (ValueError, RecursionError) as exc:  # of which bad UTF-8, bad JSON and endless integers are kinds
        raise ThreadFileError(f"{path}: not JSON: {exc}") from exc
    for index, turn in enumerate(thread.turns):
        if turn.reply_to is not None and turn.reply_to >= index:
            raise ThreadFileError(f"{path}: turns.{index}.reply_to: must name an earlier turn")
        for name in turn.images:
            if complaint := _complaint(path.parent, name):
                raise ThreadFileError(f"{path}: turns.{index}.images: {complaint}")
    return thread


def _complaint(folder: Path, name: str) -> str:
    """Why an image cannot be used; empty if it can.

    The thread file may come from a stranger: it must not have other files of this machine read.
    """
    file = folder / name
    if not file.resolve().is_relative_to(folder.resolve()):
        return "must lie beside the file"
    return "" if file.is_file() else f"{name}: no such file"
