"""The durable line in a running service: what it promises when engines, moderation or people interfere."""

import asyncio
import signal
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from pathlib import Path

import pytest
from pydantic import SecretStr

from bots.config import ChecksSettings, QuotaSettings, Settings
from bots.conversation import Conversation, Options, ReplyTo, Turn
from bots.order import Order
from bots.replies import say
from bots.session import Session, open_session
from generator.scene import Notice
from moderation.engine import Layers, Moderator
from moderation.lexicon import load_lexicon
from moderation.policy import load_policies
from moderation.ports import ImageContent
from moderation.term_rules import TermRules
from moderation.types import Action, Finding
from storage.credentials import Claim, Credentials, ManifestReport, SignedImage
from tests.fakes.engines import Broken, Forgetful, Honest, Patient, Refusing
from tests.fakes.victim import Victim

pytestmark = pytest.mark.xdist_group("service")


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(data_dir=tmp_path / "data", checks=ChecksSettings(ocr=False))


@pytest.fixture
async def session(settings: Settings) -> AsyncIterator[Session]:
    async with open_session(settings) as opened:
        yield opened


def _order(name: str, text: str = "a red apple and a blue car", **conversation: object) -> Order:
    thread = Conversation(
        id="cli:thread", turns=(Turn(author="ana", text=text),), options=Options(width=256, height=256)
    )
    return Order(job=f"cli:{name}", conversation=replace(thread, **conversation), requester="ana")  # type: ignore[arg-type]


def _use(session: Session, engine: Honest) -> None:
    session.app.line.drawing.engine = engine


async def _kept(session: Session, job: str) -> tuple[int, int, set[str]]:
    """Records of the job, images debited today, and all blobs."""
    records = await session.app.records.generations_of_job(job)
    return len(records), await session.app.records.usage("local"), await session.app.blobs.list()


def _staged(settings: Settings) -> list[Path]:
    return [path for path in (settings.data_dir / "staging").rglob("*") if path.is_file()]


async def test_the_same_job_twice_is_one_job(session: Session) -> None:
    order = _order("twice")
    first, second = await asyncio.gather(session.ask(order), session.ask(order))
    records, debited, blobs = await _kept(session, order.job)

    assert first == second
    assert (records, debited, len(blobs)) == (1, 1, 1)


async def test_an_engine_that_breaks_fails_the_job_and_costs_nothing(session: Session, settings: Settings) -> None:
    _use(session, Broken())
    answer = await session.ask(_order("broken"))

    assert answer.outcome == "failed"
    assert await _kept(session, answer.job) == (0, 0, set())
    assert not _staged(settings)


async def test_what_an_engine_cannot_draw_is_told_in_its_own_words_and_costs_nothing(
    session: Session, settings: Settings
) -> None:
    _use(session, Refusing())
    answer = await session.ask(_order("refusing"))

    assert (answer.outcome, answer.reply) == ("invalid", say(Notice(key="remote-refused"), "en"))
    assert await _kept(session, answer.job) == (0, 0, set())
    assert not _staged(settings)


@pytest.mark.slow
async def test_a_missed_receipt_is_drawn_once_more_and_the_better_picture_is_kept(session: Session) -> None:
    engine = Forgetful(times=1)
    _use(session, engine)
    answer = await session.ask(_order("again"))
    record = (await session.app.records.generations_of_job(answer.job))[0]

    assert engine.rendered == 2
    assert all(line.passed for line in record.receipt)
    assert record.seed != record.request.seed


@pytest.mark.slow
async def test_a_receipt_missed_twice_is_delivered_and_reported_honestly(session: Session) -> None:
    engine = Forgetful(times=9)
    _use(session, engine)
    answer = await session.ask(_order("missed"))
    record = (await session.app.records.generations_of_job(answer.job))[0]

    assert engine.rendered == 2
    assert [line.check for line in record.receipt if line.passed is False]
    assert "Measured differently" in answer.reply


class _Prude:
    """Blocks every finished picture."""

    name = "prude"

    async def classify(self, content: ImageContent) -> tuple[Finding, ...]:
        del content
        finding = Finding(layer=self.name, policy="sexual", label="nudity", score=1.0, threshold=0.5, rule="sexual-1")
        return (replace(finding, action=Action.BLOCK),)


async def test_a_picture_refused_after_drawing_leaves_nothing_and_costs_nothing(
    session: Session, settings: Settings
) -> None:
    book = load_policies("standard")
    layers = Layers(text=(TermRules(book, load_lexicon()),), images=(_Prude(),))
    session.app.line.intake.moderator = Moderator(book, layers)
    answer = await session.ask(_order("prude"))
    job = await session.app.records.job(answer.job)

    assert answer.outcome == "refused"
    assert job is not None
    assert job.verdicts[-1].stage == "output"
    assert await _kept(session, answer.job) == (0, 0, set())
    assert not _staged(settings)


@pytest.mark.slow
async def test_a_spent_quota_refuses_before_drawing(settings: Settings) -> None:
    async with open_session(settings.model_copy(update={"quota": QuotaSettings(images_per_day=2)})) as session:
        engine = Honest()
        _use(session, engine)
        two = Options(width=256, height=256, count=2)
        assert (await session.ask(_order("first", options=two))).outcome == "image"
        answer = await session.ask(_order("second"))

    assert answer.outcome == "refused"
    assert "quota" in answer.reply
    assert engine.rendered == 1


async def test_cancelling_stops_the_engine_and_gives_the_quota_back(session: Session, settings: Settings) -> None:
    engine = Patient()
    _use(session, engine)
    order = _order("cancelled")
    async with asyncio.TaskGroup() as group:
        asked = group.create_task(session.ask(order))
        await engine.started.wait()
        await session.cancel(order.job)
        answer = await asked
    await _until(lambda: engine.stopped)

    assert answer.outcome == "cancelled"
    assert await _kept(session, order.job) == (0, 0, set())
    await _until(lambda: not _staged(settings))


@pytest.mark.slow
async def test_a_job_waits_for_the_earlier_one_of_its_conversation_but_a_reply_does_not(session: Session) -> None:
    made = await session.ask(_order("made"))
    engine = Patient()
    _use(session, engine)
    slow = _order("slow", "draw a cat")
    later = _order("later", "draw a dog")
    past = Turn(author="ana", text="a red apple and a blue car", job=made.job)
    reply = Turn(author="ben", text="which seed?", reply_to=ReplyTo(turn=0))
    async with asyncio.TaskGroup() as group:
        group.create_task(session.ask(slow))
        await engine.started.wait()
        waiting = group.create_task(session.ask(later))
        answer = await session.ask(_order("reply", turns=(past, reply)))
        await asyncio.sleep(0.05)
        unfinished = [job.id for job in await session.app.records.unfinished_jobs()]
        assert not waiting.done()
        engine.proceed.set()

    assert answer.outcome == "answer"
    assert unfinished == [slow.job, later.job]
    first, second = [await session.app.records.job(order.job) for order in (slow, later)]
    assert first is not None
    assert second is not None
    assert (first.outcome, second.outcome) == ("image", "image")
    assert first.finished_at is not None
    assert second.finished_at is not None
    assert first.finished_at <= second.finished_at


@pytest.mark.slow
async def test_whoever_waits_takes_over_when_the_running_process_ends(settings: Settings, tmp_path: Path) -> None:
    order = _order("handed over", "a cat, a dog, a car, a tree, a house")
    victim = Victim(settings.data_dir, tmp_path / "log")
    async with open_session(settings, serve=False) as session:
        await victim.start()
        async with asyncio.TaskGroup() as group:
            asked = group.create_task(session.ask(order))
            while (job := await session.app.records.job(order.job)) is None or job.status == "waiting":
                await asyncio.sleep(0.005)
            await victim.stop()
            log = (tmp_path / "log").read_text()
        answer = asked.result()

        assert answer.outcome == "image"
        assert session.serving
        assert "Traceback" not in log


async def _until(true: Callable[[], bool]) -> None:
    async with asyncio.timeout(20):
        while not true():
            await asyncio.sleep(0.01)


@pytest.mark.slow
async def test_ctrl_c_stops_a_drawing_closes_its_job_and_gives_the_quota_back(
    settings: Settings, tmp_path: Path
) -> None:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bots", "draw", "a cat, a dog and a tree", "--count", "10", "--size", "2048x2048",
        "--data-dir", str(settings.data_dir), cwd=tmp_path, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
        # A runner in the background hands on an ignored SIGINT, which Python then leaves ignored.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )  # fmt: skip
    async with open_session(settings, serve=False) as session:
        async with asyncio.timeout(60):
            while not [job for job in await session.app.records.unfinished_jobs() if job.status == "running"]:
                await asyncio.sleep(0.01)
        process.send_signal(signal.SIGINT)
        out, error = await asyncio.wait_for(process.communicate(), 60)

        assert process.returncode == 1
        assert error.decode().strip() == "Stopped."
        assert not out
        assert await session.app.records.unfinished_jobs() == ()
        assert await session.app.records.usage("local") == 0
        assert not _staged(settings)


@pytest.mark.slow
async def test_an_order_can_be_queued_before_any_service_has_ever_run(settings: Settings) -> None:
    order = _order("early")
    async with open_session(settings, serve=False) as early:
        await early.submit(order)
    async with open_session(settings) as late:
        answer = await late.ask(order)

        assert answer.outcome == "image"


class _Signing:
    """The real credentials, with something happening at the second signature."""

    def __init__(self, real: Credentials, happens: Callable[[], Awaitable[None]]) -> None:
        self._real = real
        self._happens = happens
        self._signed = 0

    async def sign(self, image: bytes, media_type: str, claim: Claim) -> SignedImage:
        self._signed += 1
        if self._signed == 2:
            await self._happens()
        return await self._real.sign(image, media_type, claim)

    async def read(self, data: bytes) -> ManifestReport:
        return await self._real.read(data)


@pytest.mark.slow
async def test_a_job_that_breaks_while_signing_keeps_no_picture_and_costs_nothing(
    session: Session, settings: Settings
) -> None:
    async def no_space() -> None:
        raise OSError(28, "no space left on device")

    session.app.line.keeping.credentials = _Signing(session.app.credentials, no_space)  # type: ignore[assignment]
    answer = await session.ask(_order("full disk", options=Options(width=256, height=256, count=3)))

    assert answer.outcome == "failed"
    assert await _kept(session, answer.job) == (0, 0, set())
    assert not _staged(settings)


@pytest.mark.slow
async def test_a_job_cancelled_while_signing_keeps_no_picture_and_costs_nothing(
    session: Session, settings: Settings
) -> None:
    order = _order("late", options=Options(width=256, height=256, count=3))

    async def cancel() -> None:
        await session.cancel(order.job)

    session.app.line.keeping.credentials = _Signing(session.app.credentials, cancel)  # type: ignore[assignment]
    answer = await session.ask(order)
    await asyncio.sleep(0.5)

    assert answer.outcome == "cancelled"
    assert await _kept(session, answer.job) == (0, 0, set())
    await _until(lambda: not _staged(settings))


@pytest.mark.slow
async def test_a_job_without_a_workflow_is_closed_at_start_and_holds_nobody_up(settings: Settings) -> None:
    async with open_session(settings, serve=False) as early:
        await early.app.records.open_job("cli:lost", tenant="local", conversation="cli:thread", requester="ana")
    async with open_session(settings) as session:
        answer = await session.ask(_order("after the lost one"))
        lost = await session.app.records.job("cli:lost")

        assert answer.outcome == "image"
        assert lost is not None
        assert lost.outcome == "failed"


async def test_a_job_that_killed_its_process_too_often_is_given_up(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bots.service.MAX_STARTS", 0)
    answer = await session.ask(_order("poison"))

    assert answer.outcome == "failed"


@pytest.mark.slow
async def test_a_bucket_that_several_databases_share_is_never_swept(tmp_path: Path) -> None:
    digests = set()
    for name in ("one", "two"):
        settings = Settings(
            data_dir=tmp_path / name,
            blobs_url=SecretStr((tmp_path / "bucket").as_uri()),
            checks=ChecksSettings(ocr=False),
        )
        async with open_session(settings) as session:
            await session.ask(_order(name))
            digests |= await session.app.blobs.list()
            assert digests == await session.app.blobs.list()
    assert len(digests) == 2


@pytest.mark.slow
async def test_uploads_staged_before_a_service_starts_are_still_there(settings: Settings) -> None:
    async with open_session(settings, serve=False) as early:
        await early.app.staging.write("cli:coming", "upload-0", b"bytes")
        async with open_session(settings) as late:
            assert late.serving
        assert await early.app.staging.find("cli:coming", "upload-0") == b"bytes"


@pytest.mark.slow
async def test_cancelling_from_another_process_stops_the_drawing_there(settings: Settings, tmp_path: Path) -> None:
    many = Options(width=2048, height=2048, count=10)
    order = _order("elsewhere", "a cat, a dog, a car and a tree", options=many)
    victim = Victim(settings.data_dir, tmp_path / "log")
    await victim.start()
    async with open_session(settings, serve=False) as session:
        await session.submit(order)
        while not await session.app.records.usage("local"):
            await asyncio.sleep(0.01)
        await session.cancel(order.job)
        answer = await session.wait(order.job)

        assert answer is not None
        assert answer.outcome == "cancelled"
        await asyncio.sleep(3)
        assert not _staged(settings)
        assert await _kept(session, order.job) == (0, 0, set())
    await victim.stop()
