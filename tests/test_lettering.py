"""Texts that a model misspells: retried within a budget, then set over the picture, measured, told and kept."""

import io
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from pathlib import Path
from threading import Event
from typing import Any

import numpy as np
import pytest
from PIL import Image

from bots.config import ChecksSettings, Settings
from bots.conversation import Conversation, Options, Turn
from bots.durable import InMemory
from bots.order import Answer, Draft, Order
from bots.replies import say
from bots.session import Session, open_session
from generator.request import GenerationRequest
from generator.scene import Notice
from generator.sketch.engine import Sketch
from storage.records import GenerationRecord
from tests.fakes.engines import Misspelling

pytestmark = [pytest.mark.xdist_group("neural"), pytest.mark.slow]
TOLD = say(Notice(key="text-lettered", args={"count": 1}), "en")


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(data_dir=tmp_path / "data", checks=ChecksSettings(retries=2))


@pytest.fixture
async def session(settings: Settings) -> AsyncIterator[Session]:
    async with open_session(settings) as opened:
        drawing = opened.app.line.drawing
        drawing._checks = replace(drawing._checks, letterer=Sketch())
        yield opened


def order(name: str, text: str = 'a red apple, title "Harvest Market"', **options: object) -> Order:
    given = Options(**{"width": 512, "height": 512, **options})  # type: ignore[arg-type]
    thread = Conversation(id="cli:thread", turns=(Turn(author="ana", text=text),), options=given)
    return Order(job=f"cli:{name}", conversation=thread, requester="ana")


async def drawn(session: Session, engine: Misspelling, wanted: Order) -> tuple[Answer, GenerationRecord]:
    session.app.line.drawing.engine = engine
    answer = await session.ask(wanted)
    return answer, (await session.app.records.generations_of_job(answer.job))[0]


def texts(record: GenerationRecord) -> list[bool | None]:
    return [line.passed for line in record.receipt if line.check == "text"]


async def test_a_text_that_comes_out_right_within_the_budget_is_left_as_the_model_wrote_it(session: Session) -> None:
    engine = Misspelling(times=2)
    answer, record = await drawn(session, engine, order("right"))

    assert engine.rendered == 3
    assert texts(record) == [True]
    assert TOLD not in answer.unmet


@pytest.mark.parametrize("output", ["png", "jpeg"])
async def test_a_text_that_stays_wrong_is_set_over_the_picture_and_that_is_told(session: Session, output: str) -> None:
    engine = Misspelling(times=99)
    answer, record = await drawn(session, engine, order(output, output_format=output))
    signed = await session.app.blobs.get(record.digest)

    assert engine.rendered == 3
    assert texts(record) == [True]
    assert TOLD in answer.unmet
    assert session.app.ocr is not None
    with Image.open(io.BytesIO(signed)) as image:
        assert image.format == output.upper()
        read = await session.app.ocr.read(np.asarray(image.convert("RGB")))
    assert "Harvest Market" in " ".join(read)
    assert "aHrvest" not in " ".join(read)
    report = await session.app.credentials.read(signed)
    assert report.is_ours


async def test_moderation_sees_the_picture_with_the_words(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[tuple[str, ...]] = []
    intake = session.app.line.intake
    check = intake.check_drafts

    async def watched(asked: Order, drafts: tuple[Draft, ...]) -> object:
        seen.append(tuple(draft.file for draft in drafts))
        return await check(asked, drafts)

    monkeypatch.setattr(intake, "check_drafts", watched)
    await drawn(session, Misspelling(times=99), order("seen"))

    assert seen == [("lettered-0.png",)]


class Killed(InMemory):
    """Dies when one of its steps was done and is not yet remembered."""

    at = ""

    async def step(self, name: str, kind: Any, work: Callable[[], Awaitable[Any]]) -> Any:
        if name == self.at:
            await work()
            raise KeyboardInterrupt
        return await super().step(name, kind, work)


@pytest.mark.parametrize("at", ["letter", "moderate_output", "record"])
async def test_a_line_that_was_interrupted_letters_once_whatever_the_settings_say_then(
    session: Session, at: str
) -> None:
    line, wanted = session.app.line, order(at)
    line.drawing.engine = Misspelling(times=99)

    async def generate(job: str, attempt: int, request: GenerationRequest) -> tuple[Draft, ...]:
        return await line.drawing.draw(job, attempt, request, Event())

    await session.app.records.open_job(wanted.job, tenant="local", conversation="cli:thread", requester="ana")
    killed = Killed(wanted.job, generate)
    killed.at = at
    with pytest.raises(KeyboardInterrupt):
        await line.walk(wanted, killed)
    line.drawing._checks = replace(line.drawing._checks, retries=5)
    again = InMemory(wanted.job, generate)
    again.checkpoints = dict(killed.checkpoints)
    answer = await line.walk(wanted, again)

    names = list(again.checkpoints)
    (record,) = await session.app.records.generations_of_job(wanted.job)
    assert answer.outcome == "image"
    assert texts(record) == [True]
    assert answer.unmet.count(TOLD) == 1
    assert "measure/3" not in names
    assert names.index("measure/2") < names.index("letter") < names.index("moderate_output")
