"""The composition root: the only file that picks the real parts and joins them."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from sqlalchemy import Engine as SyncEngine

from bots.config import Settings
from bots.engines import build_engine
from bots.line import Line
from bots.planning.rules import RulesPlanner
from bots.previews import Previews
from bots.progress import ProgressBoard
from bots.queues import migrate_queue
from bots.steps.drawing import Checks, Drawing
from bots.steps.intake import Intake
from bots.steps.keeping import Keeping
from bots.steps.materials import Materials
from bots.steps.thinking import Thinking
from generator.checks.ocr import RapidOcr, TextReader
from generator.engine import Closes, Engine, Party
from generator.sketch.attribution import attribution
from generator.sketch.engine import Sketch
from moderation.engine import Moderator, build_moderator
from moderation.types import Verdict
from storage.blobs import Blobs
from storage.chats import Chats
from storage.credentials import Credentials
from storage.database import Database, migrate, open_database, sync_engine
from storage.staging import Staging
from storage.store import Records


@dataclass(frozen=True, slots=True, kw_only=True)
class App:
    """Everything that was wired, open and ready.

    Attributes:
        lost: Set once the engine can draw nothing more in this process, which must end.
    """

    settings: Settings
    database: Database
    queue_engine: SyncEngine
    records: Records
    chats: Chats
    blobs: Blobs
    staging: Staging
    credentials: Credentials
    moderator: Moderator
    engine: Engine
    lost: asyncio.Event
    line: Line
    ocr: TextReader | None
    board: ProgressBoard


@asynccontextmanager
async def open_app(settings: Settings) -> AsyncIterator[App]:
    """Create the data folder if need be, bring the database up to date, wire the parts; close them at the end.

    Raises:
        StorageError: The folder, the database or the signing identity cannot be used.
        EngineUnusable: The settings name a model that is not there.
    """
    settings.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    if settings.embedded:
        # It holds every prompt; SQLite gives its side files the same mode.
        (settings.data_dir / "app.db").touch(mode=0o600)
    await migrate_everything(settings.database)
    database = open_database(settings.database)
    queue_engine = sync_engine(settings.database)
    engine: Engine | None = None
    try:
        lost, loop = asyncio.Event(), asyncio.get_running_loop()

        def gone() -> None:
            loop.call_soon_threadsafe(lost.set)

        engine = build_engine(settings.engine, gone)
        yield await _wire(settings, database, queue_engine, engine, lost)
    finally:
        if isinstance(engine, Closes):
            await engine.close()
        queue_engine.dispose()
        await database.close()


async def migrate_everything(url: str) -> None:
    """Bring our tables and those of the durable engine up to date; safe while others do the same."""
    await migrate(url)
    await migrate_queue(url)


async def _wire(
    settings: Settings, database: Database, queue_engine: SyncEngine, engine: Engine, lost: asyncio.Event
) -> App:
    records, chats = Records(database), Chats(database)
    url = settings.blobs_url
    blobs = Blobs.at(url.get_secret_value()) if url else Blobs.in_folder(settings.data_dir / "blobs")
    staging = Staging(settings.data_dir / "staging")
    signing = settings.signing
    credentials = await Credentials.open(settings.data_dir / "keys", signing.certificate, signing.key)
    moderator = build_moderator(settings.moderation.strictness)
    board = ProgressBoard()
    materials = Materials(staging, blobs)
    ocr = RapidOcr() if settings.checks.ocr else None
    checks = Checks(
        reader=ocr,
        retries=settings.checks.retries,
        letterer=Sketch() if engine.capabilities.neural else None,
    )

    async def limit_of(tenant: str) -> int:
        return settings.quota.limit_of((await chats.tenant(tenant)).plan)

    async def party_of(job: str) -> Party:
        record = await records.job(job)
        if record is None:
            return Party(tenant="")
        tenant = await chats.tenant(record.tenant)
        weight = settings.engine.weights.get(tenant.plan, tenant.weight)
        return Party(tenant=record.tenant, requester=record.requester, weight=weight)

    strict = build_moderator("strict")

    async def preview_verdict(png: bytes) -> Verdict:
        # Whose picture it is nobody asks here, so the strictest tenant's measure holds for all.
        return await strict.check_image(png, stage="output", locale=settings.locale)

    line = Line(
        intake=Intake(staging, materials, moderator, strict),
        thinking=Thinking(RulesPlanner(engine.capabilities), records, materials),
        drawing=Drawing(engine, staging, materials, checks, Previews(board, preview_verdict), party_of),
        keeping=Keeping(
            records=records,
            blobs=blobs,
            staging=staging,
            credentials=credentials,
            engine=engine,
            limit_of=limit_of,
            attribution=tuple(credit.line for credit in attribution()),
        ),
    )
    return App(
        settings=settings,
        database=database,
        queue_engine=queue_engine,
        records=records,
        chats=chats,
        blobs=blobs,
        staging=staging,
        credentials=credentials,
        moderator=moderator,
        engine=engine,
        lost=lost,
        line=line,
        ocr=ocr,
        board=board,
    )
