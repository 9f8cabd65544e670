"""Asking the line from the command line: one prompt, or a whole thread turn by turn, with the result written down."""

import asyncio
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from bots.conversation import MAX_TURNS, Conversation, Options, ReplyTo, Turn
from bots.order import Answer, Order, Upload
from bots.progress import Standing
from bots.session import Session
from bots.threadfile import ThreadFile
from moderation.intake import MAX_BYTES
from moderation.types import Locale

OnProgress = Callable[[int, Standing | None], None]


class UploadMissing(Exception):
    """An image that was named cannot be read; the message says which and why."""


@dataclass(slots=True, kw_only=True)
class Replay:
    """A conversation being held: what was said so far, and the answers."""

    session: Session
    locale: Locale
    options: Options = field(default_factory=Options)
    requester: str = "cli"
    id: str = field(default_factory=lambda: f"cli:{uuid.uuid4()}")
    turns: list[Turn] = field(default_factory=list)
    waiting: list[tuple[int, Path]] = field(default_factory=list)  # uploads of turns that were not for the bot
    answers: dict[int, Answer] = field(default_factory=dict)

    async def say(
        self, turn: Turn, images: Sequence[Path] = (), on_progress: Callable[[Standing], None] | None = None
    ) -> Answer | None:
        """Add a turn and, if it is for the bot, have it answered.

        Raises:
            UploadMissing: One of ``images`` cannot be read; nothing was asked.
        """
        index = len(self.turns)
        self.turns.append(turn)
        self.waiting += [(index, path) for path in images]
        if not turn.to_bot:
            return None
        job = f"cli:{uuid.uuid4()}"
        skipped = max(0, len(self.turns) - MAX_TURNS)
        kept = [(position - skipped, path) for position, path in self.waiting if position >= skipped]
        files = [await asyncio.to_thread(read_upload, path) for _, path in kept]  # all of them, before any is staged
        uploads = tuple([await self._stage(job, number, kept[number], data) for number, data in enumerate(files)])
        conversation = Conversation(
            id=self.id,
            turns=tuple(_shift(turn, skipped) for turn in self.turns[skipped:]),
            locale=self.locale,
            options=self.options,
        )
        order = Order(job=job, conversation=conversation, requester=turn.author, uploads=uploads)
        answer = await self.session.ask(order, on_progress)
        self.turns[index] = _answered(turn, job, answer)
        if answer.outcome not in ("failed", "cancelled"):
            self.waiting.clear()  # the line has them, or has refused them
        self.answers[index] = answer
        return answer

    async def _stage(self, job: str, number: int, origin: tuple[int, Path], data: bytes) -> Upload:
        file = f"upload-{number}"
        await self.session.app.staging.write(job, file, data)
        return Upload(turn=origin[0], file=file, name=origin[1].name)


async def replay_thread(session: Session, thread: ThreadFile, folder: Path, on_progress: OnProgress) -> Replay:
    """Every turn in order, through the real line.

    Args:
        session: Where the line runs.
        thread: What to say.
        folder: Where the thread's image paths start.
        on_progress: Told the index of the turn and how far it is; None when the turn is done.
    """
    replay = Replay(session=session, locale=thread.locale)
    for index, turn in enumerate(thread.turns):
        reply_to = None if turn.reply_to is None else ReplyTo(turn=turn.reply_to, image=turn.reply_image)
        said = Turn(author=turn.author, text=turn.text, to_bot=turn.to_bot, reply_to=reply_to)
        images = [folder / name for name in turn.images]
        await replay.say(said, images, lambda standing, index=index: on_progress(index, standing))  # type: ignore[misc]
        on_progress(index, None)
    return replay


def read_upload(path: Path, limit: int = MAX_BYTES) -> bytes:
    """The file's bytes, one more than ``limit`` at most: whoever judges them then says that they are too many.

    Raises:
        UploadMissing: It cannot be read.
    """
    if not path.is_file():
        raise UploadMissing(f"{path}: no such file")
    try:
        with path.open("rb") as file:
            data = file.read(limit + 1)
    except OSError as exc:
        raise UploadMissing(f"{path}: {exc.strerror or exc}") from exc
    return data


def _answered(turn: Turn, job: str, answer: Answer) -> Turn:
    return replace(turn, job=job, answer=answer.reply)


def _shift(turn: Turn, skipped: int) -> Turn:
    if turn.reply_to is None or not skipped:
        return turn
    index = turn.reply_to.turn - skipped
    return replace(turn, reply_to=None if index < 0 else replace(turn.reply_to, turn=index))
