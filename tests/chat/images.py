"""A session without a line, and images kept in it as if they had been drawn."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from bots.app import App
from bots.config import Settings
from bots.session import Session, open_session
from generator.request import GenerationRequest
from storage.chats import TurnRecord
from storage.records import GenerationRecord
from tests.storage.samples import WHEN, generation, picture

ANA, BEN = "discord:11", "discord:12"
TENANT = "discord:1"


@asynccontextmanager
async def quiet_session(folder: Path, *, serve: bool = False, **settings) -> AsyncIterator[Session]:
    async with open_session(Settings(data_dir=folder, **settings), serve=serve) as session:
        yield session


async def keep(app: App, job: str, prompt: str = "a red hat", **more) -> GenerationRecord:
    """An image of ANA in TENANT with a blob of its own, a minute younger for each job that ends in a number."""
    number = int("".join(filter(str.isdigit, job)) or 0)
    data = picture(color=f"#{number * 7919 % 0xFFFFFF:06x}")
    values = {"tenant": TENANT, "requester": ANA, "conversation": f"discord:{100 + number}", **more}
    record = replace(
        generation(job),
        request=GenerationRequest(prompt=prompt),
        digest=await app.blobs.put(data, "image/png"),
        size_bytes=len(data),
        created_at=WHEN + timedelta(minutes=number),
        mark_id=number + 1,
        **values,
    )
    await app.records.open_job(
        job, tenant=record.tenant, conversation=record.conversation, requester=record.requester, private=record.private
    )
    kept = await app.records.add_generation(record)
    await app.records.finish_job(job, outcome="image", request=record.request)
    return kept


async def say_turn(app: App, message: str, text: str, author: str = ANA) -> None:
    await app.chats.note_turn(
        TurnRecord(conversation="discord:100", message=message, author=author, text=text, sent_at=WHEN)
    )
