"""Describing an image: our record where it may be seen, else what is measured; and it says which of the two."""

import asyncio
import io
from collections.abc import AsyncIterator

import numpy as np
import pytest
import pytest_asyncio
from PIL import Image, ImageDraw

from bots.config import ChecksSettings, Settings
from bots.conversation import Conversation, Options, Turn
from bots.describing import Description, MaySee, describe
from bots.order import Order
from bots.session import Session, open_session
from generator.checks import RapidOcr, TextReader
from generator.checks.pixels import Pixels
from moderation.intake import Animated, NotAnImage, TooSmall
from moderation.types import Locale
from storage.records import GenerationRecord

pytestmark = [pytest.mark.xdist_group("describing"), pytest.mark.asyncio(loop_scope="module")]


class Reads:
    """A reader that reports given lines and remembers how large the image was."""

    def __init__(self, *lines: str) -> None:
        self.lines = lines
        self.shape: tuple[int, ...] = ()

    def unreadable(self, text: str) -> str:
        return "" if text else text

    async def read(self, pixels: Pixels, *, one_line: bool = False) -> tuple[str, ...]:
        assert not one_line
        self.shape = pixels.shape
        return self.lines


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def session(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Session]:
    folder = tmp_path_factory.mktemp("describing")
    async with open_session(Settings(data_dir=folder / "data", checks=ChecksSettings(ocr=False))) as opened:
        yield opened


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def ours(session: Session) -> GenerationRecord:
    turn = Turn(author="ana", text='a red car, title "SALE", background #ffeecc')
    conversation = Conversation(id="cli:d", turns=(turn,), options=Options(width=512, height=512, seed=7))
    await session.ask(Order(job="cli:d/1", conversation=conversation, requester="ana"))
    (record,) = await session.app.records.generations_of_job("cli:d/1")
    return record


def _everybody(record: GenerationRecord) -> bool:
    return record.id != ""


def _nobody(record: GenerationRecord) -> bool:
    return record.id == ""


async def _describe(
    session: Session,
    data: bytes,
    *,
    may_see: MaySee = _everybody,
    ocr: TextReader | None = None,
    locale: Locale = "en",
) -> Description:
    app = session.app
    return await describe(
        data, records=app.records, credentials=app.credentials, ocr=ocr, locale=locale, may_see=may_see
    )


def _file(image: Image.Image, kind: str = "PNG") -> bytes:
    target = io.BytesIO()
    image.save(target, kind)
    return target.getvalue()


async def test_our_own_image_is_described_from_its_record(session: Session, ours: GenerationRecord) -> None:
    found = await _describe(session, await session.app.blobs.get(ours.digest))

    assert found.source == "record"
    assert found.generation == ours.id
    for told in ("record", "a red car", "SALE", "512 × 512", "seed 7", "style flat", "sketch", "Checked: "):
        assert told in found.words
    assert found.colors[0] == "#ffeecc"


async def test_who_may_not_see_the_record_gets_what_is_measured(session: Session, ours: GenerationRecord) -> None:
    asked: list[str] = []

    async def nobody(record: GenerationRecord) -> bool:
        asked.append(record.id)
        return False

    found = await _describe(session, await session.app.blobs.get(ours.digest), may_see=nobody)

    assert asked == [ours.id]
    assert found.source == "measured"
    assert found.generation is None
    assert "seed" not in found.words
    assert "a red car" not in found.words


async def test_who_may_see_can_be_decided_later(session: Session, ours: GenerationRecord) -> None:
    async def everybody(record: GenerationRecord) -> bool:
        await asyncio.sleep(0)
        return record.id == ours.id

    found = await _describe(session, await session.app.blobs.get(ours.digest), may_see=everybody)

    assert found.source == "record"


async def test_our_image_with_changed_pixels_is_measured(session: Session, ours: GenerationRecord) -> None:
    with Image.open(io.BytesIO(await session.app.blobs.get(ours.digest))) as opened:
        changed = _file(opened.convert("RGB").crop((0, 0, 300, 300)))

    assert (await _describe(session, changed)).source == "measured"


async def test_a_strangers_image_is_measured_and_not_understood(session: Session) -> None:
    picture = Image.new("RGB", (200, 100), "#1d4ed8")
    ImageDraw.Draw(picture).rectangle((0, 0, 60, 60), fill="#f59e0b")
    reader = Reads("HELLO", "world")
    found = await _describe(session, _file(picture), ocr=reader)

    assert found.source == "measured"
    assert found.colors == ("#1d4ed8", "#f59e0b")
    assert "200 × 100" in found.words
    assert "not transparent" in found.words
    assert "blue (#1d4ed8)" in found.words
    assert "orange (#f59e0b)" in found.words
    assert "HELLO / world" in found.words
    assert "No vision model" in found.words
    assert "measured, not understood" in found.words
    assert reader.shape == (100, 200, 3)


async def test_transparency_is_measured_and_text_is_read_on_white(session: Session) -> None:
    picture = Image.new("RGBA", (64, 64), (0, 0, 0, 0))
    picture.paste("#dc2626", (0, 0, 32, 64))
    found = await _describe(session, _file(picture), ocr=Reads())

    assert "partly transparent" in found.words
    assert "red (#dc2626)" in found.words
    assert "No text could be read" in found.words


async def test_without_a_reader_it_says_that_text_was_not_looked_for(session: Session) -> None:
    found = await _describe(session, _file(Image.new("RGB", (32, 32), "#000000")))

    assert "no text reader is configured" in found.words
    assert "black (#000000)" in found.words


async def test_text_in_an_image_is_bounded_and_cleaned(session: Session) -> None:
    reader = Reads(*["@everyone \u202ehidden\x00\n" + "x" * 300] * 100)
    found = await _describe(session, _file(Image.new("RGB", (32, 32), "#ffffff")), ocr=reader)

    assert len(found.words) < 1000
    assert "\u202e" not in found.words
    assert "\x00" not in found.words


async def test_a_large_image_is_reduced_before_it_is_read(session: Session) -> None:
    reader = Reads()
    await _describe(session, _file(Image.new("RGB", (4000, 1000), "#ffffff"), "JPEG"), ocr=reader)

    assert reader.shape == (400, 1600, 3)


async def test_korean_words_are_korean(session: Session, ours: GenerationRecord) -> None:
    recorded = await _describe(session, await session.app.blobs.get(ours.digest), locale="ko")
    measured = await _describe(session, _file(Image.new("RGB", (32, 32), "#16a34a")), locale="ko")

    assert "기록" in recorded.words
    assert "측정" in measured.words
    assert "초록색 (#16a34a)" in measured.words


@pytest.mark.parametrize(
    ("color", "name"),
    [
        ("#ff0000", "red"), ("#00ff00", "light green"), ("#0000ff", "blue"), ("#ffd166", "yellow"), ("#ff7f0e", "orange"),
        ("#7c3aed", "purple"), ("#ec4899", "pink"), ("#14b8a6", "turquoise"), ("#7a4a21", "brown"), ("#4a2c12", "dark brown"),
        ("#f5e6c8", "beige"), ("#ffffff", "white"), ("#0b0b0b", "black"), ("#808080", "gray"), ("#d4d4d4", "light gray"),
        ("#1e3a5f", "dark blue"),
    ],
)  # fmt: skip
async def test_colors_have_everyday_names(session: Session, color: str, name: str) -> None:
    found = await _describe(session, _file(Image.new("RGB", (16, 16), color)))

    assert f"Main colors: {name} ({color})." in found.words


@pytest.mark.parametrize(
    ("data", "error"),
    [
        (b"", NotAnImage),
        (b"hello", NotAnImage),
        (_file(Image.new("RGB", (4, 4))), TooSmall),
    ],
)
async def test_a_file_that_is_not_taken_is_refused_as_everywhere(
    session: Session, data: bytes, error: type[Exception]
) -> None:
    with pytest.raises(error):
        await _describe(session, data)


async def test_a_moving_picture_is_refused(session: Session) -> None:
    target = io.BytesIO()
    frames = [Image.fromarray(np.full((16, 16), value, dtype=np.uint8)) for value in (0, 90, 200)]
    frames[0].save(target, "GIF", save_all=True, append_images=frames[1:])
    with pytest.raises(Animated):
        await _describe(session, target.getvalue())


async def test_the_real_reader_reads_what_is_written_in_our_picture(session: Session, ours: GenerationRecord) -> None:
    reader = RapidOcr()
    try:
        found = await _describe(session, await session.app.blobs.get(ours.digest), may_see=_nobody, ocr=reader)
    finally:
        reader.close()

    assert "“SALE”" in found.words
