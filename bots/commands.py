"""What the subcommands do. Each returns its exit code; what people see is written by ``terminal``."""

import asyncio
import sys
import tempfile
from dataclasses import asdict
from pathlib import Path
from typing import Any

from bots import terminal
from bots.app import migrate_everything
from bots.config import Settings
from bots.conversation import Turn
from bots.engines import prepared
from bots.exits import EXIT_FAILED, EXIT_REFUSED, EXIT_USAGE, CommandFailed, UsageFailed
from bots.flags import Flags, options_from
from bots.replay import Replay, UploadMissing, read_upload, replay_thread
from bots.replies import say
from bots.results import invalid_document, turn_document, write_result
from bots.session import Session, open_session
from bots.threadfile import ThreadFileError, read_thread
from generator.scene import Notice
from moderation.engine import build_moderator
from moderation.intake import IntakeError, sanitize
from moderation.types import Verdict, combine
from storage.codec import encode
from storage.errors import StorageError
from storage.media import MAX_IMAGE_BYTES
from storage.provenance import verify as verify_image

EXIT_CODES = {
    "image": 0,
    "answer": 0,
    "question": 0,
    "invalid": EXIT_USAGE,
    "refused": EXIT_REFUSED,
    "held": EXIT_REFUSED,
}
RESULTS = Path("threadbrush-out")


async def draw(
    settings: Settings, prompt: str, images: tuple[Path, ...], flags: Flags, out: Path | None, *, as_json: bool
) -> int:
    """One prompt through the line."""
    options = options_from(flags, settings.locale)
    if isinstance(options, Notice):
        terminal.show_result([invalid_document(say(options, settings.locale))], Path(), as_json=as_json)
        return EXIT_USAGE
    await _usable(out or RESULTS)
    async with open_session(settings) as session:
        await _with_model(session)
        replay = Replay(session=session, locale=settings.locale, options=options)
        turn = Turn(author="cli", text=prompt)
        with terminal.progress(settings.locale) as bar:
            try:
                answer = await replay.say(turn, images, bar.show)
            except UploadMissing as exc:
                raise UsageFailed(str(exc)) from exc
        if answer is None:
            raise CommandFailed("the line gave no answer")
        # A folder per drawing, so that the next one does not overwrite this one.
        folder = out or RESULTS / answer.job.removeprefix("cli:")[:8]
        document = await turn_document(session.app, 0, answer, folder)
        if out is not None or document["images"]:
            await write_result(folder, [document])
        terminal.show_result([document], folder, as_json=as_json)
        return EXIT_CODES.get(answer.outcome, EXIT_FAILED)


async def thread(settings: Settings, file: Path, out: Path, *, as_json: bool) -> int:
    """A whole conversation through the line."""
    try:
        conversation = await asyncio.to_thread(read_thread, file)
    except ThreadFileError as exc:
        raise UsageFailed(str(exc)) from exc
    await _usable(out)
    async with open_session(settings) as session:
        await _with_model(session)
        with terminal.progress(conversation.locale, total=len(conversation.turns)) as bar:
            try:
                replay = await replay_thread(session, conversation, file.parent, bar.turn)
            except UploadMissing as exc:
                raise UsageFailed(str(exc)) from exc
        documents = [
            await turn_document(session.app, index, answer, out) for index, answer in sorted(replay.answers.items())
        ]
        await write_result(out, documents)
        terminal.show_result(documents, out, as_json=as_json)
        return 0


async def _with_model(session: Session) -> None:
    """Load the model, if one draws in this process; the embedded engine needs no warming for a drawing or two."""
    if not session.app.engine.capabilities.neural:
        return
    if not session.serving:
        sys.stderr.write("Another process runs on this data folder; it draws, with its own engine.\n")
        return
    await prepared(session.app.settings.engine, session.app.engine)


async def _usable(out: Path) -> None:
    """Find out before anything is drawn whether the results can be written."""

    def attempt() -> None:
        out.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=out):
            pass

    try:
        await asyncio.to_thread(attempt)
    except OSError as exc:
        raise UsageFailed(f"results cannot be written to {out}: {exc.strerror}") from exc


async def moderate(settings: Settings, text: str | None, image: Path | None, *, as_json: bool) -> int:
    """The verdict on a text, an image, or both together."""
    moderator = build_moderator(settings.moderation.strictness)
    verdicts = []
    if text is not None:
        verdicts.append(await moderator.check_text(text, stage="input", locale=settings.locale))
    if image is not None:
        try:
            clean = await asyncio.to_thread(sanitize, await asyncio.to_thread(read_upload, image))
        except UploadMissing as exc:
            raise UsageFailed(str(exc)) from exc
        except IntakeError as exc:
            raise UsageFailed(say(Notice(key=exc.key, args=exc.args_for_words), settings.locale)) from exc
        verdicts.append(
            await moderator.check_image(clean.png, stage="reference", locale=settings.locale, context_text=text or "")
        )
    terminal.show_verdict(encode(Verdict, combine(verdicts)), as_json=as_json)
    return 0


async def verify(settings: Settings, image: Path, *, as_json: bool) -> int:
    """Whether an image is ours, whether it was changed, and its history."""
    try:
        data = await asyncio.to_thread(read_upload, image, MAX_IMAGE_BYTES)
    except UploadMissing as exc:
        raise UsageFailed(str(exc)) from exc
    async with open_session(settings, serve=False) as session:
        try:
            found = await verify_image(data, session.app.records, session.app.credentials)
        except StorageError as exc:
            raise UsageFailed(f"{image}: {exc}") from exc
    document: dict[str, Any] = found.to_json()
    terminal.show_provenance(document, as_json=as_json)
    return 0


async def migrate(settings: Settings, *, as_json: bool) -> int:
    """Bring the database up to date."""
    await asyncio.to_thread(lambda: settings.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True))
    await migrate_everything(settings.database)
    terminal.say_or_json("The database is up to date.", {"schema": 1, "migrated": True}, as_json=as_json)
    return 0


async def tenant(settings: Settings, tenant: str, plan: str | None, *, as_json: bool) -> int:
    """What is set for a server or workspace; the operator sets its plan."""
    if plan is not None and plan not in ("free", *settings.quota.plans):
        raise UsageFailed(f"quota.plans has no plan {plan!r}; it has: {', '.join(('free', *settings.quota.plans))}")
    async with open_session(settings, serve=False) as session:
        chats = session.app.chats
        record = await (chats.tenant(tenant) if plan is None else chats.change_tenant(tenant, plan=plan))
        used = await session.app.records.usage(tenant)
    document = {
        "schema": 1,
        **asdict(record),
        "images_today": used,
        "images_per_day": settings.quota.limit_of(record.plan),
    }
    limit = document["images_per_day"] or "no limit"
    terminal.say_or_json(
        f"{tenant}: plan {record.plan}; images today: {used} of {limit}; {record.policy_strictness} policies",
        document,
        as_json=as_json,
    )
    return 0
