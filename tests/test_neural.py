"""The whole line with a model that draws: a tiny one with random weights, through its real pipeline on the processor."""

import asyncio
import io
from pathlib import Path
from typing import Any

import pytest
import torch
from aiohttp.test_utils import unused_port
from PIL import Image
from pydantic import SecretStr

from bots.commands import _with_model
from bots.config import ChecksSettings, EngineSettings, Settings
from bots.conversation import Conversation, Options, Turn
from bots.doctor import examine
from bots.engines import EngineUnusable, build_engine, license_notices, prepared
from bots.exits import EXIT_LOST, EngineGone
from bots.order import Order
from bots.running import demo
from bots.session import Session, open_session
from generator.engine import Engine, Party
from generator.remote.dialects import Flavor
from generator.request import Intent, ReferenceRole
from storage.credentials import SignedImage
from tests.fakes.openai_images import FakeImages
from tests.fakes.victim import Victim
from tests.generator.diffusion.tiny import tiny
from tests.storage.test_credentials import assertions_of

pytestmark = pytest.mark.xdist_group("neural")


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder: Path = tiny("flux2_klein", tmp_path_factory)
    return folder


@pytest.fixture
def settings(tmp_path: Path, model: Path) -> Settings:
    engine = EngineSettings(kind="diffusion", model=str(model), device="cpu", weights={"pro": 4.0})
    return Settings(data_dir=tmp_path / "data", checks=ChecksSettings(ocr=False), engine=engine)


def _order(name: str, text: str, *earlier: Turn, **options: object) -> Order:
    conversation = Conversation(
        id="cli:thread",
        turns=(*earlier, Turn(author="ana", text=text)),
        options=Options(**{"width": 256, "height": 256, **options}),  # type: ignore[arg-type]
    )
    return Order(job=f"cli:{name}", conversation=conversation, requester="ana")


def _turn(name: str, text: str) -> Turn:
    return Turn(author="ana", text=text, job=f"cli:{name}")


async def _pixels(session: Session, job: str) -> tuple[str, tuple[int, int], bytes]:
    record = (await session.app.records.generations_of_job(f"cli:{job}"))[0]
    image = Image.open(io.BytesIO(await session.app.blobs.get(record.digest)))
    return image.mode, image.size, image.convert("RGBA").tobytes()


@pytest.mark.slow
async def test_a_thread_is_drawn_edited_varied_and_brought_back(settings: Settings) -> None:
    first, second = _turn("first", "a gryphon over Seoul"), _turn("second", "make it a rainy night")
    third = _turn("third", "another one")
    async with open_session(settings) as session:
        answers = [
            await session.ask(_order("first", first.text)),
            await session.ask(_order("second", second.text, first)),
            await session.ask(_order("third", third.text, first, second)),
            await session.ask(_order("fourth", "undo", first, second, third)),
        ]
        records = [(await session.app.records.generations_of_job(answer.job))[0] for answer in answers]
        pixels = [await _pixels(session, name) for name in ("first", "second", "third", "fourth")]
        signed = await session.app.blobs.get(records[1].digest)
        report = await session.app.credentials.read(signed)
        assertions = assertions_of(session.app.credentials, SignedImage(data=signed, digest="", manifest=""))
    drawn_by = {name: assertions["org.threadbrush.generation"][name] for name in ("model", "modelLicense")}

    assert [answer.outcome for answer in answers] == ["image"] * 4
    assert drawn_by == {"model": settings.engine.models[0].rsplit("/", 1)[-1], "modelLicense": "unknown"}
    assert [record.request.intent for record in records] == [Intent.CREATE, Intent.REVISE, Intent.VARY, Intent.UNDO]
    assert [one.digest for one in records[1].request.references] == [records[0].digest]
    assert records[1].request.references[0].role is ReferenceRole.EDIT
    assert {size for _, size, _ in pixels} == {(256, 256)}
    assert len({data for _, _, data in pixels[:3]}) == 3
    assert pixels[3] == pixels[1], "undo shows the very pixels again"
    assert {record.engine for record in records} == {"diffusion"}
    assert report.is_ours


@pytest.mark.slow
async def test_an_image_that_was_taken_away_is_not_edited(settings: Settings) -> None:
    async with open_session(settings) as session:
        await session.ask(_order("first", "a gryphon over Seoul"))
        record = (await session.app.records.generations_of_job("cli:first"))[0]
        await session.app.blobs.delete((record.digest,))
        answer = await session.ask(_order("second", "make it a rainy night", _turn("first", "a gryphon over Seoul")))

    assert answer.outcome == "invalid"
    assert "removed" in answer.reply or "no longer" in answer.reply


@pytest.mark.slow
async def test_a_job_is_drawn_for_its_tenant_and_requester_with_the_weight_of_the_plan(settings: Settings) -> None:
    parties: list[Party] = []

    async with open_session(settings) as session:
        shared: Any = session.app.engine
        on_behalf = shared.on_behalf

        def heard(party: Party) -> Engine:
            parties.append(party)
            theirs: Engine = on_behalf(party)
            return theirs

        shared.on_behalf = heard
        await session.app.chats.change_tenant("local", plan="pro")
        await session.ask(_order("one", "a gryphon over Seoul"))

    assert [(one.tenant, one.requester, one.weight, one.waiting) for one in parties] == [("local", "ana", 4.0, True)]


@pytest.mark.slow
async def test_a_lost_device_leaves_its_jobs_to_the_next_start(settings: Settings) -> None:
    order = _order("lost", "a gryphon over Seoul")
    async with open_session(settings) as session:
        await prepared(settings.engine, session.app.engine)
        device = (await session.app.engine.made())._device  # type: ignore[attr-defined]

        def fault(*_: object) -> None:
            raise torch.AcceleratorError("an illegal memory access was encountered")

        device._forward = fault
        with pytest.raises(EngineGone):
            await session.ask(order)
        job = await session.app.records.job(order.job)
        assert job is not None
        assert job.status != "done"

    async with open_session(settings) as session:
        answer = await session.wait(order.job)

    assert answer is not None
    assert answer.outcome == "image"
    assert EngineGone().exit_code == EXIT_LOST not in (0, 1, 2, 3)


@pytest.mark.slow
async def test_a_job_that_loses_the_device_again_and_again_is_given_up(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fault(*_: object) -> None:
        raise torch.AcceleratorError("an illegal memory access was encountered")

    order = _order("deadly", "a gryphon over Seoul")
    with monkeypatch.context() as broken:
        broken.setattr("generator.diffusion.models.Models.forward", fault)
        for _ in range(2):
            async with open_session(settings) as session:
                with pytest.raises(EngineGone):
                    await session.ask(order)
    async with open_session(settings) as session:
        answer = await session.wait(order.job)
        after = await session.ask(_order("after", "a lighthouse"))

    assert answer is not None
    assert answer.outcome == "failed"
    assert after.outcome == "image"


async def test_the_service_ends_with_one_sentence_when_the_device_is_lost(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[Session] = []

    async def no_model(_: object, engine: object) -> None:
        del engine

    class Watched(Session):
        def __init__(self, *given: object) -> None:
            super().__init__(*given)  # type: ignore[arg-type]
            opened.append(self)

    monkeypatch.setattr("bots.session.Session", Watched)
    monkeypatch.setattr("bots.running.prepared", no_model)
    free = _on_a_free_port(settings)

    async def lose() -> None:
        while not (opened and opened[0].serving):
            await asyncio.sleep(0.02)
        opened[0].app.lost.set()

    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(lose())
        with pytest.raises(EngineGone, match="GPU does not answer"):
            await demo(free)


def _on_a_free_port(settings: Settings) -> Settings:
    return settings.model_copy(update={"web": settings.web.model_copy(update={"port": unused_port()})})


async def test_a_server_draws_and_edits_through_the_same_line(tmp_path: Path) -> None:
    async with FakeImages(Flavor.OPENAI, key="sk-1") as server:
        engine = EngineSettings(kind="remote", base_url=server.url, model="painter-1", api_key=SecretStr("sk-1"))
        settings = Settings(data_dir=tmp_path / "data", checks=ChecksSettings(ocr=False), engine=engine)
        async with open_session(settings) as session:
            first = await session.ask(_order("first", "a gryphon over Seoul"))
            second = await session.ask(
                _order("second", "make it a rainy night", _turn("first", "a gryphon over Seoul"))
            )
            record = (await session.app.records.generations_of_job(second.job))[0]

    assert (first.outcome, second.outcome) == ("image", "image")
    assert [asked.what for asked in server.asked] == ["generations", "edits"]
    assert (record.engine, record.model) == ("remote", "painter-1")


@pytest.mark.slow
async def test_the_doctor_loads_the_model_and_has_it_draw(settings: Settings, model: Path) -> None:
    findings = {finding.part: finding for finding in await examine(settings)}

    assert findings["engine"].status == "ok"
    assert model.name in findings["engine"].detail
    assert "license unknown" in findings["models"].detail
    assert f"PyTorch {torch.__version__}" in findings["gpu"].detail


@pytest.mark.slow
async def test_the_doctor_says_which_model_is_not_there(tmp_path: Path) -> None:
    engine = EngineSettings(kind="diffusion", model="/nowhere")
    findings = {finding.part: finding for finding in await examine(Settings(data_dir=tmp_path, engine=engine))}

    assert findings["engine"].status == "broken"
    assert "/nowhere" in findings["engine"].detail
    assert findings["database"].status == "ok", "what breaks does not hide the rest"


def test_a_folder_that_is_not_there_is_named() -> None:
    with pytest.raises(EngineUnusable, match="/nowhere"):
        build_engine(EngineSettings(kind="diffusion", model="/nowhere"))


async def test_a_model_that_cannot_be_loaded_is_one_sentence(model: Path, tmp_path: Path) -> None:
    broken = tmp_path / "broken"
    broken.mkdir()
    (broken / "model_index.json").write_bytes((model / "model_index.json").read_bytes())
    settings = EngineSettings(kind="diffusion", model=str(broken), device="cpu")
    engine = build_engine(settings)
    try:
        with pytest.raises(EngineUnusable, match="cannot be loaded") as caught:
            await prepared(settings, engine)
    finally:
        await engine.close()  # type: ignore[attr-defined]

    assert "\n" not in caught.value.message


async def test_missing_libraries_say_how_to_install_them(model: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bots.engines.GPU_LIBRARIES", ("torch", "no_such_library"))
    settings = EngineSettings(kind="diffusion", model=str(model))

    with pytest.raises(EngineUnusable, match=r"no_such_library not installed: pip install 'threadbrush\[gpu\]'"):
        await prepared(settings, build_engine(settings))


def test_a_model_for_everybody_needs_no_notice_and_a_restricted_one_has_its_license(model: Path) -> None:
    free = EngineSettings(kind="diffusion")
    bound = EngineSettings(kind="diffusion", model="black-forest-labs/FLUX.3-Image-Klein, Qwen/Qwen-Image-2.1")

    assert license_notices(free) == ()
    assert [notice.split(":")[0] for notice in license_notices(bound)] == list(bound.models)
    assert "unknown" in license_notices(EngineSettings(kind="diffusion", model=str(model)))[0]


@pytest.mark.slow
@pytest.mark.timeout(300)
async def test_the_demo_draws_edits_cuts_out_and_stops_with_a_model(model: Path, tmp_path: Path) -> None:
    log = tmp_path / "log"
    victim = Victim(tmp_path / "data", log, "--engine", "diffusion", "--model", str(model))
    first = _turn("first", "a gryphon over Seoul")
    await victim.start()
    try:
        async with open_session(Settings(data_dir=tmp_path / "data"), serve=False) as session:
            answers = [
                await session.ask(_order("first", first.text)),
                await session.ask(_order("second", "make it a rainy night", first)),
                await session.ask(_order("third", "a red apple on a transparent background")),
            ]
            long = _order("long", "a castle", count=10, width=1024, height=1024)
            await session.submit(long)
            while (job := await session.app.records.job(long.job)) is None or job.status != "running":
                await asyncio.sleep(0.02)
            await session.cancel(long.job)
            stopped = await session.wait(long.job)
            after = await session.ask(_order("after", "a lighthouse"))
            records = [(await session.app.records.generations_of_job(answer.job))[0] for answer in answers]
    finally:
        await victim.stop()

    assert [answer.outcome for answer in answers] == ["image"] * 3
    assert {record.engine for record in records} == {"diffusion"}
    assert records[1].parents == (records[0].id,)
    # Random weights draw no plain background, so it cannot be taken away, and that is said.
    assert records[2].has_alpha or records[2].unmet
    assert stopped is not None
    assert stopped.outcome == "cancelled"
    assert after.outcome == "image"
    assert "license unknown" in log.read_text()
    assert "Traceback" not in log.read_text()


async def test_where_another_process_draws_its_engine_is_used_and_that_is_said(
    settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    async with open_session(settings.model_copy(update={"engine": EngineSettings()})), open_session(settings) as second:
        assert not second.serving
        await _with_model(second)

    assert "Another process runs on this data folder" in capsys.readouterr().err


def test_what_is_set_for_a_server_s_model_is_what_the_engine_says_it_can() -> None:
    given = {"base_url": "http://127.0.0.1:1/v1", "model": "m", "flavor": "sglang"}
    plain = build_engine(EngineSettings(kind="remote", **given))  # type: ignore[arg-type]
    told = build_engine(EngineSettings(kind="remote", references=3, retries=0, **given))  # type: ignore[arg-type]

    assert told.capabilities.references == 3
    assert plain.capabilities.references != 3
